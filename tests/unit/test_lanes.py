"""Tests are spread over processes so that a shared world is made once, and so that each path of the plan exists."""

from pathlib import Path

import pytest

from tests import lanes

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("node_id", "lane"),
    [
        ("tests/real/test_real_air.py::test_x[air]", "tests/real"),
        ("tests/pipeline/by_hand/test_air.py::test_x", "tests/pipeline/by_hand"),
        ("tests/pipeline/test_refresh.py::test_x", "tests/pipeline"),
        ("tests/pipeline/test_self_test.py::test_x[a/b]", "tests/pipeline/test_self_test.py"),
        ("tests/unit/test_lanes.py::test_x", "tests/unit/test_lanes.py"),
    ],
)
def test_a_shared_world_is_one_lane(node_id: str, lane: str) -> None:
    assert lanes.lane(node_id) == lane


def test_every_lane_of_the_plan_exists() -> None:
    assert [path for path in (lanes.LONGEST, *lanes.SHARED, *lanes.ALONE) if not (ROOT / path).exists()] == []


def test_shared_worlds_begin_first() -> None:
    ids = [
        "tests/unit/test_a.py::t",
        "tests/pipeline/test_self_test.py::t",
        "tests/gate/test_a.py::t",
        "tests/real/a::t",
    ]
    assert sorted(ids, key=lanes.rank) == [ids[3], ids[2], ids[1], ids[0]]


def test_one_room_runs_in_one_process_and_the_whole_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: range(64))
    assert lanes.workers(["tests/unit"], ROOT) == 0
    assert lanes.workers(["tests/unit/test_lanes.py::test_x", "tests/unit/test_rooms.py"], ROOT) == 0
    assert lanes.workers(["unit"], ROOT / "tests") == 0
    assert lanes.workers(["tests"], ROOT) == lanes.MOST_WORKERS
    assert lanes.workers(["tests/unit", "tests/gate"], ROOT) == lanes.MOST_WORKERS
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: range(2))
    assert lanes.workers(["tests"], ROOT) == 3
