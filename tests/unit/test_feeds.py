"""A feed is declared once: what follows from the declaration is derived, and what is missing is named.

Here belong the declarations themselves, derived files and the skeleton of a feed. Not here: that a new feed publishes
(tests/pipeline/test_new_feed.py) or what its readings become. The new feed is called `untaken`: with a usual name these
tests would fail for somebody who has that feed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.dbt_runs.feed_files import (
    FeedIncomplete,
    derived,
    generate,
    missing,
    out_of_date,
    require_files,
    staging_name,
)
from orchestration.dbt_runs.new_feed import BadFeedName, write_skeleton
from sources.registry import DECLARATIONS, RegistryError, load_registry, registry
from tests import dbt_yml
from tests.kit import ROOT
from tests.unit.test_column_names import half_periods, of_nothing, other_names, wrong_types
from tests.unit.test_dbt_literals import offences
from tests.unit.test_published_words import untranslated

ROOMS = ("sources", "dbt_project", "expectations")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The rooms that hold parts of feeds, as a tree to change."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
    return tmp_path


def test_every_feed_has_its_files_and_the_derived_ones_say_what_is_declared() -> None:
    assert missing(ROOT, registry()) == []
    assert out_of_date(ROOT, registry()) == [], "run `uv run ecoledger dev generate`"


def test_no_list_of_feeds_is_written_by_hand() -> None:
    """Three feeds in one list are a list of feeds; only derived files hold one."""
    feeds = "|".join(registry().feeds)
    listed = re.compile(rf"(['\"](?:{feeds})['\"][,:]?[^\n]{{0,40}}?){{3,}}")
    made = derived(ROOT, registry())
    found = [
        str(file.relative_to(ROOT))
        for room in (*ROOMS, "warehouse", "orchestration")
        for pattern in ("*.py", "*.sql")
        for file in (ROOT / room).rglob(pattern)
        if str(file.relative_to(ROOT)) not in made and listed.search(file.read_text(encoding="utf-8"))
    ]
    assert not found


def test_a_new_feed_is_complete_from_its_skeleton(checkout: Path) -> None:
    before = registry()
    written = write_skeleton(checkout, "untaken", before)
    declared = load_registry(checkout / "sources")
    assert set(declared.feeds) - set(before.feeds) == {"untaken"}
    assert missing(checkout, declared) == []
    changed = generate(checkout, declared)
    assert out_of_date(checkout, declared) == []
    # What a newcomer writes is in seven files; everything else follows.
    assert len(written) == 7
    assert "dbt_project/macros/feeds.sql" in changed
    assert "dbt_project/models/marts/untaken/_published.yml" in changed
    require_files(checkout, declared)


def test_a_skeleton_keeps_the_rules_that_its_files_are_held_to(checkout: Path) -> None:
    """A newcomer's tests pass before anything in the skeleton is changed."""
    write_skeleton(checkout, "untaken", registry())
    mart = checkout / "dbt_project/models/marts/untaken/mart_untaken_daily"
    (entry,) = dbt_yml.entries("models", [mart.with_suffix(".yml")])
    columns = {column["name"]: column for column in entry["columns"]}
    types = {name: column["data_type"] for name, column in columns.items()}
    broken = {
        rule.__name__: found for rule in (wrong_types, other_names, of_nothing, half_periods) if (found := rule(types))
    }
    assert broken == {}
    assert untranslated(mart.name, columns) == set()
    for model in (mart, checkout / "dbt_project/models/staging/stg_untaken"):
        assert offences(model.with_suffix(".sql").read_text(encoding="utf-8")) == []


def test_what_a_declared_feed_lacks_is_named_at_once(checkout: Path) -> None:
    feed = checkout / "sources/feeds/untaken/feed.toml"
    feed.parent.mkdir()
    text = (checkout / "sources/feeds/waste/feed.toml").read_text(encoding="utf-8")
    feed.write_text(text.replace("waste", "untaken").replace("net_t", "untaken_t"), encoding="utf-8")
    with pytest.raises(FeedIncomplete) as refused:
        require_files(checkout, load_registry(checkout / "sources"))
    for name in (
        f"{staging_name('clean_untaken')}.sql",
        "marts/untaken/mart_untaken_indicators.sql",
        "expectations/suites/untaken.py",
        "ecoledger dev generate",
    ):
        assert name in str(refused.value)


def test_a_mart_without_its_description_is_named(checkout: Path) -> None:
    (checkout / "dbt_project/models/marts/waste/mart_waste_daily.yml").unlink()
    assert missing(checkout, registry()) == ["dbt_project/models/marts/waste/mart_waste_daily.yml"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("water", "already"), ("Soil", "lower-case"), ("../x", "lower-case"), ("noise_survey", "already")],
)
def test_a_name_that_cannot_be_a_feed_is_refused(checkout: Path, name: str, says: str) -> None:
    with pytest.raises(BadFeedName, match=says):
        write_skeleton(checkout, name, registry())


def test_a_skeleton_overwrites_nothing(checkout: Path) -> None:
    (checkout / "expectations/suites/untaken.py").write_text("mine", encoding="utf-8")
    with pytest.raises(BadFeedName, match=r"already there: expectations/suites/untaken\.py"):
        write_skeleton(checkout, "untaken", registry())
    assert not (checkout / "sources/feeds/untaken").exists()


@pytest.mark.parametrize(
    ("declared", "changed", "says"),
    [
        ('rhythm = "load"', 'rhythm = "now"', "there is no rhythm 'now'"),
        ("by_delivery = true", 'kind = ["colour"], by_delivery = true', r"not texts of it: \['colour'\]"),
        ('owner_team = "urban', 'owner_team = "城', "owner_team '城-management-commission' is not lower-case ASCII"),
        ('name = "waste"', 'name = "rubbish"', "its folder is not"),
        ('owner = "区城市管理委"', "", "feeds/waste/feed.toml: 'owner' is missing"),
        ("cadence_hours = ", "cadence_hours ", "feeds/waste/feed.toml: cannot be read"),
        ('unit = "t"', 'unit = "lx"', "undeclared unit 'lx'; declare it in sources/registry/units.toml"),
        ('grain = "day"', 'grain = "day"\nreporting_kind = "station"', "not among the feed's site_kinds"),
    ],
)
def test_a_declaration_that_does_not_hold_together_is_refused(
    tmp_path: Path, declared: str, changed: str, says: str
) -> None:
    for name in ("registry/units.toml", "feeds/waste/feed.toml"):
        (tmp_path / name).parent.mkdir(parents=True)
        text = (DECLARATIONS / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(declared, changed, 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=says):
        load_registry(tmp_path)


def test_a_mistake_in_a_declaration_is_a_sentence_of_every_command(checkout: Path) -> None:
    """Modules read the registry while they are imported: still nobody sees a traceback."""
    for room in ("warehouse", "orchestration"):
        shutil.copytree(ROOT / room, checkout / room, ignore=shutil.ignore_patterns("__pycache__"))
    feed = checkout / "sources/feeds/waste/feed.toml"
    feed.write_text(feed.read_text(encoding="utf-8").replace('unit = "t"', 'unit = "lx"'), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.entry", "dev", "check"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(
        "ecoledger: sources/feeds/waste/feed.toml: parameter net_t has the undeclared unit 'lx'"
    )
    assert "Traceback" not in done.stderr
