"""The rows of the seeds, for rooms that check against plan and standards: the same files that dbt loads.

Here belongs reading them as text. Not here: what a rule or an indicator means. Standard library only, and nothing is
read unless it is asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_SEEDS = Path(__file__).parent / "seeds"

Row = Mapping[str, str]


@cache
def seed_rows(seed: str) -> tuple[Row, ...]:
    """Rows of a seed as text, in its order, e.g. seed_rows('standards/air_editions'); FileNotFoundError without it."""
    with (_SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def seed_bytes(seed: str) -> bytes:
    """A seed as it is written; FileNotFoundError without it."""
    return (_SEEDS / f"{seed}.csv").read_bytes()


def seeds_like(pattern: str) -> list[str]:
    """Names of the seeds whose path fits `pattern`, sorted, e.g. '**/rule_values*.csv'."""
    return [file.relative_to(_SEEDS).with_suffix("").as_posix() for file in sorted(_SEEDS.glob(pattern))]
