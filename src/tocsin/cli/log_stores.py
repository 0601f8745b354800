"""Which logs there are at a path or a database address, and how to open them. Nothing else here names a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import click

from tocsin.log.codec import CODEC, Codec
from tocsin.log.copy import Store
from tocsin.log.port import Kind, LogError
from tocsin.log.sqlite import SqliteLog
from tocsin.log.sqlite import centres_in as centres_in_file

FILES = ("decisions.db", "tracks.db", "looks.db")
_KINDS: dict[Kind, str] = {"decisions": FILES[0], "tracks": FILES[1], "looks": FILES[2]}
ADDRESSES = ("postgresql://", "postgres://")


class Unreadable(click.ClickException):
    """The log could not be read at all; not the same as a log that was read and found flawed (exit code 1)."""

    exit_code = 2


class Place(NamedTuple):
    """One log: `file` is what to call its store, never with a password in it."""

    where: str
    file: str
    centre: str
    kind: Kind

    @property
    def durable(self) -> bool:
        """Whether these are the decisions, which have receipts and are never shortened."""
        return self.kind == "decisions"


def is_address(where: str) -> bool:
    """Whether this is a database and not a path."""
    return where.startswith(ADDRESSES)


def places_at(where: str, centre: str | None = None) -> list[Place]:
    """Every log in a data directory, a file or a database. Raises LogError when there is none."""
    found = _in_database(where) if is_address(where) else _in_files(Path(where))
    chosen = [place for place in found if centre is None or place.centre == centre]
    if not chosen:
        name = _name(where) if is_address(where) else where
        raise LogError(f"{name}: holds no log" + (f" of centre {centre!r}" if centre is not None else ""))
    return chosen


def one_place(where: str, centre: str | None = None) -> Place:
    """The one log of decisions there (or of tracks, in a file of tracks). Raises LogError, click.UsageError."""
    if not is_address(where) and Path(where).is_dir():
        where = str(Path(where) / FILES[0])
    found = places_at(where, centre)
    durable = [place for place in found if place.durable] or found
    if len(durable) != 1:
        raise click.UsageError("there are several logs here: say which with --centre")
    return durable[0]


def open_place(place: Place, *, write: bool = False, codec: Codec = CODEC) -> Store:
    """Open a log, to write also where there was none; what is sealed reads blank unless `codec` has keys. LogError."""
    how: dict[str, Any] = {"kind": place.kind, "read_only": not write, "codec": codec}
    if is_address(place.where):
        log: Store = _postgres().PostgresLog.open(place.where, place.centre, **how)
        return log
    return SqliteLog.open(place.where, place.centre, **how)


def place_like(where: str, place: Place) -> Place:
    """Where a log of this centre and kind belongs in another directory, file or database."""
    if is_address(where):
        return Place(where, _name(where), place.centre, place.kind)
    path = Path(where)
    if path.is_dir():
        path = path / _KINDS[place.kind]
    return Place(str(path), str(path), place.centre, place.kind)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what went wrong into one line and exit code 2."""
    try:
        yield
    except LogError as error:
        raise Unreadable(str(error)) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unreadable(f"{error.filename or 'the output'}: {error.strerror}") from error


def _in_files(path: Path) -> list[Place]:
    files = [path / name for name in FILES if (path / name).exists()] if path.is_dir() else [path]
    if files and path.is_dir() and files[0].name != FILES[0]:
        raise LogError(f"{path}: {FILES[0]}, the record, is missing; {files[0].name} is there")
    return [Place(str(file), str(file), name, kind) for file in files for name, kind in centres_in_file(file)]


def _in_database(where: str) -> list[Place]:
    found: list[tuple[str, Kind]] = _postgres().centres_in(where)
    return [Place(where, _name(where), name, kind) for name, kind in found]


def _name(where: str) -> str:
    name: str = _postgres().Address(where).where
    return name


def _postgres() -> ModuleType:
    """The store that needs psycopg, which is an extra."""
    try:
        from tocsin.log import postgres
    except ImportError as error:
        raise LogError("PostgreSQL needs the extra `postgres`: pip install 'tocsin[postgres]'") from error
    return postgres
