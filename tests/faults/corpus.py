"""The fault corpus: one good delivery for each feed, every way of breaking it, and a configuration that reads them.

Here belong bytes and what must be said about them. Not here: running a refresh over them (test_faults.py). Each
fault is made from the feed's own good table, so a reader cannot pass by knowing one file.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sources.cleaning.plan_refs import ITEMS
from sources.registry import registry

BOMB_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Good:
    """A small correct CSV of one feed: header, rows as text, and the column that holds the value."""

    feed: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    value_column: str
    time_column: str

    def csv(self, delimiter: str = ",") -> bytes:
        """The table as UTF-8 CSV."""
        lines = [self.header, *self.rows]
        return "".join(delimiter.join(line) + "\n" for line in lines).encode()

    def index(self, column: str) -> int:
        """Position of a column."""
        return self.header.index(column)


@dataclass(frozen=True)
class Fault:
    """One broken delivery: file name, bytes (None for a directory or an unreadable file) and what must be reported.

    `outcome`: 'used' (read in spite of the oddity), 'partly' (some rows quarantined) or 'refused' (nothing used).
    `says`: words the message must hold; `row` and `column` where the fault has them.
    """

    kind: str
    file_name: str
    content: bytes | None
    outcome: str
    says: tuple[str, ...] = ()
    row: int | None = None
    column: str | None = None
    records_in: int | None = None


_COLUMNS = {
    "water": ("section", "time", "ph", "nh3n"),
    "air": ("station", "time", "pm25", "o3"),
    "noise": ("point", "time", "leq"),
    "waste": ("scale", "ticket", "time", "category", "gross", "tare"),
    "energy": ("meter", "time", "kwh"),
    "returns": ("plan", "item", "year", "amount", "unit"),
}
_VALUE = {"water": "nh3n", "air": "pm25", "noise": "leq", "waste": "gross", "energy": "kwh", "returns": "amount"}
FEEDS = tuple(_COLUMNS)
# Readings of one record.
READINGS = {"water": 2, "air": 2, "noise": 1, "waste": 1, "energy": 1, "returns": 1}
_FIRST_DAY = datetime(2026, 3, 2)
_YEARS = 8


def good_table(feed: str, number: int = 0, records: int = 8) -> Good:
    """A correct table of `feed`: hours from `number` days after 2026-03-02 on; eight years of return item `number`, …

    Tables of other numbers share no reading, so that none supersedes another.
    """
    rows = [_row(feed, number, i) for i in range(records)]
    return Good(feed, _COLUMNS[feed], tuple(rows), _VALUE[feed], "year" if feed == "returns" else "time")


def _row(feed: str, number: int, i: int) -> tuple[str, ...]:
    start = f"{_FIRST_DAY + timedelta(days=number, hours=i):%Y-%m-%d %H:%M}"
    if feed == "water":
        return ("断面一", start, f"7.{i % 9}", f"0.{i % 7 + 1}1")
    if feed == "air":
        return ("站点一", start, str(30 + i % 11), str(60 + 3 * (i % 8)))
    if feed == "noise":
        return ("测点一", start, f"5{i % 8}.{i % 10}")
    if feed == "waste":
        return ("地磅一", f"T{number:03d}-{i:04d}", start, "厨余", str(18000 + 10 * (i % 100)), "10220")
    if feed == "energy":
        return ("电表一", start, f"{100 + i % 24}.5")
    items = registry().feeds["returns"].parameters_of("clean_returns")
    # What reports on the plan must name what it reports on: plan_ref is empty here.
    item = sorted(items.keys() - set(ITEMS))[number + i // _YEARS]
    return ("", item, str(2017 + i % _YEARS), f"1{i % _YEARS}.5", items[item].unit)


def _replace(good: Good, row: int, column: str, text: str) -> Good:
    rows = [list(r) for r in good.rows]
    rows[row][good.index(column)] = text
    return Good(good.feed, good.header, tuple(tuple(r) for r in rows), good.value_column, good.time_column)


def _wrong_encoding(good: Good) -> bytes:
    lines = good.csv().split(b"\n")
    lines[3] = lines[3].replace(b",", "乱".encode("gbk") + b",", 1)
    return b"\n".join(lines)


def _missing_column(good: Good) -> bytes:
    gone = good.index(good.value_column)
    table = [good.header, *good.rows]
    return "".join(",".join(c for i, c in enumerate(line) if i != gone) + "\n" for line in table).encode()


def _extra_column(good: Good) -> bytes:
    table = [(*good.header, "remark"), *((*r, "备注") for r in good.rows)]
    return "".join(",".join(line) + "\n" for line in table).encode()


def _reordered(good: Good) -> bytes:
    return "".join(",".join(reversed(line)) + "\n" for line in [good.header, *good.rows]).encode()


def _duplicate_header(good: Good) -> bytes:
    table = [(*good.header, good.value_column), *((*r, "1") for r in good.rows)]
    return "".join(",".join(line) + "\n" for line in table).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _truncated_row(good: Good) -> bytes:
    text = good.csv()
    return text[: text.rstrip(b"\n").rfind(b",")]


@cache
def _bomb() -> bytes:
    return _zip({"bomb.csv": bytes(BOMB_BYTES)})


KINDS = (
    *("truncated", "truncated-gzip", "empty", "wrong-encoding", "wrong-delimiter", "missing-column", "extra-column"),
    *("reordered-column", "mixed-type", "future-dated", "duplicate-header", "zip-slip", "zip-bomb", "0-byte"),
    *("directory", "unreadable"),
)


def fault(kind: str, feed: str) -> Fault:
    """One fault of the issue, made from the feed's own good table."""
    good = good_table(feed, 1 + KINDS.index(kind))
    return _MAKERS[kind](good)


def _csv(kind: str, content: bytes | None, outcome: str, *says: str, **more: object) -> Fault:
    return Fault(kind, f"{kind}.csv", content, outcome, says, **more)  # type: ignore[arg-type]


def _mixed_type(good: Good) -> Fault:
    bad = _replace(good, 2, good.value_column, "abc")
    return _csv("mixed-type", bad.csv(), "partly", "abc", row=4, column=good.value_column, records_in=8)


def _future(good: Good) -> Fault:
    stamp = good.rows[4][good.index(good.time_column)].replace("20", "29", 1)
    content = _replace(good, 4, good.time_column, stamp).csv()
    return _csv("future-dated", content, "partly", stamp, row=6, column=good.time_column, records_in=8)


def _truncated_gzip(good: Good) -> Fault:
    packed = gzip.compress(good.csv() * 50, mtime=0)
    return Fault("truncated-gzip", "truncated.csv.gz", packed[: len(packed) // 2], "refused", ("truncated",))


def _missing(good: Good) -> Fault:
    name = good.value_column
    return _csv("missing-column", _missing_column(good), "refused", f"'{name}'", row=1, column=name, records_in=8)


def _doubled(good: Good) -> Fault:
    name = good.value_column
    said = (f"'{name}' twice",)
    return _csv("duplicate-header", _duplicate_header(good), "refused", *said, row=1, column=name, records_in=8)


def _delimiter(good: Good) -> Fault:
    return _csv("wrong-delimiter", good.csv(";"), "refused", 'delimiter = ";"', row=1, records_in=8)


def _encoding(good: Good) -> Fault:
    return _csv("wrong-encoding", _wrong_encoding(good), "partly", "utf-8", row=4, column=good.header[0], records_in=8)


_MAKERS: Mapping[str, Callable[[Good], Fault]] = {
    "truncated": lambda good: _csv("truncated", _truncated_row(good), "partly", "column", row=9, records_in=8),
    "truncated-gzip": _truncated_gzip,
    "empty": lambda good: _csv("empty", good.csv().split(b"\n")[0] + b"\n", "used", records_in=0),
    "wrong-encoding": _encoding,
    "wrong-delimiter": _delimiter,
    "missing-column": _missing,
    "extra-column": lambda good: _csv("extra-column", _extra_column(good), "used", records_in=8),
    "reordered-column": lambda good: _csv("reordered-column", _reordered(good), "used", records_in=8),
    "mixed-type": _mixed_type,
    "future-dated": _future,
    "duplicate-header": _doubled,
    "zip-slip": lambda good: Fault(
        "zip-slip", "slip.zip", _zip({"../../evil.csv": good.csv()}), "refused", ("../../evil.csv", "unsafe")
    ),
    "zip-bomb": lambda good: Fault("zip-bomb", "bomb.zip", _bomb(), "refused", ("zip bomb", "bomb.csv")),
    "0-byte": lambda good: _csv("0-byte", b"", "refused", "0 bytes", records_in=0),
    "directory": lambda good: _csv("directory", None, "refused", "is a directory"),
    "unreadable": lambda good: _csv("unreadable", None, "refused", "permission denied"),
}


CONFIG = """
[sites]
files = ["sites.csv"]

[[source]]
id = "t_water"
feed = "water"
path = "water/*.*"
delivered_at = "mtime"
cadence_min = 60
time = { columns = ["time"], formats = ["%Y-%m-%d %H:%M"], marks = "instant" }
site = { column = "section" }
columns = { method = { constant = "automatic" } }
values = { ph = { parameter = "ph", unit = "-" }, nh3n = { parameter = "nh3n", unit = "mg/L" } }

[[source]]
id = "t_air"
feed = "air"
table = "clean_air"
path = "air/*.*"
delivered_at = "mtime"
time = { columns = ["time"], formats = ["%Y-%m-%d %H:%M"] }
site = { column = "station" }
values = { pm25 = { parameter = "pm2_5", unit = "ug/m3" }, o3 = { parameter = "o3", unit = "ug/m3" } }

[[source]]
id = "t_noise"
feed = "noise"
table = "clean_noise"
path = "noise/*.*"
delivered_at = "mtime"
time = { columns = ["time"], formats = ["%Y-%m-%d %H:%M"] }
site = { column = "point" }
columns = { period_kind = { constant = "hour" } }
values = { leq = { parameter = "leq", unit = "dB(A)" } }

[[source]]
id = "t_waste"
feed = "waste"
path = "waste/*.*"
delivered_at = "mtime"
time = { columns = ["time"], formats = ["%Y-%m-%d %H:%M"], marks = "instant" }
site = { column = "scale" }
values = { gross = { parameter = "net_t", unit = "kg" } }

[source.columns]
ticket_no = { column = "ticket" }
category = { column = "category", values = { "厨余" = "kitchen_household" } }
gross_kg = { column = "gross" }
tare_kg = { column = "tare" }

[[source]]
id = "t_energy"
feed = "energy"
path = "energy/*.*"
delivered_at = "mtime"
time = { columns = ["time"], formats = ["%Y-%m-%d %H:%M"] }
site = { column = "meter" }
columns = { flow = { constant = "use" }, sector = { constant = "services" }, metering = { constant = "meter" } }
values = { kwh = { parameter = "electricity", unit = "kWh" } }

[[source]]
id = "t_returns"
feed = "returns"
path = "returns/*.*"
delivered_at = "mtime"
time = { columns = ["year"], formats = ["%Y"], duration = "year" }
site = { constant = "110105" }
columns = { plan_ref = { column = "plan" } }
long = { parameter_column = "item", value_column = "amount", unit_column = "unit" }
"""

SITES = """site_id,feed,name_zh,kind,network,area_code,water_type,assessed,valid_from,provenance
断面一,water,断面一,section,municipal,110105,river,true,2017-01-01,observed
站点一,air,站点一,station,national,110105,,true,2017-01-01,observed
测点一,noise,测点一,point,municipal,110105,,true,2017-01-01,observed
地磅一,waste,地磅一,weighbridge,municipal,110105,,true,2017-01-01,observed
电表一,energy,电表一,meter,municipal,110105,,true,2017-01-01,observed
110105,returns,朝阳区,area,district,110105,,true,2015-01-01,observed
"""
DELIVERED = datetime(2026, 4, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def lay_configuration(folder: Path) -> Path:
    """A configuration of all six feeds, with its site register and an empty folder for each feed; its path."""
    for feed in FEEDS:
        (folder / feed).mkdir(parents=True)
    (folder / "sites.csv").write_text(SITES, encoding="utf-8")
    file = folder / "ecoledger.toml"
    file.write_text(CONFIG, encoding="utf-8")
    return file


def lay_file(folder: Path, feed: str, name: str, content: bytes | None, delivered: datetime = DELIVERED) -> Path:
    """Delivers one file of `feed` at `delivered` (the file's own time); a directory where there is no content."""
    file = folder / feed / name
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    os.utime(file, (delivered.timestamp(), delivered.timestamp()))
    return file
