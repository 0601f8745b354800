"""Every store under one suite: a test that takes `shelf` runs once for each. PostgreSQL joins by one row in SHELVES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tocsin.log.check import Row
from tocsin.log.codec import CODEC, Codec
from tocsin.log.hashes import Tip
from tocsin.log.memory import MemoryLog
from tocsin.log.sqlite import SqliteLog


class Shelf:
    """Where a test keeps logs: opens them, reopens them, and reaches behind their backs to tamper."""

    keeps = True
    """Whether a log survives being closed."""

    def open(self, centre: str = "north", *, durable: bool = True, codec: Codec = CODEC):
        raise NotImplementedError

    def rows(self, log) -> list[Row]:
        raise NotImplementedError

    def put(self, log, rows: list[Row]) -> None:
        """Replace the stored entries, whatever the rules say."""
        raise NotImplementedError

    def put_head(self, log, tip: Tip) -> None:
        """Replace what the store says is its head."""
        raise NotImplementedError

    def close(self) -> None:
        pass


class MemoryShelf(Shelf):
    keeps = False

    def __init__(self, _path: Path) -> None:
        pass

    def open(self, centre="north", *, durable=True, codec=CODEC):
        return MemoryLog(centre, durable=durable, codec=codec)

    def rows(self, log):
        return list(log._rows)

    def put(self, log, rows):
        log._rows[:] = rows

    def put_head(self, log, tip):
        log._tip = tip


class SqliteShelf(Shelf):
    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: list[SqliteLog] = []

    def open(self, centre="north", *, durable=True, codec=CODEC):
        log = SqliteLog.open(
            self._path / ("decisions.db" if durable else "tracks.db"), centre, durable=durable, codec=codec
        )
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


SHELVES: dict[str, Callable[[Path], Shelf]] = {"memory": MemoryShelf, "sqlite": SqliteShelf}


@pytest.fixture(params=sorted(SHELVES))
def shelf(request, tmp_path) -> Iterator[Shelf]:
    shelf = SHELVES[request.param](tmp_path)
    yield shelf
    shelf.close()


@pytest.fixture
def sqlite_shelf(tmp_path) -> Iterator[SqliteShelf]:
    shelf = SqliteShelf(tmp_path)
    yield shelf
    shelf.close()
