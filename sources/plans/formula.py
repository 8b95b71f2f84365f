"""A formula as a user writes it → its terms, or the sentence about what is wrong with it.

Here belong the words of a formula and the reading of them. Not here: whether operands exist and their units go together
(formula_units.py) or what a term means for a figure (dbt_project: int_formula_values). Standard library only.

    formula  = sum | ratio(sum, sum) | per_gdp(sum) | per_head(sum)
    sum      = [-] term { (+ | -) term }          term = [number *] operand
    operand  = item(<return item>) | indicator(<indicator>[, <variant>])
             | mean(<network>.<parameter>) | attainment(<network>[.<parameter>]) | days(<network>.<parameter>)
             | closed_share(<register>)

A name may be in quotes. Nothing of it becomes SQL: the terms are rows of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from sources.config.problems import nearest

ITEM, INDICATOR = "item", "indicator"
OF_NETWORKS = ("mean", "attainment", "days")
OF_REGISTERS = ("closed_share",)
OPERANDS = (ITEM, INDICATOR, *OF_NETWORKS, *OF_REGISTERS)
# What a figure is divided by, as items of the returns.
_DIVIDED = {"per_gdp": "gdp_constant", "per_head": "population"}
_RATIO = "ratio"
NUMERATOR, DENOMINATOR, ADDEND = "numerator", "denominator", "addend"
_TOKEN = re.compile(r"""\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)"""
                    r"""|"(?P<quoted>[^"]*)"|'(?P<single>[^']*)'|(?P<sign>[-+*(),]))""")  # fmt: skip
_MOST_TERMS = 40


class FormulaError(ValueError):
    """A formula that cannot be used: the message, what to write instead, and the column that is mistaken."""

    def __init__(self, message: str, hint: str = "", column: str = "formula") -> None:
        super().__init__(message)
        self.hint, self.column = hint, column


@dataclass(frozen=True)
class Term:
    """One operand with its sign and factor: what it is, of what, in which variant or of which parameter."""

    role: str
    operand: str
    source: str
    detail: str = ""
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class Formula:
    """The terms of a formula in their order; `per_head` says that it is divided by people."""

    terms: tuple[Term, ...]
    per_head: bool = False

    @property
    def is_ratio(self) -> bool:
        """Whether something is divided."""
        return any(term.role == DENOMINATOR for term in self.terms)


def parsed(text: str) -> Formula:
    """The formula that `text` writes; FormulaError says where it ends to make sense."""
    reader = _Reader(text)
    formula = _formula(reader)
    if reader.next is not None:
        raise FormulaError(f"'{reader.next}' is more than the formula", "end it there, or join terms with + or -")
    if len(formula.terms) > _MOST_TERMS:
        raise FormulaError(f"it has {len(formula.terms)} terms", f"a formula has at most {_MOST_TERMS}")
    return formula


class _Reader:
    """The tokens of a formula, one after the other; `next` is the one that comes, None at the end."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self.next: str | None = None
        self.is_number = False
        self.take()

    def take(self) -> str:
        """The token that comes; the one after it is the next."""
        taken = self.next or ""
        kind, self.next = next(self._tokens, ("", None))
        self.is_number = kind == "number"
        return taken

    def expect(self, sign: str) -> None:
        """Takes `sign`; FormulaError where another token comes."""
        if self.next != sign:
            found = "the end" if self.next is None else f"'{self.next}'"
            raise FormulaError(f"'{sign}' is expected, {found} comes", f"write '{sign}'")
        self.take()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise FormulaError(f"'{text[place:].strip()[:12]}' cannot be read", "names are small letters, digits and _")
        kind = found.lastgroup or ""
        yield kind, found[kind]
        place = found.end()


def _formula(reader: _Reader) -> Formula:
    word = reader.next or ""
    if word == _RATIO:
        reader.take()
        reader.expect("(")
        above = _sum(reader, NUMERATOR)
        reader.expect(",")
        below = _sum(reader, DENOMINATOR)
        reader.expect(")")
        return Formula((*above, *below))
    if word in _DIVIDED:
        reader.take()
        reader.expect("(")
        above = _sum(reader, NUMERATOR)
        reader.expect(")")
        return Formula((*above, Term(DENOMINATOR, ITEM, _DIVIDED[word])), per_head=word == "per_head")
    return Formula(tuple(_sum(reader, ADDEND)))


def _sum(reader: _Reader, role: str) -> list[Term]:
    terms = [_term(reader, role, "-" if reader.next == "-" and reader.take() else "+")]
    while reader.next in ("+", "-"):
        terms.append(_term(reader, role, reader.take()))
    return terms


def _term(reader: _Reader, role: str, sign: str) -> Term:
    factor = Decimal(1)
    if reader.is_number:
        factor = Decimal(reader.take())
        reader.expect("*")
    operand = _operand(reader, role)
    return replace(operand, factor=-factor if sign == "-" else factor)


def _operand(reader: _Reader, role: str) -> Term:
    word = reader.take()
    if word not in OPERANDS:
        known = (*OPERANDS, _RATIO, *_DIVIDED)
        hint = nearest(word, known) or "write one of " + ", ".join(known)
        if word in (_RATIO, *_DIVIDED):
            hint = "it may only be around the whole formula"
        raise FormulaError(f"'{word}' is not an operand" if word else "an operand is missing", hint)
    reader.expect("(")
    if reader.next in (None, ",", ")"):
        raise FormulaError(f"{word} names nothing", f"write {word}(name)")
    name, detail = reader.take(), ""
    if reader.next == "," and word == INDICATOR:
        reader.take()
        detail = reader.take()
    reader.expect(")")
    if word in OF_NETWORKS:
        name, _, detail = name.partition(".")
    return Term(role, word, name, detail)
