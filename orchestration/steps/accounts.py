"""Whether every file of a month of delivery is accounted for, as the lake holds it now.

Here belongs that question, whatever run cleaned the files. Not here: cleaning (clean.py), the two sums
themselves (warehouse.lake.file_counts), or how a month is shown (orchestration.dagster.month_checks).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from warehouse.lake.file_counts import unbalanced
from warehouse.lake.index import CleanedFile, Index


@dataclass
class MonthAccount:
    """One month of delivery: how many files were cleaned, and what is wrong with which of them."""

    files: int = 0
    problems: list[str] = field(default_factory=list)


def accounts(index: Index, feeds: Collection[str], months: Collection[str]) -> dict[str, MonthAccount]:
    """The account of each of `months` (partition keys, YYYY-MM-01) over the files of `feeds` together, in order.

    A month without a file has nothing wrong.

    A file that was refused, or whose records or readings do not add up, is a problem of the month it was delivered in
    until it is cleaned again without one. A file whose source no longer reads it is none.
    """
    found = {month: MonthAccount() for month in sorted(months)}
    for file in index.cleaned_of(feeds, [month[:7] for month in found]):
        account = found[partition_of(file.receipt.delivered_at)]
        account.files += 1
        account.problems += _problems(file)
    return found


def partition_of(delivered_at: str) -> str:
    """The partition key of the month of a receipt's `delivered_at` (ISO, reporting zone)."""
    return f"{delivered_at[:7]}-01"


def _problems(file: CleanedFile) -> list[str]:
    name = f"{file.receipt.source_id}, {file.receipt.file_name}"
    if file.counts["verdict"] == "refused":
        return [f"{name}: {file.counts['reason']}"]
    return [f"{name}: {problem.what}" for problem in unbalanced(file)]
