"""What a configuration may say of a web source: every mistake with its place and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.config import check_config
from tests.web.test_web import write

ADDRESS = "https://water.example.invalid/api"


def mistakes(folder: Path, path: str, connection: str = "", kind: str = "json") -> list[str]:
    return [str(problem) for problem in check_config(write(folder, path, connection, kind))]


@pytest.mark.parametrize(
    ("path", "connection"),
    [
        (ADDRESS, ""),
        (f"{ADDRESS}?day={{day:%Y%m%d}}", "since = 2026-01-01"),
        (ADDRESS, 'auth = { kind = "query", name = "token", secret = "WATER_TOKEN" }'),
        ("http://127.0.0.1:8000/api", 'auth = { kind = "bearer", secret = "WATER_TOKEN" }'),
        (ADDRESS, 'pages = { kind = "cursor", parameter = "after", cursor = "meta.next" }'),
    ],
)
def test_what_is_sound(tmp_path: Path, path: str, connection: str) -> None:
    assert mistakes(tmp_path, path, connection) == []


@pytest.mark.parametrize(
    ("path", "connection", "says"),
    [
        ("deliveries/*.json", "", "'deliveries/*.json' is not a web address"),
        ("https://bureau:hunter2@host.invalid/", "", "an address with a password in it"),
        ("https://bureau@host.invalid/", "", "the address holds a user"),
        ("https://[::1/api", "", "is not a web address"),
        ("https://host.invalid:99999999/api", "", "is not a web address"),
        ("https://a..b/api", "", "is not a web address"),
        (ADDRESS, "headers = { A = '中' }", "it cannot be a header"),
        (ADDRESS, "headers = { 'A b' = 'c' }", "it cannot be a header"),
        (ADDRESS, "auth = { kind = 'header', name = '钥匙', secret = 'WATER_TOKEN' }", "it cannot be a header"),
        (f"{ADDRESS}?access_token=abc", "", "the parameter 'access_token' of the address is a secret"),
        (f"{ADDRESS}?day={{date}}", "", "{date} is not a date"),
        (f"{ADDRESS}?day={{day}}", "", "nothing says since when (add since = 2026-01-01)"),
        (ADDRESS, "since = 2026-01-01", "nothing that is asked holds a date"),
        (ADDRESS, "methud = 'GET'", "did you mean 'method'?"),
        (ADDRESS, "again_days = -1", "-1 is less than 0"),
        (ADDRESS, "form = { a = 'b' }", "a GET sends nothing"),
        (ADDRESS, "method = 'POST'\njson = '[1]'", "it is not a JSON object"),
        (ADDRESS, "method = 'POST'\njson = '{'", "it is not JSON"),
        (ADDRESS, "method = 'POST'\njson = '{}'\nform = { a = 'b' }", "form and json are both given"),
        (ADDRESS, "method = 'POST'\nform = { password = 'hunter2' }", "a secret is never written into a configuration"),
        (ADDRESS, 'method = \'POST\'\njson = \'{"a": [{"apiKey": "hunter2"}]}\'', "'apiKey' in it is a secret"),
        (ADDRESS, "headers = { Authorization = 'Bearer hunter2' }", "a header that says who asks is a secret"),
        (ADDRESS, "auth = { kind = 'bearer', secret = 'hunter2' }", "it is not the name of a secret"),
        (ADDRESS, "auth = { kind = 'basic', secret = 'WATER_TOKEN' }", "basic needs 'user'"),
        ("http://host.invalid/", "auth = { kind = 'bearer', secret = 'WATER_TOKEN' }", "never sent over http"),
        (ADDRESS, "pages = { kind = 'cursor', parameter = 'after' }", "cursor needs 'cursor'"),
    ],
)
def test_what_is_not(tmp_path: Path, path: str, connection: str, says: str) -> None:
    (said,) = mistakes(tmp_path, path, connection)
    assert says in said
    assert "hunter2" not in said


def test_pages_of_a_table_follow_links(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, ADDRESS, "pages = { kind = 'page', parameter = 'page' }", "csv")
    assert 'only "link" is possible' in said


def test_a_file_has_no_connection_and_no_mtime_is_known_of_the_web(tmp_path: Path) -> None:
    config = write(tmp_path, ADDRESS)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('connector = "web"', 'connector = "file"'), encoding="utf-8")
    assert any("a file has no connection" in str(problem) for problem in check_config(config))
    config.write_text(text.replace('connector = "web"', 'connector = "web"\ndelivered_at = "mtime"'), encoding="utf-8")
    assert any("a web has no files to ask" in str(problem) for problem in check_config(config))
