"""What a declared feed has in the other rooms: files that people write, and files that follow from declarations.

Here belong which files those are, the text of the derived ones, and what is missing or out of date. Not here: the
declarations (sources/feeds), a skeleton for a new one (new_feed.py), or what dbt makes of them. Standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestration.dbt_runs.dbt_runner import DbtError
from sources.registry.feed_model import CleanTable, Feed, Registry

GENERATE = "uv run ecoledger dev generate"
_MADE = f"Made from sources/feeds/*/feed.toml by `{GENERATE}`; a test compares."
_STAGING = "dbt_project/models/staging"
_MARTS = "dbt_project/models/marts"
_FEED_DAYS = "dbt_project/models/intermediate/cross_domain"
_LOCATION = "read_parquet('{{ var('clean_root') }}/{name}/**/*.parquet', hive_partitioning = false)"
_RHYTHMS = {
    "cadence": "at the cadence of the feed",
    "length": "as often as they are long",
    "day": "once a day",
    "month": "once a month",
    "year": "once a year",
    "load": "as loads come",
    "none": "as they come",
}


class FeedIncomplete(DbtError):
    """A declared feed lacks files, or derived files do not hold what is declared; the message names them all."""


def require_files(root: Path, registry: Registry) -> None:
    """FeedIncomplete unless every declared feed has its files and the derived ones say what is declared."""
    said = [f"missing: {name}" for name in missing(root, registry)]
    said += [f"out of date: {name} (run {GENERATE})" for name in out_of_date(root, registry)]
    if said:
        raise FeedIncomplete("what is declared of the feeds and the files of the project differ:\n" + "\n".join(said))


def staging_name(table: str) -> str:
    """The staging model of a clean table."""
    return f"stg_{table.removeprefix('clean_')}"


def missing(root: Path, registry: Registry) -> list[str]:
    """Files, relative to `root`, that a declared feed needs and that are not there."""
    return [name for feed in registry.packaged.values() for name in _wanted(root, feed) if not (root / name).is_file()]


def out_of_date(root: Path, registry: Registry) -> list[str]:
    """Derived files that are missing or do not hold what the declarations say."""
    return [name for name, text in derived(root, registry).items() if _text(root / name) != text]


def generate(root: Path, registry: Registry) -> list[str]:
    """Writes the derived files that are out of date and returns their names."""
    wanted = derived(root, registry)
    stale = out_of_date(root, registry)
    for name in stale:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(wanted[name], encoding="utf-8")
    return stale


def derived(root: Path, registry: Registry) -> dict[str, str]:
    """Every derived file by its name relative to `root`. The lists of published marts follow from the folders."""
    files = {
        "dbt_project/macros/feeds.sql": _macro(registry),
        f"{_STAGING}/_sources.yml": _sources(registry),
        "dbt_project/seeds/health/feed_cadence.csv": _cadence(registry),
        "dbt_project/seeds/words/registry_words.csv": _words(registry),
    }
    for feed in registry.packaged.values():
        files[f"{_FEED_DAYS}/int_feed_day_{feed.name}.sql"] = _feed_day(feed)
        files[f"{_FEED_DAYS}/int_feed_day_{feed.name}.yml"] = _feed_day_yml(feed)
    for folder in sorted(p for p in (root / _MARTS).iterdir() if p.is_dir()):
        files[f"{_MARTS}/{folder.name}/_published.yml"] = _published(folder)
    return files


def _wanted(root: Path, feed: Feed) -> Iterator[str]:
    for table in feed.tables:
        for suffix in ("sql", "yml"):
            yield f"{_STAGING}/{staging_name(table)}.{suffix}"
    folder = f"{_MARTS}/{feed.domain}"
    marts = sorted(p.stem for p in (root / folder).glob("mart_*.sql"))
    for mart in dict.fromkeys([*marts, *filter(None, (feed.indicators, feed.events))]) or ["mart_*"]:
        yield f"{folder}/{mart}.sql"
        yield f"{folder}/{mart}.yml"
    yield f"expectations/suites/{feed.domain}.py"


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _macro(registry: Registry) -> str:
    """The macro declared_feeds(): what dbt's models need to know of each feed."""
    lines = [f"{{# {_MADE} #}}", "{% macro declared_feeds() -%}", "    {{ return({"]
    for feed in registry.packaged.values():
        lines += [
            f"        {_q(feed.name)}: {{",
            f"            'domain': {_q(feed.domain)},",
            f"            'indicators': {_q(feed.indicators)},",
            f"            'events': {_q(feed.events)},",
            "            'tables': [",
            *(f"                {_table(table)}," for table in feed.tables.values()),
            "            ],",
            "        },",
        ]
    return "\n".join([*lines, "    }) }}", "{%- endmacro %}", ""])


def _table(table: CleanTable) -> str:
    rhythms = ", ".join(
        "{'where': {" + ", ".join(f"{_q(c)}: {_q(t)}" for c, t in r.where) + f"}}, 'rhythm': {_q(r.rhythm)}}}"
        for r in table.health.rhythms
    )
    kind = ", ".join(map(_q, table.health.kind))
    by_delivery = str(table.health.by_delivery).lower()
    return f"{{'name': {_q(table.name)}, 'kind': [{kind}], 'by_delivery': {by_delivery}, 'rhythms': [{rhythms}]}}"


def _q(text: str) -> str:
    """A text of a declaration as a Jinja string."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _sources(registry: Registry) -> str:
    head = f"""version: 2

# {_MADE}
# The clean layer, written by the cleaning step; models read it by source(). `feed` names the Dagster asset
# that writes the table (clean_<feed>).
sources:
  - name: clean
    description: Clean readings as Parquet, one row per reading, with origin, flag and provenance.
    config:
      meta:
        external_location: "{_LOCATION}"
    tables:
"""
    tables = [
        f"      - name: {table.name}\n        description: {_yaml(table.description + '.')}\n        config:\n"
        f"          meta: {{feed: {feed.name}, dagster: {{asset_key: [clean_{feed.name}]}}}}\n"
        for feed in registry.packaged.values()
        for table in feed.tables.values()
    ]
    register = (
        "      - name: site_register\n        description: The dated site register in force, all feeds.\n"
        "        config:\n          meta: {dagster: {asset_key: [site_register]}}\n"
    )
    return head + "".join(tables) + register


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _cadence(registry: Registry) -> str:
    rows = [
        (f.name, f.name_zh, f.name_en, f"{f.cadence_hours:f}", str(f.lateness_allowed_hours), f.owner)
        for f in registry.packaged.values()
    ]
    header = ("feed", "name_zh", "name_en", "cadence_hours", "lateness_allowed_hours", "owner")
    return "".join(",".join(map(_cell, row)) + "\n" for row in (header, *rows))


def _words(registry: Registry) -> str:
    """Words that the registry itself declares: units, and domains by the first feed of each."""
    domains = {f.domain: (f.name_zh, f.name_en) for f in reversed(registry.packaged.values())}
    rows = [("domain", domain, *names) for domain, names in sorted(domains.items())]
    rows += [("unit", unit.code, unit.name_zh, unit.code) for unit in registry.units.values()]
    header = ("vocabulary", "word", "word_zh", "word_en")
    return "".join(",".join(map(_cell, row)) + "\n" for row in (header, *rows))


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def _feed_day(feed: Feed) -> str:
    return f"{{#- {_MADE} -#}}\n{{{{ feed_day('{feed.name}') }}}}\n"


def _feed_day_yml(feed: Feed) -> str:
    said = "; ".join(f"{table.name} {_often(table)}" for table in feed.tables.values())
    description = _yaml(f"{feed.name_en}: readings by series and day, as data health counts them ({said}).")
    return f"version: 2\n\n# {_MADE}\nmodels:\n  - name: int_feed_day_{feed.name}\n    description: {description}\n"


def _often(table: CleanTable) -> str:
    parts = []
    for rhythm in table.health.rhythms:
        where = " and ".join(f"{column} '{text}'" for column, text in rhythm.where)
        parts.append(_RHYTHMS[rhythm.rhythm] + (f" where {where}" if where else ""))
    return " or ".join(parts) or _RHYTHMS["none"]


def _published(folder: Path) -> str:
    marts: Mapping[str, str] = {p.stem: f"      - ref('{p.stem}')\n" for p in sorted(folder.glob("mart_*.sql"))}
    label = folder.name.replace("_", "-")
    return (
        "version: 2\n\n# What is published of this domain: export, catalogue and portal read this list.\n"
        f"# Made from the marts in this folder by `{GENERATE}`; a test compares.\n"
        f"exposures:\n  - name: published_{folder.name}\n    label: Published {label} tables\n    type: dashboard\n"
        f"    description: Every {label} table that people and BI tools read from a release.\n"
        "    owner: {name: EcoLedger}\n    depends_on:\n" + "".join(marts.values())
    )
