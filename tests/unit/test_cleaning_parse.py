"""Rows → readings: sites, columns, filters, layouts, and a sentence for everything that is set aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from sources.cleaning.reasons import REASONS
from sources.cleaning.schema import QUARANTINE_SCHEMA, polars_schema
from sources.config.model import ColumnMapping, ConfigError, Format, LongMapping, RowFilter, TimeMapping, ValueMapping
from sources.registry import registry
from tests.unit.cleaning_kit import (
    NOON,
    MemoryStore,
    air_source,
    cleaned,
    config,
    delivery,
    register,
    run,
    water_long_source,
)

AIR = "station,time,pm25,co\n"


def only_reject(store: MemoryStore) -> dict:
    rejected = store.all_quarantined()
    assert rejected.height == 1
    return rejected.row(0, named=True)


def test_a_wide_row_gives_a_reading_for_each_value_with_its_origin():
    store = cleaned(air_source(), AIR + "S1,2026-03-01 08:00,12.5,0.8\n")
    clean = store.all_clean("clean_air")
    assert clean.schema == polars_schema(registry().table("clean_air"))
    assert clean.select("parameter", "value", "value_raw", "unit", "unit_raw", "raw_row", "raw_column").rows() == [
        ("co", Decimal("0.8"), "0.8", "mg/m3", "mg/m3", 2, "co"),
        ("pm2_5", Decimal("12.5"), "12.5", "ug/m3", "ug/m3", 2, "pm25"),
    ]
    row = clean.row(0, named=True)
    assert row["period_start"] == datetime(2026, 3, 1, 8) and row["period_start_utc"] == datetime(2026, 3, 1, 0)
    assert row["known_from"] == NOON.replace(tzinfo=None)
    assert row["delivery_id"] == next(iter(store.files))[1]
    assert (row["source_id"], row["provenance"]) == ("test_air", "observed")


def test_the_value_as_received_keeps_its_blanks():
    store = cleaned(air_source(format=Format(quote='"')), AIR + 'S1,2026-03-01 08:00," 12.5 ",\n')
    assert store.all_clean("clean_air")["value_raw"].to_list() == ["", " 12.5 "]


def test_a_missing_mark_is_a_reading_with_flag_9():
    store = cleaned(air_source(), AIR + "S1,2026-03-01 08:00,NA,\n")
    clean = store.all_clean("clean_air")
    assert clean["value"].to_list() == [None, None] and clean["flag"].to_list() == [9, 9]
    assert store.all_quarantined().is_empty()


def test_a_garbage_cell_costs_one_reading_and_says_where_and_what_to_do():
    store = cleaned(air_source(), AIR + "S1,2026-03-01 08:00,12..7,0.8\n")
    assert store.all_clean("clean_air")["parameter"].to_list() == ["co"]
    reject = only_reject(store)
    assert list(reject) == list(QUARANTINE_SCHEMA)
    assert (reject["level"], reject["reason"], reject["raw_row"], reject["raw_column"]) == (
        "reading",
        "not_a_number",
        2,
        "pm25",
    )
    assert reject["message"].startswith("file.csv, row 2, column 'pm25': '12..7' is not a number. Correct it")
    assert reject["record"] == '{"station":"S1","time":"2026-03-01 08:00","pm25":"12..7","co":"0.8"}'


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ("S1,soon,1,1", "time_unreadable", "time"),
        ("S1,,1,1", "time_missing", "time"),
        ("S1,NA,1,1", "time_missing", "time"),
        ("S1,2026-03-12 00:00,1,1", "time_in_future", "time"),
        (",2026-03-01 08:00,1,1", "site_missing", "station"),
        ("NA,2026-03-01 08:00,1,1", "site_missing", "station"),
        ("S9,2026-03-01 08:00,1,1", "unknown_site", "station"),
        ("OLD,2026-03-01 08:00,1,1", "site_not_valid", "station"),
    ],
)
def test_a_record_without_time_or_site_is_quarantined_as_a_whole(row, reason, column):
    sites = register(("air", "S1"), ("air", "OLD", date(2020, 1, 1), date(2025, 12, 31)), ("water", "S9"))
    store = cleaned(air_source(unknown_sites="quarantine"), AIR + row + "\n", sites=sites)
    reject = only_reject(store)
    assert (reject["level"], reject["reason"], reject["raw_column"]) == ("record", reason, column)
    totals = store.totals("air", reject["delivery_id"])
    assert (totals["records_quarantined"], totals["readings_quarantined"], totals["readings_in"]) == (1, 2, 2)
    assert reject["message"].startswith(f"file.csv, row 2, column '{column}': ")


def test_a_day_of_the_delivery_itself_is_no_future():
    # A file dated by its day alone is delivered at 00:00 and holds that whole day.
    source = air_source()
    store = MemoryStore()
    midnight = datetime(2026, 3, 10, tzinfo=NOON.tzinfo)
    run(store, config(source), [delivery(source, AIR + "S1,2026-03-10 23:00,1,1\n", midnight)])
    assert store.all_quarantined().is_empty()


def test_sites_are_judged_on_the_date_of_the_reading():
    sites = register(("air", "S1", date(2020, 1, 1), date(2020, 12, 31)), ("air", "S1", date(2026, 1, 1), None))
    text = AIR + "S1,2020-06-01 00:00,1,1\nS1,2023-06-01 00:00,1,1\nS1,2026-02-01 00:00,1,1\n"
    store = cleaned(air_source(unknown_sites="quarantine"), text, sites=sites)
    assert only_reject(store)["raw_row"] == 3


def test_site_names_are_mapped_and_unmapped_ones_quarantined():
    site = ColumnMapping(column="station", values={"一号": "S1"})
    store = cleaned(air_source(site=site), AIR + "一号,2026-03-01 08:00,1,\n二号,2026-03-01 08:00,1,\n")
    assert set(store.all_clean("clean_air")["site_id"]) == {"S1"}
    assert only_reject(store)["reason"] == "unknown_site"


def test_an_hour_may_be_named_in_several_columns():
    source = air_source(time=TimeMapping(columns=("y", "m", "d", "h"), formats=("%Y %m %d %H",)))
    store = cleaned(source, "station,y,m,d,h,pm25,co\nS1,2026,3,1,7,5,\n")
    assert store.all_clean("clean_air")["period_start"].unique().to_list() == [datetime(2026, 3, 1, 7)]


@pytest.mark.parametrize(
    ("op", "values", "kept"), [("in", ("ok",), [2]), ("not_in", ("ok",), [3, 4]), ("in", ("ok", "bad"), [2, 3])]
)
def test_filtered_rows_are_other_rows(op, values, kept):
    source = air_source(filters=(RowFilter("kind", op, values),))
    rows = "".join(f"S1,2026-03-01 0{i}:00,1,1,{kind}\n" for i, kind in enumerate(("ok", "bad", "")))
    store = cleaned(source, "station,time,pm25,co,kind\n" + rows)
    assert sorted(set(store.all_clean("clean_air")["raw_row"])) == kept
    counts = next(iter(store.files.values()))
    assert (counts.rows_other, counts.records_in) == (1 + 3 - len(kept), len(kept))


def test_units_and_factors_are_declared_per_column():
    source = air_source(values=(ValueMapping("pm25", "pm2_5", "mg/m³", Decimal(10)), ValueMapping("co", "co", "µg/m³")))
    clean = cleaned(source, AIR + "S1,2026-03-01 08:00,0.0125,800\n").all_clean("clean_air")
    assert clean["value"].to_list() == [Decimal("0.8"), Decimal(125)]
    assert clean["unit_raw"].to_list() == ["µg/m³", "mg/m³"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"values": (ValueMapping("pm25", "pm2_5", "furlong"),)}, "furlong"),
        ({"values": (ValueMapping("pm25", "pm2_5", "kWh"),)}, "measure different things"),
        ({"values": (ValueMapping("pm25", "nh3n", "mg/L"),)}, "nh3n"),
        ({"values": ()}, "maps no values"),
        ({"table": "clean_water"}, "clean_water"),
        ({"time": TimeMapping(("time",), ("%Y-%m-%d %H:%M",), zone="Mars/Olympus")}, "Mars/Olympus"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_a_configuration_error(change, word):
    with pytest.raises(ConfigError, match=word):
        cleaned(air_source(**change), AIR + "S1,2026-03-01 08:00,1,1\n")


def test_the_sources_own_status_fails_readings_and_stays_next_to_them():
    source = air_source(status=ColumnMapping(column="state"), invalid_status=("X",))
    rows = "".join(f"S1,2026-03-01 0{i}:00,1{i},1,{s}\n" for i, s in enumerate(("正常", "维护", "X", "")))
    clean = cleaned(source, "station,time,pm25,co,state\n" + rows).all_clean("clean_air")
    pm = clean.filter(pl.col("parameter") == "pm2_5").select("source_status", "flag", "flag_tests")
    assert pm.rows() == [("正常", 1, ""), ("维护", 4, "source_status"), ("X", 4, "source_status"), (None, 1, "")]


WATER = "section,time,item,result,unit\n"


def test_a_long_layout_reads_each_row_in_its_own_unit():
    rows = "A,2026-03-01 08:00,氨氮,25,μg/L\nA,2026-03-01 08:00,PH,7.2,无量纲\nA,2026-03-01 08:00,铜,＜0.001,mg/L\n"
    clean = cleaned(water_long_source(), WATER + rows).all_clean("clean_water")
    assert clean.select("parameter", "value", "censored", "unit_raw").rows() == [
        ("cu", Decimal("0.001"), "<", "mg/L"),
        ("nh3n", Decimal("0.025"), None, "μg/L"),
        ("ph", Decimal("7.2"), None, "无量纲"),
    ]


@pytest.mark.parametrize(
    ("row", "reason", "column", "value"),
    [
        ("A,2026-03-01 08:00,unobtainium,1,mg/L", "unknown_parameter", "item", "unobtainium"),
        ("A,2026-03-01 08:00,氨氮,1,毫克每斤", "unknown_unit", "unit", "毫克每斤"),
        ("A,2026-03-01 08:00,氨氮,1,℃", "unit_mismatch", "unit", "℃"),
        ("A,2026-03-01 08:00,氨氮,1,", "unit_missing", "unit", ""),
        ("A,2026-03-01 08:00,氨氮,1,/", "unit_missing", "unit", "/"),
        ("A,2026-03-01 08:00,ph,7,", "unit_missing", "unit", ""),
        ("A,2026-03-01 08:00,氨氮,ND,mg/L", "no_detection_limit", "result", "ND"),
    ],
)
def test_a_long_row_that_cannot_be_used(row, reason, column, value):
    store = cleaned(water_long_source(), WATER + row + "\n")
    reject = only_reject(store)
    assert (reject["level"], reject["reason"], reject["raw_column"], reject["value"]) == (
        "reading",
        reason,
        column,
        value,
    )
    totals = store.totals("water", reject["delivery_id"])
    assert totals["records_quarantined"] == totals["readings_quarantined"] == 1


def test_a_mapping_of_its_own_names_hides_the_registrys_unless_it_keeps_them():
    long = LongMapping("item", "result", "unit", {"alpha": "nh3n"})
    rows = WATER + "A,2026-03-01 08:00,alpha,1,mg/L\nA,2026-03-01 08:00,总磷,1,mg/L\n"

    def parameters(unmapped: str) -> tuple[list[str], int, int]:
        store = cleaned(water_long_source(long=replace(long, unmapped=unmapped)), rows)
        counts = next(iter(store.files.values()))
        return store.all_clean("clean_water")["parameter"].to_list(), counts.records_quarantined, counts.rows_other

    assert parameters("quarantine") == (["nh3n"], 1, 1)
    assert parameters("null") == (["nh3n"], 0, 2)
    assert parameters("keep") == (["nh3n", "tp"], 0, 1)


def test_without_a_unit_column_the_unit_is_declared_or_the_parameters_own():
    long = LongMapping("item", "result", units={"氨氮": "μg/L"})
    rows = "section,time,item,result\nA,2026-03-01 08:00,氨氮,25\nA,2026-03-01 08:00,总磷,0.2\n"
    clean = cleaned(water_long_source(long=long), rows).all_clean("clean_water")
    assert clean["value"].to_list() == [Decimal("0.025"), Decimal("0.2")]


@pytest.mark.parametrize(
    ("mapping", "word", "kept", "reason"),
    [
        (ColumnMapping(column="class", values={"Ⅱ": "II"}), "Ⅱ", "II", None),
        (ColumnMapping(column="class", values={"Ⅱ": "II"}), "Ⅸ", None, "unmapped_value"),
        (ColumnMapping(column="class", values={"Ⅱ": "II"}), "", None, None),
        (ColumnMapping(column="class", values={"Ⅱ": "II"}), "/", None, None),
        (ColumnMapping(column="class", values={"Ⅱ": "II"}, unmapped="null"), "Ⅸ", None, None),
        (ColumnMapping(column="class", values={"Ⅱ": "II"}, unmapped="keep"), "IV", "IV", None),
        (ColumnMapping(column="class", values={"Ⅱ": "II"}, unmapped="keep"), "Ⅸ", None, "not_in_vocabulary"),
        (ColumnMapping(column="class", values={"x": ""}), "x", None, None),
        (ColumnMapping(column="class", unmapped="keep"), "", None, None),
        (ColumnMapping(constant="V"), "anything", "V", None),
    ],
)
def test_words_of_a_closed_vocabulary(mapping, word, kept, reason):
    source = water_long_source(columns={"method": ColumnMapping(constant="manual"), "published_class": mapping})
    store = cleaned(source, f"section,time,item,result,unit,class\nA,2026-03-01 08:00,ph,7,-,{word}\n")
    if reason:
        assert only_reject(store)["reason"] == reason
    else:
        assert store.all_clean("clean_water")["published_class"].to_list() == [kept]


def test_a_key_word_must_be_there():
    source = water_long_source(columns={"method": ColumnMapping(column="how", unmapped="keep")})
    store = cleaned(source, "section,time,item,result,unit,how\nA,2026-03-01 08:00,ph,7,-,\n")
    assert only_reject(store)["reason"] == "key_missing"
    with pytest.raises(ConfigError, match=r"columns\.method"):
        cleaned(water_long_source(columns={}), WATER)


def test_following_the_advice_about_names_words_and_marks_costs_no_other_row():
    """Each advice word for word in the mapping: what was refused is used, and so is all that was used before."""
    sites = register(("air", "S1"), ("air", "S2"))
    rows = AIR + "S1,2026-03-01 08:00,1,\n二号,2026-03-01 08:00,2,\n"
    before = cleaned(air_source(unknown_sites="quarantine"), rows, sites=sites)
    assert 'map it in [source.site] values; unmapped = "keep"' in only_reject(before)["message"]
    site = ColumnMapping(column="station", values={"二号": "S2"}, unmapped="keep")
    after = cleaned(air_source(unknown_sites="quarantine", site=site), rows, sites=sites)
    assert set(after.all_clean("clean_air")["site_id"]) == {"S1", "S2"} and after.all_quarantined().is_empty()

    how = ColumnMapping(column="how", unmapped="keep")
    rows = "section,time,item,result,unit,how\n" + "".join(
        f"A,2026-03-01 0{i}:00,ph,7,-,{w}\n" for i, w in enumerate(("manual", "hand"))
    )
    before = cleaned(water_long_source(columns={"method": how}), rows)
    assert 'values; unmapped = "keep"' in only_reject(before)["message"]
    how = replace(how, values={"hand": "manual"})
    assert cleaned(water_long_source(columns={"method": how}), rows).all_clean("clean_water").height == 2

    rows = AIR + "S1,2026-03-01 08:00,ND,\nS1,2026-03-01 09:00,***,\n"
    said = cleaned(air_source(), rows).all_quarantined()["message"]
    assert len(said) == 2 and all("add it to missing" in message for message in said)
    given = air_source(format=Format(missing=("", "ND", "***")))
    assert cleaned(given, rows).all_clean("clean_air")["flag"].to_list() == [9] * 4

    rows = AIR + "S1,01.03.2026 08:00,1,\nS1,2026-03-01 09:00,1,\n"
    assert "Add its format to [source.time] formats" in only_reject(cleaned(air_source(), rows))["message"]
    both = TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"))
    assert cleaned(air_source(time=both), rows).all_quarantined().is_empty()


def test_every_reason_has_a_sentence_and_advice():
    for reason, (wrong, advice) in REASONS.items():
        assert wrong and advice and not wrong.endswith("."), reason
        assert wrong.count("{v}") <= 1


def test_a_long_record_is_cut_and_a_long_value_shortened():
    store = cleaned(air_source(), AIR + f"S1,2026-03-01 08:00,{'x' * 5000},1\n")
    reject = only_reject(store)
    assert len(reject["record"]) == 2000 and "x" * 80 + "…" in reject["message"] and len(reject["value"]) == 5000


def test_an_object_or_list_in_a_numbers_place_is_refused_not_missing():
    source = air_source(format=Format(kind="json"))
    rows = ",".join(
        f'{{"station": "S1", "time": "2026-03-01 0{hour}:00", "pm25": {value}, "co": 1}}'
        for hour, value in enumerate(('{"v": "a"}', '["a"]', "{}", "[]", "null", "7"))
    )
    store = cleaned(source, f"[{rows}]")
    rejected = store.all_quarantined()
    assert rejected.select("raw_row", "reason", "value").rows() == [
        (1, "not_a_number", '{"v": "a"}'),
        (2, "not_a_number", '["a"]'),
        (3, "not_a_number", "{}"),
        (4, "not_a_number", "[]"),
    ]
    pm = store.all_clean("clean_air").filter(pl.col("parameter") == "pm2_5")
    assert pm.select("value", "flag").rows() == [(None, 9), (Decimal(7), 1)]
