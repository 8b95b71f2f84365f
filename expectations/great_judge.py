"""Great Expectations as the one judge: takes reduced frames, gives one finding per check.

Here belongs everything that touches Great Expectations. Not here: SQL (reduce.py), the meaning of a severity
(verdicts.py), pages (docs.py). The library is imported when a Judge is made (or by import_library) and not before: it
takes seconds. No telemetry: analytics are off before the import, the context is ephemeral, and nothing is written to
the home directory.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from expectations.checks import Check, figure

if TYPE_CHECKING:
    import pandas as pd


# What the library imports for expectations that no suite uses, a third of its own import: loaded if it is looked into.
_ONLY_IF_USED = ("altair", "scipy.stats")
_KINDS = (
    "ExpectColumnDistinctValuesToBeInSet",
    "ExpectColumnMaxToBeBetween",
    "ExpectColumnMinToBeBetween",
    "ExpectColumnValuesToBeBetween",
)


@dataclass(frozen=True)
class Finding:
    """What the judge found: whether the check held, what was observed, and the expectation in the judge's own words.

    `broken` tells why a check could not be judged; such a check has not held, whatever its severity.
    """

    success: bool
    observed: str
    statement: str
    broken: str = ""


class _StandIn(ModuleType):
    """A module that is imported when something in it is looked up."""

    def __getattr__(self, name: str) -> Any:
        module = self.__name__
        if sys.modules.get(module) is self:
            del sys.modules[module]
        return getattr(import_module(module), name)


def import_library() -> ModuleType:
    """Imports Great Expectations; may be called ahead in a thread of its own, while there is something to wait for."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in _ONLY_IF_USED:
        _load_if_used(name)
    import great_expectations.expectations

    # Its logger explains tracebacks that are in the findings anyway.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    return great_expectations


def _load_if_used(name: str) -> None:
    """Puts a module in the place of `name` that becomes the real one when something in it is looked up."""
    sys.modules.setdefault(name, _StandIn(name))


@cache
def _kinds() -> dict[str, Any]:
    """The kinds of expectations in use, by name, each with a configuration that is made once.

    An expectation makes it anew from all its fields for every argument that it looks up, about thirty times in a
    validation: half of what a check costs. Great Expectations takes a kind by its name, the last one declared.
    """
    from great_expectations.compatibility.pydantic import PrivateAttr
    from great_expectations.expectations import core

    def remembering(kind: Any) -> Any:
        def configuration(self: Any) -> Any:
            if self._made is None:
                self._made = kind.configuration.fget(self)
            return self._made

        parts = {"__module__": __name__, "_made": PrivateAttr(None), "configuration": property(configuration)}
        return type(kind)(kind.__name__, (kind,), parts)

    return {name: remembering(getattr(core, name)) for name in _KINDS}


class Judge:
    """One ephemeral context for a whole judgement; `judge` may be called for any number of frames."""

    def __init__(self) -> None:
        self._gx = import_library()
        from great_expectations.expectations.registry import get_renderer_impl

        self._kinds, self._renderer = _kinds(), get_renderer_impl
        self._context = self._gx.get_context(mode="ephemeral")
        self._context.enable_analytics(False)
        self._context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        # One asset for all frames: declaring one costs 7 ms, because a context keeps its configuration as YAML.
        asset = self._context.data_sources.add_pandas("reduced").add_dataframe_asset("relation")
        self._batches = asset.add_batch_definition_whole_dataframe("whole")

    def judge(self, suite: str, frame: pd.DataFrame, checks: Sequence[Check]) -> dict[str, Finding]:
        """Judges `frame` (one column per check) and returns a finding for every check, by its name."""
        judged = [c for c in checks if c.name in frame.columns]
        if not judged:
            return {}
        batch = self._batches.get_batch(batch_parameters={"dataframe": frame})
        wanted = [e for c in judged for e in self._expectations(c, bool(frame[c.name].isna().all()))]
        expected = self._gx.ExpectationSuite(name=suite, expectations=wanted)
        results: dict[str, list[Any]] = {}
        for result in batch.validate(expected, result_format="SUMMARY").results:
            results.setdefault(result.expectation_config.meta["check"], []).append(result)
        return {c.name: self._finding(c, results[c.name], frame[c.name]) for c in judged}

    def _expectations(self, check: Check, is_empty: bool) -> list[Any]:
        """The expectations that judge a check: one, or two where both the least and the greatest value are bounded.

        Column aggregates cost 1.5 ms each and a look at every value 6 ms; an empty column has no aggregate to judge.
        """
        common = {
            "column": check.name,
            "severity": check.severity,
            "description": check.expected,
            "meta": {"check": check.name, "kind": check.kind},
        }
        bounds = {"min_value": check.low, "max_value": check.high}
        if check.shape in ("values", "columns"):
            return [self._kinds["ExpectColumnDistinctValuesToBeInSet"](value_set=list(check.allowed), **common)]
        if check.shape == "extremes" and is_empty:
            return [self._kinds["ExpectColumnValuesToBeBetween"](**bounds, **common)]
        ends = [self._kinds["ExpectColumnMinToBeBetween"]] if check.low is not None else []
        ends += [self._kinds["ExpectColumnMaxToBeBetween"]] if check.high is not None else []
        return [end(**bounds, **common) for end in ends]

    def _finding(self, check: Check, results: Sequence[Any], reduced: pd.Series) -> Finding:
        statement = " ".join(self._statement(r) for r in sorted(results, key=lambda r: r.expectation_config.type))
        problem = next(filter(None, (_exception(r.exception_info) for r in results)), "")
        if problem:
            return Finding(False, f"could not be judged: {problem}", statement, broken=problem)
        if check.shape == "number" and reduced.dropna().empty:
            return Finding(False, "no figure", statement, broken="the reduction gave no figure")
        held = all(bool(r.success) for r in results)
        return Finding(held, _observed(check, reduced, results[0].result), statement)

    def _statement(self, result: Any) -> str:
        """The expectation as Great Expectations' own renderer words it, in plain text."""
        from string import Template

        rendering = self._renderer(result.expectation_config.type, "renderer.prescriptive")
        # The library declares every shape that any renderer gives; this kind gives a list of blocks.
        blocks: Any = rendering.renderer(configuration=result.expectation_config) if rendering else []
        words = []
        for block in blocks:
            template = block.to_json_dict().get("string_template") if hasattr(block, "to_json_dict") else None
            if template:
                words.append(Template(template["template"]).safe_substitute(template.get("params", {})))
        return " ".join(words)


def _observed(check: Check, reduced: pd.Series, result: Mapping[str, Any]) -> str:
    present = reduced.dropna()
    if check.shape == "columns":
        return ", ".join(present) if tuple(present) == check.allowed else f"broken in {', '.join(present)}"
    if present.empty:
        return "no value"
    if check.shape == "values":
        unknown = result.get("partial_unexpected_list") or []
        return "also " + ", ".join(str(u) for u in unknown) if unknown else f"{len(present)} known values"
    if check.shape == "extremes":
        return f"{figure(float(present.min()))} to {figure(float(present.max()))}"
    return figure(float(present.iloc[0]))


def _exception(info: Mapping[str, Any] | None) -> str:
    """The message of an exception inside an expectation; info is flat, or one entry per metric."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [e for e in entries if isinstance(e, Mapping) and e.get("raised_exception")]
    return str(raised[0].get("exception_message") or "unknown exception").strip() if raised else ""
