"""Whether the rows of a plan's folder make sense, with what the rows of the files before it say.

Here belongs what cells mean together: a target that something computes, an operator with what it needs, a project with
its deadline. Not here: one cell by itself (sources.config.declared) or what becomes of a row (plan_rows.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dbt_project.seed_rows import seed_rows
from sources.config import shipped
from sources.config.cells import shortened
from sources.config.csv_file import Mistake
from sources.config.declared import Found, Together
from sources.config.problems import nearest
from sources.plans import computed
from sources.plans.computed import Computed
from sources.plans.folder import COMPARISONS, FINDING, STANDARD, TENDENCIES
from sources.plans.formula import FormulaError
from sources.plans.operands import Sources
from sources.registry import Registry
from sources.registry.feed_model import CROSS_DOMAIN

Entry = Mapping[str, str]
Row = Mapping[str, Any]
_YEARS = range(1980, 2101)
_DECIMALS = range(7)
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_AREA = re.compile(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?")
_LIMIT = ("limit_pollutant", "limit_averaging", "limit_grade", "limit_standard")


class Checks:
    """What is known of a plan while its files are read in order: the rows so far, and what is computed for it."""

    def __init__(self, registry: Registry, sources: Sources) -> None:
        self._registry = registry
        self.sources = sources
        self.rows: dict[str, Sequence[Row]] = {}
        self.computed: dict[str, Computed] = dict(computed.delivered())

    def of(self, name: str) -> Together:
        """What judges a row of the file `name`."""
        return {
            "plan": self._plan,
            "returns_items": self._item,
            "formulas": self._formula,
            "indicators": self._indicator,
            "commitments": self._commitment,
            "judgements": self._judgement,
            "projects": self._project,
            "milestones": self._milestone,
            "history": self._history,
            "texts": self._text,
        }[name]

    def take(self, name: str, rows: Sequence[Row]) -> None:
        """Notes the sound rows of a file."""
        self.rows[name] = tuple(rows)
        if name == "returns_items":
            self.sources = self.sources.with_items({row["item"]: row["unit"] for row in rows})
        if name == "formulas":
            by_formula = (Computed(r["indicator_id"], CROSS_DOMAIN, {"": r["unit"]}) for r in rows)
            self.computed |= {own.indicator_id: own for own in by_formula}

    def whole(self) -> Iterator[Mistake]:
        """What is wrong with the plan as a whole, once every file is read."""
        if len(self.rows.get("plan", ())) > 1:
            yield "plan.csv has more than one row", "a folder is one plan; give the other a folder of its own"
        both = set(self._ids("indicators")) & set(self._ids("commitments"))
        for name in sorted(both):
            yield f"commitments.csv: '{name}' is an indicator of the plan already", "keep it in one of the two files"
        shared = [row["commitment_id"] for row in self.rows.get("projects", ()) if row["commitment_id"]]
        for name in sorted({name for name in shared if shared.count(name) > 1}):
            yield f"projects.csv, column commitment_id: '{name}' is in two rows", "leave it to one project"
        judged = {row["promise_id"]: row for row in self.rows.get("judgements", ())}
        for file in ("indicators", "commitments"):
            for row in self.rows.get(file, ()):
                own = judged.get(row[f"{file[:-1]}_id"], {})
                if row["target_operator"] == STANDARD and not own.get("limit_pollutant"):
                    message = f"{file}.csv: {row[f'{file[:-1]}_id']} is judged by a limit and none is named"
                    yield message, "name it in judgements.csv: " + ", ".join(_LIMIT)

    def _ids(self, file: str) -> list[str]:
        return [row[f"{file[:-1]}_id"] for row in self.rows.get(file, ())]

    def _plan(self, entry: Entry) -> Found:
        name = entry["plan_id"]
        if not _NAME.fullmatch(name):
            yield (
                "plan_id",
                f"'{shortened(name)}' is not a name",
                "write small letters, digits and _, such as plan_2030",
            )
        elif name in shipped.plans():
            yield "plan_id", f"'{name}' is the plan that is delivered", "give yours another name"
        yield from _years(entry, "first_year", "last_year")
        if entry["first_year"] > entry["last_year"]:
            yield "last_year", f"{entry['last_year']} is before the first year", "write the last year of the plan"
        if entry["area_code"] and not _AREA.fullmatch(entry["area_code"]):
            yield "area_code", f"'{shortened(entry['area_code'])}' is not an area", "write its 6, 9 or 12 digits"

    def _item(self, entry: Entry) -> Found:
        name = entry["item"]
        if not _NAME.fullmatch(name):
            yield "item", f"'{shortened(name)}' is not a name", "write small letters, digits and _"
        elif name in self.sources.items:
            yield "item", f"'{name}' is a return item that is there already", "leave the row out"
        if self._registry.unit(entry["unit"]) is None:
            yield "unit", f"'{shortened(entry['unit'])}' is not known", nearest(entry["unit"], self._registry.units)
        if entry["fail_max"] and Decimal(entry["fail_max"]) <= Decimal(entry["fail_min"] or 0):
            yield "fail_max", f"{entry['fail_max']} is not above the least value", "write a larger one"

    def _formula(self, entry: Entry) -> Found:
        name = entry["indicator_id"]
        if not _NAME.fullmatch(name):
            yield "indicator_id", f"'{shortened(name)}' is not a name", "write small letters, digits and _"
        elif name in computed.delivered():
            yield "indicator_id", f"'{name}' is computed already", "give yours another name"
        elif name in shipped.commitments():
            yield "indicator_id", f"'{name}' is a commitment of the delivered plan", "give yours another name"
        if entry["decimals"] and int(entry["decimals"]) not in _DECIMALS:
            yield "decimals", f"{entry['decimals']} cannot be", f"write 0 to {_DECIMALS[-1]}"
        try:
            self.sources.weighed(entry["formula"], entry["unit"])
        except FormulaError as error:
            yield error.column, str(error), error.hint

    def _indicator(self, entry: Entry) -> Found:
        name = entry["indicator_id"]
        if name not in self.computed:
            hint = nearest(name, self.computed) or "mart_indicator_methods lists what is computed"
            yield "indicator_id", f"nothing computes '{shortened(name)}'", hint
            return
        yield from self._unit(entry, name)
        yield from self._promise(entry)

    def _commitment(self, entry: Entry) -> Found:
        name, known = entry["commitment_id"], self.computed
        if entry["value_from"] == "indicator" and name not in known:
            yield "commitment_id", f"nothing computes '{shortened(name)}'", nearest(name, known)
            return
        if not _NAME.fullmatch(name):
            yield "commitment_id", f"'{shortened(name)}' is not a name", "write small letters, digits and _"
        if is_computed(entry, known):
            yield from self._unit(entry, name)
            if entry["target_operator"] == FINDING:
                yield "target_operator", f"'{FINDING}' is a finding that units report", "write value_from: report"
        elif not entry["unit"] and entry["target_operator"] != FINDING:
            yield "unit", "it is empty", "enter it: the unit of target and reports"
        yield from self._promise(entry)

    def _unit(self, entry: Entry, name: str) -> Found:
        units = self.computed[name].units
        if entry["unit"] not in units.values():
            expected = " or ".join(f"'{unit}'" for unit in dict.fromkeys(units.values()))
            yield "unit", f"{name} is not computed in '{shortened(entry['unit'])}'", f"write {expected}"

    def _promise(self, entry: Entry) -> Found:
        operator, value = entry["target_operator"], entry["target_value"]
        if operator in COMPARISONS and not value:
            yield "target_value", "it is empty", f"enter the number that '{operator}' compares with"
        if operator not in COMPARISONS and value:
            yield "target_value", f"'{operator}' takes no number", "leave it empty, or write a comparison: <= or >="
        if bool(entry["baseline_year"]) != bool(entry["baseline_value"]):
            missing = "baseline_value" if entry["baseline_year"] else "baseline_year"
            yield missing, "it is empty", "a baseline has a year and a value"
        if operator in TENDENCIES and not entry["baseline_value"]:
            yield "baseline_value", "it is empty", f"'{operator}' is judged against the baseline"
        yield from _years(entry, *(column for column in ("baseline_year", "target_year") if entry[column]))

    def _promised(self) -> dict[str, Row]:
        return {
            row[f"{file[:-1]}_id"]: row for file in ("indicators", "commitments") for row in self.rows.get(file, ())
        }

    def _text(self, entry: Entry) -> Found:
        if entry["promise_id"] not in self._promised():
            yield _not_promised(entry["promise_id"], self._promised())

    def _judgement(self, entry: Entry) -> Found:
        name, promised = entry["promise_id"], self._promised()
        if name not in promised:
            yield _not_promised(name, promised)
            return
        operator = promised[name]["target_operator"]
        worse = {"higher": "<", "lower": ">"}.get(entry["better"])
        if worse and operator.startswith(worse):
            yield "better", f"the target is '{operator}', which asks for the worse", "write " + _other(entry["better"])
        if variant := entry["judged_variant"]:
            variants = self.computed[name].units if name in self.computed else {}
            if variant not in variants:
                hint = nearest(variant, variants) or "leave it empty"
                yield "judged_variant", f"{name} has no variant '{shortened(variant)}'", hint
        yield from _limit(entry)
        if entry["reduction_base_year"]:
            yield from _base_year(entry)
        if entry["range_low"] and entry["range_high"] and Decimal(entry["range_low"]) >= Decimal(entry["range_high"]):
            yield "range_high", f"{entry['range_high']} is not above {entry['range_low']}", "swap the two"

    def _project(self, entry: Entry) -> Found:
        yield from _years(entry, "deadline_year")
        if entry["quantity"] and not entry["quantity_unit"]:
            yield "quantity_unit", "it is empty", "enter the unit of the quantity"
        if entry["quantity"] and Decimal(entry["quantity"]) <= 0:
            yield "quantity", f"{entry['quantity']} cannot be promised", "write a number above 0, or leave it empty"
        name, known = entry["commitment_id"], self._ids("commitments")
        if name and name not in known:
            yield "commitment_id", f"the plan has no commitment '{shortened(name)}'", nearest(name, known)
        if entry["shared_item"] and not name:
            yield "commitment_id", "it is empty", "name the commitment that shared_item counts for"

    def _milestone(self, entry: Entry) -> Found:
        deadlines = {str(row["project_no"]): row["deadline_year"] for row in self.rows.get("projects", ())}
        if entry["project_no"] not in deadlines:
            hint = nearest(entry["project_no"], deadlines) or "projects.csv lists them"
            yield "project_no", f"the plan has no project {entry['project_no']}", hint
            return
        yield from _years(entry, "due_year")
        if int(entry["due_year"]) > deadlines[entry["project_no"]]:
            message = f"{entry['due_year']} is after the project's deadline"
            yield "due_year", message, f"it is {deadlines[entry['project_no']]}"
        if ":" in entry["milestone_no"]:
            yield "milestone_no", "it holds a colon", "write a number or a short name"

    def _history(self, entry: Entry) -> Found:
        yield from _years(entry, "actual_year")


def is_computed(entry: Mapping[str, Any], known: Mapping[str, Computed]) -> bool:
    """Whether a commitment takes its value from an indicator."""
    return entry["value_from"] == "indicator" or (not entry["value_from"] and entry["commitment_id"] in known)


def _not_promised(name: str, promised: Mapping[str, Row]) -> tuple[str, str, str]:
    return "promise_id", f"the plan does not promise '{shortened(name)}'", nearest(name, promised)


def _base_year(entry: Entry) -> Found:
    falls = {row["indicator_id"] for row in seed_rows("energy/per_gdp_series")}
    if entry["promise_id"] not in falls:
        message = f"{entry['promise_id']} is not a fall since a year"
        yield "reduction_base_year", message, "leave it empty; it is for " + ", ".join(sorted(falls))
        return
    yield from _years(entry, "reduction_base_year")


def _other(better: str) -> str:
    return "lower" if better == "higher" else "higher"


def _limit(entry: Entry) -> Found:
    if not any(entry[column] for column in _LIMIT):
        return
    rows = seed_rows("standards/gb3095_limits")
    names = ("pollutant", "averaging", "grade", "standard")
    wanted = tuple(entry[column] for column in _LIMIT)
    known = {tuple(row[name] for name in names) for row in rows}
    if wanted not in known:
        for place, column in enumerate(_LIMIT):
            possible = {row[place] for row in known if row[:place] == wanted[:place]}
            if wanted[place] not in possible:
                message = f"there is no limit of '{shortened(wanted[place])}'"
                yield column, message, nearest(wanted[place], sorted(possible))
                return


def _years(entry: Entry, *columns: str) -> Found:
    for column in columns:
        if int(entry[column]) not in _YEARS:
            yield column, f"{entry[column]} cannot be", f"a year from {_YEARS[0]} to {_YEARS[-1]} is expected"
