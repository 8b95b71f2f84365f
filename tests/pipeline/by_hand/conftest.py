"""The hand-sized district, refreshed once per session by the command line itself.

Here belong that one refresh and the few questions that every test of this folder asks. Not here: any expected figure.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.kit import parsed, run_cli
from tests.pipeline.by_hand import deliveries
from tests.real.house import House
from warehouse.paths import DataDir


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The data directory after one `ecoledger refresh` over the user's folder; fails with the command's words."""
    folder = tmp_path_factory.mktemp("by_hand")
    config = deliveries.write(folder / "user")
    data = folder / "data"
    parsed(DataDir(data))
    ran = run_cli("refresh", "--data", str(data), "--config", str(config), "--to", "2026-01-31", "--json")
    assert ran.code == 0, f"exit code {ran.code}\n{ran.out}\n{ran.err[-3000:]}"
    return House("by_hand", data, ran)


Shown = Callable[..., None]


@pytest.fixture
def shows(house: House) -> Shown:
    """shows(mart, where, column = figure, …): the one row of a published mart has these figures.

    A figure written as text is a number, a word or a date as the column says; None is null.
    """

    def check(mart: str, where: str, /, **expected: str | int | bool | None) -> None:
        found = house.released(f"select * from {mart} where {where}")
        assert len(found) == 1, f"{mart} where {where}: {len(found)} rows"
        assert {name: plain(found[0][name], figure) for name, figure in expected.items()} == expected, (mart, where)

    return check


def plain(value: Any, figure: Any) -> Any:
    """A published value in the words of the expectation: an equal number as it was written there, dates as text."""
    if isinstance(value, Decimal) and isinstance(figure, str | int) and not isinstance(figure, bool):
        return figure if value == Decimal(figure) else str(value)
    return str(value) if isinstance(value, date | datetime) else value
