"""The key by which private columns of registers become identities: where it comes from, and what a text becomes.

The same text under the same key is the same identity, and nobody without the key can try out plates or numbers. Here
belong the places of the key, their order, and the hash. Not here: which columns are private (sources.registers).
Standard library only; the key itself is never shown, stored in a digest or written to a log.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "ECOLEDGER_IDENTITY_KEY"
# Bytes that a key has at least: fewer can be guessed.
LEAST = 16
# Hex digits of an identity: 128 bits, two texts never share one.
_DIGITS = 32
# What plates and numbers are written with or without.
_BETWEEN = re.compile(r"[\s·•.\-]+")


class IdentityError(ValueError):
    """The key cannot be used; the message says which and what to do, and never holds it."""


@dataclass(frozen=True)
class Identity:
    """Where the key is: the environment, else the file that the configuration names, else the built-in district's own,
    else one that is made once and kept with the data.
    """

    file: Path | None = None
    simulated: str = field(default="", repr=False)
    kept: Path | None = None

    def key(self) -> bytes:
        """The key; IdentityError where it is missing, too short, or others may read its file."""
        given = os.environ.get(VARIABLE, "")
        if given:
            return _long_enough(given.encode(), VARIABLE)
        if self.file is not None:
            return _from_file(self.file)
        if self.simulated:
            return hashlib.sha256(self.simulated.encode()).digest()
        if self.kept is None or not self.kept.is_file():
            raise IdentityError(f"there is no identity key: set {VARIABLE}, or identity_key_file in [registers]")
        return _from_file(self.kept)

    def ensure(self) -> None:
        """Makes the key that is kept with the data, once and readable by its owner only, where no other is given."""
        if os.environ.get(VARIABLE) or self.file or self.simulated or self.kept is None or self.kept.exists():
            return
        self.kept.parent.mkdir(parents=True, exist_ok=True)
        # Not there, or whole: a second writer does not exist, and a killed one leaves nothing under this name.
        temporary = self.kept.with_name(f".tmp-{self.kept.name}")
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.kept)

    def mark(self) -> str:
        """What changes with the key and tells nothing of it; '' before one was made."""
        kept = self.kept is not None and self.kept.is_file()
        if not (os.environ.get(VARIABLE) or self.file or self.simulated or kept):
            return ""
        return identity_of(self.key(), "mark", "EcoLedger")


def identity_of(key: bytes, entity: str, text: str) -> str:
    """The identity of a private text, 32 hex digits: HMAC-SHA-256 over the kind of thing and the text.

    Width of letters, case, blanks, dots and hyphens do not matter: 京A·12345 and 京a12345 are one plate.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    return hmac.new(key, f"{entity}\x1f{plain}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def file_mistake(file: Path) -> str:
    """Why the file of a key cannot be used; '' if it can."""
    try:
        _from_file(file)
    except IdentityError as error:
        return str(error)
    return ""


def _from_file(file: Path) -> bytes:
    try:
        mode = file.stat().st_mode
        content = file.read_bytes().strip()
    except OSError as error:
        raise IdentityError(f"the identity key {file} cannot be read: {error.strerror}") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise IdentityError(f"the identity key {file} can be read by others: run chmod 600 {file}")
    return _long_enough(content, str(file))


def _long_enough(key: bytes, place: str) -> bytes:
    if len(key) < LEAST:
        raise IdentityError(f"the identity key of {place} has {len(key)} bytes: write at least {LEAST}")
    return key
