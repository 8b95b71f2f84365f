"""What a refresh came to, as plain values: per feed, per domain, release, ledger. Printed as tables or as JSON.

Here belongs collecting it from the lake and the release. Not here: printing (report.py) or the exit code's rule
(decisions.py). Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from warehouse.lake.index import CleanedFile, Index, IndexUnusable
from warehouse.paths import DataDir
from warehouse.release.ledger import Ledger
from warehouse.release.releases import DATABASE, current, read_manifest

COUNTS = (
    "records_in",
    "records_used",
    "records_quarantined",
    "records_duplicate",
    "readings_in",
    "readings_superseded",
    "readings_flagged",
)
_FROM_FILE = ("records_in", "records_quarantined", "readings_in")


@dataclass
class Summary:
    """A refresh in plain values; `outcome`: published, nothing_new, unchanged, withdrawn, refused or failed.

    `notices` are sentences about what is not a fault but should be known: sources that read nothing, that are gone or
    renamed, files that are never due, deliveries that contradict each other. `plan` has a row for each model.
    """

    outcome: str
    message: str = ""
    data: str = ""
    clock: str = ""
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused_files: list[dict[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    domains: dict[str, dict[str, Any]] = field(default_factory=dict)
    release: dict[str, Any] | None = None
    ledger_head: str = ""
    open: str = ""
    dagster_run: str = ""
    log: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    plan: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def feed_counts(
    index: Index, feeds: Iterable[str], chosen: Mapping[str, set[str]] | None = None
) -> tuple[dict[str, dict[str, Any]], list[dict[str, str]]]:
    """Counts per feed and the refused files, of all cleaned deliveries or of the `chosen` ones (feed → ids)."""
    totals: dict[str, dict[str, Any]] = {feed: {"files": 0, "refused": 0, **dict.fromkeys(COUNTS, 0)} for feed in feeds}
    refused: list[dict[str, str]] = []
    for month in index.months():
        for file, _ in index.cleaned_in(month):
            feed = file.receipt.feed
            if feed in totals and (chosen is None or file.receipt.delivery_id in chosen.get(feed, ())):
                _add(totals[feed], file)
                if file.counts["verdict"] == "refused":
                    name, reason = file.receipt.file_name, file.counts["reason"]
                    refused.append({"feed": feed, "file_name": name, "reason": reason})
    return totals, refused


def read_nothing(index: Index) -> list[str]:
    """One sentence for each source that delivered files but not one reading."""
    said = []
    for feed, source, files, records, quarantined in index.sources_without_readings():
        number = f"{files} {'file' if files == 1 else 'files'}"
        found = f"{records} records, {quarantined} of them quarantined" if records else "no record"
        said.append(
            f"source {source} ({feed}) offered {number} but read nothing: {found}; check its mapping and filters"
        )
    return said


def _add(total: dict[str, Any], file: CleanedFile) -> None:
    total["files"] += 1
    total["refused"] += file.counts["verdict"] == "refused"
    for name in COUNTS:
        total[name] += file.counts[name] if name in _FROM_FILE else getattr(file.sums, name)


def domain_states(data: DataDir) -> dict[str, dict[str, Any]]:
    """Verdict, state, since and reason by domain, from the current release's manifest; empty before the first."""
    release = current(data)
    if release is None:
        return {}
    manifest = read_manifest(release)
    verdicts = {entry["domain"]: entry for entry in manifest["gate"]["verdicts"]}
    return {domain: _domain(state, verdicts.get(domain, {})) for domain, state in manifest["domains"].items()}


def _domain(state: Mapping[str, Any], verdict: Mapping[str, Any]) -> dict[str, Any]:
    """State and verdict of a domain; where nothing is held, the reason is why the gate warned."""
    reason = state.get("reason") or "; ".join(verdict.get("reasons", ()))
    return {"verdict": verdict.get("verdict", ""), **state, "reason": reason}


def release_entry(data: DataDir) -> dict[str, Any] | None:
    """Id, digest and path of the current release."""
    release = current(data)
    if release is None:
        return None
    return {"id": release.release_id, "digest": release.digest, "path": str(release.path), "new": False}


def current_summary(data: DataDir, outcome: str, message: str) -> Summary:
    """A summary of what is there now: the current release, its domains, the ledger's head."""
    return Summary(
        outcome=outcome,
        message=message,
        data=str(data.root),
        domains=domain_states(data),
        release=release_entry(data),
        ledger_head=Ledger(data.ledger_file).head(),
        open=str(data.current / DATABASE) if data.current.exists() else "",
    )


def add_lake(summary: Summary, data: DataDir, feeds: Iterable[str]) -> None:
    """Adds counts and notices of everything in the lake; zeros where there is no index yet."""
    try:
        index = Index(data.index_file, read_only=True)
    except IndexUnusable as error:
        summary.feeds = {feed: {"files": 0, "refused": 0, **dict.fromkeys(COUNTS, 0)} for feed in feeds}
        if data.index_file.exists():
            summary.notices.append(f"{error}; `ecoledger refresh` migrates or rebuilds it")
        return
    try:
        # A declared network is known by its deliveries.
        named = dict.fromkeys([*feeds, *sorted(index.feeds())])
        summary.feeds, summary.refused_files = feed_counts(index, named)
        summary.notices += read_nothing(index)
    finally:
        index.close()
