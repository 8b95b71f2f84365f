"""The beginning of one file of a source, read and cleaned as a refresh would, and what came of it.

Here belongs choosing the file, reading no more than its beginning through the real connector, readers and cleaning, and
gathering what they found. Nothing is written but what cleaning keeps in its own temporary folder. Not here: printing.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import polars as pl

from sources.cleaning.clean_run import CleanReport, Setup, clean_deliveries
from sources.cleaning.fingerprint import source_fingerprints
from sources.cleaning.register import load_register
from sources.cleaning.source_plan import plan_for
from sources.cleaning.spill import Budget
from sources.config.columns import expected_columns
from sources.config.model import Config, Source
from sources.connectors import connector_for, kind_of
from sources.deliveries import Delivery, Offer, PullError, Receipt
from sources.preview.column_use import ColumnUse, column_uses
from sources.preview.memory_store import MemoryStore
from sources.readers import Beginning, ReadLimits, UnreadableFile, read_rows
from sources.readers.read_limits import MEBIBYTE
from sources.registry import Registry

BEGINNING = Beginning()
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Reason:
    """Why something was quarantined: so many entries, and the sentence of the first."""

    reason: str
    entries: int
    first: str


@dataclass(frozen=True)
class SourcePreview:
    """What the beginning of one file gives. `failure` says why there is nothing, '' otherwise; `whole` whether the file
    ended before the beginning did. `readings` are clean, in the order of rows and columns of the file.
    """

    source: Source
    failure: str = ""
    file_name: str = ""
    files: int = 0
    whole: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[int, int] = field(default_factory=dict)
    quarantine: tuple[Reason, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    notices: tuple[str, ...] = ()
    readings: pl.DataFrame = field(default_factory=pl.DataFrame)


@dataclass(frozen=True)
class Look:
    """What every source of one configuration is previewed by."""

    config: Config
    registry: Registry
    register: pl.DataFrame
    now: datetime
    beginning: Beginning | None = BEGINNING


def look_at(config: Config, known: Registry, now: datetime, beginning: Beginning | None = BEGINNING) -> Look:
    """Loads what the sources of `config` share; ConfigError if a site register cannot be used."""
    # Nothing is kept, so that an identity need not be the same tomorrow: no key is made and none is asked for.
    own = replace(config.identity, simulated=config.identity.simulated or secrets.token_hex())
    config = replace(config, identity=own)
    registry = config.registry(known)
    return Look(config, registry, load_register(config, registry), now, beginning)


def preview_source(source: Source, look: Look) -> SourcePreview:
    """The preview of one source; a source or file that cannot be had is told in it. ConfigError if its mapping cannot
    be used.
    """
    plan = plan_for(source, look.registry, look.config)
    found = SourcePreview(source)
    try:
        offer, files, fetch = _newest(source, look)
        found = SourcePreview(source, file_name=offer.file_name, files=files)
        with _kept(source, fetch) as opened:
            made = _delivery(source, offer, opened, look.now)
            rows, whole = _as_read(made, source, look.beginning)
            found = replace(found, whole=whole, columns=column_uses(plan, rows))
            store, report = _cleaned(source, made, look)
    except (PullError, UnreadableFile) as error:
        return replace(found, failure=str(error))
    if report.refused:
        return replace(found, failure=report.refused[0][1])
    return _gathered(found, store, report, made.receipt)


def _newest(source: Source, look: Look) -> tuple[Offer, int, Callable[[], IO[bytes]]]:
    """The offer that was delivered last, and how many there are; PullError if there is none."""
    connector = connector_for(source, look.config)
    newest, files = None, 0
    for offer in connector.offers(look.now):
        files += 1
        if newest is None or _place(offer) >= _place(newest):
            newest = offer
    if newest is None:
        raise PullError(f"source {source.id}: no file matches path = '{source.path}'; correct it, or deliver one")
    chosen = newest
    return chosen, files, lambda: connector.fetch(chosen)


def _place(offer: Offer) -> tuple[datetime, str]:
    return offer.delivered_at or _EARLIEST, offer.offer_id


@contextmanager
def _kept(source: Source, fetch: Callable[[], IO[bytes]]) -> Generator[Callable[[], IO[bytes]]]:
    """A way to open the bytes twice; what does not lie in a folder is fetched once, into a temporary file."""
    if kind_of(source).reads_folder:
        yield fetch
        return
    with tempfile.TemporaryDirectory(prefix="ecoledger-preview-") as folder:
        file = Path(folder) / "delivery"
        with fetch() as stream, file.open("wb") as copy:
            shutil.copyfileobj(stream, copy, MEBIBYTE)
        yield lambda: file.open("rb")


def _delivery(source: Source, offer: Offer, fetch: Callable[[], IO[bytes]], now: datetime) -> Delivery:
    """The offer as if it had landed; its bytes are neither copied where they can be read twice, nor hashed."""
    receipt = Receipt(
        feed=source.feed,
        source_id=source.id,
        offer_id=offer.offer_id,
        file_name=offer.file_name,
        sha256="",
        size_bytes=0,
        delivered_at=(offer.delivered_at or now).isoformat(),
        delivered_at_source=offer.delivered_at_source,
        landed_at=now.isoformat(),
        connector=source.connector,
        provenance=source.provenance,
        owner=source.owner,
        licence=source.licence,
        offered_path=offer.offered_path,
        source_path=source.path,
    )
    return Delivery(receipt, fetch)


def _as_read(delivery: Delivery, source: Source, beginning: Beginning | None) -> tuple[pl.DataFrame, bool]:
    """The rows as the reader gives them, and whether they are all; UnreadableFile as cleaning would refuse it."""
    receipt = delivery.receipt
    frames, whole = [], True
    with delivery.open() as stream:
        for batch in read_rows(
            stream,
            receipt.file_name,
            source.format,
            ReadLimits(beginning=beginning),
            expected=expected_columns(source),
            path=receipt.offered_path,
        ):
            frames.append(batch.frame)
            whole = not batch.cut
    return pl.concat(frames, how="diagonal").with_columns(pl.col(pl.String).fill_null("")), whole


def _cleaned(source: Source, delivery: Delivery, look: Look) -> tuple[MemoryStore, CleanReport]:
    """The delivery alone, cleaned into memory."""
    config = replace(look.config, sources=(source,))
    store = MemoryStore()
    store.offer([delivery])
    prints = source_fingerprints(config, look.registry)
    setup = Setup(config, look.register, prints, look.registry, Budget(beginning=look.beginning))
    return store, clean_deliveries(source.feed, setup, [delivery], store)


def _gathered(found: SourcePreview, store: MemoryStore, report: CleanReport, receipt: Receipt) -> SourcePreview:
    source = found.source
    held = store.counted(receipt.delivery_id)
    counts = {
        "records_in": report.records_in,
        "records_used": held.records_used,
        "records_quarantined": report.records_quarantined,
        "records_duplicate": held.records_duplicate,
        "readings_in": report.readings_in,
        "readings_clean": held.readings_clean,
        "readings_missing": held.readings_missing,
        "readings_flagged": held.readings_flagged,
        "readings_quarantined": report.readings_quarantined,
        "readings_duplicate": held.readings_duplicate,
        "readings_superseded": held.readings_superseded,
    }
    readings = store.all_clean(source.table)
    flags: dict[int, int] = {}
    if readings.height:
        places = {use.column: at for at, use in enumerate(found.columns)}
        place = pl.col("raw_column").cast(pl.String).replace_strict(places, default=len(places), return_dtype=pl.Int64)
        readings = readings.sort("raw_row", place, maintain_order=True)
        flags = dict(readings["flag"].value_counts().sort("flag").iter_rows())
    quarantined = store.quarantine.get((source.feed, receipt.delivery_id))
    return replace(
        found,
        counts=counts,
        flags=flags,
        quarantine=_reasons(quarantined) if quarantined is not None else (),
        notices=(*report.contradictions, *report.named),
        readings=readings,
    )


def _reasons(quarantined: pl.DataFrame) -> tuple[Reason, ...]:
    """Why entries were quarantined, the most frequent reason first."""
    found = quarantined.group_by("reason", maintain_order=True).agg(entries=pl.len(), first=pl.col("message").first())
    ordered = found.sort("entries", descending=True, maintain_order=True)
    return tuple(Reason(*row) for row in ordered.select("reason", "entries", "first").iter_rows())
