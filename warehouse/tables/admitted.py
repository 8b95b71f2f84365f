"""What a release will hold of each table, as admission hands it to publishing, and in which schemas it is found.

Here belong the shapes. Not here: the choice between fresh, held and empty (candidate/admission.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warehouse.tables.catalogue import CROSS_DOMAIN

ADMITTED_SCHEMA = "admitted"
# Where dbt_project.yml has domain marts built, and those of the domain that is built of them.
CANDIDATE_SCHEMA = "candidate"
CROSS_SCHEMA = CROSS_DOMAIN


class Verdict(Protocol):
    """A domain's verdict, as expectations.records.DomainVerdict gives it."""

    @property
    def domain(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reasons(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class AdmittedTable:
    """One table of the coming release. `state`: fresh, held or empty.

    `since` is the as_of of the first refresh that held it (None when fresh), `release_of_origin` the release whose gate
    let the rows through ('' for fresh and empty ones).
    """

    name: str
    domain: str
    state: str
    digest: str
    since: datetime | None
    reason: str
    release_of_origin: str
