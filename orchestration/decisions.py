"""What a refresh decides before and after its work, as pure functions: clock, months, range, exit code.

Standard library only and without side effects, so that every rule has a test that needs neither Dagster nor
a lake. Not here: asking the lake or a connector what there is (survey.py), doing it (run_job.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OK = 0
UNEXPECTED = 1
BAD_USAGE = 2
PARTLY = 3
REFUSED = 4
BUSY = 5
# Stopped by Ctrl-C or SIGTERM; shells and init systems know this number.
STOPPED = 130

# The schedule's hour: late enough for the hours to 06:00 that last night's Ln needs.
REFRESH_AT = time(6, 30)
REFRESH_CRON = "30 6 * * *"
# Sunday night, in the same zone: everything is built again and compared with what was carried.
FULL_BUILD_CRON = "0 2 * * 0"


class UsageError(ValueError):
    """Something the user asked for cannot be done; the message says what to write instead. Exit code 2."""


@dataclass(frozen=True)
class Outcome:
    """How a refresh ended: what exit code and summary are made from.

    `failed_feeds` maps a feed to why its pull or cleaning failed; `refused_files` counts the deliveries that this run
    refused (one refused earlier is named in `status`, but is not news); `held` maps a domain to its reasons; `refused`
    says why nothing may be published ('' if it may).
    """

    failed_feeds: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    unexpected: str = ""
    refused_files: int = 0


def exit_code(outcome: Outcome) -> int:
    """0 published or nothing new, 1 unexpected, 3 with a domain held, a feed failed or a file refused, 4 refused by the
    gate.
    """
    if outcome.unexpected:
        return UNEXPECTED
    if outcome.refused:
        return REFUSED
    if outcome.failed_feeds or outcome.held or outcome.refused_files:
        return PARTLY
    return OK


def last_complete_day(zone: str, now: datetime) -> date:
    """Yesterday in `zone`; `now` is zone-aware."""
    return now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def parse_day(text: str, option: str) -> date:
    """`text` as a date; UsageError names the option and shows the form."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} {text}: not a date; write it as 2026-11-22") from None


def clock_for(to: date | None, zone: str, now: datetime) -> datetime:
    """The instant a refresh up to and including day `to` is for: 06:30 of the day after, in `zone`.

    `to` defaults to yesterday. UsageError if `to` is not over yet.
    """
    last = last_complete_day(zone, now)
    day = to or last
    if day > last:
        raise UsageError(f"--to {day}: that day is not over in {zone}; the last complete day is {last}")
    return datetime.combine(day + timedelta(days=1), REFRESH_AT, ZoneInfo(zone))


def check_range(first: date | None, clock: datetime) -> None:
    """UsageError if deliveries from `first` on cannot exist at `clock`."""
    if first and first > clock.date():
        raise UsageError(f"--from {first} is after --to {clock.date() - timedelta(days=1)}")


def month_of(instant: datetime, zone: str) -> str:
    """Partition key, YYYY-MM-01, of the month of `instant` (zone-aware) in `zone`."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-01")


def first_month(start: date) -> str:
    """Partition key of the first month of the partitions."""
    return start.strftime("%Y-%m-01")


def partition_range(due: Iterable[str], clock: datetime, zone: str, start: date) -> tuple[str, str]:
    """First and last partition key of a run: from the earliest to the latest month that has something due.

    With nothing due (a rebuild) it is the month of `clock`; a month before `start` counts as the first one.
    """
    lowest = first_month(start)
    months = sorted(max(month, lowest) for month in due) or [max(month_of(clock, zone), lowest)]
    return months[0], months[-1]


def check_feeds(asked: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The feeds asked for, in registry order; UsageError names the nearest valid word for a wrong one."""
    from difflib import get_close_matches

    known = tuple(known)
    asked = tuple(asked)
    for name in asked:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"--feed {name}: no such feed{hint} Feeds are {', '.join(known)}.")
    return tuple(name for name in known if name in asked) if asked else known
