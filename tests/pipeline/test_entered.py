"""What a user enters, refresh after refresh: a municipal target and a rule, entered, changed and taken back.

Here belongs the walk from the user's file to the scorecard, and from the manifest back to the file's bytes. Not here:
mistakes in such files (tests/unit/test_config_declared.py).
"""

import hashlib
import json
from pathlib import Path

import pytest

from tests.kit import current, parsed, run_cli
from warehouse.paths import DataDir

pytestmark = pytest.mark.slow

CONFIG = """
[sites]
files = ["sites.csv"]

[[source]]
id = "forms"
feed = "returns"
path = "forms/*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"
[source.time]
columns = ["year"]
formats = ["%Y"]
duration = "year"
[source.site]
constant = "110105"
[source.values]
"voc" = { parameter = "voc_reduction", unit = "t" }

[[source]]
id = "points"
feed = "noise"
table = "clean_noise"
path = "noise/*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"
[source.time]
columns = ["hour"]
formats = ["%Y-%m-%d %H:%M"]
[source.site]
column = "point"
[source.columns]
period_kind = { constant = "hour" }
[source.values]
"leq" = { parameter = "leq", unit = "dB(A)" }
"minutes" = { parameter = "valid_minutes", unit = "min" }
"""
SITES = """site_id,feed,name_zh,kind,network,area_code,noise_class,assessed,valid_from,provenance
110105,returns,朝阳区,area,district,110105,,true,2015-01-01,observed
P1,noise,测点一,point,municipal,110105,2,true,2017-01-01,observed
"""
HEAD = "indicator_id,target_operator,target_value,document_no,document_date\n"
# 120 t were reduced in the five years since 2021: the first document is met, the later one is missed.
FIRST = "voc_reduction,>=,100,京环发〔2021〕1号,2021-03-01\n"
SECOND = "voc_reduction,>=,150,京环发〔2023〕8号,2023-06-01\n"
# Every hour has 50 valid minutes: enough for the 45 of HJ 906, too few for 55.
RULE = "[standards.rules]\nnoise_hour_min_minutes = 55\n"


class House:
    """One user's folder and data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, DataDir(folder / "data")
        parsed(self.data)
        for name in ("forms", "noise"):
            (folder / name).mkdir()
        (folder / "sites.csv").write_text(SITES, encoding="utf-8")
        years = "year,voc\n2021,20\n2022,30\n2023,25\n2024,25\n2025,20\n"
        (folder / "forms" / "forms_20260201.csv").write_text(years, encoding="utf-8")
        hours = [
            f"P1,2026-01-{d} {h:02}:00,{50 + (d + 5 * h) % 7}.{h % 10},50\n" for d in range(28, 32) for h in range(24)
        ]
        (folder / "noise" / "hours_20260201.csv").write_text("point,hour,leq,minutes\n" + "".join(hours))

    def refresh(self, top: str = "", targets: str | None = None) -> str:
        """Writes configuration and targets, refreshes, and gives the outcome."""
        file = self.folder / "targets.csv"
        if targets is not None:
            file.write_text(HEAD + targets, encoding="utf-8")
            top += f'[declared]\nmunicipal_targets = "{file.name}"\n'
        config = self.folder / "ecoledger.toml"
        config.write_text(top + CONFIG, encoding="utf-8")
        ran = run_cli("refresh", "--data", str(self.data.root), "--config", str(config), "--to", "2026-02-01", "--json")
        assert ran.code == 0, ran.out + ran.err
        return ran.json["outcome"]

    def voc(self) -> tuple[str, str]:
        """Status of the VOC reduction and where its target comes from."""
        query = "select status, target_source from mart_plan_scorecard where indicator_id = 'voc_reduction'"
        (row,) = current(self.data.root, query)
        return row["status"], row["target_source"]

    def days(self) -> set[tuple[str, bool]]:
        """Validity of the noise days, and whether they have a level."""
        rows = current(self.data.root, "select validity, ld_db is not null as has from mart_noise_site_daily")
        return {(row["validity"], row["has"]) for row in rows}

    def digests(self) -> dict[str, str]:
        """Digest of every table of the current release that holds figures."""
        tables = json.loads((self.data.current / "manifest.json").read_bytes())["tables"]
        return {t["name"]: t["digest"] for t in tables if t["domain"] != "judgement"}

    def manifest(self) -> dict:
        """The current release's manifest."""
        return json.loads((self.data.current / "manifest.json").read_bytes())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house in which nothing is entered yet, refreshed once."""
    house = House(tmp_path_factory.mktemp("entered"))
    assert house.refresh() == "published"
    return house


def test_a_target_is_entered_entered_again_and_taken_back(house: House) -> None:
    before = house.digests()
    assert house.voc()[0] == "target_not_set"

    assert house.refresh(targets=FIRST) == "published"
    assert house.voc() == ("met", "municipal: 京环发〔2021〕1号 (2021-03-01)")
    (entered,) = [e for e in house.manifest()["inputs"]["entered"] if e["table"] == "declared_municipal_targets"]
    content = (HEAD + FIRST).encode()
    assert entered["files"] == [{"file": "targets.csv", "sha256": hashlib.sha256(content).hexdigest()}]

    assert house.refresh(targets=FIRST + SECOND) == "published"
    assert house.voc() == ("missed", "municipal: 京环发〔2023〕8号 (2023-06-01)")
    # The status of the release before still walks back to the bytes it came from.
    assert house.data.entered_file(entered["files"][0]["sha256"]).read_bytes() == content

    assert house.refresh() == "published"
    assert house.voc()[0] == "target_not_set"
    assert house.digests() == before
    assert [e["table"] for e in house.manifest()["inputs"]["entered"]] == ["site_register"]


def test_an_overridden_rule_changes_its_figures_and_is_shown(house: House) -> None:
    before, days = house.digests(), house.days()
    assert ("valid", True) in days

    assert house.refresh(RULE) == "published"
    assert ("valid", True) not in house.days()
    shown = current(
        house.data.root,
        "select rule_id, value, value_of_standard, certainty from mart_rules_in_force where is_overridden",
    )
    assert [tuple(map(str, row.values())) for row in shown] == [
        ("noise_hour_min_minutes", "55.000000", "45.000000", "low")
    ]
    assert house.manifest()["configuration"]["rule_overrides"] == {"noise_hour_min_minutes": "55"}
    changed = {name for name, digest in house.digests().items() if digest != before[name]}
    assert {"mart_noise_site_daily", "mart_rules_in_force"} <= changed
    assert not {name for name in changed if name.startswith(("mart_returns", "mart_water", "mart_air"))}

    # Taken back; and no electricity is metered here, so that the region of its factor touches no figure.
    region = '[standards]\ngrid_region = "national"\n'
    assert house.refresh(region) == "published"
    assert (house.digests(), house.days()) == (before, days)
    assert house.refresh(region) == "nothing_new"
