"""The declared registry: every feed, table, parameter and unit, once.

What the rest of the system knows about a feed it reads from here. The declarations are TOML files next to this
module; loading checks them, so that what is not declared raises at import and not in the night.
"""

from sources.registry.clean_columns import CLEAN_COLUMNS, REGISTER_COLUMNS, Column
from sources.registry.declared_tables import DECLARED_TABLES, DeclaredTable
from sources.registry.feed_model import (
    FLAG_FAIL,
    FLAG_MISSING,
    FLAG_NOT_EVALUATED,
    FLAG_PASS,
    FLAG_SUSPECT,
    CleanTable,
    Feed,
    Parameter,
    Registry,
    RegistryError,
    SeriesTests,
    Unit,
)
from sources.registry.read_registry import DECLARATIONS, load_registry, registry

__all__ = [
    "CLEAN_COLUMNS",
    "DECLARATIONS",
    "DECLARED_TABLES",
    "FLAG_FAIL",
    "FLAG_MISSING",
    "FLAG_NOT_EVALUATED",
    "FLAG_PASS",
    "FLAG_SUSPECT",
    "REGISTER_COLUMNS",
    "CleanTable",
    "Column",
    "DeclaredTable",
    "Feed",
    "Parameter",
    "Registry",
    "RegistryError",
    "SeriesTests",
    "Unit",
    "load_registry",
    "registry",
]
