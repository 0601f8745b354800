"""What every log promises, kept by each store in turn."""

from __future__ import annotations

import threading

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.facts.calls import CallNoted
from tocsin.facts.incidents import IncidentOpened
from tocsin.facts.values import Place
from tocsin.log.hashes import Tip, leaf_hash
from tocsin.log.port import LogError, Raced, Receipt

from .entries import HARD_TEXTS, T0, a_call, a_note, a_track, entries, entry


def filled(shelf, count: int = 10, **how):
    log = shelf.open(**how)
    log.append(entries(1, count), 0)
    return log


def test_an_empty_log_stands_at_zero(shelf):
    log = shelf.open()
    assert log.position() == 0
    assert list(log.read()) == []
    assert log.head().chain == Tip.empty("north").chain
    assert log.verify() == []


def test_reads_back_what_was_appended_in_order(shelf):
    log = shelf.open()
    log.append(entries(1, 3), 0)
    log.append(entries(4, 4), 3)
    assert list(log.read()) == entries(1, 4)
    assert log.position() == 4


def test_appending_nothing_changes_nothing(shelf):
    log = filled(shelf, 3)
    before = log.head()
    log.append([], 3)
    assert log.head() == before


@pytest.mark.parametrize("after", [0, 1, 9, 10, 99])
@pytest.mark.parametrize("limit", [None, 0, 1, 5, 99])
def test_reads_from_a_position_up_to_a_limit(shelf, after, limit):
    log = filled(shelf)
    expected = entries(1, 10)[after:][:limit]
    assert list(log.read(after, limit)) == expected


def test_reads_more_than_one_chunk(shelf):
    log = filled(shelf, 2_500)
    assert [e.position for e in log.read(3)] == list(range(4, 2_501))


def test_gives_entries_in_the_order_asked(shelf):
    log = filled(shelf)
    assert [e.position for e in log.at([7, 2, 7, 10])] == [7, 2, 7, 10]


@pytest.mark.parametrize("missing", [0, -1, 11])
def test_asking_for_an_entry_that_is_not_there_is_an_error_that_names_it(shelf, missing):
    log = filled(shelf)
    with pytest.raises(LogError, match=rf"no entry {missing}\b"):
        log.at([1, missing])


def test_a_gap_is_refused_and_nothing_is_written(shelf):
    log = filled(shelf, 3)
    with pytest.raises(LogError, match="position 6"):
        log.append([entry(4), entry(6)], 3)
    assert list(log.read()) == entries(1, 3)
    assert log.verify() == []
    log.append([entry(4)], 3)


def test_of_two_writers_one_is_told_where_the_log_stands(shelf):
    log = filled(shelf, 3)
    with pytest.raises(Raced) as raced:
        log.append([entry(3)], 2)
    assert (raced.value.expected, raced.value.position) == (2, 3)
    assert list(log.read()) == entries(1, 3)


def test_of_many_threads_at_one_position_exactly_one_wins(shelf):
    log = filled(shelf, 1)
    outcomes = []
    gate = threading.Barrier(8)

    def race(n):
        gate.wait()
        try:
            log.append([entry(2, order=f"race-{n}")], 1)
            outcomes.append("won")
        except Raced as raced:
            outcomes.append(raced.position)

    threads = [threading.Thread(target=race, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [2] * 7 + ["won"]
    assert log.position() == 2


def test_readers_see_a_gapless_prefix_while_another_thread_appends(shelf):
    log = shelf.open()
    done = threading.Event()
    seen: list[list[int]] = []

    def follow():
        while not done.is_set():
            seen.append([e.position for e in log.read()])

    readers = [threading.Thread(target=follow) for _ in range(2)]
    for reader in readers:
        reader.start()
    for n in range(0, 200, 10):
        log.append(entries(n + 1, n + 10), n)
    done.set()
    for reader in readers:
        reader.join()
    assert seen
    assert all(positions == list(range(1, len(positions) + 1)) for positions in seen)
    assert all(len(positions) % 10 == 0 for positions in seen), "half a transaction was seen"


def test_reading_ends_where_the_log_stood_when_it_began(shelf):
    log = filled(shelf, 3)
    reading = log.read()
    first = next(reading)
    log.append(entries(4, 5), 3)
    assert [first, *reading] == entries(1, 3)


def test_keeps_receipts_with_the_entries(shelf):
    log = shelf.open()
    receipt = Receipt("ana", "order-1", b"\x01" * 32, 1, 2)
    log.append(entries(1, 2), 0, [receipt])
    assert log.receipt("ana", "order-1") == receipt
    assert log.receipt("ana", "order-2") is None
    assert log.receipt("bob", "order-1") is None


def test_the_same_receipt_twice_is_refused_and_its_entries_are_not_written(shelf):
    log = shelf.open()
    receipt = Receipt("ana", "order-1", b"", 1, 1)
    log.append([entry(1)], 0, [receipt])
    with pytest.raises(LogError, match="nothing was written"):
        log.append([entry(2)], 1, [Receipt("ana", "new", b"", 2, 2), receipt])
    assert log.position() == 1
    assert log.receipt("ana", "new") is None
    log.append([entry(2)], 1)
    assert log.verify() == []


def test_a_receipt_of_a_lost_race_is_not_kept(shelf):
    log = filled(shelf, 1)
    with pytest.raises(Raced):
        log.append([entry(1)], 0, [Receipt("ana", "late", b"", 1, 1)])
    assert log.receipt("ana", "late") is None


@pytest.mark.parametrize("text", HARD_TEXTS, ids=range(len(HARD_TEXTS)))
def test_text_in_any_script_comes_back_exactly(shelf, text):
    log = shelf.open()
    log.append([a_note(1, text), a_call(2)], 0, [Receipt(text, text, b"", 1, 2)])
    back = list(log.read())
    assert back == [a_note(1, text), a_call(2)]
    assert log.receipt(text, text) == Receipt(text, text, b"", 1, 2)
    assert log.verify() == []


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=50), min_size=1, max_size=5))
def test_any_text_comes_back_exactly(shelf, texts):
    log = shelf.open()
    at = log.position()
    notes = [a_note(at + n, text) for n, text in enumerate(texts, 1)]
    log.append(notes, at)
    assert list(log.read(at)) == notes


BAD = {
    "half a character": (CallNoted(T0, "C1", "\ud800"), "cannot be stored"),
    "not a number": (CallNoted(float("nan"), "C1", "x"), "cannot be stored"),
    "an endless instant": (CallNoted(float("inf"), "C1", "x"), "cannot be stored"),
    "a latitude beyond the pole": (IncidentOpened(T0, "I1", "fire", 1, Place(95.0, 0.0)), "lat"),
    "a list where a tuple belongs": (IncidentOpened(T0, "I1", "fire", 1, Place(5.0, 0.0), ["C1"]), "something else"),
    "a number where text belongs": (CallNoted(T0, "C1", 5), "text"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_would_not_read_back_is_refused_before_it_is_written(shelf, name):
    fact, words = BAD[name]
    log = shelf.open()
    with pytest.raises(LogError, match=words):
        log.append([entry(1), entry(2, fact)], 0)
    assert log.position() == 0
    log.append(entries(1, 2), 0)
    assert log.verify() == []


def test_half_a_character_in_the_name_of_an_order_is_refused(shelf):
    log = shelf.open()
    with pytest.raises(LogError):
        log.append([entry(1, order="\udfff")], 0)
    assert log.position() == 0


def test_the_head_is_the_chain_and_tree_over_the_stored_bytes(shelf):
    log = filled(shelf, 7)
    tip = Tip.empty("north")
    for row in shelf.rows(log):
        tip.add(leaf_hash(row.raw))
    assert (log.head().chain, log.head().root) == (tip.chain, tip.root())


def test_the_same_entries_give_the_same_head_and_another_centre_another_chain(shelf):
    one = filled(shelf, 3, centre="north").head()
    other = filled(shelf, 3, centre="south").head()
    assert one.root == other.root
    assert one.chain != other.chain


def test_the_stored_bytes_do_not_hold_the_position(shelf):
    log = filled(shelf, 1)
    stored = msgspec.json.decode(shelf.rows(log)[0].raw)
    assert list(stored) == ["recorded_at", "by", "order", "seen", "fact"]
    assert stored["fact"]["kind"] == "incident.opened"


def test_closing_twice_is_harmless(shelf):
    log = filled(shelf, 1)
    log.close()
    log.close()


def test_a_reopened_log_goes_on_where_it_stood(shelf):
    if not shelf.keeps:
        pytest.skip("this store keeps nothing when closed, by design")
    log = filled(shelf, 5)
    head = log.head()
    log.close()
    log = shelf.open()
    assert log.head() == head
    log.append([entry(6)], 5)
    assert list(log.read()) == entries(1, 6)
    assert log.verify([head]) == []


def test_tracks_let_go_of_the_old_and_the_rest_stays_provable(shelf):
    log = shelf.open(durable=False)
    log.append([a_track(n) for n in range(1, 31)], 0)
    early, noted = log.head(), None
    assert log.forget_before(T0 + 11) == 10
    assert [e.position for e in log.read()] == list(range(11, 31))
    noted = log.head()
    assert noted == early
    log.append([a_track(31)], 30)
    assert log.verify([noted]) == []
    assert log.forget_before(T0 + 11) == 0
    with pytest.raises(LogError, match="no entry 10"):
        log.at([10])
    assert list(log.read(5, 2)) == [a_track(11), a_track(12)]


def test_tracks_can_let_go_of_everything_and_go_on(shelf):
    log = shelf.open(durable=False)
    log.append([a_track(n) for n in range(1, 6)], 0)
    assert log.forget_before(T0 + 1_000) == 5
    assert list(log.read()) == []
    log.append([a_track(6)], 5)
    assert [e.position for e in log.read()] == [6]
    assert log.verify() == []


def test_a_head_from_before_the_retention_is_said_to_be_uncheckable(shelf):
    log = shelf.open(durable=False)
    log.append([a_track(n) for n in range(1, 4)], 0)
    noted = log.head()
    log.append([a_track(n) for n in range(4, 9)], 3)
    log.forget_before(T0 + 5)
    assert ["cannot be checked" in flaw.what for flaw in log.verify([noted])] == [True]


def test_looks_are_durable_and_let_go_of_the_old(shelf):
    log = shelf.open(kind="looks")
    log.append([entry(n) for n in range(1, 31)], 0)
    noted = log.head()
    assert log.forget_before(T0 + 11) == 10
    log.append([entry(31)], 30)
    assert [e.position for e in log.read()] == list(range(11, 32))
    assert log.verify([noted]) == []


def test_looks_and_decisions_of_one_centre_do_not_mix(shelf):
    decisions, looks = shelf.open(), shelf.open(kind="looks")
    decisions.append([entry(1)], 0)
    assert looks.position() == 0
    looks.append([entry(1), entry(2)], 0)
    assert (decisions.position(), looks.position()) == (1, 2)
    assert decisions.verify() == looks.verify() == []


def test_decisions_are_never_forgotten(shelf):
    log = filled(shelf, 5)
    with pytest.raises(LogError, match="never forgotten"):
        log.forget_before(T0 + 100)
    assert len(list(log.read())) == 5


def test_waiting_ends_when_the_log_has_come_so_far(shelf):
    log = filled(shelf, 3)
    assert log.wait_for(2, 0.0) == 3
    found = []
    waiting = threading.Thread(target=lambda: found.append(log.wait_for(5, 30.0)))
    waiting.start()
    log.append([entry(4)], 3)
    log.append([entry(5)], 4)
    waiting.join(30)
    assert found == [5]


def test_waiting_ends_when_the_time_is_over(shelf):
    assert filled(shelf, 3).wait_for(4, 0.02) == 3
