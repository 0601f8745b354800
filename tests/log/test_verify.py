"""Tampering, as somebody with the file in their hands could do it, and what `verify` says about each."""

from __future__ import annotations

import pytest

from tocsin.log.codec import CODEC
from tocsin.log.hashes import Tip, leaf_hash
from tocsin.log.memory import link
from tocsin.log.port import Head, Row

from .entries import a_note, a_track, entries, entry


@pytest.fixture
def log(shelf):
    log = shelf.open()
    log.append(entries(1, 20), 0)
    return log


def tamper(shelf, log, change):
    rows = shelf.rows(log)
    change(rows)
    shelf.put(log, rows)


def rehash(rows: list[Row], centre: str = "north") -> Tip:
    """What a careful forger does: leaf, chain and head made to fit."""
    tip = Tip.empty(centre)
    for n, row in enumerate(rows):
        leaf = leaf_hash(row.raw)
        tip.add(leaf)
        rows[n] = Row(tip.position, row.raw, leaf, tip.chain)
    return tip


def forge(shelf, log, change) -> None:
    rows = shelf.rows(log)
    change(rows)
    tip = rehash(rows)
    shelf.put(log, rows)
    shelf.put_head(log, tip)


def positions(flaws):
    return [flaw.position for flaw in flaws]


def test_an_untouched_log_is_clean_also_against_its_own_heads(shelf, log):
    early = log.head()
    log.append([entry(21)], 20)
    assert log.verify([early, log.head()]) == []


@pytest.mark.parametrize("at", [1, 7, 20])
def test_every_changed_byte_is_found(shelf, log, at):
    raw = shelf.rows(log)[at - 1].raw
    for offset in range(0, len(raw), 17):
        changed = raw[:offset] + bytes([raw[offset] ^ 1]) + raw[offset + 1 :]
        tamper(shelf, log, lambda rows, c=changed: rows.__setitem__(at - 1, rows[at - 1]._replace(raw=c)))
        assert at in positions(log.verify()), f"byte {offset}"


def test_one_changed_entry_is_one_place_in_the_report(shelf, log):
    raw = CODEC.encode(a_note(7, "never said"))
    tamper(shelf, log, lambda rows: rows.__setitem__(6, rows[6]._replace(raw=raw)))
    assert positions(log.verify()) == [7]


def test_a_changed_entry_with_its_leaf_made_to_fit_breaks_the_chain_there(shelf, log):
    raw = CODEC.encode(a_note(7, "never said"))
    tamper(shelf, log, lambda rows: rows.__setitem__(6, rows[6]._replace(raw=raw, leaf=leaf_hash(raw))))
    assert positions(log.verify()) == [7]


def test_a_changed_leaf_or_chain_alone_is_found(shelf, log):
    tamper(shelf, log, lambda rows: rows.__setitem__(4, rows[4]._replace(leaf=b"\x00" * 32)))
    assert 5 in positions(log.verify())
    tamper(shelf, log, lambda rows: rows.__setitem__(9, rows[9]._replace(chain=b"\x00" * 32)))
    assert 10 in positions(log.verify())


def test_a_dropped_row_is_named(shelf, log):
    tamper(shelf, log, lambda rows: rows.pop(6))
    flaws = log.verify()
    assert positions(flaws) == [7]
    assert "missing" in flaws[0].what


def test_several_dropped_rows_are_named_as_one_stretch(shelf, log):
    tamper(shelf, log, lambda rows: rows.__delitem__(slice(4, 9)))
    flaws = log.verify()
    assert positions(flaws) == [5]
    assert "up to 9" in flaws[0].what


@pytest.mark.parametrize("left", [19, 0])
def test_dropped_last_rows_are_found_by_the_head_row(shelf, log, left):
    tamper(shelf, log, lambda rows: rows.__delitem__(slice(left, None)))
    assert positions(log.verify()) == [left + 1]


def test_a_log_cut_short_with_its_head_row_made_to_fit_is_found_by_a_noted_head(shelf, log):
    noted = log.head()
    forge(shelf, log, lambda rows: rows.pop())
    assert log.verify() == []
    flaws = log.verify([noted])
    assert positions(flaws) == [20]
    assert "ends at 19" in flaws[0].what


def test_swapped_rows_are_found(shelf, log):
    def swap(rows):
        rows[4], rows[5] = rows[5]._replace(position=5), rows[4]._replace(position=6)

    tamper(shelf, log, swap)
    assert {5, 6} <= set(positions(log.verify()))


def test_an_inserted_row_is_found(shelf, log):
    def insert(rows):
        extra = link([a_note(5, "never said")], Tip(4, rows[3].chain, [b"", *[b""] * 0]), CODEC)[0]
        rows[4:] = [extra, *(row._replace(position=row.position + 1) for row in rows[4:])]

    tamper(shelf, log, insert)
    assert 6 in positions(log.verify())


def test_a_row_after_the_head_is_found(shelf, log):
    tip = Tip.empty("north")
    for row in shelf.rows(log):
        tip.add(row.leaf)
    extra = link([a_note(21, "never said")], tip, CODEC)
    tamper(shelf, log, lambda rows: rows.extend(extra))
    flaws = log.verify()
    assert positions(flaws) == [21]
    assert "after the head" in flaws[0].what


def test_a_row_before_the_first_is_found(shelf, log):
    if not shelf.keeps:
        pytest.skip("rows in memory have no positions of their own to forge")
    tamper(shelf, log, lambda rows: rows.insert(0, rows[0]._replace(position=0)))
    assert 0 in positions(log.verify())


@pytest.mark.parametrize("at", [10, 15, 20])
def test_a_careful_forgery_is_found_by_a_head_noted_at_or_after_it(shelf, log, at):
    noted_before, noted_after = log.verify([]), log.head()
    assert noted_before == []
    raw = CODEC.encode(a_note(10, "never said"))
    early = _head_at(shelf, log, at)
    forge(shelf, log, lambda rows: rows.__setitem__(9, rows[9]._replace(raw=raw)))
    assert log.verify() == [], "a whole forged log fits itself; that is why heads are noted elsewhere"
    assert positions(log.verify([early])) == [at]
    assert positions(log.verify([noted_after])) == [20]


def test_a_head_noted_before_a_forgery_says_nothing_against_it(shelf, log):
    early = _head_at(shelf, log, 9)
    raw = CODEC.encode(a_note(10, "never said"))
    forge(shelf, log, lambda rows: rows.__setitem__(9, rows[9]._replace(raw=raw)))
    assert log.verify([early]) == []


def _head_at(shelf, log, position: int) -> Head:
    tip = Tip.empty("north")
    for row in shelf.rows(log)[:position]:
        tip.add(row.leaf)
    return Head("north", position, tip.chain, tip.root())


def test_a_noted_root_alone_is_compared_too(shelf, log):
    head = log.head()
    wrong = Head(head.centre, head.position, head.chain, b"\x00" * 32)
    assert "root" in log.verify([wrong])[0].what


def test_a_head_without_a_root_is_compared_by_its_chain(shelf, log):
    head = log.head()
    assert log.verify([Head("north", 20, head.chain, b"")]) == []
    assert positions(log.verify([Head("north", 20, b"\x00" * 32, b"")])) == [20]


def test_a_head_of_another_centre_is_said(shelf, log):
    head = log.head()
    assert "south" in log.verify([Head("south", 20, head.chain, head.root)])[0].what


def test_a_head_beyond_the_end_is_said(shelf, log):
    assert positions(log.verify([Head("north", 99, b"", b"")])) == [99]


def test_a_head_noted_at_a_missing_entry_is_said(shelf, log):
    noted = _head_at(shelf, log, 7)
    tamper(shelf, log, lambda rows: rows.pop(6))
    assert positions(log.verify([noted])) == [7, 7]


def test_a_changed_head_row_is_found(shelf, log):
    tip = Tip.empty("north")
    for row in shelf.rows(log):
        tip.add(row.leaf)
    good = tip.copy()
    tip.chain = b"\x00" * 32
    shelf.put_head(log, tip)
    assert positions(log.verify()) == [20]
    good.peaks[0] = b"\x00" * 32
    shelf.put_head(log, good)
    assert "root" in log.verify()[0].what


def test_an_entry_of_an_unknown_kind_is_a_flaw_even_when_the_hashes_fit(shelf, log):
    forge(shelf, log, lambda rows: rows.__setitem__(2, rows[2]._replace(raw=rows[2].raw.replace(b"opened", b"opaque"))))
    flaws = log.verify()
    assert positions(flaws) == [3]
    assert "incident.opaque" in flaws[0].what


def test_a_changed_track_is_found_after_retention(shelf):
    log = shelf.open(durable=False)
    log.append([a_track(n) for n in range(1, 21)], 0)
    log.forget_before(a_track(6).recorded_at)
    tamper(shelf, log, lambda rows: rows.__setitem__(4, rows[4]._replace(raw=rows[4].raw.replace(b"E1", b"E2"))))
    assert positions(log.verify()) == [10]


def test_tells_how_far_it_has_come(shelf):
    log = shelf.open()
    log.append(entries(1, 6_000), 0)
    told = []
    assert log.verify(progress=told.append) == []
    assert told == [5_000, 6_000]


def test_a_report_has_an_end(shelf):
    log = shelf.open()
    log.append(entries(1, 1_500), 0)
    tamper(shelf, log, lambda rows: rows.__setitem__(slice(None), [r._replace(leaf=b"") for r in rows]))
    assert 1_000 <= len(log.verify()) <= 1_010
