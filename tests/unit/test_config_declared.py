"""What is checked of [standards] and [declared]: each mistake with its line, file, row and column, and what to do.

Here belong mistakes and the values of sound files. Not here: the other tables of a configuration
(test_config_check.py) or what the rows do to figures (tests/conformance/test_declared.py).
"""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sources.config import ConfigError, check_config, load_config, shipped
from sources.config.declared import load_declared, read_declared
from sources.config.standards import rule_mistake
from sources.registry.declared_tables import DECLARED_TABLES

SOURCE = """
[[source]]
id = "s"
feed = "returns"
path = "in/*.csv"
[source.time]
columns = ["year"]
formats = ["%Y"]
duration = "year"
[source.site]
constant = "110105"
[source.values]
"voc" = { parameter = "voc_reduction", unit = "t" }
"""
TARGETS = """indicator_id,target_operator,target_value,document_no,document_date,entered_by
voc_reduction,>=,120.5,京环发〔2021〕1号,2021-03-01,张三
energy_total,<=,900,京发改〔2021〕2号,2021-04-01,
"""
SCOPES = """indicator_id,baseline_year,is_declared,scope_zh,factors_zh,document_no,document_date
carbon_emission_total,2019,是,全社会能源活动,省级清单指南,朝统〔2021〕3号,2021-05-01
"""
EQUAL = """data_year,kgce_per_kwh,document,document_date
2023,0.3018,"电力年报, 表2",2024-06-01
"""
OWN = """carrier,unit,valid_from,valid_to,kgce_per_standard_unit,ncv_gj_per_basis,carbon_tc_per_tj,oxidation,document,document_date
natural_gas,m3,2023-01-01,2023-12-31,1.3,389.31,,,气质检测报告,2024-01-10
natural_gas,m3,2024-01-01,,,,15.3,0.99,气质检测报告,2025-01-10
"""  # noqa: E501
VERIFIED = """list_id,period_kind,period_start,document_no,verified_on,verified_by
air_pm2_5_national_automatic,month,2025-05-01,朝环〔2025〕9号,2025-06-10,李四
air_pm2_5_national_automatic,week,2025-05-05,朝环〔2025〕9号,2025-06-10,李四
"""
SOUND = {
    "municipal_targets": TARGETS,
    "plan_baseline_scopes": SCOPES,
    "energy_equal_value": EQUAL,
    "energy_own_factors": OWN,
    "ranking_verifications": VERIFIED,
}


def configuration(folder: Path, top: str) -> Path:
    file = folder / "ecoledger.toml"
    file.write_text(top + SOURCE, encoding="utf-8")
    return file


def enter(folder: Path, table: str, text: str | bytes) -> Path:
    """A configuration that names one declared file with this text; line 2 of it."""
    (folder / "rows.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return configuration(folder, f'[declared]\n{table} = "rows.csv"\n')


# --- [standards]


def test_standards_are_loaded_as_exact_decimals(tmp_path: Path) -> None:
    top = '[standards]\nair_edition = "2012"\ngrid_region = "national"\ngrid_series = "fossil_power"\n'
    top += "[standards.rules]\nnoise_hour_min_minutes = 40\nwater_nondetect_factor = 0.1\nair_day_min_hours = 18\n"
    standards = load_config(configuration(tmp_path, top)).standards
    assert dataclasses.astuple(standards)[:3] == ("2012", "national", "fossil_power")
    assert standards.rules["water_nondetect_factor"] == Decimal("0.1")
    assert standards.rules == {
        "noise_hour_min_minutes": Decimal(40),
        "water_nondetect_factor": Decimal("0.1"),
        "air_day_min_hours": Decimal(18),
    }


STANDARDS = [
    # the text (its key is the mistake's), words of message and suggestion
    ('air_edition = "2013"', "no edition '2013' did you mean '2012' leave it out"),
    ("air_edition = 2012", "a text is expected, a number found"),
    ('air_edtion = "2012"', "did you mean 'air_edition'"),
    ('grid_region = "bejing"', "no grid factor of region 'bejing' did you mean 'beijing'"),
    ('grid_series = "mean"', "no grid factor of series 'mean' use one of 'average'"),
    ('grid_series = "fossil_power"', "'beijing' has no grid factors set grid_region 'national'"),
    ("rules = 3", "a table is expected"),
    ("rules.noise_hour_min_minute = 40", "did you mean 'noise_hour_min_minutes'"),
    ("rules.zzz = 40", "there is no rule 'zzz' mart_rules_in_force"),
    ('rules.noise_max_wind = "5"', "a number is expected without quotes"),
    ("rules.water_realtime_rounded = true", "a number is expected 1 for yes"),
    ("rules.water_realtime_rounded = 2", "2 is more than 1"),
    ("rules.noise_max_wind = -1", "-1 is negative in m/s; as delivered it is 5"),
    ("rules.noise_max_wind = inf", "not a number that a rule can have"),
    ("rules.noise_max_wind = nan", "not a number that a rule can have"),
    ("rules.noise_max_wind = 1e13", "not a number that a rule can have"),
    ("rules.noise_max_wind = 0.1234567", "more than 6 decimals 0.123457"),
    ("rules.air_area_min_station_share = 75", "75 is more than 1 in share"),
    ("rules.noise_level_decimals = 1.5", "1.5 is not a whole number"),
    ("rules.air_statistic_decimals = 7", "more than 6 as delivered it is 0, 1"),
    ("rules.usable_flag = 1", "a set of values (1, 2, 3) leave it out"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), STANDARDS, ids=[c[0] for c in STANDARDS])
def test_a_mistake_under_standards_is_named(tmp_path: Path, text: str, words: str) -> None:
    found = check_config(configuration(tmp_path, f"[standards]\n{text}\n"))
    assert [(p.line, p.key) for p in found] == [(2, f"standards.{text.split(' = ')[0]}")], [str(p) for p in found]
    in_order(f"{found[0].message} {found[0].suggestion}", words)


def in_order(said: str, words: str) -> None:
    at = -1
    for word in words.split():
        at = said.find(word, at + 1)
        assert at >= 0, f"{word!r} not in {said!r}"


def test_every_delivered_value_could_be_entered_itself() -> None:
    """The limits of a unit refuse no value that EcoLedger itself delivers."""
    for rule_id, rows in shipped.rules().items():
        for value in shipped.values_of(rows) or ("0.5",):
            message, _ = rule_mistake(rule_id, Decimal(value))
            assert not message or "a set of values" in message, (rule_id, message)


def test_a_rule_whose_value_was_not_found_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"rule_id": "k", "value": "", "unit": "share", "valid_from": "1980-01-01"}
    monkeypatch.setattr(shipped, "rules", lambda: {"k": (row,)})
    assert rule_mistake("k", Decimal("0.5")) == ("", "")
    assert rule_mistake("k", 2) == ("2 is more than 1", "in share; as delivered it is not set")


# --- [declared]


@pytest.mark.parametrize("table", SOUND)
def test_a_sound_file_becomes_typed_rows(tmp_path: Path, table: str) -> None:
    config = load_config(enter(tmp_path, table, SOUND[table]))
    read = load_declared(config, DECLARED_TABLES[table])
    assert (read.name, read.mistakes) == ("rows.csv", ())
    assert len(read.rows) == SOUND[table].count("\n") - 1
    for row in read.rows:
        assert list(row) == [c.name for c in DECLARED_TABLES[table].columns]


def test_rows_are_exact_and_sorted_by_key(tmp_path: Path) -> None:
    config = load_config(enter(tmp_path, "municipal_targets", "\ufeff" + TARGETS))
    first, second = load_declared(config, DECLARED_TABLES["municipal_targets"]).rows
    assert first["indicator_id"] == "energy_total" and first["entered_by"] is None
    assert (second["target_value"], second["document_date"]) == (Decimal("120.5"), date(2021, 3, 1))


def test_a_table_without_a_file_has_no_rows(tmp_path: Path) -> None:
    config = load_config(configuration(tmp_path, ""))
    assert load_declared(config, DECLARED_TABLES["municipal_targets"]).rows == ()


@pytest.mark.parametrize(
    ("indicator_id", "operator", "words"),
    [
        # 三、总体目标: 碳排放总量和单位地区生产总值二氧化碳排放降幅达到市级要求;
        # PM2.5年均浓度和优良天数比例达到市级要求.
        ("carbon_emission_total", "<=", "碳排放总量"),
        ("pm25_annual_mean", "<=", "35左右（达到市级要求）"),
        ("good_air_days_ratio", ">=", "优良天数比例达到市级要求"),
        # 土壤环境约束性和预期性指标满足国家和市级要求.
        ("safe_polluted_farmland", ">=", "土壤环境约束性和预期性指标满足国家和市级要求"),
    ],
)
def test_a_target_may_be_entered_wherever_the_plans_words_leave_it_to_the_municipality(
    tmp_path: Path, indicator_id: str, operator: str, words: str
) -> None:
    file = enter(tmp_path, "municipal_targets", HEAD + f"{indicator_id},{operator},30,京环发〔2021〕1号,2021-03-01,\n")
    assert check_config(file) == []
    assert words in shipped.judgements()[indicator_id]["municipal_text_zh"]


def test_every_target_without_a_number_is_left_to_the_municipality() -> None:
    plan = {**shipped.indicators(), **shipped.commitments()}
    open_ones = {i for i, row in plan.items() if row["target_operator"] == "municipal"}
    left = {i for i, row in shipped.judgements().items() if row["municipal_text_zh"]}
    assert open_ones < left
    assert left - open_ones == {
        "carbon_emission_total", "pm25_annual_mean", "good_air_days_ratio", "heavy_pollution_days_ratio",
        "safe_polluted_farmland", "safe_contaminated_plots",
    }  # fmt: skip


HEAD = TARGETS.splitlines()[0] + "\n"
ROW = TARGETS.splitlines()[1]
FILES = [
    ("", "rows.csv is empty its header is indicator_id,target_operator"),
    (b"PK\x03\x04\xff", "line 1: not UTF-8 text save the declared table as UTF-8"),
    (HEAD.replace("target_value", "target_vale"), "'target_vale' is not a municipal_targets column"),
    ("indicator_id,target_operator,target_value,document_no\n", "column 'document_date' is missing"),
    (HEAD.replace("entered_by", "document_no"), "column 'document_no' occurs twice"),
    (HEAD + "voc_reduction,>=,1", "line 2: 3 columns where the header has 6 quotes"),
    (HEAD + ROW + "\n\n" + ROW, "line 4: voc_reduction, 2021-03-01 is in line 2 already leave one row"),
    (HEAD + '"' + "a" * 200_000 + '"', "is not a CSV file"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), FILES, ids=[c[1][:60] for c in FILES])
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, text: str | bytes, words: str) -> None:
    found = check_config(enter(tmp_path, "municipal_targets", text))
    assert {(p.line, p.key) for p in found} == {(2, "declared.municipal_targets")}
    assert found[0].message.startswith("rows.csv")
    in_order(f"{found[0].message} {found[0].suggestion}", words)


CELLS = [
    # what is replaced in the one row, by what, words of message and suggestion
    ("voc_reduction", "voc_reducton", "indicator_id: 'voc_reducton' did you mean 'voc_reduction'"),
    ("voc_reduction", "xyz", "indicator_id: the plan has no 'xyz' list them"),
    ("voc_reduction", "", "indicator_id: it is empty enter it"),
    (">=", "=>", "target_operator: '=>' is not known use one of '<=', '>='"),
    (">=", "decline", "target_operator: 'decline' is not known use one of '<='"),
    ("120.5", "120,5", "7 columns where the header has 6"),
    ("120.5", "1e2", "target_value: '1e2' is not a decimal write it as 12.5"),
    ("120.5", "NaN", "target_value: 'NaN' is not a decimal"),
    ("120.5", "１２０", "target_value: '１２０' is not a decimal"),
    ("120.5", "0.1234567", "target_value: '0.1234567' is not a decimal"),
    ("120.5", "", "target_value: it is empty enter it: target in the unit"),
    ("京环发〔2021〕1号", "", "document_no: it is empty enter it: number of the document"),
    ("2021-03-01", "", "document_date: it is empty enter it: date of the document"),
    ("2021-03-01", "2021/3/1", "document_date: '2021/3/1' is not a date write it as 2024-01-31"),
    ("2021-03-01", "2021-02-30", "document_date: '2021-02-30' is not a date"),
    ("2021-03-01", "2021-W05-1", "document_date: '2021-W05-1' is not a date"),
    ("2021-03-01", "0021-03-01", "document_date: 0021-03-01 cannot be a year from 1980"),
    ("张三", "=cmd|' /C calc'!A0", "entered_by: '=cmd begins like a formula begin with something else"),
    ("张三", "@SUM(A1)", "entered_by: '@SUM(A1)' begins like a formula"),
    ("张三", "张" * 301, "entered_by: the text has 301 characters write at most 300"),
    ("张三", "张\u202e三", "entered_by: the text holds a character that cannot be seen (U+202E)"),
    ("张三", '"张\n三"', "entered_by: the text holds a character that cannot be seen (U+000A)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), CELLS, ids=[c[2][:60] for c in CELLS])
def test_a_mistake_in_a_cell_is_named_with_its_row_and_column(tmp_path: Path, old: str, new: str, words: str) -> None:
    found = check_config(enter(tmp_path, "municipal_targets", HEAD + ROW.replace(old, new)))
    assert [(p.line, p.key) for p in found] == [(2, "declared.municipal_targets")]
    said = f"{found[0].message} {found[0].suggestion}"
    in_order(said, f"rows.csv, line 2 {words}")


OTHERS = [
    # The plan's text sets 99.7 % itself; of what it leaves to the municipality the list names each.
    ("municipal_targets", "voc_reduction", "sewage_treatment_rate",
     "indicator_id: the plan itself sets the target of sewage_treatment_rate: 99.7 leave the row out"),
    ("municipal_targets", "voc_reduction", "dustfall",
     "indicator_id: the plan itself sets 控制在5吨 leave the row out carbon_emission_total"),
    ("municipal_targets", "voc_reduction,>=", "voc_reduction,<=",
     "target_operator: '<=' asks for the worse higher is better write '>=' or '>'"),
    ("municipal_targets", "voc_reduction,>=", "good_air_days_ratio,>=", "target_value: 120.5 cannot be from 0 to 100"),
    ("energy_own_factors", "natural_gas", "natural_gaz", "carrier: no carrier 'natural_gaz' did you mean"),
    ("energy_own_factors", "m3", "t", "unit: natural_gas is not counted in 't' write 'm3'"),
    ("energy_own_factors", "2023-12-31", "2022-12-31", "valid_to: 2022-12-31 is before valid_from leave it empty"),
    ("energy_own_factors", "15.3,0.99", ",", "kgce_per_standard_unit: no coefficient is given enter one of"),
    ("energy_own_factors", "0.99", "99", "oxidation: 99 cannot be a share"),
    ("energy_own_factors", "1.3,", "-1.3,", "kgce_per_standard_unit: -1.3 cannot be above 0"),
    ("plan_baseline_scopes", "2019", "2020", "baseline_year: the plan's baseline is not of 2020 it is of 2019"),
    ("plan_baseline_scopes", "是", "maybe", "is_declared: 'maybe' is not a true or false write true"),
    ("plan_baseline_scopes", "2019", "19.0", "baseline_year: '19.0' is not a whole number"),
    ("plan_baseline_scopes", "carbon_emission_total", "energy_total", "indicator_id: the plan has no"),
    ("energy_equal_value", "0.3018", "301.8", "kgce_per_kwh: 301.8 kgce/kWh cannot be in kg"),
    ("energy_equal_value", "0.3018", "-0.3", "kgce_per_kwh: -0.3 kgce/kWh cannot be"),
    ("energy_equal_value", "2023", "20233", "data_year: 20233 cannot be a year from 1980 to 2100"),
    ("energy_equal_value", '"电力年报, 表2"', "", "document: it is empty"),
    ("ranking_verifications", "2025-05-01", "2025-05-02", "period_start: no month begins on 2025-05-02 first day"),
    ("ranking_verifications", "2025-05-05", "2025-05-06", "period_start: no week begins on 2025-05-06 Monday"),
    ("ranking_verifications", "month", "quarter", "period_start: no quarter begins on 2025-05-01"),
    ("ranking_verifications", "month", "mnth", "period_kind: 'mnth' is not known did you mean 'month'"),
    ("ranking_verifications", "2025-06-10", "2025-04-10", "verified_on: 2025-04-10 is before the period"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "old", "new", "words"), OTHERS, ids=[c[3][:50] for c in OTHERS])
def test_rows_that_do_not_go_together_are_named(tmp_path: Path, table: str, old: str, new: str, words: str) -> None:
    found = check_config(enter(tmp_path, table, SOUND[table].replace(old, new)))
    assert {(p.line, p.key) for p in found} == {(2, f"declared.{table}")}
    in_order(f"{found[0].message} {found[0].suggestion}", f"rows.csv, line column {words}")


@pytest.mark.parametrize("end", ["", "2024-01-01"])
def test_spans_of_one_carrier_share_no_day(tmp_path: Path, end: str) -> None:
    (found,) = check_config(enter(tmp_path, "energy_own_factors", OWN.replace("2023-12-31", end)))
    said = f"{found.message} {found.suggestion}"
    in_order(said, "rows.csv, column valid_to: natural_gas, m3 from 2023-01-01 still holds on 2024-01-01 end it")


def test_a_declared_file_must_be_there_and_its_table_known(tmp_path: Path) -> None:
    (tmp_path / "target.csv").write_text(TARGETS, encoding="utf-8")
    file = configuration(tmp_path, '[declared]\nmunicipal_targets = "targets.csv"\nmunicipal_target = "target.csv"\n')
    missing, unknown = check_config(file)
    in_order(str(missing), "line 2: declared.municipal_targets: there is no file did you mean 'target.csv'?")
    in_order(str(unknown), "line 3: declared.municipal_target: not a key here did you mean 'municipal_targets'?")
    file = configuration(tmp_path, '[declared]\nmunicipal_targets = ["target.csv"]\n')
    in_order(str(check_config(file)[0]), "a text is expected, a list found")


def test_at_most_a_few_mistakes_of_a_file_are_listed(tmp_path: Path) -> None:
    text = HEAD + "\n".join([ROW.replace("voc_reduction", f"x{n}") for n in range(50)])
    assert 5 <= len(check_config(enter(tmp_path, "municipal_targets", text))) <= 10


def test_a_far_too_large_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    with file.open("wb") as stream:
        stream.truncate((16 << 20) + 1)
    ((message, hint),) = read_declared(DECLARED_TABLES["municipal_targets"], file).mistakes
    in_order(f"{message} {hint}", "rows.csv has 16777217 bytes at most")


def test_the_bytes_of_a_declared_file_count_as_configuration(tmp_path: Path) -> None:
    file = enter(tmp_path, "municipal_targets", TARGETS)
    before = load_config(file)
    (tmp_path / "rows.csv").write_text(TARGETS.replace("120.5", "121"), encoding="utf-8")
    after = load_config(file)
    assert before.fingerprint != after.fingerprint
    # Readings are cleaned as before: no delivery has to be read again.
    assert [s.fingerprint for s in before.sources] == [s.fingerprint for s in after.sources]
    assert before.declared == {"municipal_targets": tmp_path / "rows.csv"}


def test_a_file_that_was_spoilt_after_loading_stops_the_refresh_with_its_line(tmp_path: Path) -> None:
    config = load_config(enter(tmp_path, "municipal_targets", TARGETS))
    (tmp_path / "rows.csv").write_text(TARGETS.replace(">=", "≥"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"rows.csv, line 2, column target_operator: '≥' is not known"):
        load_declared(config, DECLARED_TABLES["municipal_targets"])
