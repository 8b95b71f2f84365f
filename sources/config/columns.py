"""Which raw columns a source's mapping reads.

Here belongs the one list that readers check a header against and `config check` looks for doubles in. Not here: what
a column means (sources.cleaning) or how a header is found (sources.readers).
"""

from __future__ import annotations

from sources.config.model import Source


def expected_columns(source: Source) -> tuple[str, ...]:
    """Raw columns that must be in every file of `source`, each once, in declared order."""
    named = [
        *source.time.columns,
        *source.time.end_columns,
        source.site.column,
        *(v.column for v in source.values),
        *(name for v in source.values for name in (v.censor.column if v.censor else "", v.limit_column)),
        *(c.column for c in source.columns.values()),
        *(f.column for f in source.filters),
        *source.occurrence_of,
    ]
    if source.long:
        long = source.long
        named += [long.parameter_column, long.value_column, long.unit_column, long.limit_column, long.limit_unit_column]
        named.append(long.censor.column if long.censor else "")
    if source.status:
        named.append(source.status.column)
    return tuple(dict.fromkeys(name for name in named if name))
