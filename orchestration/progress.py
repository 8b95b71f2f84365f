"""What a run tells the person who started it, while it works: one line per step and subject.

Here belongs the reporter interface and the one in use. A run started by the web page or the schedule uses the
silent one. Not here: the summary at the end (report.py) or Dagster's own event log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

Note = Callable[[str], None]


class Progress(Protocol):
    """Told about each step: `step` (pull, clean, build, gate, release, prepare) and its subject."""

    def begin(self, step: str, subject: str) -> None:
        """The step starts."""
        ...

    def note(self, step: str, subject: str, text: str) -> None:
        """How far it is; the last note is next to the step when it ends."""
        ...

    def end(self, step: str, subject: str, text: str, seconds: float, failed: bool) -> None:
        """The step is over."""
        ...


class Silent:
    """Says nothing; keeps the seconds of each step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def begin(self, step: str, subject: str) -> None:
        """Nothing to say."""

    def note(self, step: str, subject: str, text: str) -> None:
        """Nothing to say."""

    def end(self, step: str, subject: str, text: str, seconds: float, failed: bool) -> None:
        """Adds up the seconds of the step."""
        self.seconds[step] = round(self.seconds.get(step, 0.0) + seconds, 3)


class Spoken(Silent):
    """Writes a line per finished step to `stream`, and a moving line for the current one on a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console

        super().__init__()
        self._console: Console = Console(file=stream, highlight=False)
        self._status: Status | None = None

    def begin(self, step: str, subject: str) -> None:
        """Shows the step as under way."""
        if self._console.is_terminal:
            self._status = self._console.status(f"{step:<8}{subject}")
            self._status.start()

    def note(self, step: str, subject: str, text: str) -> None:
        """Updates the moving line."""
        if self._status:
            self._status.update(f"{step:<8}{subject:<14}{text}")

    def end(self, step: str, subject: str, text: str, seconds: float, failed: bool) -> None:
        """Prints the finished step."""
        super().end(step, subject, text, seconds, failed)
        if self._status:
            self._status.stop()
            self._status = None
        from rich.markup import escape

        mark = "[red]✗[/red]" if failed else "[green]✓[/green]"
        self._console.print(f"{mark} {step:<8}{subject:<14}{escape(text)}  [dim]{seconds:.1f} s[/dim]", soft_wrap=True)


class Step:
    """One running step; `note` says how far it is, `fail` marks it."""

    def __init__(self, progress: Progress, name: str, subject: str) -> None:
        self.name, self.subject = name, subject
        self._progress = progress
        self.text, self.failed = "", False

    def note(self, text: str) -> None:
        """How far the step is; the last one is its result."""
        self.text = text
        self._progress.note(self.name, self.subject, text)

    def fail(self, text: str) -> None:
        """The step failed, with a reason for people."""
        self.text, self.failed = text, True


@contextmanager
def step(progress: Progress, name: str, subject: str = "") -> Generator[Step]:
    """Reports a step to `progress` from its beginning to its end, with its seconds."""
    running = Step(progress, name, subject)
    began = time.perf_counter()
    progress.begin(name, subject)
    try:
        yield running
    except BaseException as error:
        running.fail(running.text or type(error).__name__)
        raise
    finally:
        progress.end(name, subject, running.text, time.perf_counter() - began, running.failed)
