"""What the flags of a clean table depend on besides its readings: one fingerprint per table, and one per source that
sets thresholds of its own.

Here belongs only that: thresholds, row rules, whether there are series, and the declared version of flags. When it
differs from what a table's flags were set by, they are renewed from the clean readings (clean_run.py): all of them, or
those around the sources whose own thresholds changed. Cadence and status marks decide about rows, too, and are part of
a source's fingerprint (fingerprint.py). Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sources.cleaning.version import FLAGS_VERSION
from sources.value_digest import digest_of

if TYPE_CHECKING:
    from sources.config.model import Source
    from sources.registry.feed_model import Feed


@dataclass(frozen=True)
class FlagPrint:
    """What the flags of one table are set by: the registry's declarations, and the own thresholds of each source that
    sets any, by its id.
    """

    declared: str
    own: Mapping[str, str] = field(default_factory=dict)

    def changed_since(self, before: FlagPrint | None) -> frozenset[str] | None:
        """The sources whose own thresholds are others than `before`; None where all flags are to be renewed."""
        if before is None or before.declared != self.declared:
            return None
        return frozenset(s for s in {*self.own, *before.own} if self.own.get(s) != before.own.get(s))


def flag_fingerprints(feed: Feed, sources: Iterable[Source]) -> dict[str, FlagPrint]:
    """By table of `feed`: what changes when the same clean readings might get other flags; `sources` deliver to it."""
    setting = [source for source in sources if source.own_tests]
    return {
        name: FlagPrint(
            digest_of([
                FLAGS_VERSION,
                table.series_tests,
                table.row_rules,
                {code: p.tests for code, p in feed.parameters_of(name).items()},
            ]),
            {source.id: digest_of(source.own_tests) for source in setting if source.table == name},
        )
        for name, table in feed.tables.items()
    }  # fmt: skip
