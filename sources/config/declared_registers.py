"""The registers of cases of a configuration: which are in use.

Here belongs finding and reading them, so that a configuration without registers reads none. Not here: the words of a
declaration (sources.registers), the key that private columns are hashed with (identity.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sources.config.problems import Problems
from sources.registry import Registry
from sources.registry.register_tables import REGISTER_TABLES
from sources.value_digest import digest_of

if TYPE_CHECKING:
    from sources.config.model import Registers
    from sources.registers.case_register import RegisterDeclaration


@dataclass(frozen=True)
class DeclaredRegisters:
    """The registers in use and the users' files of them; `fingerprint` changes with any byte of these."""

    declarations: tuple[RegisterDeclaration, ...] = ()
    shipped: frozenset[str] = frozenset()
    files: tuple[Path, ...] = ()
    fingerprint: str = ""

    @property
    def has_private(self) -> bool:
        """Whether any of them has private columns."""
        return any(declared.private for declared in self.declarations)

    def registry(self, known: Registry) -> Registry:
        """`known` with these registers as further feeds."""
        if not self.declarations:
            return known
        from sources.registers.register_feed import with_registers

        return with_registers(known, self.declarations)

    def rows(self) -> dict[str, list[Mapping[str, Any]]]:
        """The rows of every table of declarations, none where there is no register."""
        found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in REGISTER_TABLES}
        if self.declarations:
            from sources.registers.register_rows import rows_of

            for name, rows in rows_of(self.declarations, self.shipped).items():
                found[name] = sorted(rows, key=lambda row, key=REGISTER_TABLES[name].key: [row[n] for n in key])
        return found


NO_REGISTERS = DeclaredRegisters()


def registers_in_use(
    words: Registers, feeds: Iterable[str], base: Path, known: Registry, problems: Problems
) -> DeclaredRegisters:
    """The user's registers and those shipped ones that `feeds` name; mistakes are added.

    A user's register goes before the shipped one of its name.
    """
    wanted = set(feeds) - set(known.feeds)
    if not (wanted or words.files):
        return NO_REGISTERS
    from sources.registers.read_register import read_register, shipped_register, shipped_registers

    found: dict[str, RegisterDeclaration] = {}
    digests: list[str] = []
    for i, name in enumerate(words.files):
        read = read_register(base / name, known)
        for message in read.problems:
            problems.add(("registers", "files", i), message)
        if (declared := read.declaration) is not None:
            if declared.name in found:
                problems.add(("registers", "files", i), f"the register '{declared.name}' is declared twice", "keep one")
            found[declared.name] = declared
            digests.append(read.sha256)
    own = set(found)
    for name in sorted((wanted - own) & set(shipped_registers())):
        if (shipped := shipped_register(name).declaration) is not None:
            found[name] = shipped
    files = tuple(base / name for name in words.files)
    declarations = tuple(found[name] for name in sorted(found))
    fingerprint = digest_of(digests) if digests else ""
    return DeclaredRegisters(declarations, frozenset(found) - own, files, fingerprint)
