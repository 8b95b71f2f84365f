"""The mappings of public files in README: sound, and what they give of those files.

Here belong README's own words. Not here: further shapes (test_readers_shapes.py, test_cleaning_spread.py).
"""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from sources.cleaning.register import load_register
from sources.config import load_config
from tests.unit.cleaning_kit import NOON, MemoryStore, file_delivery, run

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
SITES = """site_id,feed,kind,assessed,valid_from
1001A,air,station,true,2013-01-01
1003A,air,station,true,2013-01-01
1004A,air,station,true,2013-01-01
北京市|沙窝,water,section,true,2013-01-01
北京市|东店,water,section,true,2013-01-01
"""


def cleaned(folder: Path, source_id: str, file: Path) -> tuple[pl.DataFrame, MemoryStore]:
    """The clean readings of one file by the mapping of that name in README."""
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (mapping,) = [block for block in blocks if f'id = "{source_id}"' in block]
    (folder / "ecoledger.toml").write_text(f'[sites]\nfiles = ["sites.csv"]\n{mapping}', encoding="utf-8")
    (folder / "sites.csv").write_text(SITES, encoding="utf-8")
    config = load_config(folder / "ecoledger.toml")
    (source,) = config.sources
    place = folder / Path(source.path).parent / file.name
    place.parent.mkdir(parents=True)
    shutil.copy(file, place)
    assert place in folder.glob(source.path)
    store = MemoryStore()
    run(store, config, [file_delivery(source, place, NOON + timedelta(days=365))], load_register(config))
    return pl.concat(store.clean.values()), store


@pytest.mark.parametrize("site", ["1001A", "1003A", "1004A"])
def test_hours_of_the_national_air_stations(tmp_path, site):
    file = next(CASES.glob("c01_*/in/01/*.csv"))
    clean, store = cleaned(tmp_path, "china_sites", file)
    own = clean.filter(pl.col("site_id") == site)
    assert own.group_by("parameter").len().sort("parameter").rows() == [
        (name, 24) for name in ("co", "no2", "o3", "pm10", "pm2_5", "so2")
    ]
    assert set(own["raw_column"]) == {site}
    (counts,) = store.files.values()
    # 24 hours of 6 of 11 types; the others are counted as rows that are not records.
    assert (counts.records_in, counts.rows_other, counts.readings_in) == (144, 121, 432)


def test_sections_of_the_water_platform(tmp_path):
    clean, _ = cleaned(tmp_path, "water_platform", next(CASES.glob("c16_*/in/02/*.json")))
    assert clean.group_by("site_id", "parameter").len().sort("site_id", "parameter").rows() == [
        (site, name, 3) for site in ("北京市|东店", "北京市|沙窝") for name in ("codmn", "nh3n", "tp")
    ]
    assert set(clean.filter(pl.col("parameter") == "nh3n")["value"]) == {Decimal("0.11")}
    assert clean["value_raw"].str.starts_with("<span").all()
