"""Whether a configuration, or a declaration next to it, is built of known words of the right kind.

Here belongs making sentences of what its classes (model.py, sources/networks/declaration.py) refuse: unknown keys,
other kinds of values, missing keys and closed choices, each with its place and what to write instead. Not here: what
the values mean together (check_source.py), or going on behind a mistake (mend.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sources.config.locate import Path
from sources.config.model import Document, ValueMapping, words_of
from sources.config.problems import nearest

# What pydantic calls a value of another kind: what is expected, and what to write.
_KINDS = {
    "string_type": ("a text", 'write text in quotes, such as "…"'),
    "int_type": ("a whole number", "write a whole number"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "date_type": ("a date", "write a date, such as 2013-01-01"),
}
# Follows from another mistake.
_FOLLOWS = "default_factory_not_called"
Root = TypeVar("Root")
# Ends the place of a mistake of a key itself.
_OF_KEY = "[key]"


@dataclass(frozen=True)
class Mistake:
    """One mistake of shape: where it is shown, what is wrong and what to write instead.

    `unknown`: the last step of `path` is not a key; `known` are those that the table has. `missing`: that key is not
    there.
    """

    path: Path
    message: str
    hint: str = ""
    unknown: bool = False
    known: tuple[str, ...] = ()
    missing: str = ""


def document_of(raw: Mapping[str, Any]) -> Document | list[Mistake]:
    """The configuration that `raw`, a parsed TOML text, holds, or every mistake of shape."""
    return shaped(raw, Document)


def shaped(raw: Mapping[str, Any], root: type[Root]) -> Root | list[Mistake]:
    """What `raw`, a parsed TOML text, holds as a `root`, or every mistake of shape."""
    try:
        return _adapter(root).validate_python(raw)
    except ValidationError as error:
        words = _Words(root)
        return [words.mistake(e, raw) for e in error.errors(include_url=False) if e["type"] != _FOLLOWS]


@cache
def _adapter(root: type[Root]) -> TypeAdapter[Root]:
    return TypeAdapter(root)


@dataclass(frozen=True)
class _Words:
    """The words of one kind of document, from its class."""

    root: type

    def mistake(self, error: ErrorDetails, raw: Mapping[str, Any]) -> Mistake:
        """The sentence for one of pydantic's errors."""
        said: Mapping[str, Any] = error.get("ctx", {})
        loc = error["loc"][:-1] if error["type"] == "unknown_key" and error["loc"][-1:] == (_OF_KEY,) else error["loc"]
        path, value = _written((*loc, *said.get("below", ())), raw), error["input"]
        match error["type"]:
            case "missing":
                *table, key = path
                return Mistake(tuple(table), f"'{key}' is missing", f"add {self._example(path)}", missing=str(key))
            case "unexpected_keyword_argument" | "unknown_key":
                key = str(path[-1])
                known = said.get("known") or self._words_at(path[:-1])
                return Mistake(path, f"'{key}' is not a key here", nearest(key, known), True, tuple(known))
            case "wrong":
                return Mistake(path, said["message"], said["hint"])
            case "greater_than_equal":
                return Mistake(path, f"{value} is less than {said['ge']}")
            case "less_than_equal":
                return Mistake(path, f"{value} is more than {said['le']}")
            case "literal_error" if isinstance(value, str):
                return Mistake(path, f"'{value}' is not known here", nearest(value, get_args(self._kind_at(path))))
        what, hint = self._expected(error["type"], path, said)
        return Mistake(path, f"{what} is expected, {_kind_of(value)} found", hint)

    def _expected(self, type_: str, path: Path, said: Mapping[str, Any]) -> tuple[str, str]:
        """What a value at `path` has to be, and what to write."""
        kind = self._kind_at(path)
        if type_ == "expected":
            return said["what"], said["hint"]
        if type_ in _KINDS:
            return _KINDS[type_]
        if get_origin(kind) is Literal:
            return "a text", nearest("", get_args(kind))
        if get_origin(kind) is tuple:
            return "a list", f"write {_header(path, '[[{}]]')}"
        if get_origin(kind) is not None and _plain(get_args(kind)[1]) is str:
            hint = _header(path, "write [{}]") or 'write a table, such as { "as received" = "meaning" }'
            return "a table of texts", hint
        return "a table", f"write {_header(path, '[{}]') or self._inline(path)}"

    def _example(self, path: Path) -> str:
        kind = self._kind_at(path)
        if (is_dataclass(kind) or path == ("source",)) and (header := _header(path, "[{}]")):
            return header
        return f"{path[-1]} = {'[…]' if get_origin(kind) is tuple else '…'}"

    def _inline(self, path: Path) -> str:
        """A table that holds only what it must."""
        needed = [name for name, word in self._words_at(path).items() if word.is_required()]
        return f"{{ {', '.join(f'{name} = …' for name in needed or ['column'])} }}"

    def _words_at(self, path: Path) -> dict[str, FieldInfo]:
        """The words of the table at `path`; a wide column of a table is named by its key."""
        table = self._kind_at(path)
        named = table is ValueMapping and isinstance(path[-1], str)
        return {name: word for name, word in words_of(table).items() if not (named and name == "column")}

    def _kind_at(self, path: Path) -> Any:
        """The type of what the document holds at `path`."""
        kind: Any = self.root
        for step in path:
            kind = _plain(words_of(kind)[str(step)].annotation if is_dataclass(kind) else _items(kind))
        return kind


def _written(loc: Path, raw: Any) -> Path:
    """The place of a mistake as it is written: wide columns of a table are named, not counted."""
    path: list[str | int] = []
    for step in loc:
        if isinstance(raw, Mapping) and isinstance(step, int):
            step = list(raw)[step]
        path.append(step)
        if isinstance(raw, Mapping):
            raw = raw.get(step)
        elif isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            raw = raw[step]
        else:
            raw = None
    return tuple(path)


def _header(path: Path, form: str) -> str:
    """The header of a table of the document or of a source; '' for what is inside one."""
    if path[0] == "source" and len(path) <= 2:
        return "[[source]]"
    names = [step for step in path if isinstance(step, str)]
    return form.format(".".join(names)) if len(names) <= 2 and path[-1] == names[-1] else ""


def _items(kind: Any) -> Any:
    """Of a table the type of its values, of a list that of its entries."""
    return next(a for a in reversed(get_args(kind)) if a is not Ellipsis)


def _plain(kind: Any) -> Any:
    """A type without what is said about it, and of one that may be left out the type itself."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if NoneType in get_args(kind):
        return _plain(next(a for a in get_args(kind) if a is not NoneType))
    return kind


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    for types, name in (
        (str, "text"),
        (int | Decimal, "a number"),
        (list, "a list"),
        (Mapping, "a table"),
        (date, "a date"),
    ):
        if isinstance(value, types):
            return name
    return type(value).__name__
