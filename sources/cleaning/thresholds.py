"""What the flags of a clean table depend on besides its readings, as one fingerprint per table.

Here belongs only that: thresholds, row rules, whether there are series, and the declared version of flags. When it
differs from the one that a table's flags were set by, they are renewed from the clean readings (clean.py). Cadence and
status marks decide about rows, too, and are part of a source's fingerprint (fingerprint.py). Standard library only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.cleaning.version import FLAGS_VERSION
from sources.config.build import digest_of

if TYPE_CHECKING:
    from sources.registry.model import Feed


def flag_fingerprints(feed: Feed) -> dict[str, str]:
    """By table of `feed`: SHA-256 that changes when the same clean readings might get other flags."""
    return {
        name: digest_of([
            FLAGS_VERSION,
            table.series_tests,
            table.row_rules,
            {code: p.tests for code, p in feed.parameters_of(name).items()},
        ])
        for name, table in feed.tables.items()
    }  # fmt: skip
