"""What a return reports on: references that the plan has not, and items that do not go with them, are quarantined.

Here belong plan_ref and the sentence about it. Not here: other columns of a record (test_cleaning_parse.py) or what a
report does to a verdict (tests/conformance).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sources.cleaning.fingerprint import cleaning_fingerprint
from sources.cleaning.plan_refs import ITEMS, mistaken
from sources.config import shipped
from sources.config.model import ColumnMapping, Format, LongMapping, Source, TimeMapping, ValueMapping
from sources.registry import registry
from tests.unit.cleaning_kit import cleaned, config

SOURCE = Source(
    id="reports",
    feed="returns",
    table="clean_returns",
    connector="file",
    path="*.csv",
    format=Format(),
    time=TimeMapping(columns=("year",), formats=("%Y",), duration="year"),
    site=ColumnMapping(constant="110105"),
    long=LongMapping("item", "value", "unit"),
    columns={"plan_ref": ColumnMapping(column="ref", unmapped="keep")},
    unknown_sites="accept",
)
HEAD = "year,ref,item,value,unit\n"


def test_a_typo_is_quarantined_with_the_nearest_references() -> None:
    rows = "2025,commitment:greenway_lenght,commitment_progress,98.6,-\n2025,project:9,project_quantity,1.4,-\n"
    store = cleaned(SOURCE, HEAD + rows)
    assert store.all_clean("clean_returns")["plan_ref"].to_list() == ["project:9"]
    (reject,) = store.all_quarantined().to_dicts()
    assert (reject["reason"], reject["value"], reject["raw_row"]) == (
        "plan_ref_mistaken",
        "commitment:greenway_lenght",
        2,
    )
    assert reject["message"].startswith(
        "file.csv, row 2, column 'ref': 'commitment:greenway_lenght' is nothing of the plan that commitment_progress "
        "reports on. Did you mean 'commitment:greenway_length' or"
    )


def test_a_report_of_a_wide_row_is_judged_cell_by_cell() -> None:
    wide = replace(
        SOURCE,
        long=None,
        values=(ValueMapping("done", "project_quantity", "-"), ValueMapping("share", "project_progress", "%")),
    )
    # Project 5 promises no quantity; its progress counts. A cell that is not a number is refused once.
    store = cleaned(wide, "year,ref,done,share\n2025,project:5,1.4,60\n2025,project:4,?,70\n2025,project:9,1.4,95.2\n")
    found = store.all_clean("clean_returns").select("plan_ref", "parameter").rows()
    assert sorted(found) == [
        ("project:4", "project_progress"),
        ("project:5", "project_progress"),
        ("project:9", "project_progress"),
        ("project:9", "project_quantity"),
    ]
    assert sorted(store.all_quarantined()["reason"]) == ["not_a_number", "plan_ref_mistaken"]


def test_a_report_whose_source_maps_no_reference_is_quarantined() -> None:
    store = cleaned(replace(SOURCE, columns={}), HEAD + "2025,,commitment_progress,1,-\n2025,,land_area,470.8,km2\n")
    assert store.all_clean("clean_returns")["parameter"].to_list() == ["land_area"]
    assert "Map plan_ref in [source.columns]" in store.all_quarantined()["message"][0]


@pytest.mark.parametrize(
    ("item", "ref", "said"),
    [
        ("commitment_progress", "commitment:greenway_length", None),
        # Measured, and reported where nothing measures it.
        ("commitment_progress", "commitment:dustfall", None),
        ("commitment_finding", "commitment:farm_film_recovery", None),
        ("project_progress", "project:16", None),
        ("project_quantity", "project:9", None),
        ("project_milestone", "project:2:1", None),
        ("land_area", None, None),
        ("land_area", "commitment:greenway_length", "Leave plan_ref empty."),
        ("commitment_progress", None, "does not say what it reports on"),
        ("commitment_progress", "Commitment:greenway_length", "Did you mean 'commitment:greenway_length'"),
        ("commitment_progress", "commitment:farm_film_recovery", "Report it as commitment_finding."),
        ("commitment_progress", "project:9", "Report it as project_progress or project_quantity."),
        ("commitment_progress", "?", "Write commitment:<id>, as mart_commitments lists them."),
        ("project_progress", "project:2:1", "Report it as project_milestone."),
        ("project_progress", "project:017", "Did you mean 'project:7'"),
        ("project_quantity", "project:5", "Report it as project_progress."),
        ("project_milestone", "project:2:", "Did you mean 'project:2:<milestone>'"),
        ("project_milestone", "project:2:1:1", "is nothing of the plan"),
        ("project_milestone", "project:17:1", "Did you mean 'project:7:<milestone>'"),
    ],
)
def test_an_item_and_its_reference_go_together(item: str, ref: str | None, said: str | None) -> None:
    found = mistaken(item, ref)
    assert found is None if said is None else said in (found or ""), found


def test_the_items_of_the_plan_are_those_of_the_registry() -> None:
    returned = registry().feeds["returns"].parameters
    assert set(ITEMS) == {code for code in returned if code.startswith(("commitment_", "project_"))}


def test_readings_are_cleaned_again_when_the_plan_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cleaning_fingerprint(SOURCE, registry(), config(SOURCE))
    monkeypatch.setattr(shipped, "plan_digest", lambda: "another plan")
    assert cleaning_fingerprint(SOURCE, registry(), config(SOURCE)) != before
