"""What a build makes of reasons: sentences in both languages next to the code, parameters as they were given.

Not here: that each code has its sentence (tests/unit/test_reasons.py).
"""

from __future__ import annotations

import duckdb
import pytest

from tests.conformance.kit import Project

_SENTENCES = {"set_of": "{1} and {2}", "lead": "as {1}:", "hours": "hours"}
_SENTENCES_ZH = {"set_of": "{1}和{2}", "lead": "按{1}：", "hours": "小时"}


def test_every_reason_that_was_built_has_its_sentences(project: Project) -> None:
    columns = project.query(
        "select table_name, left(column_name, -5) from information_schema.columns where table_schema = 'candidate'"
        " and (column_name like '%\\_reason\\_code' escape '\\' or column_name in ('reason_code', 'not_judged_code'))"
    )
    assert len(columns) > 10
    # A code that no seed knows stays; a parameter that no sentence takes, or that is missing, leaves a bracket.
    wrong = " union all ".join(
        f"select '{table}', {name}_code from candidate.{table} where {name}_code <> '' and ("
        f" {name} similar to '.*(@|\\{{|[a-z]_[a-z]+\\().*' or {name} similar to '[a-z]+_[a-z_]+'"
        f" or {name}_zh similar to '.*(@|\\{{|[a-z]_[a-z]+\\().*' or not regexp_matches({name}_zh, '[一-鿿]'))"
        f" or ({name}_code = '') <> ({name} = '') or ({name} = '') <> ({name}_zh = '')"
        for table, name in columns
    )
    assert project.query(f"select * from ({wrong}) limit 5") == []


@pytest.mark.parametrize(
    ("reasons", "code", "english", "chinese"),
    [
        ("reason('set_of', '3', \"'a;b|c(d)@e%2'\")", None, "3 and a;b|c(d)@e%2", "3和a;b|c(d)@e%2"),
        (
            "reason('set_of', \"'pm25, o3'\", '@hours')",
            "set_of(pm25, o3|@hours)",
            "pm25, o3 and hours",
            "pm25、o3和小时",
        ),
        ("reason('set_of', 'null', '1.50')", "set_of(|1.50)", " and 1.50", "和1.50"),
        ("reason('set_of', {'words': \"'@hours, @hours'\"}, '0')", None, "hours, hours and 0", "小时、小时和0"),
        ("reason('unknown')", "unknown", "unknown", "unknown"),
    ],
)
def test_a_parameter_is_shown_as_it_was_given(
    project: Project, reasons: str, code: str | None, english: str, chinese: str
) -> None:
    template = (
        "select x.c, {{ reason_sentence('x.c', '') }}, {{ reason_sentence('x.c', '_zh') }},"
        " {{ reason_sentence(\"'lead(1);' || x.c\", '') }}, {{ reason_sentence(\"'lead(1);' || x.c\", '_zh') }}"
        " from (select {{ " + reasons + " }} as c) as x"
    )
    with duckdb.connect() as connection:
        for name, sentences in (("reasons", _SENTENCES), ("reasons_zh", _SENTENCES_ZH)):
            connection.execute(f"set variable {name} = map({list(sentences)}, {list(sentences.values())})")
        found = connection.execute(project.compiled(template)).fetchone()
    assert found is not None
    assert code is None or found[0] == code
    assert found[1:] == (english, chinese, f"as 1: {english}", f"按1：{chinese}")
