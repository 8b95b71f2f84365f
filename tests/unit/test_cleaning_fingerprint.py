"""What a source's fingerprint follows: its own mapping, feed, units and sites; and what it does not.

Here belongs comparing fingerprints. Not here: which deliveries are due then (test_orchestration_survey.py), or whether
the declared version of cleaning is true (test_cleaning_golden.py).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from sources.cleaning import fingerprint
from sources.cleaning.fingerprint import cleaning_fingerprint, source_fingerprints
from sources.cleaning.flag_fingerprint import flag_fingerprints
from sources.config.model import Config, District, Format, LongMapping, Source
from sources.registry import registry
from sources.registry.clean_columns import Column
from sources.registry.feed_model import Parameter, Registry, RowRule, SeriesTests, Unit
from tests.unit.cleaning_kit import air_source, config, waste_source, water_long_source

HEAD = "site_id,feed,name_zh,valid_from,valid_to\n"
AIR = air_source(fingerprint="1", unknown_sites="quarantine")
WATER = water_long_source(fingerprint="2", unknown_sites="quarantine")
OWN_NAMES = replace(WATER, long=replace(WATER.long, unit_column="", parameters={"NH3": "nh3n"}, units={"NH3": "mg/L"}))
SOURCES = (AIR, WATER, waste_source(fingerprint="3"))


@pytest.fixture
def setup(tmp_path: Path) -> Config:
    sites = tmp_path / "sites.csv"
    sites.write_text(HEAD + "A,air,甲,2020-01-01,\nW,water,乙,,\n", encoding="utf-8")
    return replace(config(*SOURCES), registers=(sites,))


def with_parameter(known: Registry, code: str, **changes) -> Registry:
    feed = next(f for f in known.feeds.values() if code in f.parameters)
    changed = feed.parameters | {code: replace(feed.parameters[code], **changes)}
    return replace(known, feeds=known.feeds | {feed.name: replace(feed, parameters=changed)})


def with_new_parameter(known: Registry, table: str) -> Registry:
    feed = next(f for f in known.feeds.values() if table in f.tables)
    new = Parameter("zz_new", "新", "New", "ug/m3", table)
    return replace(known, feeds=known.feeds | {feed.name: replace(feed, parameters=feed.parameters | {"zz_new": new})})


def with_unit(known: Registry, code: str, **changes) -> Registry:
    return replace(known, units=known.units | {code: replace(known.units[code], **changes)})


def with_table(known: Registry, name: str, **changes) -> Registry:
    feed = next(f for f in known.feeds.values() if name in f.tables)
    tables = feed.tables | {name: replace(feed.tables[name], **changes)}
    return replace(known, feeds=known.feeds | {feed.name: replace(feed, tables=tables)})


def with_marks(known: Registry, feed: str) -> Registry:
    return replace(known, feeds=known.feeds | {feed: replace(known.feeds[feed], invalid_status=("X",))})


NEW_DIM = (Column("dim", "string", "A column", key=True),)


@pytest.mark.parametrize(
    ("source", "change"),
    [
        (AIR, lambda k: with_parameter(k, "pm2_5", unit="mg/m3")),
        (AIR, lambda k: with_unit(k, "ug/m3", factor=Decimal(2))),
        (AIR, lambda k: with_unit(k, "mg/m3", offset=Decimal(2))),
        (AIR, lambda k: with_table(k, "clean_air", grain="month")),
        (AIR, lambda k: with_table(k, "clean_air", dims=NEW_DIM)),
        (AIR, lambda k: with_table(k, "clean_air", declared_key=("site_id", "period_end"))),
        (AIR, lambda k: with_marks(k, "air")),
        (WATER, lambda k: with_parameter(k, "nh3n", aliases=("ammonia nitrogen",))),
        (WATER, lambda k: with_new_parameter(k, "clean_water")),
        # A file may name any unit: whether it is known, and what it measures, says why it is refused.
        (WATER, lambda k: with_unit(k, "kWh", aliases=("furlong",))),
        (WATER, lambda k: with_unit(k, "ug/L", factor=Decimal("0.5"))),
        (OWN_NAMES, lambda k: with_unit(k, "mg/L", factor=Decimal(3))),
    ],
)
def test_what_a_source_reads_of_the_registry_changes_its_fingerprint(setup, source, change):
    known = registry()
    assert cleaning_fingerprint(source, change(known), setup) != cleaning_fingerprint(source, known, setup)


@pytest.mark.parametrize(
    ("source", "change"),
    [
        (AIR, lambda k: replace(k, fingerprint="whatever was written into the files")),
        (AIR, lambda k: with_parameter(k, "pm2_5", name_en="fine dust")),
        (AIR, lambda k: with_parameter(k, "pm2_5", name_zh="尘")),
        (AIR, lambda k: with_parameter(k, "no2", unit="mg/m3")),
        (AIR, lambda k: with_parameter(k, "pm2_5", tests=SeriesTests(fail_max=Decimal(1)))),
        (AIR, lambda k: with_parameter(k, "nh3n", unit="ug/L")),
        (AIR, lambda k: with_new_parameter(k, "clean_air")),
        (AIR, lambda k: with_unit(k, "kWh", factor=Decimal(7))),
        (AIR, lambda k: with_table(k, "clean_dustfall", grain="month")),
        (AIR, lambda k: with_table(k, "clean_air", description="said otherwise", series_tests=False)),
        (AIR, lambda k: with_table(k, "clean_water", dims=NEW_DIM)),
        (AIR, lambda k: with_marks(k, "water")),
        (AIR, lambda k: replace(k, units=k.units | {"new": Unit("new", "new", Decimal(1))})),
        (WATER, lambda k: with_unit(k, "kWh", factor=Decimal(7))),
        (WATER, lambda k: with_table(k, "clean_air", grain="month")),
        (OWN_NAMES, lambda k: with_new_parameter(k, "clean_water")),
        (OWN_NAMES, lambda k: with_parameter(k, "nh3n", aliases=("ammonia nitrogen",))),
        (OWN_NAMES, lambda k: replace(k, units=k.units | {"new": Unit("new", "new", Decimal(1))})),
    ],
)
def test_thresholds_other_feeds_and_what_it_does_not_read_leave_it(setup, source, change):
    known = registry()
    assert cleaning_fingerprint(source, change(known), setup) == cleaning_fingerprint(source, known, setup)


def test_its_mapping_the_zone_and_the_declared_version_change_it_and_another_source_does_not(setup, monkeypatch):
    known = registry()
    base = source_fingerprints(setup, known)
    assert len(set(base.values())) == len(SOURCES)
    changed = replace(setup, sources=(replace(AIR, fingerprint="other"), *SOURCES[1:]))
    assert differing(base, source_fingerprints(changed, known)) == {AIR.id}
    assert differing(base, source_fingerprints(replace(setup, waivers=Path("w.toml"), fingerprint="x"), known)) == set()
    utc = replace(setup, district=District(reporting_zone="UTC"))
    assert differing(base, source_fingerprints(utc, known)) == set(base)
    monkeypatch.setattr(fingerprint, "CLEANING_VERSION", fingerprint.CLEANING_VERSION + 1)
    assert differing(base, source_fingerprints(setup, known)) == set(base)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda text: text.replace("甲", "another name"), set()),
        (lambda text: text.replace("A,air,甲,2020-01-01,", "A,air,甲,2021-01-01,"), {AIR.id}),
        (lambda text: text.replace("A,air,甲,2020-01-01,", "A,air,甲,2020-01-01,2026-01-01"), {AIR.id}),
        (lambda text: text + "B,air,丙,,\n", {AIR.id}),
        (lambda text: text + "N,noise,丁,,\n", set()),
        (lambda text: text.replace("W,water,乙,,\n", ""), {WATER.id}),
        # The later row wins, so the first says nothing any more; an empty first day is the first of all.
        (lambda text: text + "W,water,乙,0001-01-01,\n", set()),
    ],
)
def test_a_register_changes_only_what_may_meet_its_sites(setup, edit: Callable[[str], str], expected):
    base = source_fingerprints(setup, registry())
    file = setup.registers[0]
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    assert differing(base, source_fingerprints(setup, registry())) == expected


def test_a_source_that_accepts_every_site_follows_no_register(setup):
    accepts = replace(AIR, unknown_sites="accept")
    before = cleaning_fingerprint(accepts, registry(), setup)
    assert cleaning_fingerprint(accepts, registry(), replace(setup, registers=())) == before
    assert cleaning_fingerprint(AIR, registry(), replace(setup, registers=())) != cleaning_fingerprint(
        AIR, registry(), setup
    )


def test_only_workbooks_follow_the_version_of_their_reader(setup, monkeypatch):
    workbook = replace(AIR, id="workbook", format=Format(kind="xlsx"))
    setup = replace(setup, sources=(*SOURCES, workbook))
    before = source_fingerprints(setup, registry())
    monkeypatch.setattr(fingerprint, "version", lambda name: f"{name} of tomorrow")
    assert differing(before, source_fingerprints(setup, registry())) == {"workbook"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"long": None, "values": AIR.values}, {"pm2_5", "co"}),
        ({"long": LongMapping("item", "result")}, None),
        ({"long": LongMapping("item", "result", parameters={"NH3": "nh3n"})}, {"nh3n"}),
        ({"long": LongMapping("item", "result", parameters={"NH3": "nh3n"}, unmapped="null")}, {"nh3n"}),
        ({"long": LongMapping("item", "result", parameters={"NH3": "nh3n"}, unmapped="keep")}, None),
    ],
)
def test_a_mapping_names_the_parameters_or_leaves_them_to_the_registry(changes, expected):
    source: Source = replace(WATER, **changes)
    assert source.declared_parameters == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda k: with_parameter(k, "pm2_5", tests=SeriesTests(fail_max=Decimal(1))), {"clean_air"}),
        (lambda k: with_table(k, "clean_air", series_tests=False), {"clean_air"}),
        (lambda k: with_table(k, "clean_air", row_rules=(RowRule("pm2_5", "pm10"),)), {"clean_air"}),
        (lambda k: with_parameter(k, "dustfall", tests=SeriesTests()), {"clean_dustfall"}),
        (lambda k: with_parameter(k, "pm2_5", name_en="fine dust", aliases=("dust",)), set()),
        (lambda k: with_table(k, "clean_air", description="said otherwise"), set()),
        (lambda k: with_parameter(k, "nh3n", tests=SeriesTests()), set()),
    ],
)
def test_flags_of_a_table_follow_its_thresholds_and_row_rules(change, expected):
    before = flag_fingerprints(registry().feeds["air"], [AIR])
    assert differing(before, flag_fingerprints(change(registry()).feeds["air"], [AIR])) == expected


def test_fingerprints_import_nothing_heavy():
    code = (
        "import sys, sources.cleaning.fingerprint, sources.cleaning.flag_fingerprint, sources.cleaning.store; "
        "print([m for m in ('polars', 'pyarrow', 'pandas', 'duckdb', 'dagster', 'numpy') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    assert before.keys() == after.keys()
    return {source for source in before if before[source] != after[source]}
