"""The fixed deliveries of tests/unit/golden, cleaned feed by feed, and the digests of what came of them.

Here belongs making and renewing the golden values. Not here: judging them (test_cleaning_golden.py). Run as a program
it renews them: `uv run python -m tests.unit.golden_kit`. It refuses where values differ under the version that they
were recorded with.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from sources.cleaning import version
from sources.cleaning.register import load_register
from sources.cleaning.store import PartitionCounts
from sources.config import Config, load_config
from sources.config.identity import Identity
from sources.deliveries import Delivery
from sources.registry import registry
from tests.unit.cleaning_kit import ZONE, MemoryStore, file_delivery, run

FOLDER = Path(__file__).parent / "golden"
RENEW = "uv run python -m tests.unit.golden_kit"
_FLAGS = ("flag", "flag_tests")
_FIRST = datetime(2026, 9, 20, 8, tzinfo=ZONE)


def golden_config() -> Config:
    # The key of private columns is this one everywhere.
    return replace(load_config(FOLDER / "ecoledger.toml"), identity=Identity(simulated="golden"))


def golden_deliveries(config: Config, feed: str) -> list[Delivery]:
    """Every file of a feed, each a minute after the one before it."""
    files = [(s, file) for s in config.sources_of(feed) for file in sorted(FOLDER.glob(s.path))]
    made = [file_delivery(source, file, _FIRST + timedelta(minutes=i)) for i, (source, file) in enumerate(files)]
    return [
        replace(d, receipt=replace(d.receipt, provenance=s.provenance)) for (s, _), d in zip(files, made, strict=True)
    ]


@cache
def golden_stores() -> Mapping[str, MemoryStore]:
    """What cleaning makes of the deliveries of each feed, once in a process."""
    config = golden_config()
    register = load_register(config, config.registry(registry()))
    stores = {feed: MemoryStore() for feed in dict.fromkeys(source.feed for source in config.sources)}
    for feed, store in stores.items():
        run(store, config, golden_deliveries(config, feed), register)
    return stores


def golden_values() -> dict[str, tuple[str, str]]:
    """By feed: digest of clean, superseded and rejected rows with all counts but of flags; digest of the flags."""
    found = {}
    for feed, store in golden_stores().items():
        if not any(frame.height for frame in store.clean.values()):
            raise ValueError(f"{feed}: no reading of its golden deliveries is clean: is its site in golden/sites.csv?")
        rows = [*_rows(store.clean, leave=_FLAGS), *_rows(store.superseded, leave=_FLAGS), *_rows(store.quarantine)]
        rows += [repr((key, astuple(replace(count, readings_flagged=0)))) for key, count in _counts(store)]
        rows += sorted(repr((key, astuple(counts))) for key, counts in store.files.items())
        flags = [*_rows(store.clean), *(repr((key, count.readings_flagged)) for key, count in _counts(store))]
        found[feed] = (_digest(rows), _digest(flags))
    return found


def _counts(store: MemoryStore) -> list[tuple[tuple[str, ...], PartitionCounts]]:
    every = [((*part, delivery), count) for part, by in store.counts.items() for delivery, count in by.items()]
    return sorted(every, key=lambda counted: counted[0])


def _rows(frames: Mapping[tuple[str, str], pl.DataFrame], leave: Iterable[str] = ()) -> list[str]:
    """Rows as texts of Python values: no library's way to write a number is in them."""
    texts = []
    for key in sorted(frames):
        frame = frames[key].drop(leave, strict=False)
        texts += [repr((key, tuple(frame.columns))), *(repr(row) for row in frame.iter_rows())]
    return texts


def _digest(rows: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:32]


def renewed(text: str, found: Mapping[str, tuple[str, str]]) -> str:
    """The text of version.py with `found` as its golden values; ValueError if a version has to be raised first."""
    recorded, known = version.RECORDED_WITH, version.GOLDEN
    for place, name in enumerate(("CLEANING_VERSION", "FLAGS_VERSION")):
        changed = [feed for feed in known if known[feed][place] != found.get(feed, ("", ""))[place]]
        if changed and getattr(version, name) == recorded[place] and not (place and changed_rows(known, found)):
            raise ValueError(
                f"{', '.join(changed)}: raise {name} in sources/cleaning/version.py first (of a feed that is not on "
                "main yet, take its line out of GOLDEN instead)"
            )
    lines = "".join(f'    "{feed}": ("{rows}", "{flags}"),\n' for feed, (rows, flags) in sorted(found.items()))
    text = re.sub(r"RECORDED_WITH = .*", f"RECORDED_WITH = ({version.CLEANING_VERSION}, {version.FLAGS_VERSION})", text)
    return re.sub(r"(?s)GOLDEN: (.*?) = \{.*?\n?\}", rf"GOLDEN: \1 = {{\n{lines}}}", text)


def changed_rows(known: Mapping[str, tuple[str, str]], found: Mapping[str, tuple[str, str]]) -> bool:
    """Whether rows differ: then flags do, too, because they are of other rows."""
    return any(known[feed][0] != found.get(feed, ("", ""))[0] for feed in known)


if __name__ == "__main__":
    file = Path(version.__file__)
    try:
        file.write_text(renewed(file.read_text(encoding="utf-8"), golden_values()), encoding="utf-8")
    except ValueError as error:
        sys.exit(str(error))
