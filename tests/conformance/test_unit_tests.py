"""The unit tests that stand beside the models (yml): the whole project built without a reading, in one dbt process.

A refresh leaves them out, so here they can fail. Not here: cases of the standards (the other modules of this folder).
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import yaml

from tests.conformance.kit import PROJECT, District, Project


def test_every_unit_test_beside_a_model_passes(tmp_path: Path) -> None:
    files = PROJECT.glob("models/**/*.yml")
    entries = [e for f in files for e in (yaml.safe_load(f.read_text(encoding="utf-8")) or {}).get("unit_tests", [])]
    # A unit test needs the columns of what its model reads, so the models are built before it, with nothing in them.
    project = Project(tmp_path, datetime(2026, 3, 10, 6), admitted_schema="candidate")
    District().write(project.clean_root)
    project.dbt("build", "-q", "--exclude-resource-type", "test", "exposure")
    results = json.loads((tmp_path / "target" / "run_results.json").read_bytes())["results"]
    ran = {r["unique_id"].rsplit(".", 1)[1]: r["status"] for r in results if r["unique_id"].startswith("unit_test.")}
    assert sorted(ran) == sorted(entry["name"] for entry in entries)
    assert set(ran.values()) == {"pass"}
