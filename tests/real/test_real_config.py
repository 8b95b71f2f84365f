"""The mappings of the real deliveries: each passes `config check`, a broken copy names the line and the cure.

They are checked as they are here, so this needs none of the deliveries themselves.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.kit import ROOT, run_cli
from tests.real.raw import HERE, MAPPINGS

# What a tired person writes, and what the check must answer with.
SLIPS = {
    "air": ('marks = "end"', 'marks = "ending"', "end"),
    "noise_dublin": ('parameter = "leq"', 'parameter = "leqq"', "leq"),
    "noise_madrid": ('E = "evening"', 'E = "evenin"', "evening"),
    "water": ("invalid_status =", "invalid_stats =", "invalid_status"),
    "waste": ('unit = "lb"', 'unit = "lbx"', "lb"),
    "energy": ('flow = { constant = "use" }', 'flow = { constant = "uses" }', "use"),
}


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_mapping_is_sound(mapping: str) -> None:
    ran = run_cli("config", "check", str(HERE / f"{mapping}.toml"), "--json")
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["problems"] == []


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_slip_is_named_with_its_line_and_the_nearest_word(mapping: str, tmp_path: Path) -> None:
    before, after, cure = SLIPS[mapping]
    text = (HERE / f"{mapping}.toml").read_text(encoding="utf-8")
    assert text.count(before) == 1
    line = text[: text.index(before)].count("\n") + 1
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace(before, after), encoding="utf-8")
    shutil.copy(HERE / "sites.csv", tmp_path)
    ran = run_cli("config", "check", str(broken), "--json")
    assert ran.code == 2, ran.out + ran.err
    (problem,) = ran.json["problems"]
    assert problem["line"] == line
    assert f"'{cure}'" in problem["suggestion"]


def test_the_mapping_in_the_readme_is_the_water_mapping(tmp_path: Path) -> None:
    """Shortened to the five items of the real-time class, and with the reader's own path."""
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (block,) = (b for b in blocks if 'id = "cnemc"' in b)
    thresholds = next(b for b in blocks if b.startswith("[source.thresholds."))
    shown = tomllib.loads(block)
    real = tomllib.loads((HERE / "water.toml").read_text(encoding="utf-8"))
    values = shown["source"][0]["values"]
    assert len(values) == 5
    assert values.items() <= real["source"][0]["values"].items()
    for mapping in (shown, real):
        del mapping["source"][0]["values"], mapping["source"][0]["path"]
    # A reader's files are next to the configuration, ours in another folder.
    del real["source"][0]["allow_outside"]
    assert shown == real

    (tmp_path / "ecoledger.toml").write_text(f"{block}\n{thresholds}", encoding="utf-8")
    shutil.copy(HERE / "sites.csv", tmp_path)
    ran = run_cli("config", "check", str(tmp_path / "ecoledger.toml"), "--json")
    assert (ran.code, ran.json["problems"]) == (0, []), ran.out + ran.err
