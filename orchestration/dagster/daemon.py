"""Dagster's daemon as a child of the web page: `python -m orchestration.dagster.daemon <parent's pid> <workspace>`.

It starts the runs that the page and the schedules ask for, and ends when the page does, however that ends. Not here:
who starts it (webserver.py).
"""

from __future__ import annotations

import sys

from orchestration.children import die_with


def main(parent: str, workspace: str) -> None:
    """Runs until it is ended."""
    die_with(int(parent))
    from orchestration.dagster.private import daemon_main

    sys.argv = ["dagster-daemon", "run", "--workspace", workspace, "--log-level", "warning"]
    daemon_main()


if __name__ == "__main__":
    main(*sys.argv[1:])
