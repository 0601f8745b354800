"""Moving a record between any two stores, interrupted, repeated, and refused where it must be."""

from __future__ import annotations

from itertools import islice

import pytest

from tocsin.log.copy import copy_log
from tocsin.log.memory import MemoryLog
from tocsin.log.port import LogError, Raced, Receipt
from tocsin.log.sqlite import SqliteLog

from .entries import HARD_TEXTS, T0, a_note, a_track, entries, entry


@pytest.fixture
def other(tmp_path):
    """The other end: a SQLite file."""
    opened = []

    def open_log(name="other", *, centre="north", durable=True):
        opened.append(SqliteLog.open(tmp_path / f"{name}.db", centre, durable=durable))
        return opened[-1]

    yield open_log
    for log in opened:
        log.close()


def fill(log, count=2_500):
    hard = [a_note(n, text) for n, text in enumerate(HARD_TEXTS, 1)]
    receipts = [Receipt(text, f"o{n}", b"d", 1, len(hard)) for n, text in enumerate(HARD_TEXTS)]
    log.append(hard, 0, receipts)
    for first in range(len(hard) + 1, count + 1, 500):
        group = entries(first, min(first + 499, count))
        log.append(group, first - 1, [Receipt("ana", f"g{first}", b"x", first, group[-1].position)])
    return log


def same(one, other):
    assert one.head() == other.head()
    assert list(one.rows()) == list(other.rows())
    key = lambda r: (r.last, r.by, r.order)  # noqa: E731
    assert sorted(one.receipts(), key=key) == sorted(other.receipts(), key=key)
    assert other.verify([one.head()]) == []


def test_from_any_store_to_a_file_and_back(shelf, other):
    source, target = fill(shelf.open()), other()
    told = []
    assert copy_log(source, target, told.append) == 2_500
    assert told == [1_000, 2_000, 2_500]
    same(source, target)
    back = shelf.open("north") if not shelf.keeps else None
    if back is not None:
        assert copy_log(target, back) == 2_500
        same(target, back)


def test_from_a_file_to_any_store(shelf, other):
    source, target = fill(other()), shelf.open()
    assert copy_log(source, target) == 2_500
    same(source, target)
    assert target.receipt("ana", "g12") == source.receipt("ana", "g12")
    target.append([entry(2_501)], 2_500, [Receipt("ana", "new", b"", 2_501, 2_501)])
    assert target.verify() == []


def test_what_came_since_is_taken_over_and_then_nothing_is(shelf, other):
    source, target = fill(shelf.open(), 700), other()
    copy_log(source, target)
    source.append([entry(701)], 700, [Receipt("ana", "late", b"", 701, 701)])
    assert copy_log(source, target) == 1
    assert copy_log(source, target) == 0
    same(source, target)


class Breaks:
    """A store that fails after some groups, and half way through reading."""

    def __init__(self, log, groups):
        self._log = log
        self._left = groups

    def __getattr__(self, name):
        return getattr(self._log, name)

    def restore(self, rows, receipts, expected):
        if not self._left:
            raise LogError("the disk is full; nothing was written")
        self._left -= 1
        self._log.restore(rows, receipts, expected)


@pytest.mark.parametrize("groups", [0, 1, 2])
def test_a_copy_that_broke_off_is_gone_on_with(shelf, other, groups):
    source, target = fill(shelf.open()), other()
    with pytest.raises(LogError, match="disk is full"):
        copy_log(source, Breaks(target, groups))
    assert target.position() == groups * 1_000
    assert target.verify() == []
    assert copy_log(source, target) == 2_500 - groups * 1_000
    same(source, target)


def test_a_target_with_other_entries_is_refused_and_left_as_it_was(shelf, other):
    source, target = fill(other()), shelf.open()
    target.append([a_note(1, "another night")], 0)
    before = target.head()
    with pytest.raises(LogError, match="other entries than the source"):
        copy_log(source, target)
    assert target.head() == before


def test_a_target_with_more_entries_is_refused(shelf, other):
    source, target = other(), shelf.open()
    fill(target, 600)
    source.append([entry(1)], 0)
    with pytest.raises(LogError, match="more than the source"):
        copy_log(source, target)


def test_another_centres_log_is_refused(shelf, other):
    with pytest.raises(LogError, match="two centres"):
        copy_log(other(centre="south"), shelf.open())


def test_a_flawed_source_is_not_copied_beyond_the_flaw(shelf, other):
    source, target = fill(shelf.open()), other()
    rows = shelf.rows(source)
    rows[1_499] = rows[1_499]._replace(raw=rows[1_499].raw.replace(b"smoke", b"steam"))
    shelf.put(source, rows)
    with pytest.raises(LogError, match="entry 1500 does not follow"):
        copy_log(source, target)
    assert target.position() == 1_000


def test_a_target_that_kept_something_else_is_found_at_the_end(shelf, other):
    """A store that lies about what it keeps: only reading back finds it."""
    source = fill(other(), 600)

    class Forgetful(MemoryLog):
        def rows(self, after=0):
            for row in super().rows(after):
                yield row._replace(raw=row.raw + b" ") if row.position == 321 else row

        def receipts(self, after=0):
            return islice(super().receipts(after), 3)

    with pytest.raises(LogError, match="entry 321 is not the same"):
        copy_log(source, Forgetful("north"))
    Forgetful.rows = MemoryLog.rows
    with pytest.raises(LogError, match="receipts"):
        copy_log(source, Forgetful("north"))


def test_tracks_are_copied_from_where_they_begin(shelf, other):
    source, target = other("theirs", durable=False), shelf.open(durable=False)
    source.append([a_track(n) for n in range(1, 31)], 0)
    source.forget_before(T0 + 11)
    assert copy_log(source, target) == 20
    assert [e.position for e in target.read()] == list(range(11, 31))
    assert target.verify([source.head()]) == []
    assert target.start().chain == source.start().chain
    target.append([a_track(31)], 30)
    assert target.verify() == []


def test_tracks_that_the_source_let_go_of_leave_no_gap(shelf, other):
    source, target = other("theirs", durable=False), shelf.open(durable=False)
    source.append([a_track(n) for n in range(1, 6)], 0)
    copy_log(source, target)
    source.append([a_track(n) for n in range(6, 31)], 5)
    source.forget_before(T0 + 11)
    with pytest.raises(LogError, match="let go"):
        copy_log(source, target)
    assert target.verify() == []


def test_only_an_empty_log_of_tracks_begins_elsewhere(shelf):
    start = shelf.open("south").start()
    start.position, start.peaks = 1, [b"x" * 32]
    decisions, tracks = shelf.open(), shelf.open(durable=False)
    tracks.append([a_track(1)], 0)
    for log in (decisions, tracks):
        with pytest.raises(LogError, match="only an empty log with a retention"):
            log.begin_at(start)


def test_restoring_checks_the_place_and_the_hashes(shelf, other):
    source, target = fill(other(), 20), shelf.open()
    rows = list(source.rows())
    with pytest.raises(Raced):
        target.restore(rows, [], 5)
    for wrong in (rows[1:], [rows[0], rows[2]], [rows[0]._replace(chain=b"\x00" * 32)], [rows[0]._replace(leaf=b"x")]):
        with pytest.raises(LogError, match="does not follow"):
            target.restore(wrong, [], 0)
    assert target.position() == 0
    target.restore(rows, [], 0)
    assert target.verify([source.head()]) == []
