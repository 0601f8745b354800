"""What only a server can suffer: other nodes, lost connections, restarts, sudden death, standbys, full disks."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from tocsin.log import postgres, postgres_schema
from tocsin.log.port import LogError, Raced, Receipt, Unsure
from tocsin.log.postgres import PostgresLog, centres_in

from .entries import T0, a_track, entries, entry
from .postgres_server import Server, programs

DAY_S = 86_400


@pytest.fixture
def server(postgres_server) -> Server:
    return postgres_server


@pytest.fixture
def log(postgres_shelf):
    log = postgres_shelf.open()
    log.append(entries(1, 5), 0)
    return log


@pytest.fixture
def own_server():
    """A server to be harmed, apart from the one that all tests share."""
    bin_dir = programs()
    if bin_dir is None:
        pytest.skip("PostgreSQL's server (15 or later) is not on this machine: its tests are not run")
    server = Server.make(bin_dir)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def setting(con, name):
    return con.execute(f"SHOW {name}").fetchone()[0]


def test_decisions_are_synced_at_every_commit_and_tracks_are_not(postgres_shelf):
    durable, relaxed = postgres_shelf.open(), postgres_shelf.open(durable=False)
    assert setting(durable._writing(), "synchronous_commit") == "on"
    assert setting(relaxed._writing(), "synchronous_commit") == "off"


@pytest.mark.parametrize(("given", "kept"), [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")])
def test_a_server_that_acknowledges_early_is_told_not_to(server, postgres_shelf, given, kept):
    server.execute(f"ALTER ROLE tocsin SET synchronous_commit = '{given}'")
    try:
        assert setting(postgres_shelf.open()._writing(), "synchronous_commit") == kept
    finally:
        server.execute("ALTER ROLE tocsin RESET synchronous_commit")


def test_two_centres_share_a_database_without_seeing_each_other(log, postgres_shelf, server):
    other = postgres_shelf.open("south")
    other.append(entries(1, 2), 0)
    postgres_shelf.open("south", durable=False)
    assert (log.position(), other.position()) == (5, 2)
    assert log.verify() == other.verify() == []
    assert centres_in(server.conninfo) == [("north", True), ("south", True), ("south", False)]


def test_a_second_node_is_told_it_raced_and_both_go_on(log, postgres_shelf):
    second = postgres_shelf.open()
    second.append([entry(6)], 5)
    with pytest.raises(Raced) as raced:
        log.append([entry(6)], 5)
    assert raced.value.position == 6
    log.append([entry(7)], 6)
    second.append([entry(8)], 7)
    assert second.verify() == []


def test_nodes_that_keep_racing_lose_nothing_and_are_only_told_that_they_raced(log, postgres_shelf):
    nodes, races = [log, postgres_shelf.open(), postgres_shelf.open()], []

    def write(node):
        for _ in range(40):
            expected = node.position()
            try:
                node.append([entry(expected + 1), entry(expected + 2)], expected)
            except Raced:
                races.append(expected)

    threads = [threading.Thread(target=write, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert races
    assert log.position() == 5 + 2 * (120 - len(races))
    assert log.verify() == []


def test_of_two_nodes_with_one_order_one_is_told_that_it_raced(log, postgres_shelf):
    second = postgres_shelf.open()
    receipt = Receipt("ana", "order-6", b"d", 6, 6)
    log.append([entry(6)], 5, [receipt])
    with pytest.raises(Raced):
        second.append([entry(6)], 5, [receipt])
    with pytest.raises(LogError, match="key is there already"):
        second.append([entry(7)], 6, [receipt])
    assert second.position() == 6


def test_a_log_that_another_holds_is_said_after_a_while(log, server):
    log._writing().execute("SET lock_timeout = '50ms'")
    with psycopg.connect(server.conninfo) as other:
        other.execute("SELECT 1 FROM tocsin.heads FOR UPDATE")
        with pytest.raises(LogError, match=r"another writer holds the log .*; nothing was written"):
            log.append([entry(6)], 5)
    log.append([entry(6)], 5)
    assert log.verify() == []


def test_a_reader_may_not_write_and_a_closed_log_says_so(log, server):
    reader = PostgresLog.open(server.conninfo, "north", read_only=True)
    assert list(reader.read()) == entries(1, 5)
    with pytest.raises(LogError, match="reading only"):
        reader.append([entry(6)], 5)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), reader._readers.borrow() as con:
        con.execute("DELETE FROM tocsin.decisions")
    reader.close()
    with pytest.raises(LogError, match="closed"):
        reader.position()
    log.close()
    with pytest.raises(LogError, match="closed"):
        log.append([entry(6)], 5)


class TestWaiting:
    def test_an_append_wakes_who_waits_at_once(self, log, postgres_shelf, monkeypatch):
        monkeypatch.setattr("tocsin.log.postgres_read.POLL_S", 60.0)
        second, found = postgres_shelf.open(), []
        waiting = threading.Thread(target=lambda: found.append(second.wait_for(6, 50.0)))
        waiting.start()
        while not second._readers.ask("SELECT 1 FROM pg_stat_activity WHERE left(query, 6) = 'LISTEN'"):
            time.sleep(0.01)
        log.append([entry(6)], 5)
        waiting.join(20)
        assert found == [6]

    def test_a_lost_notice_is_covered_by_looking(self, log, postgres_shelf, server, monkeypatch):
        monkeypatch.setattr("tocsin.log.postgres_read.POLL_S", 0.05)
        second, found = postgres_shelf.open(), []
        waiting = threading.Thread(target=lambda: found.append(second.wait_for(6, 20.0)))
        waiting.start()
        monkeypatch.setattr(postgres, "_WRITE", postgres._WRITE.replace("pg_notify('tocsin',", "upper("))
        log.append([entry(6)], 5)
        waiting.join(20)
        assert found == [6]

    def test_a_lost_connection_under_a_wait_is_an_error_and_not_an_answer(self, log, postgres_shelf, server):
        second, found = postgres_shelf.open(), []

        def wait():
            try:
                found.append(second.wait_for(99, 20.0))
            except LogError as error:
                found.append(str(error))

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not cut(server, "left(query, 6) = 'LISTEN'"):
            time.sleep(0.01)
        waiting.join(20)
        assert "cannot be reached" in found[0] or "stopping" in found[0]


def cut(server, which="true") -> int:
    """Cut connections, as a broken network does; how many."""
    query = (
        f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename IN ('tocsin', 'desk') AND {which}"
    )
    return server.execute(query + " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")[0][0]


class TestLostConnections:
    def test_a_connection_that_died_unnoticed_costs_nothing(self, log, server):
        assert cut(server) >= 2
        log.append([entry(6)], 5)
        cut(server)
        assert list(log.read()) == entries(1, 6)
        cut(server)
        assert log.receipt("ana", "none") is None
        assert log.verify() == []

    def test_lost_before_it_was_written_it_is_written_once(self, log, server, monkeypatch):
        real, cuts = PostgresLog._one_statement, []

        def lost(self, con, values):
            if not cuts:
                cuts.append(cut(server))
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
                cuts.append(cut(server))
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
                cuts.append(cut(server))
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
            assert con.execute(postgres._WRITE, late).rowcount == 0
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


WORDS = {
    "53100": "the disk is full",
    "53300": "no more connections",
    "25006": "standby",
    "58030": "disk failed",
    "XX001": "damaged",
    "42501": "may not do that",
    "40P01": "in the way",
    "57014": "broke the statement off",
}


@pytest.mark.parametrize("state", WORDS)
def test_what_the_server_could_not_do_is_one_line_and_nothing_is_half_done(log, server, state):
    server.execute(
        f"""CREATE FUNCTION tocsin.fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON tocsin.receipts EXECUTE FUNCTION tocsin.fail()"""
    )
    with pytest.raises(LogError, match=f"{WORDS[state]}.*; nothing was written") as refused:
        log.append([entry(6)], 5, [Receipt("ana", "o", b"", 6, 6)])
    assert "\n" not in str(refused.value)
    assert (log.position(), len(list(log.read()))) == (5, 5)
    server.execute("DROP TRIGGER fail ON tocsin.receipts")
    log.append([entry(6)], 5)
    assert log.verify() == []


class TestTracks:
    def track(self, n, day):
        return entry(n, a_track(n).fact, at=T0 + day * DAY_S)

    def days(self, server):
        query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'tocsin.tracks'::regclass"
        return sorted(name.rpartition(".")[2] for (name,) in server.execute(query))

    def test_each_day_has_its_table_and_a_day_let_go_of_is_dropped(self, server, postgres_shelf):
        log = postgres_shelf.open(durable=False)
        log.append([self.track(n, n // 4) for n in range(1, 13)], 0)
        first = int(T0 // DAY_S)
        assert self.days(server) == [f"tracks_{first + n}" for n in range(4)]
        assert [e.position for e in log.read()] == list(range(1, 13))
        assert log.forget_before(T0 + 2 * DAY_S) == 7
        assert self.days(server) == [f"tracks_{first + n}" for n in (2, 3)]
        assert [e.position for e in log.read()] == list(range(8, 13))
        assert log.verify() == []
        log.append([self.track(13, 0)], 12)
        assert log.verify() == []

    def test_another_centres_tracks_of_that_day_stay(self, server, postgres_shelf):
        north, south = postgres_shelf.open(durable=False), postgres_shelf.open("south", durable=False)
        for log in (north, south):
            log.append([self.track(n, 0) for n in range(1, 5)], 0)
        assert north.forget_before(T0 + 5 * DAY_S) == 4
        assert len(list(south.read())) == 4
        assert south.verify() == north.verify() == []

    def test_two_nodes_on_the_first_second_of_a_day(self, postgres_shelf):
        nodes = [postgres_shelf.open(f"c{n}", durable=False) for n in range(4)]
        gate, errors = threading.Barrier(4), []

        def write(node):
            gate.wait()
            try:
                for n in range(5):
                    node.append([self.track(n + 1, n)], n)
            except LogError as error:
                errors.append(error)

        threads = [threading.Thread(target=write, args=(node,)) for node in nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert [node.verify() for node in nodes] == [[]] * 4

    def test_a_clock_gone_mad_still_has_a_day(self, postgres_shelf):
        log = postgres_shelf.open(durable=False)
        log.append([entry(1, a_track(1).fact, at=-1e15), entry(2, a_track(2).fact, at=1e300)], 0)
        assert log.verify() == []

    def test_of_two_nodes_one_raced_and_the_other_was_whole(self, postgres_shelf):
        one, two = postgres_shelf.open(durable=False), postgres_shelf.open(durable=False)
        one.append([self.track(1, 0)], 0, [Receipt("ana", "o", b"", 1, 1)])
        with pytest.raises(Raced):
            two.append([self.track(1, 1)], 0)
        with pytest.raises(LogError, match="nothing was written"):
            two.append([self.track(2, 1)], 1, [Receipt("ana", "o", b"", 2, 2)])
        assert two.position() == 1
        assert two.verify() == []


class TestSchema:
    def test_a_database_of_a_later_release_is_refused_and_left_as_it_was(self, log, server):
        server.execute("UPDATE tocsin.schema_version SET version = 99")
        for read_only in (False, True):
            with pytest.raises(LogError, match="has schema 99, this release reads schema 1"):
                PostgresLog.open(server.conninfo, "south", read_only=read_only)
        assert server.execute("SELECT centre FROM tocsin.heads") == [("north",)]

    def test_a_database_of_an_earlier_release_is_brought_forward_once(self, log, server, monkeypatch):
        step = ("ALTER TABLE tocsin.heads ADD COLUMN colour text DEFAULT 'red'",)
        monkeypatch.setattr(postgres_schema, "MIGRATIONS", (*postgres_schema.MIGRATIONS, step))
        with pytest.raises(LogError, match="has schema 1, this release reads schema 2"):
            PostgresLog.open(server.conninfo, "north", read_only=True)
        gate, opened = threading.Barrier(3), []

        def open_log():
            gate.wait()
            opened.append(PostgresLog.open(server.conninfo, "north"))

        threads = [threading.Thread(target=open_log) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.execute("SELECT version FROM tocsin.schema_version") == [(2,)]
        assert [log.verify() for log in opened] == [[], [], []]
        for one in opened:
            one.close()

    def test_a_step_that_fails_changes_nothing(self, log, server, monkeypatch):
        step = ("ALTER TABLE tocsin.heads ADD COLUMN colour text", "SELECT 1 / 0")
        monkeypatch.setattr(postgres_schema, "MIGRATIONS", (*postgres_schema.MIGRATIONS, step))
        with pytest.raises(LogError, match="division by zero"):
            PostgresLog.open(server.conninfo, "north")
        assert server.execute("SELECT version FROM tocsin.schema_version") == [(1,)]
        assert server.execute("SELECT 1 FROM pg_attribute WHERE attname = 'colour'") == []

    def test_somebody_elses_schema_of_that_name_is_refused(self, server, postgres_shelf):
        server.execute("CREATE SCHEMA tocsin; CREATE TABLE tocsin.shopping (item text)")
        with pytest.raises(LogError, match="not ours"):
            PostgresLog.open(server.conninfo, "north")
        assert server.execute("SELECT count(*) FROM tocsin.shopping") == [(0,)]

    def test_an_empty_database_is_not_read(self, server, postgres_shelf):
        with pytest.raises(LogError, match="holds no Tocsin log"):
            PostgresLog.open(server.conninfo, "north", read_only=True)
        with pytest.raises(LogError, match="holds no Tocsin log"):
            centres_in(server.conninfo)

    def test_a_centre_that_is_not_there_is_said(self, log, server):
        with pytest.raises(LogError, match="no log of centre 'west'"):
            PostgresLog.open(server.conninfo, "west", read_only=True)

    def test_a_database_that_cannot_hold_every_text_is_refused(self, server, postgres_shelf):
        server.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            with pytest.raises(LogError, match="LATIN1"):
                PostgresLog.open(server.conninfo.replace("/postgres?", "/latin?"), "north")
        finally:
            server.execute("DROP DATABASE latin")

    def test_a_lost_or_broken_head_row_is_said(self, log, server):
        server.execute("UPDATE tocsin.heads SET peaks = '\\x00'")
        with pytest.raises(LogError, match="head of the log is damaged"):
            log.position()
        server.execute("DELETE FROM tocsin.heads")
        with pytest.raises(LogError, match="head of the log of centre 'north' is gone"):
            log.append([entry(6)], 5)


def test_a_role_that_may_not_change_the_past_is_enough_for_decisions(log, server):
    """The grants of the how-to, word for word."""
    page = Path(__file__).parents[2] / "docs/how-to/keep-the-record-in-postgresql.md"
    grants = [line for line in page.read_text().splitlines() if line.startswith("GRANT ")]
    assert len(grants) == 3
    server.execute("CREATE ROLE desk LOGIN")
    try:
        for grant in grants:
            server.execute(grant)
        conninfo = server.conninfo.replace("tocsin@", "desk@")
        node = PostgresLog.open(conninfo, "north")
        node.append([entry(6)], 5, [Receipt("ana", "o", b"", 6, 6)])
        cut(server, "usename = 'desk'")
        node.append([entry(7)], 6)
        assert node.verify() == []
        PostgresLog.open(conninfo, "south").close()
        for change in ("UPDATE tocsin.decisions SET raw = ''", "DELETE FROM tocsin.decisions", "DROP SCHEMA tocsin"):
            with psycopg.connect(conninfo) as con, pytest.raises(psycopg.errors.InsufficientPrivilege):
                con.execute(change)
        node.close()
    finally:
        server.execute("DROP OWNED BY desk")
        server.execute("DROP ROLE desk")


def test_an_address_that_leads_nowhere_is_one_line_without_the_password(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        for address in (
            f"postgresql://ana:geheim@127.0.0.1:{port}/tocsin",
            f"postgresql://ana:geheim@/tocsin?host={tmp_path}",
            "postgresql://ana:geheim@127.0.0.1:port/tocsin",
            "postgresql://ana:geheim@localhost/tocsin?nonsense=1",
        ):
            with pytest.raises(LogError) as refused:
                PostgresLog.open(address, "north")
            assert "\n" not in str(refused.value)
            assert "geheim" not in str(refused.value)


def test_an_unknown_user_and_an_unknown_database_are_said(server):
    with pytest.raises(LogError, match=r"does not let|nobody"):
        PostgresLog.open(server.conninfo.replace("tocsin@", "nobody@"), "north")
    with pytest.raises(LogError, match="nowhere"):
        PostgresLog.open(server.conninfo.replace("/postgres?", "/nowhere?"), "north")


def test_half_a_character_in_a_name_is_refused(log):
    with pytest.raises(LogError, match="half a character"):
        log.receipt("\udfff", "o")
    with pytest.raises(LogError, match="half a character; nothing was written"):
        log.append([entry(6)], 5, [Receipt("\udfff", "o", b"", 6, 6)])


def test_reading_over_a_missing_entry_is_an_error_and_not_a_silent_skip(log, postgres_shelf):
    rows = postgres_shelf.rows(log)
    postgres_shelf.put(log, rows[:2] + rows[3:])
    with pytest.raises(LogError, match="missing"):
        list(log.read())


def test_a_start_forged_into_a_log_of_decisions_does_not_hide_dropped_entries(log, postgres_shelf, server):
    rows = postgres_shelf.rows(log)
    postgres_shelf.put(log, rows[2:])
    server.execute(
        "UPDATE tocsin.heads SET start_position = 2, start_chain = %s, start_peaks = %s", rows[1].chain, b"x" * 32
    )
    flaws = log.verify()
    assert flaws[0].position == 1
    assert "missing" in flaws[0].what


def test_verify_while_another_node_appends_stays_clean(log, postgres_shelf):
    second = postgres_shelf.open()
    log.append(entries(6, 6_000), 5)

    def append_more(_position):
        second.append([entry(second.position() + 1)], second.position())

    assert log.verify(progress=append_more) == []
    assert log.position() > 6_000
