"""A TOML file with a declaration next to a configuration → its words, or every mistake with its line.

Here belongs what reading such a file has in common, whatever it declares. Not here: the words (sources.networks,
sources.registers) or whether they go together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from sources.config.problems import Problems
from sources.config.structure import shaped

Root = TypeVar("Root")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def parsed(file: Path) -> tuple[bytes, Mapping[str, Any], tuple[str, ...]]:
    """Bytes and TOML of `file`, and why it cannot be read ('' bytes then); numbers are exact decimals."""
    try:
        content = file.read_bytes()
        return content, tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal), ()
    except OSError as error:
        return b"", {}, (f"{file} cannot be read: {error.strerror}",)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return b"", {}, (f"{file.name}, line {line}: not UTF-8 text (save the file as UTF-8)",)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        said = f"{file.name}, line {found[1] if found else 1}: {_PLACE.sub('', str(error)).strip()}"
        return b"", {}, (said,)


def declared_in(raw: Mapping[str, Any], root: type[Root], problems: Problems) -> Root | None:
    """What `raw` declares; None with every mistake of shape added to `problems`."""
    declared = shaped(raw, root)
    if isinstance(declared, list):
        for mistake in declared:
            problems.add(mistake.path, mistake.message, mistake.hint)
        return None
    return declared


def said_of(file: Path, problems: Problems) -> tuple[str, ...]:
    """The mistakes in order of lines, each with the file's name."""
    return tuple(f"{file.name}, {problem}" for problem in problems.sorted())
