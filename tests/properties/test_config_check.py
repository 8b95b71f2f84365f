"""Property searches of the line finder: every key is found on its line, and looking always ends."""

from __future__ import annotations

import string

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sources.config.locate import lines_of_keys

KEY = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=6)
QUOTED = st.text("ab\"\\#=[]{}'é区. ,", max_size=6).map(
    lambda t: '"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
VALUE = st.recursive(
    st.sampled_from(["1", "1.5", "true", "2020-01-01", "'''\nx\n'''", '"""\na"b\n"""', "'#='"]) | QUOTED,
    lambda v: st.lists(v, max_size=3).map(lambda vs: "[" + ", # c\n ".join(vs) + "\n]"),
    max_leaves=4,
)


@settings(deadline=None)
@given(st.dictionaries(KEY, VALUE, max_size=6), st.integers(0, 3))
def test_every_key_is_found_on_its_line(pairs, blank):
    lines, expected = [], {}
    for key, value in pairs.items():
        lines += ["# c = 1"] * blank
        expected[(key,)] = len("\n".join(lines).split("\n")) + 1 if lines else 1
        lines.append(f"{key} = {value}")
    found = lines_of_keys("\n".join(lines))
    assert {path: line for path, line in found.items() if len(path) == 1} == expected


@settings(deadline=None)
@example('a = [}"b"')
@given(st.text("[]{}='\"\\,.#ab\n ", max_size=60))
def test_looking_for_lines_always_ends(text):
    lines_of_keys(text)
