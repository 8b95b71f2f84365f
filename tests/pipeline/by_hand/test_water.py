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
        "class_name": "III", "deciding_items": "nh3n,tp", "nh3n_mg_l": "1.00", "attains_target": True, "n_valid": 12,
        "n_expected": 12, "coverage": "1", "validity": "indicative", "validity_reason": "items: 5 of the 21",
    },
    # Petroleum: ten times 0.01L counts as 0.005, twice 0.28: (10 × 0.005 + 2 × 0.28) : 12 = 0.61 : 12 = 0.0508… → 0.05,
    # class I. (0.01 in full: 0.66 : 12 = 0.055 → 0.06, class IV.) So CODMn 4.0, NH3-N 0.40 and TP 0.100 decide: II.
    # Target III.
    "W2": {"class_name": "II", "deciding_items": "codmn,nh3n,tp", "exceeding_zh": "", "attains_target": True},
    # CODMn 12.0: V; (12 − 6) : 6 = 1.00 times over class III. Target IV.
    "W3": {"class_name": "V", "deciding_items": "codmn", "exceeding_zh": "高锰酸盐指数(1.00)", "attains_target": False},
    # NH3-N 2.40: worse than V, (2.4 − 1) : 1 = 1.40; TP 0.300: IV, (0.3 − 0.2) : 0.2 = 0.50; DO 4.0: IV, no multiple.
    "W4": {
        "class_name": "worse_than_V", "deciding_items": "nh3n", "exceeding_zh": "氨氮(1.40)、总磷(0.50)、溶解氧",
        "main_pollutants_zh": "氨氮、总磷、溶解氧", "largest_multiple": "1.40", "attains_target": False,
    },
    # pH: five months of 7, five of 8: the mean of 10⁻⁷ and 10⁻⁸ is 5.5 × 10⁻⁸, pH 7.2596… → 7 (the plain mean 7.5 → 8).
    # Total nitrogen 9.0 decides nothing. Ten months.
    "W5": {
        "class_name": "II", "deciding_items": "codmn,nh3n,tp", "ph": "7", "tn_mg_l": "9.00", "n_valid": 10,
        "n_expected": 12, "coverage": "0.8333", "validity": "indicative", "validity_reason": "months: 10 of 12",
    },
    # A lake: TP 0.06 is class IV there (II in a river); (0.06 − 0.05) : 0.05 = 0.20. Target III.
    "W6": {"class_name": "IV", "deciding_items": "tp", "exceeding_zh": "总磷(0.20)", "attains_target": False},
}  # fmt: skip


@pytest.mark.parametrize("section", YEARS)
def test_year_of_a_section(shows: Shown, section: str) -> None:
    shows("mart_water_section_annual", f"site_id = '{section}' and period_kind = 'year'", **YEARS[section])


def test_months_of_a_section(shows: Shown) -> None:
    mart, where = "mart_water_section_monthly", "site_id = 'W1' and month_start = '2025-{:02}-01'"
    # January as corrected: 3.2 is worse than V, (3.2 − 1) : 1 = 2.20. Five of the 21 items: 5 : 21 = 0.2380… → 0.2381.
    shows(
        mart, where.format(1), class_name="worse_than_V", exceeding_zh="氨氮(2.20)", nh3n_mg_l="3.20",
        attains_target=False, n_valid=5, n_expected=21, coverage="0.2381",
    )  # fmt: skip
    # June: six automatic values of NH3-N, 0.596 + 0.7 + 0.8 + 0.8 + 0.9 + 1.004 = 4.8, : 6 = 0.80; the laboratory's
    # 5.00 yields. Six moments of five items: 30 values.
    shows(mart, where.format(6), class_name="III", nh3n_mg_l="0.80", attains_target=True, n_values=30)


def test_petroleum_of_a_month(shows: Shown) -> None:
    mart = "mart_water_item_monthly"
    where = "site_id = 'W2' and parameter = 'petroleum' and month_start = '2025-{:02}-01'"
    # 0.01L is 0.005, which would round to 0.00 at two decimals: it keeps its digit.
    shows(mart, where.format(1), assessed_value="0.005", n_nondetects=1, class_name="I")
    # (0.28 − 0.05) : 0.05 = 4.60.
    shows(mart, where.format(3), assessed_value="0.28", exceedance_multiple="4.60", class_name="IV")


def test_moments_are_judged_as_received(shows: Shown) -> None:
    mart = "mart_water_section_realtime"
    # 1.004 is above 1.0, class IV; rounded to 1.00 first, as statistics are, it would be III.
    shows(mart, "period_start = '2025-06-10 20:00'", nh3n_mg_l="1.004", class_name="IV", n_valid=5)
    shows(mart, "period_start = '2025-06-10 16:00'", nh3n_mg_l="0.900", class_name="III")
