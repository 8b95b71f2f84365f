"""Water by hand: years, months and moments of six sections (GB 3838-2002, table 1, river column but for W6).

Class limits used here, in mg/L: CODMn 2, 4, 6, 10, 15; NH3-N 0.15, 0.5, 1.0, 1.5, 2.0; TP of rivers 0.02, 0.1, 0.2,
0.3, 0.4, of lakes 0.01, 0.025, 0.05, 0.1, 0.2; petroleum 0.05, 0.05, 0.05, 0.5, 1.0; DO at least 7.5, 6, 5, 3, 2.
"""

from __future__ import annotations

import pytest

from tests.pipeline.by_hand.conftest import Shown

YEARS = {
    # NH3-N: 3.2 in January (corrected from 32), 0.8 in eleven months: (3.2 + 11 × 0.8) : 12 = 12 : 12 = 1.00, class
    # III; a mean of classes would have one month worse than V in it. TP 0.20: III. Target IV.
    # An assessed section with five of the 21 items: indicative.
    "W1": {
        "water_class": "III", "deciding_items": "nh3n,tp", "nh3n_mg_l": "1.00", "attains_target": True, "n_valid": 12,
        "n_expected": 12, "coverage": "1", "validity": "indicative", "validity_reason": "items: 5 of the 21",
    },
    # Petroleum: ten times 0.01L counts as 0.005, twice 0.28: (10 × 0.005 + 2 × 0.28) : 12 = 0.61 : 12 = 0.0508… → 0.05,
    # class I. (0.01 in full: 0.66 : 12 = 0.055 → 0.06, class IV.) So CODMn 4.0, NH3-N 0.40 and TP 0.100 decide: II.
    # Target III.
    "W2": {"water_class": "II", "deciding_items": "codmn,nh3n,tp", "exceeding_zh": "", "attains_target": True},
    # CODMn 12.0: V; (12 − 6) : 6 = 1.00 times over class III. Target IV.
    "W3": {
        "water_class": "V", "deciding_items": "codmn", "exceeding_zh": "高锰酸盐指数(1.00)", "attains_target": False,
    },
    # NH3-N 2.40: worse than V, (2.4 − 1) : 1 = 1.40; TP 0.300: IV, (0.3 − 0.2) : 0.2 = 0.50; DO 4.0: IV, no multiple.
    "W4": {
        "water_class": "worse_than_V", "deciding_items": "nh3n", "exceeding_zh": "氨氮(1.40)、总磷(0.50)、溶解氧",
        "main_pollutants_zh": "氨氮、总磷、溶解氧", "largest_multiple": "1.40", "attains_target": False,
    },
    # pH: five months of 7, five of 8: the mean of 10⁻⁷ and 10⁻⁸ is 5.5 × 10⁻⁸, pH 7.2596… → 7 (the plain mean 7.5 → 8).
    # Total nitrogen 9.0 decides nothing. Ten months.
    "W5": {
        "water_class": "II", "deciding_items": "codmn,nh3n,tp", "ph": "7", "tn_mg_l": "9.00", "n_valid": 10,
        "n_expected": 12, "coverage": "0.8333", "validity": "indicative",
    },
    # A lake: TP 0.06 is class IV there (II in a river); (0.06 − 0.05) : 0.05 = 0.20. Target III.
    "W6": {"water_class": "IV", "deciding_items": "tp", "exceeding_zh": "总磷(0.20)", "attains_target": False},
}  # fmt: skip


@pytest.mark.parametrize("section", YEARS)
def test_year_of_a_section(shows: Shown, section: str) -> None:
    shows("mart_water_section_annual", f"site_id = '{section}' and period_kind = 'year'", **YEARS[section])


def test_months_of_a_section(shows: Shown) -> None:
    mart, where = "mart_water_section_monthly", "site_id = 'W1' and period_start = '2025-{:02}-01'"
    # January as corrected: 3.2 is worse than V, (3.2 − 1) : 1 = 2.20. Five of the 21 items: 5 : 21 = 0.2380… → 0.2381.
    shows(
        mart, where.format(1), water_class="worse_than_V", exceeding_zh="氨氮(2.20)", nh3n_mg_l="3.20",
        attains_target=False, n_valid=5, n_expected=21, coverage="0.2381",
    )  # fmt: skip
    # June: six automatic values of NH3-N, 0.596 + 0.7 + 0.8 + 0.8 + 0.9 + 1.004 = 4.8, : 6 = 0.80; the laboratory's
    # 5.00 yields. Six moments of five items: 30 values.
    shows(mart, where.format(6), water_class="III", nh3n_mg_l="0.80", attains_target=True, n_values=30)


def test_petroleum_of_a_month(shows: Shown) -> None:
    mart = "mart_water_item_monthly"
    where = "site_id = 'W2' and parameter = 'petroleum' and period_start = '2025-{:02}-01'"
    # 0.01L is 0.005, which would round to 0.00 at two decimals: it keeps its digit.
    shows(mart, where.format(1), assessed_value="0.005", n_nondetects=1, water_class="I")
    # (0.28 − 0.05) : 0.05 = 4.60.
    shows(mart, where.format(3), assessed_value="0.28", exceedance_multiple="4.60", water_class="IV")


def test_moments_are_judged_as_received(shows: Shown) -> None:
    mart = "mart_water_section_realtime"
    # 1.004 is above 1.0, class IV; rounded to 1.00 first, as statistics are, it would be III.
    shows(mart, "period_start = '2025-06-10 20:00'", nh3n_mg_l="1.004", water_class="IV", n_valid=5)
    shows(mart, "period_start = '2025-06-10 16:00'", nh3n_mg_l="0.900", water_class="III")


def test_grade_of_a_river_with_one_section(shows: Shown) -> None:
    # 清河 has W3, class V: 中度污染, over 8 km.
    shows(
        "mart_water_area_period", "place_kind = 'river' and place_id = '清河' and period_kind = 'year'",
        grade_method="item_means", water_class="V", grade_zh="中度污染", grade_rank=4, deciding_items_zh="高锰酸盐指数",
        main_pollutants_zh="高锰酸盐指数", n_v=1, km_v="8", km_monitored="8", n_valid=1, n_expected=1,
        attainment_pct="0",
    )  # fmt: skip


def test_class_of_a_subdistrict_comes_from_its_mean_concentrations(shows: Shown) -> None:
    # 110105040 has W1 (III) and W4 (worse than V), fewer than five sections. NH3-N (1.00 + 2.40) : 2 = 1.70: V; TP
    # (0.200 + 0.300) : 2 = 0.250: IV; DO (8 + 4) : 2 = 6.0 and CODMn 4.0: II. Above III: NH3-N 0.70, TP 0.25 times.
    # W1 attains IV, W4 does not attain V: 1 : 2 = 50.0 %. One of two in III: 50.0 % good. 5 km of 10 + 5: 33.3 %.
    shows(
        "mart_water_area_period", "place_kind = 'subdistrict' and place_id = '110105040' and period_kind = 'year'",
        grade_method="item_means", water_class="V", grade_zh="中度污染", deciding_items_zh="氨氮",
        main_pollutants_zh="氨氮、总磷", n_iii=1, n_worse_than_v=1, good_share_pct="50.0", attainment_pct="50.0",
        worse_than_v_length_pct="33.3", n_valid=2, n_expected=2,
    )  # fmt: skip


def test_class_shares_of_the_district(shows: Shown) -> None:
    # II: W2, W5; III: W1; IV: W6; V: W3; worse: W4. 2 : 6 = 33.3 %, 1 : 6 = 16.66… → 16.7 %. Good 3 : 6 = 50.0 < 75 and
    # worse than V 16.7 < 20: 轻度污染. Rivers: II 12 + 5 = 17 km, III 10, V 8, worse 5, together 40; W6 has no reach.
    # Targets: W1, W2, W5 attain, W3, W4, W6 do not: 50.0 %. Beyond class III: TP at two sections (W4, W6), then one
    # each: NH3-N worse than V, CODMn V, (DO IV, the fourth).
    shows(
        "mart_water_area_period", "place_kind = 'district' and period_kind = 'year'", grade_method="class_shares",
        share_i_pct="0", share_ii_pct="33.3", share_iii_pct="16.7", share_iv_pct="16.7", share_v_pct="16.7",
        share_worse_than_v_pct="16.7", good_share_pct="50.0", grade_zh="轻度污染", water_class=None, km_ii="17",
        km_iii="10", km_iv="0", km_v="8", km_worse_than_v="5", km_monitored="40", worse_than_v_length_pct="12.5",
        main_pollutants_zh="总磷、氨氮、高锰酸盐指数", n_with_target=6, n_attaining=3, attainment_pct="50.0",
        n_valid=6, n_expected=6,
    )  # fmt: skip


def test_index_of_a_section(shows: Shown) -> None:
    # Over class III, pH from 7 on, DO the other way round: (8 − 7) : (9 − 7) = 0.5; 5 : 8 = 0.625; CODMn 4 : 6 =
    # 0.66666…; NH3-N 1.00 : 1 = 1; TP 0.20 : 0.2 = 1. Together 3.79166… → 3.7917.
    year = "place_id = 'W1' and period_kind = 'year' and network = 'national' and item_set = 'automatic_items'"
    shows(
        "mart_water_cwqi", year, cwqi="3.7917", river_cwqi="3.7917", lake_cwqi=None, items="ph,do,codmn,nh3n,tp",
        n_valid=5, n_expected=5, last_year_cwqi=None,
    )  # fmt: skip


# The sections of the district's network. pH, DO and CODMn of a month with pH 8 and DO 8: 0.5 + 0.625 + 4 : 6 =
# 1.791666…; W4 has DO 4.0, 5 : 4 = 1.25 and so 2.416666….
RANKS = (
    # W5 under the ice: listed, not ranked. W6, a lake: 1.791666 + 0.40 + 0.06 : 0.05 = 3.391666 → 3.3917.
    (1, "W5", None, None, 2, None), (1, "W6", "3.3917", 1, 2, None),
    # W4: 2.416666 + 2.40 + 0.30 : 0.2 = 6.316666 → 6.3167.
    (1, "W4", "6.3167", 2, 2, None),
    # March: the pH of W5 is 7, index 0: 0.625 + 0.666666 + 0.40 + 0.10 : 0.2 = 2.191666 → 2.1917.
    (3, "W5", "2.1917", 1, 3, None), (3, "W6", "3.3917", 2, 3, "0"), (3, "W4", "6.3167", 3, 3, "0"),
    # April: pH 8 again, 2.6917; 2.6917 − 2.1917 = 0.5.
    (4, "W5", "2.6917", 1, 3, "0.5"),
)  # fmt: skip


@pytest.mark.parametrize(("month", "section", "value", "rank", "n_ranked", "change"), RANKS)
def test_rank_of_a_section(
    shows: Shown, month: int, section: str, value: str | None, rank: int | None, n_ranked: int, change: str | None
) -> None:
    shows(
        "mart_water_rankings",
        f"place_id = '{section}' and period_start = '2025-{month:02}-01' and method = 'automatic_items'",
        network="district",
        value=value,
        rank=rank,
        n_ranked=n_ranked,
        change_on_previous=change,
        publication_state="provisional",
    )


def test_months_in_a_row_above_the_target_are_one_event(shows: Shown) -> None:
    # W3: CODMn 12.0, V, in all twelve months; its target IV ends at 10.
    shows(
        "mart_exceedances", "site_id = 'W3' and parameter = 'codmn'", kind="exceedance", averaging="month_class",
        event_start="2025-01-01 00:00:00", event_end="2026-01-01 00:00:00", n_periods=12, n_periods_between=0,
        peak_value="12", unit="mg/L", unit_to_notify="区水务局",
    )  # fmt: skip
