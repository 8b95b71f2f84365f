"""The ledger finds every change of its past, and forgets an append that never finished."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.ledger import GENESIS, Ledger, LedgerError

AT = datetime(2026, 11, 22, tzinfo=UTC)


def written(folder: Path) -> Ledger:
    ledger = Ledger(folder / "ledger.jsonl")
    ledger.file.unlink(missing_ok=True)
    ledger.append("release", {"release_id": "000001-0123456789ab", "n": 1}, AT)
    ledger.append_all(
        [("release", {"release_id": "二"}), ("hold", {"domain": "air"}), ("hold", {"domain": "water"})], AT
    )
    ledger.append("rollback", {"to": "000001-0123456789ab", "withdrawn": ["二"]}, AT)
    return ledger


def test_an_empty_ledger(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "none.jsonl")
    assert (ledger.entries(), ledger.head(), ledger.verify(), ledger.drop_torn_end()) == ([], GENESIS, 0, 0)


def test_entries_chain(tmp_path: Path) -> None:
    ledger = written(tmp_path)
    entries = ledger.entries()
    assert [e.kind for e in entries] == ["release", "release", "hold", "hold", "rollback"]
    assert [e.previous for e in entries] == [GENESIS, *(e.hash for e in entries[:-1])]
    assert ledger.verify() == 5
    assert ledger.verify(entries[2].hash) == 5
    assert ledger.head() == entries[-1].hash


def test_unknown_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no entry of kind"):
        written(tmp_path).append("gossip", {})


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    ledger = written(tmp_path_factory.mktemp("ledger"))
    head = ledger.head()
    content = bytearray(ledger.file.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255).filter(lambda b: b != content[place]))
    ledger.file.write_bytes(bytes(content))
    with pytest.raises(LedgerError):
        ledger.verify(head)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_removed_doubled_or_reordered_lines_are_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    ledger = written(tmp_path_factory.mktemp("ledger"))
    head = ledger.head()
    lines = ledger.file.read_bytes().splitlines(keepends=True)
    places = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=7).filter(lambda p: p != list(range(5))))
    ledger.file.write_bytes(b"".join(lines[p] for p in places))
    with pytest.raises(LedgerError):
        ledger.verify(head)


def test_a_rewritten_chain_is_found_by_the_head(tmp_path: Path) -> None:
    head = written(tmp_path).head()
    forged = Ledger(tmp_path / "forged.jsonl")
    forged.append("release", {"release_id": "000001-0123456789ab", "n": 2}, AT)
    assert forged.verify() == 1
    with pytest.raises(LedgerError, match="no entry has the digest"):
        forged.verify(head)


@settings(max_examples=200, deadline=None)
@given(cut=st.integers(0, 3000))
def test_a_torn_append_never_counts(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """Whatever number of bytes of the next append reached the disk, recovery gives the state before it."""
    ledger = written(tmp_path_factory.mktemp("ledger"))
    before = ledger.file.read_bytes()
    ledger.append_all(
        [("release", {"release_id": "三"}), ("hold", {"domain": "noise"}), ("hold", {"domain": "air"})], AT
    )
    after = ledger.file.read_bytes()
    torn = after[: min(len(before) + cut, len(after) - 1)]
    ledger.file.write_bytes(torn)
    assert len(ledger.entries()) == 5
    if len(torn) > len(before):
        with pytest.raises(LedgerError, match="unfinished"):
            ledger.append("prune", {"releases": []}, AT)
    assert ledger.drop_torn_end() == len(torn) - len(before)
    assert ledger.file.read_bytes() == before


def test_each_line_is_plain_json(tmp_path: Path) -> None:
    lines = written(tmp_path).file.read_text(encoding="ascii").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4, 5]
