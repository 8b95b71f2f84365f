"""The gate looks for readings that break a row rule of the registry and still count.

Not here: the flags themselves (test_cleaning_row_rules), the judge (tests of the gate).
"""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from expectations.reduce import Target, reduce
from expectations.suites.clean_layer import CleanPlaces, readings_checks
from sources.registry import registry

AT = datetime(2026, 3, 1, 8)
NAME = "leq is at most lmax"


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        (["('P', 'hour', 'leq', 60, 1)", "('P', 'hour', 'lmax', 60, 3)"], 0),
        (["('P', 'hour', 'leq', 60.1, 3)", "('P', 'hour', 'lmax', 60, 2)"], 1),
        (["('P', 'day', 'leq', 60.1, 1)", "('P', 'day', 'lmax', 60, 1)"], 1),
        (["('P', 'hour', 'leq', 60.1, 4)", "('P', 'hour', 'lmax', 60, 4)"], 0),
        (["('P', 'hour', 'leq', 60.1, 1)", "('P', 'hour', 'lmax', 60, 4)"], 0),
        (["('P', 'hour', 'leq', 60.1, 1)", "('Q', 'hour', 'lmax', 60, 1)"], 0),
        (["('P', 'night', 'leq', 60.1, 1)", "('P', 'hour', 'lmax', 60, 1)"], 0),
    ],
)
def test_a_mean_above_its_maximum_is_found_unless_it_failed(rows: list[str], broken: int) -> None:
    con = duckdb.connect()
    con.execute(
        "create table readings as select *, timestamp '2026-03-01' as period_start_utc, "
        "timestamp '2026-03-01 01:00' as period_end, 'observed' as provenance, 'dB(A)' as unit "
        f"from (values {', '.join(rows)}) as t (site_id, period_kind, parameter, value, flag)"
    )
    feed = registry().feeds["noise"]
    places = CleanPlaces("file_counts", "readings", "register")
    checks = readings_checks(feed, feed.tables["clean_noise"], places, AT, 2)
    (check,) = [c for c in checks if c.name == NAME]
    assert check.severity == "critical"
    assert reduce(con, Target("readings"), [check]).values == {NAME: (broken,)}
