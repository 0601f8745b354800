"""A centre moves with its keys and accounts, and is backed up from a database as from files."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from tests.log.entries import T0

from tocsin.access import Access, Account, Session
from tocsin.cli import main
from tocsin.cli.keys_at import keys_at
from tocsin.facts.base import Entry
from tocsin.facts.calls import CallNoted
from tocsin.log.keyring import Bound
from tocsin.log.keyring_copy import copy_keys
from tocsin.log.keyring_sqlite import SqliteKeys
from tocsin.log.port import LogError, Receipt
from tocsin.log.sqlite import SqliteLog

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def conninfo(postgres_server):
    """A database of its own that holds nothing."""
    postgres_server.execute("CREATE DATABASE moving")
    yield postgres_server.conninfo.replace("/postgres?", "/moving?")
    postgres_server.execute("DROP DATABASE moving WITH (FORCE)")


def test_a_centre_moves_with_its_keys_and_accounts_and_is_backed_up_from_the_database(conninfo, tmp_path):
    """Record, keys, accounts: from files to a database, from there into a backup, from the backup into a server."""

    def run(*words: object, code: int = 0) -> str:
        done = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done.output

    data, secret = tmp_path / "data", "Rita Borg at the pharmacy"
    data.mkdir()
    with keys_at(data, "", "north", make=True) as keys:
        log = SqliteLog.open(data / "decisions.db", "north", codec=keys.codec)
        log.append([Entry(1, T0, "ana", "o1", 0, CallNoted(T0, "1", secret))], 0, [Receipt("ana", "o1", b"d", 1, 1)])
        log.append([Entry(2, T0, "ana", "o2", 0, CallNoted(T0, "2", secret))], 1, [Receipt("ana", "o2", b"d", 2, 2)])
        keys.ring.settle()
        log.close()
    access = Access.open(data / "accounts.db", argon2=QUICK)
    assert isinstance(access.add_account("ana", "a long enough password", ("supervisor",), T0), Account)
    access.close()

    run("log", "copy", data, conninfo)
    assert "512 keys copied" in run("keys", "copy", data, conninfo)
    assert "0 keys copied" in run("keys", "copy", data, conninfo)
    assert "1 accounts copied" in run("account", "copy", data, conninfo)
    assert "nothing is put over them" in run("account", "copy", data, conninfo, code=2)
    with keys_at(tmp_path, conninfo, "north", data / "master.key", make=False) as there:
        there.store.erase({"record/call:2": 3}, T0)
    assert "keys copied" in run("keys", "copy", data, conninfo)  # an erased key does not come back
    with keys_at(tmp_path, conninfo, "north", data / "master.key", make=False) as there:
        assert there.store.numbers_of(["record/call:2"]) == []
        assert there.store.make([b"w"], there.master.mark)[0] > 512  # numbers go on after those that came

    run("keys", "new", tmp_path / "backup.key")
    run("backup", "make", "--store", conninfo, "-o", tmp_path / "monday", "--key", tmp_path / "backup.key")
    for file in ("monday.record", "monday.keys"):
        assert secret.encode() not in (tmp_path / file).read_bytes()
    words = ("--key", tmp_path / "backup.key", "--master-key", data / "master.key")
    assert "clean: 2 entries read, 1 with people erased" in run("backup", "drill", tmp_path / "monday", *words)
    run("backup", "restore", tmp_path / "monday", "-o", tmp_path / "again", "--key", tmp_path / "backup.key")
    with keys_at(tmp_path / "again", "", "north", data / "master.key", make=False) as keys:
        log = SqliteLog.open(tmp_path / "again" / "decisions.db", "north", codec=keys.codec, read_only=True)
        assert [entry.fact.text for entry in log.read()] == [secret, ""]
        log.close()
    again = Access.open(tmp_path / "again" / "accounts.db", argon2=QUICK)
    assert isinstance(again.sign_in("ana", "a long enough password", "here", T0 + 1), Session)
    again.close()


def test_keys_are_not_copied_over_somebody_elses(conninfo, tmp_path):
    from tocsin.log.keyring_postgres import PostgresKeys

    here, there = SqliteKeys(tmp_path / "keys.db", "north"), PostgresKeys(conninfo, "north")
    try:
        for store, name in ((here, "record/call:1"), (there, "record/call:7")):
            (number,) = store.make([b"w"], b"m")
            store.bind([Bound(number, name, 1)])
        with pytest.raises(LogError, match="has a key 1 of its own"):
            copy_keys(here, there)
        assert there.numbers_of(["record/call:7"]) == [1]
    finally:
        here.close()
        there.close()
