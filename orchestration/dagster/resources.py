"""The one Dagster resource: which lake, which configuration, which clock; opened once per run, under the writer's lock.

Here belongs turning a run's configuration into an open session. Not here: what is done with it. A run from the web
page or the schedule leaves `clock` empty and is at the last complete day; the command line writes down what it was
asked, so that a run can be repeated as it was.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
from pydantic import Field, PrivateAttr

from orchestration.findings import Findings
from orchestration.progress import Progress, Silent, Step, step
from orchestration.session import Session, open_session
from orchestration.settings import Settings, settled
from warehouse.lock import writer_lock
from warehouse.paths import DataDir


class Refresh(dg.ConfigurableResource):
    """Last day, first day and feeds of one refresh, and whether it builds everything again; a run's configuration can
    say no more than these.

    Data directory and configuration file (None = built-in district) belong to the definitions: whoever may start a run
    must not choose where it reads and writes. `over` gives the class for them. Dagster makes its own object of it for a
    run, so that the class also carries who is told about the steps (None = nobody), and where the findings of its run
    go that the command line sums up (`kept`).
    """

    data: ClassVar[DataDir | None] = None
    config_file: ClassVar[Path | None] = None
    told: ClassVar[Progress | None] = None
    kept: ClassVar[list[Findings] | None] = None

    last_day: str = ""
    first_day: str = ""
    feeds: list[str] = Field(default_factory=list)
    full: bool = False

    _session: Session | None = PrivateAttr(default=None)
    _findings: Findings = PrivateAttr(default_factory=Findings)
    _progress: Progress = PrivateAttr(default_factory=Silent)

    @classmethod
    def over(
        cls,
        at: DataDir,
        config: Path | None,
        progress: Progress | None = None,
        findings: list[Findings] | None = None,
    ) -> type[Refresh]:
        """The resource of definitions over one data directory and configuration file."""

        class Bound(Refresh):
            data: ClassVar[DataDir | None] = at
            config_file: ClassVar[Path | None] = config
            told: ClassVar[Progress | None] = progress
            kept: ClassVar[list[Findings] | None] = findings

        return Bound

    @classmethod
    def of(cls, settings: Settings, last_day: str, progress: Progress, findings: list[Findings]) -> Refresh:
        """The resource that stands for `settings`; the findings of its run are appended to `findings`."""
        return cls.over(settings.data, settings.config.path, progress, findings)(
            last_day=last_day,
            first_day=settings.first.isoformat() if settings.first else "",
            feeds=list(settings.feeds),
            full=settings.full,
        )

    def settings(self, now: datetime | None = None) -> Settings:
        """The settings this resource stands for."""
        if self.data is None:
            raise dg.DagsterInvariantViolationError("the refresh resource has no data directory: use Refresh.over")
        return settled(
            self.data,
            self.config_file,
            self.first_day or None,
            self.last_day or None,
            self.feeds,
            now,
            full=self.full,
        )

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Refresh]:
        """Holds the writer's lock for the whole run; LakeBusy if another process writes."""
        settings = self.settings()
        run = f"Dagster run {context.run.run_id}" if context.run else "Dagster run"
        with writer_lock(settings.data, run), open_session(settings) as session:
            self._session = session
            self._progress = self.told or self._progress
            if self.kept is not None:
                self.kept.append(self._findings)
            try:
                yield self
            finally:
                self._session = None

    @property
    def session(self) -> Session:
        """The open session of the run."""
        if self._session is None:
            raise dg.DagsterInvariantViolationError("the refresh resource is only usable inside a run")
        return self._session

    @property
    def findings(self) -> Findings:
        """What the steps of the run have found out."""
        return self._findings

    def step(self, name: str, subject: str = "") -> AbstractContextManager[Step]:
        """Tells whoever started the run about a step, from its beginning to its end."""
        return step(self._progress, name, subject)

    def run_config(self) -> dict[str, Any]:
        """The resource's part of a run's configuration."""
        return {"resources": {"refresh": {"config": self.model_dump(include=set(_FIELDS))}}}


_FIELDS = ("last_day", "first_day", "feeds", "full")
