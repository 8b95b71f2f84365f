"""The digests of a release as they were before tables that are built by day had digests by month.

Here belongs the comparison across that change of definition: `uv run python -m tests.digest_before DATA` prints the
release digest that the figures of DATA's current release had until then. Equal figures give equal digests.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from warehouse.duck import connect
from warehouse.sql import quoted
from warehouse.tables.catalogue import Catalogue, load_catalogue
from warehouse.tables.digest import release_digest, table_digest


def tables_before(release: Path, catalogue: Catalogue) -> dict[str, str]:
    """The digest of every table of a release, each over the table as a whole."""
    found = {table["name"]: table["digest"] for table in json.loads((release / "manifest.json").read_bytes())["tables"]}
    with connect(release, release / "marts.duckdb", read_only=True) as con:
        by_day = [table for table in catalogue.tables if table.day]
        return found | {t.name: table_digest(con, quoted(t.name), replace(t, day="")) for t in by_day}


def digest_before(release: Path, catalogue: Catalogue) -> str:
    """The release digest over those without the tables about the judgement."""
    judged = {table.name for table in catalogue.tables if table.domain != "judgement"}
    domains = json.loads((release / "manifest.json").read_bytes())["domains"]
    found = tables_before(release, catalogue)
    return release_digest([(name, found[name]) for name in judged], domains)


if __name__ == "__main__":
    data = Path(sys.argv[1])
    print(digest_before(data / "current", load_catalogue(data / "build/dbt/target/manifest.json")))
