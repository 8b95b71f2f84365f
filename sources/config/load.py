"""Reads a configuration into the classes of model.py; refuses one that has mistakes, naming each.

Here belongs loading. Not here: the rules (check.py and what it calls) or where a user keeps the file
(orchestration.settings). Nothing heavier than pydantic.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sources.config.check import read_checked
from sources.config.identity import Identity
from sources.config.model import Config, ConfigError
from sources.connectors import kind_of
from sources.value_digest import digest_of

BUILT_IN = Path(__file__).resolve().parent.parent / "simulated" / "district.toml"
_MOST = 12


def load_config(path: Path | None) -> Config:
    """The configuration at `path`, or the built-in simulated district; ConfigError lists its mistakes with lines."""
    file = path if path is not None else BUILT_IN
    checked = read_checked(file)
    problems, document = checked.problems, checked.document
    if document is None:
        listed = "\n".join(f"  {p}" for p in problems[:_MOST])
        more = f"\n  and {len(problems) - _MOST} more" if len(problems) > _MOST else ""
        count = f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}"
        raise ConfigError(f"{file}: {count} in the configuration\n{listed}{more}")
    base = file.absolute().parent
    registers = tuple(base / name for name in document.sites.files)
    waivers = document.gate.waivers
    declared = {name: base / file for name, file in sorted(document.declared.items())}
    networks, cases, plans = checked.networks, checked.cases, checked.plans
    key_file = document.registers.identity_key_file
    files = [hashlib.sha256(f.read_bytes()).hexdigest() for f in (*registers, *declared.values())]
    files += [found.fingerprint for found in (networks, cases, plans) if found.fingerprint]
    return Config(
        path=path,
        district=document.district,
        sources=document.source,
        registers=registers,
        fingerprint=digest_of([digest_of(checked.raw), *files]),
        simulated=any(kind_of(s).provenance == "simulated" for s in document.source),
        waivers=base / waivers if waivers else None,
        standards=document.standards,
        declared=declared,
        options=document.options,
        networks=networks,
        cases=cases,
        # Nobody is behind a simulated plate, and the built-in district is the same on every machine.
        identity=Identity(base / key_file if key_file else None, "simulated" if file == BUILT_IN else ""),
        plans=plans,
        waste_categories=checked.waste_categories,
    )
