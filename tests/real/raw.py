"""The real deliveries read a second time, with the csv module alone: what the released figures are compared with.

Here belong the places of the files, their rows as dictionaries of text, and counts of what any reader must find in
them. Not here: any rule of a standard (those are next to the test that needs them), or any part of the project.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared"
DATA = SHARED / "data"
MAPPINGS = ("air", "noise_dublin", "noise_madrid", "water", "waste", "energy")
FILES: Mapping[str, str] = {
    "air": "air/PRSA_Data_*.csv.gz",
    "noise_dublin": "noise/dublin_*.csv.gz",
    "noise_madrid": "noise/madrid_*.csv.gz",
    "water": "water/cnemc_202104_beijing/*.csv",
    "waste": "waste/austin_*.csv.gz",
    "energy": "energy/Steel_*.csv.gz",
}
DELIMITERS: Mapping[str, str] = {"noise_dublin": "\t", "noise_madrid": ";"}
# What the providers write where there is no value.
MISSING = frozenset({"", "NA", "--", "*"})
DUBLIN, CHICAGO = ZoneInfo("Europe/Dublin"), ZoneInfo("America/Chicago")

Row = dict[str, str]


def files(mapping: str) -> list[Path]:
    """The raw files that a mapping names, in order."""
    return sorted(DATA.glob(FILES[mapping]))


def rows_of(path: Path, mapping: str) -> list[Row]:
    """The data rows of one file, in order; the first is line 2."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=DELIMITERS.get(mapping, ",")))


def rows(mapping: str) -> Iterator[Row]:
    """The data rows of all files of a mapping."""
    for path in files(mapping):
        yield from rows_of(path, mapping)


def sha256(path: Path) -> str:
    """SHA-256 of the bytes as they lie there."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def value_columns(mapping: str) -> list[str]:
    """The columns that the mapping declares as values: each record gives one reading of each."""
    declared = tomllib.loads((HERE / f"{mapping}.toml").read_text(encoding="utf-8"))
    return list(declared["source"][0]["values"])


def water_time(row: Row) -> datetime | None:
    """The moment of a section's record, of 2021; None where it has none."""
    text = row["监测时间"]
    if not re.fullmatch(r"\d\d-\d\d \d\d:\d\d", text):
        return None
    return datetime.strptime(f"2021-{text}", "%Y-%m-%d %H:%M")


def load_day(row: Row) -> date:
    """The day of a truck load in Austin; its stamp is UTC."""
    at = datetime.strptime(row["load_time"], "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC)
    return at.astimezone(CHICAGO).date()


def unplaced(mapping: str, row: Row) -> bool:
    """Whether a row cannot be placed: no time, a wall clock time that did not exist, a day before its site's first."""
    if mapping == "water":
        return water_time(row) is None
    if mapping == "noise_dublin":
        local = datetime.fromisoformat(row["datetime"]).replace(tzinfo=DUBLIN)
        return local.astimezone(UTC).astimezone(DUBLIN).replace(tzinfo=None) != local.replace(tzinfo=None)
    if mapping == "waste":
        return load_day(row).year < 2021
    return False


def repeated(mapping: str, found: list[Row]) -> int:
    """Rows that repeat an earlier one of their file in every column; equal truck loads are loads of their own."""
    if mapping == "waste":
        return 0
    return sum(n - 1 for n in Counter(tuple(row.values()) for row in found).values())
