"""The simulated registers: made of their declarations, few enough cases, the same on every call, with known faults.

Here belongs what is special about registers. Not here: what holds for every file (test_simulated_files.py).
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest

from sources.config.load import load_config
from sources.connectors.simulated import generate
from sources.registers.read_register import shipped_register, shipped_registers
from sources.simulated.register_files import UNKNOWN_STATE
from sources.simulated.register_plan import is_list, simulated_registers
from sources.simulated.schedule import SHANGHAI, Planned, planned
from sources.simulated.streams import STREAMS

SEED = 110105
END = datetime(2026, 11, 30, 23, 59, tzinfo=SHANGHAI)
MOST_CASES = 60_000


def plans(register: str) -> list[Planned]:
    return planned(STREAMS[register], SEED, True, END)


def rows(register: str, plan: Planned, defects: bool = False) -> list[dict[str, str]]:
    data = generate(STREAMS[register], plan, SEED, defects)
    assert data == generate(STREAMS[register], plan, SEED, defects)
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_every_shipped_register_is_simulated_and_read() -> None:
    assert sorted(simulated_registers()) == sorted(shipped_registers())
    assert {s.feed for s in load_config(None).sources} >= set(simulated_registers())


def test_there_are_few_enough_cases() -> None:
    found = {}
    for register in simulated_registers():
        named = "对象" if is_list(register) else "编号"
        found[register] = len({row[named] for plan in plans(register) for row in rows(register, plan)})
    assert all(found.values())
    assert 20_000 < sum(found.values()) <= MOST_CASES


@pytest.mark.parametrize("register", shipped_registers())
def test_every_word_is_one_of_the_declaration_and_simulated_things_say_so(register: str) -> None:
    declared = shipped_register(register).declaration
    assert declared is not None
    known = {text for w in declared.states.values() for text in (w.name_zh, *w.received)}
    categories = {c.name_zh for c in declared.categories.values()} or {""}
    for row in rows(register, plans(register)[-1]):
        assert row["对象"].startswith("SIM-") and row["名称"].endswith("（模拟）")
        assert row["类别"] in categories
        assert row.get("状态", "") in known | {""}
        assert set(declared.attributes) <= {k for k, a in declared.attributes.items() if a.name_zh in row}


def test_what_is_delivered_whole_leaves_out_what_was_closed_before() -> None:
    first, second = (rows("construction_sites", p) for p in plans("construction_sites")[-2:])
    closed = {row["编号"] for row in first if row["办结日期"]}
    assert closed and not closed & {row["编号"] for row in second}
    left_open = {row["编号"] for row in first if not row["办结日期"]}
    assert left_open <= {row["编号"] for row in second}


def test_faults_are_a_row_twice_an_unknown_state_a_row_without_its_day_and_a_late_correction() -> None:
    sound, spoilt = ([rows("hotline", p, defects) for p in plans("hotline")] for defects in (False, True))
    last = spoilt[-1]
    assert len(last) - len({tuple(row.values()) for row in last}) == 1
    assert [row["状态"] for row in last].count(UNKNOWN_STATE) == 1
    assert [row["登记日期"] for row in last].count("") == 1
    days = [{row["编号"]: row["登记日期"] for row in file} for file in spoilt]
    corrected = [n for n, day in days[3].items() if n in days[4] and days[4][n] != day]
    assert corrected
    assert all({r["编号"]: r["登记日期"] for r in sound[3]}[n] == days[4][n] for n in corrected)
