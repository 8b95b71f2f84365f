"""The process that reads workbooks, Parquet, XML and web pages: `python -m sources.readers.child <bytes of memory>`,
started by isolated.py.

Here belong its limits on memory and processor time, and the loop from requests to answers. It ends when its parent
does: its input ends then. Not here: reading (excel_rows.py, parquet_rows.py, xml_rows.py, html_rows.py).
"""

from __future__ import annotations

import io
import math
import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from sources.readers.batches import refusal_of
from sources.readers.isolated import BATCH, END, HEAD, REFUSED, batch_body

_REQUEST = struct.Struct("<dQ")
_STATM = Path("/proc/self/statm")


def main(memory: int) -> None:
    """Answers requests until the input ends, or until it has grown by more than half of the `memory` it may take."""
    # Ctrl-C reaches the whole group: the parent decides what becomes of its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    # Native code may print where it likes: only answers go to the parent.
    os.dup2(2, 1)
    base = _address_space()
    _limit(resource.RLIMIT_AS, base + memory if base else resource.RLIM_INFINITY)
    _limit(resource.RLIMIT_CORE, 0)
    while len(head := sys.stdin.buffer.read(_REQUEST.size)) == _REQUEST.size:
        seconds, length = _REQUEST.unpack(head)
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds) + 5)
        records, refusal, broke = _answer(sys.stdin.buffer.read(length), out)
        stays = not broke and _address_space() - base < memory // 2
        said = pickle.dumps({"records": records, "refusal": refusal, "stays": stays})
        _send(out, REFUSED if refusal else END, said)
        if not stays:
            break


def _answer(request: bytes, out: IO[bytes]) -> tuple[int, tuple | None, bool]:
    """Sends the batches of one file, or counts its records where nothing is expected of it (None).

    Gives the count, what refuses the file, and whether that was not an orderly refusal.
    """
    data, name, fmt, limits, expected = pickle.loads(request)
    del request
    try:
        if expected is None:
            return _reader(fmt.kind, "records")(io.BytesIO(data), fmt, limits), None, False
        for batch in _reader(fmt.kind, "rows")(io.BytesIO(data), name, fmt, limits, expected):
            _send(out, BATCH, batch_body(batch))
    except BaseException as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return 0, refusal.args, refusal.broke
    return 0, None, False


def _reader(kind: str, what: str) -> Callable[..., Any]:
    """The function of a kind's module, loaded with its library once a file of that kind comes."""
    name = {"xlsx": "excel"}.get(kind, kind)
    return getattr(import_module(f"sources.readers.{name}_rows"), f"{name}_{what}")


def _send(out: IO[bytes], kind: bytes, body: bytes) -> None:
    out.write(HEAD.pack(kind, len(body)))
    out.write(body)
    out.flush()


def _limit(what: int, value: int) -> None:
    """Lowers the soft limit, as far as the hard one allows."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    try:
        return int(_STATM.read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


if __name__ == "__main__":
    main(int(sys.argv[1]))
