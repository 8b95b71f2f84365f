"""Truck loads of one city: pounds as tonnes, days of its own zone, empty and impossible weights, equal loads apart.

Compared with sums over the raw rows. A load without a weight is received and does not count; a day whose loads lack too
many of theirs has no total, and says how many are missing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from tests.real import raw
from tests.real.house import House

pytestmark = pytest.mark.parametrize("published", ["waste"], indirect=True)

TONNES_PER_POUND = Decimal("0.45359237") / 1000
# The registry's bounds of a load: beyond the first it is suspect and counts, beyond the second it fails.
SUSPECT_T, FAIL_T, LEAST_T = Decimal(45), Decimal(80), Decimal("0.001")
# A total needs three loads in four.
LEAST_SHARE = Decimal("0.75")
OTHER = {"GARBAGE COLLECTIONS", "SWEEPING", "LITTER", "MIXED LITTER", "DEAD ANIMAL"}
CATEGORIES = {
    **dict.fromkeys(OTHER, "other"), "ORGANICS": "kitchen_household", "BULK": "bulky",
    **dict.fromkeys(("RECYCLING - SINGLE STREAM", "RECYCLED METAL"), "recyclable"),
    **dict.fromkeys(("BRUSH", "YARD TRIMMING"), "garden"),
    **dict.fromkeys(("TIRES", "CONTAMINATED ORGANICS", "CONTAMINATED RECYCLING"), "unclassified"),
}  # fmt: skip
DESTINATIONS = {
    **dict.fromkeys(("TDS LANDFILL", "STEINER LANDFILL"), "landfill"),
    **dict.fromkeys(("TDS - MRF", "BALCONES RECYCLING", "AUSTIN IRON AND METAL", "AUSTIN WOOD RECYCLING"), "recycling"),
    **dict.fromkeys(("ORGANICS BY GOSH", "HORNSBY BEND"), "composting"),
}


@dataclass
class Total:
    """Loads of one day, category and destination."""

    received: int = 0
    suspect: int = 0
    weights: list[Decimal] = field(default_factory=list)

    @property
    def net_t(self) -> Decimal | None:
        enough = len(self.weights) >= self.received * LEAST_SHARE
        return sum(self.weights, Decimal()) if enough else None


def net_t(row: raw.Row) -> Decimal | None:
    """Tonnes of a load, to the gram; None where no weight was written."""
    if row["load_weight"] == "":
        return None
    return (Decimal(row["load_weight"]) * TONNES_PER_POUND).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)


def totals() -> dict[tuple[date, str, str], Total]:
    found: dict[tuple[date, str, str], Total] = defaultdict(Total)
    for row in raw.rows("waste"):
        if raw.unplaced("waste", row):
            continue
        destination = DESTINATIONS.get(row["dropoff_site"], "unknown")
        total = found[raw.load_day(row), CATEGORIES[row["load_type"]], destination]
        total.received += 1
        weight = net_t(row)
        if weight is None or weight > FAIL_T:
            continue
        total.suspect += weight > SUSPECT_T or weight < LEAST_T
        total.weights.append(weight)
    return found


def test_tonnes_by_day_category_and_destination(published: House) -> None:
    expected = totals()
    found = {
        (d["day"], d["category"], d["destination"]): d for d in published.released("select * from mart_waste_daily")
    }
    assert found.keys() == expected.keys()
    for key, total in expected.items():
        of_day = found[key]
        assert of_day["net_t"] == total.net_t, key
        assert (of_day["loads"], of_day["n_expected"]) == (len(total.weights), total.received), key
        assert of_day["n_suspect"] == total.suspect, key
        assert (of_day["validity"] == "insufficient") == (total.net_t is None), key
        assert (of_day["validity_reason"] == "") == (len(total.weights) == total.received), key
        assert of_day["area_code"] == "484530"


def test_a_day_is_the_citys_own(published: House) -> None:
    """Loads weighed in the evening in Austin carry tomorrow's date in UTC."""
    moved = [row for row in raw.rows("waste") if not row["load_time"].startswith(raw.load_day(row).isoformat())]
    assert len(moved) > 1000
    utc_days = Counter(row["load_time"][:10] for row in raw.rows("waste"))
    found = published.released("select day, sum(n_expected) as loads from mart_waste_daily group by day")
    assert any(utc_days[of_day["day"].isoformat()] != of_day["loads"] for of_day in found)


def test_implausible_loads_are_flagged_and_empty_weights_missing(published: House) -> None:
    placed = [net_t(row) for row in raw.rows("waste") if not raw.unplaced("waste", row)]
    weights = [weight for weight in placed if weight is not None]
    expected = {
        9: len(placed) - len(weights),
        4: sum(weight > FAIL_T for weight in weights),
        3: sum(SUSPECT_T < weight <= FAIL_T or weight < LEAST_T for weight in weights),
    }
    assert min(expected.values()) > 0, "the file has some of each"
    flags = dict(
        published.lake(
            "select flag, count(*) from read_parquet('{clean}/clean_waste/**/*.parquet', hive_partitioning = false) "
            "group by flag"
        )
    )
    assert {flag: flags.get(flag, 0) for flag in expected} == expected
    assert sum(flags.values()) == len(placed)


def test_equal_loads_are_loads_of_their_own_and_numbered(published: House) -> None:
    placed = [tuple(row.values()) for row in raw.rows("waste") if not raw.unplaced("waste", row)]
    expected = Counter(n for times in Counter(placed).values() for n in range(1, times + 1))
    found = published.lake(
        "select occurrence_no, count(*), count(distinct ticket_no) from "
        "read_parquet('{clean}/clean_waste/**/*.parquet', hive_partitioning = false) group by occurrence_no"
    )
    assert {number: loads for number, loads, _ in found} == dict(expected)
    assert all(loads == tickets for _, loads, tickets in found)


def test_loads_before_their_site_are_quarantined(published: House) -> None:
    """Twelve stamps of 2020 are next to report dates of 2021: slips of the source, refused by the register's dates."""
    slips = [row for row in raw.rows("waste") if raw.unplaced("waste", row)]
    assert all(row["report_date"] > "2021-01-02" for row in slips)
    found = published.lake("select reason, count(*) from read_parquet('{quarantine}/waste/*.parquet') group by reason")
    assert found == [("site_not_valid", len(slips))]
