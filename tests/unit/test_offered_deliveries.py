"""A delivery is what a source offered: from files and configuration to clean readings, without Dagster or dbt.

Here belong whole pulls and cleanings of tiny folders: same bytes of several sources, bytes sent again, sources that
come, go, are renamed or cut anew. Not here: landing itself (test_warehouse_landing) or which reading holds
(test_cleaning_resolve).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from orchestration import survey as surveying
from orchestration.cli.main import run
from orchestration.session import open_session
from orchestration.settings import Settings, settled
from orchestration.steps.clean import clean_feed
from orchestration.steps.pull import pull_feed
from orchestration.summary import Summary, add_lake
from sources.registry.read_registry import registry
from warehouse.lake.index import Index
from warehouse.lake.lake import Lake
from warehouse.paths import DataDir
from warehouse.release.losses import Signed, repair

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
HOURS = """
[[source]]
id = "{id}"
feed = "noise"
table = "clean_noise"
path = "{path}"
unknown_sites = "accept"
cadence_min = 60
{more}
[source.time]
columns = ["time"]
formats = ["%Y-%m-%d %H:%M"]
duration_min = 60
[source.site]
constant = "{site}"
[source.values]
"{column}" = {{ parameter = "leq", unit = "dB(A)" }}
[source.columns]
period_kind = {{ constant = "hour" }}
"""
BY_NAME = """delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"
"""


def source(source_id: str, path: str = "in/*.csv", site: str = "A", column: str = "leq", more: str = "") -> str:
    return HOURS.format(id=source_id, path=path, site=site, column=column, more=more)


@dataclass
class House:
    """A folder of files, a configuration and a data directory."""

    root: Path
    data: DataDir
    said: list[str] = field(default_factory=list)
    runs: int = 0

    def file(self, name: str, text: str, at: int | None = None) -> None:
        path = self.root / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if at is not None:
            os.utime(path, (at, at))

    def settings(self, *sources: str) -> Settings:
        config = self.root / "ecoledger.toml"
        config.write_text("".join(sources), encoding="utf-8")
        return settled(self.data, config, now=NOW + timedelta(minutes=self.runs))

    def refresh(self, *sources: str) -> str:
        """Pulls and cleans what is due; gives what the pull said. Afterwards nothing is left to do."""
        settings = self.settings(*sources)
        self.runs += 1
        months = set(surveying.survey(settings).months)
        texts, self.said = [], []
        with open_session(settings) as session:
            for feed in dict.fromkeys(s.feed for s in settings.config.sources):
                pulled = pull_feed(session, feed, months, lambda _: None)
                cleaned = clean_feed(session, feed, months, pulled.fetched, lambda _: None)
                assert (pulled.failures, cleaned.failure, cleaned.unbalanced) == ([], "", [])
                texts.append(pulled.text)
                self.said += cleaned.notices
        found = surveying.survey(settings)
        assert found.idle, found.feeds
        return "; ".join(texts)

    def readings(self) -> list[tuple[str, str, float]]:
        """Site, source and value of every clean reading."""
        files = sorted((self.data.clean / "clean_noise").glob("*/part-0.parquet"))
        if not files:
            return []
        found = pl.concat(pl.read_parquet(f, hive_partitioning=False) for f in files)
        return sorted((r["site_id"], r["source_id"], float(r["value"])) for r in found.iter_rows(named=True))

    def loads(self) -> list[tuple[str, str, float]]:
        """Partition, ticket and tonnes of every load, in order."""
        with Lake(self.data, registry()) as lake:
            days = {day: lake.read_clean("clean_waste", day) for day in lake.partitions("clean_waste")}
        return [
            (day, ticket, float(value))
            for day, found in days.items()
            for ticket, value in found.select("ticket_no", "value").iter_rows()
        ]

    def counts(self) -> pl.DataFrame:
        files = sorted((self.data.clean / "file_counts").glob("*/part-0.parquet"))
        return pl.concat(pl.read_parquet(f, hive_partitioning=False) for f in files).sort("delivered_at", "source_id")

    def raw_files(self) -> int:
        return len([p for p in self.data.raw.glob("*/*/*") if p.suffix == ".csv"])


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, DataDir(tmp_path / "data").prepare())


def hour(value: float, other: float = 0) -> str:
    return f"time,leq,b\n2026-03-02 08:00,{value},{other}\n"


def test_two_sources_read_different_columns_of_one_file(house: House) -> None:
    house.file("a.csv", hour(50, 60))
    assert house.refresh(source("pa"), source("pb", site="B", column="b")) == "2 new files"
    assert house.readings() == [("A", "pa", 50), ("B", "pb", 60)]
    assert house.counts()["source_id"].to_list() == ["pa", "pb"]
    assert house.raw_files() == 1


def test_two_feeds_read_one_file_by_their_own_clocks(house: House) -> None:
    house.file("wb_20260303.csv", "time,leq,b,Ticket,In,Out,Net t\n2026-03-02 08:00,50,0,T1,2026-03-01 08:00,,1\n")
    assert house.refresh(source("pa"), TICKETS.replace('end_columns = ["Out"]', "")) == "1 new files; 1 new files"
    found = house.counts().select("source_id", "adopted_from", pl.col("delivered_at").dt.date().cast(pl.String)).rows()
    assert found == [("c40", "", "2026-03-03"), ("pa", "", "2026-03-10")]
    assert house.raw_files() == 1


def test_byte_identical_files_of_two_sources(house: House) -> None:
    house.file("a/1.csv", hour(50))
    house.file("b/1.csv", hour(50))
    house.refresh(source("pa", "in/a/*.csv"), source("pb", "in/b/*.csv", site="B"))
    assert house.readings() == [("A", "pa", 50), ("B", "pb", 50)]


def test_the_bytes_of_an_earlier_day_sent_again_win(house: House) -> None:
    for day, value in (("03", 60), ("04", 85), ("05", 60)):
        house.file(f"a_202603{day}.csv", hour(value))
    house.refresh(source("pa", more=BY_NAME))
    assert house.readings() == [("A", "pa", 60)]
    assert house.counts()["readings_superseded"].to_list() == [1, 1, 0]
    assert house.raw_files() == 2


def test_bytes_put_back_at_one_path_with_their_old_time_win(house: House) -> None:
    pa = source("pa", more='delivered_at = "mtime"')
    # In February, so that the month of the third state is another than its file's time says.
    for at, value in ((1772000000, 60), (1772100000, 85), (1772000000, 60)):
        house.file("a.csv", hour(value).replace("2026-03-02", "2026-02-02"), at)
        house.refresh(pa)
        assert house.readings() == [("A", "pa", value)]
    assert house.counts().height == 3
    # Touched, but with the same bytes: no delivery.
    house.file("a.csv", hour(60).replace("2026-03-02", "2026-02-02"), 1772200000)
    assert house.refresh(pa) == "0 new files, 1 unchanged"
    assert house.counts().height == 3


def test_a_source_that_is_gone_takes_its_readings_with_it_and_comes_back(house: House) -> None:
    house.file("a/1.csv", hour(50))
    house.file("b/1.csv", hour(60))
    pa, pb = source("pa", "in/a/*.csv"), source("pb", "in/b/*.csv", site="B")
    house.refresh(pa, pb)
    house.refresh(pa)
    assert house.readings() == [("A", "pa", 50)]
    assert house.said == ["source pb is gone and took the readings of its 1 delivery with it"]
    assert house.counts().filter(source_id="pb")["verdict"].to_list() == ["removed"]
    house.refresh(pa, pb)
    assert house.readings() == [("A", "pa", 50), ("B", "pb", 60)]


def test_a_renamed_source_adopts_what_landed_even_if_the_files_are_gone(house: House) -> None:
    house.file("a.csv", hour(50))
    house.refresh(source("old"))
    house.file("a.csv", hour(70))
    house.refresh(source("old"))
    before = house.counts()
    (house.root / "in" / "a.csv").unlink()
    assert house.refresh(source("new")) == "2 new files, 2 of them adopted"
    assert house.readings() == [("A", "new", 70)]
    assert house.said == ["source old was renamed: new reads its 2 deliveries now"]
    adopted = house.counts().filter(source_id="new")
    assert adopted["adopted_from"].to_list() == ["old", "old"]
    assert adopted["delivered_at"].to_list() == before["delivered_at"].to_list()
    assert house.raw_files() == 2


@pytest.mark.parametrize("states", [(50, 70), (50, 70, 50)])
def test_a_renamed_source_adopts_what_replaced_a_file_whose_name_tells_its_time(
    house: House, states: tuple[int, ...]
) -> None:
    for value in states:
        house.file("a_20260303.csv", hour(value))
        house.refresh(source("old", more=BY_NAME))
    before = house.counts()
    (house.root / "in" / "a_20260303.csv").unlink()
    house.file("b_20260301.csv", hour(40))
    house.refresh(source("new", more=BY_NAME))
    assert house.readings() == [("A", "new", states[-1])]
    adopted = house.counts().filter(adopted_from="old")
    assert adopted["delivered_at"].to_list() == before["delivered_at"].to_list()


def test_a_new_source_adopts_while_the_other_goes_on(house: House) -> None:
    house.file("a.csv", hour(50, 60))
    pa = source("pa")
    house.refresh(pa)
    (house.root / "in" / "a.csv").unlink()
    house.file("b.csv", "time,leq,b\n2026-03-02 09:00,51,61\n")
    assert house.refresh(pa, source("pb", site="B", column="b")) == "3 new files, 1 of them adopted"
    assert house.readings() == [("A", "pa", 50), ("A", "pa", 51), ("B", "pb", 60), ("B", "pb", 61)]
    assert house.said == []


def test_a_source_cut_in_two_hands_over_what_it_no_longer_names(house: House) -> None:
    house.file("a_1.csv", hour(50))
    house.file("b_1.csv", "time,leq,b\n2026-03-02 09:00,60,0\n")
    house.refresh(source("pa"))
    house.refresh(source("pa", "in/a_*.csv"), source("pb", "in/b_*.csv", site="B"))
    assert house.readings() == [("A", "pa", 50), ("B", "pb", 60)]
    assert house.said == ["source pa no longer names 1 delivery: pb reads them now"]


def test_a_file_that_no_source_names_any_more_stays_with_its_own(house: House) -> None:
    house.file("2025.csv", hour(50))
    house.refresh(source("pa"))
    house.file("2026.csv", "time,leq,b\n2026-03-02 09:00,60,0\n")
    house.refresh(source("pa", "in/2026*.csv"))
    assert house.readings() == [("A", "pa", 50), ("A", "pa", 60)]


def test_two_files_of_one_time_that_contradict_each_other_are_named(house: House) -> None:
    house.file("a_20260303.csv", hour(50))
    house.file("b_20260303.csv", hour(60))
    house.refresh(source("pa", more=BY_NAME))
    (said,) = house.said
    assert "a_20260303.csv" in said and "b_20260303.csv" in said and "1 reading of clean_noise" in said
    (holds,) = house.readings()
    assert said.startswith(f"pa: {'a' if holds[2] == 50 else 'b'}_20260303.csv and")
    house.file("c_20260304.csv", hour(70))
    house.refresh(source("pa", more=BY_NAME))
    assert house.said == []


def test_files_dated_in_the_future_and_sources_without_readings_are_named(house: House) -> None:
    house.file("a_20260303.csv", hour(50))
    house.file("a_20990303.csv", hour(50))
    empty = source("pb", more=BY_NAME) + '[[source.filters]]\ncolumn = "time"\nop = "in"\nvalues = ["never"]\n'
    pa = source("pa", more=BY_NAME)
    house.refresh(pa, empty)
    found = surveying.survey(house.settings(pa, empty))
    assert found.never_due == [
        "pa: a_20990303.csv is dated 2099-03-03 00:00, in the future",
        "pb: a_20990303.csv is dated 2099-03-03 00:00, in the future",
    ]
    (said,) = found.without_readings
    assert said.startswith("source pb (noise) offered 1 file but read nothing: no record")
    summary = Summary("status")
    add_lake(summary, house.data, ["noise"])
    assert summary.notices == [said]


def test_status_tells_an_older_index_instead_of_showing_zeros(house: House) -> None:
    house.file("a.csv", hour(50))
    house.refresh(source("pa"))
    index = Index(house.data.index_file)
    index.db.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    index.close()
    summary = Summary("status")
    add_lake(summary, house.data, ["noise"])
    assert summary.notices[0].endswith("is of another version; `ecoledger refresh` migrates or rebuilds it")
    house.refresh(source("pa"))
    assert house.readings() == [("A", "pa", 50)]


def test_config_check_says_which_sources_read_the_same_files(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.file("a.csv", hour(50))
    house.file("b.csv", hour(60))
    sources = source("pa"), source("pb", "in/a*.csv", site="B"), source("pc", "in/c.csv", site="C")
    house.settings(*sources)
    config = str(house.root / "ecoledger.toml")
    assert run(["config", "check", config]) == 0
    assert "pa, pb read the same 1 file (in/a.csv): each reads it by its own mapping" in capsys.readouterr().out
    assert run(["config", "check", config, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["notices"]) == 1
    house.settings(source("pa"), source("pb", "in/b*.csv", site="B").replace("in/b", "in/x"))
    assert run(["config", "check", config]) == 0
    assert "the same" not in capsys.readouterr().out


def test_a_landing_time_is_that_of_the_first_landing(house: House) -> None:
    house.file("a.csv", hour(50))
    house.refresh(source("pa"))
    assert house.counts()["delivered_at"].to_list() == [NOW.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)]


TICKETS = """
[[source]]
id = "c40"
feed = "waste"
path = "in/*.csv"
unknown_sites = "accept"
delivered_at = "name"
delivered_at_pattern = 'wb_(\\d{8})'
delivered_at_format = "%Y%m%d"
[source.time]
columns = ["In"]
formats = ["%Y-%m-%d %H:%M"]
end_columns = ["Out"]
[source.site]
constant = "W40"
[source.columns]
ticket_no = { column = "Ticket" }
category = { constant = "other" }
[source.values]
"Net t" = { parameter = "net_t", unit = "t" }
"""


@pytest.mark.parametrize("index_lost", [False, True])
def test_a_corrected_ticket_counts_on_its_new_day_only(house: House, index_lost: bool) -> None:
    """Case 09; the index of tickets is made again where it was lost."""
    head = "Ticket,In,Out,Net t\n"
    first = "T5,2025-01-03 00:05,2025-01-03 00:20,8.2\nT6,2025-01-03 09:00,2025-01-03 09:10,7.0\n"
    house.file("wb_20250104.csv", head + first)
    house.refresh(TICKETS)
    if index_lost:
        house.data.index_file.unlink()
    house.file("wb_20250105.csv", head + "T5,2025-01-02 23:55,2025-01-03 00:20,8.2\n")
    house.refresh(TICKETS)
    assert house.loads() == [("2025-01-02", "T5", 8.2), ("2025-01-03", "T6", 7.0)]
    assert "T5" in house.said[0]


def test_a_correction_that_is_given_up_gives_the_ticket_back_to_its_first_day(house: House) -> None:
    head = "Ticket,In,Out,Net t\n"
    house.file("wb_20250104.csv", head + "T5,2025-01-03 00:05,2025-01-03 00:20,8.2\n")
    house.refresh(TICKETS)
    house.file("wb_20250105.csv", head + "T5,2025-01-02 23:55,2025-01-03 00:20,8.2\n")
    house.refresh(TICKETS)
    (house.root / "in" / "wb_20250105.csv").unlink()
    with Lake(house.data, registry()) as lake:
        correction = lake.deliveries("waste")[-1].receipt
    (house.data.raw / correction.raw_file).unlink()
    repair(house.data, registry(), ZoneInfo("Asia/Shanghai"), {}, Signed("me", "the disk failed"), give_up_raw=True)
    house.refresh(TICKETS)
    assert house.loads() == [("2025-01-03", "T5", 8.2)]
