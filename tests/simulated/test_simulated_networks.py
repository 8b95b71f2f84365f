"""The simulated networks: made of their declarations, few enough readings, and files that say what levels say.

Here belongs what is special about networks. Not here: what holds for every file (test_simulated_files.py) or planted
defects (test_simulated_answer_key.py).
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest

from sources.config.load import load_config
from sources.connectors.simulated import generate
from sources.networks.read_declaration import shipped_names
from sources.simulated.network_plan import declaration, is_word, levels, networks, places
from sources.simulated.schedule import SHANGHAI, Planned, planned
from sources.simulated.streams import STREAMS

SEED = 110105
END = datetime(2026, 11, 30, 23, 59, tzinfo=SHANGHAI)
MOST_READINGS = 1_000_000


def rows(network: str, plan: Planned, defects: bool = False) -> list[dict[str, str]]:
    data = generate(STREAMS[network], plan, SEED, defects)
    text = data.decode(networks()[network].get("encoding", "utf-8"))
    return list(csv.DictReader(io.StringIO(text)))


def plans(network: str) -> list[Planned]:
    return planned(STREAMS[network], SEED, False, END)


def test_every_shipped_network_is_simulated() -> None:
    assert sorted(networks()) == sorted(shipped_names())
    assert {s.feed for s in load_config(None).sources} >= set(networks())


@pytest.mark.parametrize("network", networks())
def test_the_simulator_speaks_the_words_of_the_declaration(network: str) -> None:
    declared, own = declaration(network), networks()[network]
    assert {level.parameter for level in levels(network)} <= set(declared["parameters"])
    assert {level.kind for level in levels(network)} - {""} <= set(own["kinds"]) <= set(declared["site_kinds"])
    assert set(own.get("attributes", {})) <= set(declared.get("attributes", {}))
    # What a parameter is made of comes before it.
    known: set[str] = set()
    for level in levels(network):
        assert {name.removeprefix("-") for name in level.of} <= known | set(own.get("attributes", {}))
        known.add(level.parameter)


def test_there_are_few_enough_readings() -> None:
    found = {network: len(rows(network, plans(network)[-1])) * len(plans(network)) for network in networks()}
    assert all(found.values())
    assert 400_000 < sum(found.values()) <= MOST_READINGS, found


@pytest.mark.parametrize("network", [n for n in networks() if "split" in networks()[n]])
def test_split_readings_have_one_line_each(network: str) -> None:
    split = networks()[network]["split"]
    found = rows(network, plans(network)[-1])
    names = {
        level.parameter: declaration(network)["parameters"][level.parameter]["name_zh"] for level in levels(network)
    }
    for level in levels(network):
        mine = [r for r in found if r["项目"] == names[level.parameter]]
        assert {r[split["column"]] for r in mine} == (set(split["values"]) if level.split else {""})


def test_words_and_non_detects_are_written_as_laboratories_do() -> None:
    found = rows("groundwater", plans("groundwater")[0])
    words = {r["结果"] for r in found if r["项目"] in ("嗅和味", "肉眼可见物")}
    assert words <= {"无", "有"} and is_word("groundwater", "odour_taste")
    assert sum(r["结果"].endswith("L") for r in found) > len(found) / 20
    assert {r["结果"] for r in found if r["项目"] == "色" and r["结果"].endswith("L")} == {"5L"}


def test_a_parameter_made_of_others_fits_them() -> None:
    found = rows("water_metering", plans("water_metering")[3])
    zone = next(p.site_id for p in places("water_metering") if p.kind == "supply_zone")
    by_item = {r["项目"]: float(r["结果"]) for r in found if r["点位编号"] == zone}
    share = 1 - by_item["管网漏损率"] / 100
    assert by_item["分区售水量"] == pytest.approx(by_item["分区供水量"] * share, rel=0.001)
    sites = {p.site_id for p in places("water_metering") if p.kind == "well"}
    assert {r["项目"] for r in found if r["点位编号"] in sites} == {"取水量"}


def test_a_survey_has_positions_inside_the_district() -> None:
    found = rows("voc_mobile", plans("voc_mobile")[0])
    assert len(found) == networks()["voc_mobile"]["track"]
    assert len({(r["经度"], r["纬度"]) for r in found}) > 80
    assert all(116.2 < float(r["经度"]) < 116.8 and 39.7 < float(r["纬度"]) < 40.2 for r in found)


def test_a_kitchen_is_measured_while_it_is_open() -> None:
    hours = {int(r["监测时间"][11:13]) for r in rows("catering_fumes", plans("catering_fumes")[0])}
    assert hours == set(range(10, 22))


@pytest.mark.parametrize("network", networks())
def test_no_network_measures_before_its_first_day(network: str) -> None:
    stamps = [r["监测时间"] for r in rows(network, plans(network)[0])]
    first = networks()[network]["first"].isoformat()
    assert min(stamps) >= first[: len(min(stamps))]
