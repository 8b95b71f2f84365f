"""Which cross-domain tables are held by themselves, so that one missing row does not stop every domain."""

from __future__ import annotations

from dataclasses import replace

from expectations.verdicts import domain_verdicts, table_verdicts
from orchestration.steps.publish import failed_alone
from tests.unit.warehouse_kit import CROSS, record
from warehouse.tables.catalogue import Catalogue
from warehouse.tables.judged import GateReport

VALUES = replace(CROSS, name="mart_indicator_values", is_read=True)
INVENTORY = replace(CROSS, name="mart_ghg_inventory")
SCORECARD = replace(CROSS, name="mart_plan_scorecard")
CATALOGUE = Catalogue((VALUES, INVENTORY, SCORECARD))


def report(**outcomes: str) -> GateReport:
    records = tuple(record(CATALOGUE.table(name), "0" * 64, outcome) for name, outcome in outcomes.items())
    return GateReport(records, table_verdicts(records), domain_verdicts(records))


def test_a_table_that_no_other_is_built_from_is_held_by_itself_with_its_own_reasons() -> None:
    found = failed_alone(
        CATALOGUE, report(mart_indicator_values="warn", mart_ghg_inventory="fail", mart_plan_scorecard="pass")
    )
    assert list(found) == [INVENTORY]
    assert found[INVENTORY].verdict == "fail"
    assert len(found[INVENTORY].reasons) == 1 and found[INVENTORY].reasons[0].startswith("mart_ghg_inventory: ")


def test_with_a_table_that_others_are_built_from_nothing_is_published() -> None:
    assert failed_alone(CATALOGUE, report(mart_indicator_values="fail", mart_ghg_inventory="fail")) == {}
