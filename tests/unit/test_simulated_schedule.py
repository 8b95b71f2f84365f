"""The simulated district's offers: order, growth from day to day, what listing imports, and how long it takes.

Here belongs the schedule. Not here: the bytes (test_simulated_files.py) or the defects (test_simulated_answer_key.py).
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import perf_counter

import pytest

from sources.config.load import load_config
from sources.connectors.simulated import SimulatedConnector
from sources.deliveries import Offer, PullError
from sources.simulated.schedule import SHANGHAI
from sources.simulated.streams import STREAMS

CONFIG = load_config(None)
LAST = datetime(2026, 11, 23, 6, 30, tzinfo=SHANGHAI)


def offers(source, clock: datetime, **options: str) -> list[Offer]:
    config = replace(CONFIG, options={**CONFIG.options, **options})
    return list(SimulatedConnector(source, config).offers(clock))


def test_every_stream_is_declared_once() -> None:
    assert sorted(s.path for s in CONFIG.sources) == sorted(STREAMS)
    for source in CONFIG.sources:
        stream = STREAMS[source.path]
        assert (source.feed, source.table, source.provenance) == (stream.feed, stream.table, "simulated")


@pytest.mark.parametrize("source", CONFIG.sources, ids=lambda s: s.path)
def test_offers_are_in_order_and_only_grow(source) -> None:
    whole = offers(source, LAST)
    times = [o.delivered_at for o in whole]
    assert times == sorted(times)
    assert len({o.offer_id for o in whole}) == len(whole)
    assert all(o.delivered_at <= LAST for o in whole)
    for days in (1, 2, 9, 40, 200, 500):
        earlier = offers(source, LAST - timedelta(days=days))
        assert whole[: len(earlier)] == earlier


def test_the_clock_may_be_in_any_zone() -> None:
    from zoneinfo import ZoneInfo

    source = CONFIG.sources[0]
    assert offers(source, LAST) == offers(source, LAST.astimezone(ZoneInfo("America/New_York")))


def test_yesterdays_hours_are_there_at_half_past_six() -> None:
    for source in CONFIG.sources:
        stream = STREAMS[source.path]
        if stream.cadence == "day":
            planned = {o.offer_id for o in offers(source, LAST, defects="none")}
            assert f"{stream.name}/20261122" in planned
            assert f"{stream.name}/{stream.first:%Y%m%d}" in planned


def test_past_returns_come_before_the_tenth_of_january() -> None:
    source = next(s for s in CONFIG.sources if s.feed == "returns")
    early = [o.offer_id for o in offers(source, datetime(2025, 1, 10, tzinfo=SHANGHAI))]
    assert early == [f"returns_yearly/{y}" for y in (2015, 2019, 2020, 2021, 2022, 2023, 2024)]


def test_without_defects_nothing_is_late_corrected_or_sent_again() -> None:
    for source in CONFIG.sources:
        listed = offers(source, LAST, defects="none")
        assert all(o.offer_id.count("/") == 1 for o in listed)
        if STREAMS[source.path].cadence == "day":
            assert len(listed) == (date(2026, 11, 22) - STREAMS[source.path].first).days + 1


def test_listing_two_years_is_quick_and_imports_nothing_heavy(capsys) -> None:
    code = (
        "import sys; from datetime import datetime; from sources.config.load import load_config\n"
        "from sources.connectors import connector_for; from sources.simulated.schedule import SHANGHAI\n"
        "config = load_config(None); clock = datetime(2026, 11, 23, 6, 30, tzinfo=SHANGHAI)\n"
        "for s in config.sources: list(connector_for(s, config).offers(clock))\n"
        "print([m for m in ('numpy', 'polars', 'pandas', 'duckdb', 'pyarrow', 'xlsxwriter') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    begun = perf_counter()
    count = sum(len(offers(s, LAST)) for s in CONFIG.sources)
    with capsys.disabled():
        print(f"\nsimulated district: {count} offers listed in {perf_counter() - begun:.3f} s")


def test_what_was_never_offered_is_refused() -> None:
    connector = SimulatedConnector(CONFIG.sources[0], CONFIG)
    offer = next(connector.offers(LAST))
    for wrong in ("air_micro/20250101", "air_reference/2025", "air_reference/20259999", "air_reference"):
        with pytest.raises(PullError, match="never offered"):
            connector.fetch(replace(offer, offer_id=wrong))


def test_a_wrong_option_or_stream_is_named() -> None:
    with pytest.raises(PullError, match="no simulated stream 'air_references'"):
        SimulatedConnector(replace(CONFIG.sources[0], path="air_references"), CONFIG)
    with pytest.raises(PullError, match="write 'planted' or 'none'"):
        SimulatedConnector(CONFIG.sources[0], replace(CONFIG, options={"defects": "some"}))
    with pytest.raises(PullError, match="whole number"):
        SimulatedConnector(CONFIG.sources[0], replace(CONFIG, options={"seed": "x"}))
