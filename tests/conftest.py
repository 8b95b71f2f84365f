"""How a run is spread over processes, where they share what is made once, and what holds for every property search.
Here belongs nothing else: fixtures and strategies are next to the tests that use them.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import kit, lanes

# A search that takes longer on a busy machine has not failed.
settings.register_profile("ecoledger", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ecoledger")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A whole run uses the machine's cores; one room runs in one process, where a debugger works."""
    return lanes.workers(config.args, config.invocation_params.dir)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Brings the tests of a lane together, long lanes first."""
    items.sort(key=lambda item: lanes.rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hands out whole lanes in their order."""
    from xdist.scheduler import LoadScopeScheduling

    class ByLane(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return lanes.lane(nodeid)

    config.option.loadscopereorder = False
    return ByLane(config, log)


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One folder for all processes of this run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared"
    folder.mkdir(exist_ok=True)
    os.environ[kit.SHARED_FOLDER] = str(folder)
