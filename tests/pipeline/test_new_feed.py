"""A newcomer's feed: the skeleton of `ecoledger dev new-feed` publishes a user's file as it is.

Here belongs the whole way in a checkout of its own. Not here: which files a feed has (tests/unit/test_feeds.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.kit import ROOT, environment

pytestmark = pytest.mark.slow

TIMEOUT_S = 900
CONFIG = """
[district]
name_zh = "朝阳区"
area_code = "110105"

[sites]
files = ["sites.csv"]

[[source]]
id = "untaken_csv"
feed = "untaken"
path = "in/*.csv"

[source.time]
columns = ["time"]
formats = ["%Y-%m-%d %H:%M"]
marks = "start"

[source.site]
column = "site"

[source.values]
"moisture" = { parameter = "untaken_value", unit = "%" }
"""
SITES = "site_id,feed,name_zh,kind,assessed,valid_from\nS1,untaken,东坝,station,true,2026-01-01\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own, which may be written."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        if not name.startswith("tests/") and (ROOT / name).is_file():
            (tmp_path / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / "checkout" / name)
    return tmp_path / "checkout"


def ecoledger(checkout: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`ecoledger` of that checkout, with this Python."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli.main", *arguments],
        cwd=checkout,
        env=environment(home, {"PYTHONPATH": os.fspath(checkout)}),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_a_new_feed_is_declared_and_publishes(checkout: Path, tmp_path: Path) -> None:
    made = ecoledger(checkout, tmp_path, "dev", "new-feed", "untaken")
    assert made.returncode == 0, made.stdout + made.stderr
    assert ecoledger(checkout, tmp_path, "dev", "check").returncode == 0
    user = tmp_path / "user"
    (user / "in").mkdir(parents=True)
    (user / "ecoledger.toml").write_text(CONFIG, encoding="utf-8")
    (user / "sites.csv").write_text(SITES, encoding="utf-8")
    hours = "".join(f"2026-11-28 {hour:02d}:00,S1,{20 + hour / 2:.1f}\n" for hour in range(24))
    # Beyond the range that the skeleton declares: flagged, and in no mean.
    (user / "in" / "untaken.csv").write_text(
        f"time,site,moisture\n{hours}2026-11-29 00:00,S1,120.5\n", encoding="utf-8"
    )
    arguments = ("--config", str(user / "ecoledger.toml"), "--data", str(user / "data"), "--to", "2026-11-29")
    done = ecoledger(checkout, tmp_path, "refresh", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(user / "data/current/marts.duckdb"), read_only=True) as con:
        days = con.sql(
            "SELECT day, mean_value, n_expected, n_valid, validity FROM mart_untaken_daily ORDER BY day"
        ).fetchall()
        health = con.execute("SELECT count(*) FROM mart_data_health WHERE feed = 'untaken'").fetchone()
    assert [(str(day), mean, *rest) for day, mean, *rest in days] == [
        ("2026-11-28", Decimal("25.75"), 24, 24, "valid"),
        ("2026-11-29", None, 24, 0, "insufficient"),
    ]
    assert health is not None and health[0] > 0
