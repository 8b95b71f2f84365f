"""Which tests share a process and which begin first when a whole run uses several cores.

A lane shares what is dear to make: a refreshed district, a dbt run. Lanes run next to each other, each with temporary
folders of its own, so nothing else needs a lock. Here belongs that decision, as pure functions of ids and paths. Not
here: fixtures, or what a test is about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

TESTS = Path(__file__).parent
# A refresh for each kill: by far the longest of the slow suites.
LONGEST = "tests/faults/test_kill.py"
# Folders whose tests share a world, dearest first: what takes longest must not begin last.
SHARED = (
    "tests/real",
    "tests/pipeline/by_hand",
    "tests/conformance",
    "tests/pipeline",
    "tests/cases",
    "tests/faults",
    "tests/gate",
)
# Files of those folders that make worlds of their own.
ALONE = (
    "tests/conformance/test_seed_rows_matter.py",
    "tests/conformance/test_declared.py",
    "tests/pipeline/test_turns.py",
    "tests/pipeline/test_self_test.py",
    "tests/pipeline/test_determinism.py",
    "tests/pipeline/test_definitions.py",
    "tests/pipeline/test_held_domain.py",
    "tests/pipeline/test_entered.py",
    "tests/pipeline/test_new_feed.py",
    "tests/faults/test_warehouse_kill.py",
    "tests/faults/test_fault_cleaning.py",
)
# The shared worlds are the length of a run: further processes would only wait.
MOST_WORKERS = 4


def lane(node_id: str) -> str:
    """The lane of a test by its id: the folder that shares a world, or its file."""
    file = node_id.split("::", 1)[0]
    if file in (LONGEST, *ALONE):
        return file
    parents = {str(parent) for parent in PurePosixPath(file).parents}
    return next((folder for folder in SHARED if folder in parents), file)


def rank(node_id: str) -> tuple[int, str]:
    """Sorts tests by lane: the longest, shared worlds, worlds of one file, then every other file by its name."""
    own, order = lane(node_id), (LONGEST, *SHARED, *ALONE)
    return (order.index(own), own) if own in order else (len(order), own)


def workers(arguments: Iterable[str], here: Path) -> int:
    """How many processes a run over these paths and ids uses; 0: one room or file runs in this process."""
    rooms = set()
    for argument in arguments:
        path = (here / argument.split("::", 1)[0]).resolve()
        rooms.add(path.relative_to(TESTS).parts[:1] if path.is_relative_to(TESTS) else ())
    one_room = len(rooms) == 1 and () not in rooms
    # One more than there are cores: a refresh waits for the disk and for processes of its own.
    return 0 if one_room else min(MOST_WORKERS, len(os.sched_getaffinity(0)) + 1)
