"""Row rules: what cannot hold between two parameters of one row, from the declaration to the flag."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sources.config.model import ColumnMapping, Format, Source, TimeMapping, ValueMapping
from sources.registry.feed_model import RegistryError
from sources.registry.read_registry import DECLARATIONS, load_registry
from tests.unit.cleaning_kit import NOON, MemoryStore, config, delivery, run

LEVELS = Source(
    id="levels",
    feed="noise",
    table="clean_noise",
    connector="file",
    path="*.csv",
    format=Format(missing=("",)),
    time=TimeMapping(columns=("time",), formats=("%Y-%m-%d %H:%M",)),
    site=ColumnMapping(column="point", unmapped="keep"),
    values=(ValueMapping("leq", "leq", "dB(A)"), ValueMapping("lmax", "lmax", "dB(A)")),
    columns={"period_kind": ColumnMapping(column="kind", unmapped="keep")},
    unknown_sites="accept",
    cadence_min=60,
)
ABOVE = {(4, "row_rule")}
HEAD = "point,time,kind,leq,lmax\n"


def flags(*texts: str, source: Source = LEVELS) -> dict[tuple[str, str, str], tuple[int, str]]:
    """Flag and tests by point, time of day and parameter, of files delivered one after the other."""
    store = MemoryStore()
    for n, text in enumerate(texts):
        run(store, config(source), [delivery(source, HEAD + text, NOON + timedelta(hours=n), f"{n}.csv")])
    return {
        (r["site_id"], f"{r['period_start']:%H:%M}", r["parameter"]): (r["flag"], r["flag_tests"])
        for r in store.all_clean("clean_noise").iter_rows(named=True)
        if r["value"] is not None
    }


def test_a_mean_above_its_maximum_fails_both_and_equal_ones_pass():
    found = flags("N1,2026-03-01 08:00,hour,55.1,55.1\nN1,2026-03-01 09:00,hour,55.2,55.1\n")
    assert {found["N1", "08:00", p][1] for p in ("leq", "lmax")} == {""}
    assert {found["N1", "09:00", p] for p in ("leq", "lmax")} == ABOVE


def test_only_values_of_one_point_and_one_period_are_a_row():
    found = flags(
        "N1,2026-03-01 08:00,hour,70,\nN2,2026-03-01 08:00,hour,,60\nN1,2026-03-01 09:00,hour,,60\n"
        "N1,2026-03-01 08:00,day,,60\n"
    )
    assert len(found) == 4 and {tests for _, tests in found.values()} == {""}


def test_what_failed_by_itself_accuses_nobody():
    """-5 dB cannot be: the maximum is wrong, and the mean stays."""
    found = flags("N1,2026-03-01 08:00,hour,55,-5\n")
    assert found["N1", "08:00", "lmax"] == (4, "gross_range")
    assert found["N1", "08:00", "leq"][1] == ""


def test_a_maximum_that_comes_later_from_another_source_is_compared_and_its_correction_heals():
    means, maxima = (replace(LEVELS, id=v.parameter, values=(v,)) for v in LEVELS.values)
    store = MemoryStore()
    for n, (source, value) in enumerate(((means, "70,"), (maxima, ",60"), (maxima, ",80"))):
        text = f"{HEAD}N1,2026-03-01 08:00,hour,{value}\n"
        run(store, config(means, maxima), [delivery(source, text, NOON + timedelta(hours=n), f"{n}.csv")])
        found = store.all_clean("clean_noise").sort("parameter")
        assert found["flag_tests"].to_list() == [[""], ["row_rule"] * 2, ["", ""]][n]
        assert found["value"].to_list() == [[70], [70, 60], [70, 80]][n]


def test_levels_without_a_cadence_obey_it_too():
    source = replace(LEVELS, cadence_min=None, time=replace(LEVELS.time, marks="instant"))
    assert set(flags("N1,2026-03-01 08:00,day,70,60\n", source=source).values()) == ABOVE


@pytest.mark.parametrize(
    ("declared", "changed", "says"),
    [
        ('upper = "lmax"', 'upper = "loudest"', "needs its parameters leq and loudest"),
        ('upper = "lmax"', 'upper = "noise_rain"', "two units"),
        ("series_tests = true", "", "they need series_tests = true"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(tmp_path: Path, declared: str, changed: str, says: str):
    for name in ("registry/units.toml", "feeds/noise/feed.toml"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes((DECLARATIONS / name).read_bytes())
    feed = tmp_path / "feeds/noise/feed.toml"
    text = feed.read_text(encoding="utf-8")
    assert declared in text
    feed.write_text(text.replace(declared, changed), encoding="utf-8")
    with pytest.raises(RegistryError, match=says):
        load_registry(tmp_path)
