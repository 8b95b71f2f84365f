"""The fault corpus: one good delivery for each feed and every way of breaking it.

Here belong bytes and what must be said about them. Not here: running a refresh over them (test_faults.py). Each
fault is made from the feed's own good table, so a reader cannot pass by knowing one file.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

BOMB_BYTES = 256 * 1024 * 1024


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


def _hours(day: str, count: int) -> list[tuple[str, str]]:
    return [(f"{day} {h:02d}:00", f"{day} {h + 1:02d}:00") for h in range(count)]


def good_tables() -> dict[str, Good]:
    """One good table for each of the six feeds; eight records each."""
    hours = _hours("2026-03-02", 8)
    return {
        "water": Good(
            "water",
            ("section", "time", "ph", "nh3n"),
            tuple(("断面一", start, f"7.{i}", f"0.{i}1") for i, (start, _) in enumerate(hours)),
            "nh3n",
            "time",
        ),
        "air": Good(
            "air",
            ("station", "time", "pm25", "o3"),
            tuple(("站点一", start, str(30 + i), str(60 + 3 * i)) for i, (start, _) in enumerate(hours)),
            "pm25",
            "time",
        ),
        "noise": Good(
            "noise",
            ("point", "time", "leq"),
            tuple(("测点一", start, f"5{i}.{i}") for i, (start, _) in enumerate(hours)),
            "leq",
            "time",
        ),
        "waste": Good(
            "waste",
            ("scale", "ticket", "time", "category", "gross", "tare"),
            tuple(
                ("地磅一", f"T{i:04d}", start, "厨余", str(18000 + 10 * i), "10220")
                for i, (start, _) in enumerate(hours)
            ),
            "gross",
            "time",
        ),
        "energy": Good(
            "energy",
            ("meter", "time", "kwh"),
            tuple(("电表一", start, f"{100 + i}.5") for i, (start, _) in enumerate(hours)),
            "kwh",
            "time",
        ),
        "returns": Good(
            "returns",
            ("item", "year", "amount", "unit"),
            tuple(("forest_area", str(2017 + i), f"11{i}.5", "km2") for i in range(8)),
            "amount",
            "year",
        ),
    }


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


def faults(good: Good) -> list[Fault]:
    """Every fault of the issue for one feed, in the issue's order."""
    last = len(good.rows) + 1
    bad = _replace(good, 2, good.value_column, "abc")
    future = _replace(good, 4, good.time_column, good.rows[4][good.index(good.time_column)].replace("20", "29", 1))
    packed = gzip.compress(good.csv() * 50)
    makers: list[Callable[[], Fault]] = [
        lambda: Fault(
            "truncated", "truncated.csv", _truncated_row(good), "partly", ("column",), row=last, records_in=8
        ),
        lambda: Fault("truncated-gzip", "truncated.csv.gz", packed[: len(packed) // 2], "refused", ("truncated",)),
        lambda: Fault("empty", "empty.csv", good.csv().split(b"\n")[0] + b"\n", "used", records_in=0),
        lambda: Fault(
            "wrong-encoding", "encoding.csv", _wrong_encoding(good), "partly", ("utf-8",), row=4, records_in=8
        ),
        lambda: Fault("wrong-delimiter", "delimiter.csv", good.csv(";"), "refused", ("delimiter",), row=1),
        lambda: Fault(
            "missing-column",
            "missing.csv",
            _missing_column(good),
            "refused",
            (good.value_column,),
            1,
            good.value_column,
        ),
        lambda: Fault("extra-column", "extra.csv", _extra_column(good), "used", records_in=8),
        lambda: Fault("reordered-column", "reordered.csv", _reordered(good), "used", records_in=8),
        lambda: Fault("mixed-type", "mixed.csv", bad.csv(), "partly", ("abc",), 4, good.value_column, 8),
        lambda: Fault("future-dated", "future.csv", future.csv(), "partly", ("29",), 6, good.time_column, 8),
        lambda: Fault("duplicate-header", "header.csv", _duplicate_header(good), "refused", (good.value_column,), 1),
        lambda: Fault("zip-slip", "slip.zip", _zip({"../../evil.csv": good.csv()}), "refused", ("../../evil.csv",)),
        lambda: Fault("zip-bomb", "bomb.zip", _zip({"bomb.csv": bytes(BOMB_BYTES)}), "refused", ("bomb",)),
        lambda: Fault("0-byte", "zero.csv", b"", "refused", ("0 bytes",)),
        lambda: Fault("directory", "directory.csv", None, "refused", ("directory",)),
        lambda: Fault("unreadable", "unreadable.csv", None, "refused", ("ermission",)),
    ]
    return [make() for make in makers]
