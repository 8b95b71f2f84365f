"""How a name and a text are written in SQL.

Here belongs what every room that makes SQL writes alike. Not here: a connection, or what only DuckDB understands
(duck.py). Standard library only.
"""

from __future__ import annotations


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
