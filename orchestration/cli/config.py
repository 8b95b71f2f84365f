"""`ecoledger config`: the commands, and `check`, which names each mistake with its line and the nearest valid word.

Here belongs printing. Not here: the rules (sources.config), or the other commands (config_preview.py,
config_suggest.py).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from expectations.waivers import load_waivers
from orchestration.cli.config_preview import preview
from orchestration.cli.config_suggest import suggest
from orchestration.cli.refresh import JsonOption
from orchestration.cli.report import print_json
from orchestration.decisions import BAD_USAGE, OK
from sources.claims import shared_files
from sources.config import Config, Standards, check_config, load_config, shipped
from sources.config.declared import load_declared
from sources.config.thresholds import own_thresholds
from sources.registry import DECLARED_TABLES, registry


def register(app: typer.Typer) -> None:
    """Adds the command group."""
    group = typer.Typer(help="Look at a configuration.", no_args_is_help=True)
    group.command("check")(check)
    group.command("preview")(preview)
    group.command("suggest")(suggest)
    app.add_typer(group, name="config")


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The configuration, ecoledger.toml.")],
    as_json: JsonOption = False,
) -> int:
    """Check a configuration without running it; every mistake with its line and the nearest valid word.

    Example: ecoledger config check ecoledger.toml
    """
    path = Path(file)
    problems = check_config(path)
    if not problems:
        load_waivers(load_config(path).waivers, datetime.now(UTC).date())
    if as_json:
        notices = [] if problems else shared_files(load_config(path))
        print_json({"file": str(path), "problems": [asdict(p) for p in problems], "notices": notices})
    elif problems:
        for problem in problems:
            print(problem)
    else:
        config = load_config(path)
        feeds = ", ".join(dict.fromkeys(s.feed for s in config.sources))
        number = len(config.sources)
        print(f"{path}: no mistakes; {number} {'source' if number == 1 else 'sources'} for {feeds}")
        for line in (*chosen(config), *shared_files(config)):
            print(line)
    return BAD_USAGE if problems else OK


def chosen(config: Config) -> list[str]:
    """What a configuration sets within standards and registry and enters itself, one line each."""
    lines = []
    if config.standards.air_edition:
        lines.append(f"air edition: {config.standards.air_edition} on every day")
    grid = (config.standards.grid_region, config.standards.grid_series)
    if grid != (Standards.grid_region, Standards.grid_series):
        lines.append("grid factor: " + ", ".join(grid))
    for rule_id, value in config.standards.rules.items():
        rows = shipped.rules()[rule_id]
        own = ", ".join(shipped.values_of(rows)) or "none"
        sure = ", ".join(dict.fromkeys(row["certainty"] for row in rows))
        lines.append(f"rule {rule_id}: {value:f} instead of {own} {rows[0]['unit']} (certainty: {sure})")
    for row in own_thresholds(config, config.registry(registry())):
        where = f"threshold of {row['source_id']}, {row['parameter']} {row['threshold']}"
        lines.append(f"{where}: {row['value']} instead of {row['value_of_registry'] or 'none'} {row['unit']}")
    for plan in config.plans.plans:
        counts = [f"{len(rows)} {name}" for name, rows in plan.rows.items() if rows and name != "plan"]
        lines.append(f"plan {plan.plan_id}: " + ", ".join(counts))
    for name, file in config.declared.items():
        rows = len(load_declared(config, DECLARED_TABLES[name]).rows)
        lines.append(f"{name}: {rows} {'row' if rows == 1 else 'rows'} of {file.name}")
    return lines
