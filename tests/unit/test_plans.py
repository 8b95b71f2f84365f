"""A plan as a folder of CSVs: what a sound one becomes, and each mistake with file, line, column and what to write.

Here belongs the folder. Not here: how its promises are judged (tests/conformance/test_plans.py) or the delivered plan
(tests/conformance/test_seeds.py).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest

from sources.cleaning.fingerprint import cleaning_fingerprint
from sources.cleaning.plan_refs import mistaken
from sources.config import check_config, load_config, shipped
from sources.networks.network_feed import with_networks
from sources.networks.read_declaration import shipped_declaration
from sources.plans.folder import FILES
from sources.plans.formula import FormulaError
from sources.plans.operands import sources_of
from sources.plans.plan_rows import references_of, rows_of
from sources.plans.read_plan import Plan, read_plan
from sources.registers.read_register import shipped_register
from sources.registry import registry
from sources.registry.plan_tables import PLAN_TABLES
from tests.unit.test_config_declared import configuration

SOUND = {
    "plan": "plan_id,name_zh,first_year,last_year,area_code\nfengtai_2025,丰台区规划,2021,2025,110106\n",
    "returns_items": "item,name_zh,unit,area_value\npesticide,农药用量,t,sum\narable_land,耕地面积,mu,\n",
    "formulas": (
        "indicator_id,name_zh,unit,decimals,formula\n"
        'pesticide_per_mu,亩均农药用量,kg/mu,2,"ratio(item(pesticide), item(arable_land))"\n'
    ),
    "indicators": (
        "indicator_id,name_zh,unit,baseline_year,baseline_value,target_operator,target_value\n"
        "pesticide_per_mu,亩均农药用量,kg/mu,2020,0.3,decline,\n"
        "forest_cover_rate,森林覆盖率,%,2020,24,>=,25\n"
        "pm10_annual_mean,PM10年均浓度,ug/m3,,,standard,\n"
        "energy_total,能源消费总量,10kt tce,2020,600,decline,\n"
    ),
    "commitments": (
        "commitment_id,chapter,name_zh,unit,target_operator,target_value\n"
        "dustfall,三,降尘量,t/(km2.30d),<=,6\n"
        "bicycle_lanes,四,自行车道,km,>=,50\n"
        "old_wells,五,废弃机井处置,,meets,\n"
    ),
    "judgements": (
        "promise_id,judged_variant,is_judged_each_year,limit_pollutant,limit_averaging,limit_grade,limit_standard\n"
        "pm10_annual_mean,,true,pm10,annual,2,GB 3095-2012\nenergy_total,equal_value,,,,,\n"
    ),
    "projects": (
        "project_no,name_zh,deadline_year,responsible_zh,quantity,quantity_unit,commitment_id,shared_item\n"
        "3,自行车道建设,2024,区交通局,50,km,bicycle_lanes,project_quantity\n4,湿地,2025,区水务局,,,,\n"
    ),
    "milestones": "project_no,milestone_no,name_zh,due_year\n3,1,开工,2022\n",
    "texts": "promise_id,chapter,text_zh\nforest_cover_rate,五,森林覆盖率达到25%。\nold_wells,,废弃机井全部处置。\n",
    "history": "indicator_id,name_zh,unit,actual_year,actual_value,outcome\npm25_annual_mean,PM2.5,ug/m3,2020,42,met\n",
}
LIMITS = "limit_pollutant,limit_averaging,limit_grade,limit_standard"


def folder(base: Path, **files: str) -> Path:
    """A folder with the sound files, some of them replaced; '' leaves one out."""
    place = base / "fengtai"
    place.mkdir()
    for name, text in {**SOUND, **files}.items():
        if text:
            (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def plan(base: Path, **files: str) -> Plan:
    read = read_plan(folder(base, **files), registry())
    assert read.plan, read.mistakes
    return read.plan


def test_a_folder_becomes_rows_of_every_table(tmp_path: Path) -> None:
    rows = rows_of(plan(tmp_path))
    assert {name: len(found) for name, found in rows.items()} == {
        "plans": 1, "plan_indicators": 4, "plan_judgement": 4, "plan_commitments": 3, "commitment_judgement": 3,
        "plan_key_projects": 2, "plan_milestones": 1, "plan_shared_promises": 1, "plan_history": 1, "plan_texts": 2,
        "returns_items": 2, "indicator_formulas": 1, "indicator_terms": 2,
    }  # fmt: skip
    for name, found in rows.items():
        assert all(list(row) == [c.name for c in PLAN_TABLES[name].columns] for row in found)
        assert {row["plan_id"] for row in found if "plan_id" in row} <= {"fengtai_2025"}


def test_what_is_left_out_follows_from_the_rest(tmp_path: Path) -> None:
    rows = rows_of(plan(tmp_path))
    forest = {row["indicator_id"]: row for row in rows["plan_indicators"]}["forest_cover_rate"]
    assert (forest["target_year"], forest["obligation"], forest["target_text_zh"]) == (2025, "binding", ">= 25")
    judged = {row["indicator_id"]: row for row in rows["plan_judgement"]}
    assert (judged["forest_cover_rate"]["better"], judged["forest_cover_rate"]["range_high"]) == (
        "higher",
        Decimal(100),
    )
    assert (judged["energy_total"]["judged_variant"], judged["energy_total"]["domain"]) == ("equal_value", "energy")
    assert judged["pm10_annual_mean"]["is_judged_each_year"] is True
    # How strictly the delivered plan means it is not handed down.
    assert judged["pm10_annual_mean"]["comparable_standard"] is None
    commitments = {row["commitment_id"]: row for row in rows["commitment_judgement"]}
    kinds = {name: (row["source_kind"], row["value_item"], row["better"]) for name, row in commitments.items()}
    assert kinds == {
        "dustfall": ("indicator", None, "lower"),
        "bicycle_lanes": ("return_item", "commitment_progress", "higher"),
        "old_wells": ("return_item", "commitment_finding", "higher"),
    }
    assert rows["plan_history"][0]["outcome_zh"] == "已完成"


def test_the_delivered_plan_fits_the_files_of_a_folder(tmp_path: Path) -> None:
    """What a user writes is what the delivered plan is made of: nothing of it needs a column that a folder lacks."""
    given = {name: {c.name for c in table.columns} for name, table in FILES.items()}
    derived = {"plan_id", "ref_prefix", "source", "provenance"}
    for file, table in (("indicators", "plan_indicators"), ("commitments", "plan_commitments"), ("history", "plan_history"), ("texts", "plan_texts"), ("projects", "plan_key_projects"), ("milestones", "plan_milestones")):  # fmt: skip # noqa: E501
        assert {c.name for c in PLAN_TABLES[table].columns} - derived <= given[file], file


@pytest.mark.parametrize(
    ("file", "text", "place", "said", "hint"),
    [
        ("indicators", "indicator_id,name_zh,unit,target_operator,target_value\nforest_cover,森林,%,>=,25\n",
         "line 2, column indicator_id", "nothing computes 'forest_cover'", "did you mean 'forest_cover_rate'?"),
        ("indicators", "indicator_id,name_zh,unit,target_operator,target_value\nforest_cover_rate,森林,km2,>=,25\n",
         "line 2, column unit", "not computed in 'km2'", "write '%'"),
        ("indicators", "indicator_id,name_zh,unit,target_operator,target_value\nforest_cover_rate,森林,%,=>,25\n",
         "line 2, column target_operator", "'=>' is not known", "use one of '<='"),
        ("indicators", "indicator_id,name_zh,unit,target_operator,target_value\nforest_cover_rate,森林,%,>=,\n",
         "line 2, column target_value", "it is empty", "enter the number that '>=' compares with"),
        ("indicators", "indicator_id,name_zh,unit,target_operator,target_value\nforest_cover_rate,森林,%,improve,\n",
         "line 2, column baseline_value", "it is empty", "'improve' is judged against the baseline"),
        ("indicators", "indicator_id,name_zh,unit,target_operator,target_value\nforest_cover_rate,森林,%,improve,3\n",
         "line 2, column target_value", "'improve' takes no number", "leave it empty"),
        ("indicators", "indicator_id,name_zh,unit,target,target_operator\nforest_cover_rate,森林,%,25,>=\n",
         "indicators.csv", "'target' is not a indicators column", "target_"),
        ("commitments", "commitment_id,name_zh,target_operator,target_value\nbicycle_lanes,自行车道,>=,50\n",
         "line 2, column unit", "it is empty", "the unit of target and reports"),
        ("commitments", "commitment_id,name_zh,target_operator,target_value,value_from\ndustfal,降尘,<=,5,indicator\n",
         "line 2, column commitment_id", "nothing computes 'dustfal'", "did you mean 'dustfall'?"),
        ("judgements", "promise_id,better\nforest_cover_rate,lower\n",
         "line 2, column better", "asks for the worse", "write higher"),
        ("judgements", "promise_id,better\nforest_cover_rat,higher\n",
         "line 2, column promise_id", "does not promise 'forest_cover_rat'", "did you mean 'forest_cover_rate'?"),
        ("judgements", "promise_id,judged_variant\nenergy_total,equivalnt\n",
         "line 2, column judged_variant", "no variant 'equivalnt'", "did you mean 'equivalent'?"),
        ("judgements", f"promise_id,{LIMITS}\npm10_annual_mean,pm10,anual,2,GB 3095-2012\n",
         "line 2, column limit_averaging", "no limit of 'anual'", "did you mean 'annual'?"),
        ("judgements", "promise_id,reduction_base_year\nforest_cover_rate,2025\n",
         "line 2, column reduction_base_year", "forest_cover_rate is not a fall since a year", "co2_per_gdp_reduction"),
        ("texts", "promise_id,text_zh\nold_well,废弃机井全部处置。\n",
         "line 2, column promise_id", "does not promise 'old_well'", "did you mean 'old_wells'?"),
        ("texts", "promise_id,text_zh\nold_wells,\n", "line 2, column text_zh", "it is empty", "the sentence"),
        ("projects", "project_no,name_zh,responsible_zh,deadline_year\n3,自行车道建设,区交通局,\n",
         "line 2, column deadline_year", "it is empty", "year it is due"),
        ("projects", "project_no,name_zh,deadline_year,responsible_zh,commitment_id\n3,道,2024,局,bicycle_lane\n",
         "line 2, column commitment_id", "no commitment 'bicycle_lane'", "did you mean 'bicycle_lanes'?"),
        ("milestones", "project_no,milestone_no,name_zh,due_year\n7,1,开工,2022\n",
         "line 2, column project_no", "the plan has no project 7", "use one of '3', '4'"),
        ("milestones", "project_no,milestone_no,name_zh,due_year\n3,1,开工,2025\n",
         "line 2, column due_year", "after the project's deadline", "it is 2024"),
        ("returns_items", "item,name_zh,unit\nwater_use,用水,t\n",
         "line 2, column item", "'water_use' is a return item that is there already", "leave the row out"),
        ("returns_items", "item,name_zh,unit\npesticide,农药,tons\narable_land,耕地,mu\n",
         "line 2, column unit", "'tons' is not known", ""),
        *(("formulas", f"indicator_id,name_zh,unit,formula\nx_rate,率,{unit},\"{formula}\"\n",
           f"line 2, column {column}", said, hint) for unit, formula, column, said, hint in (
            ("%", "ratio(item(pesticid), item(arable_land))", "formula", "no return item 'pesticid'", "'pesticide'"),
            ("%", "ratio(item(pesticide), item(arable_land))", "unit", "t by mu is not in %", "'t/mu'"),
            ("t", "item(pesticide) + item(arable_land)", "formula", "cannot be added to t", "of one kind"),
            ("km2", "item(pesticide)", "unit", "cannot become km2", "write 't'"),
            ("%", "ratio(item(pesticide), item(pesticide)", "formula", "')' is expected, the end comes", "write ')'"),
            ("%", "ratoi(item(pesticide), item(pesticide))", "formula", "'ratoi' is not an operand", "'ratio'"),
            ("%", "item(pesticide); drop table x", "formula", "'; drop table' cannot be read", "small letters"),
            ("%", "item(pesticide) item(pesticide)", "formula", "'item' is more than the formula", "+ or -"),
            ("t", "item()", "formula", "item names nothing", "write item(name)"),
            ("%", "indicator(forest_cover)", "formula", "no indicator 'forest_cover'", "'forest_cover_rate'"),
            ("10kt tce", "indicator(energy_total, equivalnt)", "formula", "no variant 'equivalnt'", "'equivalent'"),
            ("%", "mean(groundwter.ph)", "formula", "no network 'groundwter' is in use", "name it as feed"),
            ("%", "closed_share(hotline)", "formula", "no register 'hotline' is in use", "name it as feed"),
            ("tonnen", "item(pesticide)", "unit", "the unit 'tonnen' is not known", "units.toml"),
            ("t", "2 item(pesticide)", "formula", "'*' is expected, 'item' comes", "write '*'"),
         )),
        ("formulas", "indicator_id,name_zh,unit,formula\nforest_cover_rate,率,t,item(pesticide)\n",
         "line 2, column indicator_id", "is computed already", "another name"),
        ("formulas", "indicator_id,name_zh,unit,formula\ngreenway_length,绿道,t,item(pesticide)\n",
         "line 2, column indicator_id", "is a commitment of the delivered plan", "another name"),
        ("plan", "plan_id,name_zh,first_year,last_year\nchaoyang_2025,规划,2021,2025\n",
         "line 2, column plan_id", "is the plan that is delivered", "another name"),
        ("plan", "plan_id,name_zh,first_year,last_year\np_2030,规划,2026,2025\n",
         "line 2, column last_year", "before the first year", "last year of the plan"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_cell(tmp_path: Path, file: str, text: str, place: str, said: str, hint: str) -> None:
    read = read_plan(folder(tmp_path, **{file: text}), registry())
    assert read.plan is None
    message, suggestion = next(m for m in read.mistakes if f"fengtai/{file}.csv" in m[0])
    assert place in message
    assert said in message
    assert hint in suggestion


@pytest.mark.parametrize(
    ("formula", "unit", "terms", "factor"),
    [
        # 1 t by 1 mu is 1000 kg/mu.
        ("ratio(item(pesticide), item(arable_land))", "kg/mu", [("numerator", 1), ("denominator", 1)], (1000, 1)),
        ("ratio(item('pesticide'), 2 * item(pesticide))", "%", [("numerator", 1), ("denominator", 2)], (100, 1)),
        ("item(land_area) - 0.5 * item(forest_area)", "ha", [("addend", 1), ("addend", Decimal("-0.5"))], (100, 1)),
        ("per_head(item(forest_area))", "m2", [("numerator", 1), ("denominator", 1)], (1000000, 1)),
        ("per_gdp(item(water_use))", "m3/1e4 CNY", [("numerator", 1), ("denominator", 1)], (10000, 1)),
        # 1 10kt is 10000 t: the second term is brought to the unit of the first.
        ("item(pesticide) + indicator(carbon_emission_total)", "t", [("addend", 1), ("addend", 10000)], (1, 1)),
        ("indicator(energy_total, equivalent)", "10kt tce", [("addend", 1)], (1, 1)),
    ],
)
def test_a_formula_becomes_terms_with_exact_factors(
    tmp_path: Path, formula: str, unit: str, terms: list[tuple[str, Decimal | int]], factor: tuple[int, int]
) -> None:
    text = f'indicator_id,name_zh,unit,formula\npesticide_per_mu,率,{unit},"{formula}"\n'
    indicators = "indicator_id,name_zh,unit,target_operator,target_value\nforest_cover_rate,森林覆盖率,%,>=,25\n"
    rows = rows_of(plan(tmp_path, formulas=text, indicators=indicators, judgements=""))
    assert [(row["role"], row["factor"]) for row in rows["indicator_terms"]] == terms
    (row,) = rows["indicator_formulas"]
    assert (row["factor"], row["divisor"]) == factor
    assert row["owner"]


def test_a_formula_names_figures_of_networks_in_use(tmp_path: Path) -> None:
    network = shipped_declaration("soil_farmland").declaration
    assert network
    sources = sources_of(registry(), [network])
    yearly = [area for area in network.areas if area.period == "year" and area.statistic == "share_attaining"]
    (found,) = sources.weighed(f"attainment({network.name}.{yearly[0].id})", yearly[0].unit)[1]
    assert (found.kind, found.source, found.figure) == ("network", network.name, yearly[0].id)
    text = f"indicator_id,name_zh,unit,formula\npesticide_per_mu,率,%,attainment({network.name}.{yearly[0].id})\n"
    indicators = "indicator_id,name_zh,unit,target_operator,target_value\npesticide_per_mu,率,%,>=,90\n"
    place = folder(tmp_path, formulas=text, indicators=indicators, judgements="", texts="")
    read = read_plan(place, with_networks(registry(), [network]), [network])
    assert read.plan, read.mistakes
    (row,) = rows_of(read.plan)["indicator_terms"]
    assert (row["operand"], row["source"], row["figure"]) == ("network", network.name, yearly[0].id)
    with pytest.raises(FormulaError) as error:
        sources.weighed(f"attainment({network.name}.x)", "%")
    assert yearly[0].id in error.value.hint


def test_a_formula_names_shares_of_registers_in_use() -> None:
    declared = [shipped_register(name).declaration for name in ("hotline", "soil_list")]
    sources = sources_of(registry(), (), [own for own in declared if own])
    (found,) = sources.weighed("closed_share(hotline)", "%")[1]
    assert (found.kind, found.source, found.figure) == ("register", "hotline", "closed_share")
    assert found.feeds == ("hotline",)
    with pytest.raises(FormulaError) as error:
        sources.weighed("closed_share(hotlin)", "%")
    assert error.value.hint == "did you mean 'hotline'?"
    with pytest.raises(FormulaError, match="soil_list is a list"):
        sources.weighed("closed_share(soil_list)", "%")


def test_declared_return_items_are_parameters_of_the_feed(tmp_path: Path) -> None:
    folder(tmp_path)
    loaded = load_config(configuration(tmp_path, '[plans]\nfolders = ["fengtai"]\n'))
    known = loaded.registry(registry())
    item = known.feeds["returns"].parameters_of("clean_returns")["pesticide"]
    assert (item.name_zh, item.unit, item.tests.fail_min) == ("农药用量", "t", 0)
    assert known.fingerprint != registry().fingerprint
    assert "pesticide" not in registry().feeds["returns"].parameters


def test_a_limit_that_is_not_named_a_stray_file_and_an_empty_plan_are_refused(tmp_path: Path) -> None:
    place = folder(tmp_path, judgements="")
    (place / "indicator.csv").write_text("x\n")
    said = [" | ".join(m) for m in read_plan(place, registry()).mistakes]
    assert any("'indicator.csv' is not a file of a plan | did you mean 'indicators'?" in text for text in said)
    (place / "indicator.csv").unlink()
    (message, hint), *_ = read_plan(place, registry()).mistakes
    assert "pm10_annual_mean is judged by a limit and none is named" in message
    assert LIMITS.replace(",", ", ") in hint
    for name in SOUND.keys() - {"plan"}:
        (place / f"{name}.csv").unlink(missing_ok=True)
    ((message, _),) = read_plan(place, registry()).mistakes
    assert "the plan promises nothing" in message


def test_a_configuration_names_folders_and_is_checked_within_a_second(tmp_path: Path) -> None:
    folder(tmp_path)
    config = configuration(tmp_path, '[plans]\nfolders = ["fengtai"]\n')
    before = perf_counter()
    assert check_config(config) == []
    assert perf_counter() - before < 1
    loaded = load_config(config)
    assert [plan.plan_id for plan in loaded.plans.plans] == ["fengtai_2025"]
    assert [file.name for file in loaded.plans.files] == sorted(f"{name}.csv" for name in SOUND)
    milestones = tmp_path / "fengtai" / "milestones.csv"
    milestones.write_text(milestones.read_text(encoding="utf-8").replace("2022", "2023"), encoding="utf-8")
    assert load_config(config).fingerprint != loaded.fingerprint
    config = configuration(tmp_path, '[plans]\nfolders = ["fengtia"]\n')
    (problem,) = check_config(config)
    assert (problem.line, problem.suggestion) == (2, "did you mean 'fengtai'?")


def test_a_plan_is_declared_once(tmp_path: Path) -> None:
    folder(tmp_path)
    config = configuration(tmp_path, '[plans]\nfolders = ["fengtai", "fengtai"]\n')
    said = [p.message for p in check_config(config)]
    assert said[0] == "the plan 'fengtai_2025' is declared twice"
    assert "'pesticide' is declared by fengtai_2025 already" in said


def test_returns_report_on_a_plan_by_its_name(tmp_path: Path) -> None:
    own = references_of(plan(tmp_path))
    assert mistaken("commitment_progress", "fengtai_2025:commitment:bicycle_lanes", own) is None
    assert mistaken("commitment_finding", "fengtai_2025:commitment:old_wells", own) is None
    assert mistaken("project_quantity", "fengtai_2025:project:3", own) is None
    assert mistaken("project_milestone", "fengtai_2025:project:3:1", own) is None
    assert mistaken("commitment_progress", "commitment:greenway_length", own) is None
    said = mistaken("commitment_progress", "fengtai_2025:commitment:bicycle_lane", own)
    assert said and "Did you mean 'fengtai_2025:commitment:bicycle_lanes'" in said
    assert "Report it as commitment_finding" in (mistaken("commitment_progress", "fengtai_2025:commitment:old_wells", own) or "")  # fmt: skip # noqa: E501
    assert mistaken("project_quantity", "fengtai_2025:project:4", own) is not None
    assert mistaken("project_progress", "fengtai_2025:project:3") is not None


def test_returns_are_cleaned_again_when_a_plan_may_be_reported_on(tmp_path: Path) -> None:
    folder(tmp_path)
    plain = load_config(configuration(tmp_path, ""))
    before = cleaning_fingerprint(plain.sources[0], registry(), plain)
    named = load_config(configuration(tmp_path, '[plans]\nfolders = ["fengtai"]\n'))
    assert cleaning_fingerprint(named.sources[0], registry(), named) != before


def test_the_delivered_plan_is_the_one_that_models_call_so() -> None:
    models = Path(__file__).parents[2] / "dbt_project/models"
    model = (models / "intermediate/cross_domain/int_plan_targets.sql").read_text(encoding="utf-8")
    (name,) = shipped.plans()
    assert f"set delivered_plan = '{name}' %}}" in model
