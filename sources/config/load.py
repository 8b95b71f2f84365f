"""Reads a configuration into the classes of model.py; refuses one that has mistakes, naming each.

Here belongs loading. Not here: the rules (check.py and what it calls) or where a user keeps the file
(orchestration.settings). Standard library only.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sources.config.check import read_checked
from sources.config.classes import digest_of, district_of, source_of
from sources.config.locate import lines_of_keys
from sources.config.model import Config, ConfigError
from sources.config.standards import standards_of
from sources.registry import registry

BUILT_IN = Path(__file__).resolve().parent.parent / "simulated" / "district.toml"
_MOST = 12


def load_config(path: Path | None) -> Config:
    """The configuration at `path`, or the built-in simulated district; ConfigError lists its mistakes with lines."""
    file = path if path is not None else BUILT_IN
    raw, problems, text = read_checked(file)
    if problems:
        listed = "\n".join(f"  {p}" for p in problems[:_MOST])
        more = f"\n  and {len(problems) - _MOST} more" if len(problems) > _MOST else ""
        count = f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}"
        raise ConfigError(f"{file}: {count} in the configuration\n{listed}{more}")
    base = file.absolute().parent
    known = registry()
    district = district_of(raw)
    lines = lines_of_keys(text)
    sources = tuple(
        source_of(entry, known, district, lines.get(("source", i), 0)) for i, entry in enumerate(raw["source"])
    )
    files = raw.get("sites", {}).get("files", [])
    registers = tuple(base / name for name in ([files] if isinstance(files, str) else files))
    waivers = raw.get("gate", {}).get("waivers")
    declared = {name: base / file for name, file in sorted(raw.get("declared", {}).items())}
    digests = [digest_of(raw), *(hashlib.sha256(f.read_bytes()).hexdigest() for f in (*registers, *declared.values()))]
    return Config(
        path=path,
        district=district,
        sources=sources,
        registers=registers,
        fingerprint=digest_of(digests),
        simulated=any(s.connector == "simulated" for s in sources),
        waivers=base / waivers if waivers else None,
        standards=standards_of(raw),
        declared=declared,
        options=raw.get("options", {}),
    )
