"""`ecoledger config suggest`: a draft of `[[source]]` from a user's files.

Here belong options, the feeds that are thought of, and the file of the draft. Not here: any guess (sources.suggest).
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.decisions import OK, UsageError
from sources.config.problems import nearest
from sources.registry import registry

if TYPE_CHECKING:
    from sources.registry import Registry
    from sources.suggest.sample import Sample


def suggest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files as they are delivered.")],
    feed: Annotated[str | None, typer.Option("--feed", help="Feed or network; default: by the parameters.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File of the draft; nothing is overwritten.")] = None,
) -> int:
    """Write a draft of a source for files: how they are laid out, their times, sites, parameters and units. What is
    unsure is marked with # ? and asked.

    Example: ecoledger config suggest deliveries/air/*.csv --out ecoledger.toml
    """
    from sources.readers import UnreadableFile, close_readers
    from sources.suggest.draft_lines import draft_of
    from sources.suggest.sample import samples_of
    from sources.suggest.suggestion import NothingSuggested

    # Why a reader broke down is a developer's matter; the refusal says what people need.
    logging.getLogger("sources").addHandler(logging.NullHandler())
    known = _known(feed)
    base = (out.parent if out else Path()).absolute()
    try:
        samples = samples_of([_file(file) for file in files])
        today = datetime.now(UTC).date()
        drafts = [draft_of(sample, known, feed, today, _path(sample, base)) for sample in samples]
    except (UnreadableFile, NothingSuggested) as error:
        raise UsageError(str(error)) from None
    finally:
        close_readers()
    text = "\n".join(drafts)
    if out is None:
        sys.stdout.write(text)
        return OK
    try:
        with out.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError:
        raise UsageError(f"{out} is there already; choose another name, or add the draft to it by hand") from None
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    asked = sum("# ?" in line for line in text.splitlines())
    print(f"written: {out}, {asked} lines with # ? to answer")
    print(f"Now run `ecoledger config preview {out}`.")
    return OK


def _known(feed: str | None) -> Registry:
    """The feeds and all delivered networks."""
    from sources.networks.network_feed import with_networks
    from sources.networks.read_declaration import shipped_declaration, shipped_names

    declarations = [read for name in shipped_names() if (read := shipped_declaration(name).declaration)]
    known = with_networks(registry(), declarations)
    if feed is not None and feed not in known.feeds:
        hint = nearest(feed, known.feeds)
        raise UsageError(f"'{feed}' is not a feed or network" + (f"; {hint}" if hint else ""))
    return known


def _file(file: Path) -> Path:
    if file.is_dir():
        raise UsageError(f"{file} is a folder: name the files in it, such as {file}/*.csv")
    if not file.exists():
        raise UsageError(f"there is no file {file}")
    if not file.is_file():
        raise UsageError(f"{file} is a pipe or a device: name a file")
    return file


def _path(sample: Sample, base: Path) -> str:
    """How the configuration names the files: relative to its folder."""
    return Path(os.path.relpath(sample.pattern, base)).as_posix()
