"""dbt's parsed project as nodes of the build plan: what decides what each seed, model and data test gives.

Here belongs reading manifest.json for that: own code, macros, variables, contract, parents. Not here: the decision
(warehouse/candidate/build_plan.py) or running dbt.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sources.registry.feed_model import CROSS_DOMAIN
from sources.value_digest import digest_of
from warehouse.candidate.build_plan import MOMENT, WHOLE_YEAR, Node, Reach, short
from warehouse.tables.catalogue import JUDGEMENT, holds_reasons, vocabulary_of

_KINDS = ("seed", "model", "test")
_WORD = re.compile(r"\w+")
# What adapter.dispatch() puts before the name of a macro.
_DISPATCHED = ("duckdb__", "default__")
# The macros that add words and sentences to the rows of a published table (dbt_project/macros/words.sql, reasons.sql).
_WITH_WORDS = "with_words know_reasons"
# Decides how a node is built or judged; what else a configuration holds (tags, descriptions) does not.
_CONFIG = (
    *("materialized", "schema", "alias", "contract", "column_types"),
    *("severity", "error_if", "warn_if", "fail_calc", "where", "limit"),
)


def in_second_run(node: Mapping[str, Any]) -> bool:
    """Whether a dbt node is built after admission."""
    return bool({CROSS_DOMAIN, JUDGEMENT} & set(node.get("tags", ())))


def tests_of_run(manifest: Mapping[str, Any], number: int) -> list[str]:
    """Ids of the data tests of dbt run 1 or 2."""
    tests = (node for node in manifest["nodes"].values() if node["resource_type"] == "test")
    return [test["unique_id"] for test in tests if _is_second(test, manifest) == (number == 2)]


def _is_second(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    """Whether a node is built, or a test run, after admission."""
    if node["resource_type"] != "test":
        return in_second_run(node)
    read = (manifest["nodes"].get(parent) for parent in node["depends_on"]["nodes"])
    return any(in_second_run(parent) for parent in read if parent)


def admitted_id(name: str) -> str:
    """Represents a domain mart as the release will hold it, which cross-domain models read."""
    return f"admitted.{name}"


def _columns(node: Mapping[str, Any]) -> list[tuple[str, str | None, str, bool]]:
    """Name, type, vocabulary and whether it holds reasons, of each column that a model declares."""
    return [
        (c["name"], c.get("data_type"), vocabulary_of(c), holds_reasons(c)) for c in node.get("columns", {}).values()
    ]


class Project:
    """dbt's manifest as a dictionary, and the versions and project file that every node depends on."""

    def __init__(self, manifest: Mapping[str, Any], project: Path) -> None:
        self._manifest = manifest
        self._name = manifest["metadata"]["project_name"]
        settings = (project / "dbt_project.yml").read_text(encoding="utf-8")
        self._base = digest_of([version("dbt-core"), version("dbt-duckdb"), settings])

    @property
    def sources(self) -> str:
        """What the id of every table of the clean layer begins with."""
        return f"source.{self._name}.clean"

    @property
    def relations(self) -> dict[str, tuple[str, str]]:
        """Schema and name of every seed and model by id."""
        return {
            node["unique_id"]: (node["schema"], node.get("alias") or node["name"])
            for node in self._planned
            if node["resource_type"] != "test"
        }

    def nodes(self, variables: Mapping[str, Any], admitted: Collection[str]) -> list[Node]:
        """Every seed, model and data test; `admitted` are the names of the domain marts, read as admitted by the
        second run.
        """
        return [self._node(node, variables, admitted) for node in self._planned]

    def second_run(self, node_id: str) -> bool:
        """Whether a node is built, or a test run, after admission."""
        return _is_second(self._manifest["nodes"][node_id], self._manifest)

    @property
    def _planned(self) -> Iterator[Mapping[str, Any]]:
        return (n for n in self._manifest["nodes"].values() if n["resource_type"] in _KINDS)

    def _node(self, node: Mapping[str, Any], variables: Mapping[str, Any], admitted: Collection[str]) -> Node:
        kind, config = node["resource_type"], node["config"]
        columns = _columns(node) if kind == "model" else []
        # The model's own code does not name what adds words and sentences.
        adds = f" {_WITH_WORDS}" if any(words or reasons for *_, words, reasons in columns) else ""
        text = self._text(node.get("raw_code", "") + adds)
        used = {name: value for name, value in variables.items() if f"'{name}'" in text or f'"{name}"' in text}
        own = {name: config.get(name) for name in _CONFIG}
        given = (node.get("test_metadata") or {}).get("kwargs")
        parts = [self._base, text, node.get("checksum", {}).get("checksum") if kind == "seed" else "", own, columns]
        read = (self._read(parent, node, admitted) for parent in node["depends_on"].get("nodes", ()))
        moving = [MOMENT] if used.pop(MOMENT, None) else []
        parents = tuple(dict.fromkeys([*itertools.chain.from_iterable(read), *moving]))
        code = digest_of([*parts, used, given])
        reach, open_days = self._by_day(node, parents)
        holds = code if kind == "seed" else ""
        return Node(node["unique_id"], node["name"], kind, code, parents, holds, reach, open_days)

    def _by_day(self, node: Mapping[str, Any], parents: tuple[str, ...]) -> tuple[dict[str, Reach], int]:
        """What the node reads by day and how long a day stays open, as it declares (dbt_project/macros/by_day.sql)."""
        declared = node["config"].get("meta", {}).get("by_day", {})
        by_name = {short(parent): parent for parent in parents}
        reads = declared.get("reads", {})
        if unknown := sorted(set(reads) - set(by_name)):
            raise ValueError(f"{node['name']}: by_day names {', '.join(unknown)}, which it does not read")
        reach = {by_name[name]: WHOLE_YEAR if how == "year" else tuple(how) for name, how in reads.items()}
        return reach, declared.get("open_days", 0)

    def _read(self, parent: str, node: Mapping[str, Any], admitted: Collection[str]) -> list[str]:
        """As what `node` reads `parent`: models of the second run read marts as admitted, its tests may read both."""
        name = parent.rsplit(".", 1)[-1]
        if not parent.startswith("model.") or name not in admitted or not self.second_run(node["unique_id"]):
            return [parent]
        return [admitted_id(name)] if node["resource_type"] == "model" else [admitted_id(name), parent]

    def _text(self, code: str) -> str:
        """`code` with the text of every macro of the project whose name is in it, and in theirs."""
        found: dict[str, str] = {}
        queue = [code]
        while queue:
            for word in set(_WORD.findall(queue.pop())):
                for name in (word, *(prefix + word for prefix in _DISPATCHED)):
                    if name in self._macros and name not in found:
                        found[name] = self._macros[name]
                        queue.append(found[name])
        return "\n".join([code, *(found[name] for name in sorted(found))])

    @cached_property
    def _macros(self) -> dict[str, str]:
        """Text of the project's own macros by name; those of dbt come with its version."""
        macros = self._manifest["macros"].values()
        return {m["name"]: m["macro_sql"] for m in macros if m["package_name"] == self._name}
