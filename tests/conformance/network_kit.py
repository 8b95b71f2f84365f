"""Declared networks of invented cases, as the tables that declarations become, and their readings as clean Parquet.

Here belong short ways to write a declaration's rows. Not here: cases (network_cases.py), reading a declaration
(sources/networks), or any figure.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.registry.clean_columns import CLEAN_COLUMNS, NETWORK_COLUMNS
from sources.registry.network_tables import NETWORK_TABLES
from tests.conformance.kit import District, write_table

# Operator → (low closed, high closed) of what attains.
_ENDS = {
    "<=": (None, True), "<": (None, False), ">=": (True, None), ">": (False, None),
    "[]": (True, True), "[)": (True, False), "(]": (False, True), "()": (False, False), "outside": (False, False),
    "is": (None, None),
}  # fmt: skip
MINUTES = {"minute": 1, "hour": 60, "day": 1440}


class Network:
    """One declared network: rows of its tables and its readings."""

    def __init__(self, districts: Networks, name: str, cadence: str, **more: Any) -> None:
        self._all, self.name = districts, name
        self._limits = 0
        self._method = "automatic" if cadence in MINUTES else "manual"
        row = {"name_zh": name, "name_en": name, "medium": "x", "owner": "x", "cadence": cadence}
        row |= {"cadence_minutes": MINUTES.get(cadence), "lateness_allowed_hours": 24, "is_track": False}
        row |= {"nondetect": "half_limit", "has_scale": False, "target_grade": "", "target_attribute": ""}
        self._add("network", **row | {"scale_nondetect": "limit_decides", "declared_by": "user"} | more)

    def _add(self, table: str, **row: Any) -> None:
        self._all.rows[table].append({"network_id": self.name} | row)

    def parameter(self, code: str, unit: str = "mg/L", decimals: int = 3, **more: Any) -> None:
        """A parameter, named in Chinese as in its code."""
        row = {"parameter": code, "name_zh": code, "name_en": code, "unit": unit, "decimals": decimals}
        self._add("network_parameter", **row | {"vocabulary": "", "hj_code": ""} | more)

    def word(self, vocabulary: str, word: str, number: int) -> None:
        """A word of a vocabulary."""
        self._add("network_word", vocabulary=vocabulary, word=word, name_zh=word, name_en=word, number=number)

    def grades(self, *grades: str) -> None:
        """The scale, from the best."""
        for rank, grade in enumerate(grades, 1):
            self._add("network_grade", grade=grade, rank=rank, name_zh=grade, name_en=grade)
        self._ranks = {grade: rank for rank, grade in enumerate(grades, 1)}

    def figure(self, figure_id: str, parameter: str, statistic: str, period: str, **more: Any) -> None:
        """A figure of readings, or of the figure that `of_figure` names with its `level`."""
        row = {"figure_id": figure_id, "parameter": parameter, "level": 1, "of_figure": "", "statistic": statistic}
        row |= {"period_kind": period, "second_parameter": "", "argument": None, "min_share": Decimal("0.75")}
        row |= {"min_count": None, "factor": Decimal(1), "unit": "mg/L", "decimals": 3, "keeps_sample": False}
        row |= {"name_zh": figure_id, "name_en": figure_id, "standard": "S", "clause": "c"}
        self._add("network_figure", **row | more)

    def limit(self, parameter: str, operator: str, low: Any = None, high: Any = None, **more: Any) -> str:
        """A limit in force from 2000 on; one end where the operator has one. Gives its id."""
        self._limits += 1
        limit_id = f"{self._limits:04}"
        low, high = (None, low) if operator in ("<=", "<") and high is None else (low, high)
        low, high = (None if end is None else Decimal(str(end)) for end in (low, high))
        closed = dict(zip(("low_closed", "high_closed"), _ENDS[operator], strict=True))
        row = {"limit_id": limit_id, "parameter": parameter, "figure_id": "", "grade": "", "low": low, "high": high}
        row |= closed | {"is_outside": operator == "outside", "high_parameter": "", "months": "", "unit": "mg/L"}
        row |= {"limit_text": f"{operator} {'' if low is None else low} {'' if high is None else high}".strip()}
        row |= {"standard": "S", "clause": "c", "valid_from": date(2000, 1, 1), "certainty": "high"}
        row |= {"effect": "exceedance"} | more
        row["grade_rank"] = self._ranks[row["grade"]] if row["grade"] else None
        conditions = row.pop("when", ())
        self._add("network_limit", **row)
        for number, condition in enumerate(conditions, 1):
            closed = dict(zip(("low_closed", "high_closed"), _ENDS[condition.pop("ends", "[]")], strict=True))
            ends = {name: Decimal(str(condition.pop(name))) for name in ("low", "high") if name in condition} | closed
            self._add(
                "network_condition",
                **{"limit_id": limit_id, "number": number, "attribute": "", "parameter": "", "or_missing": False}
                | ends
                | condition,
            )
        return limit_id

    def graded(self, parameter: str, *bounds: Any, operator: str = "<=", **more: Any) -> None:
        """Bounds of the grades from the best on; the grade after the last needs none."""
        for grade, bound in zip(self._ranks, bounds, strict=False):
            self.limit(parameter, operator, bound, grade=grade, **more)

    def declare(self, table: str, **row: Any) -> None:
        """A row of any other table of declarations."""
        self._add(table, **row)

    def site(self, site_id: str, area_code: str = "110105001", attributes: Any = (), **more: Any) -> str:
        """A site of the register with attributes, all from 2000 on."""
        self._all.district.site(self.name, site_id, more.pop("kind", "site"), area_code=area_code, **more)
        for attribute, value in dict(attributes).items():
            number = value if isinstance(value, int | Decimal) else None
            row = {"site_id": site_id, "attribute": attribute, "valid_from": date(2000, 1, 1), "text": str(value)}
            self._add("site_attribute", **row, number=number)
        return site_id

    def reading(self, site: str, parameter: str, start: datetime, value: Any, **more: Any) -> None:
        """One reading; `0.0005L` is a non-detect. It ends when it begins unless `end` says otherwise."""
        text = str(value)
        censored = "<" if text.endswith("L") else None
        end = more.pop("end", start)
        number = None if value is None else Decimal(text.removesuffix("L"))
        row = {"site_id": site, "parameter": parameter, "period_start": start, "period_end": end}
        row |= {"period_start_utc": start - timedelta(hours=8), "value": number, "unit": "mg/L", "censored": censored}
        row |= {"value_raw": text, "flag": 9 if value is None else 1, "flag_tests": "", "provenance": "observed"}
        row |= {"known_from": end, "network_id": self.name, "method": self._method}
        self._all.readings.append(row | more)

    def run(self, site: str, parameter: str, start: datetime, step: timedelta, values: Any, **more: Any) -> None:
        """Readings in a row, each as long as `step`; None is a gap."""
        for n, value in enumerate(values):
            if value is not None:
                self.reading(site, parameter, start + n * step, value, end=start + (n + 1) * step, **more)


class Networks:
    """All networks of the cases, written next to the district's tables."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in NETWORK_TABLES}
        self.readings: list[dict[str, Any]] = []

    def network(self, name: str, cadence: str, **more: Any) -> Network:
        """A new network."""
        return Network(self, name, cadence, **more)

    def existing(self, name: str, cadence: str) -> Network:
        """A network whose rows are there already, for its sites and readings."""
        rows = list(self.rows["network"])
        network = Network(self, name, cadence)
        self.rows["network"] = rows
        return network

    def write(self, clean_root: Path) -> None:
        """Writes one file per declared table, and one of all readings."""
        for name, table in NETWORK_TABLES.items():
            write_table(clean_root / table.clean_name / "part-0.parquet", table.columns, self.rows[name])
        write_table(clean_root / "network_cases" / "part-0.parquet", CLEAN_COLUMNS + NETWORK_COLUMNS, self.readings)
