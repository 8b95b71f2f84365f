"""Private names of Dagster: one file has them, and where one is gone it is said which, and what for."""

import ast
import re
from pathlib import Path

import pytest

from orchestration.dagster import private

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", private.PLACES)
def test_every_private_name_is_still_there(name):
    assert getattr(private, name) is not None


def test_a_name_that_is_gone_is_named_with_its_use(monkeypatch):
    monkeypatch.setitem(private.PLACES, "Gone", ("dagster._core.events", "NeverThere", "the page needs it"))
    with pytest.raises(private.DagsterChanged, match=r"has no dagster\._core\.events\.NeverThere .*the page needs it"):
        private.Gone  # noqa: B018


def test_the_types_of_the_names_come_from_where_the_names_do():
    tree = ast.parse(Path(private.__file__).read_text(encoding="utf-8"))
    declared = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dagster._")
        for alias in node.names
    }
    assert declared == {name: place[:2] for name, place in private.PLACES.items()}


def test_no_other_file_knows_private_modules():
    files = [f for room in ("orchestration", "tests") for f in (ROOT / room).rglob("*.py")]
    assert len(files) > 100
    mine = {Path(private.__file__), Path(__file__)}
    code = re.compile(r"dagster\._[a-z]")
    assert not [str(f) for f in files if f not in mine and code.search(f.read_text(encoding="utf-8"))]
