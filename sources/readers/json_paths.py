"""Dotted paths into a document: data.*.rows, where * is every key or entry and {site} gives it to a column.

Here belong the steps of a path and what a value holds there. Standard library only. Not here: walking a document piece
by piece (json_document.py, xml_rows.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def steps_of(path: str) -> list[str]:
    """The steps of a path; none for the document itself."""
    return [step for step in path.split(".") if step]


def is_any(step: str) -> bool:
    """Whether a step is every key or entry."""
    return step == "*" or bool(as_name(step))


def as_name(step: str) -> str:
    """The column that a step gives its key to; '' if it gives it to none."""
    return step[1:-1] if step.startswith("{") and step.endswith("}") else ""


def leads_to(path: Sequence[str], here: Sequence[str]) -> bool:
    """Whether `here`, keys of a document, lies on `path`."""
    return len(path) >= len(here) and all(is_any(s) or s == k for s, k in zip(path, here, strict=False))


def held_at(value: Any, path: Sequence[str]) -> Any:
    """What `value` holds at `path`; a list for a step that is every key or entry, None where there is nothing."""
    for place, step in enumerate(path):
        if is_any(step) and isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return [held_at(v, path[place + 1 :]) for v in inner]
        if isinstance(value, list) and step.isdigit() and 1 <= int(step[:9]) <= len(value):
            value = value[int(step) - 1]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value
