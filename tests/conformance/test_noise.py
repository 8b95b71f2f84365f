"""Noise by the worked examples, through the project's own marts and macros.

Here belong questions and expected figures. Not here: readings (noise_cases.py).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conformance import noise_cases
from tests.conformance.kit import Project, worked_examples

pytestmark = pytest.mark.skipif(not worked_examples(), reason="../shared/standards is absent: no worked examples")

_DAY = "select {} from candidate.mart_noise_site_daily where site_id = ? order by day limit 1"


def test_day_level(project: Project) -> None:
    expected = Decimal(str(noise_cases.example("Ld from 16 hourly")["expected"]["value"]))
    assert project.query(_DAY.format("ld_db, ln_db, ldn_db"), "N-LD") == [(expected, None, None)]


def test_day_night_level(project: Project) -> None:
    expected = Decimal(str(noise_cases.example("Ldn from the 24 hours")["expected"]["value"]))
    assert project.query(_DAY.format("ldn_db, validity"), "N-LDN") == [(expected, "valid")]


def test_energy_mean_of_two_levels(project: Project) -> None:
    entry = noise_cases.example("two equal levels")
    values = ", ".join(f"(cast({level} as decimal(18, 6)))" for level in entry["input"]["hourly"])
    rows = project.inline(f"select {{{{ energy_mean('level') }}}} from (values {values}) as t (level)")
    assert rows == [(Decimal(str(entry["expected"]["value"])),)]


def test_attainment_by_class(project: Project) -> None:
    expected = noise_cases.example("class attainment")["expected"]
    rows = project.query(_DAY.format("day_attained, night_attained"), "N-CLASS")
    assert rows == [(expected["day"], expected["night"])]


_ROAD = "select {} from candidate.mart_noise_survey_annual where survey_kind = 'road' and survey_period = 'day'"


def test_road_mean_by_length(project: Project) -> None:
    """(1.2 x 66.4 + 3.5 x 70.8 + 0.8 x 72.9) : 5.5 = 70.145; the table of HJ 640-2012 gives 70.1 to 72.0 grade 3."""
    expected = noise_cases.example("road traffic noise")["expected"]
    assert project.query(_ROAD.format("mean_db, grade, grade_name_zh")) == [(Decimal(str(expected["mean"])), 3, "一般")]


@pytest.mark.xfail(strict=True, reason="the example's grade contradicts the bounds it names: 70.1 is above 70.0")
def test_road_grade_of_the_example(project: Project) -> None:
    expected = noise_cases.example("road traffic noise")["expected"]
    assert project.query(_ROAD.format("grade, grade_name_zh")) == [(expected["grade"], expected["name"])]


def test_point_times_share(project: Project) -> None:
    entry = noise_cases.example("functional-area attainment")
    part, whole = entry["input"]["night_ok"], entry["input"]["night_point_times"]
    rows = project.inline(f"select {{{{ percentage('{part}', '{whole}', 1) }}}}")
    assert rows == [(Decimal(str(entry["expected"]["value"])),)]
