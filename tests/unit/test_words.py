"""What is written for people: usual English words, and files and modules that exist where a text names them.

Here belong docstrings, comments, messages, names, READMEs, texts that a model writes into a mart, and seeds of our own
words. Not here: seeds in a standard's words, Chinese names, or what a module opens with (test_rooms.py).
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("sources", "warehouse", "expectations", "orchestration", "dbt_project", "tests")
PAGES = ("README.md", "CONTRIBUTING.md")
KINDS = {".py", ".sql", ".yml", ".toml", ".md", ".tmpl", ".html"}
# Limits and class tables are in the words of the standard that they are taken from.
QUOTED = "dbt_project/seeds/standards"
# What dbt and Python leave in the tree.
LEFT = {"target", "logs", "dbt_packages", "__pycache__"}
# Words used as nobody else uses them → what to write instead. "stands for", "stands out" and "stand-in" are usual.
WORDS = {
    r"(?<![a-z])beside(?![a-z])": "next to, with",
    r"(?<![a-z])(?:stands?|stood|standing)(?![a-z]|[ _](?:for|out)(?![a-z])|[-_]in(?![a-z]))": "is in, holds, counts",
    r"(?<!there\s)\b(?:is|are|was|were)\s+no\b(?!\s+longer\b)": "is not a, there is no",
}
# A file of users, which the configuration names.
THEIRS = {"waivers.toml"}
# What another project of the same owner holds, ../shared.
SHARED = "standards/"
FILE = re.compile(r"(?<![\w./*<>{$-])(?:[\w-]+/)*[\w-]+\.(?:py|sql|toml|yml)\b")
MODULE = re.compile(r"(?<![\w./])(?:sources|warehouse|expectations|orchestration|tests)(?:\.[A-Za-z_]\w*)+")
SQL_COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)


@cache
def files() -> tuple[Path, ...]:
    found = [ROOT / page for page in PAGES]
    for room in ROOMS:
        found += [
            f for f in (ROOT / room).rglob("*") if f.suffix in KINDS and not LEFT & set(f.relative_to(ROOT).parts)
        ]
    return tuple(sorted(f for f in found if f != Path(__file__).resolve()))


def prose(file: Path) -> str:
    """What a file says in words: comments and docstrings of code, all of another text."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".sql":
        return "\n".join(SQL_COMMENT.findall(text))
    return "\n".join(python_prose(text)) if file.suffix == ".py" else text


def python_prose(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def dialect(text: str) -> list[str]:
    """Every place with one of WORDS: what is there, with what is around it, and what to write instead."""
    return [
        f"{text[max(0, m.start() - 30) : m.end() + 20]!r}: {instead}"
        for word, instead in WORDS.items()
        for m in re.finditer(word, text, re.IGNORECASE)
    ]


def missing(text: str) -> set[str]:
    """Files and modules that `text` names and that do not exist."""
    named = {name for name in FILE.findall(text) if name not in THEIRS and not name.startswith(SHARED)}
    modules = {name for name in MODULE.findall(text) if not FILE.fullmatch(name)}
    return {name for name in named if name not in known()} | {name for name in modules if not has_module(name)}


@cache
def known() -> frozenset[str]:
    """Every file as a text may name it: from any of its folders on."""
    every = (f.relative_to(ROOT).parts for f in (*files(), Path(__file__).resolve(), ROOT / "pyproject.toml"))
    return frozenset("/".join(parts[at:]) for parts in every for at in range(len(parts)))


def has_module(name: str) -> bool:
    """Whether `name` is a package, a module, or a name that one of them has."""
    *above, last = name.split(".")
    module, parent = ROOT.joinpath(*above, last), ROOT.joinpath(*above)
    if module.is_dir() or module.with_suffix(".py").is_file():
        return True
    for place in (parent.with_suffix(".py"), parent / "__init__.py"):
        if place.is_file():
            return re.search(rf"\b{last}\b", place.read_text(encoding="utf-8")) is not None
    return len(above) > 2 and has_module(".".join(above))


def test_words_are_the_usual_ones():
    """All of a file is read: names, messages and what a model writes into a mart as well."""
    seeds = [f for f in (ROOT / "dbt_project/seeds").rglob("*.csv") if (ROOT / QUOTED) not in f.parents]
    assert len(files()) > 700 and len(seeds) > 30, "the files were not found"
    texts = {f: f.read_text(encoding="utf-8") for f in (*files(), *seeds)}
    assert not {str(f.relative_to(ROOT)): found for f, text in texts.items() if (found := dialect(text))}


def test_files_and_modules_that_a_text_names_exist():
    assert not {str(f.relative_to(ROOT)): found for f in files() if (found := missing(prose(f)))}


@pytest.mark.parametrize(
    "text",
    [
        "the file beside it",
        "which reading stands",
        "a_standing_release",
        "what stood there",
        "it is no number",
        "are\nno X",
    ],
)
def test_each_of_the_words_is_found(text):
    assert dialect(text)


@pytest.mark.parametrize(
    "text",
    ["besides", "{v} stands for the value", "is_stand_in", "the standard", "there is no file", "it is no longer there"],
)
def test_usual_words_are_not_found(text):
    assert not dialect(text)


@pytest.mark.parametrize("text", ["(nosuch.py)", "`lake/nosuch.sql`", "warehouse.lake.nosuch", "see nosuch.toml"])
def test_what_does_not_exist_is_found(text):
    assert missing(f"Not here: {text}.")


@pytest.mark.parametrize("text", ["(test_rooms.py)", "unit/test_rooms.py", "warehouse.lake", "warehouse.paths.DataDir"])
def test_what_exists_is_not_found(text):
    assert not missing(f"Not here: {text}.")
