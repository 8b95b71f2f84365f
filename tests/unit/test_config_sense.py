"""What a configuration cannot mean is refused by `config check`, and nothing that may be secret is repeated."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sources.config import check_config
from sources.config.csv_file import read_csv
from sources.config.registers import register_mistakes
from sources.registry import registry

GOOD = """[district]
area_code = "110105"
start = 2020-01-01
[[source]]
id = "s"
feed = "air"
table = "clean_air"
path = "in/*.csv"
owner = "bureau"
[source.time]
columns = ["t"]
formats = ["%Y-%m-%d %H"]
[source.site]
column = "station"
[source.values]
"pm" = { parameter = "pm2_5", unit = "ug/m3" }
"""


def said(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "ecoledger.toml"
    file.write_text(text, encoding="utf-8")
    return [str(problem) for problem in check_config(file)]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('"110105"', '"1101051"', 2, "district.area_code: '1101051' is not 6 digits"),
        ('"110105"', '"朝阳区"', 2, "district.area_code: '朝阳区' is not 6 digits"),
        ("2020-01-01", "0202-01-01", 3, "the year 202 is before 1900"),
        ('"in/*.csv"', '"../other/*.csv"', 8, "leads out of the configuration's folder"),
        ('"in/*.csv"', '"/etc/*.csv"', 8, "add allow_outside = true"),
        ('"bureau"', '"https://user:hunter2@host/x"', 9, "an address with a password"),
        ('"bureau"', '"bureau"\nallow_outside = "yes"', 10, "true or false"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert said(tmp_path, GOOD) == []
    found = said(tmp_path, GOOD.replace(old, new))
    assert len(found) == 1
    assert found[0].startswith(f"line {line}:") and words in found[0]
    assert "hunter2" not in found[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('path = "in', 'connector = "https://user:hunter2@host"\npath = "in'),
        ('feed = "air"', 'feed = "https://user:hunter2@host"'),
        ("[[source]]", '[sites]\nfiles = ["https://user:hunter2@host/sites.csv"]\n[[source]]'),
    ],
)
def test_another_mistake_in_the_same_value_does_not_repeat_its_password(tmp_path: Path, old: str, new: str) -> None:
    found = said(tmp_path, GOOD.replace(old, new, 1))
    assert len(found) > 1 and "hunter2" not in "\n".join(found)


def test_a_path_may_lead_out_where_this_is_declared(tmp_path: Path) -> None:
    assert said(tmp_path, GOOD.replace('"in/*.csv"', '"../other/*.csv"\nallow_outside = true')) == []


@pytest.mark.parametrize("line", ['password = "hunter2" x', "token = hunter2", 'a.secret = "hunter2'])
def test_a_line_that_cannot_be_read_is_named_and_not_repeated(tmp_path: Path, line: str) -> None:
    (found,) = said(tmp_path, f"{line}\n")
    assert found.startswith("line 1:")
    assert "hunter2" not in found and line.split(" =")[0] in found


def test_a_pipe_is_no_configuration_and_no_register(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    (found,) = check_config(tmp_path / "pipe")
    assert "a pipe or a device" in found.message
    assert "a pipe or a device" in read_csv(tmp_path / "pipe", ("site_id",), "register").mistakes[0][0]
    assert "a pipe or a device" in check_config(Path("/dev/zero"))[0].message


@pytest.mark.parametrize("digits", range(16))
def test_area_codes_of_a_register_have_the_length_of_a_level(tmp_path: Path, digits: int) -> None:
    """County, town and community; nothing between and nothing beyond."""
    code = "110105001002003"[:digits]
    for written, fine in ((code, digits in (0, 6, 9, 12)), (code[:-1] + "x", False)):
        file = tmp_path / "sites.csv"
        file.write_text(f"site_id,feed,name_zh,kind,valid_from,area_code\nA,air,甲,station,2020-01-01,{written}\n")
        found = register_mistakes(file, registry())
        assert (found == []) is fine, found
