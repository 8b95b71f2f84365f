"""Clean tables of networks and registers that the registry no longer knows as they are stored.

Here belongs finding them: models read all networks, and all registers, by one pattern, so that what is left of one
would be read, too. Not here: removing them (partitions.py).
"""

from __future__ import annotations

from sources.registry.feed_model import Registry, network_table, register_table
from warehouse.paths import DataDir

_PREFIXES = (network_table(""), register_table(""))


def gone_tables(data: DataDir, registry: Registry) -> list[str]:
    """Names of tables of what is not declared any more, or has partitions of another grain than the declared."""
    tables = registry.tables
    stored = sorted(p for prefix in _PREFIXES for p in data.clean.glob(f"{prefix}?*") if p.is_dir())
    found = []
    for folder in stored:
        table = tables.get(folder.name)
        grains = {entry.name.partition("=")[0] for entry in folder.glob("*=*")}
        if table is None or grains - {table.file_grain}:
            found.append(folder.name)
    return found
