"""A PostgreSQL server of Debian's package on loopback: the same rows, read only, with a password by name."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sources.deliveries import PullError
from tests.sql.database import DAILY, TABLE, connected, fetched

pytestmark = pytest.mark.clients

PASSWORD = "hunter2-db"
DEBIAN = Path("/usr/lib/postgresql")


def program(name: str) -> str:
    """A program of the server, which Debian keeps out of PATH."""
    found = shutil.which(name) or max((str(p) for p in DEBIAN.glob(f"*/bin/{name}")), default="")
    assert found, f"there is no {name}: apt-get install postgresql (.ci/run does)"
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address without a password; a table `readings`, and a reader whose password is PASSWORD."""
    folder = Path("/tmp") / f"ecoledger-pg-{os.getpid()}"
    folder.mkdir(mode=0o700)
    # PostgreSQL refuses to run as root.
    own = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if own:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = str(folder / "data"), str(folder / "log")
    initdb = [program("initdb"), "-D", data, "-U", "admin", "-A", "scram-sha-256", "--pwfile", str(folder / "pw")]
    (folder / "pw").write_text(PASSWORD, encoding="utf-8")
    (folder / "pw").chmod(0o644)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    start = [program("pg_ctl"), "-D", data, "-l", log, "-w", "-o", options, "start"]
    try:
        subprocess.run([*own, *initdb], check=True, capture_output=True, cwd=folder)
        subprocess.run([*own, *start], check=True, capture_output=True, cwd=folder)
        admin = f"host=127.0.0.1 port={port} dbname=postgres user=admin password={PASSWORD}"
        with psycopg.connect(admin, autocommit=True) as con:
            con.execute(TABLE)
            con.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'; GRANT ALL ON readings TO reader")
            con.execute("CREATE SEQUENCE counter; GRANT ALL ON counter TO reader")
        yield f"postgresql+psycopg://reader@127.0.0.1:{port}/postgres"
    finally:
        stop = [program("pg_ctl"), "-D", data, "-m", "immediate", "stop"]
        subprocess.run([*own, *stop], check=False, capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", PASSWORD)


SECRET = 'secret = "DB_PASSWORD"\n'


def test_the_rows_of_a_day(server: str, tmp_path: Path) -> None:
    found = fetched(connected(tmp_path, server, DAILY, f"{SECRET}since = 2026-03-08"))
    assert found["2026-03-08"].splitlines() == [
        "station,measured_at,leq,remark",
        '东坝,2026-03-08 00:00:00,52.125,"a, ""b"""',
        "来广营,2026-03-08 01:00:00,0.070,风",
    ]


def test_the_session_is_read_only_even_where_the_user_may_write(server: str, tmp_path: Path) -> None:
    writes = "SELECT nextval('counter') AS a ORDER BY 1"
    with pytest.raises(PullError, match=r"cannot execute nextval\(\) in a read-only transaction"):
        fetched(connected(tmp_path, server, writes, SECRET))
    assert fetched(connected(tmp_path, server, DAILY, f"{SECRET}since = 2026-03-08"))["2026-03-09"].count("\n") == 2


def test_a_query_that_takes_too_long_is_ended(server: str, tmp_path: Path) -> None:
    slow = "SELECT 1 AS a FROM pg_sleep(30) ORDER BY 1"
    with pytest.raises(PullError, match="statement timeout"):
        fetched(connected(tmp_path, server, slow, f"{SECRET}limits = {{ total_s = 1 }}"))


def test_a_wrong_password_is_said_and_not_shown(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "wrong-one")
    with pytest.raises(PullError) as said:
        fetched(connected(tmp_path, server, "SELECT 1 AS a ORDER BY 1", SECRET))
    assert "password authentication failed" in str(said.value)
    assert "wrong-one" not in str(said.value)


def test_a_server_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = "postgresql+psycopg://reader@127.0.0.1:1/postgres"
    with pytest.raises(PullError, match=r"127\.0\.0\.1:1/postgres: the database says: .*refused"):
        fetched(connected(tmp_path, gone, "SELECT 1 AS a ORDER BY 1", SECRET))
