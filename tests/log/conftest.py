"""Every store under one suite: a test that takes `shelf` runs once for each. another joins by one row in SHELVES."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tocsin.log.codec import CODEC, Codec
from tocsin.log.hashes import Tip
from tocsin.log.memory import MemoryLog
from tocsin.log.port import Kind, Row, kind_of
from tocsin.log.postgres import PostgresLog
from tocsin.log.sqlite import SqliteLog

from .postgres_server import Server


class Shelf(ABC):
    """Where a test keeps logs: opens them, reopens them, and reaches behind their backs to tamper."""

    keeps = True
    """Whether a log survives being closed."""

    @abstractmethod
    def open(self, centre: str = "north", *, durable: bool = True, codec: Codec = CODEC, kind: Kind | None = None):
        """A log that is new here, or the one that was closed."""

    @abstractmethod
    def rows(self, log) -> list[Row]:
        """The stored entries."""

    @abstractmethod
    def put(self, log, rows: list[Row]) -> None:
        """Replace the stored entries, whatever the rules say."""

    @abstractmethod
    def put_head(self, log, tip: Tip) -> None:
        """Replace what the store says is its head."""

    def close(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of what is open."""


class MemoryShelf(Shelf):
    keeps = False

    def __init__(self, _path: Path) -> None:
        pass

    def open(self, centre="north", *, durable=True, codec=CODEC, kind=None):
        return MemoryLog(centre, durable=durable, codec=codec, kind=kind)

    def rows(self, log):
        return list(log.kept.rows)

    def put(self, log, rows):
        log.kept.rows[:] = rows

    def put_head(self, log, tip):
        log.kept.tip = tip


class SqliteShelf(Shelf):
    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: list[SqliteLog] = []

    def open(self, centre="north", *, durable=True, codec=CODEC, kind=None):
        file = self._path / f"{kind_of(durable, kind)}.db"
        log = SqliteLog.open(file, centre, durable=durable, codec=codec, kind=kind)
        self._opened.append(log)
        return log

    def rows(self, log):
        return list(log.rows())

    def put(self, log, rows):
        con = log._writer
        con.execute("BEGIN")
        con.execute("DELETE FROM entries WHERE centre = ?", (log.centre,))
        con.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", ((log.centre, *row) for row in rows))
        con.execute("COMMIT")

    def put_head(self, log, tip):
        log._writer.execute(
            "UPDATE heads SET position = ?, chain = ?, peaks = ? WHERE centre = ?",
            (tip.position, tip.chain, tip.pack(), log.centre),
        )

    def close(self) -> None:
        for log in self._opened:
            log.close()


class PostgresShelf(Shelf):
    def __init__(self, server: Server) -> None:
        self.server = server
        self._opened: list[PostgresLog] = []

    def open(self, centre="north", *, durable=True, codec=CODEC, kind=None):
        log = PostgresLog.open(self.server.conninfo, centre, durable=durable, codec=codec, kind=kind)
        self._opened.append(log)
        return log

    def rows(self, log):
        return list(log.rows())

    def put(self, log, rows):
        day = "" if log._durable else ", 0"
        with psycopg.connect(self.server.conninfo) as con:
            con.execute(f"DELETE FROM tocsin.{log._log} WHERE centre = %s", (log.centre,))
            if not log._durable:
                con.execute("CREATE TABLE tocsin.tracks_0 PARTITION OF tocsin.tracks FOR VALUES IN (0)")
            con.cursor().executemany(
                f"INSERT INTO tocsin.{log._log} (centre, position, raw, leaf, chain{day and ', day'})"
                f" VALUES (%s, %s, %s, %s, %s{day})",
                [(log.centre, *row) for row in rows],
            )

    def put_head(self, log, tip):
        self.server.execute(
            "UPDATE tocsin.heads SET position = %s, chain = %s, peaks = %s WHERE centre = %s AND log = %s",
            tip.position,
            tip.chain,
            tip.pack(),
            log.centre,
            log._log,
        )

    def close(self) -> None:
        for log in self._opened:
            log.close()
        self.server.wipe()


SHELVES: dict[str, Callable[[pytest.FixtureRequest, Path], Shelf]] = {
    "memory": lambda _request, path: MemoryShelf(path),
    "sqlite": lambda _request, path: SqliteShelf(path),
    "postgres": lambda request, _path: PostgresShelf(request.getfixturevalue("postgres_server")),
}


@pytest.fixture(params=sorted(SHELVES))
def shelf(request, tmp_path) -> Iterator[Shelf]:
    shelf = SHELVES[request.param](request, tmp_path)
    yield shelf
    shelf.close()


@pytest.fixture
def postgres_shelf(postgres_server) -> Iterator[PostgresShelf]:
    shelf = PostgresShelf(postgres_server)
    yield shelf
    shelf.close()


@pytest.fixture
def sqlite_shelf(tmp_path) -> Iterator[SqliteShelf]:
    shelf = SqliteShelf(tmp_path)
    yield shelf
    shelf.close()
