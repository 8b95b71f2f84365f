"""A kind of connector is one module: what the rest has to know of it, it says itself.

Here belongs that nothing else names kinds. Not here: the connectors' own behaviour (test_connectors_files.py).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sources.connectors import CONNECTORS
from tests.kit import ROOT

PARCEL = """
from sources.connectors.connector_kind import ConnectorKind


class Parcel:
    kind = "parcel"

    def __init__(self, source, config):
        self.path = source.path

    def offers(self, due_before):
        return iter([self.path])


KIND = ConnectorKind("parcel", "包裹", Parcel, knows_delivery=True, provenance="reported")
"""
CONFIG = """
[district]
name_zh = "朝阳区"
area_code = "110105"

[[source]]
id = "post"
feed = "returns"
connector = "parcel"
path = "box 7"

[source.time]
columns = ["year"]
formats = ["%Y"]
duration = "year"

[source.site]
constant = "110105"

[source.values]
"GDP" = { parameter = "gdp_current", unit = "1e8 CNY" }
"""
USE = """
import sys
from pathlib import Path
from sources.config import load_config
from sources.connectors import connector_for
config = load_config(Path(sys.argv[1]))
source, = config.sources
print(source.delivered_at, source.provenance, *connector_for(source, config).offers(None))
"""


def test_a_new_kind_of_connector_is_one_module(tmp_path: Path) -> None:
    for room in ("sources", "dbt_project"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
    (tmp_path / "sources/connectors/parcel.py").write_text(PARCEL, encoding="utf-8")
    (tmp_path / "ecoledger.toml").write_text(CONFIG, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USE, str(tmp_path / "ecoledger.toml")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "connector reported box 7\n", done.stderr


def test_nothing_asks_for_a_connector_by_name() -> None:
    names = "|".join(CONNECTORS)
    asked = re.compile(rf"connector\b[^\n]{{0,20}}[!=]= *[\"'](?:{names})[\"']")
    rooms = ("sources", "warehouse", "expectations", "orchestration")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    assert not [str(f.relative_to(ROOT)) for f in files if asked.search(f.read_text(encoding="utf-8"))]
