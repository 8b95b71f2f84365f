"""What a record of a document is: an object, an array whose names are elsewhere, or a table of arrays, one a column.

Here belong the names of arrays and making objects of both. Standard library only. Not here: where records and names are
in a document (json_document.py), or flattening them (json_rows.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sources.readers.batches import UnreadableFile
from sources.readers.frames import Rejected
from sources.readers.header import without_doubles
from sources.readers.read_limits import ReadLimits, too_many_keys

if TYPE_CHECKING:
    from sources.config.model import Format


def names_of(header: Any, fmt: Format, expected: Sequence[str], limits: ReadLimits) -> list[str]:
    """The names of arrays from what the document has at `header`; UnreadableFile if that is not a list of texts."""
    if not isinstance(header, list) or not all(isinstance(name, str) for name in header):
        raise UnreadableFile(
            f"header = '{fmt.header}' is not a list of names",
            hint="Correct header in [source.format]; of a list of objects write columns.*.name",
        )
    if len(header) > limits.max_keys:
        raise too_many_keys(len(header), None, limits)
    names = [name.strip() or f"column_{i}" for i, name in enumerate(header, 1)]
    return without_doubles(names, None, expected if fmt.doubled == "refuse" else None)


def array_record(row: int, value: Any, names: Sequence[str] | None, limits: ReadLimits) -> Any:
    """An array as an object under its `names`, else under column_1, column_2, …; what is none is refused alone."""
    if value is None or isinstance(value, Rejected):
        return value
    shown = _shown(value, limits)
    if not isinstance(value, list):
        return Rejected(row, "", shown, "the record is not an array", shown)
    if names is None:
        names = [f"column_{i}" for i in range(1, len(value) + 1)]
    elif len(names) != len(value):
        reason = f"the record has {len(value)} values; the header has {len(names)} names"
        return Rejected(row, "", shown, reason, shown)
    return dict(zip(names, value, strict=True))


def columns_records(row: int, value: Any, limits: ReadLimits) -> Iterator[Any]:
    """The rows of a table of arrays, one a column; what is not an array is the same in every row."""
    if isinstance(value, Rejected):
        raise UnreadableFile(value.reason, row, value.column or None, "Ask the sender for valid JSON")
    arrays = {k: v for k, v in value.items() if isinstance(v, list)} if isinstance(value, dict) else {}
    if not arrays:
        raise UnreadableFile(
            "there is no array that could be a column", row, None, "Correct records or records_as in [source.format]"
        )
    lengths = {name: len(array) for name, array in arrays.items()}
    height = next(iter(lengths.values()))
    if other := next((name for name, length in lengths.items() if length != height), None):
        first = next(iter(lengths))
        raise UnreadableFile(
            f"column '{other}' has {lengths[other]} values and '{first}' has {height}: they do not go together",
            row,
            other,
            "Ask the sender for arrays of one length",
        )
    same = {k: v for k, v in value.items() if k not in arrays}
    for cells in zip(*arrays.values(), strict=True):
        yield {**same, **dict(zip(arrays, cells, strict=True))}


def _shown(value: Any, limits: ReadLimits) -> str:
    return json.dumps(value, ensure_ascii=False)[: limits.cell_characters]
