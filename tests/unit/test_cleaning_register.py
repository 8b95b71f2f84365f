"""The site register from files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sources.cleaning.register import EVER, load_register
from sources.cleaning.schema import register_schema
from sources.config.model import ConfigError
from tests.unit.cleaning_kit import air_source, config

HEAD = "site_id,feed,name_zh,assessed,lon,valid_from,valid_to\n"


def with_registers(tmp_path: Path, *texts: str):
    files = []
    for i, text in enumerate(texts):
        files.append(tmp_path / f"sites{i}.csv")
        files[-1].write_text(text, encoding="utf-8")
    return replace(config(air_source()), registers=tuple(files))


def test_a_register_has_every_declared_column_and_typed_values(tmp_path):
    found = load_register(
        with_registers(tmp_path, HEAD + "A,air,甲,是,116.4,2020-01-01,\nB,water,,false,,,2024-12-31\n")
    )
    assert found.schema == register_schema()
    assert found.select("site_id", "name_zh", "assessed", "lon", "valid_from", "valid_to").rows() == [
        ("A", "甲", True, Decimal("116.4"), date(2020, 1, 1), None),
        ("B", None, False, None, EVER, date(2024, 12, 31)),
    ]


def test_later_files_win_per_site_feed_and_day(tmp_path):
    first = HEAD + "A,air,old,,,2020-01-01,\nA,air,older,,,2019-01-01,2019-12-31\n"
    found = load_register(with_registers(tmp_path, first, HEAD + "A,air,new,,,2020-01-01,\n"))
    assert found["name_zh"].to_list() == ["older", "new"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "A,air,,maybe,,,\n", ("sites0.csv, line 2", "assessed", "maybe")),
        (HEAD + "A,air,,,,01/02/2020,\n", ("line 2", "valid_from", "2024-01-31")),
        (HEAD + "A,aria,,,,,\n", ("aria", "air")),
        ("site,feed,valid_from\n", ("site", "site_id")),
    ],
)
def test_mistakes_name_file_line_and_what_to_write(tmp_path, text, words):
    with pytest.raises(ConfigError) as error:
        load_register(with_registers(tmp_path, text))
    for word in words:
        assert word in str(error.value)


def test_empty_cells_too_many_or_left_out_at_the_end_cost_no_entry(tmp_path):
    text = HEAD + 'A,air,甲,,,2020-01-01,,\nB,air,乙,,,2020-01-01\n,,,\n"C",air,"丙,丁",,,2020-01-01,,,,\n'
    assert load_register(with_registers(tmp_path, text))["name_zh"].to_list() == ["甲", "乙", "丙,丁"]


@pytest.mark.parametrize("row", ["A,air,甲,,,2020-01-01,,x", "A,air,甲"])
def test_a_register_row_of_another_width_is_a_mistake(tmp_path, row):
    with pytest.raises(ConfigError, match=r"sites0\.csv, line 2: \d columns where the header has 7"):
        load_register(with_registers(tmp_path, HEAD + row + "\n"))


def test_a_register_that_is_gone_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.csv"):
        load_register(replace(config(air_source()), registers=(tmp_path / "nowhere.csv",)))


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([], "observed"),
        (["observed"], "observed"),
        (["reported"], "reported"),
        (["observed", "reported"], "reported"),
        (["observed", "simulated"], "observed"),
        (["simulated"], "simulated"),
    ],
)
def test_a_site_without_provenance_has_that_of_its_feeds_sources(tmp_path, sources, expected):
    given = tuple(air_source(id=f"s{i}", provenance=p) for i, p in enumerate(sources))
    without = replace(with_registers(tmp_path, HEAD + "A,air,,,,,\nW,water,,,,,\n"), sources=given)
    assert load_register(without).select("site_id", "provenance").rows() == [("A", expected), ("W", "observed")]
    said = HEAD.replace("valid_to", "valid_to,provenance") + "A,air,,,,,,simulated\nB,air,,,,,,\n"
    some = replace(with_registers(tmp_path, said), sources=given)
    assert load_register(some)["provenance"].to_list() == ["simulated", expected]
