"""Records that become several rows, stamps that count, zones in a column, marks of one value, and their counts.

Here belong single batches through `parse`. Not here: the files (test_readers_shapes.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest

from sources.cleaning.parse import Parsed, parse, parse_held
from sources.cleaning.register import SiteRegister
from sources.cleaning.source_plan import plan_for
from sources.cleaning.staged import COLUMN, FILE, SITE, STATUS, Codes
from sources.cleaning.stamps import parse_stamps
from sources.config.model import Across, ColumnMapping, Format, LongMapping, RowFilter, TimeMapping, ValueMapping
from sources.readers import ROW, UnreadableFile
from sources.registry import registry
from tests.unit.cleaning_kit import air_source, config, register

NOW = pl.Series([datetime(2027, 1, 1)] * 2)


def source(**changes):
    plain = air_source(
        site=ColumnMapping(column="header"),
        time=TimeMapping(("time",), ("%Y-%m-%d %H:%M",), marks="end"),
        values=(),
        across=Across(pattern=r"S\d+"),
        long=LongMapping("type", "value", parameters={"PM2.5": "pm2_5", "PM10": "pm10"}),
    )
    return replace(plain, **changes)


def raw(columns: dict[str, list[str]], file: int = 0) -> pl.DataFrame:
    frame = pl.DataFrame(columns)
    numbers = pl.int_range(2, frame.height + 2, dtype=pl.Int64, eager=True).alias(ROW)
    return frame.with_columns(numbers, pl.lit(file, pl.UInt32).alias(FILE))


def parsed(declared, rows: pl.DataFrame) -> tuple[Parsed, list[tuple]]:
    codes = Codes()
    sites = SiteRegister(register(), "air")
    found = parse(plan_for(declared, registry(), config(declared)), rows, NOW, sites, codes)
    if found.held.height:
        held = parse_held(plan_for(declared, registry(), config(declared)), found.held, (), NOW, sites, codes)
        found = replace(held, readings=pl.concat([found.readings, held.readings]), held=found.held)
    shown = found.readings.select(
        pl.col("raw_row"),
        codes.column_names().gather(found.readings[COLUMN]).alias("column"),
        codes.sites.decode(found.readings[SITE]).alias("site"),
        "value",
        codes.statuses.decode(found.readings[STATUS]).alias("status"),
    )
    return found, shown.sort("raw_row", "column").rows()


WIDE = {
    "time": ["2026-03-01 01:00"] * 3,
    "type": ["PM2.5", "AQI", "PM10"],
    "S0001": ["1.5", "9", ""],
    "S0002": ["2.5", "9", "x"],
}


def test_a_record_is_counted_once_and_each_cell_is_a_reading():
    found, rows = parsed(source(), raw(WIDE))
    assert rows == [
        (2, "S0001", "S0001", Decimal("1.5"), None),
        (2, "S0002", "S0002", Decimal("2.5"), None),
        (4, "S0001", "S0001", None, None),
    ]
    (tally,) = found.tallies.to_dicts()
    assert (tally["records_in"], tally["records_quarantined"], tally["rows_other"]) == (3, 1, 0)
    assert (tally["readings_in"], tally["readings_quarantined"]) == (6, 3)
    assert found.rejects["raw_column"].to_list() == ["value", "type", "type"]


def test_rows_that_a_filter_leaves_out_are_not_spread():
    found, rows = parsed(
        source(filters=(RowFilter("type", "in", ("PM2.5",)), RowFilter("header", "not_in", ("S0002",)))), raw(WIDE)
    )
    assert [row[:3] for row in rows] == [(2, "S0001", "S0001")]
    (tally,) = found.tallies.to_dicts()
    assert (tally["records_in"], tally["rows_other"], tally["readings_in"]) == (1, 2, 1)


def test_a_header_without_what_is_spread_is_refused():
    for across, said in (
        (Across(pattern="X"), "no column matches"),
        (Across(columns=("S0001",), next_to={"status": "_f"}), "there is no column 'S0001_f'"),
        (Across(columns=("S0002",), next_to={"status": 1}), "no companion 1 columns away"),
        (Across(columns=("S0001",), name="type"), "gives one of that name"),
    ):
        with pytest.raises(UnreadableFile, match=said):
            parsed(source(across=across), raw(WIDE))


def test_what_goes_with_a_value_is_found_by_suffix_or_position():
    table = {"time": ["2026-03-01 01:00"], "PM10": ["1"], "PM10_f": ["V"], "PM2.5": ["2"], "PM2.5_f": ["N"]}
    for where in ("_f", 1):
        declared = source(
            site=ColumnMapping(constant="S0001"),
            across=Across(columns=("PM10", "PM2.5"), name="type", next_to={"mark": where}),
            status=ColumnMapping(column="mark"),
        )
        assert [(r[1], r[4]) for r in parsed(declared, raw(table))[1]] == [("PM10", "V"), ("PM2.5", "N")]


def test_a_status_of_one_value_in_a_wide_layout():
    declared = source(
        across=None, long=None, site=ColumnMapping(constant="S0001"), status=ColumnMapping(constant="all"),
        values=(
            ValueMapping("PM10", "pm10", "ug/m3", status_column="mark"), ValueMapping("PM2.5", "pm2_5", "ug/m3"),
        ),
    )  # fmt: skip
    rows = parsed(declared, raw({"time": ["2026-03-01 01:00"], "PM10": ["1"], "mark": ["N"], "PM2.5": ["2"]}))[1]
    assert [(r[1], r[4]) for r in rows] == [("PM10", "N"), ("PM2.5", "all")]


def test_entries_of_lists_keep_their_order_and_an_empty_list_is_a_record():
    lists = '[{"type":"PM2.5","v":1.50,"in":{"x":"S0001"}},{"type":"PM10","v":2,"in":{"x":"S0001"}}]'
    declared = source(
        across=None, format=Format(kind="json", lists=("l",)), site=ColumnMapping(column="l.in.x"),
        long=LongMapping("l.type", "l.v", parameters={"PM2.5": "pm2_5", "PM10": "pm10"}),
    )  # fmt: skip
    found, rows = parsed(declared, raw({"time": ["2026-03-01 01:00"] * 2, "l": [lists, "[]"]}))
    assert [row[:4] for row in rows] == [
        (2, "l.v", "S0001", Decimal("1.5")), (2, "l.v", "S0001", Decimal("2")),
    ]  # fmt: skip
    assert found.tallies.select("records_in", "records_quarantined", "readings_in").rows() == [(2, 1, 3)]


def test_hours_across_the_night_that_clocks_go_back():
    """25 hours in one record: the repeated one twice, and every other once."""
    table = {"day": ["2026-10-25"], **{f"h{n:02}": [str(n)] for n in range(25)}}
    declared = source(
        across=Across(pattern=r"h(?P<hour>\d\d)"), site=ColumnMapping(constant="S0001"), long=None,
        values=(ValueMapping("value", "pm10", "ug/m3"),),
        time=TimeMapping(("day", "hour"), ("%Y-%m-%d %H",), zone="Europe/Madrid", marks="start"),
    )  # fmt: skip
    found, rows = parsed(declared, raw(table))
    # 24:00 is the next day; every cell is read once and the record is counted once.
    assert len(rows) == 25
    assert found.tallies.select("records_in", "records_quarantined", "readings_in", "readings_quarantined").rows() == [
        (1, 0, 25, 0)
    ]


def test_markup_is_read_as_text_and_kept_as_received():
    table = {
        "time": ["<i>2026-03-01 01:00</i>"], "S0001": ['<span title="原始值：7.995">8.00</span>'], "type": ["PM10"],
    }  # fmt: skip
    found, rows = parsed(source(format=Format(markup="text")), raw(table))
    assert rows[0][3] == Decimal("8")
    assert found.readings["value_raw"].to_list() == [table["S0001"][0]]
    long = LongMapping("type", "value", parameters={"PM10": "pm10"}, extract='原始值：([^"]*)"')
    found, rows = parsed(source(format=Format(markup="text"), long=long), raw(table))
    assert rows[0][3] == Decimal("7.995")


def test_a_site_of_several_columns():
    table = {"time": ["2026-03-01 01:00"] * 2, "p": ["甲", "乙"], "n": ["一", "一"], "PM10": ["1", "2"]}
    declared = source(
        across=None, long=None, values=(ValueMapping("PM10", "pm10", "ug/m3"),),
        site=ColumnMapping(columns=("p", "n"), values={"甲|一": "S0001", "乙|一": "S0002"}),
    )  # fmt: skip
    assert [r[2] for r in parsed(declared, raw(table))[1]] == ["S0001", "S0002"]


def test_each_row_in_its_own_zone():
    table = {"time": ["2026-03-01 09:00"] * 4, "z": ["CST", "UTC", "", "Mars"], "PM10": ["1", "2", "3", "4"]}
    declared = source(
        across=None, long=None, site=ColumnMapping(constant="S0001"), values=(ValueMapping("PM10", "pm10", "ug/m3"),),
        time=TimeMapping(
            ("time",), ("%Y-%m-%d %H:%M",), zone="Europe/Madrid", zone_column="z", zones={"CST": "Asia/Shanghai"}
        ),
    )  # fmt: skip
    found, _ = parsed(declared, raw(table))
    assert found.readings["period_start_utc"].to_list() == [
        datetime(2026, 3, 1, 1), datetime(2026, 3, 1, 9), datetime(2026, 3, 1, 8),
    ]  # fmt: skip
    assert found.rejects["reason"].to_list() == ["zone_unknown"]


@pytest.mark.parametrize(
    ("fmt", "text", "local", "utc"),
    [
        ("{epoch_s}", "1704211200", None, datetime(2024, 1, 2, 16)),
        ("/Date({epoch_ms})/", "/Date(1704211200123)/", None, datetime(2024, 1, 2, 16, 0, 0, 123000)),
        ("{epoch_us}", "1704211200000001", None, datetime(2024, 1, 2, 16, 0, 0, 1)),
        ("{epoch_ms}", "99999999999999999", None, None),
        ("{excel_1900}", "45294.0416666667", datetime(2024, 1, 3, 1), None),
        ("{excel_1900}", "1", datetime(1900, 1, 1), None),
        ("{excel_1900}", "60", None, None),
        ("{excel_1900}", "61", datetime(1900, 3, 1), None),
        ("{excel_1904}", "43832.5", datetime(2024, 1, 3, 12), None),
        ("%Y-%m-%d %p%I:%M", "2024-01-03 下午12:05", datetime(2024, 1, 3, 12, 5), None),
        ("%Y-%m-%d %p%I:%M", "2024-01-03 上午12:05", datetime(2024, 1, 3, 0, 5), None),
    ],
)
def test_stamps_that_count_and_halves_of_the_day(fmt, text, local, utc):
    found = parse_stamps(pl.Series([text, ""]), [fmt], None, False)
    assert (found.local.to_list(), found.utc.to_list()) == ([local, None], [utc, None])
