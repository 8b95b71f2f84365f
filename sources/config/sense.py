"""What a configuration says in known words and cannot mean: places, years, paths and secrets.

Here belongs what is judged without the registry. Not here: shape (structure.py), or whether a source's parts go
together (check_source.py). A message never repeats a value that may hold a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path as File
from typing import Any

from sources.config.locate import Path
from sources.config.model import Document
from sources.config.problems import Problems
from sources.connectors import kind_of

EARLIEST_YEAR = 1900
# GB/T 2260 and the statistical codes below it: county, town, community.
DISTRICT_CODE, AREA_CODE = re.compile(r"[0-9]{6}"), re.compile(r"[0-9]{6}([0-9]{3}){0,2}")
_SECRET_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@")


def check_values(raw: Mapping[str, Any], problems: Problems) -> None:
    """Adds single values that cannot be meant, whatever they were written for."""
    for path, value in _leaves(raw, ()):
        if isinstance(value, date) and value.year < EARLIEST_YEAR:
            problems.add(path, f"the year {value.year} is before {EARLIEST_YEAR}", "write the year with its century")
        if isinstance(value, str) and _SECRET_URL.search(value):
            problems.add(path, "an address with a password in it", "leave the password out: a configuration is copied")


def check_sense(document: Document, base: File, problems: Problems) -> None:
    """Adds a district and paths that cannot be meant; `base` is the folder of the configuration."""
    code = document.district.area_code
    if not DISTRICT_CODE.fullmatch(code):
        problems.add(("district", "area_code"), f"'{code}' is not 6 digits", "write the code of the county or district")
    for i, source in enumerate(document.source):
        if kind_of(source).reads_folder and not source.allow_outside:
            _check_inside(source.path, base, ("source", i, "path"), problems)


def area_code_mistake(text: str) -> tuple[str, str] | None:
    """Why a register's `area_code` is none: 6 digits for a county, 9 for a town or subdistrict, 12 for a community."""
    if AREA_CODE.fullmatch(text):
        return None
    return f"'{text[:20]}' is not 6, 9 or 12 digits", "write the code of the county, the subdistrict or the community"


def _check_inside(path: str, base: File, place: Path, problems: Problems) -> None:
    folder = File(os.path.normpath(base))
    named = File(os.path.normpath(folder / path.replace("\\", "/")))
    if named != folder and folder not in named.parents:
        problems.add(place, "it leads out of the configuration's folder", "add allow_outside = true if this is meant")


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, (*path, key))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from _leaves(each, (*path, i))
    else:
        yield path, value
