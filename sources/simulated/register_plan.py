"""What the simulator knows of each register, next to the register's own declaration; and its streams.

Here belongs reading registers.toml and naming what is made of it. Not here: cases (register_cases.py) or files
(register_files.py). Standard library only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sources.simulated.delivery_stream import FIRST_DAY, Stream

HERE = Path(__file__).parent
DECLARATIONS = HERE.parent / "registers"
MARK = "（模拟）"


@cache
def simulated_registers() -> Mapping[str, Mapping[str, Any]]:
    """What registers.toml says of each register."""
    return tomllib.loads((HERE / "registers.toml").read_text(encoding="utf-8"))


@cache
def register_words(register: str) -> Mapping[str, Any]:
    """The register's declaration as it is written."""
    return tomllib.loads((DECLARATIONS / f"{register}.toml").read_text(encoding="utf-8"))


def is_list(register: str) -> bool:
    """Whether it is a list of members."""
    return register_words(register).get("kind") == "list"


def register_streams() -> Iterator[Stream]:
    """The stream of each register. What is wrong in its files is not among the planted defects of series."""
    for register, own in simulated_registers().items():
        yield Stream(
            name=register,
            feed=register,
            table=f"register_{register}",
            module="sources.simulated.register_files",
            cadence="period",
            first=FIRST_DAY,
            prefix=register,
            extension=".csv",
            months=own["months"],
            due_days=own["due_days"],
            long=True,
        )


def device_id(register: str, number: int) -> str:
    """The site of a device of a register, from 1."""
    return f"SIM-{simulated_registers()[register]['prefix']}-D{number:02d}"


def device_rows(areas: tuple[tuple[str, str, str], ...]) -> Iterator[dict[str, str]]:
    """The devices of registers as rows of the site register."""
    for register, own in simulated_registers().items():
        for number in range(1, own.get("sites", 0) + 1):
            code, zh, en = areas[number * 5 % len(areas)]
            (kind,) = register_words(register)["site_kinds"]
            yield {
                "site_id": device_id(register, number),
                "feed": register,
                "name_zh": f"{zh}抓拍设备{number:02d}{MARK}",
                "name_en": f"{en} capture device {number:02d}",
                "kind": kind,
                "network": "district",
                "area_code": code,
                "unit_to_notify": own["units"][0],
            }
