"""What each source answered when it was last asked, kept from refresh to refresh: data/sources.json.

Here belong the file and its one rule: a source that could not be listed or fetched from is failing since the first time
in a row. Nothing else in the lake knows it, and no figure depends on it: where the file is lost, only since when is.
Not here: what was delivered (source_facts.py) or what people are told (orchestration/source_table.py). Standard library
only: a refresh with nothing new writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from warehouse.atomic import write_bytes


@dataclass(frozen=True)
class SourceState:
    """Times are ISO with offset, '' before the first. `failures`: how often in a row asking failed, since
    `failing_since`; `failure` is what the connector said last. All empty where the last answer was whole.
    """

    asked_at: str = ""
    answered_at: str = ""
    failures: int = 0
    failing_since: str = ""
    failure: str = ""


def read_states(file: Path) -> dict[str, SourceState]:
    """By source id; empty where the file is missing or cannot be read."""
    try:
        found = json.loads(file.read_bytes())
        return {source: SourceState(**state) for source, state in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def note_answers(file: Path, failures: Mapping[str, str], at: datetime) -> None:
    """Notes of each source that was asked at `at` why it failed, '' where it answered; the others stay as they are."""
    states = read_states(file)
    for source, failure in failures.items():
        states[source] = after(states.get(source, SourceState()), failure, at.isoformat(timespec="seconds"))
    noted = {source: asdict(state) for source, state in sorted(states.items())}
    write_bytes(file, json.dumps(noted, ensure_ascii=False, indent=1).encode(), durable=False)


def after(state: SourceState, failure: str, at: str) -> SourceState:
    """The state after one more answer: the time of the first failure in a row stays."""
    if not failure:
        return SourceState(asked_at=at, answered_at=at)
    return replace(
        state,
        asked_at=at,
        failures=state.failures + 1,
        failing_since=state.failing_since or at,
        failure=failure,
    )
