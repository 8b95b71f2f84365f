"""`ecoledger config suggest` on the real deliveries: with at most three edited lines it reads what our mapping reads.

Beyond those lines only id, path, owner, licence and the site register are the user's to say; district and register are
those of the mapping that the draft is compared with. Readings are compared one by one, with flags and own columns.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from orchestration.cli import main as cli
from sources.cleaning.clean_run import Setup, clean_deliveries
from sources.cleaning.fingerprint import source_fingerprints
from sources.cleaning.register import load_register
from sources.config import check_config, load_config
from sources.connectors import connector_for
from sources.deliveries import Delivery, Receipt
from sources.preview.memory_store import MemoryStore
from sources.registry import registry
from tests.real.raw import DATA, HERE, MAPPINGS, files

# A line of the draft, or how it begins, and what a person writes instead.
EDITS = {
    "air": {},
    "noise_dublin": {},
    "noise_madrid": {},
    "water": {},
    "energy": {
        'constant = "site"': 'constant = "steel-plant"',
        "sector = ": 'sector = { constant = "industry" }',
    },
    "waste": {
        "load_weight = ": 'load_weight = { parameter = "net_t", unit = "lb" }',
        # Which site does what with the waste is not in the file: one line, eight names.
        "# destination = ": 'destination = { column = "dropoff_site", unmapped = "null", values = { '
        '"TDS LANDFILL" = "landfill", "STEINER LANDFILL" = "landfill", "TDS - MRF" = "recycling", '
        '"BALCONES RECYCLING" = "recycling", "AUSTIN IRON AND METAL" = "recycling", '
        '"AUSTIN WOOD RECYCLING" = "recycling", "ORGANICS BY GOSH" = "composting", "HORNSBY BEND" = "composting" } }',
    },
}
MOST_EDITS = 3
# What names the source or the way a unit is spelled, and says nothing of a reading.
OF_THE_SOURCE = ("source_id", "delivery_id", "raw_sha256", "known_from", "unit_raw")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def here() -> None:
    if not DATA.is_dir():
        pytest.skip(f"the real deliveries are not here: there is no folder {DATA}")


def drafted(mapping: str, folder: Path) -> Path:
    draft = folder / "draft.toml"
    assert cli.run(["config", "suggest", *map(str, files(mapping)), "--out", str(draft)]) == 0
    return draft


def edited(mapping: str, draft: Path) -> Path:
    """The draft with its edits, in the district and with the sites of the mapping."""
    lines = draft.read_text(encoding="utf-8").splitlines()
    for begins, instead in EDITS[mapping].items():
        (place,) = (i for i, line in enumerate(lines) if line.startswith(begins))
        lines[place] = instead
    # The register is the user's: with one, an unknown site is quarantined as usual.
    lines = [line for line in lines if not line.startswith("unknown_sites")]
    ours = (HERE / f"{mapping}.toml").read_text(encoding="utf-8")
    whole = draft.with_name("ecoledger.toml")
    whole.write_text(ours[: ours.index("[[source]]")] + "\n".join(lines) + "\n", encoding="utf-8")
    shutil.copy(HERE / "sites.csv", draft.parent)
    return whole


def cleaned(path: Path) -> pl.DataFrame:
    """Every reading of every file of a configuration's one source."""
    config = load_config(path)
    (source,) = config.sources
    connector = connector_for(source, config)
    deliveries = []
    for offer in sorted(connector.offers(NOW), key=lambda o: o.file_name):
        words = {n: "" for n in ("sha256", "connector", "provenance", "owner", "licence")} | {"provenance": "observed"}
        made = Receipt(
            **words, feed=source.feed, source_id=source.id, offer_id=offer.file_name, file_name=offer.file_name,
            size_bytes=0, delivered_at=NOW.isoformat(), delivered_at_source="landing", landed_at=NOW.isoformat(),
            offered_path=offer.offered_path, source_path=source.path,
        )  # fmt: skip
        made = replace(made, sha256=offer.file_name)
        deliveries.append(Delivery(made, lambda offer=offer: connector.fetch(offer)))
    store = MemoryStore()
    store.offer(deliveries)
    setup = Setup(config, load_register(config), source_fingerprints(config, registry()))
    clean_deliveries(source.feed, setup, deliveries, store)
    assert {counts.verdict for counts in store.files.values()} == {"read"}
    readings = store.all_clean(source.table).drop(OF_THE_SOURCE)
    return readings.sort(readings.columns)


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_the_bare_draft_is_a_sound_configuration(mapping: str, tmp_path: Path) -> None:
    assert check_config(drafted(mapping, tmp_path)) == []


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_three_edited_lines_give_the_readings_of_our_mapping(mapping: str, tmp_path: Path) -> None:
    assert len(EDITS[mapping]) <= MOST_EDITS
    ours = cleaned(HERE / f"{mapping}.toml")
    theirs = cleaned(edited(mapping, drafted(mapping, tmp_path)))
    assert ours.height == theirs.height > 0
    for column in ours.columns:
        differ = int((ours[column].ne_missing(theirs[column])).sum())
        assert differ == 0, f"{column}: {differ} of {ours.height} readings differ"


@pytest.mark.parametrize("mapping", [name for name, edits in EDITS.items() if edits])
def test_what_is_edited_was_asked(mapping: str, tmp_path: Path) -> None:
    """No line has to be changed that the draft was sure of."""
    lines = drafted(mapping, tmp_path).read_text(encoding="utf-8").splitlines()
    for begins in EDITS[mapping]:
        (line,) = (line for line in lines if line.startswith(begins))
        assert "# ?" in line
