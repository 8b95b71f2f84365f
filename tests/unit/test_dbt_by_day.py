"""What models declare about days (dbt_project/macros/by_day.sql) is what their SQL does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sources.registry import registry

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = {file.stem: file for file in sorted((PROJECT / "models").rglob("*.sql"))}
CONFIG = re.compile(r"\{\{ config\(meta=\{'by_day': (?P<declared>.*?)\}\) \}\}", re.DOTALL)
SET = re.compile(r"\{%- set days_back = (\d+) %\}")
# Days of a deadline that may lie on the day after the next, and the hour it falls on.
SLACK_HOURS = 48


def declared(name: str) -> dict | None:
    text = MODELS[name].read_text(encoding="utf-8")
    found = CONFIG.search(text)
    if not found:
        return None
    given = found["declared"]
    for number in SET.findall(text):
        given = given.replace("days_back", number)
    return ast.literal_eval(given)


def is_view(name: str) -> bool:
    """Whether a model is a view, which is not built and passes the days of its one parent on."""
    described = MODELS[name].with_suffix(".yml").read_text(encoding="utf-8")
    return name.startswith("stg_") or "materialized: view" in described


BY_DAY = {name: found for name in MODELS if (found := declared(name)) is not None}
TABLES = sorted(name for name in BY_DAY if not is_view(name))
VIEWS = sorted(set(BY_DAY) - set(TABLES))


def text_of(name: str) -> str:
    return MODELS[name].read_text(encoding="utf-8")


def test_every_layer_of_reading_hour_and_day_is_built_by_day():
    assert {"int_air_hour", "mart_air_station_hourly", "int_noise_slot", "int_water_moment_item"} <= set(TABLES)
    every = {name for name in MODELS if "'by_day'" in MODELS[name].read_text(encoding="utf-8")}
    assert every == set(BY_DAY), "a declaration that this test cannot read"


@pytest.mark.parametrize("name", TABLES)
def test_what_is_read_by_day_is_what_is_declared(name):
    text = text_of(name)
    by_day = set(re.findall(r"days_of\(ref\('(\w+)'\)(?:, '\w+')?\)", text))
    assert by_day == set(BY_DAY[name]["reads"])
    for parent in by_day:
        whole = re.findall(rf"(?<!days_of\()ref\('{parent}'\)", text)
        assert not whole, f"{name} reads {parent} by day and whole"


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_reads_one_parent_whole_and_does_not_depend_on_the_moment(name):
    text = text_of(name)
    ((parent, reach),) = BY_DAY[name]["reads"].items()
    assert reach == [0, 0]
    assert re.search(rf"(ref|source)\((?:'clean', )?'{parent}'\)", text)
    assert "days_of(" not in text and "as_of()" not in text and "still_arriving(" not in text


@pytest.mark.parametrize("name", TABLES)
def test_whoever_is_read_by_day_knows_its_days(name):
    assert set(BY_DAY[name]["reads"]) <= set(BY_DAY)


@pytest.mark.parametrize("name", TABLES)
def test_days_stay_open_until_the_latest_delivery_that_is_allowed(name):
    if not BY_DAY[name]["reads"]:
        return
    uses_moment = "as_of()" in text_of(name) or "still_arriving(" in text_of(name)
    open_hours = 24 * BY_DAY[name].get("open_days", 0)
    if not uses_moment:
        assert open_hours == 0
        return
    feed = registry().feeds[MODELS[name].parent.name]
    assert open_hours >= feed.lateness_allowed_hours + SLACK_HOURS
