"""Assets of the lake: the site register, declared tables, raw_<feed> and clean_<feed>, by month of delivery.

Here belong their definitions, checks and retries. Not here: what pulling and cleaning do (pull.py, clean.py).

A feed that fails does not fail its step, because Dagster would then skip every domain behind it: after the last retry
the failure is kept in the findings and shown by a failed check, and the other feeds go on.
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.dagster import groups
from orchestration.dagster.freshness import observation_age, policy_for
from orchestration.dagster.month_checks import MonthCheck, MonthEvent
from orchestration.dagster.resources import Refresh
from orchestration.dagster.shown import problems_metadata, tables_metadata
from orchestration.progress import Note, Step
from orchestration.session import Session
from orchestration.steps.accounts import MonthAccount, accounts
from orchestration.steps.clean import CleanResult, clean_feed
from orchestration.steps.pull import PullResult, pull_feed
from sources.registry import DECLARED_TABLES, Registry

PULL_RETRIES = dg.RetryPolicy(max_retries=2, delay=0.5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
REGISTER = "site_register"
DECLARED = "declared_tables"
FILE_COUNTS = "file_counts"


class PullIncomplete(Exception):
    """Something of a feed could not be fetched; Dagster tries again."""


def build_lake_assets(registry: Registry, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Site register and declared tables, then a raw and a clean asset per group of feeds, all on the same months."""
    assets = [_entered_asset()]
    for group in groups.feed_groups(registry):
        assets += [_raw_asset(group, partitions), _clean_asset(group, partitions)]
    return [*assets, _counts_asset(registry)]


def raw_key(group: str) -> str:
    """The asset of the deliveries of a group of feeds."""
    return f"raw_{group}"


def clean_key(group: str) -> str:
    """The asset of the clean tables of a group of feeds."""
    return f"clean_{group}"


def _entered_asset() -> dg.AssetsDefinition:
    described = {
        REGISTER: "The dated site register in force, all feeds.",
        DECLARED: "What users entered because no standard gives it: " + ", ".join(DECLARED_TABLES),
    }

    @dg.multi_asset(
        name=REGISTER,
        specs=[
            dg.AssetSpec(key, group_name=groups.RAW, description=text, kinds={"parquet"})
            for key, text in described.items()
        ],
    )
    def entered(refresh: Refresh) -> Iterator[dg.MaterializeResult]:
        session = refresh.session
        with refresh.step("prepare", "site register") as told:
            written = session.write_entered()
            sites = written.pop(REGISTER)
            tables = [count for count in written.values() if count]
            told.note(f"{sites} entries" + (f", {sum(tables)} declared rows in {len(tables)} tables" if tables else ""))
        yield dg.MaterializeResult(asset_key=REGISTER, metadata={"entries": sites})
        yield dg.MaterializeResult(asset_key=DECLARED, metadata=written)

    return entered


def _raw_asset(group: groups.FeedGroup, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    key = raw_key(group.name)
    pulled = dg.AssetCheckSpec("pulled", asset=key, description="Every source was listed and everything due fetched.")

    @dg.multi_asset(
        name=key,
        specs=[
            dg.AssetSpec(
                key,
                group_name=groups.RAW,
                description=f"{group.title}: deliveries as received, with receipts.",
                owners=groups.owners(group.feeds),
                metadata=_declared_metadata(group),
                kinds={"file"},
            )
        ],
        check_specs=[pulled],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=PULL_RETRIES,
    )
    def raw(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[dg.MaterializeResult]:
        session, findings = refresh.session, refresh.findings
        asked = [f.name for f in group.feeds if f.name in session.settings.feeds]
        declared = [feed for feed in asked if session.settings.config.sources_of(feed)]
        results = _pulled(refresh, group, declared, _months(context))
        failures = [failure for result in results.values() for failure in result.failures]
        if failures and context.retry_number < PULL_RETRIES.max_retries:
            raise PullIncomplete("; ".join(failures))
        for feed, result in results.items():
            findings.failures.setdefault(feed, []).extend(result.failures)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "new": sum(r.new for r in results.values()),
                "known": sum(r.known for r in results.values()),
                "bytes": sum(r.size_bytes for r in results.values()),
            },
            check_results=[_check("pulled", failures)],
        )

    return raw


def _described(group: groups.FeedGroup) -> list[str]:
    return [f"{table.name}: {table.description}" for feed in group.feeds for table in feed.tables.values()]


def _declared_metadata(group: groups.FeedGroup) -> dict[str, Any]:
    if len(group.feeds) == 1:
        (feed,) = group.feeds
        return {"owner": feed.owner, "licence": feed.licence, "cadence_hours": float(feed.cadence_hours)}
    return {"owner": ", ".join(sorted({f.owner for f in group.feeds})), "feeds": ", ".join(f.name for f in group.feeds)}


def _pulled(refresh: Refresh, group: groups.FeedGroup, feeds: Sequence[str], months: set[str]) -> dict[str, PullResult]:
    """Pulls the feeds of a group, told as one step."""
    results: dict[str, PullResult] = {}
    if not feeds:
        return results
    with refresh.step("pull", group.name) as told:
        for feed in feeds:
            result = results[feed] = pull_feed(refresh.session, feed, months, _note_of(told, group, feed))
            refresh.findings.fetched.setdefault(feed, set()).update(result.fetched)
        if failed := [_named(group, feed, r.text) for feed, r in results.items() if r.failures]:
            told.fail("; ".join(failed))
        elif len(results) > 1:
            told.note(f"{sum(r.new for r in results.values())} new files of {len(results)} feeds")
    return results


def _note_of(told: Step, group: groups.FeedGroup, feed: str) -> Note:
    """Says something of one feed of a group within the group's step."""
    return lambda text: told.note(_named(group, feed, text))


def _clean_asset(group: groups.FeedGroup, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    key = clean_key(group.name)
    by_month = MonthCheck(key, partitions)
    accounted = dg.AssetCheckSpec(
        "accounted_for",
        asset=key,
        description=f"The last cleaning refused no file, and both counts add up; {by_month.spec.name} has each month.",
    )
    fresh = dg.AssetCheckSpec(
        "observations_fresh", asset=key, description="The newest reading is as recent as cadence and lateness ask."
    )

    @dg.multi_asset(
        name=key,
        specs=[
            dg.AssetSpec(
                key,
                deps=[raw_key(group.name), REGISTER],
                group_name=groups.CLEAN,
                owners=groups.owners(group.feeds),
                metadata={"owner": _declared_metadata(group)["owner"]},
                description="; ".join([f"{group.title}, clean", *_described(group)]),
                freshness_policy=policy_for(group.feeds) if group.feeds else None,
                kinds={"polars", "parquet"},
            )
        ],
        check_specs=[accounted, by_month.spec, fresh],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def clean(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[dg.MaterializeResult | MonthEvent]:
        session = refresh.session
        results = _cleaned(refresh, group, _months(context))
        ages = {f.name: observation_age(session, f) for f in group.feeds}
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "deliveries": sum(r.deliveries for r in results.values()),
                "refused": sum(len(r.refused) for r in results.values()),
                "notices": dg.MetadataValue.json([said for r in results.values() for said in r.notices]),
                "observations": "; ".join(_named(group, name, age.text) for name, age in ages.items()),
                **_tables(session, group),
            },
            check_results=[
                _check("accounted_for", [p for r in results.values() for p in _unaccounted(r)]),
                _check(
                    "observations_fresh",
                    [_named(group, name, age.text) for name, age in ages.items() if not age.fresh],
                    dg.AssetCheckSeverity.WARN,
                ),
            ],
        )
        yield from by_month.results(context, _accounts(session, _months(context), results))

    return clean


def _months(context: dg.AssetExecutionContext) -> set[str]:
    """The months of delivery of the run (partition keys)."""
    if context.has_partition_key or context.has_partition_key_range:
        return set(context.partition_keys)
    # `dg launch` runs a job itself and asks no queue (due.py).
    raise dg.Failure(
        "The run names no month of delivery. Give `dg launch` a --partition or --partition-range; the page and "
        "`ecoledger refresh` find the months that have something due.",
        allow_retries=False,
    )


def _named(group: groups.FeedGroup, feed: str, text: str) -> str:
    """What is said of one feed of a group, with its name where there are several."""
    return text if len(group.feeds) == 1 else f"{feed}: {text}"


def _cleaned(refresh: Refresh, group: groups.FeedGroup, months: set[str]) -> dict[str, CleanResult]:
    """Cleans the feeds of a group, told as one step."""
    findings = refresh.findings
    results: dict[str, CleanResult] = {}
    if not group.feeds:
        return results
    with refresh.step("clean", group.name) as told, refresh.session.lake.cleanings():
        for feed in (f.name for f in group.feeds):
            fetched, note = findings.fetched.get(feed, set()), _note_of(told, group, feed)
            result = results[feed] = clean_feed(refresh.session, feed, months, fetched, note)
            findings.cleaned.setdefault(feed, set()).update(result.cleaned)
            findings.notices += result.notices
            if result.failure:
                findings.failures.setdefault(feed, []).append(result.failure)
        if failed := [_named(group, feed, r.text) for feed, r in results.items() if r.failure]:
            told.fail("; ".join(failed))
        elif len(results) > 1:
            told.note(f"{sum(r.deliveries for r in results.values())} files of {len(results)} feeds")
    return results


def _unaccounted(result: CleanResult) -> list[str]:
    return [result.failure] if result.failure else [*result.refused, *result.unbalanced]


def _accounts(session: Session, asked: set[str], results: Mapping[str, CleanResult]) -> dict[str, MonthAccount]:
    """What the lake holds of the months; those that could not be cleaned say so."""
    months = asked.union(*(result.months for result in results.values()))
    found = accounts(session.lake.index, list(results), months)
    for result in results.values():
        for month in result.months if result.failure else ():
            found[month].problems.insert(0, f"files wait, because cleaning failed: {result.failure}")
    return found


def _counts_asset(registry: Registry) -> dg.AssetsDefinition:
    @dg.asset(
        name=FILE_COUNTS,
        deps=[clean_key(group.name) for group in groups.feed_groups(registry)],
        group_name=groups.CLEAN,
        description="Both counts of every file, written with each cleaning: nothing lost.",
        kinds={"parquet"},
    )
    def file_counts(refresh: Refresh) -> dg.MaterializeResult:
        rows = {FILE_COUNTS: len(refresh.session.lake.index.inputs())}
        return dg.MaterializeResult(metadata=tables_metadata(rows, refresh.session.data.clean_table(FILE_COUNTS)))

    return file_counts


def _tables(session: Session, group: groups.FeedGroup) -> dict[str, Any]:
    rows, data = session.lake.index.table_rows(), session.data
    tables = [table for feed in group.feeds for table in feed.tables]
    place = data.clean_table(*tables) if len(tables) == 1 else data.clean
    return tables_metadata({table: rows.get(table, 0) for table in tables}, place)


def _check(
    name: str, problems: list[str], severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name, passed=not problems, severity=severity, metadata=problems_metadata(problems)
    )
