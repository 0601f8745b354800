"""What only a server can suffer: other nodes, lost connections, restarts, sudden death, standbys, full disks."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from tocsin.log import postgres, postgres_schema
from tocsin.log.media_postgres import PostgresMedia
from tocsin.log.port import LogError, Raced, Receipt
from tocsin.log.postgres import PostgresLog, centres_in

from .entries import T0, a_track, entries, entry
from .postgres_server import Server

DAY_S = 86_400
STEPS = ["8f6b9c3b712d", "7f371b9c2b30", "0b0afa30bf02"]
"""What each step of the schema was when it was released."""


@pytest.fixture
def server(postgres_server) -> Server:
    return postgres_server


@pytest.fixture
def log(postgres_shelf):
    log = postgres_shelf.open()
    log.append(entries(1, 5), 0)
    return log


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
    assert centres_in(server.conninfo) == [("north", "decisions"), ("south", "decisions"), ("south", "tracks")]


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
        looked, real = threading.Event(), second.position

        def position():
            try:
                return real()
            finally:
                looked.set()

        monkeypatch.setattr(second, "position", position)
        waiting = threading.Thread(target=lambda: found.append(second.wait_for(6, 25.0)))
        waiting.start()
        assert looked.wait(20)
        monkeypatch.setattr(postgres, "_WRITE", postgres._WRITE.replace("pg_notify('tocsin',", "upper("))
        log.append([entry(6)], 5)
        waiting.join(8)
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
        while not server.cut("left(query, 6) = 'LISTEN'"):
            time.sleep(0.01)
        waiting.join(20)
        assert "cannot be reached" in found[0] or "stopping" in found[0]


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
            with pytest.raises(LogError, match="has schema 99, this release reads schema 3"):
                PostgresLog.open(server.conninfo, "south", read_only=read_only)
        assert server.execute("SELECT centre FROM tocsin.heads") == [("north",)]

    def test_a_database_of_an_earlier_release_is_brought_forward_once(self, log, server, monkeypatch):
        step = ("ALTER TABLE tocsin.heads ADD COLUMN colour text DEFAULT 'red'",)
        monkeypatch.setattr(postgres_schema, "MIGRATIONS", (*postgres_schema.MIGRATIONS, step))
        with pytest.raises(LogError, match="has schema 3, this release reads schema 4"):
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
        assert server.execute("SELECT version FROM tocsin.schema_version") == [(4,)]
        assert [log.verify() for log in opened] == [[], [], []]
        for one in opened:
            one.close()

    @pytest.mark.parametrize("made_by", range(1, len(postgres_schema.MIGRATIONS)))
    def test_a_record_made_by_an_earlier_release_is_whole_in_this_one(
        self, postgres_shelf, server, monkeypatch, made_by
    ):
        today = postgres_schema.MIGRATIONS
        monkeypatch.setattr(postgres_schema, "MIGRATIONS", today[:made_by])
        with closing(PostgresLog.open(server.conninfo, "north")) as old:
            old.append([entry(1), entry(2)], 0)
            before = list(old.rows())
        monkeypatch.setattr(postgres_schema, "MIGRATIONS", today)
        with closing(PostgresLog.open(server.conninfo, "north")) as log:
            assert list(log.rows()) == before
            log.append([entry(3)], 2)
            assert log.verify() == []
        with closing(PostgresLog.open(server.conninfo, "north", kind="looks")) as looks:
            assert looks.position() == 0
        with closing(PostgresMedia(server.conninfo, "north")) as media:
            media.write("1", "aa", b"sealed")
            assert list(media.names()) == [("1", "aa")]
        monkeypatch.setattr(postgres_schema, "MIGRATIONS", today[:made_by])
        with pytest.raises(LogError, match=f"has schema {len(today)}, this release reads schema {made_by}"):
            PostgresLog.open(server.conninfo, "north")

    def test_steps_are_only_ever_added(self):
        """Who changes one has two kinds of database of the same version. A new step: append its hash."""
        told = [sha256("\n".join(step).encode()).hexdigest()[:12] for step in postgres_schema.MIGRATIONS]
        assert told == STEPS

    def test_a_step_that_fails_changes_nothing(self, log, server, monkeypatch):
        step = ("ALTER TABLE tocsin.heads ADD COLUMN colour text", "SELECT 1 / 0")
        monkeypatch.setattr(postgres_schema, "MIGRATIONS", (*postgres_schema.MIGRATIONS, step))
        with pytest.raises(LogError, match="division by zero"):
            PostgresLog.open(server.conninfo, "north")
        assert server.execute("SELECT version FROM tocsin.schema_version") == [(3,)]
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
    assert len(grants) == 6
    server.execute("CREATE ROLE desk LOGIN")
    try:
        for grant in grants[:3]:  # the others are for keys, accounts and tracks
            server.execute(grant)
        conninfo = server.conninfo.replace("tocsin@", "desk@")
        node = PostgresLog.open(conninfo, "north")
        node.append([entry(6)], 5, [Receipt("ana", "o", b"", 6, 6)])
        server.cut("usename = 'desk'")
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


def test_a_log_without_its_head_does_not_pass_for_none_and_is_not_begun_anew(log, postgres_shelf, server):
    server.execute("DELETE FROM tocsin.heads")
    with pytest.raises(LogError, match="head of centre 'north' is gone, and its entries are there"):
        centres_in(server.conninfo)
    with pytest.raises(LogError, match="head of centre 'north' is gone, and its entries are there"):
        postgres_shelf.open("north")
    assert postgres_shelf.open("south").position() == 0


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
