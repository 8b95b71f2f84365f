"""What a return reports on: `plan_ref` names a commitment or a key project, and the item goes with it.

Here belong the references that the plan knows, which items they go with, and the sentence about one that does not fit,
with the nearest that would. A reference that nothing reads would vanish without a trace. Not here: the plan itself
(dbt_project/seeds/plan) or what a reported figure means (dbt_project).
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

import polars as pl

from sources.cleaning.rejects import Rejects
from sources.cleaning.source_plan import SourcePlan
from sources.cleaning.staged import INDEX
from sources.config import shipped

PLAN_REF = "plan_ref"
_PROGRESS, _FINDING = "commitment_progress", "commitment_finding"
_QUANTITY, _MILESTONE = "project_quantity", "project_milestone"
ITEMS = (_PROGRESS, _FINDING, "project_progress", _QUANTITY, _MILESTONE)
_NEAREST = 3
_SHOWN = 80


def with_mistaken_refs(
    plan: SourcePlan, records: pl.DataFrame, parameter: str, refused: pl.Series | None, rejects: Rejects
) -> pl.Series | None:
    """`refused` (readings of `records` refused so far) and those that report `parameter` on nothing of the plan.

    They are refused here, with the nearest references. None: nothing is refused.
    """
    if PLAN_REF not in records.columns:
        return refused
    refs = records[PLAN_REF]
    said = {r: mistake for r in refs.unique() if (mistake := mistaken(parameter, r, plan.references)) is not None}
    if not said:
        return refused
    astray = pl.Series([ref in said for ref in refs], dtype=pl.Boolean)
    at = (astray if refused is None else astray & ~refused).arg_true()
    own = refs.gather(at)
    sentences = pl.Series([said[ref] for ref in own], dtype=pl.String)
    mapping = plan.source.columns.get(PLAN_REF)
    column = mapping.column if mapping else ""
    rejects.add(records[INDEX].gather(at), column, "reading", own.fill_null(""), "plan_ref_mistaken", sentences)
    return astray if refused is None else astray | refused


def mistaken(item: str, ref: str | None, own: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> str | None:
    """Why a return of `item` cannot report on `ref` (None: nothing named), as a sentence with what to do; else None.

    `own`: what it may report on besides the delivered plan, by item.
    """
    if item not in ITEMS:
        if not ref:
            return None
        return f"{item} is not a report on the plan and names '{_short(ref)}'. Leave plan_ref empty."
    known = (*_references(item), *own.get(item, ()))
    if not ref:
        return f"{item} does not say what it reports on. Map plan_ref in [source.columns]; write {_form(item)}."
    subject, _, milestone = ref.rpartition(":") if item == _MILESTONE else (ref, "", "")
    if subject in known and (item != _MILESTONE or milestone.strip()):
        return None
    if other := _other_item(item, ref, own):
        return f"'{_short(ref)}' is not reported as {item}. Report it as {other}."
    near = [f"'{n}'" for n in get_close_matches(_short(subject or ref).lower(), known, _NEAREST, 0.6)]
    if item == _MILESTONE:
        near = [f"{n[:-1]}:<milestone>'" for n in near]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Write {_form(item)}."
    return f"'{_short(ref)}' is nothing of the plan that {item} reports on. {hint}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _form(item: str) -> str:
    if item.startswith("commitment"):
        return "commitment:<id>, as mart_commitments lists them"
    form = "project:<no>:<milestone>" if item == _MILESTONE else "project:<no>"
    numbers = sorted(map(int, shipped.projects()))
    return f"{form}, {numbers[0]} to {numbers[-1]}"


@cache
def _references(item: str) -> tuple[str, ...]:
    """The references that `item` may name; of a milestone without the milestone itself."""
    if item.startswith("commitment"):
        # What is measured may be reported, too: it counts where nothing was measured.
        return tuple(f"commitment:{c}" for c, own in _items_of_commitments().items() if item == own)
    return tuple(f"project:{no}" for no, row in shipped.projects().items() if item != _QUANTITY or row["quantity"])


@cache
def _items_of_commitments() -> Mapping[str, str]:
    judged = shipped.judgements()
    return {c: judged[c]["value_item"] or _PROGRESS for c in shipped.commitments()}


def _other_item(item: str, ref: str, own: Mapping[str, tuple[str, ...]]) -> str:
    """The item that would go with `ref` where `item` does not; '' for a reference that the plan does not have."""
    known = {other: (*_references(other), *own.get(other, ())) for other in ITEMS}
    if item != _MILESTONE and ref.rpartition(":")[0] in known[_MILESTONE]:
        return _MILESTONE
    others = [other for other in ITEMS if other not in (item, _MILESTONE) and ref in known[other]]
    return " or ".join(others)
