"""How often a series is expected to give a reading, and what of it is there: by hand, through the project's own marts.

Here belong questions and expected figures. Not here: readings (health_cases.py), unit tests of one model (its yml).
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sources.registry.read_registry import registry
from tests.conformance.kit import PROJECT, Project

MONTH, YEAR = date(2026, 3, 1), date(2026, 1, 1)


def rhythms(project: Project, site: str) -> set[tuple[Any, ...]]:
    return set(
        project.query(
            "select distinct parameter, kind, rhythm, step_minutes from intermediate.int_feed_day where site_id = ?",
            site,
        )
    )


def rows(project: Project, site: str, columns: str) -> dict[tuple[str, date], tuple[Any, ...]]:
    """Columns of a site's rows by kind and start of the period."""
    found = project.query(
        f"select period_kind, period_start, {columns} from cross_domain.mart_data_health_site where site_id = ?", site
    )
    return {(kind, start): tuple(values) for kind, start, *values in found}


def test_every_clean_table_is_counted_with_its_feed(project: Project) -> None:
    for feed in registry().feeds.values():
        names = project.compiled(
            f"{{{{ declared_feeds()['{feed.name}'].tables | map(attribute='name') | join(' ') }}}}"
        )
        assert set(names.split()) == set(feed.tables), feed.name


def test_every_rhythm_but_loads_has_its_lateness() -> None:
    with (PROJECT / "seeds" / "health" / "reading_rhythms.csv").open(encoding="utf-8", newline="") as file:
        assert [row["rhythm"] for row in csv.DictReader(file)] == ["day", "month", "quarter", "year"]


def test_energy_comes_as_often_as_it_is_long(project: Project) -> None:
    assert rhythms(project, "H-STEPS") == {
        ("electricity", "use/residential/meter", "day", 60), ("electricity", "use/residential/meter", "day", 15),
    }  # fmt: skip
    kind = "use/residential/balance"
    assert rhythms(project, "H-LONG") == {
        ("natural_gas", kind, "month", None), ("electricity", kind, "quarter", None), ("heat", kind, "year", None),
        ("diesel", kind, "none", None), ("gasoline", kind, "none", None),
    }  # fmt: skip


def test_a_step_that_changes_is_expected_as_it_is(project: Project) -> None:
    """24 + 24, from 3 March on 96 a day to the day on which the register closes the meter: 240; 48 + 95 are there."""
    columns = "n_expected, n_received, coverage, incomplete_days, silent_days, longest_silence_days, silent_since"
    # 143 : 240 = 0.59583…; the last quarter of an hour of 3 March began at 23:30.
    assert rows(project, "H-STEPS", columns) == {
        ("month", MONTH): (240, 143, Decimal("0.5958"), "3", "4", 1, datetime(2026, 3, 3, 23, 45))
    }


def test_quarters_and_years_are_in_the_year(project: Project) -> None:
    """Months of natural gas: 12, one there. The year: four quarters and a year, of which two are there."""
    found = rows(project, "H-LONG", "n_expected, n_received, coverage, coverage_basis, validity")
    # Diesel and gasoline are counted with the month they begin in, and expected never.
    assert found.pop(("month", YEAR)) == (1, 3, Decimal("1.0000"), "readings", "valid")
    assert found.pop(("year", YEAR)) == (5, 2, Decimal("0.4000"), "readings", "indicative")
    assert sorted(found) == [("month", date(2026, month, 1)) for month in range(2, 13)]
    assert set(found.values()) == {(1, 0, Decimal("0.0000"), "readings", "insufficient")}


def test_a_part_of_the_day_comes_once_a_day(project: Project) -> None:
    columns = (
        "n_expected, n_received, coverage, days_expected, days_received, silent_days, silent_since, validity_reason"
    )
    assert rows(project, "H-PARTS", columns) == {
        ("month", MONTH): (6, 4, Decimal("0.6667"), 3, 2, "2", None, "2 of 6 readings are not there")
    }


def test_dustfall_is_due_once_a_month_whatever_day_it_begins(project: Project) -> None:
    columns = "n_expected, n_received, coverage, validity, validity_reason, days_expected, silent_since"
    assert rows(project, "H-DUSTFALL", columns) == {
        ("month", MONTH): (1, 1, Decimal("1.0000"), "valid", "", None, None),
        ("month", date(2026, 4, 1)): (
            1, 0, Decimal("0.0000"), "insufficient", "none of 1 readings is there", None, datetime(2026, 4, 2)
        ),
    }  # fmt: skip


def test_stations_and_samples_of_one_section_are_expected_each_in_its_way(project: Project) -> None:
    """A day has six moments of a station: 12 in two days, nine there, one failed. Two samples in a month are one."""
    columns = "n_expected, n_received, n_valid, n_failed, n_missing, coverage, incomplete_days, days_expected"
    assert rows(project, "H-WATER", columns) == {
        ("month", date(2026, 2, 1)): (1, 2, 0, 0, 2, Decimal("1.0000"), None, None),
        # March: 12 and a sample of total phosphorus that nobody took.
        ("month", MONTH): (13, 9, 8, 1, 0, Decimal("0.6923"), "2", 2),
    }


def test_reports_on_the_plan_come_as_they_come(project: Project) -> None:
    columns = "n_expected, n_received, coverage, coverage_basis, validity, validity_reason"
    assert rows(project, "H-RETURNS", columns) == {
        ("year", date(2025, 1, 1)): (1, 1, Decimal("1.0000"), "readings", "valid", ""),
        ("year", YEAR): (1, 0, Decimal("0.0000"), "readings", "insufficient", "none of 1 readings is there"),
        ("month", date(2025, 1, 1)): (
            None, 1, None, "none", "indicative", "readings come as they come: what is missing cannot be told"
        ),
    }  # fmt: skip


def test_every_clean_reading_is_counted_once(project: Project) -> None:
    sites = "select sum(n_received) from cross_domain.mart_data_health_site"
    days = "select sum(readings_present) from cross_domain.mart_data_health"
    clean = [project.clean_root / name / "**" / "*.parquet" for name in ("clean_*", "network_*", "register_*")]
    counts = [project.query(f"select count(*) from read_parquet('{c}', union_by_name = true)")[0][0] for c in clean]
    assert all(counts)
    assert project.query(sites) == project.query(days) == [(sum(counts),)]
