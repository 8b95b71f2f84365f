"""The declared versions of cleaning and of flags are true: the golden deliveries give the recorded values.

Here belongs the guard of sources/cleaning/version.py. It compares values, not bytes of Parquet, so that a library that
only writes otherwise is not a change. Not here: whether the values are right (the other tests of cleaning).
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from sources.cleaning import version
from sources.cleaning.reasons import REASONS
from sources.config.model import Format
from sources.registry import registry
from tests.unit import golden_kit
from tests.unit.golden_kit import RENEW, golden_config, golden_stores, golden_values

# A configuration that declares its sources does not meet it.
ELSEWHERE = {"source_not_declared"}


def test_cleaning_gives_what_its_declared_version_stands_for():
    found = golden_values()
    for place, name in enumerate(("CLEANING_VERSION", "FLAGS_VERSION")):
        changed = [feed for feed in found if version.GOLDEN.get(feed, ("", ""))[place] != found[feed][place]]
        assert not changed, f"{changed} differ: raise {name} and renew the golden values with {RENEW}"
    assert version.RECORDED_WITH == (version.CLEANING_VERSION, version.FLAGS_VERSION), f"renew them with {RENEW}"


def test_the_golden_deliveries_reach_every_feed_kind_of_file_and_reason():
    setup = golden_config()
    known = setup.registry(registry())
    assert known.networks, "networks need a source, too"
    assert {s.feed for s in setup.sources} == set(known.feeds), "each feed needs a source and a file in golden/"
    assert {s.table for s in setup.sources} == set(known.tables)
    assert {s.format.kind for s in setup.sources} == set(get_args(get_type_hints(Format)["kind"]))
    reasons = {r for store in golden_stores().values() for r in store.all_quarantined()["reason"]}
    assert set(REASONS) - reasons == ELSEWHERE


def test_the_golden_deliveries_reach_every_test_of_quality_non_detects_and_corrections():
    clean = [frame for store in golden_stores().values() for frame in store.clean.values()]
    tests = {name for frame in clean for names in frame["flag_tests"].drop_nulls() for name in names.split(",") if name}
    assert tests == {
        "gross_range", "spike", "rate_of_change", "flat_line", "gap", "attenuated", "source_status", "row_rule",
    }  # fmt: skip
    assert {mark for frame in clean for mark in frame["censored"].drop_nulls()} == {"<", ">"}
    counts = [c for store in golden_stores().values() for by in store.counts.values() for c in by.values()]
    for name in ("readings_superseded", "readings_duplicate", "readings_missing", "records_duplicate"):
        assert sum(getattr(c, name) for c in counts), name


def test_golden_values_are_renewed_under_a_raised_version_only(monkeypatch):
    text = Path(version.__file__).read_text(encoding="utf-8")
    known = dict(version.GOLDEN)
    # A new feed changes no recorded value.
    assert '"zz": ("rows", "flags"),' in golden_kit.renewed(text, known | {"zz": ("rows", "flags")})
    rows, flags = ("other", known["air"][1]), (known["air"][0], "other")
    with pytest.raises(ValueError, match="air: raise CLEANING_VERSION"):
        golden_kit.renewed(text, known | {"air": rows})
    with pytest.raises(ValueError, match="air: raise FLAGS_VERSION"):
        golden_kit.renewed(text, known | {"air": flags})
    monkeypatch.setattr(version, "CLEANING_VERSION", version.CLEANING_VERSION + 1)
    after = golden_kit.renewed(text, known | {"air": rows})
    assert '"air": ("other", ' in after
    assert f"RECORDED_WITH = ({version.CLEANING_VERSION}, {version.FLAGS_VERSION})" in after
    monkeypatch.setattr(version, "FLAGS_VERSION", version.FLAGS_VERSION + 1)
    assert ', "other"),' in golden_kit.renewed(text, known | {"air": flags})
