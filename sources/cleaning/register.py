"""The site register in force: the user's dated files put together, and the question whether a site holds on a date.

Here belong reading the files (later rows win per key) and looking sites up. Not here: judging an entry's text
(sources.config.registers) or what an attribute means for a figure (dbt_project).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from sources.cleaning.schema import register_schema
from sources.config.cells import typed
from sources.config.model import Config, ConfigError
from sources.config.registers import EVER, entries_in_force, register_mistakes
from sources.registry import Registry
from sources.registry import registry as shipped
from sources.registry.clean_columns import REGISTER_COLUMNS
from sources.registry.feed_model import PROVENANCE_BY_TRUST

SIMULATED = PROVENANCE_BY_TRUST[0]


def load_register(config: Config, registry: Registry | None = None) -> pl.DataFrame:
    """All registers of `config` as one frame of REGISTER_COLUMNS, sorted by feed, site and valid_from.

    Later files and rows win per (site_id, feed, valid_from). An entry without provenance has that of its feed's
    sources. ConfigError names file and line of every mistake found.
    """
    known_as = {feed: _provenance_of(config, feed) for feed in (registry or shipped()).feeds}
    for file in config.registers:
        if mistakes := register_mistakes(file, registry or shipped()):
            raise ConfigError("; ".join(f"{message}. {hint}" if hint else message for message, hint in mistakes))
    rows = [_row(entry) for entry in entries_in_force(config.registers).values()]
    for row in rows:
        row["provenance"] = row["provenance"] or known_as[row["feed"]]
    rows.sort(key=lambda row: (row["feed"], row["site_id"], row["valid_from"]))
    return pl.DataFrame(rows, schema=register_schema(), orient="row")


def _provenance_of(config: Config, feed: str) -> str:
    """What a site is that does not say it: as its feed's sources, the least trustworthy of them.

    Simulated sites name themselves so: a simulated source makes no other site simulated, unless there is nothing else.
    """
    given = {source.provenance for source in config.sources_of(feed)}
    own = given - {SIMULATED} or given or {PROVENANCE_BY_TRUST[-1]}
    return min(own, key=PROVENANCE_BY_TRUST.index)


def _row(entry: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {c.name: typed(entry.get(c.name, ""), c.dtype) for c in REGISTER_COLUMNS}
    row["valid_from"] = row["valid_from"] or EVER
    return row


class SiteRegister:
    """Which sites of one feed hold on which dates."""

    def __init__(self, register: pl.DataFrame, feed: str) -> None:
        own = register.filter(pl.col("feed") == feed).select("site_id", "valid_from", "valid_to")
        self._entries = own.with_columns(
            pl.col("valid_from").fill_null(EVER), pl.col("valid_to").fill_null(date(9999, 12, 31))
        )

    @cached_property
    def _single(self) -> pl.DataFrame | None:
        """One span per site, where no site has a second entry that leaves a gap; else None."""
        spans = self._entries.sort("site_id", "valid_from").with_columns(
            gap=(
                (pl.col("site_id") == pl.col("site_id").shift())
                & (pl.col("valid_from") > pl.col("valid_to").shift().cum_max().over("site_id").dt.offset_by("1d"))
            ).fill_null(False)
        )
        if spans["gap"].any():
            return None
        return spans.group_by("site_id", maintain_order=True).agg(pl.col("valid_from").min(), pl.col("valid_to").max())

    def judge(self, site: pl.Series, day: pl.Series) -> pl.Series:
        """For each (site, local date): null if the register holds it, else 'unknown_site' or 'site_not_valid'."""
        asked = pl.DataFrame({"site_id": site, "day": day})
        if self._single is not None:
            found = asked.join(self._single, on="site_id", how="left", maintain_order="left")
        else:
            found = self._by_pair(asked)
        inside = pl.col("day").is_between("valid_from", "valid_to")
        return found.select(
            reason=pl.when(pl.col("valid_from").is_null()).then(pl.lit("unknown_site"))
            .when(~inside).then(pl.lit("site_not_valid"))
        ).to_series()  # fmt: skip

    def _by_pair(self, asked: pl.DataFrame) -> pl.DataFrame:
        """The span that holds the date, else any span of the site, for each row of `asked`, in order."""
        pairs = asked.unique().join(self._entries, on="site_id", how="left")
        inside = pl.col("day").is_between("valid_from", "valid_to").fill_null(False)
        best = pairs.with_columns(inside=inside).sort("inside", "valid_from", descending=[True, False])
        best = best.unique(["site_id", "day"], keep="first", maintain_order=True).drop("inside")
        return asked.join(best, on=["site_id", "day"], how="left", maintain_order="left", nulls_equal=True)
