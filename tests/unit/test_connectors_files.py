"""The file connector: what it offers, when it was delivered, and what it refuses file by file.

Here belong folders made for one point. Not here: simulated deliveries or landing.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sources.config import load_config
from sources.connectors import connector_for
from sources.connectors.files import FileConnector, split_path
from sources.deliveries import Offer, PullError

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def connector(folder: Path, path: str, more: str = "") -> FileConnector:
    text = f"""
[[source]]
id = "s"
feed = "air"
table = "clean_air"
path = "{path}"
{more}
[source.time]
columns = ["t"]
formats = ["%Y-%m-%d %H"]
[source.site]
column = "station"
[source.values]
"pm" = {{ parameter = "pm2_5", unit = "ug/m3" }}
"""
    file = folder / "ecoledger.toml"
    file.write_text(text, encoding="utf-8")
    config = load_config(file)
    return connector_for(config.sources[0], config)


def offers(found: FileConnector, due: datetime = NOW) -> list[Offer]:
    return list(found.offers(due))


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "deep/c.csv", ".hidden.csv", "x.txt"):
        (tmp_path / "in" / name).write_text(name)
    return tmp_path


def test_a_pattern_offers_its_files_in_order(folder):
    assert [o.offer_id for o in offers(connector(folder, "in/*.csv"))] == ["a.csv", "b.csv"]
    assert [o.offer_id for o in offers(connector(folder, "in/**/*.csv"))] == ["a.csv", "b.csv", "deep/c.csv"]
    assert [o.offer_id for o in offers(connector(folder, "in/*"))] == ["a.csv", "b.csv", "x.txt"]
    assert [o.offer_id for o in offers(connector(folder, "in/a.csv"))] == ["a.csv"]
    assert offers(connector(folder, "in/*.json")) == []
    assert [o.offer_id for o in offers(connector(folder, str(folder / "in" / "[ab].csv")))] == ["a.csv", "b.csv"]


def test_fetching_gives_the_bytes(folder):
    found = connector(folder, "in/**/*.csv")
    with found.fetch(offers(found)[2]) as stream:
        assert stream.read() == b"deep/c.csv"


def test_the_etag_changes_with_size_or_time(folder):
    found = connector(folder, "in/a.csv")
    before = offers(found)[0].etag
    assert offers(found)[0].etag == before
    os.utime(folder / "in" / "a.csv", ns=(1, 1))
    assert offers(found)[0].etag == "5-1" != before


def test_delivered_at_by_landing_or_file_time(folder):
    (offer,) = offers(connector(folder, "in/a.csv"))
    assert (offer.delivered_at, offer.delivered_at_source) == (None, "landing")
    os.utime(folder / "in" / "a.csv", (1_600_000_000, 1_600_000_000))
    found = connector(folder, "in/a.csv", 'delivered_at = "mtime"')
    (offer,) = offers(found)
    assert offer.delivered_at == datetime.fromtimestamp(1_600_000_000, UTC)
    assert offers(found, offer.delivered_at - timedelta(seconds=1)) == []


def test_delivered_at_by_name_in_the_zone_of_the_source(folder):
    (folder / "in" / "air_20260302.csv").write_text("x")
    name = "delivered_at = 'name'\ndelivered_at_pattern = '_(\\d{8})\\.'\ndelivered_at_format = '%Y%m%d'"
    found = connector(folder, "in/*.csv", name)
    by_id = {o.offer_id: o for o in offers(found)}
    assert by_id["air_20260302.csv"].delivered_at.isoformat() == "2026-03-02T00:00:00+08:00"
    with pytest.raises(PullError, match=r"a\.csv: its name does not hold a time"):
        found.fetch(by_id["a.csv"])
    (folder / "in" / "air_20269902.csv").write_text("x")
    assert {o.offer_id for o in offers(found)} >= {"air_20269902.csv", "b.csv"}


def test_what_cannot_be_had_is_told_file_by_file(folder):
    (folder / "in" / "d.csv").mkdir()
    (folder / "in" / "gone.csv").symlink_to("nothing")
    (folder / "in" / "loop.csv").symlink_to("loop.csv")
    (folder / "out.csv").write_text("secret")
    (folder / "in" / "escape.csv").symlink_to("../out.csv")
    (folder / "in" / "inside.csv").symlink_to("a.csv")
    os.mkfifo(folder / "in" / "pipe.csv")
    found = connector(folder, "in/*.csv")
    said = {}
    for offer in offers(found):
        try:
            found.fetch(offer).close()
        except PullError as error:
            said[offer.offer_id] = str(error)
    assert set(said) == {"d.csv", "gone.csv", "loop.csv", "escape.csv", "pipe.csv"}
    assert "is a directory" in said["d.csv"]
    assert "link" in said["gone.csv"]
    assert "leads out of" in said["escape.csv"]
    assert "not a regular file" in said["pipe.csv"]


def test_a_folder_behind_a_link_may_not_lead_out_either(folder):
    (folder / "other").mkdir()
    (folder / "other" / "z.csv").write_text("secret")
    (folder / "in" / "link").symlink_to("../other")
    found = connector(folder, "in/*/z.csv")
    with pytest.raises(PullError, match="leads out of"):
        found.fetch(offers(found)[0])


def test_a_folder_or_file_that_is_not_there(folder):
    with pytest.raises(PullError, match="no such folder"):
        offers(connector(folder, "inn/*.csv"))
    with pytest.raises(PullError, match=r"no such file; did you mean 'a\.csv'"):
        offers(connector(folder, "in/aa.csv"))
    with pytest.raises(PullError, match="not a folder"):
        offers(connector(folder, "in/a.csv/*.csv"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_permission_is_told(folder):
    (folder / "in" / "a.csv").chmod(0)
    found = connector(folder, "in/*.csv")
    with pytest.raises(PullError, match="permission denied"):
        found.fetch(offers(found)[0])


def test_a_crafted_offer_cannot_leave_the_folder(folder):
    found = connector(folder, "in/*.csv")
    offer = Offer("air", "s", "../ecoledger.toml", "x", "", None, "landing")
    with pytest.raises(PullError, match="leads out of"):
        found.fetch(offer)


def test_splitting_a_path_into_folder_and_pattern():
    base = Path("/c/d")
    assert split_path(base, "in/*.csv") == (Path("/c/d/in"), "*.csv")
    assert split_path(base, "../data/**/x_*.csv") == (Path("/c/data"), "**/x_*.csv")
    assert split_path(base, "x.csv") == (Path("/c/d"), "x.csv")
    assert split_path(base, "/abs/y.csv") == (Path("/abs"), "y.csv")


def test_brackets_of_a_name_that_exists_are_meant_as_written(tmp_path):
    """`z[k]` next to `zk`: a pattern would read the neighbour."""
    for name in ("z[k]", "zk"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a[1].csv").write_text(name)
        (tmp_path / name / "a1.csv").write_text(name)
    for path, found in (("z[k]/*.csv", ["a1.csv", "a[1].csv"]), ("z[k]/a[1].csv", ["a[1].csv"])):
        one = connector(tmp_path, path)
        assert [o.offer_id for o in offers(one)] == found
        assert {one.fetch(o).read() for o in offers(one)} == {b"z[k]"}
    assert [o.offer_id for o in offers(connector(tmp_path, "zk/a[0-9].csv"))] == ["a1.csv"]
