"""A log in PostgreSQL when things break: connections, nodes, servers, disks. What was acknowledged is there after."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from tocsin.log import postgres
from tocsin.log.port import LogError, Raced, Receipt, Unsure
from tocsin.log.postgres import PostgresLog

from .entries import entries, entry
from .postgres_server import Server


@pytest.fixture
def server(postgres_server) -> Server:
    return postgres_server


@pytest.fixture
def log(postgres_shelf):
    log = postgres_shelf.open()
    log.append(entries(1, 5), 0)
    return log


class TestLostConnections:
    def test_a_connection_that_died_unnoticed_costs_nothing(self, log, server):
        assert server.cut() >= 2
        log.append([entry(6)], 5)
        server.cut()
        assert list(log.read()) == entries(1, 6)
        server.cut()
        assert log.receipt("ana", "none") is None
        assert log.verify() == []

    def test_lost_before_it_was_written_it_is_written_once(self, log, server, monkeypatch):
        real, cuts = PostgresLog._one_statement, []

        def lost(self, con, values):
            if not cuts:
                cuts.append(server.cut())
            return real(self, con, values)

        monkeypatch.setattr(PostgresLog, "_one_statement", lost)
        log.append(entries(6, 7), 5, [Receipt("ana", "o", b"", 6, 7)])
        assert cuts
        assert list(log.read()) == entries(1, 7)
        assert log.verify() == []

    @pytest.mark.parametrize("others", [0, 3])
    def test_lost_after_it_was_written_it_is_acknowledged(self, log, server, postgres_shelf, monkeypatch, others):
        real, second, cuts = PostgresLog._one_statement, postgres_shelf.open(), []

        def lost(self, con, values):
            kept = real(self, con, values)
            if self is log and not cuts:
                for n in range(others):
                    second.append([entry(8 + n)], 7 + n)
                cuts.append(server.cut())
                con.execute("SELECT 1")
            return kept

        monkeypatch.setattr(PostgresLog, "_one_statement", lost)
        log.append(entries(6, 7), 5, [Receipt("ana", "o", b"", 6, 7)])
        assert cuts
        assert log.position() == 7 + others
        assert log.receipt("ana", "o").last == 7
        assert log.verify() == []

    def test_lost_while_another_was_first_it_is_told_that_it_raced(self, log, server, postgres_shelf, monkeypatch):
        real, second, cuts = PostgresLog._one_statement, postgres_shelf.open(), []

        def lost(self, con, values):
            if self is log and not cuts:
                second.append([entry(6, order="another")], 5)
                cuts.append(server.cut())
            return real(self, con, values)

        monkeypatch.setattr(PostgresLog, "_one_statement", lost)
        with pytest.raises(Raced) as raced:
            log.append([entry(6)], 5)
        assert raced.value.position == 6

    def test_a_statement_that_arrives_after_the_answer_is_fenced_off(self, log, server):
        """The network delivers late: we gave a group up as not written, and then the server gets it."""
        stand = log._look()
        tip = stand.tip.copy()
        rows = postgres.link([entry(6)], tip, log._codec)
        late = log._values(stand, tip, rows, [])
        log._settle(psycopg.OperationalError("gone"))
        with psycopg.connect(server.conninfo, autocommit=True) as con:
            assert con.execute(postgres._WRITE.format(table="decisions"), late).rowcount == 0
        assert log.position() == 5
        log.append([entry(6)], 5)
        assert log.verify() == []

    def test_when_nobody_answers_any_more_it_is_said_that_nothing_is_known(self, own_server, monkeypatch):
        monkeypatch.setattr(postgres, "PATIENCE_S", 0.2)
        log = PostgresLog.open(own_server.conninfo, "north")
        log.append([entry(1)], 0)
        real = PostgresLog._one_statement

        def gone(self, con, values):
            own_server.kill()
            return real(self, con, values)

        monkeypatch.setattr(PostgresLog, "_one_statement", gone)
        with pytest.raises(Unsure, match="not known yet"):
            log.append([entry(2)], 1)
        with pytest.raises(LogError, match="cannot be reached"):
            log.position()
        monkeypatch.setattr(PostgresLog, "_one_statement", real)
        own_server.start()
        assert log.position() == 1
        log.append([entry(2)], 1)
        assert log.verify() == []
        own_server.stop()
        own_server.start()
        log.append([entry(3)], 2)
        assert list(log.read()) == entries(1, 3)
        log.close()


WRITER = """
import sys
from tocsin.facts.base import Entry
from tocsin.facts.calls import CallNoted
from tocsin.log.port import LogError, Receipt
from tocsin.log.postgres import PostgresLog
log = PostgresLog.open(sys.argv[1], "north")
n = log.position()
while True:
    entries = [Entry(n + i, 1.0, "ana", f"o{n}", n, CallNoted(1.0, "C1", "x" * 200)) for i in range(1, 8)]
    try:
        log.append(entries, n, [Receipt("ana", f"o{n}", b"d", n + 1, n + 7)])
    except LogError as error:
        print("error", error, flush=True)
        sys.exit(3)
    n += 7
    print(n, flush=True)
"""


@contextlib.contextmanager
def writer(conninfo):
    """A node that writes as fast as it can; yields (process, read one acknowledgement, the rest after its end)."""
    with subprocess.Popen([sys.executable, "-c", WRITER, conninfo], stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def acknowledged(process, before: int) -> int:
    """The last position that the node was told is durable. Lines that were cut off do not count."""
    lines = process.communicate(timeout=60)[0].splitlines(keepends=True)
    return max([before, *(int(line) for line in lines if line.endswith("\n") and line.strip().isdigit())])


def prove_kept(conninfo, told):
    log = PostgresLog.open(conninfo, "north")
    assert log.position() >= told
    assert log.position() % 7 == 0, "half a transaction was kept"
    assert log.receipt("ana", f"o{told - 7}").last == told
    assert log.verify() == []
    log.close()


def test_a_node_killed_in_the_middle_of_writing_keeps_everything_it_acknowledged(server, postgres_shelf):
    for pause in (5, 40):
        with writer(server.conninfo) as process:
            for _ in range(pause):
                told = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            told = acknowledged(process, told)
        prove_kept(server.conninfo, told)


def test_a_server_killed_under_load_keeps_everything_it_acknowledged(own_server):
    for pause in (5, 40):
        with writer(own_server.conninfo) as process:
            for _ in range(pause):
                told = int(process.stdout.readline())
            own_server.kill()
            told = acknowledged(process, told)
        assert process.returncode == 3, "the node must say that it could not write"
        own_server.start()
        prove_kept(own_server.conninfo, told)


def test_a_server_that_would_not_keep_what_it_acknowledges_is_refused(own_server):
    own_server.stop()
    own_server.settings["fsync"] = "off"
    own_server.start()
    with pytest.raises(LogError, match="fsync off"):
        PostgresLog.open(own_server.conninfo, "north")
    PostgresLog.open(own_server.conninfo, "north", durable=False).close()


def free_name(base: Path) -> Path:
    return base.with_name(base.name + "-standby")


@pytest.fixture
def pair(own_server):
    """A primary, and a standby that it waits for."""
    with (own_server.data / "pg_hba.conf").open("a") as hba:
        hba.write("local replication all trust\n")
    own_server.execute("SELECT pg_reload_conf()")
    standby = Server(own_server._bin, free_name(own_server.base))
    standby.base.mkdir(mode=0o700)
    try:
        standby.own(standby.base)
        conninfo = f"host={own_server.base} user=tocsin application_name=standby"
        own_server.run("pg_basebackup", "-d", conninfo, "-D", standby.data, "-R", "-c", "fast", "--no-sync")
        standby.start()
        own_server.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        own_server.execute("SELECT pg_reload_conf()")
        until = time.monotonic() + 20
        while not own_server.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"):
            assert time.monotonic() < until, "the standby never came to be waited for"
            time.sleep(0.05)
        yield own_server, standby
    finally:
        standby.remove()


def both(primary, standby):
    return f"postgresql://tocsin@/postgres?host={primary.base},{standby.base}&port=5432,5432"


class TestStandby:
    def test_may_be_read_and_is_not_written_to(self, pair):
        primary, standby = pair
        log = PostgresLog.open(primary.conninfo, "north")
        log.append(entries(1, 5), 0)
        with pytest.raises(LogError, match="it is a standby"):
            PostgresLog.open(standby.conninfo, "north")
        reader = PostgresLog.open(standby.conninfo, "north", read_only=True)
        assert reader.wait_for(5, 20.0) == 5
        assert reader.verify([log.head()]) == []
        reader.close()
        log.close()

    def test_promoted_under_load_it_has_everything_that_was_acknowledged(self, pair):
        primary, standby = pair
        with writer(both(primary, standby)) as process:
            for _ in range(30):
                told = int(process.stdout.readline())
            primary.kill()
            told = acknowledged(process, told)
        with pytest.raises(LogError):
            PostgresLog.open(both(primary, standby), "north")
        standby.run("pg_ctl", "-D", standby.data, "-w", "promote")
        prove_kept(both(primary, standby), told)

    def test_a_node_goes_on_with_the_promoted_one(self, pair):
        primary, standby = pair
        log = PostgresLog.open(both(primary, standby), "north")
        log.append(entries(1, 5), 0)
        primary.kill()
        with pytest.raises(LogError):
            log.position()
        standby.run("pg_ctl", "-D", standby.data, "-w", "promote")
        assert log.position() == 5
        log.append([entry(6)], 5)
        assert list(log.read()) == entries(1, 6)
        log.close()

    def test_a_commit_that_did_not_wait_for_it_is_not_acknowledged(self, pair):
        """Somebody breaks the wait off: the primary has the group, the standby perhaps not. That is no success."""
        primary, standby = pair
        log = PostgresLog.open(primary.conninfo, "north")
        log.append([entry(1)], 0)
        standby.stop("immediate")
        outcome = []

        def append():
            try:
                log.append([entry(2)], 1)
                outcome.append("acknowledged")
            except LogError as error:
                outcome.append(error)

        writing = threading.Thread(target=append)
        writing.start()
        query = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        primary.execute("SET synchronous_commit = local")
        with psycopg.connect(primary.conninfo, autocommit=True) as con:
            con.execute("SET synchronous_commit = local")
            while not con.execute(query).fetchall():
                time.sleep(0.02)
        writing.join(20)
        assert isinstance(outcome[0], Unsure)
        assert "perhaps not on the standby" in str(outcome[0])
        primary.execute("ALTER SYSTEM RESET synchronous_standby_names")
        primary.execute("SELECT pg_reload_conf()")
        assert log.position() == 2
        log.append([entry(3)], 2)
        assert log.verify() == []
        log.close()


class TestFullDisk:
    @pytest.fixture
    def full(self, log, server):
        """A disk of 4 MB for the entries."""
        disk = server.base / "disk"
        disk.mkdir(exist_ok=True)
        mounted = os.geteuid() == 0 and (
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], capture_output=True, check=False
            ).returncode
            == 0
        )
        if not mounted:
            pytest.skip("a small disk cannot be mounted here: the full disk is not tried")
        try:
            server.own(disk)
            server.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            server.execute("ALTER TABLE tocsin.decisions SET TABLESPACE small")
            yield
            server.wipe()
            server.execute("DROP TABLESPACE small")
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)

    def test_is_said_and_costs_nothing_that_was_written(self, log, full, server):
        position = 5

        def fill():
            nonlocal position
            while position < 50_000:
                log.append(entries(position + 1, position + 1_000), position)
                position += 1_000

        with pytest.raises(LogError, match=r"the disk is full \(53100\); nothing was written"):
            fill()
        assert position > 5
        assert log.position() == position
        assert log.verify() == []
        server.execute("ALTER TABLE tocsin.decisions SET TABLESPACE pg_default")
        log.append([entry(position + 1)], position)
        assert log.verify() == []
