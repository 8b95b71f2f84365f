"""Events from release to release, as the whole publishing step tells them.

Here belongs that the table is filled from the release before, carried on, and outside of the digest. Not here: what the
changes are (tests/unit/test_event_changes.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.unit import warehouse_kit
from tests.unit.warehouse_kit import AIR, CROSS, GATE_RESULTS, NOW, RELEASE_TABLES, WATER, mart, read_release, refresh
from warehouse.paths import DataDir
from warehouse.release.event_changes import EVENT_CHANGES, EVENTS
from warehouse.release.publication import Published
from warehouse.release.releases import rollback
from warehouse.tables.catalogue import Catalogue, MartColumn, MartTable

PLACE = ("site_name_zh", "parameter", "parameter_zh")
TYPES = dict.fromkeys(("event_id", "kind", *PLACE), "varchar") | {
    "event_start": "timestamp",
    "event_end": "timestamp",
    "is_open": "boolean",
}
TOLD = dict.fromkeys(("event_id", "current_event_id", "change", "change_zh", "site_id", *PLACE), "varchar") | {
    "event_start": "timestamp",
    "event_end": "timestamp",
    "release_id": "varchar",
    "published_at": "timestamp",
}
LATER, EARLIER = "air:S:pm10:24h:2026-11-05T00:00", "air:S:pm10:24h:2026-11-04T00:00"


def columns(types: dict[str, str]) -> tuple[MartColumn, ...]:
    return tuple(MartColumn(n, t, n, "event_change" if n == "change" else "") for n, t in types.items())


CHANGES = MartTable(
    EVENT_CHANGES, "judgement", columns(TOLD), ("event_id", "current_event_id"), ("release_id", "published_at"), "What"
)
WITH_EVENTS = Catalogue(
    (WATER, AIR, CROSS, mart(EVENTS, "cross_domain", columns(TYPES)), GATE_RESULTS, RELEASE_TABLES, CHANGES)
)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data").prepare()


@pytest.fixture
def published(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str | None], Published]:
    """Publishes on day `at` a release whose one event is the given one, until the end of 6 November, or none."""
    built = warehouse_kit.build
    monkeypatch.setitem(warehouse_kit.SAMPLES, "boolean", "false")

    def publish(at: int, event: str | None) -> Published:
        def build(*given) -> Path:
            file = built(*given)
            with duckdb.connect(str(file)) as con:
                table = f"cross_domain.{EVENTS}"
                con.execute(f"DELETE FROM {table} WHERE ok IS NULL OR {'true' if event is None else 'false'}")
                con.execute(
                    f"UPDATE {table} SET event_id = ?, event_start = CAST(right(?, 16) AS TIMESTAMP),"
                    " event_end = TIMESTAMP '2026-11-07 00:00:00'",
                    [event, event],
                )
            return file

        monkeypatch.setattr(warehouse_kit, "build", build)
        return refresh(data, {}, catalogue=WITH_EVENTS, now=NOW + timedelta(days=at))

    return publish


def test_a_release_says_what_became_of_the_events_of_those_before(data: DataDir, published) -> None:
    first = published(0, LATER)
    assert read_release(data.current, EVENT_CHANGES) == []
    second = published(1, EARLIER)
    (row,) = read_release(data.current, EVENT_CHANGES)
    assert row[:4] == (LATER, EARLIER, "lengthened", "延长")
    assert row[10] == second.release_id
    third = published(2, None)
    assert {(r[0], r[2], r[10]) for r in read_release(data.current, EVENT_CHANGES)} == {
        (LATER, "withdrawn", third.release_id),
        (EARLIER, "withdrawn", third.release_id),
    }
    assert len({first.digest, second.digest, third.digest}) == 3


def test_the_digest_of_a_release_does_not_depend_on_the_events_before(tmp_path: Path, data: DataDir, published) -> None:
    published(0, LATER)
    after = published(1, EARLIER)
    assert read_release(data.current, EVENT_CHANGES)
    alone = refresh(DataDir(tmp_path / "other").prepare(), {}, catalogue=WITH_EVENTS)
    assert read_release(tmp_path / "other" / "current", EVENT_CHANGES) == []
    assert alone.digest == after.digest


def test_after_a_rollback_events_follow_the_release_that_is_current(data: DataDir, published) -> None:
    first = published(0, LATER)
    published(1, EARLIER)
    rollback(data, first.release_id, "me", "wrong")
    published(2, None)
    assert [r[:3] for r in read_release(data.current, EVENT_CHANGES)] == [(LATER, "", "withdrawn")]
