"""A store that is full, read-only, of an unknown version or corrupt stops the desk clearly and keeps what it has.

At a desk that runs: orders are refused by name, what was recorded can still be seen, and orders are taken again once
the store takes them. At `tocsin serve`: it does not start, says why in one line, and leaves the files as they were.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.desk.hall import desk_on, same_as_fresh

from tocsin.desk.busy import Busy
from tocsin.domain import orders as o
from tocsin.log.postgres import PostgresLog
from tocsin.log.sqlite import SqliteLog
from tocsin.views.wire import Done

LONG = random.Random(1).randbytes(1_950).hex()
"""No store can make it smaller."""
NOTE = o.NoteCall("1", LONG)
MOST = 5_000


async def refused(desk, key: str) -> Busy:
    """What an order is told by a store that takes nothing."""
    with pytest.raises(Busy) as busy:
        await desk.give(NOTE, by="ana", key=key)
    assert busy.value.name == "not_recorded"
    assert "nothing was changed" in str(busy.value)
    return busy.value


async def stops_and_goes_on(log, fill: Callable, mend: Callable[[], object], words: str) -> None:
    """A desk on a log that `fill` brings to refuse, and `mend` to take again."""
    async with desk_on(log) as desk:
        await desk.give(o.ReceiveCall("112", caller="Rita"), by="ana", key="before")
        await desk.give(o.AnswerCall("1"), by="ana", key="answer")
        await fill(desk)
        busy = await refused(desk, "while")
        assert words in str(busy)
        assert not desk.recording
        assert desk.call("1").caller == "Rita"
        assert desk.picture_bytes()
        same_as_fresh(desk, log)
        mend()
        done = await desk.give(NOTE, by="ana", key="while")
        assert isinstance(done, Done)
        assert not done.repeated
        assert desk.recording
        same_as_fresh(desk, log)
    assert log.verify() == []


async def notes(desk, together: int) -> None:
    """The same again and again, so many at once."""
    for n in range(MOST):
        await asyncio.gather(*(desk.give(NOTE, by="ana", key=f"{together}-{n}-{i}") for i in range(together)))


async def until_full(desk) -> None:
    """Notes about one call until nothing more fits."""
    for together in (8, 1):  # where eight do not fit, one may
        with pytest.raises(Busy, match="the disk is full"):
            await notes(desk, together)


def test_a_full_disk_under_a_desk(tmp_path):
    log = SqliteLog.open(tmp_path / "decisions.db", "north")
    pages = log._writer.execute("PRAGMA page_count").fetchone()[0]
    log._writer.execute(f"PRAGMA max_page_count = {pages + 60}")

    def mend() -> None:
        log._writer.execute("PRAGMA max_page_count = 1000000")

    asyncio.run(stops_and_goes_on(log, until_full, mend, "the disk is full"))
    log.close()


def test_a_disk_that_becomes_read_only_under_a_desk(tmp_path):
    log = SqliteLog.open(tmp_path / "decisions.db", "north")

    async def fill(_desk) -> None:
        log._writer.execute("PRAGMA query_only = ON")

    asyncio.run(stops_and_goes_on(log, fill, lambda: log._writer.execute("PRAGMA query_only = OFF"), "written"))
    log.close()


@contextmanager
def small_disk(server) -> Iterator[None]:
    """4 MB for the entries of a PostgreSQL, if this machine lets us."""
    disk = server.base / "small"
    disk.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here: the full disk is not tried")
    try:
        server.own(disk)
        server.execute(f"CREATE TABLESPACE tiny LOCATION '{disk}'")
        server.execute("ALTER TABLE tocsin.decisions SET TABLESPACE tiny")
        yield
        server.wipe()
        server.execute("DROP TABLESPACE tiny")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def database(postgres_server):
    postgres_server.wipe()
    yield postgres_server
    postgres_server.wipe()


def test_a_full_disk_of_a_database_under_a_desk(database):
    log = PostgresLog.open(database.conninfo, "north")
    with small_disk(database):

        def mend() -> None:
            database.execute("ALTER TABLE tocsin.decisions SET TABLESPACE pg_default")

        asyncio.run(stops_and_goes_on(log, until_full, mend, "the disk is full"))
        log.close()


# -- tocsin serve -----------------------------------------------------------------------------------------------------


def serve(data: Path, *words: str) -> subprocess.CompletedProcess:
    """One that does not start."""
    command = [sys.executable, "-c", "from tocsin.cli import main; main()", "serve", "--data", str(data), "--port", "0"]
    more = ["--centre", "north", "--name", "North", "--mode", "exercise", *words]
    return subprocess.run([*command, *more], capture_output=True, text=True, timeout=120, check=False)


def said(done: subprocess.CompletedProcess) -> str:
    """Its one line."""
    assert done.returncode == 1, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A data folder with a record in it."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    log = SqliteLog.open(data / "decisions.db", "north")

    async def run() -> None:
        async with desk_on(log) as desk:
            for n in range(40):
                await desk.give(o.ReceiveCall("112", caller=LONG[:200]), by="ana", key=f"k{n}")

    asyncio.run(run())
    log.close()
    return data


def _future(path: Path) -> None:
    with sqlite3.connect(path) as con:
        con.execute("PRAGMA user_version = 99")
    con.close()


def _torn(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    for page in range(1, len(raw) // 4_096):
        raw[page * 4_096 : page * 4_096 + 64] = b"\xff" * 64
    path.write_bytes(raw)


HARMS = {
    "an unknown version": (_future, "schema 99"),
    "no database at all": (lambda path: path.write_text("a shopping list" * 500), "not a Tocsin log"),
    "torn pages": (_torn, "malformed|damaged|corrupt"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_serve_does_not_start_on_such_a_store_says_why_and_leaves_it(used, harm):
    make, words = HARMS[harm]
    path = used / "decisions.db"
    make(path)
    before = path.read_bytes()
    line = said(serve(used))
    assert str(path) in line
    assert any(word in line for word in words.split("|")), line
    assert path.read_bytes() == before


def test_serve_does_not_start_on_a_disk_that_is_read_only(used):
    words = ["mount", "--bind", used, used]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted read-only here: it is not tried")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", used, used], check=True, capture_output=True)
        line = said(serve(used))
        assert str(used) in line
        assert "written" in line
    finally:
        subprocess.run(["umount", "--lazy", used], check=True)
    log = SqliteLog.open(used / "decisions.db", "north", read_only=True)
    assert log.verify() == []
    log.close()


def test_serve_does_not_start_on_a_database_of_an_unknown_version(database, tmp_path):
    PostgresLog.open(database.conninfo, "north").close()
    database.execute("UPDATE tocsin.schema_version SET version = 99")
    line = said(serve(tmp_path / "data", "--store", database.conninfo))
    assert "99" in line
