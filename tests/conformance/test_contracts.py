"""A table whose columns or types are not those of its contract is not made, and the table of before stays.

Here belongs the project's own materialisation (dbt_project/macros/carried.sql) over models that a case invents. Not
here: the contracts of the marts.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_runs.dbt_runner import LOG, PROJECT, RUN_RESULTS, prepare_manifest
from tests.kit import run_dbt
from warehouse.paths import DataDir

RIGHT = "select 'x' as word, cast(1 as decimal(9, 4)) as value"
# What a model gives, and what is said of it.
WRONG = {
    "type": ("select 'x' as word, cast(1 as double) as value", "value is DOUBLE, the contract says DECIMAL(9,4)"),
    "scale": ("select 'x' as word, cast(1 as decimal(9, 3)) as value", "value is DECIMAL(9,3), the contract says"),
    "more": ("select *, 1 as n from (select 'x' as word, cast(1 as decimal(9, 4)) as value)", "n is INTEGER, the"),
    "missing": ("select 'x' as word", '"value"'),
    "other_name": ("select 'x' as word, cast(1 as decimal(9, 4)) as valeu", '"value"'),
}
YML = "{name: mart_%s, columns: [{name: value, data_type: 'decimal(9,4)'}, {name: word, data_type: string}]}"


class Models:
    """A project of the macros alone, with a model per case: right, or wrong where `is_wrong` is set."""

    def __init__(self, folder: Path) -> None:
        project, self.data = folder / "project", DataDir(folder / "data").prepare()
        models = project / "models" / "marts" / "energy"
        models.mkdir(parents=True)
        shutil.copytree(PROJECT / "macros", project / "macros")
        for name in ("dbt_project.yml", "profiles.yml"):
            shutil.copy(PROJECT / name, project / name)
        for name, (sql, _) in WRONG.items():
            text = f"{{% if var('is_wrong', false) %}}{sql}{{% else %}}{RIGHT}{{% endif %}} -- the end"
            (models / f"mart_{name}.sql").write_text(text)
        # Every mart depends on words and reasons; these models name no vocabulary and have no reasons.
        (project / "models" / "int_words.sql").write_text("select '' as vocabulary, '' as word, '' as word_zh")
        (project / "models" / "reasons.sql").write_text("select '' as code, '' as sentence, '' as sentence_zh")
        (models / "models.yml").write_text(f"models: [{', '.join(YML % name for name in WRONG)}]")
        self.project, self.manifest = project, prepare_manifest(self.data, project)

    def built(self, **variables: object) -> dict[str, tuple[str, str]]:
        """Status and message of each model, by its case."""
        target = self.data.dbt / "cases"
        run_dbt(self.data, ["run", "--select", "marts"], target, variables, self.manifest, self.project)
        results = json.loads((target / RUN_RESULTS).read_bytes())["results"]
        return {r["unique_id"].partition(".mart_")[2]: (r["status"], r["message"]) for r in results}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return Models(tmp_path_factory.mktemp("contracts"))


@pytest.fixture(scope="module")
def wrong(models: Models) -> dict[str, tuple[str, str]]:
    """What became of the wrong models, after the right ones were built."""
    right = models.built()
    assert {status for status, _ in right.values()} == {"success"}, right
    return models.built(is_wrong=True)


@pytest.mark.parametrize("case", WRONG)
def test_a_model_that_breaks_its_contract_fails_and_says_what_differs(
    wrong: dict[str, tuple[str, str]], case: str
) -> None:
    status, message = wrong[case]
    assert status == "error"
    assert WRONG[case][1] in message


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.usefixtures("wrong")
def test_the_table_of_before_stays_in_the_order_and_types_of_its_contract(models: Models, case: str) -> None:
    with duckdb.connect(str(models.data.build_db), read_only=True) as con:
        described = con.execute(f"describe candidate.mart_{case}").fetchall()
        rows = con.execute(f"select value::varchar, word from candidate.mart_{case}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [("value", "DECIMAL(9,4)"), ("word", "VARCHAR")]
    assert rows == [("1.0000", "x")]


@pytest.mark.usefixtures("wrong")
def test_the_log_of_dbt_holds_the_words_of_every_error(models: Models) -> None:
    log = (models.data.dbt / "cases" / LOG).read_text(encoding="utf-8")
    assert [case for case, (_, words) in WRONG.items() if words not in log] == []
