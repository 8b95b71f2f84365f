"""Nothing lost: both counts of every real file come out, and agree with a count by the csv module and with the lake.

Figures come from the released mart_delivery_counts. Not here: what the values mean (the other modules of this folder).
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.real import raw
from tests.real.house import House

pytestmark = pytest.mark.parametrize("published", raw.MAPPINGS, indirect=True)


def test_every_file_is_read_and_both_counts_come_out(published: House) -> None:
    counts = published.released("select * from mart_delivery_counts")
    assert {c["sha256"] for c in counts} == {raw.sha256(f) for f in raw.files(published.mapping)}
    for c in counts:
        assert c["verdict"] == "read", c["reason"]
        used, quarantined, duplicate = c["records_used"], c["records_quarantined"], c["records_duplicate"]
        assert c["records_in"] == used + quarantined + duplicate, c["file_name"]
        refused = c["readings_quarantined"]
        fallen = c["readings_duplicate"] + c["readings_superseded"]
        assert c["readings_in"] == c["readings_clean"] + refused + fallen, c["file_name"]
        assert (c["records_unaccounted"], c["readings_unaccounted"]) == (0, 0)


def test_records_are_those_of_an_independent_count(published: House) -> None:
    counts = {c["sha256"]: c for c in published.released("select * from mart_delivery_counts")}
    columns = len(raw.value_columns(published.mapping))
    for file in raw.files(published.mapping):
        found = raw.rows_of(file, published.mapping)
        placed = [row for row in found if not raw.unplaced(published.mapping, row)]
        repeated = raw.repeated(published.mapping, placed)
        c = counts[raw.sha256(file)]
        assert c["rows_other"] == 1, "the header"
        assert c["records_in"] == len(found), file.name
        assert c["records_quarantined"] == len(found) - len(placed), file.name
        assert c["records_duplicate"] == repeated, file.name
        assert c["records_used"] == len(placed) - repeated, file.name
        assert c["readings_in"] == len(found) * columns, file.name
        assert c["readings_quarantined"] == (len(found) - len(placed)) * columns, file.name


def test_the_lake_holds_what_is_counted(published: House) -> None:
    total = Counter()
    for c in published.released("select * from mart_delivery_counts"):
        total.update({name: value for name, value in c.items() if name.startswith(("records_", "readings_"))})
    columns = raw.value_columns(published.mapping)
    placed = [row for row in raw.rows(published.mapping) if not raw.unplaced(published.mapping, row)]
    feed = published.mapping.split("_")[0]

    ((clean, missing, flagged),) = published.lake(
        "select count(*), count(*) filter (flag = 9), count(*) filter (flag in (3, 4)) "
        f"from read_parquet('{{clean}}/clean_{feed}/**/*.parquet', hive_partitioning = false)"
    )
    assert clean == total["readings_clean"]
    assert missing == total["readings_missing"]
    assert flagged == total["readings_flagged"]

    fallen: dict[str, tuple[int, int]] = {}
    if total["readings_duplicate"] + total["readings_superseded"]:
        kinds = published.lake(
            "select kind, count(*), count(*) filter (value is null) "
            f"from read_parquet('{{superseded}}/clean_{feed}/**/*.parquet', hive_partitioning = false) group by kind"
        )
        fallen = {kind: (n, empty) for kind, n, empty in kinds}
    assert fallen.get("duplicate", (0, 0))[0] == total["readings_duplicate"]
    assert fallen.get("superseded", (0, 0))[0] == total["readings_superseded"]
    # A cell without a value is a reading without a value, current or fallen; no other reading lacks one.
    empty_cells = sum(row[column] in raw.MISSING for row in placed for column in columns)
    assert missing + sum(empty for _, empty in fallen.values()) == empty_cells

    if total["records_quarantined"]:
        rejected = published.lake(
            "select count(distinct (raw_sha256, raw_row)), count(*) filter (reason is null or message = '') "
            f"from read_parquet('{{quarantine}}/{feed}/*.parquet')"
        )
        assert rejected == [(total["records_quarantined"], 0)]
