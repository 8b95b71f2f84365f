"""dbt's nodes as Dagster asset specs, read from its manifest: key, lineage, group, text and columns of each.

Here belongs the translation only. Not here: the steps that run dbt (dbt_assets.py). dagster_dbt makes the same specs,
but its import reads all of dbt: 1 s and 60 MB in every refresh, in a process that never runs dbt itself.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.dagster import groups
from orchestration.dbt_runs.build_nodes import in_second_run

# Metadata that says which dbt node an asset is.
UNIQUE_ID = "dagster_dbt/unique_id"
_ASSETS = ("seed", "model")
# Gives the name of the job that brings a node up to date.
JobOf = Callable[[Mapping[str, Any]], str]


def dbt_specs(
    manifest: Mapping[str, Any],
    is_wanted: Callable[[Mapping[str, Any]], bool],
    owners: Mapping[str, Sequence[str]],
    job_of: JobOf,
) -> list[dg.AssetSpec]:
    """One spec for each seed and model that `is_wanted`, in the manifest's order; `owners` of models by domain, and the
    job of each.
    """
    nodes = manifest["nodes"].values()
    first_run = {n["name"] for n in nodes if n["resource_type"] == "model" and not in_second_run(n)}
    wanted = (n for n in nodes if n["resource_type"] in _ASSETS and is_wanted(n))
    return [_spec(node, manifest, first_run, owners, job_of(node)) for node in wanted]


def domain_of(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """The domain of a dbt node: its declared one, that of the one feed it stages, else the folder it is in."""
    meta = node.get("config", {}).get("meta") or node.get("meta") or {}
    if "domain" in meta:
        return str(meta["domain"])
    feeds = {_feed_of(manifest["sources"].get(parent, {})) for parent in node.get("depends_on", {}).get("nodes", ())}
    folders = Path(node.get("path", "")).parts[:-1]
    if folders[:1] == ("staging",) and len(named := feeds - {""}) == 1:
        return named.pop()
    if node["resource_type"] == "seed":
        return folders[0] if folders else "seeds"
    return folders[1] if len(folders) > 1 else "shared"


def _spec(
    node: Mapping[str, Any],
    manifest: Mapping[str, Any],
    first_run: set[str],
    owners: Mapping[str, Sequence[str]],
    job: str,
) -> dg.AssetSpec:
    engine = manifest["metadata"]["adapter_type"]
    parents = sorted({asset_of(parent, manifest) for parent in node.get("depends_on", {}).get("nodes", ())})
    if in_second_run(node):
        # What the second run reads of the first, it reads as admitted.
        parents = [p for p in parents if p not in first_run] + ["admitted"] * (not first_run.isdisjoint(parents))
    is_seed, domain = node["resource_type"] == "seed", domain_of(node, manifest)
    return dg.AssetSpec(
        node["name"],
        deps=parents,
        description=_description(node),
        metadata=_metadata(node, engine) | {"job": job},
        skippable=True,
        group_name=groups.seeds(domain) if is_seed else groups.marts(domain),
        owners=[] if is_seed else owners.get(domain, ()),
        code_version=_code_version(node),
        tags=dict.fromkeys(node["tags"], ""),
        kinds={"dbt", engine},
    )


def asset_of(unique_id: str, manifest: Mapping[str, Any]) -> str:
    """The asset of what a node reads: its name; of a table of the clean layer the one it comes from, which may write
    several.
    """
    source = manifest["sources"].get(unique_id)
    return manifest["nodes"][unique_id]["name"] if source is None else _meta(source)["dagster"]["asset_key"][0]


def _description(node: Mapping[str, Any]) -> str:
    """The declared words, and the SQL, which the page shows below them; a seed has none."""
    said = node["description"] or f"dbt {node['resource_type']} {node['name']}"
    if node["resource_type"] == "seed":
        return said
    return f"{said}\n\n#### Raw SQL:\n```sql\n{textwrap.indent(node.get('raw_code', ''), '    ')}\n```"


def _metadata(node: Mapping[str, Any], engine: str) -> dict[str, Any]:
    """As Dagster's page reads them: relation, kind of storage, columns with type and words."""
    columns = [
        dg.TableColumn(name, type=column["data_type"] or "?", description=column["description"])
        for name, column in node["columns"].items()
    ]
    return {
        UNIQUE_ID: node["unique_id"],
        "dagster-dbt/materialization_type": node["config"]["materialized"],
        "dagster/storage_kind": engine,
        "dagster/table_name": ".".join((node["database"], node["schema"], node["alias"])),
        **({"dagster/column_schema": dg.TableSchema(columns)} if columns else {}),
    }


def _code_version(node: Mapping[str, Any]) -> str:
    """Changes with a model's SQL or a seed's rows."""
    code = node.get("raw_code", "")
    return hashlib.sha1(code.encode()).hexdigest() if code else node["checksum"]["checksum"]


def _feed_of(source: Mapping[str, Any]) -> str:
    return str(_meta(source).get("feed", ""))


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node.get("config", {}).get("meta") or node.get("meta") or {}
