"""The plan by hand: commitments, key projects, pace and projection, the plan before it, and ecology by year.

What units reported is in raw/plan_reports_20260118.csv and raw/returns_20260120.csv.
"""

from __future__ import annotations

from tests.pipeline.by_hand.conftest import Shown


def test_commitment_met_by_what_was_measured(shows: Shown) -> None:
    # 20.1 % of household waste (test_waste.py: 1105 : 5503), and 15 were promised.
    shows(
        "mart_commitments", "commitment_id = 'kitchen_waste_sorted_share'", target_value="15", judged_year=2025,
        judged_value="20.1", value_variant="household_only", value_method="measured", status="met",
    )  # fmt: skip


def test_commitments_missed(shows: Shown) -> None:
    # 98.6 km of greenways are reported, 100 were promised.
    shows(
        "mart_commitments", "commitment_id = 'greenway_length'", target_value="100", judged_year=2025,
        judged_value="98.6", value_source="commitment_progress", value_method="reported", status="missed",
        provenance="reported",
    )  # fmt: skip
    # Nothing was to be landfilled any more, and on 1 June 7 t were.
    shows("mart_commitments", "commitment_id = 'primary_waste_landfilled'", judged_value="7", status="missed")


def test_commitment_of_each_year(shows: Shown) -> None:
    # 2, 1, 1, 2, 1 drills in 2021 to 2025, at least one in each: five years of five.
    shows(
        "mart_commitments", "commitment_id = 'radiation_drills'", is_judged_each_year=True, target_value="1",
        judged_value="1", judged_year=2025, status="met",
    )  # fmt: skip


def test_what_is_kept_is_judged_on_every_year(shows: Shown) -> None:
    # 100 % was promised to be kept: 100 as reported of 2021 to 2024, and 99.8 as measured in 2025 (test_waste.py).
    shows(
        "mart_commitments", "commitment_id = 'household_waste_safe'", is_judged_each_year=True, judged_value="99.8",
        judged_year=2025, value_method="measured", status="missed", status_reason="not attained in 2025",
    )  # fmt: skip
    # Stable attainment, ≤ 40: 37, 34, 33, 31 as reported of 2021 to 2024, 40 as measured in 2025.
    shows(
        "mart_plan_scorecard", "indicator_id = 'no2_annual_mean'", is_judged_each_year=True, judged_year=2025,
        judged_value="40", status="met", status_reason="",
    )  # fmt: skip


def test_reasons_name_section_item_and_length(shows: Shown) -> None:
    # W3 has class V by its permanganate index against target IV; W4 stands for 5 km and is worse than V.
    shows(
        "mart_plan_scorecard", "indicator_id = 'assessed_section_attainment'", status="missed",
        status_reason="not attained in 2025; 清河闸: Ⅴ类 (高锰酸盐指数), target IV; the value is indicative: "
        "3 sections whose class is indicative: 沙窝: items: 5 of the 21; 新八里桥: items: 6 of the 21; "
        "清河闸: items: 5 of the 21",
    )  # fmt: skip
    reason = "萧太后河口: 5 km 劣Ⅴ类 (氨氮); the value is indicative: 4 sections whose class is indicative: 沙窝: "
    shows(
        "mart_plan_scorecard", f"indicator_id = 'worse_than_v_river_length' and starts_with(status_reason, '{reason}')",
        status="missed",
    )  # fmt: skip


def test_an_entered_carbon_target_waits_for_its_scope(shows: Shown) -> None:
    shows(
        "mart_plan_scorecard", "indicator_id = 'carbon_emission_total'", target_value="1500", judged_operator="<=",
        target_source="municipal: 京发改〔2021〕9号 (2021-10-01)", status="not_comparable",
        status_reason="the entered target of 1500 10kt is judged once scope and factors of the baseline of 2019 are "
        "declared (plan_baseline_scopes)",
    )  # fmt: skip


def test_commitment_of_which_nothing_is_reported(shows: Shown) -> None:
    shows("mart_commitments", "commitment_id = 'green_travel_share'", judged_value=None, status="no_data")


def test_key_projects(shows: Shown) -> None:
    # 1.40 of 1.47 km by the deadline: 95.238… % → 95.2. (The 0.98 km of 2024 were 66.7 %.)
    shows(
        "mart_key_projects", "project_no = 9", quantity_promised="1.47", quantity_done="1.4", judged_by="quantity",
        judged_year=2025, progress_pct="95.2", completed_year=None, status="missed",
    )  # fmt: skip
    # 15600 of 15000 mu in 2023, the year it was due: 104.0 %.
    shows(
        "mart_key_projects", "project_no = 11", deadline_year=2023, quantity_done="15600", judged_year=2023,
        progress_pct="104", completed_year=2023, status="met",
    )  # fmt: skip
    shows("mart_key_projects", "project_no = 1", judged_year=None, progress_pct=None, status="no_data")


def test_one_promise_has_one_verdict(shows: Shown) -> None:
    # 100 km of greenways are commitment and project 13: both report 98.6 km, 98.6 %.
    shows(
        "mart_key_projects", "project_no = 13", commitment_id="greenway_length", judged_by="commitment",
        judged_year=2025, quantity_done="98.6", progress_pct="98.6", completed_year=None, status="missed",
    )  # fmt: skip
    # Project 5 calls itself complete; the municipality has entered no number for the share of vehicles (81.3 %).
    shows("mart_commitments", "commitment_id = 'clean_vehicle_share'", judged_value="81.3", status="target_not_set")
    shows(
        "mart_key_projects", "project_no = 5", commitment_id="clean_vehicle_share", judged_by="progress",
        progress_pct="100", status="target_not_set",
    )  # fmt: skip
    shows("mart_commitments", "commitment_id = 'public_building_retrofit'", status="target_not_set")
    shows("mart_key_projects", "project_no = 7", commitment_id="public_building_retrofit", status="target_not_set")


def test_what_is_attained_already_needs_no_pace(shows: Shown) -> None:
    # NO2 had 33 in 2020, its limit is 40: no pace of +1.4 a year. (40 − 33) : 5 = 1.4 is what it rose by.
    shows(
        "mart_plan_scorecard", "indicator_id = 'no2_annual_mean'", pace_needed_per_year=None,
        pace_so_far_per_year="1.4", pace_reason="already attained in 2020",
    )  # fmt: skip


def test_pace(shows: Shown) -> None:
    # Forest cover of 2019 to 2025, six years: (24.8 − 23.65) : 6 = 0.191666… → 0.192 were needed, (24.79 − 23.65) : 6 =
    # 0.19 were reached.
    shows(
        "mart_plan_scorecard", "indicator_id = 'forest_cover_rate'", baseline_year=2019, pace_needed_per_year="0.192",
        pace_so_far_per_year="0.19", pace_reason="", can_still_be_met=None, projection_value=None, projection_years=0,
        projection_reason="no annual values before the target year",
    )  # fmt: skip
    # The plan gives VOC no baseline.
    shows(
        "mart_plan_scorecard", "indicator_id = 'voc_reduction'", pace_needed_per_year=None, pace_so_far_per_year=None,
        pace_reason="the plan gives no baseline",
    )  # fmt: skip


def test_fewer_than_four_annual_values_give_no_projection(shows: Shown) -> None:
    # PM2.5 before 2025: the 38 reported for 2020, nothing measured. (35 − 39) : 5 = −0.8 both ways: 35 was reached.
    shows(
        "mart_plan_scorecard", "indicator_id = 'pm25_annual_mean'", pace_needed_per_year="-0.8",
        pace_so_far_per_year="-0.8", projection_value=None, projection_low=None, projection_high=None,
        projection_years=1, projection_variant="reported",
        projection_reason="only 1 of 4 annual values, reported",
    )  # fmt: skip


def test_projection(shows: Shown) -> None:
    # VOC, sums of 2021 to 2024: 190, 440, 690, 940, on one line of 250 a year: 1190 in 2025, and nothing scatters.
    shows(
        "mart_plan_scorecard", "indicator_id = 'voc_reduction'", projection_value="1190", projection_low="1190",
        projection_high="1190", projection_years=4, projection_first_year=2021, projection_last_year=2024,
        projection_variant="cumulative", largest_change_per_year="250", projection_reason="",
    )  # fmt: skip


def test_history(shows: Shown) -> None:
    # The plan prints 39 for 2020, with 52 as its target: met. Our returns say 38: one less.
    shows(
        "mart_plan_history", "indicator_id = 'pm25_annual_mean'", actual_year=2020, actual_value="39",
        target_value="52", printed_outcome="met", outcome_of_the_numbers="met", outcome_agrees=True, own_year=2020,
        own_value="38", own_variant="reported", own_less_printed="-1", own_reason="",
    )  # fmt: skip
    shows(
        "mart_plan_history", "indicator_id = 'road_traffic_noise'", actual_value="71.4", own_value=None,
        own_less_printed=None, own_reason="no figure of this indicator and year",
    )  # fmt: skip


def test_ecology(shows: Shown) -> None:
    # EI 52.3 lies in 35 … 55: 一般. Against 50.9 of the year before: 1.4, in 1 … 3: 略微变好.
    year = "period_start = '2025-01-01' and area_code = '110105' and measure_id"
    shows(
        "mart_ecology_annual", f"{year} = 'ei'", value="52.3", grade=3, grade_zh="一般", previous_value="50.9",
        change_on_previous="1.4", change_term="slight", change_term_zh="略微变好",
    )  # fmt: skip
    # EQI 58.21 lies in 55 … 70: 二类; there is none of 2024.
    shows("mart_ecology_annual", f"{year} = 'eqi'", value="58.21", grade=2, grade_zh="二类", previous_value=None)
    shows("mart_ecology_annual", f"{year} = 'voc_reduction_cumulative'", value="1250", grade=None)
