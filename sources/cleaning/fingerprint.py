"""What the clean readings of a delivery depend on besides its bytes, as one fingerprint per declared source.

Here belongs only that: the mapping, the registry, the site registers, the reporting zone and the code of readers and
cleaning. Standard library only, because the check for "nothing new" runs it. Not here: cleaning itself.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from sources.config import shipped

if TYPE_CHECKING:
    from sources.config.model import Config, Source
    from sources.registry import Registry

_ROOM = Path(__file__).resolve().parent.parent
_CODE = ("cleaning", "readers")


def cleaning_fingerprint(source: Source, registry: Registry, config: Config) -> str:
    """SHA-256 that changes when the same bytes of `source` might be cleaned to something else."""
    return _fingerprint(source, registry, config, _registers(config))


def source_fingerprints(config: Config, registry: Registry) -> dict[str, str]:
    """`cleaning_fingerprint` of every declared source by its id; the registers are read once."""
    registers = _registers(config)
    return {source.id: _fingerprint(source, registry, config, registers) for source in config.sources}


def _fingerprint(source: Source, registry: Registry, config: Config, registers: str) -> str:
    parts = [code_digest(), registry.fingerprint, source.fingerprint, config.district.reporting_zone, registers]
    if source.feed == "returns":
        # What a return may report on is the plan's to say.
        parts.append(shipped.plan_digest())
    if source.format.kind == "xlsx":
        # A refused workbook is tried again once its reader is another one.
        parts.append(version("fastexcel"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _registers(config: Config) -> str:
    digest = hashlib.sha256()
    for file in config.registers:
        # A register that is gone is a mistake that load_register reports; here it only has to differ.
        digest.update(hashlib.sha256(file.read_bytes() if file.is_file() else b"absent").digest())
    return digest.hexdigest()


@cache
def code_digest() -> str:
    """SHA-256 of the source files of readers and cleaning, once per process."""
    digest = hashlib.sha256()
    for package in _CODE:
        for file in sorted((_ROOM / package).glob("*.py")):
            digest.update(f"{package}/{file.name}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
