"""A database as a source: whatever SQLAlchemy has a driver for.

Here belongs naming the kind. Its modules: sql_source.py (which questions there are), sql_client.py (asking one) and
sql_words.py.
"""

from sources.connectors.sql.sql_source import KIND

__all__ = ["KIND"]
