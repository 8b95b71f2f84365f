"""The worked examples of water by rule, and the items by the Chinese names that they use.

Here belongs what all water cases read. Not here: readings (water_cases.py, water_area_cases.py).
"""

from __future__ import annotations

import csv

from tests.conformance.kit import PROJECT, worked_examples

with (PROJECT / "seeds" / "standards" / "water_items.csv").open(encoding="utf-8", newline="") as _file:
    _SEED = list(csv.DictReader(_file))

ITEMS = {row["name_zh"]: row["parameter"] for row in _SEED}
# Items of the real-time class, and how many the class assessment has.
AUTOMATIC = {row["name_zh"] for row in _SEED if row["in_realtime_class"] == "true"}
CLASS_ITEMS = sum(row["in_class_assessment"] == "true" for row in _SEED)


def examples(rule: str, prefix: str) -> list[tuple[str, dict]]:
    """(site or area, entry) of every worked example of a rule, by the beginning of its name."""
    entries = [e for e in worked_examples() if e["rule"].startswith(rule)]
    return [(f"{prefix}-{n}", entry) for n, entry in enumerate(entries)]
