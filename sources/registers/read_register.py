"""A file with the declaration of a register → the declaration, or every mistake with its line.

Here belong reading it and finding the shipped ones. Not here: whether the words go together (check_register.py).
Nothing heavier than pydantic.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sources.config.declaration_file import declared_in, parsed, said_of
from sources.config.problems import Problems
from sources.registers.case_register import RegisterDeclaration
from sources.registers.check_register import check_register
from sources.registry import Registry

SHIPPED = Path(__file__).parent


@dataclass(frozen=True)
class ReadRegister:
    """A file as it was read: the declaration if it is sound, the SHA-256 of its bytes, and its mistakes."""

    declaration: RegisterDeclaration | None = None
    sha256: str = ""
    problems: tuple[str, ...] = ()


def read_register(file: Path, registry: Registry) -> ReadRegister:
    """The register that `file` declares; a mistake begins with the file's name and the line."""
    content, raw, said = parsed(file)
    if said:
        return ReadRegister(problems=said)
    problems = Problems(content.decode("utf-8-sig"))
    declared = declared_in(raw, RegisterDeclaration, problems)
    if declared is not None:
        check_register(declared, registry, problems)
    said = said_of(file, problems)
    return ReadRegister(None if said else declared, hashlib.sha256(content).hexdigest(), said)


def shipped_registers() -> tuple[str, ...]:
    """Names of the registers that ship with EcoLedger."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.toml")))


@cache
def shipped_register(name: str) -> ReadRegister:
    """A shipped register, read once per process."""
    from sources.registry import registry

    return read_register(SHIPPED / f"{name}.toml", registry())
