"""Kinds of values that words of a configuration may have, as pydantic types.

Here belong the types that several words share, each with what to write instead of a value of another kind. Not here:
the words (model.py) or how a mistake becomes a sentence (structure.py). TOML has types of its own, so that nothing is
converted but what the reference of sources.config says: a text to a list of one, a whole number to an exact decimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from sources.config.problems import nearest
from sources.connectors import CONNECTORS
from sources.registry.declared_tables import DECLARED_TABLES

# An unknown word is a mistake. A class is compiled once it is used, and with what it holds.
_WORDS = ConfigDict(extra="forbid", defer_build=True, allow_inf_nan=True)
# A table of a configuration: a frozen class whose fields are its words.
words = dataclass(frozen=True, config=_WORDS)
words_by_name = dataclass(frozen=True, config=_WORDS, kw_only=True)
# What a factor may be: any real one is far within, and an exponent of a million digits is never written out.
FACTORS = (Decimal("1e-15"), Decimal("1e15"))


def expected(what: str, hint: str) -> PydanticCustomError:
    """The mistake of another kind of value than `what`; `hint` says what to write."""
    return PydanticCustomError("expected", "{what} is expected", {"what": what, "hint": hint})


def wrong(message: str, hint: str = "", *, below: tuple[str, ...] = ()) -> PydanticCustomError:
    """A mistake of a value that is of the right kind; `below` leads from the value to the place of the mistake."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "hint": hint, "below": below})


def _texts(value: Any) -> Any:
    """A list of texts; one text is a list of one."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        return tuple(value)
    raise expected("a list of texts", 'write a list of texts, such as ["…", "…"]')


def is_computed(metadata: Iterable[Any]) -> bool:
    """Whether a field with this metadata is not a word."""
    return "computed" in metadata


def exact(value: Any) -> Decimal:
    """A number as TOML gives it, as an exact decimal."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise expected("a number", "write a number, without quotes" if isinstance(value, str) else "write a number")
    return Decimal(value)


def _factor(value: Any) -> Decimal:
    number = exact(value)
    if not (number.is_finite() and FACTORS[0] <= number <= FACTORS[1]):
        raise wrong(f"{value} is not a positive, finite number", "write it as 0.001; leave it out for 1")
    return number


def _rule(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise expected("a number", "1 for yes, 0 for no")
    return exact(value)


def _marks(value: Any) -> Any:
    """Texts by mark; a list of texts is what means 'below the limit'."""
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return dict.fromkeys(value, "<")
    if isinstance(value, Mapping):
        return value
    hint = 'write a table, such as { "as received" = "<" }, or a list of texts that mean "<"'
    raise expected("a table of texts or a list", hint)


def unknown_key(known: Iterable[str], *, below: tuple[str, ...] = ()) -> PydanticCustomError:
    """The mistake of a key that is not one of `known`."""
    return PydanticCustomError("unknown_key", "not a key here", {"known": tuple(known), "below": below})


def _connector(name: str) -> str:
    if name not in CONNECTORS:
        raise wrong(f"'{name}' is not known here", nearest(name, CONNECTORS))
    return name


def _declared_table(name: str) -> str:
    if name not in DECLARED_TABLES:
        raise unknown_key(DECLARED_TABLES)
    return name


Text = Annotated[str, Strict()]
ConnectorName = Annotated[str, Strict(), AfterValidator(_connector)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
TextByText = Mapping[Text, Text]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, Strict()]
# Not a word: nobody writes it.
Computed = Annotated[str, Strict(), "computed"]
# A number that counts something.
Count = Annotated[int, Strict(), Field(ge=1)]
Year = Annotated[int, Strict(), Field(ge=1900)]
Factor = Annotated[Decimal, BeforeValidator(_factor)]
RuleValue = Annotated[Decimal, Field(allow_inf_nan=True), BeforeValidator(_rule)]
Marks = Annotated[TextByText, BeforeValidator(_marks)]
DeclaredName = Annotated[str, BeforeValidator(_declared_table)]
