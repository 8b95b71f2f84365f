"""The web connector against a real server on loopback that misbehaves on purpose (server.py).

Here belongs what comes of each of its tricks: a whole answer, or a sentence, in bounded time. Not here: what a
configuration may say (test_web_check.py).
"""

from __future__ import annotations

import io
import json
import logging
import shutil
import subprocess
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.session import open_session
from orchestration.settings import Settings, settled
from orchestration.steps.clean import clean_feed
from orchestration.steps.pull import PullResult, pull_feed
from sources.config import load_config
from sources.connectors import connector_for
from sources.deliveries import Connector, PullError
from tests.unit.test_orchestration_survey import Opened
from tests.web.server import GOOD, RECORDS, TOKEN, Server
from warehouse.lake.lake import open_lake
from warehouse.lake.source_states import read_states
from warehouse.paths import DataDir

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
# Little time for everything, so that a test is over soon.
LIMITS = "limits = { connect_s = 1, read_s = 1, total_s = 5, retries = 1, megabytes = 5 }"
SOURCE = """
[[source]]
id = "platform"
feed = "noise"
table = "clean_noise"
connector = "web"
path = "{path}"
unknown_sites = "accept"
[source.connection]
{limits}
{connection}
[source.format]
kind = "{kind}"
[source.time]
columns = ["time"]
formats = ["%Y-%m-%d %H:%M"]
duration_min = 60
[source.site]
column = "site"
[source.columns]
period_kind = {{ constant = "hour" }}
[source.values]
"v" = {{ parameter = "leq", unit = "dB(A)" }}
"""


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.shutdown()
    started.server_close()


def write(folder: Path, path: str, connection: str = "", kind: str = "json", limits: str = LIMITS) -> Path:
    """A configuration of one source."""
    config = folder / "ecoledger.toml"
    config.write_text(SOURCE.format(path=path, connection=connection, kind=kind, limits=limits), encoding="utf-8")
    return config


def connected(folder: Path, path: str, connection: str = "", kind: str = "json", limits: str = LIMITS) -> Connector:
    config = load_config(write(folder, path, connection, kind, limits))
    return connector_for(config.sources[0], config)


def fetched(connector: Connector) -> bytes:
    (offer,) = connector.offers(NOW)
    with connector.fetch(offer) as stream:
        return stream.read()


def refused(connector: Connector) -> str:
    with pytest.raises(PullError) as said:
        fetched(connector)
    return str(said.value)


def test_what_is_sent_is_what_is_delivered(server: Server, tmp_path: Path) -> None:
    assert fetched(connected(tmp_path, f"{server.address}/good/v1?area=110105")) == GOOD
    assert server.asked[-1]["query"] == {"area": "110105"}


@pytest.mark.parametrize("trick", ["busy", "broken", "moved", "zipped", "unmarkedwhole"])
def test_what_goes_well_in_the_end_is_delivered(server: Server, tmp_path: Path, trick: str) -> None:
    assert fetched(connected(tmp_path, f"{server.address}/{trick}")) == GOOD


@pytest.mark.parametrize(
    ("trick", "says"),
    [
        ("reset", "the connection broke off before the answer was whole, tried 2 times"),
        ("silent", "more than 1 s without a byte"),
        ("dripping", "it took longer than 5 s in all"),
        ("truncated", "the connection broke off before the answer was whole"),
        ("wronglength", "the JSON ended in the middle"),
        ("busyforlong", "the server answered 429, tried once"),
        ("down", "the server answered 503, tried 2 times"),
        ("private", "it asks for credentials (401)"),
        ("elsewhere", "it leads on to http://example.invalid"),
        ("round", "more than 5 redirects"),
        ("huge", "it is larger than 5 MB"),
        ("bomb", "it is larger than 5 MB"),
        ("notzipped", "its compression is damaged"),
        ("login", "it sent a web page “统一 登录” instead of json"),
        ("empty", "the answer is empty"),
    ],
)
def test_what_goes_wrong_is_said_in_bounded_time(server: Server, tmp_path: Path, trick: str, says: str) -> None:
    began = time.monotonic()
    said = refused(connected(tmp_path, f"{server.address}/{trick}"))
    assert said.startswith(f"source platform: {server.address}/{trick}: ")
    assert says in said
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("trick", "kind", "says"),
    [
        ("cutinside", "json", "the JSON ended in the middle"),
        ("cutinatext", "json", "the JSON ended in the middle"),
        ("halfachunk", "csv", "the connection broke off before the answer was whole"),
        ("unmarked", "csv", "the server does not say where its answer ends"),
        ("notfinished", "csv", "its compression ended in the middle"),
        ("goeson", "json", "its compression is damaged"),
        ("otherpacking", "json", "it is packed as 'br'"),
    ],
)
def test_a_part_is_never_taken_for_the_whole(server: Server, tmp_path: Path, trick: str, kind: str, says: str) -> None:
    assert says in refused(connected(tmp_path, f"{server.address}/{trick}", kind=kind))


def test_the_time_in_all_holds_for_headers_that_drip(server: Server, tmp_path: Path) -> None:
    began = time.monotonic()
    path = f"{server.address}/drippinghead"
    assert "it took longer than 1 s in all" in refused(
        connected(tmp_path, path, limits=LIMITS.replace("total_s = 5", "total_s = 1"))
    )
    assert time.monotonic() - began < 3


def test_a_bomb_is_unfolded_within_little_memory(server: Server, tmp_path: Path) -> None:
    connector = connected(tmp_path, f"{server.address}/bomb")
    (offer,) = connector.offers(NOW)
    tracemalloc.start()
    try:
        with pytest.raises(PullError, match="larger than 5 MB"):
            connector.fetch(offer)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 16_000_000


@pytest.mark.parametrize(("trick", "times"), [("truncated", 1), ("broken", 1), ("silent", 1), ("busy", 2), ("down", 2)])
def test_a_post_that_may_have_been_carried_out_is_not_sent_again(
    server: Server, tmp_path: Path, trick: str, times: int
) -> None:
    connector = connected(tmp_path, f"{server.address}/{trick}", 'method = "POST"\nform = { area = "1" }')
    (offer,) = connector.offers(NOW)
    with suppress(PullError):
        connector.fetch(offer).close()
    assert len(server.asked) == times


def test_a_server_that_is_not_there_is_named_when_it_is_listed(server: Server, tmp_path: Path) -> None:
    address = server.address
    server.shutdown()
    server.server_close()
    with pytest.raises(PullError, match="nothing answers there"):
        list(connected(tmp_path, f"{address}/good").offers(NOW))


@pytest.mark.parametrize(
    "auth",
    [
        '{ kind = "bearer", secret = "PLATFORM_TOKEN" }',
        '{ kind = "basic", user = "bureau", secret = "PLATFORM_TOKEN" }',
        '{ kind = "header", name = "X-Api-Key", secret = "PLATFORM_TOKEN" }',
        '{ kind = "query", name = "token", secret = "PLATFORM_TOKEN" }',
    ],
)
def test_a_secret_reaches_the_server_and_nothing_else(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, auth: str
) -> None:
    caplog.set_level(logging.DEBUG)
    connector = connected(tmp_path, f"{server.address}/private", f"auth = {auth}")
    monkeypatch.setenv("PLATFORM_TOKEN", TOKEN)
    (offer,) = connector.offers(NOW)
    with connector.fetch(offer) as stream:
        assert stream.read() == GOOD
    monkeypatch.setenv("PLATFORM_TOKEN", "expired-one")
    said = refused(connector)
    assert "the credentials were refused (401); renew the secret 'PLATFORM_TOKEN'" in said
    shown = f"{offer} {said} {caplog.text}"
    assert TOKEN not in shown and "expired-one" not in shown


@pytest.mark.parametrize("found", ["密钥", "two\nlines", "end "])
def test_a_secret_that_no_header_can_hold_is_said_and_not_shown(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    monkeypatch.setenv("PLATFORM_TOKEN", found)
    auth = 'auth = { kind = "bearer", secret = "PLATFORM_TOKEN" }'
    with pytest.raises(PullError, match="the secret 'PLATFORM_TOKEN' holds what no header can") as said:
        list(connected(tmp_path, f"{server.address}/private", auth).offers(NOW))
    assert found not in str(said.value) and server.asked == []


def test_a_secret_is_read_from_a_file_that_is_its_owners_alone(
    server: Server, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = 'auth = { kind = "bearer", secret = "PLATFORM_TOKEN" }'
    connector = connected(tmp_path, f"{server.address}/private", auth)
    assert "set the environment variable PLATFORM_TOKEN" in refused(connector)
    file = tmp_path_factory.mktemp("elsewhere") / "secrets.toml"
    file.write_text(f'PLATFORM_TOKEN = "{TOKEN}"\n', encoding="utf-8")
    monkeypatch.setenv("ECOLEDGER_SECRETS", str(file))
    file.chmod(0o640)
    assert f"can be read by others; run: chmod 600 {file}" in refused(connector)
    file.chmod(0o600)
    assert fetched(connector) == GOOD
    near = shutil.copy2(file, tmp_path / "secrets.toml")
    monkeypatch.setenv("ECOLEDGER_SECRETS", str(near))
    assert "lies next to the configuration" in refused(connector)
    monkeypatch.setenv("ECOLEDGER_SECRETS", str(file))
    (file.parent / ".git").mkdir()
    assert f"lies in a git tree, where it may be committed; move it out of {file.parent}" in refused(connector)
    (file.parent / ".git").rmdir()
    file.write_text(TOKEN, encoding="utf-8")
    monkeypatch.setenv("ECOLEDGER_SECRETS", str(file))
    said = refused(connector)
    assert "is not TOML" in said and TOKEN not in said


PAGES = {
    "page": (
        "pages",
        'pages = { kind = "page", parameter = "page", records = "data.list", size = 3, size_parameter = "size" }',
    ),
    "offset": ("offsets", 'pages = { kind = "offset", parameter = "start" }'),
    "cursor": ("cursors", 'pages = { kind = "cursor", parameter = "after", cursor = "next" }'),
}


@pytest.mark.parametrize("kind", PAGES)
def test_pages_are_one_delivery_until_they_end(server: Server, tmp_path: Path, kind: str) -> None:
    trick, pages = PAGES[kind]
    connector = connected(tmp_path, f"{server.address}/{trick}", pages)
    packed = fetched(connector)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        found = [json.loads(archive.read(name)) for name in archive.namelist()]
        assert archive.namelist() == [f"page-0000{n}.json" for n in (1, 2, 3)]
    lists = [page if isinstance(page, list) else page.get("list") or page["data"]["list"] for page in found]
    assert [record for page in lists for record in page] == RECORDS
    assert fetched(connector) == packed


def test_pages_are_read_as_one_file(server: Server, tmp_path: Path) -> None:
    config = write(tmp_path, f"{server.address}/offsets", PAGES["offset"][1])
    settings = settled(DataDir(tmp_path / "data").prepare(), config, now=NOW)
    with open_session(settings) as session:
        pull = pull_feed(session, "noise", {"2026-03-01"}, lambda text: None)
        result = clean_feed(session, "noise", {"2026-03-01"}, pull.fetched, lambda text: None)
        assert (result.deliveries, result.failure, result.unbalanced) == (1, "", [])
        assert session.lake.index.table_rows()["clean_noise"] == len(RECORDS)


def test_pages_may_follow_links(server: Server, tmp_path: Path) -> None:
    packed = fetched(connected(tmp_path, f"{server.address}/links", 'pages = { kind = "link" }', "csv"))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert [archive.read(name).count(b"\n") for name in archive.namelist()] == [4, 4, 2]


def test_pages_of_a_post_are_counted_in_what_is_sent(server: Server, tmp_path: Path) -> None:
    connection = 'method = "POST"\njson = \'{"area": "110105"}\'\n' + PAGES["page"][1]
    fetched(connected(tmp_path, f"{server.address}/pages", connection))
    sent = [json.loads(asked["sent"]) for asked in server.asked]
    assert sent == [{"area": "110105", "size": 3, "page": n} for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("trick", "pages", "says"),
    [
        ("same", 'kind = "page", parameter = "page"', "page 2 is the same as one before"),
        ("endless", 'kind = "page", parameter = "page", most = 5', "more than 5 pages"),
        ("good", 'kind = "page", parameter = "page"', "'the document' of a page is not a list"),
    ],
)
def test_pages_that_never_end_are_refused(server: Server, tmp_path: Path, trick: str, pages: str, says: str) -> None:
    assert says in refused(connected(tmp_path, f"{server.address}/{trick}", f"pages = {{ {pages} }}"))


def test_a_page_that_parsing_would_fill_the_memory_with_is_refused(server: Server, tmp_path: Path) -> None:
    pages = 'pages = { kind = "page", parameter = "page" }'
    limits = LIMITS.replace("megabytes = 5", "megabytes = 50")
    said = refused(connected(tmp_path, f"{server.address}/hugepage", pages, limits=limits))
    assert "a page is larger than 32 MB; ask for smaller pages" in said
    said = refused(connected(tmp_path, f"{server.address}/hugetext", limits=limits))
    assert "a text in its JSON is longer than 16 MB" in said


def test_a_link_never_leads_to_another_host(server: Server, tmp_path: Path) -> None:
    connector = connected(tmp_path, f"{server.address}/sidestep", 'pages = { kind = "link" }', "csv")
    assert "it leads on to http://example.invalid" in refused(connector)


def test_a_form_is_sent_with_its_dates(server: Server, tmp_path: Path) -> None:
    connection = 'method = "POST"\nsince = 2026-03-08\nform = { from = "{day:%Y%m%d}", to = "{next_day:%Y%m%d}" }'
    connector = connected(tmp_path, f"{server.address}/good", connection)
    offers = list(connector.offers(NOW))
    assert [offer.offer_id for offer in offers] == ["2026-03-08", "2026-03-09"]
    connector.fetch(offers[0]).close()
    assert server.asked[-1]["sent"] == "from=20260308&to=20260309"


def test_what_is_young_is_asked_again_every_day_and_then_once_more(server: Server, tmp_path: Path) -> None:
    connection = "since = 2026-03-01\nagain_days = 2"
    connector = connected(tmp_path, f"{server.address}/day/{{day}}", connection)
    states = {o.offer_id: o.etag for o in connector.offers(NOW)}
    later = {o.offer_id: o.etag for o in connector.offers(NOW + timedelta(days=1))}
    assert [day for day in states if states[day] != later[day]] == ["2026-03-08", "2026-03-09"]
    assert later["2026-03-08"] == "settled" and set(later) - set(states) == {"2026-03-10"}
    assert server.asked == []


def test_months_are_asked_for_when_they_are_over(server: Server, tmp_path: Path) -> None:
    connector = connected(tmp_path, f"{server.address}/day/{{month:%Y%m}}", "since = 2026-01-15")
    assert [offer.offer_id for offer in connector.offers(NOW)] == ["2026-01-01", "2026-02-01"]


def test_an_address_that_says_its_state_is_asked_for_once(server: Server, tmp_path: Path) -> None:
    connector = connected(tmp_path, f"{server.address}/tagged")
    before = [offer.etag for offer in connector.offers(NOW)]
    assert before == [offer.etag for offer in connector.offers(NOW + timedelta(days=1))] == ['"1"']
    server.etag = '"2"'
    assert [offer.etag for offer in connector.offers(NOW)] == ['"2"']


def test_a_certificate_is_verified_always_and_by_an_own_authority(tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(certificate), "-out", str(tmp_path / "ca.pem")]
    subprocess.run([*made, *more], check=True, capture_output=True)
    certificate.write_bytes(certificate.read_bytes() + (tmp_path / "ca.pem").read_bytes())
    server = Server(certificate)
    try:
        with pytest.raises(PullError, match="its certificate cannot be verified"):
            fetched(connected(tmp_path, f"{server.address}/good"))
        assert fetched(connected(tmp_path, f"{server.address}/good", 'ca_file = "ca.pem"')) == GOOD
        assert "ca_file" in refused(connected(tmp_path, f"{server.address}/good", 'ca_file = "ecoledger.toml"'))
    finally:
        server.shutdown()
        server.server_close()


def pulled(settings: Settings) -> PullResult:
    with open_lake(settings.data, settings.registry) as lake:
        opened: Any = Opened(settings, lake)
        return pull_feed(opened, "noise", {date(2026, 3, 1).isoformat()}, lambda text: None)


def test_a_server_that_is_down_is_not_asked_for_every_day(server: Server, tmp_path: Path) -> None:
    config = write(tmp_path, f"{server.address}/down/{{day}}", "since = 2025-03-08")
    settings = settled(DataDir(tmp_path / "data").prepare(), config, now=NOW)
    result = pulled(settings)
    assert (len(result.failures), result.unreachable) == (1, {"platform"})
    assert len(server.asked) == 2


def test_the_next_run_catches_up_and_what_broke_is_kept(server: Server, tmp_path: Path) -> None:
    config = write(tmp_path, f"{server.address}/tagged/{{day}}", "since = 2026-03-08")
    settings = settled(DataDir(tmp_path / "data").prepare(), config, now=NOW)
    server.body = b"<html><title>Login</title></html>"
    broken = pulled(settings)
    assert broken.new == 0 and len(broken.failures) == 2
    assert read_states(settings.data.source_states)["platform"].failures == 1
    server.body = GOOD
    assert pulled(settings).new == 2
    assert read_states(settings.data.source_states)["platform"].failing_since == ""
    assert pulled(settings).new == 0
