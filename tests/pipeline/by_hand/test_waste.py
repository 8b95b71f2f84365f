"""Waste by hand: the rates of 2025, each variant named.

Tonnes of 365 equal days, and of the extra loads of 1 June: household kitchen 3 × 365 + 10 (incinerated) = 1105,
catering kitchen 2 × 365 = 730, other 12 × 365 + 7 (landfill) + 11 (whereto nobody knows) = 4398, recyclables 3 × 365 =
1095; together 7328. The 20 t to the transfer station are weighed again at the plant, and a ticket with gross below tare
is refused. The one weighbridge of the register weighs loads on 365 of its 365 days.
"""

from __future__ import annotations

import pytest

from tests.pipeline.by_hand.conftest import Shown

RATES = (
    # (1105 + 730) : (1105 + 730 + 4398) = 1835 : 6233 = 29.4400… %
    ("kitchen_waste_sorted_share", "all_sources", "29.4"),
    # 1105 : (1105 + 4398) = 1105 : 5503 = 20.0799… %
    ("kitchen_waste_sorted_share", "household_only", "20.1"),
    # Kitchen waste that was not burned: 1835 − 10 = 1825; (1095 + 1825) : 7328 = 2920 : 7328 = 39.8471… %
    ("household_waste_recycling", "", "39.8"),
    # All but the 11 t that went nobody knows where: 7317 : 7328 = 99.8498… %
    ("household_waste_safe", "", "99.8"),
    ("primary_waste_landfilled", "", "7"),
)


@pytest.mark.parametrize(("indicator_id", "variant", "value"), RATES)
def test_rate_of_2025(shows: Shown, indicator_id: str, variant: str, value: str) -> None:
    shows(
        "mart_waste_indicators",
        f"indicator_id = '{indicator_id}' and variant = '{variant}' and area_code = '110105' "
        "and period_kind = 'year' and period_start = '2025-01-01'",
        value=value,
        n_valid=365,
        n_expected=365,
        validity="valid",
    )


def test_loads_of_a_day(shows: Shown) -> None:
    # 20000 − 8000 = 12000 kg.
    day = "day = '2025-06-01' and category = 'other' and destination"
    shows("mart_waste_daily", f"{day} = 'incineration'", net_t="12", loads=1)
    shows("mart_waste_daily", f"{day} = 'unknown'", net_t="11", loads=1)
    shows("mart_waste_daily", f"{day} = 'transfer'", net_t="20", loads=1)
