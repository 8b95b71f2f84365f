"""What wraps a file: gzip and zip, recognised by their first bytes, never by their name.

Here belong unpacking under limits and the refusal of what is dangerous, damaged or of another kind than declared. Not
here: the rows inside. Nothing is ever written to disk under a member's name.
"""

from __future__ import annotations

import gzip
import io
import lzma
import re
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Protocol, cast

from sources.readers.batches import UnreadableFile
from sources.readers.read_limits import MEBIBYTE, ReadLimits, too_dense, too_large
from sources.readers.stream import ByteStream

if TYPE_CHECKING:
    from sources.config.model import Format

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_KINDS = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Send it as .zip or .gz"),
    (b"Rar!", "a RAR archive", "Send it as .zip or .gz"),
    (b"\xfd7zXZ", "an xz file", "Send it as .zip or .gz"),
    (b"BZh", "a bzip2 file", "Send it as .zip or .gz"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "Send it as .zip or .gz"),
    (b"%PDF", "a PDF document", "Ask the sender for the table itself"),
)
_PARQUET = b"PAR1"
_OLE = b"\xd0\xcf\x11\xe0"
_NESTED = re.compile(r"\.(zip|gz|tgz|bz2|xz|7z|rar|tar|zst)$", re.IGNORECASE)
# What zipfile and gzip raise on damaged bytes.
DAMAGE = (
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Part:
    """One file inside a delivery: the delivery itself, or a member of its archive."""

    name: str
    stream: ByteStream
    member: str = ""


class _Packed(Protocol):
    """A compressed file or member that gives what it has unfolded."""

    def read1(self, size: int, /) -> bytes: ...


class Unfolding(io.RawIOBase):
    """Reads `source` and stops a bomb: `packed` bytes may not unfold beyond the limits. Damage refuses the file."""

    def __init__(self, source: _Packed, name: str, packed: int, limits: ReadLimits, before: int = 0) -> None:
        super().__init__()
        self._source = source
        self._name = name
        self._packed = max(packed, 1)
        self._limits = limits
        self._before = before
        self.unfolded = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, what is there before a damage included; the damage is raised by the next call."""
        if size < 0:
            return b"".join(iter(lambda: self.read(MEBIBYTE), b""))
        try:
            data = self._source.read1(size)
        except DAMAGE as damage:
            raise _damaged(self._name, self.unfolded, damage) from None
        self.unfolded += len(data)
        self._guard()
        return data

    def _guard(self) -> None:
        total = self._before + self.unfolded
        if total > self._limits.max_bytes:
            raise too_large(self._name, self._limits)
        _check_ratio(self._name, self.unfolded, self._packed, self._limits)


def parts(stream: IO[bytes], file_name: str, fmt: Format, limits: ReadLimits) -> Iterator[Part]:
    """The files inside a delivery, zip members in name order; UnreadableFile if it is empty, unsafe or damaged."""
    stream = _seekable(stream)
    head = stream.read(8)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not size:
        raise UnreadableFile("the file is empty (0 bytes)", hint="Ask the sender to deliver it again")
    if head.startswith(_GZIP):
        inner = Unfolding(gzip.GzipFile(fileobj=stream), "the gzip file", size, limits)
        yield Part(file_name, _inner(inner, "the gzip file", fmt))
    elif head.startswith(_ZIP):
        archive = _archive(stream)
        if "[Content_Types].xml" in archive.NameToInfo:
            _needs_workbook(fmt)
            stream.seek(0)
            yield Part(file_name, stream)
        else:
            yield from _members(archive, file_name, fmt, limits)
    else:
        _check_kind(head, fmt)
        yield Part(file_name, stream)


def _check_ratio(name: str, unfolded: int, packed: int, limits: ReadLimits) -> None:
    if unfolded > limits.ratio_from and unfolded > max(packed, 1) * limits.max_ratio:
        raise too_dense(name, limits)


def _seekable(stream: IO[bytes]) -> IO[bytes]:
    if stream.seekable():
        return stream
    spool = tempfile.SpooledTemporaryFile(max_size=16 * MEBIBYTE)  # noqa: SIM115  the caller reads it lazily
    shutil.copyfileobj(stream, spool, MEBIBYTE)
    spool.seek(0)
    return spool


def _inner(unfolding: Unfolding, name: str, fmt: Format) -> ByteStream:
    head = unfolding.read(8)
    if not head:
        raise UnreadableFile(f"{name} holds an empty file (0 bytes)", hint="Ask the sender to deliver it again")
    workbook = fmt.kind == "xlsx" and head.startswith(_ZIP)
    if not workbook and head.startswith((*_ZIP, _GZIP)):
        raise UnreadableFile(f"{name} holds another archive inside", hint="Pack the file once only")
    _check_kind(head, fmt)
    return _Joined(head, unfolding)


class _Joined(io.RawIOBase):
    def __init__(self, head: bytes, rest: Unfolding) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head + self._rest.read(-1) if size < 0 else head
        return self._rest.read(size)


def _archive(stream: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except DAMAGE as damage:
        raise _damaged("the zip archive or workbook", 0, damage) from None


def _members(archive: zipfile.ZipFile, file_name: str, fmt: Format, limits: ReadLimits) -> Iterator[Part]:
    entries = [(_member_name(i), i) for i in archive.infolist()]
    if len(entries) > limits.max_members:
        raise UnreadableFile(
            f"the archive has {len(entries)} members, more than {limits.max_members} (zip bomb?)",
            hint="Send it in several archives",
        )
    for name, info in entries:
        _check_member(name, info)
    files = [(n, i) for n, i in entries if not i.is_dir() and not _is_litter(n)]
    chosen = sorted((n, i.header_offset, i) for n, i in files if _matches(n, fmt.members))
    if not chosen:
        inside = ", ".join(n for n, _ in files[:8]) or "nothing"
        raise UnreadableFile(
            f"no member of the archive matches members = '{fmt.members}'; inside: {inside}",
            hint="Correct members in [source.format]",
        )
    before = 0
    for name, _, info in chosen:
        shown = f"member {name}"
        if _NESTED.search(name):
            raise UnreadableFile(f"the archive holds another archive, {name}", hint="Pack the files once only")
        if info.flag_bits & 1:
            raise UnreadableFile(f"member {name} is encrypted", hint="Send it without a password")
        try:
            opened = cast(zipfile.ZipExtFile, archive.open(info))
        except DAMAGE as damage:
            raise _damaged(shown, 0, damage) from None
        _check_ratio(shown, info.file_size, info.compress_size, limits)
        unfolding = Unfolding(opened, shown, info.compress_size, limits, before)
        yield Part(f"{file_name}!{name}", _inner(unfolding, shown, fmt), name)
        before += unfolding.unfolded


def _member_name(info: zipfile.ZipInfo) -> str:
    # Without the UTF-8 bit zipfile assumes code page 437; Chinese software means GBK, others UTF-8.
    name = getattr(info, "orig_filename", info.filename)
    if info.flag_bits & 0x800:
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _check_member(name: str, info: zipfile.ZipInfo) -> None:
    path = name.replace("\\", "/")
    unsafe = path.startswith("/") or ".." in path.split("/") or re.match(r"[A-Za-z]:", path) or "\x00" in path
    if unsafe:
        raise UnreadableFile(
            f"the archive has a member with an unsafe name, {name!r} (zip slip)",
            hint="Ask the sender to pack plain file names",
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFile(f"the archive has a symbolic link, {name!r}", hint="Pack the file itself")


def _is_litter(name: str) -> bool:
    last = PurePosixPath(name).name
    return name.startswith("__MACOSX/") or last.startswith("._") or last in (".DS_Store", "Thumbs.db")


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(PurePosixPath(name).name, pattern)


def _check_kind(head: bytes, fmt: Format) -> None:
    if head.startswith(_OLE):
        _needs_workbook(fmt)
        return
    for magic, what, hint in _OTHER_KINDS:
        if head.startswith(magic):
            raise UnreadableFile(f"the file is {what}, not {fmt.kind}", hint=hint)
    if head.startswith(_PARQUET) != (fmt.kind == "parquet"):
        what = "a Parquet file" if fmt.kind != "parquet" else "not a Parquet file"
        hint = 'Set kind = "parquet" in [source.format]' if fmt.kind != "parquet" else "Correct kind in [source.format]"
        raise UnreadableFile(f"the file is {what}" + (f", not {fmt.kind}" if fmt.kind != "parquet" else ""), hint=hint)
    if fmt.kind == "xlsx":
        page = head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        what = "a web page or XML" if page else "plain text"
        raise UnreadableFile(
            f"the file is not a workbook; it begins like {what}",
            hint=f'Save it as .xlsx, or declare kind = "{"html" if page else "csv"}"',
        )


def _needs_workbook(fmt: Format) -> None:
    if fmt.kind != "xlsx":
        raise UnreadableFile(
            f"the file is an Excel workbook, not {fmt.kind}", hint='Set kind = "xlsx" in [source.format]'
        )


def _damaged(name: str, unfolded: int, damage: BaseException) -> UnreadableFile:
    if isinstance(damage, EOFError) or "not a zip file" in str(damage).lower():
        what = "is truncated"
    elif isinstance(damage, NotImplementedError):
        return UnreadableFile(f"{name} is packed in an unsupported way ({damage})", hint="Send it as plain .zip or .gz")
    else:
        what = f"is damaged ({damage})"
    return UnreadableFile(
        f"{name} {what} after {unfolded} unpacked bytes; nothing of it is used",
        hint="Ask the sender to deliver it again",
    )
