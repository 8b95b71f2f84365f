"""The ledger finds every change of its past, and forgets an append that never finished."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.warehouse_kit import five_entries
from warehouse.release.ledger import GENESIS, Ledger, LedgerError

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return five_entries(tmp_path_factory.mktemp("ledger") / "ledger.jsonl", AT)


@pytest.fixture
def ledger(tmp_path: Path, content: bytes) -> Ledger:
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(content)
    return Ledger(file)


def test_an_empty_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "none.jsonl")
    assert (ledger.entries(), ledger.head(), ledger.verify(), ledger.drop_torn_end()) == ([], GENESIS, 0, 0)


def test_entries_chain(ledger: Ledger) -> None:
    entries = ledger.entries()
    assert [e.kind for e in entries] == ["release", "release", "hold", "hold", "rollback"]
    assert [e.previous for e in entries] == [GENESIS, *(e.hash for e in entries[:-1])]
    assert ledger.verify() == 5
    assert ledger.verify(entries[2].hash) == 5
    assert ledger.head() == entries[-1].hash


def test_unknown_kinds_are_refused(ledger: Ledger, content: bytes) -> None:
    with pytest.raises(ValueError, match="no entry of kind"):
        ledger.append("gossip", {})
    assert ledger.file.read_bytes() == content


def test_a_rewritten_chain_is_found_by_the_head(ledger: Ledger, tmp_path: Path) -> None:
    forged = Ledger(tmp_path / "forged.jsonl")
    forged.append("release", {"release_id": "000001-0123456789ab", "n": 2}, AT)
    assert forged.verify() == 1
    with pytest.raises(LedgerError, match="no entry has the digest"):
        forged.verify(ledger.head())


def test_each_line_is_plain_json(ledger: Ledger) -> None:
    lines = ledger.file.read_text(encoding="ascii").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4, 5]
