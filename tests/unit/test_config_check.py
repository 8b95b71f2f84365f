"""Checking a configuration: each mistake named with its line and the nearest valid word.

Here belong configurations with one mistake each. Not here: sound ones (test_config_load.py).
"""

from __future__ import annotations

import os
from decimal import Decimal

import pytest

from sources.config import check_config, expected_columns, load_config
from sources.config.model import Censor, UnitMapping

GOOD = """\
[district]
reporting_zone = "Asia/Shanghai"
[sites]
files = ["sites.csv"]
[[source]]
id = "s"
feed = "water"
table = "clean_water"
path = "in/*.csv"
[source.format]
kind = "csv"
encoding = "utf-8"
[source.time]
columns = ["t"]
formats = ["%Y-%m-%d %H:%M"]
marks = "start"
[source.site]
column = "section"
[source.columns]
method = { constant = "automatic" }
[source.values]
"ph" = { parameter = "ph", unit = "-" }
"nh3" = { parameter = "nh3n", unit = "mg/L" }
"""
SITES = "site_id,feed,kind,assessed,valid_from,valid_to\nA,water,section,true,2020-01-01,\n"


def check(folder, text: str, sites: str | None = SITES):
    if sites is not None:
        (folder / "sites.csv").write_text(sites, encoding="utf-8")
    file = folder / "c.toml"
    file.write_text(text, encoding="utf-8")
    return check_config(file)


def test_a_good_configuration_has_no_mistake(tmp_path):
    assert check(tmp_path, GOOD) == []


CASES = [
    # what is replaced, by what, the line, the key, words of message and suggestion
    ('feed = "water"', 'feed = "watr"', 7, "source[1].feed", "no feed 'watr' did you mean 'water'"),
    ('table = "clean_water"', 'table = "clean_watr"', 8, "source[1].table", "did you mean 'clean_water'"),
    ("encoding =", "encodng =", 12, "source[1].format.encodng", "did you mean 'encoding'"),
    ('"utf-8"', '"utf8x"', 12, "source[1].format.encoding", "no text encoding 'utf8x' did you mean"),
    ('"utf-8"', '"base64"', 12, "source[1].format.encoding", "no text encoding"),
    ('kind = "csv"', 'kind = "cvs"', 11, "source[1].format.kind", "did you mean 'csv'"),
    ('kind = "csv"', 'kind = "csv"\ndelimiter = "，"', 12, "source[1].format.delimiter", "one ASCII character"),
    ('kind = "csv"', 'kind = "csv"\nsheet = "1"', 12, "source[1].format.sheet", "csv file has no sheet"),
    ('kind = "csv"', 'kind = "xlsx"', 12, "source[1].format.encoding", "xlsx file has no encoding"),
    ('kind = "csv"', 'header_row = 0', 11, "source[1].format.header_row", "less than 1"),
    ('kind = "csv"', 'header_row = "2"', 11, "source[1].format.header_row", "whole number is expected, text found"),
    ('kind = "csv"', 'thousands_mark = "."', 11, "source[1].format.thousands_mark", "decimal mark"),
    ("Asia/Shanghai", "Asia/Shanghi", 2, "district.reporting_zone", "did you mean 'Asia/Shanghai'"),
    ('marks = "start"', 'zone = "Beijing"', 16, "source[1].time.zone", "no time zone 'Beijing'"),
    ('marks = "start"', 'marks = "begin"', 16, "source[1].time.marks", "'begin' is not known"),
    ('marks = "start"', 'marks = "instant"\nduration_min = 5', 17, "source[1].time.duration_min", "instant"),
    ('marks = "start"', 'duration_min = 5\nduration = "month"', 16, "source[1].time.duration_min", "month already"),
    ('marks = "start"', 'midnight = "end_of_date"', 16, "source[1].time.midnight", "marks = 'end'"),
    ('marks = "start"', "year = 2021", 16, "source[1].time.year", "has a year already"),
    ('marks = "start"', 'end_columns = ["e"]\nduration_min = 5', 17, "source[1].time.duration_min", "end_columns"),
    ("%Y-%m-%d %H:%M", "%m-%d %H:%M", 15, "source[1].time.formats", "has no year"),
    ("%Y-%m-%d %H:%M", "%Y-%m-%d %Q", 15, "source[1].time.formats", "%Q is not known"),
    ("%Y-%m-%d %H:%M", "yyyy-mm-dd", 15, "source[1].time.formats", "no directive"),
    ("%Y-%m-%d %H:%M", "%Y-%m", 15, "source[1].time.formats", "duration = 'month'"),
    ("%Y-%m-%d %H:%M", "%Y-%m-%d %I:%M", 15, "source[1].time.formats", "%p"),
    ('formats = ["%Y-%m-%d %H:%M"]\n', "", 13, "source[1].time", "'formats' is missing"),
    ('[source.site]\ncolumn = "section"', "", 5, "source[1]", "'site' is missing"),
    ('column = "section"', 'column = "section"\nconstant = "x"', 17, "source[1].site", "both are given"),
    ('column = "section"', 'column = "ph"', 22, "source[1].values.ph", "already holds the site"),
    ('"nh3" = { parameter = "nh3n"', '"nh3" = { parameter = "ph"', 23, "source[1].values.nh3", "'ph' is mapped twice"),
    ('parameter = "nh3n"', 'parameter = "nh3_n"', 23, "source[1].values.nh3.parameter", "did you mean 'nh3n'"),
    ('unit = "mg/L"', 'unit = "mg/l/"', 23, "source[1].values.nh3.unit", "not known did you mean 'mg/l'"),
    ('unit = "mg/L"', 'unit = "kWh"', 23, "source[1].values.nh3.unit", "cannot become mg/L use one of 'mg/L'"),
    ('unit = "mg/L"', 'unit = "mg/L", factor = inf', 23, "source[1].values.nh3.factor", "not a positive, 0.001"),
    ('unit = "mg/L"', 'unit = "mg/L", factor = nan', 23, "source[1].values.nh3.factor", "not a positive"),
    ('unit = "mg/L"', 'unit = "mg/L", factor = 0', 23, "source[1].values.nh3.factor", "not a positive"),
    ('unit = "mg/L"', 'unit = "mg/L", factor = -1.5', 23, "source[1].values.nh3.factor", "not a positive"),
    ('unit = "mg/L"', 'unit = "mg/L", factor = 1e999999999', 23, "source[1].values.nh3.factor", "not a positive"),
    (', unit = "mg/L"', "", 23, "source[1].values.nh3", "'unit' is missing"),
    ('constant = "automatic"', 'constant = "auto"', 20, "source[1].columns.method.constant", "'automatic'"),
    ("method =", "metod =", 20, "source[1].columns.metod", "did you mean 'method'"),
    ('method = { constant = "automatic" }', "", 19, "source[1].columns", "needs 'method'"),
    ('path = "in/*.csv"', 'path = "in/*/../../x.csv"', 9, "source[1].path", "leaves the folder"),
    ('path = "in/*.csv"', 'path = "i"\ninvalid_status = ["M"]', 10, "source[1].invalid_status", "no status column"),
    ('path = "in/*.csv"', 'path = "i"\ndelivered_at = "name"', 10, "source[1].delivered_at", "needs delivered_at_"),
    ('path = "in/*.csv"', 'path = "i"\ndelivered_at_format = "%Y"', 10, "source[1].delivered_at_format", "only with"),
    ('path = "in/*.csv"', 'path = "i"\nconnector = "sftp"', 10, "source[1].connector", "'file'"),
    ('path = "in/*.csv"\n', "", 5, "source[1]", "'path' is missing"),
    ('id = "s"', 'id = "a b"', 6, "source[1].id", "not a name"),
    ('"sites.csv"', '"site.csv"', 4, "sites.files[1]", "no file did you mean 'sites.csv'"),
    ("[sites]", "[site]", 3, "site", "did you mean 'sites'"),
    ("[sites]", "[sites]\nfils = 1", 4, "sites.fils", "did you mean 'files'"),
    ('id = "s"', 'id = "s"\nfingerprint = "x"', 7, "source[1].fingerprint", "'fingerprint' is not a key here"),
    ('path = "in/*.csv"', 'path = 3', 9, "source[1].path", "a text is expected, a number found in quotes"),
    ('path = "in/*.csv"', 'path = "i"\nallow_outside = "no"', 10, "source[1].allow_outside", "true or false is"),
    ('path = "in/*.csv"', 'path = "i"\ninvalid_status = ["M", 1]', 10, "source[1].invalid_status[2]", "a number found"),
    ('path = "in/*.csv"', 'path = "i"\nfilters = [3]', 10, "source[1].filters[1]", "{ column = …, op = …,"),
    ('path = "in/*.csv"', 'path = "i"\nfilters = 3', 10, "source[1].filters", "a list is expected [[source.filters]]"),
    ('path = "in/*.csv"', 'path = "i"\nlong = 3', 10, "source[1].long", "a table is expected [source.long]"),
    ('kind = "csv"', "kind = 3", 11, "source[1].format.kind", "a text is expected, a number found use one of 'csv'"),
    ('marks = "start"', "year = 1899", 16, "source[1].time.year", "1899 is less than 1900"),
    ('constant = "automatic"', "values = 3", 20, "source[1].columns.method.values", "a table of texts as received"),
    ('constant = "automatic" }', '} \nvalue = 3', 21, "source[1].columns.value", "a table is expected { column = … }"),
    ('"nh3" = {', '"nh3" = { column = "x",', 23, "source[1].values.nh3.column", "not a key here the column is 'nh3'"),
    ('"nh3" = {', '"nh3" = { zzz = "x",', 23, "source[1].values.nh3.zzz", "not a key here use one of 'parameter'"),
    ('"nh3" = { parameter = "nh3n", unit = "mg/L" }', '"nh3" = "nh3n"', 23, "source[1].values.nh3", "{ parameter ="),
    ("[district]", "[district]\nstart = 2020-01-01T00:00:00", 2, "district.start", "a date is expected"),
    ("[district]", "district = 3\n[district2]", 1, "district", "a table is expected [district]"),
    ("[district]", 'options = 3\n[district]', 1, "options", "a table of texts is expected [options]"),
    ("[district]", 'options = { "[key]" = 3 }\n[district]', 1, "options.[key]", "a text is expected"),
    ("[district]", '[declared]\ntargets = "t.csv"\n[district]', 2, "declared.targets", "'municipal_targets'"),
    ('kind = "csv"', 'kind = "csv"\nrecords_as = "arrays"', 12, "source[1].format.records_as", "csv file has no"),
    ('kind = "csv"', 'kind = "json"\nheader = "h"', 12, "source[1].format.header", "names elsewhere records_as"),
    ('kind = "csv"', 'kind = "json"\nrecords = "a.x{b}"', 12, "source[1].format.records", "not a step {name} alone"),
    ('kind = "csv"', 'kind = "csv"\ncomment = [""]', 12, "source[1].format.comment[1]", "would leave out every row"),
    ('kind = "csv"', 'kind = "csv"\nnames = { x = "a" }', 12, "source[1].format.names.x", "counts from 1"),
    ('kind = "csv"', 'kind = "csv"\nnames = { 1 = "a", 2 = "a" }', 12, "source[1].format.names", "2 called 'a'"),
    ('kind = "csv"', 'kind = "csv"\nfacts = [{ of = "name", pattern = "(" }]', 12, "source[1].format.facts[1].pattern",
     "not a regular expression"),
    ('kind = "csv"', 'kind = "csv"\nfacts = [{ of = "name", pattern = "x" }]', 12, "source[1].format.facts[1].pattern",
     "no named group (?P<site>"),
    ('kind = "csv"', 'kind = "csv"\nfacts = [{ of = "sheet", pattern = "(?P<a>x)" }]', 12,
     "source[1].format.facts[1].of", "csv file has no sheet"),
    ('marks = "start"', 'zones = { X = "UTC" }', 16, "source[1].time.zones", "no zone_column"),
    ('marks = "start"', 'zone_column = "z"\nzones = { X = "Mars" }', 17, "source[1].time.zones.X", "zone 'Mars'"),
    ('%Y-%m-%d %H:%M', '{epoch_m}', 15, "source[1].time.formats", "{epoch_m} is not known did you mean 'epoch_ms'"),
    ('column = "section"', 'column = "section"\ncolumns = ["a"]', 17, "source[1].site", "column and columns are"),
    ('"nh3" = {', '"nh3" = { extract = "x",', 23, "source[1].values.nh3.extract", "one group is expected"),
    ('"nh3" = {', '"nh3" = { extract = "(?=a)(x)",', 23, "source[1].values.nh3.extract", "looks around or back"),
    ('path = "in/*.csv"', 'path = "i"\nacross = {}', 10, "source[1].across", "columns and pattern neither is given"),
    ('path = "in/*.csv"', 'path = "i"\nacross = { pattern = "(" }', 10, "source[1].across.pattern", "not a regular"),
    ('path = "in/*.csv"', 'path = "i"\nacross = { pattern = "x" }', 10, "source[1].across", "reads the column 'value'"),
    ('path = "in/*.csv"', 'path = "i"\nacross = { columns = ["nh3"], value = "ph" }', 10, "source[1].across",
     "'nh3' is spread"),
    ('path = "in/*.csv"', 'path = "i"\nacross = { pattern = "x", next_to = { s = 0 } }', 10,
     "source[1].across.next_to.s", "a number of columns or a suffix is expected"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "key", "words"), CASES, ids=[c[1][:40] or c[0][:40] for c in CASES])
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, line, key, words):
    found = check(tmp_path, GOOD.replace(old, new))
    assert (line, key) in [(p.line, p.key) for p in found], [str(p) for p in found]
    said = next(f"{p.message} {p.suggestion}" for p in found if (p.line, p.key) == (line, key))
    at = -1
    for word in words.split():
        at = said.find(word, at + 1)
        assert at >= 0, f"{word!r} not in {said!r}"


FORMATS = """%Y-%m-%dT%H:%M:%S%z; %d/%m/%Y %H:%M %Z; %F %T%:z; %Y-%m-%d %H:%M%#z; %+; %s; %e-%b-%Y %k:%M; %D %l:%M %P;
%F %T%.3f; %F %H:%M:%S.%f; %F %H%M%S%6f; %c; %v %R; %Y%j %r; %-d/%-m/%Y %H:%M; %G-W%V-%u %H:%M; %h %d %Y %X"""


@pytest.mark.parametrize("fmt", [f.strip() for f in FORMATS.split(";")])
def test_every_directive_that_polars_reads_is_accepted(tmp_path, fmt):
    assert check(tmp_path, GOOD.replace("%Y-%m-%d %H:%M", fmt)) == []


@pytest.mark.parametrize(
    ("fmt", "words"),
    [
        ("%Y-%q", "%q is not known"),
        ("%F %H%M%S%f", "%f is not known"),
        ("%Y-%m-%d %", "% is not known"),
        ("%Y %U %H", "is not read"),
    ],
)
def test_a_format_that_polars_does_not_read_is_a_mistake(tmp_path, fmt, words):
    (found,) = check(tmp_path, GOOD.replace("%Y-%m-%d %H:%M", fmt))
    assert (found.line, found.key) == (15, "source[1].time.formats") and words in found.message


def test_a_misspelt_required_key_is_one_mistake(tmp_path):
    (found,) = check(tmp_path, GOOD.replace("columns = [", "colums = ["))
    assert found.suggestion == "did you mean 'columns'?"


def test_two_sources_need_two_names_and_a_pattern_must_compile(tmp_path):
    name = 'path = "i"\ndelivered_at = "name"\ndelivered_at_pattern = "("\ndelivered_at_format = "%Y"'
    second = GOOD[GOOD.index("[[source]]") :].replace('path = "in/*.csv"', name)
    found = check(tmp_path, GOOD + second)
    assert [(p.line, p.key) for p in found] == [(25, "source[2].id"), (30, "source[2].delivered_at_pattern")]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = = 2\n", 2), ('[x]\na = "1\n', 2), ("a = 1\na = 2\n", 2), ("[[source]\n", 1), ("a = [1,\n\n", 3)],
)
def test_a_syntax_error_has_its_line(tmp_path, text, line):
    (found,) = check(tmp_path, text)
    assert (found.line, found.key) == (line, "TOML")


def test_files_that_are_no_configuration(tmp_path):
    assert "no such file" in check_config(tmp_path / "none.toml")[0].message
    assert "directory" in check_config(tmp_path)[0].message
    file = tmp_path / "gbk.toml"
    file.write_bytes("a = 1\nb = '区'".encode("gbk"))
    assert (check_config(file)[0].line, check_config(file)[0].message) == (2, "not UTF-8 text")
    if os.geteuid():
        file.chmod(0)
        assert "cannot be read" in check_config(file)[0].message


def test_an_empty_configuration_needs_a_source(tmp_path):
    assert [(p.message, p.suggestion) for p in check(tmp_path, "")] == [("'source' is missing", "add [[source]]")]
    assert [p.suggestion for p in check(tmp_path, "source = 3")] == ["write [[source]]"]
    assert [str(p) for p in check(tmp_path, "source = [1]")] == [
        "line 1: source[1]: a table is expected, a number found (write [[source]])"
    ]


@pytest.mark.parametrize(
    ("sites", "words"),
    [
        ("", "is empty"),
        ("site_id,feed\nA,water\n", "'valid_from' is missing"),
        (SITES.replace("assessed", "asessed"), "'asessed' is not a register column"),
        (SITES + "B,watr,section,true,2020-01-01,\n", "line 3: there is no feed 'watr'"),
        (SITES + "B,water,secton,true,2020-01-01,\n", "line 3: kind = 'secton'"),
        (SITES + "B,water,section,maybe,2020-01-01,\n", "line 3: assessed = 'maybe'"),
        (SITES + "B,water,section,,2020-1-1,\n", "line 3: valid_from = '2020-1-1' is not a date"),
        (SITES + "B,water,section,,2020-01-02,2020-01-01\n", "is before valid_from"),
        (SITES + "B,water\n", "line 3: 2 columns"),
        (SITES + "A,water,section,,2020-01-01,\n", "is in line 2 already"),
    ],
)
def test_a_register_is_checked_with_its_lines(tmp_path, sites, words):
    found = check(tmp_path, GOOD, sites)
    assert [p.line for p in found] == [4]
    assert words in found[0].message


def test_long_layouts_are_checked(tmp_path):
    start, end = GOOD.index("[source.values]"), len(GOOD)
    long = '[source.long]\nparameter_column = "p"\nvalue_column = "v"\nunits = { "mgl" = "mg//L" }\n'
    text = GOOD[:start] + long + 'parameters = { "氨氮" = "nh3" }\n' + GOOD[end:]
    found = check(tmp_path, text)
    assert [p.key for p in found] == ["source[1].long.units.mgl", "source[1].long.parameters.氨氮"]
    both = check(tmp_path, GOOD + long)
    assert "both are given" in both[0].message


LONG = """[source.long]
parameter_column = "p"
value_column = "v"
unit_column = "u"
units = { "MCF" = { unit = "mg/L", factor = 2.5 }, "x" = "mg/L", "" = "mg/L" }
censor = { column = "c", values = ["ND"] }
limit_column = "l"
limit_unit_column = "lu"
"""


def test_marks_limits_and_factors_are_words(tmp_path):
    text = GOOD[: GOOD.index("[source.values]")] + LONG
    assert check(tmp_path, text) == []
    (source,) = load_config(tmp_path / "c.toml").sources
    plain = UnitMapping("mg/L", Decimal(1))
    assert source.long.units == {"MCF": UnitMapping("mg/L", Decimal("2.5")), "x": plain, "": plain}
    assert source.long.censor == Censor("c", {"ND": "<"})
    assert set(expected_columns(source)) >= {"p", "v", "u", "c", "l", "lu"}
    wide = GOOD.replace('unit = "mg/L"', 'unit = "mg/L", censor = { column = "r", values = { "<" = "<" } }')
    assert check(tmp_path, wide) == []
    (source,) = load_config(tmp_path / "c.toml").sources
    assert source.values[1].censor == Censor("r", {"<": "<"}) and "r" in expected_columns(source)


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        ("limit_column =", "limit_colum =", 27, "source[1].long.limit_colum", "did you mean 'limit_column'"),
        ('{ column = "c"', '{ colum = "c"', 26, "source[1].long.censor.colum", "did you mean 'column'"),
        ('["ND"]', "1", 26, "source[1].long.censor.values", "a list of texts that mean"),
        ('["ND"]', '{ "ND" = "below" }', 26, "source[1].long.censor.values.ND", "use '<'"),
        ('["ND"]', "[]", 26, "source[1].long.censor.values", "no text means"),
        ('column = "c"', 'column = "v"', 26, "source[1].long.censor.column", "leave censor out"),
        ('"mg/L", factor', '"mg/", factor', 25, "source[1].long.units.MCF", "did you mean"),
        ("factor = 2.5", "facto = 2.5", 25, "source[1].long.units.MCF.facto", "did you mean 'factor'"),
        ("factor = 2.5", "factor = -1", 25, "source[1].long.units.MCF.factor", "not a positive"),
        ("factor = 2.5", 'factor = "2"', 25, "source[1].long.units.MCF.factor", "number is expected"),
        ('"x" = "mg/L"', '"x" = 1', 25, "source[1].long.units.x", "a unit is expected, a number found"),
        (LONG.splitlines()[4], "units = 1", 25, "source[1].long.units", "a table of units is expected"),
        ('limit_column = "l"\n', "", 27, "source[1].long.limit_unit_column", "no limit_column"),
        ('limit_column = "l"', 'limit_column = "v"', 27, "source[1].long.limit_column", "the value itself"),
    ],
)
def test_mistakes_in_marks_limits_and_factors_are_named(tmp_path, old, new, line, key, words):
    text = GOOD[: GOOD.index("[source.values]")] + LONG
    assert old in text
    found = check(tmp_path, text.replace(old, new))
    said = {(p.line, p.key): f"{p.message} {p.suggestion}" for p in found}
    assert words in said.get((line, key), ""), [str(p) for p in found]


def test_one_misspelt_key_does_not_hide_the_mistakes_behind_it(tmp_path):
    wrong = GOOD.replace("[source.time]", "[source.tme]").replace('"mg/L"', '"mg/gallon"')
    assert wrong != GOOD
    messages = [str(p) for p in check(tmp_path, wrong)]
    assert any("'tme'" in m and "'time'" in m for m in messages), messages
    assert any("mg/gallon" in m for m in messages), messages


def test_what_a_misspelt_table_holds_is_named_as_it_is_written(tmp_path):
    wrong = GOOD.replace("[source.time]", "[source.tme]").replace('marks = "start"', 'marks = "begin"')
    assert [(p.line, p.key) for p in check(tmp_path, wrong)] == [(13, "source[1].tme"), (16, "source[1].tme.marks")]


def test_a_mistake_behind_an_entry_that_cannot_be_used_has_its_own_place(tmp_path):
    entries = '{ column = "a", op = "in" }, 3, { column = "c", op = "is", values = "x" }'
    second = GOOD[GOOD.index("[[source]]") :].replace('"s"', '"t"').replace("%Y-%m-%d", "%Y-%q")
    text = GOOD.replace('id = "s"', f'id = "s"\nfilters = [{entries}]').replace('feed = "water"', "", 1) + second
    found = check(tmp_path, text)
    assert [p.key for p in found] == [
        "source[1]", "source[1].filters[1]", "source[1].filters[2]", "source[1].filters[3].op",
        "source[2].time.formats",
    ], [str(p) for p in found]  # fmt: skip


def test_what_is_left_out_because_of_a_mistake_is_not_missing_too(tmp_path):
    for old, new in (
        ('path = "in/*.csv"', "path = 3"),
        ('columns = ["t"]', "columns = [1]"),
        ("[source.site]", "x = 1"),
    ):
        assert old in GOOD
        messages = [p.message for p in check(tmp_path, GOOD.replace(old, new)) if "'site'" not in p.message]
        assert not any("is missing" in m or "is empty" in m for m in messages), messages


def test_a_key_that_is_like_no_other_hides_no_missing_one(tmp_path):
    text = GOOD.replace('columns = ["t"]', "zzz = 1").replace('formats = ["%Y-%m-%d %H:%M"]\n', "")
    assert {p.message for p in check(tmp_path, text)} == {
        "'zzz' is not a key here", "'columns' is missing", "'formats' is missing"
    }  # fmt: skip
