"""The process that is dbt: runs one dbt command on a manifest that was parsed before.

Started by dbt_runner.py: `python -m orchestration.dbt_child <parent's pid> <partial_parse.msgpack> <arguments>`.
dbt's own command parses the whole project again whenever a variable changes, and `as_of` changes with every refresh:
that costs 3 to 4 s a run. Variables are read when a node is compiled, so the parsed manifest serves.
Not here: anything else.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

# prctl(PR_SET_PDEATHSIG, …), Linux.
_PARENT_DEATH_SIGNAL = 1


def die_with(parent: int) -> None:
    """Ends this process when `parent` ends, killed or not: an orphan would write into the next refresh's build."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(2)


def main(arguments: list[str]) -> int:
    """Exit code as dbt's: 0 done, 1 a node failed, 2 dbt stopped."""
    die_with(int(arguments[0]))
    manifest = Manifest.from_msgpack(Path(arguments[1]).read_bytes())
    done = dbtRunner(manifest=manifest).invoke(arguments[2:])
    if done.exception is not None:
        # dbt has logged what it knows how to word; the rest would be lost.
        print(f"{type(done.exception).__name__}: {done.exception}", flush=True)
        return 2
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
