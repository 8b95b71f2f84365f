"""Thresholds that a source sets: read exactly, outside its mapping, and each mistake named with line and nearest word.

Here belong the words under [source.thresholds]. Not here: what flags they set (test_cleaning_own_thresholds.py).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.cli.config import chosen
from sources.config import check_config, load_config
from sources.config.thresholds import own_thresholds
from sources.registry import registry

SOURCE = """\
[[source]]
id = "stations"
feed = "water"
path = "in/*.csv"
cadence_min = 240
[source.time]
columns = ["t"]
formats = ["%Y-%m-%d %H:%M"]
marks = "instant"
[source.site]
column = "section"
[source.columns]
method = { constant = "automatic" }
[source.values]
"do" = { parameter = "do", unit = "mg/L" }
"nh3" = { parameter = "nh3n", unit = "mg/L" }
"cod" = { parameter = "cod", unit = "mg/L" }
"""
SAMPLES = SOURCE.replace('"stations"', '"samples"').replace("cadence_min = 240\n", "").replace("automatic", "manual")
TICKETS = """\
[[source]]
id = "tickets"
feed = "waste"
path = "in/*.csv"
[source.time]
columns = ["t"]
formats = ["%Y-%m-%d %H:%M"]
[source.site]
column = "scale"
[source.columns]
ticket_no = { column = "no" }
category = { constant = "other" }
[source.values]
"net" = { parameter = "net_t", unit = "t" }
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "ecoledger.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_thresholds_are_exact_and_laid_over_the_registrys(tmp_path: Path) -> None:
    text = SOURCE + '[source.thresholds.do]\nunit = "mg/L"\nsuspect_max = 30\nspike_suspect = 0.1\ngap_periods = 5\n'
    (source,) = load_config(written(tmp_path, text)).sources
    shipped = registry().feeds["water"].parameters
    assert source.own_tests == {"do": {"suspect_max": 30, "spike_suspect": Decimal("0.1"), "gap_periods": 5}}
    own = replace(shipped["do"].tests, suspect_max=Decimal(30), spike_suspect=Decimal("0.1"), gap_periods=5)
    assert source.tests_of(shipped["do"]) == own
    assert source.tests_of(shipped["nh3n"]) is not own and source.tests_of(shipped["nh3n"]) == shipped["nh3n"].tests


def test_they_are_no_part_of_the_mapping_and_part_of_the_configuration(tmp_path: Path) -> None:
    plain = load_config(written(tmp_path, SOURCE))
    own = load_config(written(tmp_path, SOURCE + '[source.thresholds.do]\nunit = "mg/L"\nsuspect_max = 30\n'))
    assert own.sources[0].fingerprint == plain.sources[0].fingerprint
    assert own.fingerprint != plain.fingerprint


def test_everything_that_is_set_is_listed_next_to_the_registrys(tmp_path: Path) -> None:
    text = SOURCE + '[source.thresholds.do]\nunit = "mg/L"\nsuspect_max = 30\ngap_periods = 5\n'
    text += '[source.thresholds.nh3n]\nunit = "mg/L"\nrate_suspect_per_h = 2.50\n'
    config = load_config(written(tmp_path, text))
    rows = own_thresholds(config, registry())
    names = ("source_id", "parameter", "threshold", "value", "value_of_registry", "unit", "feed")
    assert [tuple(row.values()) for row in rows] == [
        ("stations", "do", "gap_periods", "5", "3", "periods", "water"),
        ("stations", "do", "suspect_max", "30", "25", "mg/L", "water"),
        ("stations", "nh3n", "rate_suspect_per_h", "2.50", "", "mg/L per hour", "water"),
    ]
    assert all(tuple(row) == names for row in rows)
    assert chosen(config) == [
        "threshold of stations, do gap_periods: 5 instead of 3 periods",
        "threshold of stations, do suspect_max: 30 instead of 25 mg/L",
        "threshold of stations, nh3n rate_suspect_per_h: 2.50 instead of none mg/L per hour",
    ]


DO = '[source.thresholds.do]\nunit = "mg/L"\n'
# Lines of the table's head, its unit and the first threshold, behind the source.
HEAD, UNIT, FIRST = (SOURCE.count("\n") + n for n in (1, 2, 3))
MISTAKES = [
    # what is written behind the source, the line of the mistake, its key, words of message and suggestion
    ('[source.thresholds.doo]\nunit = "mg/L"\nsuspect_max = 30', HEAD, "doo", "no parameter 'doo' did you mean 'do'"),
    ('[source.thresholds.ph]\nunit = "-"\nsuspect_max = 9', HEAD, "ph", "delivers no 'ph' use one of 'cod' 'do'"),
    (DO + "suspct_max = 30", FIRST, "do.suspct_max", "not a key here did you mean 'suspect_max'"),
    (DO + 'suspect_max = "30"', FIRST, "do.suspect_max", "a number is expected, text found"),
    (DO + "suspect_max = true", FIRST, "do.suspect_max", "a number is expected, true or false found"),
    (DO + "gap_periods = 2.5", FIRST, "do.gap_periods", "a whole number is expected"),
    (DO + "gap_periods = 0", FIRST, "do.gap_periods", "0 is less than 1"),
    ("[source.thresholds]\ndo = 30", UNIT, "do", "a table is expected, a number found unit = …"),
    ("[source.thresholds.do]\nsuspect_max = 30", HEAD, "do", "'unit' is missing"),
    ('[source.thresholds.do]\nunit = "mg/l."\nfail_max = 9', UNIT, "do.unit", "'mg/l.' is not known did you mean"),
    ('[source.thresholds.do]\nunit = "ug/L"\nfail_max = 9', UNIT, "do.unit", "are in mg/L, not ug/L write mg/L"),
    (DO + "suspect_min = 26", FIRST, "do.suspect_min", "26 is more than suspect_max 25, mg/L suspect_max set it, too"),
    (DO + "suspect_min = 9\nsuspect_max = 8", FIRST, "do.suspect_min", "9 is more than suspect_max 8 correct one"),
    (DO + "fail_max = 20", FIRST, "do.fail_max", "suspect_max 25 is more than fail_max 20 suspect_max set it, too"),
    (DO + "spike_suspect = 20", FIRST, "do.spike_suspect", "20 is more than spike_fail 15, mg/L set it, too"),
    (DO + "flat_fail_hours = 24", FIRST, "do.flat_fail_hours", "flat_suspect_hours 48 is more than 24, hour"),
    (DO + "fail_max = 60", FIRST, "do.fail_max", "outside the gross range (fail_max 40 mg/L) only be narrowed"),
    (DO + "fail_min = -1", FIRST, "do.fail_min", "outside the gross range (fail_min 0 mg/L)"),
    (DO + "spike_suspect = -1", FIRST, "do.spike_suspect", "-1 is negative in mg/L"),
    (DO + "flat_fail_hours = 1000", FIRST, "do.flat_fail_hours", "1000 is not between 0 and 744 hours"),
    (DO + "suspect_max = nan", FIRST, "do.suspect_max", "not a number mg/L"),
    (DO + "suspect_max = 1e12", FIRST, "do.suspect_max", "not a number mg/L"),
    (DO + "suspect_max = 1.2345678", FIRST, "do.suspect_max", "more than 6 decimals 1.234568 mg/L"),
    (DO + "attenuated_hours = 24", FIRST, "do.attenuated_hours", "tested with attenuated_min_range only set it, too"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "words"), MISTAKES, ids=[c[3][:40] for c in MISTAKES])
def test_a_mistake_names_line_key_and_what_to_write(tmp_path: Path, text: str, line: int, key: str, words: str) -> None:
    found = check_config(written(tmp_path, SOURCE + text + "\n"))
    assert [(p.line, p.key) for p in found] == [(line, f"source[1].thresholds.{key}")], [str(p) for p in found]
    in_order(f"{found[0].message} {found[0].suggestion}", words)


def in_order(said: str, words: str) -> None:
    at = -1
    for word in words.split():
        at = said.find(word, at + 1)
        assert at >= 0, f"{word!r} not in {said!r}"


@pytest.mark.parametrize(
    ("source", "text", "words"),
    [
        (
            TICKETS,
            '[source.thresholds.net_t]\nunit = "t"\nspike_fail = 5\n',
            "clean_waste are not a series",
        ),
        (SAMPLES, DO + "rate_suspect_per_h = 1\n", "how far apart the readings are add cadence_min"),
    ],
)
def test_what_would_never_be_tested_is_refused(tmp_path: Path, source: str, text: str, words: str) -> None:
    found = check_config(written(tmp_path, source + text))
    assert [p.line for p in found] == [source.count("\n") + 3]
    in_order(f"{found[0].message} {found[0].suggestion}", words)
    assert check_config(written(tmp_path, source)) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [(TICKETS, 'net_t]\nunit = "吨"\nsuspect_max = 20\n'), (SAMPLES, 'cod]\nunit = "mg/L"\nsuspect_max = 200\n')],
)
def test_a_range_may_be_set_where_there_is_no_series(tmp_path: Path, source: str, text: str) -> None:
    assert check_config(written(tmp_path, f"{source}[source.thresholds.{text}")) == []


def test_every_delivered_threshold_could_be_set_itself(tmp_path: Path) -> None:
    """What the registry declares passes the checks of a setting, parameter by parameter."""
    for parameter in registry().feeds["air"].parameters_of("clean_air").values():
        own = {k: v for k, v in vars(parameter.tests).items() if v is not None}
        if not own:
            continue
        lines = [f"{name} = {value}" for name, value in own.items()]
        text = (
            '[[source]]\nid = "a"\nfeed = "air"\ntable = "clean_air"\npath = "a.csv"\n[source.time]\ncolumns = ["t"]\n'
            'formats = ["%Y-%m-%d %H"]\n[source.site]\ncolumn = "s"\n[source.values]\n'
            f'"v" = {{ parameter = "{parameter.code}", unit = "{parameter.unit}" }}\n'
            f'[source.thresholds.{parameter.code}]\nunit = "{parameter.unit}"\n' + "\n".join(lines)
        )
        assert check_config(written(tmp_path, text)) == [], parameter.code
