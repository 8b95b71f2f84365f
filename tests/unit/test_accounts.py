"""The account of a month of delivery: files that were refused or do not add up, as the lake holds them."""

from dataclasses import replace

import pytest

from orchestration.steps.accounts import MonthAccount, accounts
from sources.registry import registry
from tests.unit.warehouse_kit import air_rows, counts, file_counts, land, nothing
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir

REFUSED = replace(file_counts(0, []), verdict="refused", reason="no such sheet", touches=())


@pytest.fixture
def index(tmp_path):
    """November: a file that adds up, one of another feed that does not. December: one refused, one gone, one short."""
    with open_lake(DataDir(tmp_path / "data").prepare(), registry()) as lake:
        whole = land(lake, "whole.csv", b"whole")
        noisy = land(lake, "noisy.csv", b"noisy", feed="noise", source_id="test_noise")
        broken = land(lake, "broken.csv", b"broken", day=31)
        gone = land(lake, "gone.csv", b"gone", day=32)
        short = land(lake, "short.csv", b"short", day=33)
        with lake.cleaning():
            lake.write_partition("clean_air", "2026-11-01", air_rows(whole, 1), nothing(), {whole: counts(3)})
            lake.write_partition("clean_air", "2026-11-02", air_rows(short, 2), nothing(), {short: counts(3)})
            lake.record_file("air", whole, file_counts(3, [1]), "f1")
            lake.record_file("air", short, file_counts(4, [2]), "f1")
            lake.record_file("noise", noisy, replace(file_counts(4, [1]), touches=()), "f1")
            lake.record_file("air", broken, REFUSED, "f1")
            lake.record_file("air", gone, replace(REFUSED, verdict="removed"), "f1")
        yield lake.index


def test_a_month_names_its_files_that_are_refused_or_do_not_add_up(index):
    found = accounts(index, ["air"], {"2026-12-01", "2026-11-01", "2027-01-01"})
    assert list(found) == ["2026-11-01", "2026-12-01", "2027-01-01"]
    assert found["2026-11-01"] == MonthAccount(1, [])
    assert found["2027-01-01"] == MonthAccount(0, [])
    assert found["2026-12-01"].files == 3
    assert found["2026-12-01"].problems == [
        "test_air, broken.csv: no such sheet",
        "test_air, short.csv: records: 4 in, 3 accounted for",
        "test_air, short.csv: readings: 4 in, 3 accounted for",
    ]


def test_another_feed_answers_for_its_own_files(index):
    (month,) = accounts(index, ["noise"], {"2026-11-01"}).values()
    assert (month.files, len(month.problems)) == (1, 2)
    assert accounts(index, ["noise"], {"2026-12-01"}) == {"2026-12-01": MonthAccount()}


def test_feeds_of_one_asset_answer_together(index):
    found = accounts(index, ["air", "noise"], {"2026-11-01", "2026-12-01"})
    assert [(month.files, len(month.problems)) for month in found.values()] == [(2, 2), (3, 3)]
    assert found["2026-11-01"].problems[0] == "test_noise, noisy.csv: records: 4 in, 0 accounted for"
