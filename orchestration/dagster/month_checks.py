"""A check with a result for each month of delivery: whether every file of that month is accounted for.

Here belong its spec and its events. Not here: what is wrong with a month (steps/accounts.py).

Partitions of checks are a preview of Dagster 1.13, made for runs of one partition; in a run of several an
AssetCheckResult would be about none of them. So the events are made here, one for each month. Each names the
materialization of its month that it is about, because Dagster shows no result that may be about an older one.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.dagster.private import AssetCheckEvaluationTargetMaterializationData as Target
from orchestration.dagster.shown import problems_metadata

if TYPE_CHECKING:
    from orchestration.steps.accounts import MonthAccount

NAME = "month_accounted_for"
MonthEvent = dg.Output[None] | dg.AssetCheckEvaluation


class MonthCheck:
    """The check of one asset of the clean layer."""

    def __init__(self, asset: str, partitions: dg.PartitionsDefinition) -> None:
        """`partitions` are the months of delivery that the asset has."""
        self._partitions = partitions
        with warnings.catch_warnings():
            # That it is a preview is known: the tests of the wiring say when it changes.
            warnings.simplefilter("ignore", dg.PreviewWarning)
            self.spec = dg.AssetCheckSpec(
                NAME,
                asset=asset,
                description="Of each month of delivery: no file is refused, and both counts of every file add up.",
                partitions_def=partitions,
            )

    def results(self, context: dg.AssetExecutionContext, accounts: Mapping[str, MonthAccount]) -> Iterator[MonthEvent]:
        """A result for each month of `accounts` (partition keys), after the asset's own materialization."""
        months = [month for month in accounts if self._partitions.has_partition_key(month)]
        targets = self._targets(context.instance, months)
        yield dg.Output(None, self.spec.get_python_identifier())
        for month in months:
            account = accounts[month]
            yield dg.AssetCheckEvaluation(
                asset_key=self.spec.asset_key,
                check_name=NAME,
                passed=not account.problems,
                metadata={"files": account.files, **problems_metadata(account.problems)},
                target_materialization_data=targets.get(month),
                blocking=self.spec.blocking,
                partition=month,
            )

    def _targets(self, instance: dg.DagsterInstance, months: Sequence[str]) -> dict[str, Target]:
        """The newest materialization of each month: those of this run come first; others are asked for one by one."""
        found = self._newest(instance, months, len(months))
        for month in months:
            if month not in found:
                found |= self._newest(instance, [month], 1)
        return found

    def _newest(self, instance: dg.DagsterInstance, months: Sequence[str], limit: int) -> dict[str, Target]:
        wanted = dg.AssetRecordsFilter(asset_key=self.spec.asset_key, asset_partitions=months)
        records = instance.fetch_materializations(wanted, limit=limit).records if months else ()
        # Newest first: an older one of the same month must not win.
        return {
            record.partition_key or "": Target(
                storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
            )
            for record in reversed(records)
        }
