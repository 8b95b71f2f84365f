"""`ecoledger methods`: how a published figure is computed, from the current release's own table of methods.

Here belong options and printing. Not here: any word of a method; those are in mart_indicator_methods, which the
release holds next to the figures.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any

import typer

from orchestration.cli.refresh import DataOption, JsonOption
from orchestration.cli.report import print_json, print_table
from orchestration.decisions import OK, UsageError
from orchestration.settings import data_dir
from warehouse.paths import DataDir
from warehouse.release.releases import DATABASE

_LISTED = ("indicator_id", "variant", "indicator_name_zh", "unit", "standard")
_TABLE = "mart_indicator_methods"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("methods")(methods)


def methods(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Its id; left out: all, one line each.")] = "",
    data: DataOption = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="A document, to keep or to print.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Say how figures are computed: formula, standard and clause, inputs, validity, rounding, owner, what is open.

    Example: ecoledger methods pm25_annual_mean
    """
    rows = _rows(data_dir(data))
    if indicator:
        known = sorted({row["indicator_id"] for row in rows})
        rows = [row for row in rows if row["indicator_id"] == indicator]
        if not rows:
            near = get_close_matches(indicator, known, 1, 0)[0]
            raise UsageError(f"there is no indicator '{indicator}'; did you mean {near}?")
    if as_json:
        print_json({"methods": rows})
    elif markdown:
        print("\n".join(_document(rows)))
    elif indicator:
        for row in rows:
            print_table("", ["", _title(row)], [[name, str(value)] for name, value in row.items() if value != ""])
    else:
        print_table("", list(_LISTED), [[str(row[name]) for name in _LISTED] for row in rows])
    return OK


def _rows(data: DataDir) -> list[dict[str, Any]]:
    """The methods of the current release; UsageError if there is none."""
    from warehouse.duck import connect

    database = data.current / DATABASE
    if not database.exists():
        raise UsageError("no release yet; `ecoledger refresh` makes the first")
    with connect(data.spill, database, read_only=True, closed=True) as con:
        result = con.execute(f"select * from {_TABLE} order by indicator_id, variant")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _title(row: dict[str, Any]) -> str:
    return f"{row['indicator_id']}{' · ' + row['variant'] if row['variant'] else ''} {row['indicator_name_zh']}"


def _document(rows: list[dict[str, Any]]) -> list[str]:
    """The methods as Markdown, a section each."""
    lines = ["# Methods of the published figures", ""]
    for row in rows:
        lines += [f"## {_title(row)}", ""]
        lines += [f"- **{name}**: {value}" for name, value in row.items() if value not in ("", None)]
        lines.append("")
    return lines
