"""Every day from 2025-12-20 to 2026-04-05 as a refresh of that day sees it: turns of month, quarter and year included.

One lake, cut by what was known on each morning; models and data tests in one DuckDB connection. Here belongs what must
hold on any day. Not here: the command line over some of these days (test_turns.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sources.cleaning.fingerprint import source_fingerprints
from sources.simulated.streams import STREAMS
from tests.pipeline.one_connection import OneConnection
from tests.pipeline.small_lake import clean, district, known_to, land
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir

pytestmark = pytest.mark.calendar

FIRST, LAST = date(2025, 12, 20), date(2026, 4, 5)
# Hourly and daily feeds from here; what comes by month and year from the district's beginning.
DAILY_FROM, REST_FROM = date(2025, 12, 1), date(2025, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

# A total of energy reaches into a month whose balance is not there.
REACHES_TOO_FAR = """
    select i.indicator_id, i.variant, i.period_end, m.month, m.sector, m.carrier, m.validity
    from candidate.mart_energy_indicators as i
    inner join candidate.mart_energy_monthly as m
        on m.metering = 'balance' and m.month between i.period_start and i.period_end
    where i.value is not null and m.validity not in ('valid', 'indicative')
"""
# A year to date of energy is there from the first ended month on, with a value or a reason.
YEARS_TO_DATE = """
    select variant, value is not null as has_value, validity, validity_reason
    from candidate.mart_energy_indicators
    where period_kind = 'year_to_date' and indicator_id = 'carbon_emission_total' and period_start = '2026-01-01'
"""
WITHOUT_REASON = """
    select domain, indicator_id, variant, period_kind, period_start, validity from cross_domain.mart_indicator_values
    where validity <> 'valid' and coalesce(validity_reason, '') = ''
"""
UNDER_PENDING = """
    select domain, indicator_id, variant, period_kind, period_start, value from cross_domain.mart_indicator_values
    where validity in ('pending', 'insufficient') and value is not null
"""


def lake_of_the_winter(root: Path) -> DataDir:
    """The simulated district, landed and cleaned up to the morning after LAST."""
    data, config = DataDir(root).prepare(), district()
    known = known_to(config)
    prints = source_fingerprints(config, known)
    daily = [source for source in config.sources if STREAMS[source.path].cadence == "day"]
    rest = [source for source in config.sources if source not in daily]
    with open_lake(data, known) as lake:
        for sources, first in ((daily, DAILY_FROM), (rest, REST_FROM)):
            land(lake, replace(config, sources=tuple(sources)), first, LAST)
        for feed in known.feeds:
            clean(lake, config, feed, lake.uncleaned(feed, prints))
    return data


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> dict[date, list[str]]:
    """What is wrong on each day; a day without a fault has an empty list."""
    one = OneConnection(lake_of_the_winter(tmp_path_factory.mktemp("calendar") / "data"))
    return {day: _faults(one, day) for day in DAYS}


def _faults(one: OneConnection, day: date) -> list[str]:
    found = [f"{b.name}: {b.what}" for b in one.judge(one.as_of(day)) if b.severity == "error"]
    if found:
        return found
    found += _told("reaches into a month without inputs", one.rows(REACHES_TOO_FAR))
    found += _told("a value that is not allowed", one.rows(UNDER_PENDING))
    found += _told("no reason", one.rows(WITHOUT_REASON))
    shown = one.rows(YEARS_TO_DATE)
    if len(shown) != (day >= date(2026, 1, 31)):
        found.append(f"years to date: {shown}")
    # The balance of January comes on 6 February; one number of it is garbage until it is corrected on the 17th.
    late = [row for row in shown if row["has_value"] != (day >= date(2026, 2, 17))]
    found += _told("no figure so far", late)
    return found


def _told(what: str, rows: Sequence[object]) -> list[str]:
    return [f"{what}: {len(rows)} rows, {rows[0]}"] if rows else []


def test_every_day_of_a_winter_and_spring_publishes(days: dict[date, list[str]]) -> None:
    assert {day: faults for day, faults in days.items() if faults} == {}
