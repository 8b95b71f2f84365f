"""Which columns hold the site, the status mark and the table's own columns.

Here belongs everything but time and values. Not here: what people call things (words.toml).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sources.registry.clean_columns import Column as Declared
from sources.registry.feed_model import CleanTable, Feed
from sources.suggest.seen import Column, Seen
from sources.suggest.time_columns import Time
from sources.suggest.word_lists import meaning, says, words

# Words that a column of a closed vocabulary has at most, and how many of them have to be known.
_MOST_WORDS = 60
_KNOWN = 0.6
# What a text becomes whose meaning is not known, where a vocabulary has it.
_NOT_KNOWN = "unclassified"
_SITES = 5000
# From which share of different stamps on a file is of one site.
_ALONE = 0.9
# Marks that are known of a column that is called one; and columns that are called something else.
_SOME = 0.2
_OWN_NAMES = tuple(word for spellings in words()["columns"].values() for word in spellings)


@dataclass(frozen=True)
class Site:
    """The column of the site, or a constant; `doubt` is what is asked."""

    column: str = ""
    constant: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Status:
    """The column of status marks, and those that fail a reading."""

    column: str
    invalid: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class Own:
    """A column of the clean table: the raw one with what its texts mean, or a constant; neither where the file does not
    say it and need not.
    """

    name: str
    column: str = ""
    constant: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    doubt: str = ""
    unknown: tuple[str, ...] = ()


def site_of(seen: Seen, stamps: Sequence[datetime | None], taken: Iterable[str], guess: str) -> Site:
    """The column that tells sites apart; `guess` is what a single site may be called."""
    used = set(taken)
    free = [c for c in seen.columns if c.name not in used and 1 <= c.distinct <= _SITES and not _is_fraction(c)]
    free = [c for c in free if not says(c.name, words()["site"]["never"]) and c.filled and not _is_counter(c)]
    hinted = sorted((c for c in free if _says_site(c)), key=lambda c: (-_says_site(c), c.numeric, -c.distinct))
    if hinted:
        rivals = [c.name for c in hinted[1:3] if c.distinct > 1 and _says_site(c) == _says_site(hinted[0])]
        return Site(hinted[0].name, doubt=f"or is it {' or '.join(rivals)}?" if rivals else "")
    if not stamps or _unique(list(stamps)) > _ALONE:
        return Site(constant=guess or "site", doubt="no column names the site: what is it called in your register?")
    telling = [c for c in free if c.distinct > 1]
    if not telling:
        return Site(constant=guess or "site", doubt="no column names the site: what is it called in your register?")
    best = max(telling, key=lambda c: _unique(list(zip(stamps, seen.sample.texts(c.name), strict=True))))
    return Site(best.name, doubt="is it the site?")


def _is_counter(column: Column) -> bool:
    """Whether nearly each row has a text of its own: it names the row."""
    return column.filled > _MOST_WORDS and column.distinct > _ALONE * column.filled


def _says_site(column: Column) -> int:
    return says(column.name, words()["site"]["site"])


def _is_fraction(column: Column) -> bool:
    return column.numeric and any("." in text for text in column.cells)


def _unique(keys: Sequence[object]) -> float:
    return len(set(keys)) / len(keys) if keys else 0.0


def status_of(seen: Seen, feed: Feed, taken: Iterable[str]) -> Status | None:
    """The column of the source's own marks; None if there is none."""
    used, known = set(taken), words()["status"]
    for column in seen.columns:
        if column.name in used or not 1 <= column.distinct <= _MOST_WORDS:
            continue
        good = [text for text in column.cells if says(text, known["good"]) == 2]
        bad = [text for text in column.cells if text in feed.invalid_status or says(text, known["bad"])]
        called = says(column.name, known["status"])
        if called < 2 and len(good) + len(bad) < (_SOME if called else _KNOWN) * column.distinct:
            continue
        if not called and (column.numeric or not good or says(column.name, _OWN_NAMES)):
            continue
        invalid = tuple(text for text in column.cells if text not in good and text not in feed.invalid_status)
        return Status(
            column.name, invalid, f"fail readings with these marks? others: {', '.join(good)}" if invalid else ""
        )
    return None


def own_columns(seen: Seen, table: CleanTable, time: Time | None, taken: Sequence[str]) -> list[Own]:
    """The table's own columns that the file has, or that have to be said."""
    used = list(taken)
    found = []
    for declared in table.dims:
        own = _of_vocabulary(seen, declared, used) if declared.allowed else _by_header(seen, declared, used)
        if own is None and declared.key and declared.allowed:
            own = _constant(declared, time)
        if own is None and declared.allowed:
            own = Own(declared.name, doubt=f"if a column says it; one of {', '.join(declared.allowed)}")
        if own is not None:
            found.append(own)
            used += [own.column] if own.column else []
    return found


def _of_vocabulary(seen: Seen, declared: Declared, used: Sequence[str]) -> Own | None:
    candidates = []
    for place, column in enumerate(seen.columns):
        if column.name in used or not 1 <= column.distinct <= _MOST_WORDS or (column.numeric and column.distinct > 9):
            continue
        called = says(column.name, words()["columns"].get(declared.name, ()))
        known = {text: word for text in column.cells if (word := meaning(declared.name, text, declared.allowed))}
        if len(known) >= _KNOWN * column.distinct and (called or len(set(known.values())) > 1):
            candidates.append((called, len(known) / column.distinct, -place, column, known))
    if not candidates:
        return None
    *_, column, known = max(candidates, key=lambda one: one[:3])
    unknown = tuple(text for text in column.cells if text not in known)
    rest = _NOT_KNOWN if _NOT_KNOWN in declared.allowed else ""
    values = {text: known.get(text, rest) for text in column.cells}
    same = all(text == word for text, word in values.items())
    doubt = "" if same else f"do the words mean this? allowed: {', '.join(declared.allowed)}"
    return Own(declared.name, column.name, "", {} if same else values, doubt, unknown)


def _by_header(seen: Seen, declared: Declared, used: Sequence[str]) -> Own | None:
    spellings = words()["columns"].get(declared.name, ())
    called = [c for c in seen.columns if c.name not in used and c.filled and says(c.name, spellings)]
    if not called:
        return None
    best = max(called, key=lambda c: says(c.name, spellings))
    return Own(declared.name, best.name, doubt="is it this?" if says(best.name, spellings) < 2 else "")


def _constant(declared: Declared, time: Time | None) -> Own:
    asked = f"no column says it; one of {', '.join(declared.allowed)}"
    constant = words()["constants"].get(declared.name, declared.allowed[0])
    if declared.name == "method" and time is not None and not time.hours:
        constant = "manual"
    if declared.name == "period_kind" and time is not None:
        minutes = time.words.get("duration_min")
        constant = "24h" if minutes == 1440 else "hour" if minutes == 60 else "interval"
        return Own(declared.name, constant=constant, doubt="" if constant != "24h" else asked)
    return Own(declared.name, constant=constant, doubt=asked)
