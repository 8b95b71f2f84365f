"""The right values of every case, through `ecoledger refresh --config`. Each was wrong once; each stands for a kind."""

from __future__ import annotations

from decimal import Decimal

from tests.cases.conftest import Cases


def test_refused_files_are_named_and_the_rest_is_published(cases: Cases) -> None:
    """c22 is quarantined, c27's far corner is refused: the run says so by its exit code and publishes what is right."""
    assert cases.ran.code == 3, cases.ran.out + cases.ran.err
    said = cases.ran.json
    assert said["outcome"] == "published"
    assert {f["file_name"] for f in said["refused_files"]} == {"farcorner.xlsx"}
    assert "Traceback" not in cases.ran.err


def test_both_counts_hold_for_every_delivery(cases: Cases) -> None:
    rows = cases.released("select * from mart_delivery_counts")
    assert len(rows) > 20
    for row in rows:
        assert (row["records_unaccounted"], row["readings_unaccounted"]) == (0, 0), row["file_name"]


def test_c01_two_stations_of_one_file(cases: Cases) -> None:
    found = cases.clean(
        "clean_air",
        "select site_id, count(*), count(*) filter (flag = 9) from clean where site_id like '100%' group by 1",
    )
    assert sorted(found) == [("1001A", 144, 0), ("1003A", 144, 6)]
    assert [row["source_id"] for row in cases.counts("c01")] == ["c01-1001A", "c01-1003A"]


def test_c02_every_sheet_of_a_workbook(cases: Cases) -> None:
    found = cases.clean(
        "clean_waste", "select month(period_start), count(*), sum(value) from clean where site_id = 'WS1' group by 1"
    )
    assert sorted(found) == [(1, 5, Decimal("46.0")), (2, 5, Decimal("51.0")), (3, 5, Decimal("56.0"))]


def test_c03_two_meters_with_the_same_bytes(cases: Cases) -> None:
    found = cases.clean("clean_energy", "select site_id, count(*) from clean where site_id like 'E50%' group by 1")
    assert sorted(found) == [("E50A", 24), ("E50B", 24)]


def test_c05_offsets_in_the_stamp(cases: Cases) -> None:
    assert cases.clean("clean_energy", "select count(*), sum(value) from clean where site_id = 'M15'") == [
        (50, Decimal("62.25"))
    ]
    assert [row["readings_superseded"] for row in cases.counts("c15")] == [0]


def test_c06_the_hour_that_clocks_show_twice(cases: Cases) -> None:
    assert cases.clean("clean_energy", "select count(*), sum(value) from clean where site_id = 'M11'") == [
        (50, Decimal("62.25"))
    ]
    second = cases.clean(
        "clean_energy",
        "select value, cast(period_start_utc as varchar) from clean where site_id = 'M11' and raw_row = 6",
    )
    assert second == [(Decimal("1.04"), "2024-10-27 01:00:00")]


def test_c08_non_detects_of_other_columns(cases: Cases) -> None:
    found = cases.clean(
        "clean_water",
        "select site_id, parameter, raw_row, censored, value from clean where site_id like 'WQP%' and censored <> ''"
        " order by all",
    )
    assert found == [
        ("WQP-1", "nh3n", 3, "<", Decimal("0.02")),
        ("WQP-1", "nh3n", 4, "<", Decimal("0.05")),
        ("WQP-2", "nh3n", 2, "<", Decimal("0.05")),
        ("WQP-2", "tp", 3, "<", Decimal("0.02")),
    ]
    assert [row["records_quarantined"] for row in cases.counts("c13")] == [0, 0]


def test_c09_a_ticket_corrected_over_midnight(cases: Cases) -> None:
    found = cases.clean(
        "clean_waste",
        "select ticket_no, value, cast(period_start as date)::varchar from clean"
        " where site_id = 'W40' order by ticket_no",
    )
    assert found == [("T5", Decimal("8.2"), "2025-01-02"), ("T6", Decimal("7.0"), "2025-01-03")]
    days = cases.released(
        "select day, net_t from mart_waste_weighbridge_daily where site_id = 'W40' and net_t > 0 order by day"
    )
    assert [(str(row["day"]), row["net_t"]) for row in days] == [
        ("2025-01-02", Decimal("8.2")),
        ("2025-01-03", Decimal("7.0")),
    ]


def test_c10_a_footnote_mark_is_no_digit(cases: Cases) -> None:
    """344.6 with a circled one: 3 446 000 persons, or nothing."""
    found = cases.clean(
        "clean_returns",
        "select value from clean where site_id = '110105' and parameter = 'population' and year(period_start) = 2023",
    )
    assert found in ([], [(Decimal(3_446_000),)])
    counts = cases.counts("c60")
    assert [row["readings_quarantined"] for row in counts] == [1 if not found else 0]


def test_c11_a_register_without_provenance(cases: Cases) -> None:
    assert cases.ran.json["domains"]["waste"]["state"] == "fresh", cases.ran.json["domains"]["waste"]
    rows = cases.released("select distinct provenance from mart_waste_weighbridge_daily where site_id = 'W1'")
    assert [row["provenance"] for row in rows] == ["observed"]
    (ticket,) = cases.clean("clean_waste", "select value from clean where site_id = 'W1'")
    assert ticket == (Decimal("8.2"),)


def test_c12_levels_of_quarter_hours(cases: Cases) -> None:
    """50, 55, 60 and 65 dB: 10 lg of the mean energy is 60.59 dB, rounded as the standard says."""
    days = cases.candidate(
        "select day, ld_db, ln_db, day_hours_valid, night_hours_valid from candidate.mart_noise_site_daily"
        " where site_id = 'N21' order by day"
    )
    assert sum(row["day_hours_valid"] for row in days) == 16
    assert sum(row["night_hours_valid"] for row in days) == 8
    assert [row["ld_db"] for row in days if row["ld_db"] is not None] == [Decimal("60.6")]
    assert [row["ln_db"] for row in days if row["ln_db"] is not None] == [Decimal("60.6")]
    assert cases.clean("clean_noise", "select count(*) from clean where site_id = 'N21' and parameter = 'leq'") == [
        (96,)
    ]


def test_c13_trailing_delimiters_and_short_rows(cases: Cases) -> None:
    counts = cases.counts("c07")
    assert [(row["records_in"], row["records_used"], row["readings_clean"]) for row in counts] == [(8, 8, 16)] * 2


def test_c14_cells_merged_downwards(cases: Cases) -> None:
    found = cases.clean(
        "clean_water",
        "select site_id, parameter, value from clean where site_id in ('M1', 'M2') and method = 'manual' order by all",
    )
    values = [("codmn", "2.3"), ("do", "9.8"), ("nh3n", "0.21"), ("tp", "0.04")]
    assert found == [(site, name, Decimal(value)) for site in ("M1", "M2") for name, value in values]


def test_c15_hours_months_and_years_in_the_header(cases: Cases) -> None:
    hours = cases.clean(
        "clean_energy",
        "select hour(period_start), count(*), min(value), max(value) from clean where site_id = 'PA1' group by 1",
    )
    assert sorted(hours) == [(h, 2, Decimal(101_000 + 1000 * h), Decimal(101_000 + 1000 * h)) for h in range(24)]
    months = cases.clean(
        "clean_energy",
        "select month(period_start), value, sector, date_diff('day', period_start, period_end) from clean"
        " where site_id = 'E62'",
    )
    days = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    assert sorted(months) == [(m, Decimal((10 + m) * 10_000), "industry", days[m - 1]) for m in range(1, 13)]
    years = cases.clean(
        "clean_returns",
        "select year(period_start), value from clean where parameter = 'population'"
        " and site_id = '110105099' and raw_column = strftime(period_start, '%Y')",
    )
    said = ("345.1", "345.1", "344.9", "344.2", "344.6")
    assert sorted(years) == [(2019 + i, Decimal(text) * 10_000) for i, text in enumerate(said)]
    counts = {row["source_id"]: (row["records_in"], row["readings_clean"]) for row in cases.counts("across-")}
    assert counts == {"across-hours": (2, 48), "across-months": (1, 12), "across-years": (2, 10)}


def test_c16_arrays_dates_lists_and_columns_of_json(cases: Cases) -> None:
    water = cases.clean(
        "clean_water",
        "select parameter, count(*), min(value), max(value), min(value_raw) like '<span%title=%' from clean"
        " where site_id in ('沙窝', '东店') group by 1",
    )
    assert sorted(water) == [
        ("codmn", 6, Decimal("1.8"), Decimal("1.8"), True),
        ("nh3n", 6, Decimal("0.11"), Decimal("0.11"), True),
    ]
    air = cases.clean(
        "clean_air",
        "select site_id, parameter, count(*), min(period_start_utc)::varchar from clean"
        " where site_id in ('D1005A', '50038', 'M55') and parameter in ('pm2_5', 'pm10') group by all",
    )
    assert sorted(air) == [
        ("50038", "pm10", 6, "2024-01-03 00:00:10"),
        ("50038", "pm2_5", 6, "2024-01-03 00:00:10"),
        ("D1005A", "pm10", 24, "2024-01-02 15:00:00"),
        ("D1005A", "pm2_5", 24, "2024-01-02 15:00:00"),
        ("M55", "pm2_5", 6, "2024-01-02 16:00:00"),
    ]
    assert [row["records_in"] for row in cases.counts("c16-lists")] == [6]


def test_c17_a_status_next_to_each_value(cases: Cases) -> None:
    found = cases.clean(
        "clean_air",
        "select site_id, parameter, count(*) filter (flag <> 4), list(raw_row) filter (flag = 4) from clean"
        " where site_id like '_52' group by 1, 2",
    )
    assert sorted(found) == [
        (site, name, 24 - len(lost or []), lost)
        for site in ("A52", "B52")
        for name, lost in (("no2", [6]), ("pm10", None))
    ]


def test_c19_a_missing_mark_written_otherwise(cases: Cases) -> None:
    found = cases.clean(
        "clean_air", "select parameter, raw_row from clean where site_id = 'ENV1' and flag = 9 order by all"
    )
    assert found == [("no2", 3), ("no2", 4), ("pm10", 3), ("pm10", 4), ("pm10", 5)]


def test_c20_registers_count_by_their_differences(cases: Cases) -> None:
    """47 intervals of 4 kWh, one of which an exchange makes unknown; a corrected last reading of a month; and a meter
    of five digits that turns over: 6, 7 and 5 kWh.
    """
    months = cases.released(
        "select sector, period_start, amount, n_valid from mart_energy_monthly where area_code = '110105'"
        " and metering = 'meter' and sector in ('agriculture', 'construction', 'transport') and amount is not null"
        " order by all"
    )
    assert [(row["sector"], str(row["period_start"]), row["amount"], row["n_valid"]) for row in months] == [
        ("agriculture", "2024-01-01", Decimal(184), 46 * 60),
        # 2 and half of 1; the other half, and 1 without the 0.25 that went back.
        ("construction", "2024-01-01", Decimal("2.5"), 90),
        ("construction", "2024-02-01", Decimal("1.25"), 90),
        ("transport", "2024-03-01", Decimal(18), 180),
    ]
    register = cases.clean(
        "clean_energy", "select count(*), max(value) from clean where site_id = 'REG1' and metering = 'register'"
    )
    assert register == [(48, Decimal(100_116))]


def test_c21_keys_that_no_mapping_names_cost_nothing(cases: Cases) -> None:
    (counts,) = cases.counts("c21")
    assert (counts["verdict"], counts["records_in"]) == ("read", 20_000)


def test_c22_a_number_of_five_million_digits(cases: Cases) -> None:
    (counts,) = cases.counts("c22")
    assert (counts["verdict"], counts["readings_clean"]) == ("read", 0)
    assert counts["records_quarantined"] + counts["readings_quarantined"] >= 1


def test_c23_any_character_in_the_name_of_the_district(cases: Cases) -> None:
    names = cases.released("select distinct area_name_zh from mart_indicator_values where area_code = '110105'")
    assert [row["area_name_zh"] for row in names] == ["朝'阳{{区}}"]


def test_c24_two_sources_of_one_file(cases: Cases) -> None:
    found = cases.clean("clean_noise", "select site_id, min(value) from clean where site_id like '_24' group by 1")
    assert sorted(found) == [("A24", Decimal(50)), ("B24", Decimal(60))]


def test_c25_a_correction_back_to_the_first_bytes(cases: Cases) -> None:
    assert cases.clean("clean_noise", "select sum(value) from clean where site_id = 'A25'") == [(Decimal(1210),)]
    assert len(cases.counts("c25")) == 3


def test_c26_the_same_bytes_of_two_sources(cases: Cases) -> None:
    found = cases.clean("clean_noise", "select site_id, count(*) from clean where site_id like '_26' group by 1")
    assert len(found) == 2 and len({n for _, n in found}) == 1


def test_c27_a_far_cell_costs_its_file_only(cases: Cases) -> None:
    counts = {row["file_name"]: row for row in cases.counts("c27")}
    assert counts["farcorner.xlsx"]["verdict"] == "refused" and counts["farcorner.xlsx"]["reason"]
    assert counts["good.xlsx"]["verdict"] == "read" and counts["good.xlsx"]["readings_clean"] > 0


def test_c28_means_that_were_averaged_before_they_came(cases: Cases) -> None:
    """Used where the day has no hours, marked; a day with two hours has no mean of its own."""
    rows = cases.released(
        "select site_id, day, pm2_5_ug_m3, pm2_5_validity, pm10_ug_m3, pm10_validity, provenance"
        " from mart_air_station_daily where site_id in ('D28', 'E28') order by site_id, day"
    )
    found = {(row["site_id"], str(row["day"])): row for row in rows}
    first, second = found["D28", "2024-01-03"], found["E28", "2024-01-03"]
    assert (first["pm2_5_ug_m3"], first["pm2_5_validity"]) == (Decimal(41), "indicative")
    assert first["pm10_ug_m3"] == Decimal(60)
    assert (second["pm2_5_ug_m3"], second["pm2_5_validity"]) == (Decimal(51), "indicative")
    assert (second["pm10_ug_m3"], second["pm10_validity"]) == (None, "insufficient")
    assert first["provenance"] == "reported"
    assert cases.clean("clean_air", "select count(*) from clean where site_id = 'D28'") == [(3,)]
