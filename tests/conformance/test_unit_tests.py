"""The unit tests next to the models (yml), in one dbt process over the project that the cases built.

A refresh leaves them out, so here they can fail. Not here: cases of the standards (the other modules of this folder).
"""

from __future__ import annotations

from datetime import datetime

from tests import dbt_yml
from tests.conformance.kit import PROJECT, Project


def test_every_unit_test_next_to_a_model_passes(project: Project) -> None:
    """A unit test needs the columns of what its model reads: those of the models that the cases were built by."""
    entries = dbt_yml.entries("unit_tests", PROJECT.glob("models/**/*.yml"))
    judged = project.at(datetime(2026, 3, 10, 6))
    judged.dbt("test", "--select", "test_type:unit")
    statuses = judged.results().items()
    ran = {node.rsplit(".", 1)[1]: status for node, status in statuses if node.startswith("unit_test.")}
    assert sorted(ran) == sorted(entry["name"] for entry in entries)
    assert set(ran.values()) == {"pass"}
