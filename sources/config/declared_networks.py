"""The networks of a configuration: which are in use, and what is entered of their sites.

Here belongs finding and reading them, so that a configuration without networks reads none. Not here: the words of a
declaration (sources.networks).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.config.csv_file import Mistake, read_csv
from sources.config.problems import Problems
from sources.registry import Registry
from sources.registry.network_tables import NETWORK_TABLES
from sources.value_digest import digest_of

if TYPE_CHECKING:
    from sources.config.model import Networks
    from sources.networks.declaration import Declaration

Row = Mapping[str, Any]


@dataclass(frozen=True)
class DeclaredNetworks:
    """The networks in use, the rows that users entered of their sites by table, and the users' files of both.

    `fingerprint` changes with any byte of it.
    """

    declarations: tuple[Declaration, ...] = ()
    shipped: frozenset[str] = frozenset()
    entered: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    fingerprint: str = ""

    def registry(self, known: Registry) -> Registry:
        """`known` with these networks as further feeds."""
        if not self.declarations:
            return known
        from sources.networks.network_feed import with_networks

        return with_networks(known, self.declarations)

    def rows(self, known: Registry) -> dict[str, list[Row]]:
        """The rows of every table of declarations, none where there is no network."""
        found: dict[str, list[Row]] = {name: list(self.entered.get(name, ())) for name in NETWORK_TABLES}
        if self.declarations:
            from sources.networks.network_rows import rows_of

            for name, rows in rows_of(self.declarations, known, self.shipped).items():
                found[name] = [*rows]
        for name, table in NETWORK_TABLES.items():
            found[name].sort(key=lambda row, key=table.key: [(row[n] is not None, row[n] or "") for n in key])
        return found


NO_NETWORKS = DeclaredNetworks()


def networks_in_use(
    words: Networks, feeds: Iterable[str], base: Path, known: Registry, problems: Problems
) -> DeclaredNetworks:
    """The user's networks and those shipped ones that `feeds`, of sources and registers, name; mistakes are added.

    A user's network goes before the shipped one of its name.
    """
    wanted = set(feeds) - set(known.feeds)
    if not (wanted or words.files or words.attributes or words.site_limits):
        return NO_NETWORKS
    from sources.networks.read_declaration import read_declaration, shipped_declaration, shipped_names

    found: dict[str, Declaration] = {}
    digests: list[str] = []
    limits_of: list[Path] = []
    for i, name in enumerate(words.files):
        read = read_declaration(base / name, known)
        for message in read.problems:
            problems.add(("networks", "files", i), message)
        if (declared := read.declaration) is not None:
            if declared.name in found:
                problems.add(("networks", "files", i), f"the network '{declared.name}' is declared twice", "keep one")
            found[declared.name] = declared
            digests.append(read.sha256)
            limits_of += [(base / name).parent / file for file in declared.limits_files]
    own = set(found)
    for name in sorted((wanted - own) & set(shipped_names())):
        if (shipped := shipped_declaration(name).declaration) is not None:
            found[name] = shipped
    entered = _entered(words, found, base, known, problems)
    files = (*(base / name for name in (*words.files, *words.attributes, *words.site_limits)), *limits_of)
    digests += [hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()]
    declarations = tuple(found[name] for name in sorted(found))
    return DeclaredNetworks(declarations, frozenset(found) - own, entered, files, digest_of(digests))


def register_feeds(files: Iterable[Path]) -> set[str]:
    """What the registers name as feeds; a register that cannot be read names none here."""
    found: set[str] = set()
    for file in files:
        read = read_csv(file, ("feed",), "register")
        if "feed" in read.header:
            place = read.header.index("feed")
            found |= {row[place].strip() for _, row in read.rows if len(row) > place}
    return found


def _entered(
    words: Networks, networks: Mapping[str, Declaration], base: Path, known: Registry, problems: Problems
) -> dict[str, tuple[Row, ...]]:
    from sources.networks.site_facts import read_attributes, read_site_limits

    rows: dict[str, dict[tuple, Row]] = {"site_attribute": {}, "site_limit": {}}
    kinds = (("attributes", "site_attribute", words.attributes), ("site_limits", "site_limit", words.site_limits))
    for word, table, files in kinds:
        for i, name in enumerate(files):
            if table == "site_attribute":
                read, mistakes = read_attributes(base / name, networks)
            else:
                read, mistakes = read_site_limits(base / name, networks, known)
            _add(mistakes, ("networks", word, i), problems)
            rows[table] |= {tuple(row[n] for n in NETWORK_TABLES[table].key): row for row in read}
    return {table: tuple(of_table.values()) for table, of_table in rows.items()}


def _add(mistakes: Iterable[Mistake], place: tuple[str | int, ...], problems: Problems) -> None:
    for message, hint in mistakes:
        problems.add(place, message, hint)
