"""What only a file can suffer: other processes, full disks, wrong files, sudden death."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from tocsin.log import sqlite_file
from tocsin.log.port import LogError, Raced
from tocsin.log.sqlite import SqliteLog, centres_in

from .entries import a_track, entries, entry


@pytest.fixture
def log(sqlite_shelf):
    log = sqlite_shelf.open()
    log.append(entries(1, 5), 0)
    return log


@pytest.fixture
def file(log, tmp_path):
    return tmp_path / "decisions.db"


def test_decisions_are_synced_at_every_commit_and_tracks_are_not(sqlite_shelf):
    durable, relaxed = sqlite_shelf.open(), sqlite_shelf.open(durable=False)
    assert durable._writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert relaxed._writer.execute("PRAGMA synchronous").fetchone() == (1,)
    assert durable._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_two_centres_share_a_file_without_seeing_each_other(log, sqlite_shelf):
    other = sqlite_shelf.open("south")
    other.append(entries(1, 2), 0)
    assert (log.position(), other.position()) == (5, 2)
    assert log.verify() == other.verify() == []


def test_tells_whose_logs_a_file_holds(log, sqlite_shelf, file, tmp_path):
    sqlite_shelf.open("south")
    sqlite_shelf.open("south", durable=False)
    assert centres_in(file) == [("north", "decisions"), ("south", "decisions")]
    assert centres_in(tmp_path / "tracks.db") == [("south", "tracks")]


def test_a_file_of_decisions_is_not_opened_as_tracks(log, file):
    with pytest.raises(LogError, match="durable decisions"):
        SqliteLog.open(file, "north", durable=False)


def test_a_second_writer_is_told_it_raced_and_nothing_breaks(log, file):
    second = SqliteLog.open(file, "north")
    second.append([entry(6)], 5)
    with pytest.raises(Raced) as raced:
        log.append([entry(6)], 5)
    assert raced.value.position == 6
    log.append([entry(7)], 6)
    assert second.verify() == []
    second.close()


def test_two_writers_that_keep_racing_are_only_ever_told_that_they_raced(log, file):
    second = SqliteLog.open(file, "north")
    races = []

    def write(log):
        for _ in range(60):
            expected = log.position()
            try:
                log.append([entry(expected + 1)], expected)
            except Raced:
                races.append(expected)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, [log, second]))
    assert log.position() == 5 + 120 - len(races)
    assert log.verify() == []
    second.close()


def test_another_process_reads_while_this_one_writes_and_its_write_is_refused(log, file):
    script = f"""
    from tocsin.log.port import Raced
    from tocsin.log.sqlite import SqliteLog
    reader = SqliteLog.open({str(file)!r}, "north", read_only=True)
    print(len(list(reader.read())), reader.verify())
    writer = SqliteLog.open({str(file)!r}, "north")
    try:
        writer.append(list(reader.read(0, 1)), 0)
    except Raced as raced:
        print("raced", raced.position)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "5 []\nraced 5\n"
    log.append([entry(6)], 5)


def test_a_reader_may_not_write(log, file):
    reader = SqliteLog.open(file, "north", read_only=True)
    with pytest.raises(LogError, match="reading only"):
        reader.append([entry(6)], 5)
    reader.close()


def test_a_closed_log_says_so(log):
    log.close()
    with pytest.raises(LogError, match="closed"):
        log.append([entry(6)], 5)
    with pytest.raises(LogError, match="closed"):
        log.position()


def test_a_full_disk_is_said_and_costs_nothing_that_was_written(log):
    log._writer.execute(f"PRAGMA max_page_count = {log._writer.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(LogError, match=r"disk is full; nothing was written"):
        log.append(entries(6, 2_000), 5)
    assert log.position() == 5
    assert log.verify() == []
    log._writer.execute("PRAGMA max_page_count = 1000000")
    log.append([entry(6)], 5)
    assert log.verify() == []


def test_a_log_held_by_another_writer_is_said(log, file, monkeypatch):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    log._writer.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(LogError, match="another process holds the file; nothing was written"):
        log.append([entry(6)], 5)
    other.execute("ROLLBACK")
    other.close()
    log.append([entry(6)], 5)


def test_a_file_that_may_not_be_written_is_said(log, file, monkeypatch):
    real = sqlite_file._connect
    monkeypatch.setattr(sqlite_file, "_connect", lambda path, _mode: real(path, "ro"))
    with pytest.raises(LogError, match="may not be written"):
        SqliteLog.open(file, "a centre that is not there yet")


def _text(path):
    path.write_text("a shopping list, rather long, certainly no database" * 50)


def _foreign(path):
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE shopping (item TEXT)")
    con.close()


def _future(path):
    SqliteLog.open(path, "north").close()
    with sqlite3.connect(path) as con:
        con.execute("PRAGMA user_version = 99")
    con.close()


WRONG_FILES = {
    "a text": (_text, "not a Tocsin log"),
    "somebody else's database": (_foreign, "but not a Tocsin log"),
    "another release's": (_future, "schema 99"),
    "a directory": (lambda path: path.mkdir(), "directory|no such file"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_wrong_file_is_refused_with_its_name_and_left_as_it_was(tmp_path, name, read_only):
    make, words = WRONG_FILES[name]
    path = tmp_path / "wrong.db"
    make(path)
    before = None if path.is_dir() else path.read_bytes()
    with pytest.raises(LogError, match=words) as refused:
        SqliteLog.open(path, "north", read_only=read_only)
    assert str(path) in str(refused.value)
    assert before is None or path.read_bytes() == before


def test_a_missing_directory_or_file_is_said(tmp_path):
    with pytest.raises(LogError, match="no such directory"):
        SqliteLog.open(tmp_path / "nowhere" / "decisions.db", "north")
    with pytest.raises(LogError, match="no such file"):
        SqliteLog.open(tmp_path / "decisions.db", "north", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_centre_that_is_not_in_the_file_is_said(log, file):
    with pytest.raises(LogError, match="no log of centre 'west'"):
        SqliteLog.open(file, "west", read_only=True)


def test_a_torn_file_is_said_and_not_taken_for_an_end(log, file):
    log.append(entries(6, 500), 5)
    log.close()
    with file.open("r+b") as torn:
        torn.seek(4096 * 4)
        torn.write(os.urandom(4096 * 20))
    log = SqliteLog.open(file, "north")
    with pytest.raises(LogError, match="damaged"):
        list(log.read())
    log.close()


def test_reading_over_a_missing_entry_is_an_error_and_not_a_silent_skip(log, sqlite_shelf):
    rows = sqlite_shelf.rows(log)
    sqlite_shelf.put(log, rows[:2] + rows[3:])
    with pytest.raises(LogError, match="missing"):
        list(log.read())


def test_a_closed_log_is_one_file(log, file, tmp_path):
    assert list(log.read())
    log.close()
    assert list(tmp_path.iterdir()) == [file]


def test_a_lost_or_broken_head_row_is_said(log):
    log._writer.execute("UPDATE heads SET peaks = x'00'")
    with pytest.raises(LogError, match="head of the log is damaged"):
        log.position()
    log._writer.execute("DELETE FROM heads")
    with pytest.raises(LogError, match="head of the log of centre 'north' is gone"):
        log.append([entry(6)], 5)


def test_a_log_without_its_head_does_not_pass_for_none_and_is_not_begun_anew(log, sqlite_shelf, file):
    sqlite_shelf.open("south")
    log._writer.execute("DELETE FROM heads")
    with pytest.raises(LogError, match="head of centre 'north' is gone, and its entries are there"):
        centres_in(file)
    with pytest.raises(LogError, match="head of centre 'north' is gone, and its entries are there"):
        sqlite_shelf.open("north")
    assert sqlite_shelf.open("south").position() == 0


def test_a_start_forged_into_a_log_of_decisions_does_not_hide_dropped_entries(log, sqlite_shelf):
    rows = sqlite_shelf.rows(log)
    sqlite_shelf.put(log, rows[2:])
    log._writer.execute(
        "UPDATE heads SET start_position = 2, start_chain = ?, start_peaks = ?", (rows[1].chain, b"x" * 32)
    )
    flaws = log.verify()
    assert flaws[0].position == 1
    assert "missing" in flaws[0].what


def test_forgetting_many_tracks_takes_several_steps(sqlite_shelf):
    log = sqlite_shelf.open(durable=False)
    log.append([a_track(n) for n in range(1, 12_001)], 0)
    assert log.forget_before(a_track(11_001).recorded_at) == 11_000
    assert next(log.read()).position == 11_001
    assert log.verify() == []


def test_verify_while_another_thread_appends_stays_clean(log, sqlite_shelf):
    log.append(entries(6, 3_000), 5)
    told = []

    def append_more(_position):
        told.append(log.position())
        log.append([entry(log.position() + 1)], log.position())

    log.append(entries(3_001, 6_000), 3_000)
    assert log.verify(progress=append_more) == []
    assert log.position() == 6_000 + len(told)


WRITER = """
import sys
from tocsin.facts.base import Entry
from tocsin.facts.calls import CallNoted
from tocsin.log.port import Receipt
from tocsin.log.sqlite import SqliteLog
log = SqliteLog.open(sys.argv[1], "north")
n = log.position()
while True:
    entries = [Entry(n + i, 1.0, "ana", f"o{n}", n, CallNoted(1.0, "C1", "x" * 200)) for i in range(1, 8)]
    log.append(entries, n, [Receipt("ana", f"o{n}", b"d", n + 1, n + 7)])
    n += 7
    print(n, flush=True)
"""


def test_killed_in_the_middle_of_writing_it_keeps_everything_it_acknowledged(tmp_path):
    path, acknowledged = tmp_path / "decisions.db", 0
    for pause in (5, 40, 90):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(pause):
            acknowledged = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.communicate(timeout=30)[0].splitlines(keepends=True)
        acknowledged = max([acknowledged, *(int(line) for line in rest if line.endswith("\n"))])
        log = SqliteLog.open(path, "north")
        assert log.position() >= acknowledged
        assert log.position() % 7 == 0, "half a transaction was kept"
        assert log.receipt("ana", f"o{acknowledged - 7}").last == acknowledged
        assert log.verify() == []
        log.close()
