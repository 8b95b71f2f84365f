"""`ecoledger refresh` end to end on a few weeks of the simulated district, as a user runs it."""

import json
import subprocess
import sys

import pytest

from sources.config import load_config
from sources.config.load import BUILT_IN
from sources.registry import registry
from sources.simulated.streams import STREAMS
from tests.kit import ROOT, copy_built_in, environment, run_cli
from tests.kit import current as rows
from warehouse.lock import writer_lock
from warehouse.paths import DataDir
from warehouse.release.ledger import Ledger
from warehouse.release.releases import current, releases, verify_files

GONE = """
[[source]]
id = "gone_weighbridge"
feed = "waste"
path = "gone/*.csv"
[source.time]
columns = ["time"]
formats = ["%Y-%m-%d %H:%M"]
marks = "instant"
[source.site]
column = "site"
[source.values]
"net" = { parameter = "net_t", unit = "t" }
[source.columns]
ticket_no = { column = "no" }
category = { constant = "other" }
"""
HEAVY = ("dagster", "dbt", "great_expectations", "polars", "duckdb", "pyarrow", "pandas")


@pytest.fixture(scope="module")
def data(district) -> DataDir:
    assert district.first.code == 0, district.first.out + district.first.err
    return DataDir(district.data)


def test_the_first_refresh_publishes_and_says_so(district, data):
    said = district.first.json
    assert (said["outcome"], said["exit_code"]) == ("published", 0)
    assert district.first.err == ""
    assert set(said["feeds"]) == {stream.feed for stream in STREAMS.values()}
    # Networks hand over their first month later.
    assert {feed for feed, counts in said["feeds"].items() if counts["files"] > 0} == set(registry().feeds)
    assert {state["state"] for state in said["domains"].values()} == {"fresh"}
    release = current(data)
    assert said["release"]["id"] == release.release_id
    assert said["release"]["digest"] == release.digest
    assert said["ledger_head"] == Ledger(data.ledger_file).head()
    assert verify_files(release) == []


def test_records_and_readings_add_up_in_what_is_said(district, data):
    for feed, counts in district.first.json["feeds"].items():
        parts = ("records_used", "records_quarantined", "records_duplicate")
        assert counts["records_in"] == sum(counts[part] for part in parts), feed
        assert counts["readings_in"] >= counts["readings_superseded"], feed


def test_bi_opens_what_the_refresh_names(district, data):
    assert district.first.json["open"] == str(data.current / "marts.duckdb")
    assert len(rows(data.root, "select * from mart_plan_scorecard")) == 22
    assert len(rows(data.root, "select * from mart_gate_results")) > 100


def test_every_source_has_a_row_of_its_own(data):
    found = {row["source_id"]: row for row in rows(data.root, "select * from mart_sources")}
    assert set(found) == {source.id for source in load_config(BUILT_IN).sources}
    air = found["sim_air_reference"]
    assert (air["state_zh"], air["connector_zh"], air["provenance_zh"]) == ("正常交付", "模拟", "模拟")
    assert air["n_deliveries"] > 20 and air["usual_gap_days"] == 1 and air["failing_since"] is None


def test_nothing_is_written_to_the_home_directory(district, data):
    assert list(district.home.rglob("*")) == []


def test_nothing_new_is_said_at_once_and_imports_nothing_heavy(data, district, tmp_path):
    code = (
        "import json, sys\nfrom orchestration.cli import main as cli\n"
        f"code = cli.run(['refresh', '--data', {str(data.root)!r}, '--to', {district.last_day!r}, '--json'])\n"
        f"print(json.dumps([code, sorted(set(sys.modules) & set({HEAVY!r}))]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(tmp_path),
        check=False,
    )
    assert json.loads(done.stderr) == [0, []]
    said = json.loads(done.stdout)
    assert said["outcome"] == "nothing_new"
    assert said["release"]["id"] == current(data).release_id


def test_another_writer_is_named(data, district):
    with writer_lock(data, "somebody else"):
        ran = run_cli("refresh", "--data", str(data.root), "--to", district.last_day)
    assert ran.code == 5
    assert "somebody else" in ran.err


def test_runs_of_the_command_line_appear_in_dagster(data, monkeypatch):
    import dagster as dg

    monkeypatch.setenv("DAGSTER_HOME", str(data.dagster))
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs()
        assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS]
        assert runs[0].tags["ecoledger/started_by"] == "command line"
        assert instance.get_latest_materialization_event(dg.AssetKey("release")) is not None
        record = instance.get_latest_materialization_event(dg.AssetKey("mart_indicator_values"))
        assert record is not None


@pytest.mark.slow
def test_one_more_day_is_a_new_release_and_a_rollback_withdraws_it(copied, district):
    root = copied()
    data = DataDir(root)
    first = current(data)
    more = run_cli("refresh", "--data", str(root), "--to", district.next_day, "--json")
    assert more.code == 0, more.out
    assert more.json["outcome"] == "published"
    assert more.json["release"]["id"] != first.release_id
    assert sum(counts["new_files"] for counts in more.json["feeds"].values()) > 0

    back = run_cli("rollback", first.release_id, "--data", str(root), "--reason", "a test", "--json")
    assert back.code == 0
    assert back.json["release"]["id"] == first.release_id
    assert [r.state for r in releases(data)] == ["current", "withdrawn"]
    listed = run_cli("releases", "--data", str(root))
    assert "withdrawn" in listed.out

    again = run_cli("refresh", "--data", str(root), "--to", district.next_day, "--json")
    assert (again.code, again.json["outcome"]) == (0, "nothing_new")
    assert current(data).release_id == first.release_id


@pytest.mark.slow
def test_a_source_that_is_gone_does_not_stop_the_others(tmp_path, district):
    text = copy_built_in(tmp_path)
    config = tmp_path / "ecoledger.toml"
    config.write_text(text + GONE, encoding="utf-8")
    ran = run_cli("refresh", "--data", str(tmp_path / "data"), "--config", str(config), "--to", district.last_day)
    assert ran.code == 3, ran.out + ran.err
    assert "waste failed" in ran.out and "gone" in ran.out
    assert "Traceback" not in ran.out + ran.err
    assert len(rows(tmp_path / "data", "select * from mart_plan_scorecard")) == 22


def test_doctor_and_status_after_a_refresh(data):
    doctor = run_cli("doctor", "--data", str(data.root), "--json")
    assert {f["state"] for f in doctor.json["findings"]} <= {"ok", "warn"}, doctor.out
    status = run_cli("status", "--data", str(data.root), "--json")
    assert status.json["feeds"]["water"]["records_in"] > 0
    assert status.json["last_refresh"]["outcome"] == "published"
