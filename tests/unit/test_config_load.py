"""Loading a configuration: the classes it becomes, its defaults and fingerprints.

Here belong configurations without a mistake. Not here: mistakes (test_config_check.py).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from sources.config import Config, ConfigError, check_config, expected_columns, load_config
from sources.config.model import Document, words_of

ROOT = Path(__file__).resolve().parents[2]
WHOLE = """
[district]
area_code = "110105"
reporting_zone = "Asia/Shanghai"
start = 2020-01-01

[sites]
files = ["sites.csv"]

[[source]]
id = "wide"
feed = "water"
path = "in/*.csv"
delivered_at = "name"
delivered_at_pattern = '_(\\d{8})'
delivered_at_format = "%Y%m%d"

[source.format]
encoding = "gbk"
missing = ["--"]

[source.time]
columns = ["day", "hour"]
formats = "%Y-%m-%d %H"
marks = "end"

[source.site]
column = "section"

[source.columns]
method = { constant = "automatic" }
published_class = { column = "class", values = { "Ⅱ" = "II" } }

[source.values]
"NH3-N(mg/L)" = { parameter = "nh3n", unit = "mg/L", factor = 0.5, missing = ["-9"] }

[[source]]
id = "long"
feed = "returns"
path = "returns.xlsx"
filters = [{ column = "kind", op = "not_in", values = ["draft"] }]
format = { kind = "xlsx" }
time = { columns = ["year"], formats = ["%Y"], duration = "year" }
site = { constant = "110105" }
long = { parameter_column = "item", value_column = "value", unit_column = "unit" }
"""
SITES = "site_id,feed,valid_from\nS1,water,2020-01-01\n"


def write(folder: Path, text: str = WHOLE) -> Path:
    (folder / "sites.csv").write_text(SITES, encoding="utf-8")
    file = folder / "ecoledger.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def config(tmp_path) -> Config:
    return load_config(write(tmp_path))


def test_a_source_becomes_its_classes(config, tmp_path):
    wide, long = config.sources
    assert (wide.table, wide.connector, wide.provenance) == ("clean_water", "file", "observed")
    assert wide.format.encoding == "gbk"
    assert wide.time.formats == ("%Y-%m-%d %H",)
    assert wide.values[0].factor == Decimal("0.5")
    assert wide.columns["published_class"].values == {"Ⅱ": "II"}
    assert long.filters[0].values == ("draft",)
    assert long.long.unit_column == "unit"
    assert config.registers == (tmp_path / "sites.csv",)
    assert config.sources_of("returns") == (long,)
    assert not config.simulated


def test_defaults(config):
    wide, long = config.sources
    assert wide.format.missing == ("", "--")
    assert wide.time.zone == "Asia/Shanghai"
    assert wide.columns["published_class"].unmapped == "quarantine"
    assert long.site.unmapped == "keep"
    assert long.delivered_at == "landing"


def test_expected_columns_name_everything_the_mapping_reads(config):
    wide, long = config.sources
    assert expected_columns(wide) == ("day", "hour", "section", "NH3-N(mg/L)", "class")
    assert expected_columns(long) == ("year", "kind", "item", "value", "unit")


def test_the_zone_of_stamps_follows_the_district(tmp_path):
    found = load_config(write(tmp_path, WHOLE.replace("Asia/Shanghai", "Europe/Madrid")))
    assert found.sources[0].time.zone == "Europe/Madrid"


def test_values_may_be_in_a_table_or_a_list(tmp_path, config):
    listed = WHOLE.replace('[source.values]\n"NH3-N(mg/L)" = {', '[[source.values]]\ncolumn = "NH3-N(mg/L)"\n').replace(
        ', unit = "mg/L", factor = 0.5, missing = ["-9"] }', '\nunit = "mg/L"\nfactor = 0.5\nmissing = ["-9"]'
    )
    assert load_config(write(tmp_path, listed)).sources[0].values == config.sources[0].values


def test_a_fingerprint_changes_with_the_mapping_only(tmp_path, config):
    def of(old: str, new: str) -> Config:
        return load_config(write(tmp_path, WHOLE.replace(old, new)))

    before = [s.fingerprint for s in config.sources]
    unit = of('unit = "mg/L"', 'unit = "ug/L"')
    assert [a == b.fingerprint for a, b in zip(before, unit.sources, strict=True)] == [False, True]
    path = of("in/*.csv", "out/*.csv")
    assert [s.fingerprint for s in path.sources] == before
    assert len({config.fingerprint, unit.fingerprint, path.fingerprint}) == 3


def test_the_fingerprint_of_all_changes_with_a_register(tmp_path, config):
    file = write(tmp_path)
    (tmp_path / "sites.csv").write_text(SITES + "S2,water,2020-01-01\n", encoding="utf-8")
    assert load_config(file).fingerprint != config.fingerprint


def test_a_bad_configuration_is_refused_with_its_lines(tmp_path):
    file = write(tmp_path, WHOLE.replace('feed = "water"', 'feed = "watr"'))
    with pytest.raises(ConfigError, match=r"line 12: source\[1\].feed: there is no feed 'watr' .*'water'"):
        load_config(file)


def test_the_built_in_district_loads_without_a_configuration():
    config = load_config(None)
    assert config.simulated
    assert config.path is None
    feeds = {"water", "air", "noise", "waste", "energy", "returns"}
    declared = {each.name for each in (*config.networks.declarations, *config.cases.declarations)}
    assert {s.feed for s in config.sources} == feeds | declared
    assert all(s.provenance == "simulated" for s in config.sources)


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "real").glob("*.toml")), ids=lambda f: f.stem)
def test_the_mappings_of_real_files_have_no_mistake(file):
    assert check_config(file) == []


def test_the_reference_names_every_word():
    import sources.config

    written = set(re.findall(r"[a-z_0-9]+", sources.config.__doc__.partition("A raw column is named")[0]))
    assert len(every_word()) > 90
    assert [word for word in every_word() if word.rpartition(".")[2] not in written] == []


def every_word(table: type = Document, path: str = "") -> list[str]:
    """Every word of the model with the tables around it."""
    found = []
    for name, word in words_of(table).items():
        found.append(f"{path}{name}")
        for inner in tables_in(word.annotation):
            found += every_word(inner, f"{path}{name}.")
    return found


def tables_in(kind: object) -> list[type]:
    """Tables that a value of this type is made of."""
    if isinstance(kind, type) and is_dataclass(kind):
        return [kind]
    return [table for each in get_args(kind) for table in tables_in(each)]


def test_loading_imports_nothing_heavy():
    code = (
        "import sys; from sources.config import load_config; from sources.connectors import connector_for;"
        "c = load_config(None); connector_for(c.sources[0], c); import sources.connectors.files;"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & "
        "{'polars', 'pyarrow', 'pandas', 'numpy', 'duckdb', 'dagster', 'tomlkit', 'fastexcel'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
