"""Files of the simulated registers, all made by what declaration and registers.toml say.

Here belongs which cases a file holds, what it says of each, and what is wrong with it. Not here: the cases themselves
(register_cases.py). A register that is delivered whole has its open cases and those closed since the last file; another
one those that were opened or closed since, and what was corrected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sources.simulated.defects import number
from sources.simulated.delivery_stream import FIRST_DAY, Stream, months_later
from sources.simulated.district_sites import areas, short
from sources.simulated.file_formats import csv_bytes
from sources.simulated.register_cases import SimulatedCase, cases_of
from sources.simulated.register_plan import MARK, device_id, is_list, register_words, simulated_registers
from sources.simulated.schedule import Planned

# Months back in which a file that is not whole looks for cases that were closed since.
_BACK = 40
_EVENT_PARAMETER = "pm10"
# Of so many cases of a month one was first delivered with a wrong day, which the next file corrects.
_CORRECTED = 37
# Lines that a file needs to bear two rows that cannot be used.
_LINES_FOR_FAULTS = 150
UNKNOWN_STATE = "转办其他部门"


def header(register: str) -> tuple[str, ...]:
    """The columns of a register's files."""
    own, declared = simulated_registers()[register], register_words(register)
    first = ("对象", "名称", "街乡", "类别", "列入日期", "移出日期", "单位", "数量")
    if not is_list(register):
        first = ("编号", "对象", "名称", "街乡", "类别", "状态", "登记日期", "办理期限", "办结日期", "承办单位", "数量")
    events = ("超标点位", "超标因子", "超标日期") if own.get("answers") else ()
    devices = ("设备编号",) if own.get("sites") else ()
    return (*first, *events, *devices, *(a["name_zh"] for a in declared.get("attributes", {}).values()))


def build(stream: Stream, plan: Planned, seed: int, defects: bool) -> bytes:
    """One file: UTF-8 CSV, a case a line, in the order of opening."""
    register = stream.name
    end = months_later(plan.period, stream.months)
    told = list(_told(register, seed, plan.period, end))
    lines = [_line(register, case, end, defects) for case in told]
    if defects and lines:
        _spoil(register, lines, plan)
    return csv_bytes([header(register), *lines])


def _told(register: str, seed: int, start: date, end: date) -> Iterator[SimulatedCase]:
    """What the file of [start, end) speaks of."""
    is_whole = register_words(register).get("snapshot", False)
    recent = months_later(end, -_BACK)
    # Lists that are delivered whole leave out who is no longer a member, and some ledgers what is closed.
    is_silent = is_list(register) or simulated_registers()[register].get("silent", False)
    says_gone = not (is_silent and is_whole)
    for month in _months(end):
        if not is_whole and FIRST_DAY <= month < recent:
            continue
        for case in cases_of(register, seed, month):
            if case.opened < end and _is_told(case, (start, end), is_whole, says_gone):
                yield case


def _months(end: date) -> Iterator[date]:
    """The month of the stock, then every month before `end`."""
    yield months_later(FIRST_DAY, -1)
    month = FIRST_DAY
    while month < end:
        yield month
        month = months_later(month, 1)


def _is_told(case: SimulatedCase, span: tuple[date, date], is_whole: bool, says_gone: bool) -> bool:
    start, end = span
    closed = case.closed if case.closed is not None and case.closed < end else None
    if is_whole and closed is None:
        return True
    if says_gone and closed is not None and closed >= start:
        return True
    # The first file holds the stock, too.
    is_new = case.opened >= start or start == FIRST_DAY
    corrected = _is_corrected(case) and months_later(case.opened.replace(day=1), 1) == start
    return not is_whole and (is_new or corrected)


def _is_corrected(case: SimulatedCase) -> bool:
    return case.pick % _CORRECTED == 0 and case.opened >= FIRST_DAY and case.answers is None


def _line(register: str, case: SimulatedCase, end: date, defects: bool) -> list[str]:
    own, declared = simulated_registers()[register], register_words(register)
    opened = case.opened
    if defects and _is_corrected(case) and months_later(opened.replace(day=1), 1) == end and opened.day > 1:
        opened -= timedelta(days=1)
    closed = f"{case.closed:%Y-%m-%d}" if case.closed is not None and case.closed < end else ""
    categories = list(declared.get("categories", {}).values())
    category = categories[case.thing % len(categories)]["name_zh"] if categories else ""
    thing = f"SIM-{own['thing']}-{case.thing + 1:04d}"
    name = f"{own['thing']}{case.thing + 1:04d}{MARK}"
    _, zh, _ = areas()[number(register, case.thing) % len(areas())]
    unit = own["units"][case.pick % len(own["units"])]
    usual = own.get("amount")
    amount = str(round(usual * (0.3 + number(register, case.thing, "amount") % 1400 / 1000))) if usual else ""
    # What lies nowhere in particular names no subdistrict.
    place = "" if case.thing % 53 == 0 else short(zh)
    if is_list(register):
        cells = [thing, name, place, category, f"{opened:%Y-%m-%d}", closed, unit, amount]
    else:
        due = f"{case.opened + timedelta(days=12):%Y-%m-%d}" if case.pick % 100 < 100 * own.get("due", 0) else ""
        state = _state(declared["states"], case, bool(closed))
        cells = [case.number, thing, name, place, category, state, f"{opened:%Y-%m-%d}", due, closed, unit, amount]
    if own.get("answers"):
        cells += [case.answered_site, _EVENT_PARAMETER, f"{case.answers:%Y-%m-%d}"] if case.answers else ["", "", ""]
    if devices := own.get("sites"):
        cells.append(device_id(register, case.thing % devices + 1))
    return cells + [_attribute(own, name, case) for name in declared.get("attributes", {})]


def _state(states: Mapping[str, Any], case: SimulatedCase, is_closed: bool) -> str:
    """The state's Chinese name, or one of its spellings; now and then a case is withdrawn."""
    wanted = "closed" if is_closed else "open"
    known = [s for s in states.values() if s["meaning"] == wanted]
    withdrawn = [s for s in states.values() if s["meaning"] == "withdrawn"]
    chosen = withdrawn[0] if is_closed and withdrawn and case.pick % 61 == 0 else known[case.pick % len(known)]
    spellings = [chosen["name_zh"], *chosen.get("received", ())]
    return spellings[case.pick // 7 % len(spellings)]


def _attribute(own: Mapping[str, Any], name: str, case: SimulatedCase) -> str:
    values: Sequence[str] = own.get("attributes", {}).get(name, ("",))
    return values[case.thing % len(values)]


def _spoil(register: str, lines: list[list[str]], plan: Planned) -> None:
    """A row twice in every file; of what is not delivered whole, a state nobody declared and a row without its day."""
    pick = number(register, plan.period, "spoilt")
    lines.append(list(lines[pick % len(lines)]))
    if register_words(register).get("snapshot", False) or is_list(register) or len(lines) < _LINES_FOR_FAULTS:
        return
    columns = header(register)
    strange = list(lines[pick // 3 % len(lines)])
    strange[0] += "X"
    strange[columns.index("状态")] = UNKNOWN_STATE
    dateless = list(lines[pick // 5 % len(lines)])
    dateless[0] += "Y"
    dateless[columns.index("登记日期")] = ""
    lines += [strange, dateless]
