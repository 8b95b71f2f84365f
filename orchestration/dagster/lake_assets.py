"""Assets of the lake: the site register, declared tables, raw_<feed> and clean_<feed>, by month of delivery.

Here belong their definitions, checks and retries. Not here: what pulling and cleaning do (pull.py, clean.py).

A feed that fails does not fail its step, because Dagster would then skip every domain behind it: after the last retry
the failure is kept in the findings and shown by a failed check, and the other feeds go on.
"""

# No `from __future__ import annotations`: Dagster reads the annotations of its functions.
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.dagster import groups
from orchestration.dagster.freshness import observation_age, policy_for
from orchestration.dagster.month_checks import MonthCheck, MonthEvent
from orchestration.dagster.resources import Refresh
from orchestration.dagster.shown import problems_metadata, tables_metadata
from orchestration.session import Session
from orchestration.steps.accounts import MonthAccount, accounts
from orchestration.steps.clean import CleanResult, clean_feed
from orchestration.steps.pull import PullResult, pull_feed
from sources.registry import DECLARED_TABLES, Feed, Registry

PULL_RETRIES = dg.RetryPolicy(max_retries=2, delay=0.5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
REGISTER = "site_register"
DECLARED = "declared_tables"
FILE_COUNTS = "file_counts"


class PullIncomplete(Exception):
    """Something of a feed could not be fetched; Dagster tries again."""


def build_lake_assets(registry: Registry, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Site register and declared tables, then a raw and a clean asset per feed, all feeds on the same months."""
    assets = [_entered_asset()]
    for feed in registry.feeds.values():
        assets += [_raw_asset(feed, partitions), _clean_asset(feed, partitions)]
    return [*assets, _counts_asset(registry)]


def raw_key(feed: str) -> str:
    """The asset of a feed's deliveries."""
    return f"raw_{feed}"


def clean_key(feed: str) -> str:
    """The asset of a feed's clean tables."""
    return f"clean_{feed}"


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
            rows = ", ".join(f"{name} {count}" for name, count in written.items() if count)
            told.note(f"{sites} entries" + (f"; declared rows: {rows}" if rows else ""))
        yield dg.MaterializeResult(asset_key=REGISTER, metadata={"entries": sites})
        yield dg.MaterializeResult(asset_key=DECLARED, metadata=written)

    return entered


def _raw_asset(feed: Feed, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    key = raw_key(feed.name)
    pulled = dg.AssetCheckSpec("pulled", asset=key, description="Every source was listed and everything due fetched.")

    @dg.multi_asset(
        name=key,
        specs=[
            dg.AssetSpec(
                key,
                group_name=groups.RAW,
                description=f"{feed.name_en} ({feed.name_zh}): deliveries as received, with receipts.",
                owners=groups.owners([feed]),
                metadata={"owner": feed.owner, "licence": feed.licence, "cadence_hours": float(feed.cadence_hours)},
                kinds={"file"},
            )
        ],
        check_specs=[pulled],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=PULL_RETRIES,
    )
    def raw(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[dg.MaterializeResult]:
        session, findings, months = refresh.session, refresh.findings, _months(context)
        result = PullResult()
        if feed.name in session.settings.feeds and session.settings.config.sources_of(feed.name):
            with refresh.step("pull", feed.name) as told:
                result = pull_feed(session, feed.name, months, told.note)
                findings.fetched.setdefault(feed.name, set()).update(result.fetched)
                if result.failures:
                    told.fail(result.text)
        if result.failures and context.retry_number < PULL_RETRIES.max_retries:
            raise PullIncomplete("; ".join(result.failures))
        findings.failures.setdefault(feed.name, []).extend(result.failures)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={"new": result.new, "known": result.known, "bytes": result.size_bytes},
            check_results=[_check("pulled", result.failures)],
        )

    return raw


def _clean_asset(feed: Feed, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    key = clean_key(feed.name)
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
                deps=[raw_key(feed.name), REGISTER],
                group_name=groups.CLEAN,
                owners=groups.owners([feed]),
                metadata={"owner": feed.owner},
                description="; ".join(f"{t.name}: {t.description}" for t in feed.tables.values()),
                freshness_policy=policy_for(feed),
                kinds={"polars", "parquet"},
            )
        ],
        check_specs=[accounted, by_month.spec, fresh],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def clean(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[dg.MaterializeResult | MonthEvent]:
        session, findings, months = refresh.session, refresh.findings, _months(context)
        with refresh.step("clean", feed.name) as told:
            fetched = findings.fetched.get(feed.name, set())
            result = clean_feed(session, feed.name, months, fetched, told.note)
            findings.cleaned.setdefault(feed.name, set()).update(result.cleaned)
            findings.notices += result.notices
            if result.failure:
                told.fail(result.text)
                findings.failures.setdefault(feed.name, []).append(result.failure)
        age = observation_age(session, feed)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "deliveries": result.deliveries,
                "refused": len(result.refused),
                "notices": dg.MetadataValue.json(result.notices),
                **age.metadata,
                **_tables(session, feed),
            },
            check_results=[
                _check("accounted_for", [result.failure] if result.failure else [*result.refused, *result.unbalanced]),
                _check("observations_fresh", [] if age.fresh else [age.text], dg.AssetCheckSeverity.WARN),
            ],
        )
        yield from by_month.results(
            context, _accounts(session, feed, {*context.partition_keys, *result.months}, result)
        )

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


def _accounts(session: Session, feed: Feed, months: set[str], result: CleanResult) -> dict[str, MonthAccount]:
    """What the lake holds of the months; those that could not be cleaned say so."""
    found = accounts(session.lake.index, [feed.name], months)
    if result.failure:
        for month in result.months:
            found[month].problems.insert(0, f"files wait, because cleaning failed: {result.failure}")
    return found


def _counts_asset(registry: Registry) -> dg.AssetsDefinition:
    @dg.asset(
        name=FILE_COUNTS,
        deps=[clean_key(feed) for feed in registry.feeds],
        group_name=groups.CLEAN,
        description="Both counts of every file, written with each cleaning: nothing lost.",
        kinds={"parquet"},
    )
    def file_counts(refresh: Refresh) -> dg.MaterializeResult:
        rows = {FILE_COUNTS: len(refresh.session.lake.index.inputs())}
        return dg.MaterializeResult(metadata=tables_metadata(rows, refresh.session.data.clean_table(FILE_COUNTS)))

    return file_counts


def _tables(session: Session, feed: Feed) -> dict[str, Any]:
    rows, data = session.lake.index.table_rows(), session.data
    place = data.clean_table(*feed.tables) if len(feed.tables) == 1 else data.clean
    return tables_metadata({table: rows.get(table, 0) for table in feed.tables}, place)


def _check(
    name: str, problems: list[str], severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name, passed=not problems, severity=severity, metadata=problems_metadata(problems)
    )
