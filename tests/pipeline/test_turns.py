"""`ecoledger refresh` at the turns of month, quarter and year, one after the other in one data directory.

The meters of a month are complete days before its balance arrives: on the last day of a month and on the day after,
what is pending is next to what is missing. Here belongs what the command line publishes then. Not here: the days
between (test_calendar.py). The district is the cut one, from 20 December on.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.kit import current
from tests.pipeline.cut_district import District

BEGINS = "2025-12-20"
# The last day, and the month's end to which the balance goes on the morning after; None: to none of the year.
TURNS = [
    pytest.param("2025-12-31", None, marks=pytest.mark.slow),
    pytest.param("2026-01-01", None, marks=pytest.mark.slow),
    pytest.param("2026-02-28", date(2026, 1, 31)),
    pytest.param("2026-03-01", date(2026, 1, 31)),
    pytest.param("2026-03-31", date(2026, 2, 28), marks=pytest.mark.slow),
    pytest.param("2026-04-01", date(2026, 2, 28), marks=pytest.mark.slow),
]
TOTALS = """
    select i.period_kind, i.period_end, i.value is not null as has_value, i.validity, i.validity_reason,
        g.value is not null as has_inventory, g.validity as inventory_validity
    from mart_energy_indicators as i
    left join mart_ghg_inventory as g
        on g.entry_kind = 'co2' and g.row_role = 'total' and g.period_kind = i.period_kind
        and g.period_start = i.period_start
    where i.indicator_id = 'carbon_emission_total' and i.period_start >= '2025-01-01'
    order by i.period_start, i.period_kind
"""


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return District(tmp_path_factory.mktemp("turns"), BEGINS)


@pytest.mark.parametrize(("last_day", "reaches"), TURNS)
def test_a_turn_publishes_every_domain(district: District, last_day: str, reaches: date | None) -> None:
    ran = district.refreshed[last_day] = district.refresh(last_day)
    assert (ran.code, ran.json["outcome"]) == (0, "published"), ran.out + ran.err
    assert {state["state"] for state in ran.json["domains"].values()} == {"fresh"}
    totals = current(district.data, TOTALS)
    so_far = [row for row in totals if row["period_kind"] == "year_to_date"]
    assert [(row["period_end"], row["has_value"], row["has_inventory"]) for row in so_far] == (
        [(reaches, True, True)] if reaches else []
    )
    for row in totals:
        allowed = row["validity"] in ("valid", "indicative")
        assert row["has_value"] == allowed and row["has_inventory"] == allowed
        assert row["validity"] == "valid" or row["validity_reason"]
        assert row["inventory_validity"] in (None, row["validity"])


def test_what_was_built_turn_by_turn_is_what_a_full_build_makes(district: District) -> None:
    """Follows the turns: tables were carried from day to day, and no figure depends on it."""
    (last_day, _), *_ = (p.values for p in reversed(TURNS) if p.values[0] in district.refreshed)
    by_plan = district.refreshed[last_day]
    verdicts = Counter(row["verdict"] for row in by_plan.json["plan"])
    assert verdicts["carried"] > 10 and verdicts["rebuilt"] > 10
    assert {row["outcome"] for row in by_plan.json["plan"] if row["verdict"] == "carried"} == {"left as it is"}
    full = district.refresh(last_day, "--full")
    assert (full.code, full.json["outcome"]) == (0, "unchanged"), full.out + full.err
    assert full.json["release"]["digest"] == by_plan.json["release"]["digest"]
    assert Counter(row["verdict"] for row in full.json["plan"]) == {"rebuilt": sum(verdicts.values())}
    assert {row["outcome"] for row in full.json["plan"]} == {"built"}
    # Said of any table, also one that is not published, that a full build makes differently.
    assert not [notice for notice in full.json["notices"] if "full build differs" in notice]
