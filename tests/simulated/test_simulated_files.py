"""The simulated district's register and bytes: determinism, marks of simulation, formats that the readers read.

Here belongs what holds for every generated file. Not here: single defects (test_simulated_answer_key.py) or levels
(test_simulated_levels.py).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from sources.config.columns import expected_columns
from sources.config.load import load_config
from sources.connectors.simulated import SimulatedConnector
from sources.readers import read_rows
from sources.simulated import district_sites as register
from sources.simulated.schedule import SHANGHAI

CONFIG = load_config(None)
CLOCK = datetime(2026, 8, 1, 6, 30, tzinfo=SHANGHAI)
ROOT = Path(__file__).resolve().parents[2]


def sample(count: int = 6) -> list:
    """A few (connector, offer) of every source, spread over its time."""
    found = []
    for source in CONFIG.sources:
        connector = SimulatedConnector(source, CONFIG)
        listed = list(connector.offers(CLOCK))
        found += [(connector, o) for o in listed[:: max(1, len(listed) // count)]]
    return found


def digests(pairs: list) -> dict[str, str]:
    return {o.offer_id: hashlib.sha256(c.fetch(o).read()).hexdigest() for c, o in pairs}


def test_same_bytes_in_any_order_and_whatever_numpy_did_before() -> None:
    pairs = sample()
    first = digests(pairs)
    np.random.seed(7)
    np.random.random(11)
    assert digests(pairs[::-1]) == first
    one = pairs[len(pairs) // 2]
    assert digests([one])[one[1].offer_id] == first[one[1].offer_id]


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "America/Los_Angeles", "POLARS_MAX_THREADS": "1"},
        {"TZ": "Asia/Tokyo", "POLARS_MAX_THREADS": "7", "OMP_NUM_THREADS": "3"},
    ],
)
def test_same_bytes_in_another_process_zone_and_thread_count(environment: dict[str, str]) -> None:
    code = (
        "import json, sys; sys.path.insert(0, 'tests/simulated')\n"
        "from test_simulated_files import digests, sample\n"
        "print(json.dumps(digests(sample(3)[::-1])))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, **environment, "PYTHONHASHSEED": "3"},
    )  # fmt: skip
    assert json.loads(run.stdout) == digests(sample(3))


def test_another_seed_gives_other_numbers() -> None:
    from dataclasses import replace

    source = next(s for s in CONFIG.sources if s.path == "air_reference")
    other = SimulatedConnector(source, replace(CONFIG, options={"seed": "1"}))
    mine = SimulatedConnector(source, CONFIG)
    assert other.fetch(next(other.offers(CLOCK))).read() != mine.fetch(next(mine.offers(CLOCK))).read()


def test_committed_register_is_what_the_module_builds() -> None:
    for name, built in (
        ("sites.csv", register.to_csv(register.build())),
        ("site_attributes.csv", register.attributes_csv()),
        ("site_limits.csv", register.limits_csv()),
        ("communities.csv", register.communities_csv()),
        ("site_areas.csv", register.site_areas_csv()),
    ):
        committed = (register.HERE / name).read_text(encoding="utf-8")
        assert committed == built, "run `python -m sources.simulated.district_sites`"


def test_register_holds_the_sites_of_the_brief() -> None:
    with (register.HERE / "sites.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    kinds = Counter((r["feed"], r["kind"], r["assessed"]) for r in rows)
    assert kinds[("water", "section", "true")] == 5
    assert kinds[("water", "section", "false")] == 101
    assert kinds[("air", "station", "true")] == 3
    assert kinds[("air", "micro_station", "false")] == 43
    assert kinds[("air", "dustfall_point", "true")] == 43
    assert kinds[("noise", "point", "true")] == 12
    assert kinds[("noise", "grid_point", "true")] >= 100
    assert kinds[("noise", "road_segment", "true")] == 60
    assert kinds[("waste", "area", "true")] == 43
    assert kinds[("energy", "meter", "true")] == 6
    assert {r["noise_class"] for r in rows if r["feed"] == "noise" and r["kind"] == "point"} == {"1", "2", "3", "4a"}
    sections = [r for r in rows if (r["feed"], r["kind"]) == ("water", "section")]
    assert all(float(r["reach_length_km"]) > 0 and r["class_target"] for r in sections)
    assert all(float(r["road_length_km"]) > 0 for r in rows if r["kind"] == "road_segment")


def test_every_site_says_that_it_is_simulated() -> None:
    for row in register.build():
        assert row["site_id"].startswith("SIM-")
        assert row["name_zh"].endswith("（模拟）")
        assert row["unit_to_notify"].endswith("（模拟）")
        assert row["provenance"] == "simulated"


def test_readers_read_every_file_by_its_declaration_and_ids_are_marked() -> None:
    for connector, offer in sample(4):
        source = connector.source
        for batch in read_rows(
            connector.fetch(offer), offer.file_name, source.format, expected=expected_columns(source)
        ):
            assert batch.rejected.height == 0
            assert batch.frame.height > 0
            # A case is marked by its number, a member of a list by itself, because their place may be a real area.
            named = (source.columns[name] for name in ("case_id", "entity") if name in source.columns)
            marked = next(named, source.site)
            assert batch.frame[marked.column].str.starts_with("SIM-").all()


def _texts(name: str, data: bytes) -> str:
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return book.read("xl/sharedStrings.xml").decode("utf-8")
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gbk")


def test_every_chinese_site_name_in_a_file_ends_with_the_mark() -> None:
    plain = {re.escape(row["name_zh"].removesuffix(register.MARK)) for row in register.build()} - {"朝阳区"}
    unmarked = re.compile(f'({"|".join(sorted(plain, key=len, reverse=True))})[,;"<]')
    for connector, offer in sample(2):
        found = unmarked.search(_texts(offer.file_name, connector.fetch(offer).read()))
        # A sector's and a township's name alone is a word of the form, not a site.
        assert found is None, f"{offer.file_name}: {found.group(0)}"


def test_speed(capsys) -> None:
    lines = []
    for source in CONFIG.sources:
        connector = SimulatedConnector(source, CONFIG)
        # Some networks begin later than the clock of the other tests.
        some = list(connector.offers(CLOCK.replace(year=2027)))[:30]
        begun = perf_counter()
        size = sum(len(connector.fetch(o).read()) for o in some)
        each = (perf_counter() - begun) / len(some)
        lines.append(f"  {source.path:<18} {1000 * each:6.2f} ms a file, {size / len(some) / 1000:6.1f} kB")
    with capsys.disabled():
        print("\nsimulated district, generation:\n" + "\n".join(lines))
