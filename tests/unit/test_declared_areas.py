"""Trees of areas and composite scores as users declare them: sound ones, and each mistake with file, line and column.

Here belong the tables areas, site_areas and composite_… of [declared]. Not here: the other declared tables
(test_config_declared.py), or what an area or a score comes to (tests/conformance, the models' unit tests).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sources.config import check_config, load_config, shipped
from sources.config.declared import load_declared
from sources.config.declared_scores import CASE_FIGURES, KINDS
from sources.config.declared_together import Around, figures_in_use
from sources.registry.declared_tables import DECLARED_TABLES
from tests.dbt_yml import PROJECT
from tests.unit.test_config_declared import SOURCE, in_order

SITES = """site_id,feed,name_zh,kind,network,area_code,valid_from
OF1,outfalls,一号排口,outfall,district,110105001,2020-01-01
M1,air,微型站,micro_station,township,110105001,2020-01-01
D1,air,降尘点,dustfall_point,district,110105001,2020-01-01
W1,water,断面,section,district,110105001,2020-01-01
H1,hotline,台账,place,,110105,2020-01-01
"""
AREAS = """tree,area_code,area_level,name_zh,name_en,parent_code,valid_from,valid_to
administrative,110105001001,community,永安里东社区,Yong'anli East,110105001,2020-01-01,
basin,wenyu_upper,sub_basin,温榆河上段,Upper Wenyu,beiyun,2020-01-01,2025-12-31
basin,wenyu_upper,sub_basin,温榆河上段,Upper Wenyu,chaobai,2026-01-01,
basin,chaobai,basin,潮白河流域,Chaobai River basin,,2020-01-01,
park,east,park,东区,East Park,,2020-01-01,
park,east_1,park_zone,东区一片,Zone 1,east,2020-01-01,
"""
PLACED = """feed,site_id,tree,area_code,valid_from,valid_to
outfalls,OF1,basin,wenyu_upper,2021-01-01,
outfalls,OF1,park,east,2021-01-01,2024-12-31
"""
SCORES = """score_id,name_zh,name_en,tree,area_level,period_kind,weights,missing,min_weight,decimals,owner,document
review,月度评分,Review,administrative,subdistrict,month,sum_to_1,reweight,0.6,1,局,办法
"""
PARTS = """score_id,part_id,name_zh,name_en,indicator,weight,scoring,better,zero_at,full_at,valid_from,valid_to
review,dust,降尘,Dust,list(air_dustfall_district_gravimetric_dust_excluded),0.25,steps,lower,,,2020-01-01,
review,fine,细颗粒物,Fine,list(air_pm2_5_township_micro_sensor_dust_excluded),0.5,linear,lower,75,15,2020-01-01,
review,calls,热线,Calls,cases(hotline.on_time_pct),0.25,rank,higher,,,2020-01-01,
"""
STEPS = """score_id,part_id,step,low,high,points
review,dust,1,,5,100
review,dust,2,5,,40
"""
SOUND = {
    "areas": AREAS,
    "site_areas": PLACED,
    "composite_scores": SCORES,
    "composite_parts": PARTS,
    "composite_steps": STEPS,
}


def entered(folder: Path, tables: Mapping[str, str] = SOUND) -> Path:
    """A configuration that names a file for each table."""
    named = "".join(f'{name} = "{name}.csv"\n' for name in tables)
    (folder / "sites.csv").write_text(SITES, encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    file = folder / "ecoledger.toml"
    file.write_text(f'[sites]\nfiles = ["sites.csv"]\n[declared]\n{named}{SOURCE}', encoding="utf-8")
    return file


def test_sound_trees_and_scores_are_read_as_typed_rows(tmp_path: Path) -> None:
    config = load_config(entered(tmp_path))
    (moved,) = [
        row
        for row in load_declared(config, DECLARED_TABLES["areas"]).rows
        if (row["area_code"], row["parent_code"]) == ("wenyu_upper", "chaobai")
    ]
    assert (moved["valid_from"], moved["valid_to"], moved["source"]) == (date(2026, 1, 1), None, None)
    (fine,) = [r for r in load_declared(config, DECLARED_TABLES["composite_parts"]).rows if r["part_id"] == "fine"]
    assert (fine["weight"], fine["zero_at"], fine["full_at"]) == (Decimal("0.5"), Decimal(75), Decimal(15))


MISTAKES = [
    # table, text to replace, text to write, words of message and hint in order
    ("areas", "110105001001,", "11010500101,",
     "areas.csv, line 2, column area_code: community has 12 digits is 11 digits"),
    ("areas", "basin,chaobai,basin", "basin,Chaobai,basin",
     "line 5, column area_code: 'Chaobai' is not the name use a-z"),
    ("areas", ",110105001,2020", ",110105002,2020",
     "line 2, column parent_code: does not lie in '110105002' write 110105001"),
    ("areas", ",beiyun,2020", ",beiyn,2020",
     "areas.csv, line 3, column parent_code: there is no area 'beiyn' in basin 'beiyun'"),
    ("areas", ",beiyun,2020", ",,2020", "line 3, column parent_code: it is empty write the basin"),
    ("areas", "Park,,2020", "Park,east_1,2020", "line 6, column parent_code: a park is the top leave it empty"),
    ("areas", "East Park,,2020", "East Park,,2022",
     "line 7, column parent_code: 'east' does not hold on 2020-01-01"),
    ("areas", ",2025-12-31", ",2026-01-31",
     "areas.csv, line 3, column valid_to: basin, wenyu_upper still holds on 2026-01-01"),
    ("areas", ",2025-12-31", ",2019-12-31", "line 3, column valid_to: 2019-12-31 is before valid_from 2020-01-01"),
    ("areas", "basin,wenyu_upper,sub_basin", "basin,wenyu_upper,subbasin",
     "line 3, column area_level: basin has no level 'subbasin' 'sub_basin'"),
    ("areas", "park,east,park", "prak,east,park", "line 6, column tree: no tree 'prak' 'park'"),
    ("areas", "basin,chaobai,basin,潮白河流域", "basin,chaobai,sub_basin,潮白河流域",
     "line 5, column parent_code: it is empty write the basin"),
    ("areas", "park,east_1", "park,beiyun_qing",
     "line 7, column area_code: basin has an area 'beiyun_qing' already"),
    ("areas", "Zone 1,east,", "Zone 1,east_1,",
     "line 7, column parent_code: the areas lie in a circle: east_1 in east_1"),
    ("site_areas", "OF1,basin", "OF9,basin",
     "site_areas.csv, line 2, column site_id: outfalls has no site 'OF9' 'OF1'"),
    ("site_areas", "outfalls,OF1,park", "outfals,OF1,park",
     "line 3, column feed: no site of a feed 'outfals' 'outfalls'"),
    ("site_areas", "OF1,park,east", "OF1,park,eastt", "line 3, column area_code: no area 'eastt' in park 'east'"),
    ("site_areas", "OF1,park,east,2021", "OF1,park,east,2019",
     "line 3, column area_code: 'east' does not hold on 2019-01-01"),
    ("site_areas", "OF1,basin", "OF1,administrative", "line 2, column tree: the site register says area_code"),
    ("composite_parts", "0.5,linear", "0.4,linear",
     "composite_parts.csv, column weight: the weights of review sum to 0.90 from 2020-01-01 normalised"),
    ("composite_parts", "on_time_pct", "on_time_pc",
     "line 4, column indicator: no figure 'cases(hotline.on_time_pc)' 'cases(hotline.on_time_pct)'"),
    ("composite_parts", "list(air_pm2_5_township", "list(air_pm25_township",
     "line 3, column indicator: no figure 'list(air_pm2_5_township"),
    ("composite_parts", "cases(hotline.on_time_pct)", "hotline.on_time_pct",
     "line 4, column indicator: is not list(…) did you mean 'cases(hotline.on_time_pct)'"),
    ("composite_parts", "cases(hotline.on_time_pct)", "indicator(pm25_annual_men)",
     "line 4, column indicator: 'indicator(pm25_annual_mean)'"),
    ("composite_parts", "cases(hotline.on_time_pct)", "area(outfalls.share_within_limits)",
     "line 4, column indicator: of each district, the score of each subdistrict same level"),
    ("composite_parts", "lower,75,15", "higher,75,15",
     "line 3, column better: points rise to the lower value write lower"),
    ("composite_parts", "lower,75,15", "lower,75,", "line 3, column full_at: linear needs it"),
    ("composite_parts", "lower,75,15", "lower,75,75", "line 3, column full_at: it is 75, as zero_at"),
    ("composite_parts", "0.25,rank,higher,,", "0.25,rank,higher,3,", "line 4, column zero_at: leave it empty"),
    ("composite_parts", "0.25,rank", "0,rank", "line 4, column weight: 0 is not above 0"),
    ("composite_parts", "review,calls", "reviev,calls", "line 4, column score_id: no score 'reviev' 'review'"),
    ("composite_parts", "0.25,steps", "0.25,rnk", "line 2, column scoring: 'rnk' is not known 'rank'"),
    ("composite_parts", "0.25,rank", "0.25,steps", "line 4, column scoring: calls has no step composite_steps"),
    ("composite_steps", "review,dust,2,5,", "review,dust,2,4.5,",
     "composite_steps.csv, line 3, column low: lies in step 1 lies in step 2"),
    ("composite_steps", "review,dust,2", "review,dst,2", "line 3, column part_id: no part 'dst' 'dust'"),
    ("composite_steps", ",40", ",140", "line 3, column points: 140 points cannot be 0 to 100"),
    ("composite_scores", "reweight,0.6", "zero,0.6",
     "composite_scores.csv, line 2, column min_weight: missing = zero means nothing"),
    ("composite_scores", "reweight", "rewieght", "line 2, column missing: 'rewieght' is not known 'reweight'"),
    ("composite_scores", "subdistrict,month", "subdistrct,month",
     "line 2, column area_level: no level 'subdistrct' 'subdistrict'"),
    ("composite_scores", "subdistrict,month", "subdistrict,year",
     "composite_parts.csv, line 4, column indicator: is made by month, the score by year"),
    ("composite_scores", "review,月", "pm25_annual_mean,月",
     "line 2, column score_id: 'pm25_annual_mean' is an indicator"),
    ("composite_scores", "0.6,1,", "0.6,9,", "line 2, column decimals: 9 decimals cannot be kept 0 to 4"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "old", "new", "words"), MISTAKES, ids=[f"{c[0]}-{c[2]}" for c in MISTAKES])
def test_a_mistake_is_a_sentence_with_file_line_and_column(
    tmp_path: Path, table: str, old: str, new: str, words: str
) -> None:
    assert old in SOUND[table]
    found = check_config(entered(tmp_path, {**SOUND, table: SOUND[table].replace(old, new, 1)}))
    assert found, "no mistake was found"
    said = [f"{p.key} {p.message} {p.suggestion}" for p in found]
    assert any(_holds(text, words) for text in said), "\n".join(said)


def _holds(text: str, words: str) -> bool:
    try:
        in_order(text, words)
    except AssertionError:
        return False
    return True


def test_basins_that_lie_in_each_other_are_a_circle(tmp_path: Path) -> None:
    text = AREAS + "basin,a,sub_basin,甲,A,b,2020-01-01,\nbasin,b,sub_basin,乙,B,a,2020-01-01,\n"
    said = [p.message for p in check_config(entered(tmp_path, {"areas": text}))]
    assert said == [
        "areas.csv, line 8, column parent_code: the areas lie in a circle: a in b in a",
        "areas.csv, line 9, column parent_code: the areas lie in a circle: b in a in b",
    ]


def test_an_area_of_the_user_and_the_delivered_one_do_not_hold_at_a_time(tmp_path: Path) -> None:
    """A subdistrict that is declared anew ends the delivered row by one of the same key."""
    own = "administrative,110105001,subdistrict,建外街道,Jianwai,110105,2026-01-01,\n"
    (found,) = check_config(entered(tmp_path, {"areas": AREAS + own}))
    in_order(
        f"{found.message} {found.suggestion}",
        "areas.csv, line 8, column valid_from: on 2026-01-01 110105001 lies in '110105' already end the row 0001-01-01",
    )
    ended = "administrative,110105001,subdistrict,建外街道,Jianwai,110105,0001-01-01,2025-12-31\n"
    assert check_config(entered(tmp_path, {"areas": AREAS + own + ended})) == []


def test_weights_that_are_normalised_need_not_sum_to_1(tmp_path: Path) -> None:
    parts = PARTS.replace("0.5,linear", "7,linear")
    free = SCORES.replace("sum_to_1", "normalised")
    assert check_config(entered(tmp_path, {**SOUND, "composite_parts": parts, "composite_scores": free})) == []


def test_weights_sum_to_1_on_every_day(tmp_path: Path) -> None:
    """One part ends, and nothing takes its weight over."""
    ends = PARTS.replace("higher,,,2020-01-01,", "higher,,,2020-01-01,2025-12-31")
    (found,) = check_config(entered(tmp_path, {**SOUND, "composite_parts": ends}))
    assert "sum to 0.75 from 2026-01-01 on: 0.25 dust + 0.5 fine" in found.message
    goes_on = "review,more,其他,More,cases(hotline.closed_pct),0.25,rank,higher,,,2026-01-01,\n"
    assert check_config(entered(tmp_path, {**SOUND, "composite_parts": ends + goes_on})) == []


def test_the_delivered_score_is_sound_in_the_built_in_district() -> None:
    config = load_config(None)
    figures = figures_in_use(Around(config.registers, config.networks, config.cases, config.plans))
    from dbt_project.seed_rows import seed_rows

    parts = seed_rows("scores/composite_parts")
    assert parts and all(figures[row["indicator"]].levels for row in parts)
    assert sum(Decimal(row["weight"]) for row in parts) == 1


def test_a_part_may_name_what_the_model_of_figures_knows() -> None:
    text = (PROJECT / "models/intermediate/cross_domain/int_area_figure.sql").read_text(encoding="utf-8")
    assert all(f"concat('{kind}('" in text for kind in KINDS)
    assert all(f"'{figure}'" in text for figure in CASE_FIGURES)


def test_the_levels_of_a_tree_are_ordered_and_named_once() -> None:
    trees = shipped.trees()
    assert set(trees) == {"administrative", "basin", "park"}
    assert [row["digits"] for row in trees["administrative"].values()] == ["6", "9", "12"]
    names = [level for levels in trees.values() for level in levels]
    assert len(names) == len(set(names))
    for levels in trees.values():
        assert [row["rank"] for row in levels.values()] == [str(n) for n in range(1, len(levels) + 1)]
