"""`ecoledger network new` and `register new`: a sound file that explains every word and overwrites nothing.

Here belongs what both kinds share. Not here: what the words mean (test_networks.py, test_registers.py).
"""

import json
import re
from typing import Any, get_args

import pytest

from orchestration.cli import main as cli
from sources.networks.declaration import Declaration
from sources.networks.read_declaration import read_declaration
from sources.registers.case_register import RegisterDeclaration
from sources.registers.read_register import read_register, shipped_registers
from sources.registry import registry

# Words that need another line, or another one's absence, and what is said without it.
NEED_MORE = {"kind": "a list has no states", "absence": "snapshot = true", "private": "there is no column 'phone'"}
KINDS = {"network": (read_declaration, Declaration), "register": (read_register, RegisterDeclaration)}


def words_of(declared: Any, seen: set[str]) -> set[str]:
    """Every word of a declaration and of the tables within it."""
    for name, word in declared.__pydantic_fields__.items():
        seen.add(word.alias or name)
        for kind in _classes(word.annotation):
            words_of(kind, seen)
    return seen


def _classes(annotation: Any) -> list[Any]:
    if hasattr(annotation, "__pydantic_fields__"):
        return [annotation]
    return [found for part in get_args(annotation) for found in _classes(part)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_writes_a_sound_declaration_and_overwrites_nothing(kind, tmp_path, capsys):
    read, _ = KINDS[kind]
    assert cli.run([kind, "new", "rain_wells", "--into", str(tmp_path)]) == 0
    found = read(tmp_path / "rain_wells.toml", registry())
    assert found.problems == () and found.declaration is not None
    assert f"[{kind}s] files" in capsys.readouterr().out
    assert cli.run([kind, "new", "rain_wells", "--into", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert cli.run([kind, "new", "Rain"]) == 2
    assert cli.run([kind, "new", "water"]) == 2
    assert "is a feed" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_is_explained(kind, tmp_path):
    assert cli.run([kind, "new", "rain_wells", "--into", str(tmp_path)]) == 0
    written = set(re.findall(r"[a-z_0-9]+", (tmp_path / "rain_wells.toml").read_text(encoding="utf-8")))
    assert words_of(KINDS[kind][1], set()) - written == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_that_may_be_added_is_sound_where_it_is_added(kind, tmp_path):
    """Each commented top-level line alone, but for words that need another one."""
    read, _ = KINDS[kind]
    assert cli.run([kind, "new", "rain_wells", "--into", str(tmp_path)]) == 0
    file = tmp_path / "rain_wells.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("["))
    may = [i for i, line in enumerate(lines[:head]) if re.match(r"# [a-z_]+ = ", line)]
    assert may
    for i in may:
        word = lines[i].split()[1]
        file.write_text("\n".join([*lines[:i], lines[i][2:], *lines[i + 1 :]]), encoding="utf-8")
        problems = read(file, registry()).problems
        assert [NEED_MORE.get(word, "nothing is wrong") in p for p in problems] == [True] * (word in NEED_MORE), lines[
            i
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_whole_file_lacks_is_said_without_a_key(kind, tmp_path):
    (tmp_path / "rain_wells.toml").write_text("name = 'rain_wells'\n", encoding="utf-8")
    problems = KINDS[kind][0](tmp_path / "rain_wells.toml", registry()).problems
    assert "rain_wells.toml, line 1: 'name_zh' is missing (add name_zh = …)" in problems


def test_the_registers_that_ship_are_listed(capsys):
    assert cli.run(["register", "list", "--json"]) == 0
    listed = {row["register_id"]: row for row in json.loads(capsys.readouterr().out)["registers"]}
    assert tuple(sorted(listed)) == shipped_registers()
    assert "phone" in listed["hotline"]["private"]
