"""What the simulator knows of each network: its sites, files and usual levels, next to the network's own declaration.

Here belongs reading networks.toml and network_levels.csv, and naming sites. Not here: streams (network_streams.py),
attributes and limits of sites (network_sites.py) or values (network_files.py). Standard library only.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DECLARATIONS = HERE.parent / "networks"
_NUMBERS = ("level", "spread", "site_spread", "season", "peak_day", "daily", "peak_hour")
FILE_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Level:
    """What is usual of one parameter at sites of `kind` ('' = all).

    A ratio is `level` times lognormal noise and waves, a sum `level` plus normal ones; of words it is the probability
    of the one whose number is 1. `limit` is the detection limit as text; `of` names parameters and attributes that
    multiply a ratio (with a minus: 100 less it, in %) or are added to a sum; `split`: one value for each sample.
    """

    parameter: str
    kind: str
    level: float
    spread: float
    site_spread: float
    season: float
    peak_day: float
    daily: float
    peak_hour: float
    limit: str
    decimals: int
    is_sum: bool
    of: tuple[str, ...]
    split: bool


@dataclass(frozen=True)
class Place:
    """One site: its id, kind and number among the network's sites, counted from 1."""

    site_id: str
    kind: str
    number: int


@cache
def networks() -> Mapping[str, Mapping[str, Any]]:
    """What networks.toml says of each network."""
    return tomllib.loads((HERE / "networks.toml").read_text(encoding="utf-8"))


@cache
def declaration(network: str) -> Mapping[str, Any]:
    """The words of a network's declaration, as they are written."""
    return tomllib.loads((DECLARATIONS / f"{network}.toml").read_text(encoding="utf-8"))


@cache
def _levels() -> Mapping[str, tuple[Level, ...]]:
    found: dict[str, list[Level]] = {}
    with (HERE / "network_levels.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            numbers = {name: float(row[name]) for name in _NUMBERS}
            rest = {"limit": row["limit"], "decimals": int(row["decimals"]), "is_sum": row["shape"] == "sum"}
            more = {"of": tuple(row["with"].split()), "split": row["split"] == "yes"}
            level = Level(row["parameter"], row["kind"], **numbers, **rest, **more)
            found.setdefault(row["network"], []).append(level)
    return {network: tuple(levels) for network, levels in found.items()}


def levels(network: str) -> tuple[Level, ...]:
    """Usual levels of the network, in the order of its lines."""
    return _levels()[network]


@cache
def places(network: str) -> tuple[Place, ...]:
    """The sites of a network, kind after kind."""
    plan = networks()[network]
    kinds = [kind for kind, entry in plan["kinds"].items() for _ in range(entry["count"])]
    return tuple(Place(f"SIM-{plan['prefix']}-{n:03d}", kind, n) for n, kind in enumerate(kinds, 1))


def is_word(network: str, parameter: str) -> bool:
    """Whether the parameter's values are words."""
    return "vocabulary" in declaration(network)["parameters"][parameter]


def cadence(network: str) -> str:
    """How often a site of the network gives a value."""
    return declaration(network)["cadence"]


def months(network: str) -> int:
    """Months that one file of the network holds; 0 for a day."""
    return FILE_MONTHS.get(networks()[network]["file"], 0)
