"""The very fingerprints of a fixed configuration under a fixed registry.

Here belong literal values: a data directory holds them, so that other bytes for what did not change would clean and
flag everything again. Not here: what a fingerprint follows (test_cleaning_fingerprint.py).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from sources.cleaning import fingerprint, flag_fingerprint
from sources.cleaning.fingerprint import source_fingerprints
from sources.cleaning.flag_fingerprint import flag_fingerprints
from sources.config import load_config
from sources.registry.clean_columns import Column
from sources.registry.feed_model import CleanTable, Feed, Parameter, Registry, RowRule, SeriesTests, Unit

TEXT = """
[district]
reporting_zone = "Europe/Dublin"
start = 2020-01-01
[sites]
files = "sites.csv"
[standards]
air_edition = "2012"
[standards.rules]
noise_hour_min_minutes = 40
[[source]]
id = "wide"
feed = "water"
path = "in/*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"
invalid_status = "维护"
cadence_min = 240
licence = "…"
[source.format]
encoding = "gbk"
missing = ["--"]
header_row = 2
[source.time]
columns = ["day", "hour"]
formats = "%Y-%m-%d %H"
marks = "end"
[source.site]
column = "section"
values = { "农展馆" = "nongzhanguan" }
[source.status]
column = "mark"
[source.columns]
method = { constant = "automatic" }
[source.values]
"NH3-N(mg/L)" = { parameter = "nh3n", unit = "mg/L", factor = 0.5, missing = ["-9"], limit_column = "MDL" }
[source.thresholds.nh3n]
unit = "mg/L"
suspect_max = 30
spike_suspect = 0.1
gap_periods = 5
[[source]]
id = "long"
feed = "water"
path = "samples.xlsx"
provenance = "reported"
filters = [{ column = "kind", op = "not_in", values = ["draft"] }]
format = { kind = "json", records = "data.list" }
time = { columns = ["year"], formats = ["%Y"], duration = "year", zone = "UTC" }
site = { constant = "S1" }
columns = { method = { constant = "manual" } }
[source.long]
parameter_column = "item"
value_column = "value"
unit_column = "unit"
units = { "MCF" = { unit = "mg/L", factor = 2 }, "" = "mg/L" }
censor = { column = "c", values = ["ND"] }
"""
SITES = "site_id,feed,valid_from\nS1,water,2020-01-01\n"
TESTS = SeriesTests(fail_min=Decimal(0), fail_max=Decimal(40), gap_periods=3)
FEED = Feed(
    "water", "水", "Water", "water", Decimal(4), 24, "Asia/Shanghai", "owner", "team", "licence",
    {"clean_water": CleanTable("clean_water", "water", "day", "Readings",
                               (Column("method", "string", "How", key=True, allowed=("automatic", "manual")),),
                               series_tests=True, row_rules=(RowRule("nh3n", "cod"),))},
    {"nh3n": Parameter("nh3n", "氨氮", "Ammonia", "mg/L", "clean_water", "w21003", ("NH3",), TESTS)},
    {}, ("D",), {},
)  # fmt: skip
KNOWN = Registry({"water": FEED}, {"mg/L": Unit("mg/L", "mass", Decimal(1), aliases=("毫克每升",))}, "declared")

CONFIG = "3afe879d4ff8638aad7b38fe485b6d191193a3f7631c6c4953969e1795c5ae3f"
MAPPINGS = {
    "wide": "83de6748c3e41edfcc2f26bbd0902a41653c8d47b74689272f9cee52357fd652",
    "long": "f97a7c0814114891b2f685e78ac08df40b957079d074515b0bef7f3be3507fca",
}
CLEANING = {
    "wide": "67384c27656f3b79e468cbd110d4dc07fbe0905fe03701b9113eeb15c03133d7",
    "long": "031e663646dabf2c409dc85e0712e765b08722bbcc3a9140a5468c93f5620205",
}
FLAGS, OWN_FLAGS = (
    "57f08db178847fb1af315aa2a421df0fb6eb50cc1cc50f27a7c022694b655b91",
    "644bc26d7f79ec69d50b40f7e5ec96e71b5fb6dfffd2c4d822e468549c5bbcec",
)


def test_an_unchanged_configuration_has_the_fingerprints_it_had(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(fingerprint, "CLEANING_VERSION", 1)
    monkeypatch.setattr(flag_fingerprint, "FLAGS_VERSION", 1)
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    (tmp_path / "ecoledger.toml").write_text(TEXT, encoding="utf-8")
    config = load_config(tmp_path / "ecoledger.toml")
    assert config.fingerprint == CONFIG
    assert {s.id: s.fingerprint for s in config.sources} == MAPPINGS
    assert source_fingerprints(config, KNOWN) == CLEANING
    flags = flag_fingerprints(FEED, config.sources)["clean_water"]
    assert (flags.declared, dict(flags.own)) == (FLAGS, {"wide": OWN_FLAGS})
