"""What the steps of one refresh found out: kept apart from what they work with (session.py).

Here belongs the record that assets fill and that the summary is made from; a step returns its result and writes
nothing here. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.release.publication import Published


@dataclass
class Findings:
    """Of one run, each filled by the step it belongs to.

    `failures` maps a feed to why its pull or cleaning failed, `fetched` to the ids of new deliveries, `cleaned` to the
    ids of those cleaned in this run. `verdicts` holds the gate's word by domain, `held` why a domain is held or empty;
    `notices` are sentences for people about what is not a fault; `refused` says why nothing may be published ('' if it
    may). `plan` is what became of each model, `before_full` what a full build is compared with (by node: its key and
    what it held).
    """

    failures: dict[str, list[str]] = field(default_factory=dict)
    fetched: dict[str, set[str]] = field(default_factory=dict)
    cleaned: dict[str, set[str]] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    refused: str = ""
    before_full: dict[str, tuple[str, str]] = field(default_factory=dict)
    plan: list[dict[str, str]] = field(default_factory=list)
    published: Published | None = None
