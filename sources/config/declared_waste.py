"""What a user declares of waste: further categories, where their tonnes count, rates; and whether it goes together.

Here belongs what several declared files say together, and the categories as words of the registry. Not here: one cell
or row by itself (declared.py), or what becomes of a tonne (dbt_project).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from dbt_project.seed_rows import seed_rows
from sources.config.cells import shortened
from sources.config.csv_file import Mistake
from sources.config.declared import DeclaredRows, Found, Together, read_rows
from sources.config.problems import nearest
from sources.registry import registry
from sources.registry.declared_tables import DECLARED_TABLES
from sources.registry.feed_model import Registry
from sources.value_digest import digest_of

CATEGORIES, COUNTING, RATIOS, TERMS = "waste_categories", "waste_counting", "waste_ratios", "waste_ratio_terms"
WASTE = (CATEGORIES, COUNTING, RATIOS, TERMS)
_WASTE, _WORDS, _TOTALS = "waste", "waste_category", "clean_waste_total"
_ANY = "any"
_OF_LOADS, _OF_SITES = ("received", "shipped"), ("origins", "registered")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def categories_in_use(declared: Mapping[str, Path]) -> tuple[str, ...]:
    """The categories that the files of `declared` add to the delivered ones; none where they cannot be read."""
    if CATEGORIES not in declared:
        return ()
    rows = read_rows(DECLARED_TABLES[CATEGORIES], declared[CATEGORIES], _category).rows
    known = registry().feeds[_WASTE].vocabularies[_WORDS]
    return tuple(row["category"] for row in rows if row["category"] not in known)


def with_categories(known: Registry, categories: tuple[str, ...]) -> Registry:
    """`known`, in which loads may be of `categories`, too."""
    if not categories:
        return known
    feed = known.feeds[_WASTE]
    old = feed.vocabularies[_WORDS]
    words = (*old, *categories)
    tables = {
        name: replace(
            table, dims=tuple(replace(dim, allowed=words) if dim.allowed == old else dim for dim in table.dims)
        )
        for name, table in feed.tables.items()
    }
    extended = replace(feed, vocabularies={**feed.vocabularies, _WORDS: words}, tables=tables)
    fingerprint = digest_of([known.fingerprint, list(categories)])
    return replace(known, feeds={**known.feeds, _WASTE: extended}, fingerprint=fingerprint)


def judge(name: str, categories: tuple[str, ...], files: Mapping[str, Path]) -> Together:
    """What judges a row of the declared table `name` of waste, whose rows may name `categories`, too."""
    words = (*registry().feeds[_WASTE].vocabularies[_WORDS], *categories)
    if name == TERMS:
        own = read_rows(DECLARED_TABLES[RATIOS], files[RATIOS], _ratio).rows if RATIOS in files else ()
        rates = {row["indicator_id"] for row in (*seed_rows("waste/waste_ratios"), *own)}
        return lambda entry: _term(entry, words, rates)
    if name == COUNTING:
        return lambda entry: _counting(entry, words)
    return _ratio if name == RATIOS else _category


def terms_missing(reads: Mapping[str, DeclaredRows]) -> Iterator[Mistake]:
    """Rates that were read and lack a numerator or a denominator."""
    rates, own = (reads[name].rows if name in reads else () for name in (RATIOS, TERMS))
    there = {(row["indicator_id"], row["role"]) for row in (*seed_rows("waste/waste_ratio_terms"), *own)}
    for rate in rates:
        for role in ("numerator", "denominator"):
            if (rate["indicator_id"], role) not in there:
                yield f"the rate '{rate['indicator_id']}' has no {role}", f"enter a row of it in {TERMS}"


def _category(entry: Mapping[str, str]) -> Found:
    if not _NAME.fullmatch(entry["category"]):
        yield "category", f"'{shortened(entry['category'])}' is not a name", "write small letters, digits and _"


def _ratio(entry: Mapping[str, str]) -> Found:
    name = entry["indicator_id"]
    if not _NAME.fullmatch(name):
        yield "indicator_id", f"'{shortened(name)}' is not a name", "write small letters, digits and _"
    ratios = {row["indicator_id"] for row in seed_rows("waste/waste_ratios")}
    if name not in ratios and name in {row["indicator_id"] for row in seed_rows("methods/indicator_methods")}:
        yield "indicator_id", f"'{name}' is computed already", "give yours another name"
    if not 0 <= int(entry["decimals"]) <= 6:
        yield "decimals", f"{entry['decimals']} cannot be", "write 0 to 6"


def _counting(entry: Mapping[str, str], words: tuple[str, ...]) -> Found:
    if entry["category"] not in (_ANY, *words):
        yield _strange("category", entry, (_ANY, *words))
    yield from _node(entry)


def _term(entry: Mapping[str, str], words: tuple[str, ...], rates: set[str]) -> Found:
    feed = registry().feeds[_WASTE]
    if entry["indicator_id"] not in rates:
        yield _strange("indicator_id", entry, sorted(rates))
    if entry["category"] not in words:
        yield _strange("category", entry, words)
    measures = (*_OF_LOADS, *_OF_SITES, *feed.parameters_of(_TOTALS))
    if entry["measure"] not in measures:
        yield _strange("measure", entry, measures)
    elif entry["measure"] not in _OF_LOADS and not entry["node"]:
        yield "node", "it is empty", f"name the kind of site that {entry['measure']} is of"
    elif entry["measure"] not in _OF_LOADS and entry["destination"]:
        yield "destination", f"{entry['measure']} has no destination", "leave it empty"
    if entry["destination"] and entry["destination"] not in feed.vocabularies["destination"]:
        yield _strange("destination", entry, feed.vocabularies["destination"])
    if entry["node"]:
        yield from _node(entry)


def _node(entry: Mapping[str, str]) -> Found:
    nodes = [row["node"] for row in seed_rows("waste/waste_nodes")]
    if entry["node"] not in nodes:
        yield _strange("node", entry, nodes)


def _strange(column: str, entry: Mapping[str, str], known: Iterable[str]) -> tuple[str, str, str]:
    words = tuple(known)
    hint = nearest(entry[column], words) or "use one of " + ", ".join(words)
    return column, f"there is no '{shortened(entry[column])}'", hint
