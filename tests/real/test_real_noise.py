"""Two cities' noise: Dublin by the hour in a zone with summer time, Madrid in levels of whole parts of the day.

Ld is the energy mean of 06:00 to 22:00, Ln of 22:00 to 06:00 of the next date, by the clock on the wall; twelve and six
hours make them valid, and indicative where only with their suspect readings. Every day is compared with the same from
the raw rows, in floating point.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import log10

import pytest

from tests.real import raw
from tests.real.house import House

DAY_HOURS, NIGHT_HOURS = 12, 6
dublin = pytest.mark.parametrize("published", ["noise_dublin"], indirect=True)
madrid = pytest.mark.parametrize("published", ["noise_madrid"], indirect=True)


def energy_mean(levels: Sequence[float]) -> float:
    return 10 * log10(sum(10 ** (level / 10) for level in levels) / len(levels))


def day_night(ld: float, ln: float) -> float:
    return 10 * log10((16 * 10 ** (ld / 10) + 8 * 10 ** ((ln + 10) / 10)) / 24)


def suspects(published: House) -> Counter[tuple[date, str, str]]:
    """Suspect levels in the lake by date, point and part of the day."""
    found: Counter[tuple[date, str, str]] = Counter()
    for at, site, kind in published.lake(
        "select period_start, site_id, period_kind from read_parquet('{clean}/clean_noise/**/*.parquet', "
        "hive_partitioning = false) where parameter = 'leq' and flag = 3"
    ):
        part = kind if kind != "hour" else "day" if 6 <= at.hour < 22 else "night"
        found[at.date() - timedelta(days=int(kind == "hour" and at.hour < 6)), site, part] += 1
    assert found, "the file has suspect levels"
    return found


def verdict(n_valid: int, n_suspect: int, needed: int) -> str:
    """What so many levels of a part are worth."""
    if n_valid < needed:
        return "insufficient"
    return "valid" if n_valid - n_suspect >= needed else "indicative"


def both(*verdicts: str) -> str:
    """The verdict over what needs both parts."""
    return next(word for word in ("insufficient", "indicative", "valid") if word in verdicts)


def as_published(level: float | None) -> Decimal | None:
    """One decimal, half to even, from a level carried to six."""
    return None if level is None else Decimal(f"{level:.6f}").quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def dublin_parts() -> dict[tuple[date, str], list[float]]:
    """Hourly levels by date and part of the day; the night belongs to the date on which it begins."""
    parts: dict[tuple[date, str], list[float]] = defaultdict(list)
    for row in raw.rows("noise_dublin"):
        if raw.unplaced("noise_dublin", row):
            continue
        at = datetime.fromisoformat(row["datetime"])
        part = "day" if 6 <= at.hour < 22 else "night"
        day = at.date() - timedelta(days=1) if at.hour < 6 else at.date()
        parts[day, part].append(float(row["laeq_Ballymun4"]))
    return parts


@dublin
def test_dublin_every_day(published: House) -> None:
    parts, doubted = dublin_parts(), suspects(published)
    found = {d["day"]: d for d in published.released("select * from mart_noise_site_daily")}
    assert found.keys() == {day for day, _ in parts}
    for day, d in found.items():
        by_day, by_night = parts.get((day, "day"), []), parts.get((day, "night"), [])
        ld = energy_mean(by_day) if len(by_day) >= DAY_HOURS else None
        ln = energy_mean(by_night) if len(by_night) >= NIGHT_HOURS else None
        assert (d["day_hours_valid"], d["night_hours_valid"]) == (len(by_day), len(by_night)), day
        of_day = verdict(len(by_day), doubted[day, "Ballymun4", "day"], DAY_HOURS)
        of_night = verdict(len(by_night), doubted[day, "Ballymun4", "night"], NIGHT_HOURS)
        assert (d["day_validity"], d["night_validity"]) == (of_day, of_night), day
        assert (d["ld_db"], d["ln_db"]) == (as_published(ld), as_published(ln)), day
        ldn = None if ld is None or ln is None else day_night(ld, ln)
        assert d["ldn_db"] == as_published(ldn), day
        assert d["validity"] == both(of_day, of_night), day
        assert d["n_valid"] == len(by_day) + len(by_night)
        assert d["method"] == "hourly"
    verdicts = Counter((d["day_validity"], d["night_validity"]) for d in found.values())
    assert len(verdicts) == 7, "the file has days and nights of each kind"


def last_sunday(year: int, month: int) -> date:
    return max(d for d in (date(year, month, n) for n in range(25, 32)) if d.weekday() == 6)


@dublin
def test_dublin_nights_of_a_change_of_clocks(published: House) -> None:
    """In spring 01:00 does not exist; the autumn's second 01:00 is nowhere in the file, its first only in 2015."""
    eves = {year: tuple(last_sunday(year, m) - timedelta(days=1) for m in (3, 10)) for year in range(2015, 2021)}
    found = {d["day"]: d["night_hours_valid"] for d in published.released("select * from mart_noise_site_daily")}
    spring = {year: found[days[0]] for year, days in eves.items()}
    autumn = {year: found[days[1]] for year, days in eves.items()}
    # 2015 has an impossible 01:00, which is quarantined, and lacks 02:00.
    assert spring.pop(2015) == 6
    # The monitor had stopped before 22:00 on one of the evenings.
    expected = {year: len(dublin_parts()[days[0], "night"]) for year, days in eves.items() if year > 2015}
    assert spring == expected
    assert max(spring.values()) == 7
    assert autumn == {2015: 8, 2016: 7, 2017: 7, 2018: 7, 2019: 7, 2020: 7}
    impossible = published.lake("select reason, record from read_parquet('{quarantine}/noise/*.parquet')")
    assert [(reason, "2015-03-29 01:00:00" in record) for reason, record in impossible] == [("time_nonexistent", True)]


@madrid
def test_madrid_levels_as_delivered(published: House) -> None:
    """D stands for Ld, N for Ln; the evening E cannot be weighed against D without its hours, T is the whole day."""
    delivered: dict[tuple[date, str], dict[str, float]] = defaultdict(dict)
    for row in raw.rows("noise_madrid"):
        day = date(int(row["anio"]), int(row["mes"]), int(row["dia"]))
        delivered[day, row["NMT"]][row["tipo"]] = float(row["LAEQ"].replace(",", "."))
    doubted = suspects(published)
    expected = {key: parts for key, parts in delivered.items() if parts.keys() & {"D", "N"}}
    found = {(d["day"], d["site_id"]): d for d in published.released("select * from mart_noise_site_daily")}
    assert found.keys() == expected.keys()
    assert {site for _, site in found} == {row["NMT"] for row in raw.rows("noise_madrid")}
    for key, parts in expected.items():
        d = found[key]
        ld, ln = parts.get("D"), parts.get("N")
        assert (d["ld_db"], d["ln_db"]) == (as_published(ld), as_published(ln)), key
        assert d["ldn_db"] == as_published(None if ld is None or ln is None else day_night(ld, ln)), key
        worth = [
            verdict(int(level is not None), int(doubted[*key, part] > 0), 1)
            for part, level in (("day", ld), ("night", ln))
        ]
        assert [d["day_validity"], d["night_validity"], d["validity"]] == [*worth, both(*worth)], key
        assert d["method"] == "as_delivered"
        assert d["attainment_reason"] == "site attribute missing: noise_class"


@madrid
def test_madrid_every_part_and_percentile_is_in_the_lake(published: House) -> None:
    kinds = {"D": "day", "E": "evening", "N": "night", "T": "24h"}
    parameters = {"LAEQ": "leq", "LAS01": "l1", "LAS10": "l10", "LAS50": "l50", "LAS90": "l90", "LAS99": "l99"}
    expected: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in raw.rows("noise_madrid"):
        for column, parameter in parameters.items():
            expected[kinds[row["tipo"]], parameter].append(Decimal(row[column].replace(",", ".")))
    found = published.lake(
        "select period_kind, parameter, count(*), sum(value), max(period_end - period_start) = interval 1 day, "
        "min(period_end - period_start) = interval 1 day "
        "from read_parquet('{clean}/clean_noise/**/*.parquet', hive_partitioning = false) group by all"
    )
    # Two days of the year have 23 and 25 hours; on the wall they go from midnight to midnight as all others.
    assert {(kind, parameter): (n, total, *whole) for kind, parameter, n, total, *whole in found} == {
        key: (len(values), sum(values), True, True) for key, values in expected.items()
    }
