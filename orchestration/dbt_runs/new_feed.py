"""The skeleton of a new feed: a declaration with one table and one parameter, its staging model, a mart and its suite.

Here belong the texts, small and complete: the project builds, tests and publishes with them, and a newcomer changes them
from there. Not here: the files that follow from declarations (feed_files.py).
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from orchestration.dbt_runs.feed_files import staging_name
from sources.registry import Registry

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}\Z")


class BadFeedName(ValueError):
    """A feed cannot be called so; the message says why and what a name may be."""


def write_skeleton(root: Path, name: str, registry: Registry) -> list[str]:
    """Writes the files of a feed called `name` and returns their names relative to `root`; nothing is overwritten.

    BadFeedName if the name is taken or cannot be a package, a folder and a table.
    """
    if not _NAME.match(name):
        raise BadFeedName(f"'{name}' cannot be a feed: use lower-case letters, digits and _, a letter first")
    if name in registry.feeds or name in registry.domains or f"clean_{name}" in registry.tables:
        raise BadFeedName(f"there is a feed, domain or table called '{name}' already; see sources/feeds/{name}")
    files = {path: Template(text).substitute(name=name, title=_title(name)) for path, text in _files(name).items()}
    if there := [path for path in files if (root / path).exists()]:
        raise BadFeedName(f"already there: {', '.join(there)}")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(files)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _files(name: str) -> dict[str, str]:
    staging = f"dbt_project/models/staging/{staging_name('clean_' + name)}"
    mart = f"dbt_project/models/marts/{name}/mart_{name}_daily"
    return {
        f"sources/feeds/{name}/__init__.py": '"""$title: what is declared of the feed (feed.toml)."""\n',
        f"sources/feeds/{name}/feed.toml": _FEED,
        f"{staging}.sql": _STAGING,
        f"{staging}.yml": _STAGING_YML,
        f"{mart}.sql": _MART,
        f"{mart}.yml": _MART_YML,
        f"expectations/suites/{name}.py": _SUITE,
    }


_FEED = """# $title: site × hour × parameter.
name = "$name"
name_zh = "$title"
name_en = "$title"
domain = "$name"
cadence_hours = "1"
lateness_allowed_hours = 48
time_zone = "Asia/Shanghai"
owner = "区生态环境局"
licence = "internal"
site_kinds = ["station"]

# Shares the gate allows: above `warn` it warns, above `fail` the domain is held.
[quality]
quarantined_share_warn = "0.02"
quarantined_share_fail = "0.20"
flagged_share_warn = "0.05"
flagged_share_fail = "0.40"
volume_change_warn = "0.30"
coverage_min_warn = "0.60"

[tables.clean_$name]
grain = "day"
series_tests = true
description = "Site × hour × parameter"
reporting_kind = "station"
health = { rhythms = [{ rhythm = "cadence" }] }

[parameters.clean_$name.${name}_value]
name_zh = "数值"
name_en = "Value"
unit = "%"
tests = { fail_min = "0", fail_max = "100" }
"""

_STAGING = """{#- $title readings, all flags; `is_usable` says which feed statistics, `is_suspect` which of them are doubted. -#}
{{ config(meta={'by_day': {'reads': {'clean_$name': [0, 0]}}}) }}
select
    site_id,
    parameter,
    period_start,
    period_end,
    cast(period_start as date) as day,
    value,
    unit,
    flag,
    {{ is_usable() }} and value is not null as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ clean_table('clean_$name') }}
"""

_STAGING_YML = """version: 2

models:
  - name: stg_$name
    description: "$title readings, all flags; `is_usable` says which of them feed statistics."
"""

_MART = """{#- Site by day and parameter: mean, lowest and highest of the readings that count, and how many there are. -#}
with counted as (
    select
        day,
        site_id,
        parameter,
        unit,
        count(*) as n_received,
        count(case when is_usable then 1 end) as n_valid,
        count(case when is_usable and is_suspect then 1 end) as n_suspect,
        sum(case when is_usable then value end) as total,
        min(case when is_usable then value end) as lowest,
        max(case when is_usable then value end) as highest,
        {{ least_provenance('provenance') }} as provenance
    from {{ ref('stg_$name') }}
    group by day, site_id, parameter, unit
),

expected as (
    select
        c.*,
        greatest(cast(24 / f.cadence_hours as bigint), c.n_received) as n_expected
    from counted as c
    inner join {{ ref('feed_cadence') }} as f on f.feed = '$name'
)

select
    day,
    site_id,
    parameter,
    unit,
    cast(case when n_valid > 0 then {{ carried_mean('total', 'n_valid') }} end as decimal(18, 6)) as mean_value,
    lowest,
    highest,
    cast(n_expected as bigint) as n_expected,
    cast(n_valid as bigint) as n_valid,
    cast(n_suspect as bigint) as n_suspect,
    {{ coverage('n_valid', 'n_expected') }} as coverage,
    case when n_valid = 0 then 'insufficient' when n_valid = n_expected then 'valid' else 'indicative' end as validity,
    case
        when n_valid = 0 then 'no reading that counts'
        when n_valid < n_expected then 'readings are missing'
        else ''
    end as validity_reason,
    provenance
from expected
"""

_MART_YML = """version: 2

models:
  - name: mart_${name}_daily
    description: "$title by site, day and parameter."
    config:
      meta:
        domain: $name
        grain: [day, site_id, parameter, unit]
        volatile: []
        not_null: [validity]
    columns:
      - {name: day, data_type: "date", description: "Day, reporting zone"}
      - {name: site_id, data_type: "varchar", description: "Site of the site register"}
      - {name: parameter, data_type: "varchar", description: "Parameter of the registry"}
      - {name: unit, data_type: "varchar", description: "Unit of the values"}
      - {name: mean_value, data_type: "decimal(18,6)", description: "Mean of the readings that count; null without any"}
      - {name: lowest, data_type: "decimal(18,6)", description: "Lowest of them"}
      - {name: highest, data_type: "decimal(18,6)", description: "Highest of them"}
      - {name: n_expected, data_type: "bigint", description: "Readings that the cadence asks for, or that came if more"}
      - {name: n_valid, data_type: "bigint", description: "Readings whose flag lets them count"}
      - {name: n_suspect, data_type: "bigint", description: "Of these, readings flagged suspect (QARTOD 3): they went in"}
      - {name: coverage, data_type: "decimal(9,4)", description: "n_valid : n_expected, share"}
      - {name: validity, data_type: "varchar", description: "valid, indicative or insufficient"}
      - {name: validity_reason, data_type: "varchar", description: "Why the figure is not simply valid; empty where it is"}
      - {name: provenance, data_type: "varchar", description: "Least trustworthy of the inputs"}
"""

_SUITE = '''"""Suites of the $name marts: sites by day.

Here belongs what is particular to these marts. Not here: what follows from a column's name (common.py).
"""

from __future__ import annotations

from expectations.checks import relation
from expectations.suites.common import Suite, parameter_ranges

_FED = ("clean_$name",)

SUITES = (
    Suite(
        "mart_${name}_daily",
        _FED,
        (
            parameter_ranges(_FED, "parameter", "mean_value"),
            relation(
                "the mean lies between the lowest and the highest",
                "mean_value between lowest and highest",
                ("mean_value", "lowest", "highest"),
                {"mean_value": 3, "lowest": 1, "highest": 2},
            ),
        ),
    ),
)
'''
