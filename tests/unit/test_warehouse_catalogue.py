"""What is published comes from dbt's exposures, and a mart that declares too little stops everything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from warehouse.tables.catalogue import CatalogueError, load_catalogue, normal_type


def node(name: str, **changes: Any) -> dict[str, Any]:
    made = {
        "name": name,
        "resource_type": "model",
        "description": "What it\n says",
        "tags": [],
        "config": {
            "contract": {"enforced": True},
            "meta": {"domain": "air", "grain": ["a"], "volatile": ["b"]},
            "tags": [],
        },
        "columns": {
            "a": {"name": "a", "data_type": "String", "description": "the a"},
            "b": {"name": "b", "data_type": "DECIMAL(18, 6)", "description": "the b"},
        },
    }
    return made | changes


def manifest(folder: Path, *nodes: dict[str, Any], published: list[str]) -> Path:
    seed = {"name": "limits", "resource_type": "seed", "checksum": {"name": "sha256", "checksum": "ab"}}
    content = {
        "nodes": {f"model.e.{n['name']}": n for n in nodes} | {"seed.e.limits": seed},
        "exposures": {
            "exposure.e.x": {"depends_on": {"nodes": [f"model.e.{p}" for p in published] + ["seed.e.limits"]}}
        },
    }
    file = folder / "manifest.json"
    file.write_text(json.dumps(content))
    return file


def test_the_published_tables(tmp_path: Path) -> None:
    cross = node("mart_c")
    cross["config"] = cross["config"] | {"meta": {"domain": "cross_domain", "grain": ["a"]}}
    judged = node("mart_gate_results", tags=["judgement"])
    file = manifest(
        tmp_path, node("mart_a"), cross, judged, node("int_a"), published=["mart_gate_results", "mart_c", "mart_a"]
    )
    catalogue = load_catalogue(file)
    assert [(t.name, t.domain) for t in catalogue.tables] == [
        ("mart_a", "air"),
        ("mart_c", "cross_domain"),
        ("mart_gate_results", "judgement"),
    ]
    table = catalogue.table("mart_a")
    assert table.contract == {"a": "varchar", "b": "decimal(18,6)"}
    assert (table.grain, table.volatile, table.description) == (("a",), ("b",), "What it says")
    assert catalogue.domains == ("air", "cross_domain")
    assert [t.name for t in catalogue.domain_marts] == ["mart_a"]
    assert catalogue.seeds == (("limits", "ab"),)
    with pytest.raises(KeyError):
        catalogue.table("int_a")


def test_what_a_table_declares_for_the_gate_is_read(tmp_path: Path) -> None:
    declared = node("mart_a")
    declared["config"]["meta"] |= {"not_null": ["a"], "values": {"a": ["x", "y"]}}
    table = load_catalogue(manifest(tmp_path, declared, published=["mart_a"])).table("mart_a")
    assert (table.not_null, table.values) == (("a",), (("a", ("x", "y")),))
    declared["config"]["meta"] |= {"not_null": ["gone"], "values": {"lost": ["x"]}}
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(manifest(tmp_path, declared, published=["mart_a"]))
    for expected in ("meta.not_null names unknown columns ['gone']", "meta.values names unknown columns ['lost']"):
        assert expected in str(caught.value)


def test_tables_that_others_are_built_from_are_known_through_what_lies_between(tmp_path: Path) -> None:
    between = node("int_a") | {"depends_on": {"nodes": ["model.e.mart_a"]}}
    built = node("mart_b") | {"depends_on": {"nodes": ["model.e.int_a", "seed.e.limits"]}}
    catalogue = load_catalogue(manifest(tmp_path, node("mart_a"), between, built, published=["mart_a", "mart_b"]))
    assert {t.name: t.is_read for t in catalogue.tables} == {"mart_a": True, "mart_b": False}


def test_everything_that_is_missing_is_named(tmp_path: Path) -> None:
    bad = node("mart_a", description="")
    bad["config"] = {"contract": {"enforced": False}, "meta": {"domain": "nosuch", "grain": ["z"], "volatile": []}}
    bad["columns"]["b"] = {"name": "b", "data_type": "double", "description": ""}
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(manifest(tmp_path, bad, published=["mart_a"]))
    for expected in ("meta.domain is 'nosuch'", "not enforced", "no description", "'double'", "unknown columns ['z']"):
        assert expected in str(caught.value)


def test_words_and_reasons_need_the_columns_of_their_sentences(tmp_path: Path) -> None:
    """with_words() adds them: the contract names them, too."""
    bad = node("mart_a")
    bad["columns"]["a"]["config"] = {"meta": {"vocabulary": "validity"}}
    bad["columns"]["reason"] = {
        "name": "reason", "data_type": "varchar", "description": "why", "config": {"meta": {"reasons": True}}
    }  # fmt: skip
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(manifest(tmp_path, bad, published=["mart_a"]))
    for expected in ("needs a_zh", "needs ['reason_code', 'reason_zh']"):
        assert expected in str(caught.value)


def test_no_exposure_publishes_nothing(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no exposure names a model"):
        load_catalogue(manifest(tmp_path, node("mart_a"), published=[]))


def test_an_unreadable_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_catalogue(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("given", "normal"), [("NUMERIC(9, 4)", "decimal(9,4)"), ("text", "varchar"), ("BOOL", "boolean"), ("date", "date")]
)
def test_types_have_one_spelling(given: str, normal: str) -> None:
    assert normal_type(given) == normal


def test_what_is_built_by_day_knows_its_own_day(tmp_path: Path) -> None:
    """As dbt_project/macros/by_day.sql reads the declaration: the column `day` unless another expression is given."""
    marts = [node("mart_a"), node("mart_b"), node("mart_c")]
    for mart, said in zip(marts[:2], ({"reads": {}}, {"reads": {}, "day": "cast(a as date)"}), strict=True):
        mart["config"] = mart["config"] | {"meta": mart["config"]["meta"] | {"by_day": said}}
    catalogue = load_catalogue(manifest(tmp_path, *marts, published=["mart_a", "mart_b", "mart_c"]))
    assert [table.day for table in catalogue.tables] == ["day", "cast(a as date)", ""]
