"""The declared versions of cleaning and of its quality tests: what stands for their code in a fingerprint.

Here belong the two numbers and the values that guard them. tests/unit/test_cleaning_golden.py cleans fixed deliveries
and compares; a difference there means that one of the numbers has to be raised. Not here: what else a source's clean
readings depend on (fingerprint.py).
"""

from __future__ import annotations

from collections.abc import Mapping

# Raise it when the same bytes give other clean rows, rejected rows or counts: every delivery is then cleaned again.
# What changes no value (a docstring, a faster way, a reader for what was never read) leaves it.
CLEANING_VERSION = 2

# Raise it when the same clean rows get other flags: the flags of every partition are then renewed.
FLAGS_VERSION = 2

# What the golden deliveries gave under these versions of both, by feed: digest of rows and counts, digest of flags.
# Written by `uv run python -m tests.unit.golden_kit`, which refuses a difference under a version that was not raised.
RECORDED_WITH = (2, 2)
GOLDEN: Mapping[str, tuple[str, str]] = {
    "air": ("dd1aca62be983b9c2a9777621aae79ea", "228d68d1f7f614cfd6c81bac28180c7c"),
    "energy": ("db3bc3b6747f211a27f31a596989434f", "e50861babf911753e8af52689ae5b277"),
    "golden_complaints": ("36a7d7addfd7123023b2c108b0700e2d", "45e2293d971bc05d9cef43536f445fdb"),
    "golden_shapes": ("76e4ecbb7db972aec99280f9a15a1774", "439c17bc1d359bd2b0c331cca5da1452"),
    "golden_wells": ("8d2038f3fc6c64020eacd4177c80c4de", "b8e663ed63cce351b923aca6164ce3c1"),
    "noise": ("943e9bfdfc4703ec9602156ca629e050", "8ea4d8ac614ea315c022e0fed0cd3572"),
    "returns": ("0a15477c9ba8e67659a06ca9a0b54386", "ceadba146c907eaf3a60cab1eacdb7e9"),
    "waste": ("b6c6cd704302ffe3f812ea7212cf46e6", "4f34d266dd2782a163ac3d0bf57374c3"),
    "water": ("5bf19bff06ff4c57fcb6d350ae9d8d9f", "5d214d331bbbf0b3157efd82cc43dd94"),
}
