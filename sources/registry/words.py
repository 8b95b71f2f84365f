"""The Chinese words of what is stored as a word: those of the closed vocabularies, and those the registry declares.

Here belongs reading them. Not here: joining them to the rows of published tables (dbt_project/macros/words.sql).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from dbt_project.seed_rows import seed_rows


@cache
def chinese_words() -> Mapping[tuple[str, str], str]:
    """The Chinese word by vocabulary and word, of the seeds that int_words reads."""
    rows = (row for seed in ("vocabulary_words", "registry_words") for row in seed_rows(f"words/{seed}"))
    return MappingProxyType({(row["vocabulary"], row["word"]): row["word_zh"] for row in rows})
