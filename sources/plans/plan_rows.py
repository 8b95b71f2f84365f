"""A plan's files as rows of the tables of plans, which dbt's models read next to the delivered plan's.

Here belongs what is left out of a file and follows from the rest: the year of a target, where a value comes from, which
direction is better. Not here: the tables' columns (sources.registry.plan_tables) or what a row means for a figure
(dbt_project).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sources.config import shipped
from sources.plans.check_plan import is_computed
from sources.plans.folder import FINDING, OUTCOMES, STANDARD, TENDENCIES
from sources.plans.read_plan import Plan
from sources.registry.feed_model import Parameter, SeriesTests
from sources.registry.plan_tables import PLAN_TABLES

Row = dict[str, Any]
_FINDING_UNIT = "finding (1 attained, 0 not)"
_ITEMS = {FINDING: "commitment_finding"}
# What a promise inherits from the delivered plan's judgement of the same indicator: how it is computed, not how
# strictly it was meant.
_INHERITED = ("judged_variant", "incomparable_variant", "judged_method", "reported_variant")
_RANGE = ("range_low", "range_high")


def rows_of(plan: Plan) -> dict[str, list[Row]]:
    """The rows of every table of plans, by the table's name."""
    found: dict[str, list[Row]] = {name: [] for name in PLAN_TABLES}
    for table, row in (*_rows(plan), *_formulas(plan)):
        own = {"plan_id": plan.plan_id, **row}
        found[table].append({column.name: own.get(column.name) for column in PLAN_TABLES[table].columns})
    return found


def items_of(plan: Plan) -> dict[str, Parameter]:
    """The return items that the plan adds to the feed of returns, by code."""
    return {
        row["item"]: Parameter(
            code=row["item"],
            name_zh=row["name_zh"],
            name_en=row["name_en"] or row["name_zh"],
            unit=row["unit"],
            table="clean_returns",
            tests=SeriesTests(fail_min=row["fail_min"] or Decimal(0), fail_max=row["fail_max"]),
        )
        for row in plan.rows["returns_items"]
    }


def prefix(plan_id: str) -> str:
    """What comes before commitment: and project: in a plan_ref that reports on the plan."""
    return f"{plan_id}:"


def references_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """What returns may report on, by item; of a milestone without the milestone itself."""
    lead, found = prefix(plan.plan_id), {}
    for row in plan.rows["commitments"]:
        item = _value_item(plan, row) or "commitment_progress"
        found.setdefault(item, []).append(f"{lead}commitment:{row['commitment_id']}")
    for row in plan.rows["projects"]:
        reference = f"{lead}project:{row['project_no']}"
        for item in ("project_progress", "project_milestone", *(("project_quantity",) if row["quantity"] else ())):
            found.setdefault(item, []).append(reference)
    return {item: tuple(names) for item, names in found.items()}


def _rows(plan: Plan) -> Iterator[tuple[str, Row]]:
    (own,) = plan.rows["plan"]
    document = own["document_zh"] or own["name_zh"]
    named = {"name_en": own["name_en"] or own["name_zh"], "document_zh": document, "ref_prefix": prefix(plan.plan_id)}
    yield "plans", {**own, **named}
    origin = {"source": document, "provenance": "plan"}
    judged = {row["promise_id"]: row for row in plan.rows["judgements"]}
    for place, row in enumerate(plan.rows["indicators"], 1):
        seq = row["seq"] or place
        obligation = row["obligation"] or "binding"
        yield "plan_indicators", {**_promise(row, own), "seq": seq, "obligation": obligation, **origin}
        yield "plan_judgement", _indicator(plan, row, judged.get(row["indicator_id"], {}))
    for row in plan.rows["commitments"]:
        yield "plan_commitments", {**_promise(row, own), **origin}
        yield "commitment_judgement", _commitment(plan, row, judged.get(row["commitment_id"], {}))
    for row in plan.rows["projects"]:
        yield "plan_key_projects", {**row, "name_en": row["name_en"] or row["name_zh"], **origin}
        if row["commitment_id"]:
            note = f"one promise: project {row['project_no']} and {row['commitment_id']}"
            yield "plan_shared_promises", {**row, "project_item": row["shared_item"], "note": note}
    for row in plan.rows["milestones"]:
        yield "plan_milestones", dict(row)
    for row in plan.rows["texts"]:
        yield "plan_texts", {**row, "chapter": row["chapter"] or ""}
    for place, row in enumerate(plan.rows["history"], 1):
        words = {"outcome_zh": row["outcome_zh"] or OUTCOMES[row["outcome"]], "seq": row["seq"] or place}
        yield "plan_history", {**row, "name_en": row["name_en"] or row["name_zh"], **words, **origin}


def _formulas(plan: Plan) -> Iterator[tuple[str, Row]]:
    (own,) = plan.rows["plan"]
    for row in plan.rows["returns_items"]:
        yield "returns_items", {**row, "name_en": row["name_en"] or row["name_zh"]}
    for row in plan.rows["formulas"]:
        found, operands = plan.sources.weighed(row["formula"], row["unit"])
        feeds = tuple(dict.fromkeys(feed for operand in operands for feed in operand.feeds))
        owners = dict.fromkeys(plan.sources.registry.feeds[feed].owner for feed in feeds)
        named = {"name_en": row["name_en"] or row["name_zh"], "formula_zh": row["formula_zh"] or row["formula"]}
        place = {
            "standard": row["standard"] or own["document_zh"] or own["name_zh"],
            "clause": row["clause"] or row["formula"],
        }
        decimals = 1 if row["decimals"] is None else row["decimals"]
        numbers = {"decimals": decimals, "factor": found.factor, "divisor": found.divisor}
        yield "indicator_formulas", {
            **row, **named, **place, **numbers, "feeds": ";".join(feeds), "owner": "; ".join(owners)
        }  # fmt: skip
        for number, ((term, unit), operand) in enumerate(zip(found.terms, operands, strict=True), 1):
            yield "indicator_terms", {
                "indicator_id": row["indicator_id"], "term": number, "role": term.role, "operand": operand.kind,
                "source": operand.source, "variant": operand.variant, "figure": operand.figure,
                "factor": term.factor, "unit": unit,
            }  # fmt: skip


def _promise(row: Mapping[str, Any], plan: Mapping[str, Any]) -> Row:
    value = row["target_value"]
    words = row["target_text_zh"] or (f"{row['target_operator']} {value:f}" if value is not None else "")
    unit = row["unit"] or "text"
    named = {"name_en": row["name_en"] or row["name_zh"], "target_year": row["target_year"] or plan["last_year"]}
    return {**row, **named, "target_text_zh": words, "unit": unit}


def _judged(row: Mapping[str, Any], name: str, own: Mapping[str, Any]) -> Row:
    """What holds for indicators and commitments alike: the user's word, else the delivered plan's."""
    delivered = shipped.judgements().get(name, {})
    better = own.get("better") or _better(row["target_operator"], delivered.get("better", ""))
    inherited: Row = {word: delivered.get(word) or None for word in _INHERITED}
    inherited |= {end: Decimal(delivered[end]) if delivered.get(end) else None for end in _RANGE}
    said = {word: value for word, value in own.items() if value is not None and word != "promise_id"}
    flags = {word: bool(own.get(word)) for word in ("is_judged_each_year", "counts_from_zero")}
    return {**inherited, **said, **flags, "better": better}


def _better(operator: str, delivered: str) -> str:
    if operator in TENDENCIES:
        return TENDENCIES[operator]
    if operator == STANDARD:
        return delivered or "lower"
    return "lower" if operator.startswith("<") else "higher"


def _indicator(plan: Plan, row: Mapping[str, Any], own: Mapping[str, Any]) -> Row:
    name = row["indicator_id"]
    found = {**_judged(row, name, own), "indicator_id": name, "domain": plan.computed[name].domain}
    if not found["judged_variant"]:
        found["judged_variant"] = plan.computed[name].variant or None
    return {**found, "needs_baseline_scope": False}


def _commitment(plan: Plan, row: Mapping[str, Any], own: Mapping[str, Any]) -> Row:
    name, known = row["commitment_id"], plan.computed
    found = {**_judged(row, name, own), "commitment_id": name}
    if is_computed(row, known):
        method = found["judged_method"] or ("reported" if known[name].domain == "returns" else "measured")
        variant = found["judged_variant"] or known[name].variant or None
        named = {"source_kind": "indicator", "domain": known[name].domain}
        return {**found, **named, "judged_variant": variant, "judged_method": method}
    unit = _FINDING_UNIT if row["target_operator"] == FINDING else None
    item = {"source_kind": "return_item", "value_item": _value_item(plan, row), "value_unit": unit}
    return {**found, **item, "domain": "returns", "judged_method": "reported", "judged_variant": None}


def _value_item(plan: Plan, row: Mapping[str, Any]) -> str:
    """The return item that reports a commitment; '' where an indicator gives its value."""
    return "" if is_computed(row, plan.computed) else _ITEMS.get(row["target_operator"], "commitment_progress")
