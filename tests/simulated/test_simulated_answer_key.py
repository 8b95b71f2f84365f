"""The answer key against the bytes: every planted defect really is in its file, and nowhere in the clean variant.

Here belongs reading defects back through the readers. Not here: what cleaning and the gate make
of them (tests/pipeline).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache, partial
from itertools import pairwise

import polars as pl
import pytest

from sources.cleaning.reasons import REASONS
from sources.config.columns import expected_columns
from sources.config.load import load_config
from sources.config.model import Source
from sources.connectors.simulated import SimulatedConnector
from sources.deliveries import Offer
from sources.feeds.air import micro, reference
from sources.feeds.energy import meters
from sources.feeds.noise import hourly
from sources.feeds.waste.tickets import UNKNOWN_CATEGORY
from sources.feeds.water import automatic
from sources.feeds.water.manual import WRONG_UNIT
from sources.readers import ROW, read_rows
from sources.simulated.answer_key import EXPECT, Defect, planted_defects
from sources.simulated.network_plan import declaration, networks
from sources.simulated.network_times import stamp_of
from sources.simulated.planting import GARBAGE, INVALID_STATUS
from sources.simulated.schedule import SHANGHAI
from sources.simulated.streams import STREAMS

CONFIG = load_config(None)
CLEAN = replace(CONFIG, options={**CONFIG.options, "defects": "none"})
SOURCES = {s.id: s for s in CONFIG.sources}
FIRST, LAST = date(2025, 1, 1), date(2025, 2, 28)
# What measures by the minute or hour begins later.
LATE_FIRST, LATE_LAST = date(2026, 10, 1), date(2026, 11, 15)
CLOCK = datetime(2027, 1, 1, tzinfo=SHANGHAI)

STAMPS: dict[str, Callable[[datetime], str]] = {
    "air_reference": reference.end_label,
    "air_micro": micro.start_label,
    "noise_hourly": hourly.stamp,
    "energy_meters": meters.stamp,
    "water_automatic": automatic.stamp,
    "water_manual": "{:%Y-%m-%d %H:%M}".format,
    "water_subdistrict": "{:%Y/%m/%d %H:%M}".format,
    "noise_grid": "{:%Y/%m/%d %H:%M}".format,
    "noise_road": "{:%Y-%m-%d %H:%M}".format,
    "air_dustfall": "{:%Y年%m月}".format,
    "energy_sectors": "{:%Y-%m}".format,
    "returns_yearly": "{:%Y}".format,
    **{network: partial(stamp_of, network) for network in networks()},
}


@cache
def offers(source_id: str, clean: bool) -> dict[str, Offer]:
    connector = SimulatedConnector(SOURCES[source_id], CLEAN if clean else CONFIG)
    return {o.offer_id: o for o in connector.offers(CLOCK)}


@lru_cache(maxsize=400)
def rows(source_id: str, offer_id: str, clean: bool = False) -> pl.DataFrame:
    """A file's rows with `site` and `stamp` (its time columns joined)."""
    source = SOURCES[source_id]
    connector = SimulatedConnector(source, CLEAN if clean else CONFIG)
    offer = offers(source_id, clean)[offer_id]
    batches = read_rows(connector.fetch(offer), offer.file_name, source.format, expected=expected_columns(source))
    frame = pl.concat([b.frame for b in batches])
    return frame.with_columns(
        site=pl.col(source.site.column), stamp=pl.concat_str([pl.col(c) for c in source.time.columns], separator=" ")
    )


def at(defect: Defect, moment: datetime | None = None, offer_id: str = "", clean: bool = False) -> pl.DataFrame:
    """The rows of the defect's site (or ticket) at `moment`, in its own file unless another one is named."""
    source = SOURCES[defect.source_id]
    frame = rows(defect.source_id, offer_id or defect.offer_id, clean)
    if defect.record:
        return frame.filter(pl.col("票号") == defect.record)
    found = frame.filter(
        pl.col("site") == defect.site, pl.col("stamp") == STAMPS[source.path](moment or defect.period_start)
    )
    if source.long and defect.parameter:
        names = {v: k for k, v in source.long.parameters.items()}
        if source.feed in networks():
            names = {code: p["name_zh"] for code, p in declaration(source.feed)["parameters"].items()}
        return found.filter(pl.col(source.long.parameter_column) == names.get(defect.parameter, defect.parameter))
    # A balance has several flows of one site; defects are in final use.
    return found.filter(pl.col("流向") == "消费") if "流向" in frame.columns else found


def column(source: Source, parameter: str) -> str:
    if source.long:
        return source.long.value_column
    return next(v.column for v in source.values if v.parameter == parameter)


def cell(defect: Defect, **where) -> str:
    found = at(defect, **where)
    assert found.height == 1, f"{defect}: {found.height} rows"
    return found[column(SOURCES[defect.source_id], defect.parameter)][0]


def records(defect: Defect, found: pl.DataFrame) -> int:
    """How often a moment is there: a long file has one row for each of its items."""
    long = SOURCES[defect.source_id].long
    return found[long.parameter_column].value_counts()["count"].max() if long and found.height else found.height


def run(defect: Defect) -> list[str]:
    """The cells from where the defect begins to where it shows, over the daily files they are in."""
    stream = STREAMS[SOURCES[defect.source_id].path]
    moments, moment = [], defect.affected_from
    while moment <= defect.period_start:
        moments.append(moment)
        moment += timedelta(minutes=stream.step_min)
    return [
        cell(defect, moment=m, offer_id=f"{stream.name}/{m - timedelta(hours=stream.start_hour):%Y%m%d}")
        for m in moments
    ]


def check(defect: Defect) -> None:
    """Asserts that the bytes show the defect."""
    source = SOURCES[defect.source_id]
    kind = defect.kind
    if kind == "duplicate_row":
        found = at(defect).drop(ROW)
        assert found.height > found.unique().height
    elif kind in ("unknown_site", "future_date"):
        assert records(defect, at(defect)) == 1
        assert kind == "future_date" or defect.site.startswith("SIM-X-")
    elif kind == "garbage_cell":
        assert cell(defect) in GARBAGE
    elif kind == "missing_mark":
        assert cell(defect) in source.format.missing
    elif kind == "spike":
        assert float(cell(defect)) - float(cell(defect, clean=True)) > 2
    elif kind == "unit_slip":
        assert float(cell(defect)) == pytest.approx(1000 * float(cell(defect, clean=True)), rel=0.1)
    elif kind == "negative_value":
        assert float(cell(defect)) < 0 < float(cell(defect, clean=True))
    elif kind == "flat_line":
        cells = run(defect)
        assert len(cells) >= 9 and len(set(cells)) == 1
    elif kind == "attenuated":
        cells = [float(c) for c in run(defect)]
        assert len(cells) > 24 and 0 < max(cells) - min(cells) < 0.45
    elif kind == "gap":
        _check_gap(defect)
    elif kind == "invalid_status":
        assert at(defect)[source.status.column][0] == INVALID_STATUS
    elif kind == "wrong_unit":
        assert at(defect)[source.long.unit_column][0] in (WRONG_UNIT, "亿美元")
    elif kind == "corrected_file":
        assert cell(defect) != cell(defect, offer_id=f"{defect.offer_id}/rev1")
    elif kind in ("resent_identical", "resent_repacked", "late_file"):
        _check_file(defect)
    else:
        _check_ticket(defect)


def _check_gap(defect: Defect) -> None:
    stream = STREAMS[SOURCES[defect.source_id].path]
    own = f"{stream.name}/{defect.affected_from - timedelta(hours=stream.start_hour):%Y%m%d}"
    moment = defect.affected_from
    while moment < defect.period_start:
        assert at(defect, moment=moment, offer_id=own).height == 0
        assert records(defect, at(defect, moment=moment, offer_id=own, clean=True)) == 1
        moment += timedelta(minutes=stream.step_min)
    after = f"{stream.name}/{defect.period_start - timedelta(hours=stream.start_hour):%Y%m%d}"
    assert records(defect, at(defect, moment=defect.period_start, offer_id=after)) == 1


def _check_file(defect: Defect) -> None:
    source = SOURCES[defect.source_id]
    connector = SimulatedConnector(source, CONFIG)
    listed = offers(defect.source_id, False)
    first_id = "/".join(defect.offer_id.split("/")[:2])
    if defect.kind == "late_file":
        on_time = offers(defect.source_id, True)[first_id].delivered_at
        assert defect.delivered_at - on_time > timedelta(hours=48)
        return
    first, again = (connector.fetch(listed[i]).read() for i in (first_id, defect.offer_id))
    assert (first == again) == (defect.kind == "resent_identical")
    assert rows(source.id, first_id).drop(ROW).equals(rows(source.id, defect.offer_id).drop(ROW))


def _check_ticket(defect: Defect) -> None:
    ticket = at(defect).row(0, named=True)
    gross, tare, net = (int(ticket[c]) for c in ("毛重(kg)", "皮重(kg)", "净重(kg)"))
    if defect.kind == "tare_over_gross":
        assert tare > gross and net < 0
    elif defect.kind == "net_slip":
        assert net == 1000 * (gross - tare)
    else:
        assert defect.kind == "unknown_category" and ticket["类别"] == UNKNOWN_CATEGORY


@pytest.mark.parametrize("source_id", SOURCES)
def test_every_entry_of_the_key_is_in_the_bytes(source_id: str) -> None:
    for defect in planted_defects(CONFIG, FIRST, LAST):
        if defect.source_id == source_id:
            check(defect)


@pytest.mark.parametrize("source_id", [i for i, s in SOURCES.items() if STREAMS[s.path].first > LAST])
def test_every_entry_of_the_key_of_later_streams_is_in_the_bytes(source_id: str) -> None:
    found = [d for d in planted_defects(CONFIG, LATE_FIRST, LATE_LAST) if d.source_id == source_id]
    assert found
    for defect in found:
        check(defect)


@pytest.mark.parametrize("begin", [date(2025, 1, 1), date(2025, 7, 19), date(2026, 10, 14)])
def test_forty_days_hold_some_of_each_kind(begin: date) -> None:
    found = planted_defects(CONFIG, begin, begin + timedelta(days=39))
    missing = set(EXPECT) - {d.kind for d in found}
    assert not missing
    last = begin + timedelta(days=30)
    streams = {s.id: STREAMS[s.path] for s in CONFIG.sources}
    assert {d.source_id for d in found} >= {i for i, s in streams.items() if s.cadence == "day" and s.first < last}


def test_the_key_grows_with_the_range_and_is_silent_without_defects() -> None:
    short = planted_defects(CONFIG, FIRST, date(2025, 2, 9))
    assert set(short) <= set(planted_defects(CONFIG, FIRST, LAST))
    assert planted_defects(CLEAN, FIRST, LAST) == []


def test_expectations_speak_the_pipelines_words() -> None:
    tests = {"gross_range", "spike", "rate_of_change", "flat_line", "gap", "attenuated", "source_status", "missing"}
    for expect in EXPECT.values():
        head, _, word = expect.partition(":")
        assert head in {"flag", "quarantine", "duplicate", "superseded", "late"}
        assert word in (tests if head == "flag" else REASONS if head == "quarantine" else {""})


def test_no_two_defects_hit_the_same_series_at_once() -> None:
    whole = [d for d in planted_defects(CONFIG, FIRST, date(2026, 11, 22)) if d.affected_from and not d.record]
    for source_id in {d.source_id for d in whole}:
        if STREAMS[SOURCES[source_id].path].cadence != "day":
            continue
        mine = sorted((d for d in whole if d.source_id == source_id), key=lambda d: (d.site, d.affected_from))
        for one, other in pairwise(mine):
            assert one.site != other.site or one.period_start < other.affected_from


def test_rates_are_modest() -> None:
    """Rows that go to quarantine stay far below what the registry lets pass in silence (2 %)."""
    found = Counter(d.source_id for d in planted_defects(CONFIG, FIRST, LAST) if d.expect.startswith("quarantine"))
    for source_id, count in found.items():
        whole = sum(rows(source_id, i, True).height for i in list(offers(source_id, True))[:40])
        assert count < 0.02 * whole or STREAMS[SOURCES[source_id].path].cadence != "day", source_id


def test_clean_variant_is_the_same_district_without_defects() -> None:
    """Files of days without a defect are byte for byte the same in both variants."""
    source = next(s for s in CONFIG.sources if s.path == "noise_hourly")
    planted, clean = (SimulatedConnector(source, c) for c in (CONFIG, CLEAN))
    same = 0
    for offer_id, offer in list(offers(source.id, True).items())[:30]:
        same += clean.fetch(offer).read() == planted.fetch(offers(source.id, False)[offer_id]).read()
    assert same >= 12
