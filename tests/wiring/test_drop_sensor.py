"""A file in the folder of a source starts a refresh, once it changes no more, and once only."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from orchestration.dagster.drop_sensor import drop_sensor
from orchestration.dagster.due import RANGE_END, RANGE_START
from orchestration.settings import settled
from orchestration.steps.pull import pull_feed
from tests.unit.test_orchestration_survey import CONFIG, Opened
from warehouse.lake.lake import open_lake
from warehouse.paths import DataDir

# The same tickets from an address.
ELSEWHERE = CONFIG.replace('id = "tickets"', 'id = "platform"\nconnector = "web"').replace(
    'path = "in/*.csv"\ndelivered_at = "name"\ndelivered_at_pattern = \'_(\\d{8})\\.\'\ndelivered_at_format = "%Y%m%d"',
    'path = "https://nobody.invalid/api"',
)


class Looks:
    """The sensor over one folder, look after look."""

    def __init__(self, folder: Path) -> None:
        self.data = DataDir(folder / "data").prepare()
        self.config = folder / "ecoledger.toml"
        # A source that has to be asked over a network is never asked by the sensor.
        self.config.write_text(CONFIG + ELSEWHERE, encoding="utf-8")
        (folder / "in").mkdir()
        self._sensor, self._cursor = drop_sensor(self.data, self.config), ""

    def look(self) -> dg.RunRequest | str:
        """What the sensor asks for, or why it does not."""
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=self._cursor)
            found = self._sensor(context)
            self._cursor = context.cursor or ""
        return found.skip_message if isinstance(found, dg.SkipReason) else found


@pytest.fixture
def looks(tmp_path: Path) -> Looks:
    return Looks(tmp_path)


def drop(folder: Path, day: str, net: str = "1.5") -> None:
    text = f"time,site,no,net\n2026-01-31 08:00,A,{day},{net}\n"
    (folder / "in" / f"t_{day}.csv").write_text(text, encoding="utf-8")


def test_an_empty_folder_starts_nothing(looks: Looks) -> None:
    assert looks.look() == "no folder holds anything new"


def test_a_file_is_taken_at_the_second_look_with_the_months_of_what_is_due(looks: Looks, tmp_path: Path) -> None:
    drop(tmp_path, "20260131")
    drop(tmp_path, "20260201")
    assert "at the next look" in looks.look()
    asked = looks.look()
    assert (asked.tags[RANGE_START], asked.tags[RANGE_END]) == ("2026-01-01", "2026-02-01")
    # Until the run has taken them Dagster knows the run by its key.
    assert looks.look().run_key == asked.run_key


def test_a_file_that_still_grows_is_waited_for(looks: Looks, tmp_path: Path) -> None:
    drop(tmp_path, "20260131")
    looks.look()
    drop(tmp_path, "20260131", "1.5\n2026-01-31 09:00,A,2,2.5")
    assert "at the next look" in looks.look()
    assert isinstance(looks.look(), dg.RunRequest)


def test_what_has_landed_is_not_new(looks: Looks, tmp_path: Path) -> None:
    drop(tmp_path, "20260131")
    # Nobody is asked over a network here.
    looks.config.write_text(CONFIG, encoding="utf-8")
    settings = settled(looks.data, looks.config)
    with open_lake(settings.data, settings.registry) as lake:
        pull_feed(Opened(settings, lake), "waste", {"2026-01-01"}, lambda text: None)
    assert looks.look() == "no folder holds anything new"
