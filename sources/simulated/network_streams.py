"""The streams of the simulated networks, made from what networks.toml says of each.

Here belongs which defects a network's files may have. Not here: the networks (network_plan.py) or their files
(network_files.py). Standard library only.
"""

from __future__ import annotations

from collections import Counter

from sources.registry.declared_feeds import CADENCE_MINUTES
from sources.simulated.delivery_stream import FILE_KINDS, ROW_KINDS, Stream
from sources.simulated.network_plan import (
    Level,
    cadence,
    declaration,
    is_word,
    levels,
    months,
    networks,
    places,
)

_OF_DAYS = (*FILE_KINDS, *ROW_KINDS, "invalid_status", "unit_slip")
_OF_PERIODS = ("duplicate_row", "unknown_site", "wrong_unit", "garbage_cell", "missing_mark", "corrected_file")
# What needs a number that can be seen to be wrong.
_OF_NUMBERS = ("corrected_file", "unit_slip", "garbage_cell")
_OF_WORDS = ("duplicate_row", "unknown_site", "missing_mark")
_SLIP = 1000
# What goes to quarantine, and how many lines a file needs to bear one of them: a laboratory's few lines are not held.
_REFUSED = ("unknown_site", "wrong_unit", "garbage_cell")
_LINES_FOR_ONE = 100


def stream_of(network: str) -> Stream:
    """The stream of one network; `kinds` is as long as there are sites for one defect each."""
    plan = networks()[network]
    kind, _ = Counter(place.kind for place in places(network)).most_common(1)[0]
    sites = tuple(p.site_id for p in places(network) if p.kind == kind)
    here = [e for e in levels(network) if e.kind in ("", kind) and not e.split]
    cells = tuple(e.parameter for e in here if _can_be_hit(network, e))
    by_day = plan["file"] == "day"
    return Stream(
        name=network,
        feed=network,
        table=f"network_{network}",
        module="sources.simulated.network_files",
        cadence="day" if by_day else "period",
        first=plan["first"],
        prefix=network,
        extension=".csv",
        step_min=CADENCE_MINUTES.get(cadence(network), 1440),
        sites=sites,
        kinds=_kinds(network, cells, by_day)[: None if by_day else len(sites)],
        slips=dict.fromkeys(cells, _SLIP),
        cells=cells or tuple(e.parameter for e in here),
        only_corrected=("corrected_file",),
        months=months(network),
        due_days=plan.get("due_days", 0),
        long=True,
    )


def _can_be_hit(network: str, level: Level) -> bool:
    """Whether a correction and a slip of units show in the parameter: a plain number well above its last digit."""
    if level.of or level.is_sum or is_word(network, level.parameter):
        return False
    return level.level > max(5 * float(level.limit or 0), 7 * 10**-level.decimals)


def _kinds(network: str, cells: tuple[str, ...], by_day: bool) -> tuple[str, ...]:
    if not cells and all(e.split for e in levels(network)):
        return ()
    if not cells:
        return tuple(k for k in _OF_DAYS if k not in _OF_NUMBERS) if by_day else _OF_WORDS
    if "track" in networks()[network]:
        return ("duplicate_row",)
    if "open_hours" in networks()[network]:
        # What falls into the hours without readings could not be seen.
        return tuple(k for k in FILE_KINDS if k != "corrected_file")
    if not by_day:
        refused = _REFUSED[: _lines(network) // _LINES_FOR_ONE]
        return tuple(k for k in _OF_PERIODS if k in refused or k not in _REFUSED)
    gaps = all(declaration(network)["parameters"][e.parameter]["tests"].get("gap_periods") for e in levels(network))
    return (*_OF_DAYS, "gap") if gaps else _OF_DAYS


def _lines(network: str) -> int:
    """About how many lines one file holds."""
    plan = networks()[network]
    splits = len(plan.get("split", {}).get("values", ())) or 1
    a_moment = sum(
        plan["kinds"][kind]["count"] * (splits if level.split else 1)
        for level in levels(network)
        for kind in plan["kinds"]
        if level.kind in ("", kind)
    )
    days = 30 * months(network) if cadence(network) == "day" else 1
    return a_moment * days


def network_streams() -> tuple[Stream, ...]:
    """A stream for each simulated network."""
    return tuple(map(stream_of, networks()))
