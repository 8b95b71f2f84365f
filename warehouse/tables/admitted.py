"""What a release will hold of each table, as admission hands it to publishing, and in which schemas it is found.

Here belong the shapes, and what the tables of a domain say of it together. Not here: the choice between fresh, held and
empty (candidate/admission.py) or the verdict it follows (judged.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from warehouse.tables.catalogue import CROSS_DOMAIN

ADMITTED_SCHEMA = "admitted"
# Where dbt_project.yml has domain marts built, and those of the domain that is built of them.
CANDIDATE_SCHEMA = "candidate"
CROSS_SCHEMA = CROSS_DOMAIN

State = Literal["fresh", "held", "empty"]


@dataclass(frozen=True)
class AdmittedTable:
    """One table of the coming release. `state`: fresh, held or empty.

    `since` is the as_of of the first refresh that held it (None when fresh), `release_of_origin` the release whose gate
    let the rows through ('' for fresh and empty ones).
    """

    name: str
    domain: str
    state: State
    digest: str
    since: datetime | None
    reason: str
    release_of_origin: str

    @property
    def schema(self) -> str:
        """The schema of the working database that holds it."""
        if self.state != "fresh":
            return ADMITTED_SCHEMA
        return CROSS_SCHEMA if self.domain == CROSS_DOMAIN else CANDIDATE_SCHEMA


@dataclass(frozen=True)
class DomainState:
    """What a release holds of a domain: held if one of its tables is, else empty if one of them is, else fresh."""

    state: State
    since: datetime | None
    reason: str

    def as_dict(self) -> dict[str, str | None]:
        """As manifest and ledger write it, the time as ISO."""
        return {"state": self.state, "since": self.since.isoformat() if self.since else None, "reason": self.reason}


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
    return DomainState("held" if any(t.state == "held" for t in tables) else worst.state, since, worst.reason)
