"""The real deliveries, each mapping refreshed once per session by the command line itself, two at a time.

Here belong the refreshes that the tests of this folder share: `published`, parametrized indirectly with the name of a
mapping. Not here: assertions. Tests only read what a refresh left behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.real import house
from tests.real.house import House
from tests.real.raw import DATA, MAPPINGS

# A refresh each: these two, whose figures have an outside oracle, are in the default run; the others are a slow suite.
DEFAULT = ("water", "air")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs the refresh of another mapping."""
    for item in items:
        call = getattr(item, "callspec", None)
        if call and call.params.get("published", DEFAULT[0]) not in DEFAULT:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def refreshes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[House]]]:
    """One refresh for each mapping that a collected test asks for."""
    if not DATA.is_dir():
        pytest.skip(f"the real deliveries are not here: there is no folder {DATA}")
    calls = (getattr(item, "callspec", None) for item in request.session.items)
    wanted = {call.params.get("published") for call in calls if call}
    root = tmp_path_factory.mktemp("real")
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {name: pool.submit(house.refresh, name, root / name) for name in MAPPINGS if name in wanted}


@pytest.fixture(scope="session")
def published(request: pytest.FixtureRequest, refreshes: Mapping[str, Future[House]]) -> House:
    """The house of the mapping named by the test's parameter; fails with the command's words if it did not publish."""
    done = refreshes[request.param].result()
    assert done.ran.code == 0, f"{done.mapping}: exit code {done.ran.code}\n{done.ran.out}\n{done.ran.err[-3000:]}"
    return done
