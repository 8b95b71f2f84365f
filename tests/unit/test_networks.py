"""Declarations of networks: the delivered ones, a new one, and mistakes with their line and what to write instead."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sources.config import check_config, load_config
from sources.networks.network_feed import with_networks
from sources.networks.network_rows import rows_of
from sources.networks.read_declaration import read_declaration, shipped_declaration, shipped_names
from sources.registry import registry
from sources.registry.network_tables import NETWORK_TABLES
from tests.kit import ROOT

TEN_LINES = """name = "rain_wells"
name_zh = "雨水井水质"
name_en = "Rain wells"
medium = "surface_water"
owner = "区水务局"
cadence = "month"
site_kinds = ["well"]
[parameters]
cod = { name_zh = "化学需氧量", name_en = "COD", unit = "mg/L" }
"""
LIMIT = """[[limits]]
parameter = "cod"
operator = "<="
high = 40
unit = "mg/L"
standard = "own"
certainty = "high"
"""
CONFIG = """[sites]
files = ["sites.csv"]
[networks]
files = ["rain_wells.toml"]
[[source]]
id = "wells"
feed = "rain_wells"
path = "*.csv"
time = { columns = ["day"], formats = ["%Y-%m-%d"], marks = "instant" }
site = { column = "well" }
values = { COD = { parameter = "cod", unit = "ug/L" } }
"""


def test_the_network_of_readme_is_sound_and_is_the_one_that_the_pipeline_publishes(tmp_path):
    text = (ROOT / "tests" / "cases" / "rain_wells.toml").read_text(encoding="utf-8")
    assert f"```toml\n{text}```" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert mistakes(tmp_path, text) == ()


def declared(folder: Path, text: str) -> Path:
    file = folder / "rain_wells.toml"
    file.write_text(text, encoding="utf-8")
    return file


def rows(file: Path) -> dict[str, list[dict]]:
    read = read_declaration(file, registry())
    assert read.declaration is not None, read.problems
    return rows_of([read.declaration], with_networks(registry(), [read.declaration]), [])


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    return read_declaration(declared(folder, text), registry()).problems


@pytest.mark.parametrize("name", shipped_names())
def test_every_delivered_network_is_sound_and_its_rows_fit_the_tables(name):
    read = shipped_declaration(name)
    assert read.problems == ()
    assert read.declaration is not None and read.declaration.name == name
    found = rows_of([read.declaration], with_networks(registry(), [read.declaration]), [name])
    for table, of_table in found.items():
        columns, key = {c.name for c in NETWORK_TABLES[table].columns}, NETWORK_TABLES[table].key
        assert all(set(row) == columns for row in of_table), table
        keys = [tuple(row[n] for n in key) for row in of_table]
        assert len(keys) == len(set(keys)), table


def test_ten_lines_are_enough_for_means_of_months_and_years(tmp_path):
    found = rows(declared(tmp_path, TEN_LINES))
    assert [(f["figure_id"], f["statistic"], f["period_kind"], f["level"]) for f in found["network_figure"]] == [
        ("month_mean", "mean", "month", 1), ("year_mean", "mean", "year", 1),
    ]  # fmt: skip
    assert found["network"][0]["declared_by"] == "user"


def test_a_limit_is_in_the_unit_of_what_it_bounds(tmp_path):
    text = TEN_LINES + LIMIT.replace("high = 40", "high = 40500").replace('unit = "mg/L"', 'unit = "ug/L"')
    (limit,) = rows(declared(tmp_path, text))["network_limit"]
    assert limit["high"] == Decimal("40.5") and limit["high_closed"] and limit["low"] is None
    assert limit["limit_text"] == "≤ 40500 ug/L"
    assert (limit["effect"], limit["valid_from"]) == ("exceedance", date(1, 1, 1))


@pytest.mark.parametrize("certainty", ["medium", "low"])
def test_what_is_not_sure_gives_a_hint(tmp_path, certainty):
    (limit,) = rows(declared(tmp_path, TEN_LINES + LIMIT.replace('high"', f'{certainty}"')))["network_limit"]
    assert limit["effect"] == "hint"


def test_limits_may_be_a_csv_with_conditions_months_and_multiples(tmp_path):
    text = TEN_LINES.replace("[parameters]", 'limits_files = ["limits.csv"]\n[attributes.use]\nname_zh = "用途"\n'
                             'name_en = "use"\nvalues = ["paddy"]\n[parameters]\ndepth = { name_zh = "深", name_en = '
                             '"depth", unit = "cm" }')  # fmt: skip
    (tmp_path / "limits.csv").write_text(
        "parameter,operator,high,when,months,unit,standard,certainty\n"
        'cod,<=,20,"use=paddy; depth in (,25]",12 1,mg/L,s,high\ncod,<=,0.4*depth,,,mg/L,s,high\n',
        encoding="utf-8",
    )
    found = rows(declared(tmp_path, text))
    one, other = found["network_limit"]
    assert one["months"] == ",1,12,"
    assert (other["high_parameter"], other["high_factor"]) == ("depth", Decimal("0.4"))
    assert [(c["attribute"], c["attribute_value"], c["parameter"], c["high"]) for c in found["network_condition"]] == [
        ("use", "paddy", "", None), ("", "", "depth", Decimal(25)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (TEN_LINES.replace("cadence", "cadense"), 6, "did you mean 'cadence'?"),
        (TEN_LINES.replace('"month"', '"monthly"'), 6, "did you mean 'month'?"),
        (TEN_LINES.replace("mg/L", "mg/LL"), 9, "the unit 'mg/LL' is not known"),
        (TEN_LINES.replace('"rain_wells"', '"water"'), 1, "'water' is a feed"),
        (TEN_LINES + LIMIT.replace('unit = "mg/L"\n', ""), 10, "a limit needs its unit"),
        (TEN_LINES + LIMIT.replace("mg/L", "m3"), 14, "'m3' cannot become mg/L"),
        (TEN_LINES + LIMIT.replace("cod", "codd"), 11, "did you mean 'cod'?"),
        (TEN_LINES + LIMIT.replace("<=", ">="), 12, "'>=' goes with low"),
        (TEN_LINES + LIMIT.replace("high = 40", "high = 0.0000001"), 14, "more than 6 decimals"),
        (TEN_LINES + LIMIT + 'grade = "I"\n', 17, "add [scale]"),
        (
            TEN_LINES + '[[lists]]\nid = "l"\nname_zh = "榜"\nname_en = "l"\nparameter = "cod"\nfigure = "moth_mean"\n'
            'direction = "lowest_first"\ndecimals = 1\n',
            15,
            "did you mean 'month_mean'?",
        ),
        (
            TEN_LINES + '[[figures]]\nid = "a"\nparameter = "cod"\nstatistic = "mean"\nperiod = "day"\nof = "a"\n',
            15,
            "in a circle",
        ),
        (
            TEN_LINES
            + '[[figures]]\nid = "w"\nparameter = "cod"\nstatistic = "mean"\nperiod = "week"\n'
            + '[[figures]]\nid = "m"\nparameter = "cod"\nstatistic = "mean"\nperiod = "month"\nof = "w"\n',
            20,
            "'w' is by week, and a week may lie in two of the periods",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_write(tmp_path, text, line, said):
    found = mistakes(tmp_path, text)
    assert any(m.startswith(f"rain_wells.toml, line {line}: ") and said in m for m in found), found


# What no number can be, or none that is kept.
@pytest.mark.parametrize("number", ["nan", "inf", "1e40", "-1e13"])
@pytest.mark.parametrize(
    "line",
    [
        "[[limits]]\nparameter = 'cod'\noperator = '<='\nunit = 'mg/L'\nstandard = 's'\nhigh = {}\n",
        "[[figures]]\nid = 'a'\nparameter = 'cod'\nstatistic = 'days'\nperiod = 'month'\nargument = {}\n",
        "[[figures]]\nid = 'a'\nparameter = 'cod'\nstatistic = 'mean'\nperiod = 'day'\nmin_share = {}\n",
        "[parameters.ph]\nname_zh = 'pH'\nname_en = 'pH'\ntests = {{ fail_max = {} }}\n",
        "[parameters.ph]\nname_zh = 'pH'\nname_en = 'pH'\ntests = {{ fail_max = '{}' }}\n",
    ],
)
def test_a_number_that_cannot_be_kept_is_a_sentence(tmp_path, line, number):
    assert any("cannot be kept" in m for m in mistakes(tmp_path, TEN_LINES + line.format(number)))


def test_a_text_that_is_not_a_threshold_and_decimals_out_of_range_are_sentences(tmp_path):
    bad = "[parameters.ph]\nname_zh = 'pH'\nname_en = 'pH'\ndecimals = 9\ntests = { fail_max = 'high' }\n"
    said = mistakes(tmp_path, TEN_LINES + bad)
    assert [m.partition(": ")[2] for m in said] == [
        "parameters.ph.decimals: 9 is more than 6",
        "parameters.ph.tests.fail_max: a number is expected, text found (write a number)",
    ]


def test_what_has_too_many_decimals_is_refused_and_not_rounded(tmp_path):
    text = "[[figures]]\nid = 'a'\nparameter = 'cod'\nstatistic = 'sum'\nperiod = 'day'\nunit = 'mg/L'\n"
    text += "factor = 0.0000001\n"
    assert any("has more than 6 decimals" in m for m in mistakes(tmp_path, TEN_LINES + text))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("cod,<=,40,mg/L,s,,x y", "column months: 'x' is not a whole number (write 12 1 2)"),
        ("cod,<=,40,mg/L,s,31.1.2020,", "column valid_from: '31.1.2020' is not a date (write it as 2024-01-31)"),
        ("cod,<=,40,mg/L,s,,,more", "8 columns, the header has 7 (put a text that holds a comma in quotes)"),
    ],
)
def test_a_cell_of_a_csv_of_limits_says_what_to_write(tmp_path, row, said):
    header = "parameter,operator,high,unit,standard,valid_from,months\n"
    (tmp_path / "limits.csv").write_text(f"{header}{row}\n", encoding="utf-8")
    text = TEN_LINES.replace("[parameters]", 'limits_files = ["limits.csv"]\n[parameters]')
    assert mistakes(tmp_path, text) == (f"limits.csv, line 2: {said}",)


def test_a_csv_of_limits_names_row_and_column(tmp_path):
    (tmp_path / "limits.csv").write_text("parameter,operator,high,unit,standard\ncod,=<,x,mg/L,s\n", encoding="utf-8")
    text = TEN_LINES.replace("[parameters]", 'limits_files = ["limits.csv"]\n[parameters]')
    assert mistakes(tmp_path, text) == (
        "limits.csv, line 2: column high: 'x' is not a number (write 12.5, or 0.4*depth)",
    )


def test_a_configuration_uses_a_network_like_a_feed_and_says_what_is_wrong_with_it(tmp_path):
    declared(tmp_path, TEN_LINES)
    (tmp_path / "sites.csv").write_text("site_id,feed,kind,valid_from\nW1,rain_wells,well,2020-01-01\n")
    config = tmp_path / "ecoledger.toml"
    config.write_text(CONFIG, encoding="utf-8")
    assert check_config(config) == []
    loaded = load_config(config)
    assert loaded.sources[0].table == "network_rain_wells"
    assert "rain_wells" in loaded.registry(registry()).networks
    declared(tmp_path, TEN_LINES.replace("mg/L", "mgL"))
    (problem,) = [p for p in check_config(config) if p.key == "networks.files[1]"]
    assert (problem.line, "rain_wells.toml, line 9" in problem.message) == (4, True)


def test_another_limit_is_another_configuration(tmp_path):
    config = tmp_path / "ecoledger.toml"
    config.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "sites.csv").write_text("site_id,feed,kind,valid_from\nW1,rain_wells,well,2020-01-01\n")
    declared(tmp_path, TEN_LINES + LIMIT)
    before = load_config(config).fingerprint
    declared(tmp_path, TEN_LINES + LIMIT.replace("40", "41"))
    assert load_config(config).fingerprint != before


def test_facts_of_sites_are_judged_cell_by_cell(tmp_path):
    declared(tmp_path, TEN_LINES.replace("[parameters]", '[attributes.area]\nname_zh = "面积"\nname_en = "area"\n'
                                         'unit = "m2"\n[parameters]'))  # fmt: skip
    (tmp_path / "sites.csv").write_text("site_id,feed,kind,valid_from\nW1,rain_wells,well,2020-01-01\n")
    (tmp_path / "facts.csv").write_text("network_id,site_id,attribute,value\nrain_wells,W1,area,12x\n")
    (tmp_path / "permits.csv").write_text(
        "network_id,site_id,parameter,operator,value,unit,month_from,month_to\nrain_wells,W1,cod,<=,3,mg/L,13,2\n"
    )
    text = CONFIG.replace("[[source]]", 'attributes = ["facts.csv"]\nsite_limits = ["permits.csv"]\n[[source]]')
    (tmp_path / "ecoledger.toml").write_text(text, encoding="utf-8")
    said = [p.message for p in check_config(tmp_path / "ecoledger.toml")]
    assert said == [
        "facts.csv, line 2, column value: '12x' is not a decimal",
        "permits.csv, line 2, column month_from: 13 is not a month",
    ]
