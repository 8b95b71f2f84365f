"""The plan of a release: what it will be, or why there will be none, before a file is written.

Here belong the refusals, the number and digest, the state of each domain, what stays from the release before, and what
the ledger will say. Pure functions of their arguments. Not here: reading what came before or writing (publication.py,
release_files.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from warehouse.release import gate_records
from warehouse.release.gate_records import Refused
from warehouse.release.kept import Kept, kept_from
from warehouse.release.releases import Release
from warehouse.tables.admitted import AdmittedTable, DomainState, domain_states
from warehouse.tables.catalogue import JUDGEMENT, Catalogue
from warehouse.tables.digest import release_digest
from warehouse.tables.judged import DomainVerdict, GateRecord

Outcome = Literal["published", "unchanged", "withdrawn"]
# Refusals that the message names; the same cause often meets every table.
_REFUSALS_SHOWN = 3


@dataclass(frozen=True)
class Judged:
    """What admission and the gate found: every table of the coming release, this run's records, domain verdicts."""

    tables: tuple[AdmittedTable, ...]
    records: tuple[GateRecord, ...]
    verdicts: tuple[DomainVerdict, ...] = ()


@dataclass(frozen=True)
class Past:
    """The releases so far. `manifest` and `gate_rows` are those of the current one; both empty before the first.

    `replaces` is a lost release that nothing has replaced yet.
    """

    known: tuple[Release, ...] = ()
    manifest: Mapping[str, Any] | None = None
    gate_rows: tuple[Mapping[str, Any], ...] = ()
    replaces: str | None = None

    @property
    def current(self) -> Release | None:
        """The release that readers follow."""
        return next((r for r in self.known if r.state == "current"), None)


@dataclass(frozen=True)
class ReleasePlan:
    """A release as it will be. `outcome`: published, or what prevents it: the current release has the same digest
    (unchanged), or one that was rolled back had it (withdrawn); then `same` is that release.

    `at` is the moment of publishing in the reporting zone. `judged` are this run's gate rows, `carried` those that let
    held tables through. `newly_held` are the domains whose state the ledger has not noted yet.
    """

    release_id: str
    seq: int
    digest: str
    at: datetime
    before: Release | None
    same: Release | None
    replaces: str | None
    tables: tuple[AdmittedTable, ...]
    domains: Mapping[str, DomainState]
    newly_held: tuple[str, ...]
    verdicts: tuple[DomainVerdict, ...]
    judged: tuple[Mapping[str, Any], ...]
    carried: tuple[Mapping[str, Any], ...]
    kept: Kept

    @property
    def outcome(self) -> Outcome:
        """What publishing it comes to."""
        if self.same is None:
            return "published"
        return "unchanged" if self.same == self.before else "withdrawn"

    @property
    def local(self) -> datetime:
        """The moment as tables hold it: reporting zone, naive, whole seconds."""
        return self.at.replace(tzinfo=None, microsecond=0)

    def ledger_entries(self, manifest_sha256: str) -> list[tuple[str, dict[str, Any]]]:
        """The release's entry, and one for each domain that it holds anew."""
        payload = {
            "release_id": self.release_id,
            "seq": self.seq,
            "digest": self.digest,
            "manifest_sha256": manifest_sha256,
            "previous": self.before.release_id if self.before else None,
            "domains": {domain: state.state for domain, state in self.domains.items()},
        }
        if self.replaces:
            payload["replaces"] = self.replaces
        holds = [
            ("hold", {"domain": domain, **self.domains[domain].as_dict(), "release_id": self.release_id})
            for domain in self.newly_held
        ]
        return [("release", payload), *holds]


def plan_release(catalogue: Catalogue, found: Judged, past: Past, at: datetime) -> ReleasePlan:
    """The release that `found` comes to after `past`, at the moment `at` (with the reporting zone).

    Refused if tables are missing or doubled, or if a table's digest lacks a passing record of this run or, for a held
    one, of the current release.
    """
    local = at.replace(tzinfo=None, microsecond=0)
    rows = gate_records.rows_of(found.records, local)
    held = {t.name: (t.digest, t.release_of_origin) for t in found.tables if t.state == "held"}
    carried = gate_records.carried_rows(past.gate_rows, held)
    if wrong := refusals(catalogue, found.tables, rows, carried):
        more = f"; and {len(wrong) - _REFUSALS_SHOWN} more" if len(wrong) > _REFUSALS_SHOWN else ""
        raise Refused("; ".join(wrong[:_REFUSALS_SHOWN]) + more)
    states = domain_states(found.tables)
    domains = {domain: states[domain] for domain in catalogue.domains}
    digests = {t.name: t.digest for t in found.tables}
    digest = release_digest(list(digests.items()), {domain: state.as_dict() for domain, state in domains.items()})
    seq = max((r.seq for r in past.known), default=0) + 1
    release_id = f"{seq:06d}-{digest[:12]}"
    before = past.current
    return ReleasePlan(
        release_id=release_id,
        seq=seq,
        digest=digest,
        at=at,
        before=before,
        same=_same(digest, past),
        replaces=past.replaces,
        tables=found.tables,
        domains=domains,
        newly_held=_newly_held(domains, past.manifest),
        verdicts=found.verdicts,
        judged=tuple({**row, "release_id": release_id} for row in rows),
        carried=tuple(carried),
        kept=kept_from(before, past.manifest, catalogue, digests),
    )


def refusals(
    catalogue: Catalogue,
    tables: Sequence[AdmittedTable],
    rows: Sequence[Mapping[str, Any]],
    carried: Sequence[Mapping[str, Any]],
) -> list[str]:
    """Why nothing may be published, one sentence for each table; `rows` are this run's gate rows."""
    wanted = {t.name for t in catalogue.tables if t.domain != JUDGEMENT}
    named = [t.name for t in tables]
    if set(named) != wanted or len(named) != len(wanted):
        return [f"admitted and declared tables differ: {sorted(wanted ^ set(named)) or 'a table is there twice'}"]
    judged = [t for t in tables if t.state != "empty"]
    found = (
        gate_records.refusal(rows if t.state == "fresh" else carried, t.name, t.judged_digest, _held(t)) for t in judged
    )
    return [why for why in found if why]


def _held(table: AdmittedTable) -> frozenset[str]:
    return frozenset(part.part for part in table.parts)


def _same(digest: str, past: Past) -> Release | None:
    """The current release or a withdrawn one, if it has this digest."""
    now = past.current
    if now and now.digest == digest:
        return now
    return next((r for r in past.known if r.withdrawn and r.digest == digest), None)


def _newly_held(domains: Mapping[str, DomainState], manifest: Mapping[str, Any] | None) -> tuple[str, ...]:
    before = manifest["domains"] if manifest else {}
    held = {domain: state.as_dict() for domain, state in domains.items() if state.state != "fresh"}
    return tuple(domain for domain, state in held.items() if before.get(domain) != state)
