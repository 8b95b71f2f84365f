"""What a configuration says in known words and cannot mean: places, years, paths and secrets.

Here belongs what is judged from the written text alone. Not here: shape (structure.py), or whether a source's parts go
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
from sources.config.problems import Problems

EARLIEST_YEAR = 1900
# GB/T 2260 and the statistical codes below it: county, town, community.
DISTRICT_CODE, AREA_CODE = re.compile(r"[0-9]{6}"), re.compile(r"[0-9]{6}([0-9]{3}){0,2}")
_SECRET_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@")


def check_sense(raw: Mapping[str, Any], base: File, problems: Problems) -> None:
    """Adds what cannot be meant; `base` is the folder of the configuration."""
    district = raw.get("district")
    code = district.get("area_code") if isinstance(district, Mapping) else None
    if isinstance(code, str) and not DISTRICT_CODE.fullmatch(code):
        problems.add(("district", "area_code"), f"'{code}' is not 6 digits", "write the code of the county or district")
    for path, value in _leaves(raw, ()):
        if isinstance(value, date) and value.year < EARLIEST_YEAR:
            problems.add(path, f"the year {value.year} is before {EARLIEST_YEAR}", "write the year with its century")
        if isinstance(value, str) and _SECRET_URL.search(value):
            problems.add(path, "an address with a password in it", "leave the password out: a configuration is copied")
    sources = raw.get("source")
    for i, entry in enumerate(sources if isinstance(sources, list) else []):
        if isinstance(entry, Mapping) and entry.get("connector", "file") == "file":
            _check_inside(entry, base, ("source", i, "path"), problems)


def area_code_mistake(text: str) -> tuple[str, str] | None:
    """Why a register's `area_code` is none: 6 digits for a county, 9 for a town or subdistrict, 12 for a community."""
    if AREA_CODE.fullmatch(text):
        return None
    return f"'{text[:20]}' is not 6, 9 or 12 digits", "write the code of the county, the subdistrict or the community"


def _check_inside(entry: Mapping[str, Any], base: File, place: Path, problems: Problems) -> None:
    path = entry.get("path")
    if not isinstance(path, str) or entry.get("allow_outside") is True:
        return
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
