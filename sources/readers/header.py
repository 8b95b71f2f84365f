"""A file's header: its names, and whether it is the header that the mapping expects.

Here belong merged header lines, empty and doubled names, and the sentences that tell what is wrong with a header.
Not here: finding the header's bytes (csv_rows, excel_rows, json_rows).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sources.readers.batches import ROW, UnreadableFile
from sources.readers.text import escape, is_marked

if TYPE_CHECKING:
    from sources.config.model import Format

_SPACES = re.compile(r"[\s\ufeff]+")
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def merged(rows: Sequence[Sequence[str]]) -> list[str]:
    """One name per column from one or several header lines.

    Blanks around a name go, line breaks inside become one blank. A merged cell is in its first column only: it is
    carried to the right as long as the line below has a name. Lines are joined with '_', equal neighbours once.
    """
    width = max((len(r) for r in rows), default=0)
    cells = [[_SPACES.sub(" ", c).strip() for c in r] + [""] * (width - len(r)) for r in rows]
    for upper, line in enumerate(cells[:-1]):
        for i in range(1, width):
            if not line[i] and any(below[i] for below in cells[upper + 1 :]):
                line[i] = line[i - 1]
    names = []
    for i in range(width):
        parts: list[str] = []
        for line in cells:
            if line[i] and parts[-1:] != [line[i]]:
                parts.append(line[i])
        names.append("_".join(parts))
    return names


def columns_of(rows: Sequence[Sequence[str]], row: int, expected: Sequence[str], fmt: Format) -> list[str]:
    """The names of the columns, unique, of a header at `row`; UnreadableFile if it is not what is expected."""
    delimiter = fmt.delimiter if fmt.kind == "csv" else ""
    names = _renamed(merged(rows), row, fmt)
    if not any(names):
        raise UnreadableFile(
            f"row {row} is blank where the header should be", row, None, "Set header_row to the header's row number"
        )
    for position, name in enumerate(names, 1):
        if is_marked(name):
            raise UnreadableFile(
                f"the header does not decode: '{escape(name)}' at position {position}", row, escape(name)
            )
    names = [name or f"column_{i}" for i, name in enumerate(names, 1)]
    names = without_doubles(names, row, expected if fmt.doubled == "refuse" else None)
    check_expected(names, row, expected, fmt.extra_columns, delimiter, delimiter.join(rows[-1]))
    return names


def _renamed(names: list[str], row: int, fmt: Format) -> list[str]:
    """`names` where positions are called as the format says."""
    for position, name in fmt.names.items():
        at = int(position)
        if at > len(names):
            raise UnreadableFile(
                f"the header has {len(names)} columns; names calls position {at} '{name}'",
                row,
                name,
                "Correct names in [source.format]",
            )
        names[at - 1] = name
    return names


def check_expected(
    names: Sequence[str],
    row: int | None,
    expected: Sequence[str],
    extra_columns: str,
    delimiter: str = "",
    line: str = "",
) -> None:
    """Refuses a header that lacks an expected column, or has others where `extra_columns` is 'refuse'.

    `line` is the header as delivered, in which another delimiter than `delimiter` may show.
    """
    lacking = [name for name in expected if name not in names]
    if lacking:
        _refuse_lacking(names, row, lacking, delimiter, line)
    if extra_columns == "refuse" and expected:
        extra = [name for name in names if name not in expected]
        if extra:
            raise UnreadableFile(
                f"the header has {_listed(extra)} besides the mapped columns",
                row,
                extra[0],
                'Map it, or set extra_columns = "ignore"',
            )


def _refuse_lacking(names: Sequence[str], row: int | None, lacking: list[str], delimiter: str, line: str) -> None:
    other = _other_delimiter(line, lacking, delimiter)
    if other:
        raise UnreadableFile(
            f"with the delimiter {_DELIMITERS.get(delimiter, repr(delimiter))} the header has {len(names)} "
            f"column{'s' if len(names) > 1 else ''} and lacks {_listed(lacking)}",
            row,
            lacking[0],
            f"The file looks {_DELIMITERS[other]} separated: set delimiter = {_toml(other)} in [source.format]",
        )
    near = get_close_matches(lacking[0], names, 1, 0.5)
    has = _listed(list(names)[:12]) + (", …" if len(names) > 12 else "")
    hint = f"Nearest header: '{near[0]}'. " if near else ""
    where = "the header lacks" if row is not None else "no record has"
    raise UnreadableFile(
        f"{where} {_listed(lacking)}; there is {has}",
        row,
        lacking[0],
        hint + "Correct the name in the mapping, or ask the sender for the missing column",
    )


def _other_delimiter(line: str, lacking: Sequence[str], delimiter: str) -> str:
    best, most = "", 0
    for other in _DELIMITERS:
        if other == delimiter or other not in line:
            continue
        cells = [c.strip(" \"'") for c in line.split(other)]
        hits = sum(1 for name in lacking if name in cells)
        if hits > most:
            best, most = other, hits
    return best


def without_doubles(names: list[str], row: int | None, expected: Sequence[str] | None) -> list[str]:
    """`names` where equal ones are numbered from the left: status, status (2); one that is expected is refused.

    None: none is. Without any expected name every double is.
    """
    positions: dict[str, list[int]] = {}
    for i, name in enumerate(names, 1):
        positions.setdefault(name, []).append(i)
    if ROW in positions:
        raise UnreadableFile(f"a column is called {ROW}, a name kept for row numbers", row, ROW, "Rename the column")
    for name, places in positions.items():
        if len(places) > 1 and expected is not None and (not expected or name in expected):
            where = " and ".join(str(p) for p in places)
            raise UnreadableFile(
                f"the header names '{name}' twice, at positions {where}",
                row,
                name,
                f"Nothing says which one is meant: rename one of them at the source, call its position by another name"
                f' (names = {{ "{places[1]}" = "…" }}), or set doubled = "number" in [source.format]: the second is'
                f" '{name} (2)'",
            )
    taken = set(names)
    unique, seen = [], set()
    following: dict[str, int] = {}
    for name in names:
        free, number = name, following.get(name, 2)
        while free in seen or (free != name and free in taken):
            free, number = f"{name} ({number})", number + 1
        following[name] = number
        seen.add(free)
        unique.append(free)
    return unique


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{n}'" for n in names)


def _toml(text: str) -> str:
    return '"\\t"' if text == "\t" else f'"{text}"'
