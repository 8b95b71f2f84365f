"""The self-test: every planted defect is caught by flag, quarantine, deduplication or supersession, and the clean
district raises no false alarm.

Here belong forty days of the simulated district, with defects and without, against the answer key; both rates are
printed. Not here: defects planted into a candidate (test_self_test_gate.py).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import duckdb
import polars as pl
import pytest

from expectations.bench import Bench
from expectations.clean_gate import CleanLayer, judge_clean, readings_of
from sources.config.model import Source
from sources.registry.feed_model import FLAG_FAIL, FLAG_MISSING, FLAG_SUSPECT
from sources.simulated.answer_key import EXPECT, Defect, planted_defects
from sources.simulated.streams import STREAMS
from tests.pipeline.small_lake import SmallLake, district, known_to, small_lake

FIRST, LAST = date(2025, 1, 1), date(2025, 2, 9)
AS_OF = datetime(2025, 2, 10, 6, 30)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> SmallLake:
    return small_lake(tmp_path_factory.mktemp("planted"), district("planted"), FIRST, LAST)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> SmallLake:
    return small_lake(tmp_path_factory.mktemp("clean"), district("none"), FIRST, LAST)


class Detective:
    """Looks for one defect of the answer key in what cleaning left."""

    def __init__(self, lake: SmallLake) -> None:
        self.lake = lake
        self.sources: dict[str, Source] = {s.id: s for s in lake.config.sources}
        self.delivery = {(o.offer.source_id, o.offer.offer_id): o.delivery_id for o in lake.landed}
        self.counts = {row["delivery_id"]: row for row in lake.counts().iter_rows(named=True)}
        tables = {s.table for s in lake.config.sources}
        self.clean = {t: lake.clean(t) for t in tables}
        self.fallen = {t: lake.fallen(t) for t in tables}
        self.quarantined = {f: lake.quarantined(f) for f in known_to(lake.config).feeds}

    def caught(self, defect: Defect) -> bool:
        """Whether the pipeline made of the defect what the key says."""
        what, _, word = defect.expect.partition(":")
        return {
            "flag": lambda: self._flagged(defect, word),
            "quarantine": lambda: self._quarantined(defect, word),
            "duplicate": lambda: self._duplicate(defect),
            "superseded": lambda: self._superseded(defect),
            "late": lambda: self._late(defect),
        }[what]()

    def _id(self, defect: Defect) -> str:
        return self.delivery[defect.source_id, defect.offer_id]

    def _table(self, defect: Defect) -> str:
        return self.sources[defect.source_id].table

    def _at(self, frame: pl.DataFrame, defect: Defect) -> pl.DataFrame:
        """Readings of the defect's source, site, parameter and moment, as far as it names them."""
        if frame.is_empty():
            return frame
        found = frame.filter(pl.col("source_id") == defect.source_id)
        if defect.record:
            return found.filter(pl.col("ticket_no") == defect.record)
        found = found.filter(pl.col("site_id") == defect.site)
        if defect.parameter:
            found = found.filter(pl.col("parameter") == defect.parameter)
        return found.filter(pl.col("period_start") == defect.period_start)

    def _flagged(self, defect: Defect, test: str) -> bool:
        found = self._at(self.clean[self._table(defect)], defect)
        if test == "missing":
            return found["flag"].to_list() == [FLAG_MISSING]
        named = found.filter(pl.col("flag").is_in([FLAG_SUSPECT, FLAG_FAIL]))["flag_tests"].str.split(",")
        # A status concerns every reading of its record; not every parameter of a site is tested for gaps.
        least = 1 if test == "gap" else found.height
        return not found.is_empty() and named.list.contains(test).sum() >= least

    def _quarantined(self, defect: Defect, reason: str) -> bool:
        feed = self.sources[defect.source_id].feed
        rows = self.quarantined[feed].filter(
            pl.col("delivery_id") == self._id(defect),
            pl.col("reason") == reason,
            pl.col("record").str.contains(defect.record or defect.site, literal=True),
        )
        said = rows["message"].to_list()
        return bool(said) and all(defect.file_name in message and "row " in message for message in said)

    def _duplicate(self, defect: Defect) -> bool:
        if defect.kind in ("resent_repacked", "resent_identical"):
            counts = self.counts[self._id(defect)]
            whole = counts["readings_in"] - counts["readings_quarantined"]
            return whole > 0 and counts["readings_duplicate"] == whole
        found = self._at(self.fallen[self._table(defect)], defect)
        return not found.filter(kind="duplicate", delivery_id=self._id(defect)).is_empty()

    def _superseded(self, defect: Defect) -> bool:
        corrected = self.delivery[defect.source_id, f"{defect.offer_id}/rev1"]
        found = self._at(self.fallen[self._table(defect)], defect)
        return not found.filter(kind="superseded", delivery_id=self._id(defect), by_delivery_id=corrected).is_empty()

    def _late(self, defect: Defect) -> bool:
        """The delivery is used, and what it holds is older than the feed's allowed lateness."""
        feed = known_to(self.lake.config).feeds[self.sources[defect.source_id].feed]
        own = self.clean[self._table(defect)].filter(pl.col("delivery_id") == self._id(defect))
        allowed = timedelta(hours=feed.lateness_allowed_hours)
        return not own.is_empty() and (own["known_from"] - own["period_end"]).min() > allowed


def test_every_planted_defect_is_caught(planted: SmallLake, capsys: pytest.CaptureFixture[str]) -> None:
    key = planted_defects(planted.config, FIRST, LAST)
    detective = Detective(planted)
    missed = [d for d in key if not detective.caught(d)]
    with capsys.disabled():
        print(f"\nself-test: caught {100 * (len(key) - len(missed)) / len(key):.1f} % of {len(key)} planted defects")
    assert missed == []
    # Each kind was there to be caught.
    assert {d.kind for d in key} == set(EXPECT)


def alarms(lake: SmallLake) -> Counter[str]:
    """Everything the pipeline complains about, by what it is."""
    counts = lake.counts()
    found = Counter({n: counts[n].sum() for n in ("readings_flagged", "readings_quarantined", "records_quarantined")})
    found["readings_missing"] = counts["readings_missing"].sum()
    found["refused"] = counts.filter(pl.col("verdict") != "read").height
    found["duplicate or superseded"] = sum(lake.fallen(t).height for t in {s.table for s in lake.config.sources})
    return +found


def test_the_clean_district_raises_no_false_alarm(clean: SmallLake, capsys: pytest.CaptureFixture[str]) -> None:
    readings = clean.counts()["readings_in"].sum()
    found = alarms(clean)
    with capsys.disabled():
        print(f"\nself-test: false alarms {100 * found.total() / readings:.2f} % of {readings} readings")
    assert found == Counter()
    assert readings > 200_000


def test_alarms_are_heard(planted: SmallLake) -> None:
    """The count of alarms is not deaf: with defects each of its parts speaks."""
    assert set(alarms(planted)) == {
        *("readings_flagged", "readings_quarantined", "records_quarantined", "readings_missing"),
        "duplicate or superseded",
    }


@pytest.mark.parametrize("which", ["planted", "clean"])
def test_the_gate_passes_the_clean_layer(which: str, request: pytest.FixtureRequest) -> None:
    """Modest defects are flagged and quarantined, not held; without defects there is not even a warning."""
    lake: SmallLake = request.getfixturevalue(which)
    bench, known = Bench(duckdb.connect()), known_to(lake.config)
    readings = readings_of(bench.con, lake.data.clean, known)
    judge_clean(bench, CleanLayer(lake.data.clean, known, AS_OF), readings)
    assert len(bench.records) > 50
    spoken = [(r.table_name, r.expectation, r.outcome) for r in bench.records if r.outcome != "pass"]
    assert [s for s in spoken if s[2] == "fail"] == []
    if which == "clean":
        assert spoken == []


def test_streams_of_every_cadence_take_part(planted: SmallLake) -> None:
    key = planted_defects(planted.config, FIRST, LAST)
    cadences = {STREAMS[s.path].cadence for s in planted.config.sources if s.id in {d.source_id for d in key}}
    assert cadences == {"day", "month", "period", "year"}
