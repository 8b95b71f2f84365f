"""Secrets of connectors, by name: from the environment, or from the one file that ECOLEDGER_SECRETS names.

Here belongs finding one and refusing a file that others can read. A secret is handed to the one request that needs it:
never put one into a message, an offer, a receipt or a log. Standard library only.
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

from sources.deliveries import Unreachable

FILE_VARIABLE = "ECOLEDGER_SECRETS"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def secret(name: str, base: Path) -> str:
    """The secret called `name`; Unreachable if there is none, or if its file is not safe. `base` is the folder of the
    configuration, which is copied around and kept in repositories: the file must not lie in it.
    """
    if found := os.environ.get(name, ""):
        return found
    given = os.environ.get(FILE_VARIABLE, "")
    if not given:
        raise Unreachable(
            f"there is no secret '{name}': set the environment variable {name}, or name a file of secrets in "
            f"{FILE_VARIABLE}"
        )
    found = _read(Path(given).expanduser(), base).get(name)
    if not isinstance(found, str) or not found:
        raise Unreachable(f"there is no secret '{name}': {given} has no text of that name; add {name} = \"…\"")
    return found


def _read(file: Path, base: Path) -> dict[str, object]:
    try:
        real = file.resolve(strict=True)
        mode = real.stat().st_mode
        if mode & _OTHERS:
            raise Unreachable(f"the file of secrets {file} can be read by others; run: chmod 600 {file}")
        if base.resolve() in real.parents:
            raise Unreachable(f"the file of secrets {file} lies next to the configuration; move it out of {base}")
        if tree := next((folder for folder in real.parents if (folder / ".git").exists()), None):
            raise Unreachable(
                f"the file of secrets {file} lies in a git tree, where it may be committed; move it out of {tree}"
            )
        return tomllib.loads(real.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreachable(f"the file of secrets {file} cannot be read: {error.strerror}") from None
    except ValueError:
        # What is wrong may be a line with a secret in it.
        raise Unreachable(f'the file of secrets {file} is not TOML; write lines such as NAME = "…"') from None
