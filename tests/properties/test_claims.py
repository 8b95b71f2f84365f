"""A path belongs to the patterns that would list it."""

from __future__ import annotations

import glob
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.claims import matches

PATTERNS = ["*", "a", "a*", "*/b", "**", "**/b", "a/**", "a/**/b", "**/*", ".h", ".*/b", "**/.h", "[ab]/?", "*/*/*"]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["a", "b", ".h", "ab"]), min_size=1, max_size=3), st.sampled_from(PATTERNS))
def test_a_path_is_claimed_by_the_patterns_that_list_it(parts: list[str], pattern: str) -> None:
    """What a receipt's path is matched with is what the connector lists in a folder with that one file."""
    with TemporaryDirectory() as folder:
        file = Path(folder, *parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        listed = {name.rstrip("/") for name in glob.glob(pattern, root_dir=folder, recursive=True)}  # noqa: PTH207
    path = "/".join(parts)
    assert matches(pattern, path) == (path in listed)
