"""The command line: `ecoledger`, its commands and how every ending becomes an exit code and a sentence.

Exit codes: 0 published or nothing new, 1 unexpected, 2 bad configuration or usage, 3 published with a domain held, a
feed failed or a file refused, 4 nothing published because the gate refused, 5 another process is writing, 130 stopped
by Ctrl-C or SIGTERM. Not here: what a command does (its own module), nor any heavy import.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer
from typer.exceptions import TyperException

from expectations.waivers import WaiverError
from orchestration.cli import config, declarations, dev, doctor, history, methods, refresh, repair, ui
from orchestration.cli.report import print_json
from orchestration.dbt_runs.feed_files import FeedIncomplete
from orchestration.decisions import BAD_USAGE, BUSY, OK, STOPPED, UNEXPECTED, UsageError
from orchestration.environment import log_file
from orchestration.settings import data_dir
from sources.config import ConfigError
from sources.disk import is_full
from sources.readers import is_panic
from warehouse.full_disk import DiskFull, full_text
from warehouse.lake.intact import LakeDamaged
from warehouse.lock import LakeBusy
from warehouse.paths import DataDirError
from warehouse.release.ledger import LedgerError
from warehouse.release.releases import ReleaseError

_STOPPED = "stopped: what it had started was ended too; nothing half-done is visible, the same command carries on"

app = typer.Typer(
    name="ecoledger",
    help="Carries a district's deliveries from raw bytes to a gated, published release.\n\n"
    "Exit codes: 0 published or nothing new, 1 unexpected, 2 bad configuration or usage, 3 published with a domain "
    "held, a feed failed or a file refused, 4 nothing published because the gate refused, 5 another process is "
    "writing, 130 stopped by Ctrl-C or SIGTERM.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
refresh.register(app)
history.register(app)
repair.register(app)
doctor.register(app)
ui.register(app)
config.register(app)
methods.register(app)
declarations.register(app)
dev.register(app)


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code; prints a sentence, never a traceback."""
    try:
        result = app(args=list(arguments), prog_name="ecoledger", standalone_mode=False)
        # So the framework hands over Ctrl-C.
        if result == STOPPED:
            return _end(STOPPED, _STOPPED, arguments)
        return result if isinstance(result, int) else OK
    except TyperException as error:
        # Wrong options and unknown commands; the framework words them and shows the usage line.
        if _wants_json(arguments):
            return _end(BAD_USAGE, error.format_message(), arguments)
        if show := getattr(error, "show", None):
            show()
        else:
            print(error.format_message(), file=sys.stderr)
        return BAD_USAGE
    except (UsageError, ConfigError, WaiverError, DataDirError, FeedIncomplete) as error:
        return _end(BAD_USAGE, str(error), arguments)
    except LakeBusy as busy:
        return _end(BUSY, str(busy), arguments)
    except BrokenPipeError:
        # The reader of our output has gone (`ecoledger releases | head`): there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return OK
    except (LakeDamaged, LedgerError, ReleaseError) as error:
        # Changed by hand or damaged: said plainly, never repaired over.
        return _end(UNEXPECTED, str(error), arguments)
    except KeyboardInterrupt:
        return _end(STOPPED, _STOPPED, arguments)
    except DiskFull as full:
        return _end(UNEXPECTED, str(full), arguments)
    except BaseException as error:
        # A panic of a native library is not an Exception, but ends a command as any mistake of ours does.
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        if is_full(error):
            return _end(UNEXPECTED, full_text(data_dir(None).root), arguments)
        return _end(UNEXPECTED, f"unexpected: {_short(error)}{_logged(error)}", arguments)


def main() -> None:
    """Entry point of `ecoledger`.

    Leaves through os._exit: at interpreter exit the native libraries' teardown can print reports (DuckDB 2.0's
    binding lists objects that Dagster's caches still hold) which tell a user nothing.
    """
    # A service manager's SIGTERM ends a command like Ctrl-C: children are ended and the reason is said.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                code = code or UNEXPECTED
    os._exit(code)


def _end(code: int, text: str, arguments: Sequence[str]) -> int:
    """Says why a command ended: a sentence on stderr, or with --json an object on stdout."""
    if _wants_json(arguments):
        print_json({"exit_code": code, "outcome": "failed", "message": text})
    else:
        print(f"ecoledger: {text}", file=sys.stderr)
    return code


def _wants_json(arguments: Sequence[str]) -> bool:
    return "--json" in arguments


def _short(error: BaseException) -> str:
    """Kind and first line of an error."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first[:300]}" if first else type(error).__name__


def _logged(error: BaseException) -> str:
    """Appends the traceback to the data directory's log; says where, or shows it if that cannot be written."""
    text = "".join(traceback.format_exception(error))
    try:
        log: Path = log_file(data_dir(None))
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(text)
    except (OSError, UsageError):
        return ""
    return f" (full log: {log})"


if __name__ == "__main__":
    main()
