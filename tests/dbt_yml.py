"""The yml files of the dbt project as tests read them: each parsed once in a process, by libyaml.

Here belongs reading only. Not here: what a declaration must say (the tests next to each subject).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"
# libyaml reads the project in a tenth of the time that Python needs; an installation without it reads the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def content(file: Path) -> dict[str, Any]:
    """What a yml file says, {} of an empty one; for reading only, since all tests of a process share it."""
    return yaml.load(file.read_text(encoding="utf-8"), _LOADER) or {}


def entries(kind: str, files: Iterable[Path]) -> list[dict[str, Any]]:
    """All entries of a kind (models, seeds, sources, exposures, unit_tests) in `files`, in their order."""
    return [entry for file in files for entry in content(file).get(kind, [])]
