"""Property searches of the ledger: every changed, removed, doubled or torn line is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.test_warehouse_ledger import AT
from tests.unit.warehouse_kit import five_entries
from warehouse.release.ledger import Ledger, LedgerError


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return five_entries(tmp_path_factory.mktemp("ledger") / "ledger.jsonl", AT)


@pytest.fixture
def ledger(tmp_path: Path, content: bytes) -> Ledger:
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(content)
    return Ledger(file)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found(ledger: Ledger, content: bytes, data: st.DataObject) -> None:
    head = json.loads(content.splitlines()[-1])["hash"]
    changed = bytearray(content)
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] = data.draw(st.integers(0, 255).filter(lambda b: b != content[place]))
    ledger.file.write_bytes(bytes(changed))
    with pytest.raises(LedgerError):
        ledger.verify(head)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_removed_doubled_or_reordered_lines_are_found(ledger: Ledger, content: bytes, data: st.DataObject) -> None:
    lines = content.splitlines(keepends=True)
    places = data.draw(st.lists(st.integers(0, 4), max_size=7).filter(lambda p: p != list(range(5))))
    ledger.file.write_bytes(b"".join(lines[p] for p in places))
    with pytest.raises(LedgerError):
        ledger.verify(json.loads(lines[-1])["hash"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_torn_append_never_counts(ledger: Ledger, content: bytes, data: st.DataObject) -> None:
    """Whatever part of the next append reached the disk, recovery gives the state before it."""
    lines = content.splitlines(keepends=True)
    before, appended = lines[0], b"".join(lines[1:4])
    ledger.file.write_bytes(before + appended[: data.draw(st.integers(1, len(appended) - 1))])
    torn = ledger.file.stat().st_size - len(before)
    assert len(ledger.entries()) == 1
    for refused in (lambda: ledger.append("prune", {"releases": []}, AT), ledger.verify):
        with pytest.raises(LedgerError, match="unfinished"):
            refused()
    assert ledger.drop_torn_end() == torn
    assert ledger.file.read_bytes() == before
