"""Keeps the libraries' own words off the user's screen: while work runs, file descriptors 1 and 2 go to the log.

Dagster, dbt, Great Expectations and native code print where they like; the person sees progress and a summary, the
log holds everything. Standard library only. Not here: what is said to the person (progress.py, report.py).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def diverted_to(log: Path) -> Generator[IO[str]]:
    """Sends everything written to stdout and stderr to `log` (made anew); yields a stream to the real stderr."""
    log.parent.mkdir(parents=True, exist_ok=True)
    _flush()
    kept_out, kept_err = os.dup(1), os.dup(2)
    person = io.TextIOWrapper(os.fdopen(os.dup(2), "wb", buffering=0), encoding="utf-8", write_through=True)
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    try:
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        yield person
    finally:
        _flush()
        os.dup2(kept_out, 1)
        os.dup2(kept_err, 2)
        for descriptor in (sink, kept_out, kept_err):
            os.close(descriptor)
        person.close()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
