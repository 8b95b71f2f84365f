"""The rooms' rules: dependencies point one way, what a refresh with nothing new loads stays light, and every
third-party package that is imported is declared.
"""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("sources", "warehouse", "expectations", "orchestration")
SEEDS = "dbt_project"
ALLOWED = {
    # Of the dbt project the rows of its seeds, which it hands out itself.
    "sources": {"sources", SEEDS},
    "warehouse": {"warehouse", "sources"},
    "expectations": {"expectations", "warehouse", "sources", SEEDS},
    "orchestration": set(ROOMS),
}
# What a part of a room may know of its room besides itself; what lies in the room's own folder every part may know.
PARTS = {
    "warehouse": {
        "tables": set(),
        "lake": set(),
        "release": {"tables", "lake"},
        "candidate": {"tables", "release"},
    },
    "orchestration": {
        "dbt_runs": set(),
        "steps": {"dbt_runs"},
        "dagster": {"dbt_runs", "steps"},
        "cli": {"dagster", "dbt_runs"},
    },
}
MOST_PARAMETERS = 7
NAMES = ast.Name | ast.Attribute
HEAVY = ("dagster", "dbt", "great_expectations", "polars", "duckdb", "pyarrow", "pandas", "numpy", "jinja2")
LIGHT = (
    "sources.registry",
    "sources.config",
    "sources.deliveries",
    "sources.cleaning.fingerprint",
    "sources.cleaning.store",
    "sources.connectors",
    "sources.connectors.files",
    "sources.connectors.simulated",
    "warehouse.paths",
    "warehouse.lake.index",
    "warehouse.lock",
    "warehouse.release.ledger",
    "warehouse.release.releases",
    "warehouse.sql",
    "warehouse.tables.contract",
    "expectations.checks",
    "orchestration.survey",
    "orchestration.cli.main",
)


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def modules_imported(file: Path) -> frozenset[str]:
    """Dotted names of every import in `file`, those inside functions too; `from a import b` counts as a and as a.b."""
    names: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


@cache
def imported(file: Path) -> frozenset[str]:
    """Top-level names of every import in `file`, those inside functions too."""
    names: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names.add((node.module or "").split(".")[0])
    return frozenset(names)


def declared(*lists: list[str]) -> set[str]:
    """Distributions that requirement lists of pyproject.toml name, as the index normalises them."""
    names = (re.match(r"[A-Za-z0-9._-]+", requirement) for each in lists for requirement in each)
    return {distribution(name[0]) for name in names if name}


def distribution(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def undeclared(files: list[Path], allowed: set[str]) -> dict[str, list[str]]:
    """Third-party import -> the files with it, where no distribution that brings it is among `allowed`."""
    ours = {*ROOMS, SEEDS, "tests", *sys.stdlib_module_names}
    brings = packages_distributions()
    found: dict[str, list[str]] = {}
    for file in files:
        for name in sorted(imported(file) - ours):
            if not {distribution(d) for d in brings.get(name, ())} & allowed:
                found.setdefault(name, []).append(str(file.relative_to(ROOT)))
    return found


def test_every_third_party_import_is_declared():
    """A package that another one brings today may be gone with its next release."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    product = declared(pyproject["project"]["dependencies"])
    shipped = [f for room in pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] for f in modules(room)]
    own = modules("tests")
    assert len(shipped) > 150 and len(own) > 150, "the files were not found"
    assert not undeclared(shipped, product), "declare them under [project] dependencies in pyproject.toml"
    development = declared(pyproject["dependency-groups"]["dev"])
    assert not undeclared(own, product | development), "declare them under [dependency-groups] dev in pyproject.toml"


@pytest.mark.parametrize("room", ROOMS)
def test_dependencies_point_one_way(room):
    files = modules(room)
    assert files, f"{room} has no modules"
    wrong = {
        str(file.relative_to(ROOT)): sorted((imported(file) & {*ROOMS, SEEDS}) - ALLOWED[room])
        for file in files
        if (imported(file) & {*ROOMS, SEEDS}) - ALLOWED[room]
    }
    assert not wrong


@pytest.mark.parametrize(("room", "part"), [(room, part) for room, parts in PARTS.items() for part in parts])
def test_parts_of_a_room_know_only_those_below(room, part):
    others = set(PARTS[room]) - {part} - PARTS[room][part]
    files = modules(f"{room}/{part}")
    assert files, f"{room}/{part} has no modules"
    wrong = {
        str(file.relative_to(ROOT)): found
        for file in files
        if (found := sorted(n for n in modules_imported(file) if n.split(".")[:2] in [[room, o] for o in others]))
    }
    assert not wrong


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of what a caller passes, positional and by keyword, without self.

    An option of the command line is a declaration that the shell fills by name, not a parameter that code passes.
    """
    given = function.args
    return [
        arg.arg
        for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)
        if arg.arg not in ("self", "cls") and not is_option(arg)
    ]


def is_option(arg: ast.arg) -> bool:
    """Annotated with typer.Option or typer.Argument, or with a name for that (DataOption)."""
    names = {n.attr if isinstance(n, ast.Attribute) else n.id for n in ast.walk(arg) if isinstance(n, NAMES)}
    return any(name.endswith(("Option", "Argument")) for name in names)


def test_signatures_stay_small():
    """More than MOST_PARAMETERS is a dataclass that has no name yet."""
    functions = [
        (f"{file.relative_to(ROOT)}: {node.name}", parameters(node))
        for room in ROOMS
        for file in modules(room)
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(functions) > 1000, "the functions were not found"
    assert not {place: len(given) for place, given in functions if len(given) > MOST_PARAMETERS}


def test_a_module_s_name_means_one_thing():
    """Two modules with one name are told apart by their folder only. A feed has its name in every room, and packages of
    feeds have the same parts.
    """
    packages = ROOT / "sources/feeds"
    feeds = {file.parent.name for file in packages.glob("*/feed.toml")}
    places: dict[str, list[str]] = {}
    for file in (file for room in ROOMS for file in modules(room)):
        if file.stem not in {"__init__", *feeds} and packages not in file.parents:
            places.setdefault(file.stem, []).append(str(file.relative_to(ROOT)))
    assert not {stem: found for stem, found in places.items() if len(found) > 1}


@pytest.mark.parametrize("room", (*ROOMS, SEEDS))
def test_a_room_s_readme_names_what_is_in_it(room):
    said = (ROOT / room / "README.md").read_text(encoding="utf-8")
    parts = {f.name for f in (ROOT / room).glob("*.py")} | {f"{f.parent.name}/" for f in (ROOT / room).glob("*/*.*")}
    assert len(parts) > 4, "the parts were not found"
    passing = {"__init__.py", "__pycache__/", "target/", "logs/"}
    assert not sorted(part for part in parts - passing if part not in said), "add it to the room's README"


def test_only_the_dbt_project_knows_where_its_seeds_are():
    reads = re.compile(r"""["']seeds["']|dbt_project["'] */|seeds/\S*\.csv["']\)""")
    found = [
        str(f.relative_to(ROOT))
        for room in ("sources", "warehouse", "expectations")
        for f in modules(room)
        if reads.search(f.read_text(encoding="utf-8"))
    ]
    assert not found, "ask dbt_project.seed_rows"


def test_sources_knows_no_dagster_dbt_or_great_expectations():
    forbidden = {"dagster", "dbt", "great_expectations"}
    assert not {str(f): sorted(imported(f) & forbidden) for f in modules("sources") if imported(f) & forbidden}


# What a process has once: its readers of workbooks, its locks, and what DuckDB may take of the machine.
STATE_OF_THE_PROCESS = {
    "sources/readers/isolated.py: _idle",
    "warehouse/lock.py: _held",
    "warehouse/engine_limits.py: _fitted",
}


def kept_by_a_module(file: Path) -> set[str]:
    """Names at a module's level that its functions change: those after `global`, and containers that begin empty."""
    names = {name for node in ast.walk(parsed(file)) if isinstance(node, ast.Global) for name in node.names}
    for node in parsed(file).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict | ast.List | ast.Call):
            empty = ast.unparse(node.value) in ("{}", "[]", "set()", "dict()", "list()")
            names |= {ast.unparse(t) for t in getattr(node, "targets", None) or [node.target] if empty}
    return names


def test_steps_share_nothing_that_a_module_keeps():
    """What a step found out is handed to the next; a module that keeps it gives one run what another one left."""
    places = (
        (file.relative_to(ROOT), name) for room in ROOMS for file in modules(room) for name in kept_by_a_module(file)
    )
    assert {f"{file}: {name}" for file, name in places} == STATE_OF_THE_PROCESS


def test_only_its_own_folder_imports_dagster_and_only_expectations_great_expectations():
    for room in ROOMS:
        for file in modules(room):
            names = imported(file)
            at = file.relative_to(ROOT).parts[:2]
            assert at == ("orchestration", "dagster") or "dagster" not in names, file
            assert room == "expectations" or "great_expectations" not in names, file


def test_the_job_is_put_together_without_dbt():
    """dbt works in a process of its own; its import costs 2 s and 80 MB."""
    code = "import sys, orchestration.dagster.definitions; print('dbt' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "False"


@pytest.mark.parametrize("module", LIGHT)
def test_light_modules_import_nothing_heavy(module):
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("room", ROOMS)
def test_a_module_opens_with_what_belongs_in_it(room):
    for file in modules(room):
        assert ast.get_docstring(parsed(file)), file
