"""Air by the worked examples, at every breakpoint and validity bound, through the project's own marts and macros.

Here belong questions and expected figures. Not here: readings (air_cases.py), hours (test_air_hours.py), either edition
for the same days and the pin (test_air_editions.py), dust (test_air_dust.py).
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.conformance import air_cases
from tests.conformance.air_cases import examples
from tests.conformance.kit import SHARED, Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

Case = tuple[str, str, str]
_SYMBOLS = {"PM2.5": "pm2_5", "PM10": "pm10", "O3": "o3_8h", "O3_8h": "o3_8h", "NO2": "no2", "SO2": "so2", "CO": "co"}
_ABOVE_AND_BELOW = [
    ("2012", "PM2.5 24h", "76", 102), ("2026", "PM2.5 24h", "61", 101), ("2012", "SO2 24h", "2621", 500),
    ("2026", "O3 8h", "801", 300), ("2012", "O3 8h", "801", None), ("2012", "SO2 1h", "801", None),
    ("2026", "SO2 1h", "801", 200), ("2026", "CO 24h", "60.1", 500), ("2012", "PM2.5 24h", "28", 40),
]  # fmt: skip


def _daily(project: Project, site: str, *columns: str) -> tuple[Any, ...]:
    rows = project.query(f"select {', '.join(columns)} from candidate.mart_air_station_daily where site_id = ?", site)
    assert len(rows) == 1, site
    return rows[0]


def _examples() -> list[tuple[str, str, str, int | None]]:
    found = []
    for entry in examples("iaqi"):
        item = entry["rule"].removeprefix(air_cases.RULES["iaqi"])
        expected = None if isinstance(entry["expected"], str) else entry["expected"]
        found += [(e, item, str(entry["input"]["concentration"]), expected) for e in air_cases.editions_of(entry)]
    return found


def _bands() -> list[tuple[str, str, str, str, int, int]]:
    """The shared table: edition, item, top of the band, just above it, index at the top, index of the next top."""
    tables: dict[tuple[str, str], list[tuple[Decimal, int]]] = {}
    with (SHARED / "aqi_breakpoints.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["standard"][-4:], f"{row['pollutant'].replace('_', '.')} {row['averaging']}")
            tables.setdefault(key, []).append((Decimal(row["bp_hi"]), int(row["iaqi_hi"])))
    found = []
    for (edition, item), bands in tables.items():
        step = Decimal("0.1") if item.startswith("CO") else Decimal(1)
        for (top, index), (_, following) in pairwise(sorted(bands)):
            found.append((edition, item, str(top), str(top + step), index, following))
    return found


BANDS = _bands() if worked_examples() else []


@pytest.fixture(scope="module")
def iaqi(project: Project) -> dict[Case, int | None]:
    """IAQI of every example and edge, through the project's macro, in one run: (edition, item, value) to index."""
    wanted = {(e, item, c) for e, item, c, _ in (*_examples(), *_ABOVE_AND_BELOW)}
    wanted |= {(b[0], b[1], value) for b in BANDS for value in (b[2], b[3], "0")}
    rows = ", ".join(
        f"('{edition}|{item}|{value}', date '{air_cases.DAYS[edition]:%Y-%m-%d}',"
        f" '{air_cases.ITEMS[item.split()[0]]}', '{item.split()[1]}', cast({value} as decimal(18, 6)))"
        for edition, item, value in sorted(wanted)
    )
    cases = f"with cases (case_id, day, pollutant, averaging, index_input) as (values {rows})"
    found = project.inline(
        f"{cases} select c.case_id, {{{{ air_iaqi('c.index_input', 'b') }}}} as iaqi"
        " from cases as c inner join {{ ref('int_air_iaqi_bands') }} as b"
        " on c.pollutant = b.pollutant and c.averaging = b.averaging and {{ in_force('c.day', 'b') }}"
        " and {{ air_in_band('c.index_input', 'b') }}"
    )
    assert len(found) == len(wanted)
    return {tuple(key.split("|")): index for key, index in found}


def test_every_example_of_air_has_a_test() -> None:
    of_air = [e for e in worked_examples() if e["standard"].startswith(air_cases.STANDARDS)]
    unknown = [e["rule"] for e in of_air if air_cases.rule_of(e) is None]
    assert unknown == []
    assert [name for name in air_cases.RULES if not examples(name)] == []


@pytest.mark.parametrize(("edition", "item", "value", "expected"), _examples() + _ABOVE_AND_BELOW)
def test_iaqi(iaqi: dict, edition: str, item: str, value: str, expected: int | None) -> None:
    assert iaqi[edition, item, value] == expected


def test_a_value_on_a_breakpoint_belongs_to_the_lower_band(iaqi: dict) -> None:
    for edition, item, top, above, index, following in BANDS:
        assert iaqi[edition, item, "0"] == 0
        assert iaqi[edition, item, top] == index, (edition, item, top)
        assert index < iaqi[edition, item, above] <= following, (edition, item, above)


def test_lists_through_the_mart(project: Project) -> None:
    for k, entry in enumerate(examples("list")):
        parameter, values = air_cases.list_values(entry)
        item = "o3_8h" if parameter == "o3" else parameter
        for edition in air_cases.editions_of(entry):
            found = [
                _daily(project, f"A-LIST-{k}-{edition}-{n}", f"{item}_iaqi", "category_zh") for n in range(len(values))
            ]
            expected = entry["expected"]
            assert found == list(zip(expected["iaqi"], expected["category"], strict=True)), entry["rule"]


def test_aqi_and_primary_pollutant_of_the_examples(project: Project) -> None:
    for k, entry in enumerate(examples("aqi")):
        expected = entry["expected"]
        index = expected["AQI"] if isinstance(expected["AQI"], int) else None
        items = {_SYMBOLS[symbol] for symbol in expected["primary"]}
        for edition in air_cases.editions_of(entry):
            aqi, primary = _daily(project, f"A-AQI-{k}-{edition}", "aqi", "primary_items")
            assert (aqi, set(primary.split(",")) - {""}) == (index, items), entry["rule"]
    for k, entry in enumerate(examples("no_primary")):
        for edition in air_cases.editions_of(entry):
            found = _daily(project, f"A-NONE-{k}-{edition}", "aqi", "primary_items")
            assert found == (entry["input"]["AQI"], ",".join(entry["expected"]["primary"])), entry["rule"]


def test_ties_and_fifty(project: Project) -> None:
    assert _daily(project, "A-FIFTY", "aqi", "primary_items") == (50, "")
    assert _daily(project, "A-TIE", "aqi", "primary_items", "primary_items_zh") == (
        100, "pm2_5,no2", "细颗粒物（PM2.5）、二氧化氮",
    )  # fmt: skip
    assert _daily(project, "A-TIE-OLD", "aqi", "primary_items") == (100, "pm2_5,pm10,so2")


@pytest.mark.parametrize(
    ("site", "aqi", "validity"),
    [
        ("A-MISSING-OLD-40", None, "insufficient"), ("A-MISSING-OLD-130", None, "insufficient"),
        ("A-MISSING-NEW-40", None, "insufficient"), ("A-MISSING-NEW-130", 172, "valid"),
        ("A-ZERO-OLD", 0, "valid"), ("A-ZERO-NEW", 1, "valid"), ("A-ROUNDED", 100, "valid"),
        ("A-O3-ABOVE-OLD", 350, "valid"), ("A-O3-ABOVE-NEW", 300, "valid"), ("A-PM-ABOVE", 500, "valid"),
        ("A-O3-NO-INDEX", None, "insufficient"),
    ],
)  # fmt: skip
def test_aqi_of_a_day(project: Project, site: str, aqi: int | None, validity: str) -> None:
    assert _daily(project, site, "aqi", "validity") == (aqi, validity)


def test_ozone_daily_maximum(project: Project) -> None:
    for k, entry in enumerate(examples("ozone")):
        value, window = _daily(project, f"A-O3-{k}", "o3_8h_max_ug_m3", "o3_8h_window_end")
        assert value == Decimal(str(entry["expected"]["value"])), entry["rule"]
        assert window == entry["expected"].get("window_end_hour", window), entry["rule"]


@pytest.mark.parametrize(("case", "value"), [("LOW", None), ("LIMIT", None), ("HIGH", 161), ("14", 100)])
def test_few_windows_count_only_above_the_limit(project: Project, case: str, value: int | None) -> None:
    assert _daily(project, f"A-O3-FEW-{case}", "o3_8h_max_ug_m3")[0] == value


def test_a_window_counts_though_its_last_hour_is_missing(project: Project) -> None:
    """Hours 10 to 16 of the example, without hour 17: (150 + 165 + 175 + 180 + 178 + 170 + 160) : 7."""
    value, window = _daily(project, "A-O3-GAP", "o3_8h_max_ug_m3", "o3_8h_window_end")
    assert (round(value, 4), window) == (Decimal("168.2857"), 17)


def test_hours_of_a_daily_mean(project: Project) -> None:
    for k, entry in enumerate(examples("day")):
        for n, valid in zip(entry["input"]["valid_hours"], entry["expected"], strict=True):
            assert (_daily(project, f"A-DAY-{k}-{n}", "pm2_5_ug_m3")[0] is not None) is valid, n
    # (19 x 30 + 54) : 20; the four failed hours are out.
    assert _daily(project, "A-HOURS-FLAGS", "pm2_5_ug_m3", "pm2_5_hours") == (Decimal("31.2"), 20)


def test_area_mean(project: Project) -> None:
    for k, entry in enumerate(examples("area")):
        rows = project.query(
            "select mean_value from intermediate.int_air_period_item where basis = 'published'"
            " and place_kind = 'district' and item = 'pm2_5' and variant = 'dust_included' and period_kind = 'month'"
            " and period_start = ?", date(2018, k + 1, 1),
        )  # fmt: skip
        assert rows == [(Decimal(str(entry["expected"]["value"])),)], entry["rule"]


@pytest.mark.parametrize(("month", "value", "n"), [(1, 35, 3), (2, None, 2), (3, 40, 2)])
def test_an_area_mean_needs_its_stations_and_only_them(project: Project, month: int, value: Any, n: int) -> None:
    """The micro-station and the one that is not assessed read 900 on the same days."""
    sql = "select pm2_5_ug_m3, pm2_5_stations from candidate.mart_air_district_daily where day = ?"
    assert project.query(sql, date(2019, month, 1)) == [(value, n)]


def test_percentiles(project: Project) -> None:
    items = {"p95": "pm2_5", "p98": "no2", "p90": "o3_8h"}
    for k, entry in enumerate(examples("percentile")):
        values = air_cases.generated(entry)
        expected = {name: Decimal(str(value)) for name, value in entry["expected"].items()}
        rows = ", ".join(f"(cast({v} as decimal(18, 6)))" for v in values)
        calls = ", ".join(
            f"{{{{ linear_percentile(sorted_values('v'), '{len(values)}', '{name[1:]}') }}}} as {name}"
            for name in expected
        )
        assert project.inline(f"with cases (v) as (values {rows}) select {calls} from cases") == [
            tuple(expected.values())
        ]
        if len(values) <= 365:
            found = project.query(
                "select item, percentile_value from intermediate.int_air_period_item where place_id = ?"
                " and basis = 'published' and period_kind = 'year' and variant = 'dust_included'",
                f"A-PERCENTILE-{k}",
            )
            wanted = {items[name]: value for name, value in expected.items() if name in items}
            assert {item: value for item, value in found if item in wanted} == wanted, entry["rule"]


def test_percentiles_of_few_values(project: Project) -> None:
    """One value, two values and ties, in one query."""
    cases = [("7", 98, "7"), ("1, 2", 90, "1.9"), ("1, 2", 95, "1.95"), ("1, 2", 98, "1.98"), ("3, 3, 3, 9", 50, "3")]
    selects = []
    for values, p, _ in cases:
        numbers = values.split(", ")
        rows = ", ".join(f"(cast({v} as decimal(18, 6)))" for v in numbers)
        call = f"{{{{ linear_percentile(sorted_values('v'), '{len(numbers)}', '{p}') }}}}"
        selects.append(f"(select {call} from (values {rows}) as t (v))")
    assert project.inline(f"select {', '.join(selects)}") == [tuple(Decimal(expected) for _, _, expected in cases)]


def test_composite_index(project: Project) -> None:
    for k, entry in enumerate(examples("composite")):
        rows = project.query(
            "select composite_index, validity from candidate.mart_air_station_annual"
            " where site_id = ? and period_start = ?",
            f"A-COMPOSITE-{k}", date(air_cases.composite_year(entry), 1, 1),
        )  # fmt: skip
        assert rows == [(Decimal(str(entry["expected"]["value"])), "valid")], entry["rule"]


def test_a_composite_index_needs_all_six_items(project: Project) -> None:
    rows = project.query(
        "select distinct composite_index from candidate.mart_air_station_annual where site_id like 'A-DAYS-%'"
    )
    assert rows == [(None,)]


def test_days_of_the_example_years(project: Project) -> None:
    for k, entry in enumerate(examples("year")):
        assert _annual_means(project, f"A-YEAR-{k}") == [entry["expected"]], entry["note"]


@pytest.mark.parametrize(
    ("site", "valid"),
    [
        ("A-DAYS-322", False), ("A-DAYS-323", False), ("A-DAYS-324", True), ("A-DAYS-26", False),
        ("A-DAYS-FEB-24", False), ("A-DAYS-FEB-25", True), ("A-DAYS-LEAP-25", True), ("A-DAYS-LEAP-24", False),
    ],
)  # fmt: skip
def test_days_of_a_year(project: Project, site: str, valid: bool) -> None:
    assert _annual_means(project, site) == [valid]


def _annual_means(project: Project, site: str) -> list[bool]:
    rows = project.query("select pm2_5_mean_ug_m3 from candidate.mart_air_station_annual where site_id = ?", site)
    return [row[0] is not None for row in rows]


@pytest.mark.parametrize(
    ("site", "month", "valid"),
    [
        ("A-DAYS-26", date(2023, 5, 1), False), ("A-DAYS-323", date(2023, 5, 1), True),
        ("A-DAYS-FEB-24", date(2023, 2, 1), False), ("A-DAYS-323", date(2023, 2, 1), True),
        ("A-DAYS-LEAP-24", date(2024, 2, 1), False), ("A-DAYS-LEAP-25", date(2024, 2, 1), True),
    ],
)  # fmt: skip
def test_days_of_a_month(project: Project, site: str, month: date, valid: bool) -> None:
    rows = project.query(
        "select pm2_5_mean_ug_m3, items_not_valid from candidate.mart_air_station_monthly"
        " where site_id = ? and period_start = ?", site, month,
    )  # fmt: skip
    assert rows == [(30, "") if valid else (None, "PM2.5 insufficient")]


def test_a_year_of_two_editions_is_there_once_per_edition(project: Project) -> None:
    """A part has no annual verdict, whatever its days."""
    rows = project.query(
        "select edition, scope_start, scope_end, validity, attains_limits, limits_standard"
        " from intermediate.int_air_period_assessed where place_id = 'A-DAYS-2026' and period_kind = 'year'"
        " and basis = 'published' and item = 'pm2_5' and variant = 'dust_included' order by edition"
    )
    assert rows == [
        ("2012", date(2026, 1, 1), date(2026, 2, 28), "indicative", None, "GB 3095-2012"),
        ("2026", date(2026, 3, 1), date(2026, 12, 31), "indicative", None, "GB 3095-2026"),
        ("mixed", date(2026, 1, 1), date(2026, 12, 31), "valid", None, "mixed_standard"),
    ]


def test_the_edition_changes_with_the_day(project: Project) -> None:
    """PM2.5 of 70: 100 - 50 x 5 : 40 rounded up under 2012, 100 + 50 x 10 : 55 rounded up under 2026."""
    rows = project.query(
        "select day, pm2_5_iaqi, aqi, category_zh, edition, standard from candidate.mart_air_station_daily"
        " where site_id = 'A-CHANGE' order by day"
    )
    assert rows == [
        (date(2026, 2, 28), 94, 94, "良", "2012", "HJ 633-2012"),
        (date(2026, 3, 1), 110, 110, "轻度污染", "2026", "HJ 633-2026"),
    ]
