"""What a release will hold of each table, as admission hands it to publishing, and in which schemas it is found.

Here belong the shapes, and what the tables of a domain say of it together. Not here: the choice between fresh, held and
empty (candidate/admission.py) or the verdict it follows (judged.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sources.registry.feed_model import CROSS_DOMAIN

ADMITTED_SCHEMA = "admitted"
# Where dbt_project.yml has domain marts built, and those of the domain that is built of them.
CANDIDATE_SCHEMA = "candidate"
CROSS_SCHEMA = CROSS_DOMAIN

State = Literal["fresh", "held", "empty"]


@dataclass(frozen=True)
class HeldPart:
    """A part of a fresh table that is held by itself: its rows are those of the current release, none where that has
    none. `since` as for a table.
    """

    part: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class AdmittedTable:
    """One table of the coming release. `state`: fresh, held or empty.

    `since` is the as_of of the first refresh that held it (None when fresh), `release_of_origin` the release whose gate
    let the rows through ('' for fresh and empty ones). Where `parts` of a fresh table are held, `judged` is the digest
    of the table that the gate judged; `digest` is of what is published.
    """

    name: str
    domain: str
    state: State
    digest: str
    since: datetime | None
    reason: str
    release_of_origin: str
    parts: tuple[HeldPart, ...] = ()
    judged: str = ""

    @property
    def judged_digest(self) -> str:
        """The digest that the gate's records are bound to."""
        return self.judged or self.digest

    @property
    def schema(self) -> str:
        """The schema of the working database that holds it."""
        if self.state != "fresh" or self.parts:
            return ADMITTED_SCHEMA
        return CROSS_SCHEMA if self.domain == CROSS_DOMAIN else CANDIDATE_SCHEMA


@dataclass(frozen=True)
class DomainState:
    """What a release holds of a domain: held if one of its tables is, else empty if one of them is, else fresh.

    `parts` are held by themselves, each since when and why.
    """

    state: State
    since: datetime | None
    reason: str
    parts: Mapping[str, HeldPart] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As manifest and ledger write it, times as ISO; parts only where some are held."""
        found: dict[str, Any] = {"state": self.state, "since": _iso(self.since), "reason": self.reason}
        if self.parts:
            found["parts"] = {
                name: {"since": _iso(part.since), "reason": part.reason} for name, part in sorted(self.parts.items())
            }
        return found


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def domain_states(tables: Iterable[AdmittedTable]) -> dict[str, DomainState]:
    """The state of every domain of `tables`, in the order in which domains first come."""
    groups: dict[str, list[AdmittedTable]] = {}
    for table in tables:
        groups.setdefault(table.domain, []).append(table)
    return {domain: _state_of(own) for domain, own in groups.items()}


def _state_of(tables: list[AdmittedTable]) -> DomainState:
    """The worst table (empty, then held, then fresh) gives the reason; the earliest time counts."""
    worst = min(tables, key=lambda t: (("empty", "held", "fresh").index(t.state), t.name))
    since = min((t.since for t in tables if t.since), default=None)
    parts = {part.part: part for table in tables for part in table.parts}
    state: State = "held" if any(t.state == "held" for t in tables) else worst.state
    return DomainState(state, since, worst.reason or _parts_text(parts), parts)


def _parts_text(parts: Mapping[str, HeldPart]) -> str:
    return "; ".join(
        f"{name} is held since {part.since:%Y-%m-%d}: {part.reason}" for name, part in sorted(parts.items())
    )
