"""Both counts of every delivery by hand, and what became of each row that is in no figure."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import pytest

from tests.real.house import House


@dataclass(frozen=True)
class Counts:
    """Records: in = used + quarantined + duplicate. Readings: in = clean + quarantined + duplicate + superseded."""

    records: tuple[int, int, int, int]
    readings: tuple[int, int, int, int, int]
    other_rows: int = 1  # the header


FILES = {
    # 365 × 24 − 5 hours after the outage = 8755 records, and the last line twice. Six values each: 52530, 6.
    "air_nzg_2025_20260105.csv": Counts((8756, 8755, 0, 1), (52536, 52530, 0, 6, 0)),
    # 365 × 24 = 8760; × 6 = 52560.
    "air_atc_2025_20260106.csv": Counts((8760, 8760, 0, 0), (52560, 52560, 0, 0, 0)),
    "dust_notices_20250320.csv": Counts((1, 1, 0, 0), (1, 1, 0, 0, 0)),
    # Items × months: W1 5 × 12, W2 6 × 12, W3 5 × 12, W4 5 × 12, W5 6 × 10, W6 5 × 12; 60 + 72 + 60 + 60 + 60 + 60 =
    # 372; one line twice, one of an unknown section. One of the 372 is superseded by the correction.
    "water_lab_2025_20260110.csv": Counts((374, 372, 1, 1), (374, 371, 1, 1, 1)),
    "water_lab_correction_20260115.csv": Counts((1, 1, 0, 0), (1, 1, 0, 0, 0)),
    # Six moments of five items.
    "water_auto_20250615.csv": Counts((6, 6, 0, 0), (30, 30, 0, 0, 0)),
    # Two points, 3 × 24 hours, three values.
    "noise_hours_20250524.csv": Counts((144, 144, 0, 0), (432, 432, 0, 0, 0)),
    # A title, a header and a footer around 100 points.
    "noise_grid_20251101.xlsx": Counts((100, 100, 0, 0), (100, 100, 0, 0, 0), 3),
    # Three segments, level and vehicles.
    "noise_roads_20251101.csv": Counts((3, 3, 0, 0), (6, 6, 0, 0, 0)),
    # 4 × 365 + 5 tickets, the first twice; one has gross below tare.
    "waste_tickets_2025_20260108.csv": Counts((1466, 1464, 1, 1), (1466, 1464, 1, 1, 0)),
    # Two years of four flows; JSON has no header.
    "energy_balance_20260116.json": Counts((8, 8, 0, 0), (8, 8, 0, 0, 0), 0),
    # PM2.5 of 2020, carbon and GDP of three years (6), 13 items of 2025, EI of 2024, four reductions × five years (20),
    # PM10, NO2 and sections × the four years before measurement (12).
    "returns_20260120.csv": Counts((53, 53, 0, 0), (53, 53, 0, 0, 0)),
    # 12 reports on five commitments, one of which misspells its name; six on four projects.
    "plan_reports_20260118.csv": Counts((18, 17, 1, 0), (18, 17, 1, 0, 0)),
}
RECORDS = ("records_in", "records_used", "records_quarantined", "records_duplicate")
READINGS = ("readings_in", "readings_clean", "readings_quarantined", "readings_duplicate", "readings_superseded")


@pytest.mark.parametrize("name", FILES)
def test_counts_of_a_file(house: House, name: str) -> None:
    (found,) = house.released(f"select * from mart_delivery_counts where file_name = '{name}'")
    records, readings = tuple(found[c] for c in RECORDS), tuple(found[c] for c in READINGS)
    assert (records, readings, found["rows_other"]) == astuple(FILES[name])
    assert (found["verdict"], found["records_unaccounted"], found["readings_unaccounted"]) == ("read", 0, 0)


def test_no_other_file(house: House) -> None:
    found = house.released("select file_name from mart_delivery_counts")
    assert sorted(row["file_name"] for row in found) == sorted(FILES)


def test_quarantined_rows_are_named(house: House) -> None:
    # The header is row 1. Water: 372 results (rows 2 to 373), the repeated one, the unknown section: row 375. Waste:
    # 151 days before 1 June are 604 tickets (rows 2 to 605); the ninth of the day is row 614.
    found = house.lake("select file_name, raw_row, reason from read_parquet('{quarantine}/*/*.parquet') order by 1")
    # Plan reports: 15 rows before the one that names 'commitment:greenway_lenght'.
    assert found == [
        ("plan_reports_20260118.csv", 17, "plan_ref_mistaken"),
        ("waste_tickets_2025_20260108.csv", 614, "mass_impossible"),
        ("water_lab_2025_20260110.csv", 375, "unknown_site"),
    ]


def test_the_corrected_value_is_kept_with_what_replaced_it(house: House) -> None:
    # W1's January: pH, DO, CODMn, NH3-N: row 5 of the first file, replaced by row 2 of the second.
    found = house.lake(
        "select value_raw, raw_row, by_row, cast(known_from as date)::varchar "
        "from read_parquet('{superseded}/clean_water/*/*.parquet') where kind = 'superseded'"
    )
    assert found == [("32", 5, 2, "2026-01-10")]
    (clean,) = house.lake(
        "select value_raw, known_from::date::varchar from read_parquet('{clean}/clean_water/*/*.parquet') "
        "where site_id = 'W1' and parameter = 'nh3n' and period_start = '2025-01-05'"
    )
    assert clean == ("3.2", "2026-01-15")


def test_flagged_hours(house: House) -> None:
    # 农展馆: two hours in maintenance fail, × 6 = 12; the first hour after the outage of five, more than three in
    # a row, is suspect, × 6 = 6. No other reading of the district is flagged.
    found = house.released("select file_name, readings_flagged from mart_delivery_counts where readings_flagged > 0")
    assert found == [{"file_name": "air_nzg_2025_20260105.csv", "readings_flagged": 18}]
