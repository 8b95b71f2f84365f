"""Whether the words of a register's declaration go together.

Here belong mistakes that only several words together make, each with its place and the nearest word. Not here: shape
(sources.config.structure) or reading (read_register.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.config.problems import Problems, nearest
from sources.registers.case_register import Category, RegisterDeclaration, State
from sources.registry import Registry
from sources.registry.feed_model import REGISTER
from sources.registry.name_patterns import NAME, TEAM
from sources.registry.register_tables import CASE_COLUMNS, MAY_BE_PRIVATE


def check_register(declared: RegisterDeclaration, registry: Registry, problems: Problems) -> None:
    """Adds every mistake."""
    _check_names(declared, registry, problems)
    _check_words("categories", declared.categories, problems)
    _check_words("states", declared.states, problems)
    _check_absence(declared, problems)
    _check_private(declared, problems)
    if registry.unit(declared.amount_unit) is None:
        hint = nearest(declared.amount_unit, registry.units)
        problems.add(("amount_unit",), f"the unit '{declared.amount_unit}' is not known", hint)
    elif declared.amount_unit not in registry.units:
        code = registry.unit(declared.amount_unit)
        problems.add(("amount_unit",), f"'{declared.amount_unit}' is an alias", f"write '{code and code.code}'")


def _check_names(declared: RegisterDeclaration, registry: Registry, problems: Problems) -> None:
    named = [("name", declared.name), *(("attributes", name) for name in declared.attributes)]
    named += [("categories", name) for name in declared.categories] + [("states", name) for name in declared.states]
    for kind, name in named:
        if not NAME.fullmatch(name):
            place = (kind,) if kind == "name" else (kind, name)
            problems.add(place, f"'{name}' is not a name", "use a-z, 0-9 and _, beginning with a letter")
    feed = registry.feeds.get(declared.name)
    if feed is not None and feed.declared != REGISTER:
        what = "network" if feed.declared else "feed"
        problems.add(("name",), f"'{declared.name}' is a {what}", "give the register another name")
    if not TEAM.fullmatch(declared.owner_team):
        problems.add(("owner_team",), f"'{declared.owner_team}' is not lower-case words joined by hyphens")
    if not declared.site_kinds:
        problems.add(("site_kinds",), "no kind of site is named", 'write site_kinds = ["place"], or leave it out')
    columns = {column.name for column in CASE_COLUMNS}
    for name in declared.attributes:
        if name in columns:
            problems.add(("attributes", name), f"'{name}' is a column of every register", "map it, or rename this")


def _check_words(kind: str, words: Mapping[str, Category] | Mapping[str, State], problems: Problems) -> None:
    known: dict[str, str] = {}
    for word, w in words.items():
        for text in dict.fromkeys((word, w.name_zh, *w.received)):
            if text in known:
                problems.add((kind, word), f"'{text}' means {known[text]} already", "leave it with one of them")
            known.setdefault(text, word)


def _check_absence(declared: RegisterDeclaration, problems: Problems) -> None:
    if declared.absence != "kept" and not declared.snapshot:
        message = "only what is delivered whole can lack a case"
        problems.add(("absence",), message, "write snapshot = true, or leave absence out")
    if declared.kind == "list":
        for word in ("on_time_days", "answers"):
            if getattr(declared, word):
                problems.add((word,), f"a list has no {word}", 'leave it out, or write kind = "cases"')
        if declared.states:
            problems.add(("states",), "a list has no states: membership has a first and a last day", "leave them out")
    elif declared.states:
        meanings = {state.meaning for state in declared.states.values()}
        if "open" not in meanings:
            problems.add(("states",), "no state is open", 'give one of them meaning = "open"')
        if "closed" not in meanings:
            problems.add(("states",), "no state is closed", 'give one of them meaning = "closed"')


def _check_private(declared: RegisterDeclaration, problems: Problems) -> None:
    known = (*MAY_BE_PRIVATE, *declared.attributes)
    for i, name in enumerate(declared.private):
        if name not in known:
            written = any(column.name == name for column in CASE_COLUMNS)
            said = f"'{name}' cannot be private" if written else f"there is no column '{name}'"
            problems.add(("private", i), said, nearest(name, known))
