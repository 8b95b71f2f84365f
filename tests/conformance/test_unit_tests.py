"""The unit tests that stand beside the models (yml): the whole project built without a reading, in one dbt process.

A refresh leaves them out, so here they can fail. Not here: cases of the standards (the other modules of this folder).
"""

from __future__ import annotations

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
    project.dbt("build", "--exclude-resource-type", "test", "exposure")
    statuses = project.results().items()
    ran = {node.rsplit(".", 1)[1]: status for node, status in statuses if node.startswith("unit_test.")}
    assert sorted(ran) == sorted(entry["name"] for entry in entries)
    assert set(ran.values()) == {"pass"}
