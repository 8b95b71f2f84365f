"""The cases of a simulated register: a pure function of the seed, the register and the month in which they are opened.

Here belong how many there are, when each is opened, due and closed, and what it is about. Not here: which file says
what of them (register_files.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sources.simulated import weather
from sources.simulated.defects import dust_episodes, number
from sources.simulated.delivery_stream import FIRST_DAY, months_later
from sources.simulated.register_plan import simulated_registers

# Cases of the stock were opened in the years before the first file.
_STOCK_DAYS = 5 * 365
# Reference stations whose dust a case may answer.
_ANSWERED = tuple(f"SIM-AIR-R{i:02d}" for i in range(1, 6))


@dataclass(frozen=True)
class SimulatedCase:
    """One case: its number, the thing it is about, its days, and a number that chooses everything else.

    `closed` may lie beyond what any file says. `answers` is the day of the event that it answers.
    """

    number: str
    thing: int
    pick: int
    opened: date
    closed: date | None
    answers: date | None = None

    @property
    def answered_site(self) -> str:
        """The station of the event."""
        return _ANSWERED[self.pick % len(_ANSWERED)]


@lru_cache(maxsize=4096)
def cases_of(register: str, seed: int, month: date) -> tuple[SimulatedCase, ...]:
    """The cases opened in a month, in the order of their days; those of the month before the first are the stock."""
    own = simulated_registers()[register]
    is_stock = month < FIRST_DAY
    usual = own.get("stock", 0) if is_stock else own["opened"]
    rng = weather.generator(seed, register, month)
    # Less than one a month comes in some months only.
    wanted = usual if is_stock else usual * (0.85 + 0.3 * rng.random())
    count = int(wanted) + int(rng.random() < wanted % 1)
    span = _STOCK_DAYS if is_stock else (months_later(month, 1) - month).days
    first = FIRST_DAY - timedelta(days=_STOCK_DAYS) if is_stock else month
    offsets = sorted(rng.integers(0, span, count).tolist())
    taken = (1 + rng.gamma(2.0, own["days"] / 2, count)).astype(int).tolist()
    endless = (rng.random(count) < own["never"]).tolist()
    found = []
    for i, (offset, days, never) in enumerate(zip(offsets, taken, endless, strict=True), 1):
        opened = first + timedelta(days=offset)
        closed = None if never else opened + timedelta(days=days)
        if is_stock and closed is not None and closed < FIRST_DAY:
            # It was closed before anybody delivered anything: it is open instead, and closed later.
            closed = FIRST_DAY + timedelta(days=days % max(2, int(own["days"])))
        pick = number(seed, register, month, i)
        name = f"SIM-{own['prefix']}-{month:%y%m}-{i:04d}"
        found.append(SimulatedCase(name, pick % own["pool"], pick, opened, closed))
    return (*found, *_answers(register, seed, month))


def _answers(register: str, seed: int, month: date) -> tuple[SimulatedCase, ...]:
    """Cases that answer the sand and dust of a day of the month: opened the day after."""
    own = simulated_registers()[register]
    wanted = own.get("answers", 0)
    found = []
    for place, episode in enumerate(dust_episodes(seed, month.year) if wanted else ()):
        day = episode.start.date()
        for i in range(wanted if (day.year, day.month) == (month.year, month.month) else 0):
            pick = number(seed, register, day, i)
            opened = day + timedelta(days=1)
            closed = opened + timedelta(days=2 + pick % 9)
            name = f"SIM-{own['prefix']}-{month:%y%m}-D{place}{i:02d}"
            # One station after the other.
            pick = pick // len(_ANSWERED) * len(_ANSWERED) + i % len(_ANSWERED)
            found.append(SimulatedCase(name, pick % own["pool"], pick, opened, closed, day))
    return tuple(found)
