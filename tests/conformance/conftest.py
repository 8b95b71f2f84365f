"""The one district and the one dbt run that all conformance tests read.

Here belongs the order: every module adds its cases, then the project runs once. Not here: cases and figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.conformance import (
    air_cases,
    energy_cases,
    health_cases,
    lists_cases,
    network_cases,
    noise_cases,
    plan_cases,
    plan_street_cases,
    returns_cases,
    waste_cases,
    water_cases,
)
from tests.conformance.kit import District, Project
from warehouse.tables.catalogue import all_domains

# After the last case (2032), so that every period in the cases is over.
AS_OF = datetime(2033, 2, 1, 6, 30)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """All cases built by the project: seeds, staging, intermediate and marts of every domain and across them."""
    work = tmp_path_factory.mktemp("conformance")
    project = Project(work, AS_OF)
    district = District()
    for cases in (water_cases, air_cases, noise_cases, lists_cases, energy_cases, returns_cases, health_cases):
        cases.add(district)
    waste_cases.add(district, work)
    plan_cases.add(district, work)
    networks = network_cases.add(district)
    plan_street_cases.add(district, networks, work / "street")
    district.write(project.clean_root)
    networks.write(project.clean_root)
    plan_street_cases.write(project.clean_root, work / "street")
    project.build(*all_domains())
    yield project
