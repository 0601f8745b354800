"""The keys of personal data in a data folder or a database, as the server finds them. Nothing else here opens keys."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tocsin.cli.log_stores import ADDRESSES
from tocsin.log.codec import Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.keyring_sqlite import FILE as KEYS
from tocsin.log.keyring_sqlite import SqliteKeys
from tocsin.log.master import FILE as MASTER
from tocsin.log.master import MasterKey
from tocsin.log.port import LogError


class Keys(NamedTuple):
    """An open store of keys, its master key, and what reads and writes entries with them."""

    store: Any
    master: MasterKey
    ring: KeyRing
    codec: Codec


@contextmanager
def keys_at(data: Path, store: str, centre: str, master_key: Path | None = None, *, make: bool) -> Iterator[Keys]:
    """Open the keys of a centre; `make`: also where there are none yet. Raises LogError."""
    master = MasterKey.find(master_key, data / MASTER, make=make)
    if not store and not make and not (data / KEYS).is_file():
        raise LogError(f"{data / KEYS}: there is no such file; no personal data was sealed here")
    opened: Any = _postgres().PostgresKeys(store, centre) if store else SqliteKeys(data / KEYS, centre)
    try:
        ring = KeyRing(opened, master, centre)
        ring.prove()
        yield Keys(opened, master, ring, Codec(sealer=ring))
        ring.settle()
    finally:
        opened.close()


def key_store(where: str, centre: str, *, make: bool = False) -> Any:
    """The keys at a data folder or a database address, as they are wrapped; `make`: also where there are none yet."""
    if where.startswith(ADDRESSES):
        return _postgres().PostgresKeys(where, centre)
    file = Path(where) / KEYS
    if not make and not file.is_file():
        raise LogError(f"{file}: there is no such file; no personal data was sealed here")
    return SqliteKeys(file, centre)


def _postgres() -> Any:
    try:
        return importlib.import_module("tocsin.log.keyring_postgres")
    except ImportError as error:
        raise LogError("PostgreSQL needs the extra `postgres`: pip install 'tocsin[postgres]'") from error
