"""Which raw columns a source's mapping reads.

Here belongs the one list that readers check a header against and `config check` looks for doubles in. Not here: what
a column means (sources.cleaning) or how a header is found (sources.readers).
"""

from __future__ import annotations

from sources.config.model import Source


def expected_columns(source: Source) -> tuple[str, ...]:
    """Raw columns that must stand in every file of `source`, each once, in declared order."""
    named = [
        *source.time.columns,
        *source.time.end_columns,
        source.site.column,
        *(v.column for v in source.values),
        *(c.column for c in source.columns.values()),
        *(f.column for f in source.filters),
        *source.occurrence_of,
    ]
    if source.long:
        named += [source.long.parameter_column, source.long.value_column, source.long.unit_column]
    if source.status:
        named.append(source.status.column)
    return tuple(dict.fromkeys(name for name in named if name))
