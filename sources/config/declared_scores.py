"""Composite scores that users declare: whether weights, scoring functions and indicators make a score.

Here belong the tables `composite_scores`, `composite_parts` and `composite_steps` of [declared], and which figures a
part may name. Not here: one cell by itself (declared.py) or any score (dbt_project).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dbt_project.seed_rows import seed_rows
from sources.config import shipped
from sources.config.cells import shortened
from sources.config.declared_areas import in_use
from sources.config.problems import nearest
from sources.plans import computed
from sources.registry.name_patterns import NAME

if TYPE_CHECKING:
    from sources.config.csv_file import Mistake
    from sources.config.declared import DeclaredRows
    from sources.networks.declaration import Declaration
    from sources.registers.case_register import RegisterDeclaration

Row = Mapping[str, Any]
Entry = Mapping[str, str]
Found = Iterator[tuple[str, str, str]]
# What cases(register.…) may name: the columns of mart_case_monthly that areas of different size can be compared by.
CASE_FIGURES = ("closed_pct", "on_time_pct", "median_days")
KINDS = ("list", "area", "cases", "indicator")
_REFERENCE = re.compile(r"([a-z]+)\(([^()]+)\)")
_MOST_DECIMALS, _POINTS = 4, 100
# Series of particles and dustfall, and item sets of the water index, as the rankings name their lists.
_DUST = ("dust_included", "dust_excluded")
_INDEX = ("class_items", "automatic_items")


@dataclass(frozen=True)
class Scored:
    """A figure that a part may name: the levels of areas and the periods it has; none of both: not known here."""

    levels: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


def score_mistakes(entry: Entry) -> Found:
    """What is wrong with one row of `composite_scores`, as (column, message, what to write)."""
    if not NAME.fullmatch(entry["score_id"]):
        yield "score_id", f"'{shortened(entry['score_id'])}' is not a name", "use a-z, 0-9 and _"
    elif entry["score_id"] in computed.delivered():
        yield "score_id", f"'{entry['score_id']}' is an indicator", "give the score another name"
    levels = shipped.trees().get(entry["tree"])
    if levels is None:
        yield "tree", f"there is no tree '{shortened(entry['tree'])}'", nearest(entry["tree"], shipped.trees())
    elif entry["area_level"] not in levels:
        hint = nearest(entry["area_level"], levels)
        yield "area_level", f"{entry['tree']} has no level '{shortened(entry['area_level'])}'", hint
    if not 0 <= int(entry["decimals"]) <= _MOST_DECIMALS:
        yield "decimals", f"{entry['decimals']} decimals cannot be kept", f"write 0 to {_MOST_DECIMALS}"
    if entry["min_weight"]:
        if entry["missing"] != "reweight":
            yield "min_weight", f"with missing = {entry['missing']} it means nothing", "leave it empty"
        elif not 0 < Decimal(entry["min_weight"]) <= 1:
            yield "min_weight", f"{entry['min_weight']} is not a share of the weights", "write 0.6 for 60 %"


def part_mistakes(entry: Entry) -> Found:
    """What is wrong with one row of `composite_parts` by itself."""
    if not NAME.fullmatch(entry["part_id"]):
        yield "part_id", f"'{shortened(entry['part_id'])}' is not a name", "use a-z, 0-9 and _"
    if Decimal(entry["weight"]) <= 0:
        yield "weight", f"{entry['weight']} is not above 0", "leave the part out, or give it a weight"
    if entry["valid_to"] and entry["valid_to"] < entry["valid_from"]:
        yield "valid_to", f"{entry['valid_to']} is before valid_from {entry['valid_from']}", "leave it empty"
    linear = entry["scoring"] == "linear"
    for column in ("zero_at", "full_at"):
        if linear != bool(entry[column]):
            said = "linear needs it" if linear else f"{entry['scoring']} uses it not"
            yield column, said, "write the value" if linear else "leave it empty"
            return
    if linear:
        zero, full = Decimal(entry["zero_at"]), Decimal(entry["full_at"])
        rises = "higher" if full > zero else "lower"
        if zero == full:
            yield "full_at", f"it is {full}, as zero_at", "write the value that has all points"
        elif rises != entry["better"]:
            yield "better", f"points rise to the {rises} value", f"write {rises}, or exchange zero_at and full_at"


def step_mistakes(entry: Entry) -> Found:
    """What is wrong with one row of `composite_steps` by itself."""
    if not 0 <= Decimal(entry["points"]) <= _POINTS:
        yield "points", f"{entry['points']} points cannot be", f"write 0 to {_POINTS}"
    if entry["low"] and entry["high"] and Decimal(entry["high"]) < Decimal(entry["low"]):
        yield "high", f"{entry['high']} is below low {entry['low']}", "exchange them"


def known_figures(
    networks: Iterable[Declaration],
    registers: Iterable[RegisterDeclaration],
    sites: Iterable[Mapping[str, str]],
    further: Iterable[str] = (),
) -> dict[str, Scored]:
    """Every figure that a part may name, as it is written. `sites` are entries of the registers, by which the lists of
    air and water are named; `further` are indicators of the user's plans.
    """
    found = {f"list({name})": scored for name, scored in _lists(sites)}
    for network in networks:
        periods = {(f.id, code): f.period for f in network.figures for code in f.of_parameters}
        for entry in network.lists:
            if entry.place == "area":
                scored = Scored((entry.level,), (periods.get((entry.figure, entry.parameter)) or "month",))
                found[f"list({network.name}_{entry.id})"] = scored
        for area in network.areas:
            found[f"area({network.name}.{area.id})"] = Scored((area.level,), (area.period,))
    ranks = list(shipped.trees()["administrative"])
    for register in registers:
        levels = tuple(ranks[: ranks.index(register.area_level) + 1])
        if register.kind == "cases":
            found |= {f"cases({register.name}.{figure})": Scored(levels, ("month",)) for figure in CASE_FIGURES}
    found |= {f"indicator({name})": Scored() for name in (*computed.delivered(), *further)}
    return found


def _lists(sites: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Scored]]:
    """The lists of subdistricts that the rankings of air and water make of these sites."""
    scored = Scored(("subdistrict",), ("month", "quarter"))
    networks: dict[str, set[str]] = {}
    for site in sites:
        kind = site.get("kind", "") if site.get("feed") == "air" else site.get("feed", "")
        networks.setdefault(kind, set()).add(site.get("network") or "unknown")
    items = [row["item"] for row in seed_rows("standards/air_items") if row["has_dust_variant"] == "true"]
    series = [(item, "micro_station", "micro_sensor") for item in items] + [
        ("dustfall", "dustfall_point", "gravimetric")
    ]
    for item, kind, method in series:
        for network in sorted(networks.get(kind, ())):
            yield from ((f"air_{item}_{network}_{method}_{dust}", scored) for dust in _DUST)
    for network in sorted(networks.get("water", ())):
        for items_of in _INDEX:
            yield f"water_subdistrict_cwqi_{items_of}_{network}", Scored(("subdistrict",), ("month",))


@dataclass(frozen=True)
class Scores:
    """What users entered of the three tables, and the figures that parts may name."""

    scores: DeclaredRows
    parts: DeclaredRows
    steps: DeclaredRows
    figures: Mapping[str, Scored]

    def mistakes(self) -> Iterator[tuple[str, Mistake]]:
        """Every mistake that rows make together, by the table it is in."""
        scores = {
            row["score_id"]: row for row in in_use("composite_scores", self.scores.rows, "scores/composite_scores")
        }
        parts = in_use("composite_parts", self.parts.rows, "scores/composite_parts")
        steps = in_use("composite_steps", self.steps.rows, "scores/composite_steps")
        stepped = {(row["score_id"], row["part_id"]) for row in steps}
        for row, line in _by_line(self.parts):
            for column, message, hint in self._part(row, scores, stepped):
                yield "composite_parts", (f"{self.parts.name}, line {line}, column {column}: {message}", hint)
        by_part = {(row["score_id"], row["part_id"]): row for row in parts}
        for row, line in _by_line(self.steps):
            for column, message, hint in _step(row, by_part, steps):
                yield "composite_steps", (f"{self.steps.name}, line {line}, column {column}: {message}", hint)
        touched = {row["score_id"] for read in (self.scores, self.parts) for row in read.rows}
        for score_id in sorted(touched & set(scores)):
            own = [row for row in parts if row["score_id"] == score_id]
            if mistake := _weights(scores[score_id], own):
                table, read = ("composite_parts", self.parts) if self.parts.rows else ("composite_scores", self.scores)
                yield table, (f"{read.name}, column weight: {mistake[0]}", mistake[1])

    def _part(self, row: Row, scores: Mapping[str, Row], stepped: Collection[tuple[str, str]]) -> Found:
        score = scores.get(row["score_id"])
        if score is None:
            yield "score_id", f"there is no score '{shortened(row['score_id'])}'", nearest(row["score_id"], scores)
            return
        if row["scoring"] == "steps" and (row["score_id"], row["part_id"]) not in stepped:
            yield "scoring", f"{row['part_id']} has no step", "write its steps in composite_steps"
        if row["scoring"] == "linear" and (row["score_id"], row["part_id"]) in stepped:
            yield "scoring", f"{row['part_id']} is linear and has steps", "write steps, or leave the steps out"
        yield from self._indicator(row, score)

    def _indicator(self, row: Row, score: Row) -> Found:
        named = row["indicator"]
        figure = self.figures.get(named)
        if figure is None:
            yield "indicator", *_unknown(named, self.figures)
        elif figure.levels and score["area_level"] not in figure.levels:
            message = (
                f"{named} is a figure of each {' and '.join(figure.levels)}, the score of each {score['area_level']}"
            )
            yield "indicator", message, "name a figure of the same level"
        elif figure.periods and score["period_kind"] not in figure.periods:
            message = f"{named} is made by {' and '.join(figure.periods)}, the score by {score['period_kind']}"
            yield "indicator", message, "name a figure of the same period"


def _by_line(read: DeclaredRows) -> list[tuple[Row, int]]:
    return sorted(zip(read.rows, read.lines, strict=True), key=lambda of: of[1])


def _unknown(named: str, figures: Mapping[str, Scored]) -> tuple[str, str]:
    """That nothing is called so, and the nearest that is."""
    written = _REFERENCE.fullmatch(named)
    if written is None or written[1] not in KINDS:
        bare = {figure.partition("(")[2].rstrip(")"): figure for figure in figures}
        near = nearest(written[2] if written else named, bare)
        said = near if near.startswith("did you mean") else ""
        for inner in bare:
            if said == f"did you mean '{inner}'?":
                said = f"did you mean '{bare[inner]}'?"
        message = f"'{shortened(named)}' is not {', '.join(f'{kind}(…)' for kind in KINDS[:-1])} or {KINDS[-1]}(…)"
        return message, said or "write such as indicator(pm25_annual_mean)"
    same = [figure for figure in figures if figure.startswith(f"{written[1]}(")]
    return f"there is no figure '{shortened(named)}'", nearest(named, same) or f"no {written[1]}(…) exists here"


def _step(row: Row, parts: Mapping[tuple[str, str], Row], steps: Sequence[Row]) -> Found:
    part = parts.get((row["score_id"], row["part_id"]))
    if part is None:
        known = [name for score, name in parts if score == row["score_id"]]
        yield "part_id", f"there is no part '{shortened(row['part_id'])}'", nearest(row["part_id"], known)
        return
    closed = part["scoring"] == "rank"
    for other in steps:
        same = (other["score_id"], other["part_id"]) == (row["score_id"], row["part_id"])
        if same and other["step"] < row["step"] and _meet(other, row, closed):
            message = f"what lies in step {other['step']} lies in step {row['step']}, too"
            yield "low", message, "let a step begin where the other ends"


def _meet(one: Row, other: Row, closed: bool) -> bool:
    """Whether two steps share a value; an upper end belongs to a step of ranks only."""
    low = max((row["low"] for row in (one, other) if row["low"] is not None), default=None)
    high = min((row["high"] for row in (one, other) if row["high"] is not None), default=None)
    if low is None or high is None:
        return True
    return low <= high if closed else low < high


def _weights(score: Row, parts: Sequence[Row]) -> tuple[str, str] | None:
    """Why the weights of a score do not sum to 1 on some day, and what to do."""
    if not parts:
        return f"{score['score_id']} has no part", "write its parts in composite_parts"
    if score["weights"] == "normalised":
        return None
    days = sorted({row["valid_from"] for row in parts} | {_after(row["valid_to"]) for row in parts if row["valid_to"]})
    for day in days:
        held = [row for row in parts if row["valid_from"] <= day and (row["valid_to"] or date.max) >= day]
        total = sum((row["weight"] for row in held), Decimal(0))
        if held and total != 1:
            message = f"the weights of {score['score_id']} sum to {total} from {day} on: "
            message += " + ".join(f"{row['weight']} {row['part_id']}" for row in held)
            return message, "let them sum to 1, or write weights = normalised in composite_scores"
    return None


def _after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day
