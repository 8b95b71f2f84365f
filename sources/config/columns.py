"""Which raw columns a source's mapping reads.

Here belongs the one list that readers check a header against and `config check` looks for doubles in. Not here: what
a column means (sources.cleaning) or how a header is found (sources.readers).
"""

from __future__ import annotations

from collections.abc import Sequence

from sources.config.model import Source


def expected_columns(source: Source) -> tuple[str, ...]:
    """Raw columns that must be in the rows of every file of `source`, each once, in declared order.

    A list inside a record gives what is named inside it; what is said outside the rows is not among them.
    """
    made = set(source.format.given_outside) | set(source.across.given if source.across else ())
    lists = source.format.lists
    named = (_outermost(name, lists) for name in read_columns(source) if name not in made)
    listed = source.across.columns if source.across else ()
    return tuple(dict.fromkeys((*named, *listed, *(name for name in lists if _outermost(name, lists) == name))))


def _outermost(name: str, lists: Sequence[str]) -> str:
    """The list that a column of entries comes from, else the column itself."""
    inside = [one for one in lists if name == one or name.startswith(f"{one}.")]
    return min(inside, key=len, default=name)


def read_columns(source: Source) -> tuple[str, ...]:
    """Columns that the mapping reads, each once, in declared order; those that only spread rows have included."""
    named = [
        *source.time.columns,
        *source.time.end_columns,
        source.time.zone_column,
        *source.site.raw,
        *(v.column for v in source.values),
        *(
            name
            for v in source.values
            for name in (v.censor.column if v.censor else "", v.limit_column, v.status_column)
        ),
        *(c for mapping in source.columns.values() for c in mapping.raw),
        *(f.column for f in source.filters),
        *source.occurrence_of,
    ]
    if source.long:
        long = source.long
        named += [long.parameter_column, long.value_column, long.unit_column, long.limit_column, long.limit_unit_column]
        named.append(long.censor.column if long.censor else "")
    if source.status:
        named += source.status.raw
    named += source.format.fill_down
    return tuple(dict.fromkeys(name for name in named if name))
