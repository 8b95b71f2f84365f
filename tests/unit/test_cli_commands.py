"""The command line without a refresh: usage, help, exit codes, what is said and what is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import typer
from typer.core import TyperGroup

from orchestration.cli import main as cli
from orchestration.cli.checkup import BAD, WARN, Finding, configuration, data_directory
from orchestration.cli.report import in_reporting_zone, print_summary
from orchestration.summary import COUNTS, Summary
from tests.kit import copy_built_in
from warehouse.lock import writer_lock
from warehouse.paths import DataDir

ROOT = Path(__file__).resolve().parents[2]


def commands(group: TyperGroup, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words of every command of `group`, as `config check`."""
    found = []
    for name, command in group.commands.items():
        words = (*above, name)
        found += commands(command, words) if isinstance(command, TyperGroup) else [words]
    return found


COMMANDS = commands(typer.main.get_group(cli.app))


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    monkeypatch.delenv("ECOLEDGER_DATA", raising=False)
    monkeypatch.delenv("ECOLEDGER_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


def test_commands_are_found_in_groups_too():
    assert {("refresh",), ("config", "check"), ("dev", "new-feed")} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_explains_every_command_with_an_example(command, capsys):
    assert cli.run([*command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Example: ecoledger {' '.join(command)}" in " ".join(said.split())


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["refesh"], "refesh"),
        (["refresh", "--feeds", "water"], "--feed"),
        (["refresh", "--feed", "watr"], "water"),
        (["refresh", "--to", "yesterday"], "--to"),
        (["refresh", "--from", "2026-02-30"], "--from"),
        (["refresh", "--to", "2999-01-01"], "not over"),
        (["refresh", "--config", "missing.toml"], "missing.toml"),
        (["rollback", "000001-0123456789ab"], "000001-0123456789ab"),
        (["rollback", "../../etc"], "etc"),
        (["rollback"], "RELEASE"),
        (["methods", "pm25_annual_mean"], "no release yet"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence_and_exits_2(arguments, word, tmp_path, capsys):
    (tmp_path / "data").mkdir()
    options = ["--data", str(tmp_path / "data")] if arguments[0] != "refesh" else []
    assert cli.run([*arguments, *options]) == 2
    said = capsys.readouterr().err
    assert word in said
    assert "Traceback" not in said


def test_with_json_a_failure_is_an_object_too(tmp_path, capsys):
    for arguments, code in ((["refresh", "--to", "banana"], 2), (["refresh", "--frob"], 2)):
        assert cli.run([*arguments, "--json", "--data", str(tmp_path)]) == code
        said = capsys.readouterr()
        assert said.err == ""
        assert json.loads(said.out)["exit_code"] == code


def test_a_data_directory_that_is_a_file_exits_2(tmp_path, capsys):
    (tmp_path / "data").write_text("")
    for command in ("refresh", "status", "releases", "doctor"):
        assert cli.run([command, "--data", str(tmp_path / "data")]) == 2
    assert "is a file" in capsys.readouterr().err


def test_another_writer_exits_5_and_is_named(tmp_path):
    data = DataDir(tmp_path / "data").prepare()
    with writer_lock(data, "a long night's work"):
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.cli.main", "refresh", "--data", str(data.root)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert done.returncode == 5
    assert "a long night's work" in done.stderr
    assert str(os.getpid()) in done.stderr


def test_what_nobody_foresaw_exits_1_with_one_line_and_a_log(tmp_path, capsys, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("orchestration.cli.history.current_summary", broken)
    assert cli.run(["status", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ZeroDivisionError: division" in said
    log = tmp_path / "dagster" / "refresh.log"
    assert str(log) in said
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_status_of_a_directory_that_is_not_there_says_so(tmp_path, capsys):
    assert cli.run(["status", "--data", str(tmp_path / "missing")]) == 2
    said = capsys.readouterr().err
    assert "nothing is there" in said and str(tmp_path / "missing") in said
    assert not (tmp_path / "missing").exists()


def test_a_summary_fits_a_terminal_of_80_columns(capsys):
    """Ten years of readings, and a reason that is long: what fits is not cut, what does not is folded."""
    counts = {"files": 40_123, "refused": 1_012, **dict.fromkeys(COUNTS, 123_456_789)}
    why = "readings of clean_air are old: " + "the newest is of the day before " * 9
    domains = {"cross_domain": {"verdict": "warn", "state": "fresh", "since": "2026-11-22T06:30:00", "reason": why}}
    print_summary(Summary("published", feeds={"returns": counts}, domains=domains))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert text.count("123,456,789") == len(COUNTS) and "40,123" in text and "quarantined" in text
    assert "Asia/Shanghai" in text.replace(" ", "") and "the newest is" in text


def test_a_summary_has_names_in_full_and_counts_the_feeds_without_files(capsys):
    counts = {"files": 1, "refused": 0, **dict.fromkeys(COUNTS, 1_234)}
    feeds = {"vehicle_remote_sensing": counts, "returns": {"files": 0}, "water": {"files": 0}}
    print_summary(Summary("published", feeds=feeds))
    said = capsys.readouterr().out
    assert said.count("vehicle_remote_sensing") == 2
    assert "water" not in said
    assert "feeds without a file: 2 of 3" in said


def test_times_are_said_in_the_reporting_zone():
    assert in_reporting_zone("2026-11-30T16:30:00+00:00") == "2026-12-01 00:30:00 Asia/Shanghai"


def test_status_and_releases_of_an_empty_directory(tmp_path, capsys):
    assert cli.run(["status", "--data", str(tmp_path), "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["release"] is None
    assert status["feeds"]["water"]["records_in"] == 0
    assert cli.run(["releases", "--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"releases": []}
    assert list(tmp_path.iterdir()) == []


def test_config_check_names_the_line_and_the_nearest_word(tmp_path, capsys):
    file = tmp_path / "ecoledger.toml"
    file.write_text('[district]\narea_cod = "110105"\n', encoding="utf-8")
    assert cli.run(["config", "check", str(file)]) == 2
    said = capsys.readouterr().out
    assert "2" in said and "area_code" in said
    assert cli.run(["config", "check", str(file), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"]


def test_config_check_says_what_is_chosen_and_entered(tmp_path, capsys):
    text = copy_built_in(tmp_path)
    head = "indicator_id,target_operator,target_value,document_no,document_date\n"
    (tmp_path / "targets.csv").write_text(
        head + "voc_reduction,>=,100,京环发〔2021〕1号,2021-03-01\n", encoding="utf-8"
    )
    file = tmp_path / "ecoledger.toml"
    chosen = '[standards]\nair_edition = "2012"\ngrid_region = "national"\nrules.air_day_min_hours = 18\n'
    chosen += "rules.noise_hour_min_minutes = 40\n"
    text = text.replace("[declared]\n", '[declared]\nmunicipal_targets = "targets.csv"\n')
    file.write_text(chosen + text, encoding="utf-8")
    assert cli.run(["config", "check", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "air edition: 2012 on every day",
        "grid factor: national, average",
        "rule air_day_min_hours: 18 instead of 20 hours (certainty: verified)",
        "rule noise_hour_min_minutes: 40 instead of 45 minutes (certainty: low)",
        "areas: 41 rows of communities.csv",
        "municipal_targets: 1 row of targets.csv",
        "site_areas: 14 rows of site_areas.csv",
    ]


def test_config_check_of_a_sound_configuration(capsys):
    assert cli.run(["config", "check", str(ROOT / "sources" / "simulated" / "district.toml")]) == 0
    assert "no mistakes" in capsys.readouterr().out


def test_doctor_finds_a_sound_installation(tmp_path, capsys):
    assert cli.run(["doctor", "--data", str(tmp_path / "none"), "--json"]) == 0
    found = {f["what"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert found["Python"]["state"] == found["packages"]["state"] == found["dbt"]["state"] == "ok"
    assert not (tmp_path / "none").exists()


def test_doctor_says_what_is_wrong(tmp_path):
    data = DataDir(tmp_path).prepare()
    data.ledger_file.parent.mkdir()
    data.ledger_file.write_text("no entry\n")
    data.index_file.parent.mkdir()
    data.index_file.write_text("no database, though long enough to be taken for one")
    found = {f.what: f for f in data_directory(data)}
    assert found["ledger"].state == found["current release"].state == BAD
    assert found["index"].state == WARN
    assert configuration(tmp_path / "missing.toml").state == BAD
    assert all(isinstance(f, Finding) and f.text for f in found.values())


def test_methods_are_those_of_the_current_release(tmp_path, capsys):
    release = tmp_path / "releases" / "000001-0123456789ab"
    release.mkdir(parents=True)
    (tmp_path / "current").symlink_to(release)
    with duckdb.connect(str(release / "marts.duckdb")) as con:
        con.execute(
            "create table mart_indicator_methods as select 'regional_noise' as indicator_id, '' as variant,"
            " '区域环境噪声' as indicator_name_zh, 'S = Σ L / n' as formula, 'dB(A)' as unit, 'HJ 640-2012' as standard"
        )
    said = {}
    for options in ([], ["regional_noise"], ["--markdown"], ["--json"]):
        assert cli.run(["methods", *options, "--data", str(tmp_path)]) == 0
        said[tuple(options)] = capsys.readouterr().out
    assert all("区域环境噪声" in text for text in said.values())
    assert "S = Σ L / n" in said[("regional_noise",)] and "## regional_noise 区域环境噪声" in said[("--markdown",)]
    assert json.loads(said[("--json",)])["methods"][0]["standard"] == "HJ 640-2012"
    for asked in ("regional_nois", "nosuch"):
        assert cli.run(["methods", asked, "--data", str(tmp_path)]) == 2
        assert "did you mean regional_noise?" in capsys.readouterr().err


def test_a_panic_of_a_native_library_ends_in_json_as_any_mistake(monkeypatch, capsys, tmp_path):
    class PanicException(BaseException):
        """As pyo3 raises it: no Exception."""

    def panics(*_args, **_more):
        raise PanicException("attempt to subtract with overflow")

    monkeypatch.setenv("ECOLEDGER_DATA", str(tmp_path))
    monkeypatch.setattr(cli, "app", panics)
    assert cli.run(["status", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["exit_code"] == 1 and "attempt to subtract with overflow" in said["message"]
