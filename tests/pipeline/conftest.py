"""A small district end to end, made once per session by the command line itself.

Here belong the fixtures that the pipeline tests share. A test that changes a data directory copies it first.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kit import Ran, run_cli

LAST_DAY = "2025-01-24"
NEXT_DAY = "2025-01-25"


@dataclass(frozen=True)
class District:
    """A published small district: where it lies, what the first refresh said, its last day and the one after."""

    data: Path
    first: Ran
    home: Path
    last_day: str = LAST_DAY
    next_day: str = NEXT_DAY


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The built-in district from its beginning to LAST_DAY, refreshed once with an empty home that is kept."""
    home = tmp_path_factory.mktemp("home")
    data = tmp_path_factory.mktemp("district") / "data"
    first = run_cli("refresh", "--data", str(data), "--to", LAST_DAY, "--json", env={"HOME": str(home)})
    return District(data, first, home)


@pytest.fixture
def copied(district: District, tmp_path: Path) -> Callable[[], Path]:
    """Gives a copy of the district's data directory that the test may change."""

    def copy() -> Path:
        target = tmp_path / "data"
        shutil.copytree(district.data, target, symlinks=True)
        return target

    return copy
