"""Marks and limits in columns of their own, missing units, and factors: what is read, and that advice works."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from sources.cleaning.reasons import REASONS
from sources.config.model import Censor, ColumnMapping, LongMapping, UnitMapping, ValueMapping
from tests.unit.cleaning_kit import MemoryStore, cleaned, water_long_source

HEAD = "section,time,item,condition,result,unit,limit,limit_unit\n"
ROW = "A,2026-03-01 0{}:00,氨氮,{}\n"
LONG = LongMapping(
    "item",
    "result",
    "unit",
    units={"mg/l as N": "mg/L"},
    censor=Censor("condition", {"Not Detected": "<", "Present Below": "<", "Above": ">", "Final": ""}),
    limit_column="limit",
    limit_unit_column="limit_unit",
)
COLUMNS = ("value", "censored", "value_raw", "unit_raw", "raw_column")


def long(*rows: str, **changes) -> MemoryStore:
    text = HEAD + "".join(ROW.format(hour, row) for hour, row in enumerate(rows))
    return cleaned(water_long_source(long=replace(LONG, **changes)), text)


def readings(store: MemoryStore) -> list[tuple]:
    found = store.all_clean("clean_water").sort("period_start").select(COLUMNS).rows()
    return [(None if value is None else str(value.normalize()), *rest) for value, *rest in found]


def refused(store: MemoryStore) -> list[tuple]:
    return store.all_quarantined().sort("raw_row").select("reason", "raw_column", "value").rows()


def test_a_marked_row_takes_its_limit_in_the_limits_unit():
    store = long(
        ",0.52,mg/l,0.02,mg/l",
        "Not Detected,,,0.02,mg/l",
        "Present Below,0.03,mg/l,50,ug/l",
        ",31,ug/l,20,mg/l",
        "Final,0.9,mg/l as N,0.02,mg/l",
        "Not Detected,,ug/l,20,",
        "Above,8,mg/l,0.02,mg/l",
    )
    assert readings(store) == [
        ("0.52", None, "0.52", "mg/l", "result"),
        ("0.02", "<", "0.02", "mg/l", "limit"),
        ("0.05", "<", "50", "ug/l", "limit"),
        ("0.031", None, "31", "ug/l", "result"),
        ("0.9", None, "0.9", "mg/l as N", "result"),
        ("0.02", "<", "20", "ug/l", "limit"),
        ("8", ">", "8", "mg/l", "result"),
    ]
    assert store.all_quarantined().is_empty()


def test_a_bare_nd_takes_the_limit_too_and_a_mark_alone_takes_the_value():
    bare = long(",ND,mg/l,0.02,mg/l", ",未检出,,20,ug/l", censor=None)
    assert readings(bare) == [("0.02", "<", "0.02", "mg/l", "limit"), ("0.02", "<", "20", "ug/l", "limit")]
    alone = long("Not Detected,0.02,mg/l,,", limit_column="", limit_unit_column="")
    assert readings(alone) == [("0.02", "<", "0.02", "mg/l", "result")]


def test_what_cannot_be_read_is_named_in_its_own_column():
    store = long(
        "Not Detected,,mg/l,,", "Not Detected,,,,", "Not Detected,,,soon,mg/l", ",ND,mg/l,,", "Not Detected,,,1,kWh"
    )
    assert refused(store) == [
        ("limit_missing", "condition", "Not Detected"),
        ("limit_missing", "condition", "Not Detected"),
        ("not_a_number", "limit", "soon"),
        ("no_detection_limit", "result", "ND"),
        ("unit_mismatch", "limit_unit", "kWh"),
    ]
    totals = store.totals("water", next(iter(store.known)))
    assert totals["readings_quarantined"] == totals["readings_in"] == 5


@pytest.mark.parametrize("unit", ["", "/", "mg/l", "furlong", "kWh"])
@pytest.mark.parametrize("value", ["", "/"])
def test_an_empty_value_is_missing_whatever_its_unit(unit, value):
    store = long(f",{value},{unit},,")
    assert store.all_clean("clean_water").select("value", "flag", "unit_raw").rows() == [(None, 9, unit)]
    assert store.all_quarantined().is_empty()


def test_following_the_advice_reads_what_was_refused():
    """Each advice, word for word in the mapping: the same row is then used."""
    missing = long(",1,,,")
    assert "the unit is missing" in missing.all_quarantined()["message"][0]
    assert '"" = "mg/L"' in REASONS["unit_missing"][1]
    assert readings(long(",1,,,", units={"": "mg/L"}))[0][0] == "1"
    assert "units of [source.long]" in REASONS["unknown_unit"][1] and "factor" in REASONS["unknown_unit"][1]
    assert readings(long(",1,毫克每斤,,", units={"毫克每斤": UnitMapping("mg/L", Decimal(2))}))[0][0] == "2"
    assert "with a factor" in REASONS["unit_mismatch"][1]
    assert readings(long(",1,kWh,,", units={"kWh": "mg/L"}))[0][0] == "1"
    assert "limit_column" in REASONS["no_detection_limit"][1] and "limit_column" in REASONS["limit_missing"][1]
    assert readings(long("Not Detected,,,0.02,mg/l"))[0][:2] == ("0.02", "<")
    without = long("Not Detected,,,,", censor=Censor("condition", {"Above": ">"}))
    assert without.all_clean("clean_water")["flag"].to_list() == [9]
    assert 'unmapped = "keep"' in REASONS["unknown_parameter"][1]
    kept = LongMapping("item", "result", "unit", {"alpha": "tp"}, unmapped="keep")
    rows = HEAD + "A,2026-03-01 00:00,alpha,,1,mg/L,,\nA,2026-03-01 00:00,氨氮,,1,mg/L,,\n"
    assert cleaned(water_long_source(long=kept), rows).all_clean("clean_water").height == 2


def test_an_empty_unit_that_means_one_is_still_missing_where_it_does_not_fit():
    rows = HEAD + "A,2026-03-01 00:00,ph,,7,,,\nA,2026-03-01 00:00,氨氮,,1,,,\n"
    store = cleaned(water_long_source(long=replace(LONG, units={"": "-"})), rows)
    assert store.all_clean("clean_water")["parameter"].to_list() == ["ph"]
    assert refused(store) == [("unit_missing", "unit", "")]


def test_a_unit_may_have_a_factor_by_unit_or_by_parameter():
    by_unit = long(",2,g/gal,,", units={"g/gal": UnitMapping("mg/L", Decimal("264.172052"))})
    assert readings(by_unit)[0][0] == "528.344104"
    no_unit = LongMapping("item", "result", units={"氨氮": UnitMapping("ug/L", Decimal(10))})
    assert readings(cleaned(water_long_source(long=no_unit), HEAD + ROW.format(0, ",25,,,")))[0][0] == "0.25"


def test_wide_columns_have_marks_and_limits_of_their_own():
    values = (
        ValueMapping("nh3n", "nh3n", "mg/L", censor=Censor("nh3n_rmk", {"<": "<"})),
        ValueMapping("tp", "tp", "ug/L", Decimal(10), censor=Censor("tp_status", {"2": "<"}), limit_column="mdl"),
    )
    source = water_long_source(long=None, values=values, status=ColumnMapping(column="nh3n_rmk", unmapped="keep"))
    text = "section,time,nh3n,nh3n_rmk,tp,tp_status,mdl\n" + "".join(
        f"A,2026-03-0{day} 08:00,{cells}\n"
        for day, cells in enumerate(("0.05,<,10,1,", "0.31,,2,2,", "0.29,E,,0,", ",<,,2,3", "1,,1,2,x"), 1)
    )
    store = cleaned(source, text)
    clean = store.all_clean("clean_water").sort("parameter", "period_start")
    found = clean.select("parameter", "value", "censored", "raw_column").rows()
    assert [(p, v if v is None else str(v.normalize()), c, r) for p, v, c, r in found] == [
        ("nh3n", "0.05", "<", "nh3n"),
        ("nh3n", "0.31", None, "nh3n"),
        ("nh3n", "0.29", None, "nh3n"),
        ("nh3n", "1", None, "nh3n"),
        ("tp", "0.1", None, "tp"),
        ("tp", "0.02", "<", "tp"),
        ("tp", None, None, "tp"),
        ("tp", "0.03", "<", "mdl"),
    ]
    assert refused(store) == [("limit_missing", "nh3n_rmk", "<"), ("not_a_number", "mdl", "x")]
    assert clean.filter(pl.col("value").is_null())["flag"].to_list() == [9]
