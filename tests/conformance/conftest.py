"""The one district and the one dbt run that all conformance tests read.

Here belongs the order: every module adds its cases, then the project runs once. Not here: cases and figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.conformance import air_cases, energy_cases, noise_cases, returns_cases, water_cases
from tests.conformance.kit import District, Project

# After the last case (2028), so that every period in the cases is over.
AS_OF = datetime(2029, 2, 1, 6, 30)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """All cases built by the project: seeds, staging, intermediate and marts of all domains with cases."""
    work = tmp_path_factory.mktemp("conformance")
    project = Project(work, AS_OF, declared=energy_cases.declared())
    district = District()
    for cases in (water_cases, air_cases, noise_cases, energy_cases, returns_cases):
        cases.add(district)
    district.write(project.clean_root)
    cross_domain = ("mart_indicator_values", "mart_ghg_inventory")
    project.build("water", "air", "noise", "energy", "returns", *(f"cross_domain/{mart}.sql" for mart in cross_domain))
    yield project
