"""Picture + tail = fresh picture: from any position, through any batches, the whole state compared."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from tests.world import (
    HERE,
    OPENED,
    T0,
    answered,
    closed,
    entries_of,
    opened,
    ringing,
    sent,
    stage,
    story,
    taken,
    unit,
)

from tocsin.desk.tail import Tail
from tocsin.facts import assignments as a
from tocsin.facts import calls, incidents, locations, watch
from tocsin.facts.base import Entry
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.shapes import Circle
from tocsin.facts.union import AnyEntry
from tocsin.log.codec import Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.master import MasterKey
from tocsin.log.memory import MemoryLog
from tocsin.sim.faults.keys import Keys, SharedKeys, never
from tocsin.views.board import BoardFold
from tocsin.views.touched import Touched

TABLES = ("calls", "incidents", "units", "alarms", "closures", "hospitals", "caller_links")


def fresh(entries: Sequence[AnyEntry]) -> BoardFold:
    """A board that heard everything from the first entry on."""
    board = BoardFold()
    for entry in entries:
        board.fold(entry)
    return board


def sent_to_screen(value: Any) -> Any:
    """As a screen gets it: through JSON."""
    return msgspec.json.decode(msgspec.json.encode(value))


class Screen:
    """A client: the picture it fetched, and then rows to replace or delete. Knows nothing of facts but the first."""

    def __init__(self, board: BoardFold) -> None:
        self.picture = sent_to_screen(board.picture())

    def hear(self, board: BoardFold, batch: Sequence[AnyEntry]) -> None:
        rows = sent_to_screen(board.rows(batch))
        assert set(rows) == set(TABLES)
        for table, changed in rows.items():
            for id_, row in changed.items():
                if row is None:
                    self.picture["rows"][table].pop(id_, None)
                else:
                    assert row["id"] == id_
                    self.picture["rows"][table][id_] = row
        for entry in batch:
            if entry.fact.__struct_config__.tag == "centre.opened":  # said once, in a log's first entry, and not a row
                self.picture |= {name: getattr(entry.fact, name) for name in ("centre", "name", "mode")}
        self.picture["position"] = batch[-1].position if batch else self.picture["position"]


def play(entries: Sequence[AnyEntry], prefix: int, cuts: Sequence[int]) -> None:
    """A screen joins after `prefix` and hears batches cut at `cuts`; after each it shows what a fresh picture would."""
    board = fresh(entries[:prefix])
    screen = Screen(board)
    edges = [prefix, *sorted({min(max(cut, prefix), len(entries)) for cut in cuts} - {prefix}), len(entries)]
    for start, end in pairwise(edges):
        batch = entries[start:end]
        for entry in batch:
            board.fold(entry)
        screen.hear(board, batch)
        assert screen.picture == sent_to_screen(fresh(entries[:end]).picture()), (start, end)


@settings(max_examples=30)
@examples(st.randoms(use_true_random=False), st.data())
def test_picture_and_tail_are_the_fresh_picture(rng, data):
    entries = story(rng, 60)
    prefix = data.draw(st.integers(0, len(entries)))
    cuts = data.draw(st.lists(st.integers(prefix, len(entries)), max_size=12))
    play(entries, prefix, cuts)


@pytest.mark.parametrize("seed", range(6))
def test_picture_and_tail_are_the_fresh_picture_from_everywhere(seed):
    """Every prefix of a long story, once with every entry alone, once in random batches, once all at once."""
    rng = random.Random(seed)
    entries = story(rng, 160)
    play(entries, 0, range(len(entries)))
    for prefix in range(0, len(entries), 3):
        play(entries, prefix, [])
        play(entries, prefix, rng.sample(range(len(entries)), len(entries) // 8))


def differs(entries: Sequence[AnyEntry]) -> bool:
    """Whether a screen of this tail comes to show something else than a fresh picture."""
    try:
        play(entries, 1, range(len(entries)))
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("table", TABLES)
def test_a_tail_that_forgets_rows_of_one_table_is_found_out(monkeypatch, table):
    """The property above can fail."""
    true = Touched.add

    def forgetful(self, fact):
        true(self, fact)
        getattr(self, table).clear()

    monkeypatch.setattr(Touched, "add", forgetful)
    stories = [story(random.Random(seed), 160) for seed in range(8)]
    assert any(differs(entries) for entries in stories)


def test_the_tail_frame_says_the_same_as_the_rows():
    """What `Tail` encodes is `BoardFold.rows` and nothing else."""
    entries = story(random.Random(1), 40)
    board = fresh(entries)
    tail = Tail(MemoryLog("north"), board)
    tail.announce(entries)
    data = msgspec.json.decode(tail._frames[0].data)
    assert data["rows"] == sent_to_screen(board.rows(entries))
    assert data["position"] == len(entries)
    assert [e["position"] for e in data["entries"]] == [e.position for e in entries]


# -- rows by hand -----------------------------------------------------------------------------------------------------


def test_a_call_leaves_the_board_when_it_ends():
    board = fresh(entries_of(OPENED, taken("1"), ringing("2"), opened(), calls.CallAttached(T0 + 11, "1", "1")))
    assert list(board.calls) == ["2"]
    assert board.incidents["1"].calls == ("1",)
    assert board.rows(entries_of(calls.CallAttached(T0 + 11, "1", "1"))).calls == {"1": None}


def test_a_closed_incident_is_at_hand_and_comes_back():
    facts = (OPENED, opened(), incidents.IncidentNoted(T0 + 20, "1", "small"), closed())
    board = fresh(entries_of(facts))
    assert board.incidents == {}
    assert (board.closed["1"].status, board.closed["1"].closed_at, board.closed["1"].disposition) == (
        "closed",
        T0 + 50,
        "DONE",
    )
    board = fresh(entries_of(facts, incidents.IncidentReopened(T0 + 60, "1", "smoke")))
    row = board.incidents["1"]
    assert (row.status, row.closed_at, row.disposition, row.notes, row.last_note) == ("open", None, "", 1, "small")
    assert board.closed == {}


def test_a_unit_under_way_is_due_and_arrived_is_not():
    drive = a.Drive("road", 90.0, 900.0)
    facts = (OPENED, opened(), unit(), sent(at=T0 + 20, drive=drive), stage("en_route", at=T0 + 30))
    board = fresh(entries_of(facts))
    assert (board.units["E1"].due_at, board.units["E1"].basis) == (T0 + 110, "road")
    assert board.incidents["1"].units[0].due_at == T0 + 110
    assert not board.units["E1"].at_station
    board = fresh(entries_of(facts, stage("on_scene", at=T0 + 100)))
    assert board.units["E1"].due_at is board.incidents["1"].units[0].due_at is None
    assert board.incidents["1"].first_on_scene_at == T0 + 100


def test_a_range_stands_beside_the_time_until_the_unit_is_there():
    drive = a.Drive("line", 90.0, 900.0, low_s=40.0, high_s=200.0)
    facts = (OPENED, opened(), unit(), sent(at=T0 + 20, drive=drive), stage("en_route", at=T0 + 30))
    board = fresh(entries_of(facts))
    for row in (board.units["E1"], board.incidents["1"].units[0]):
        assert (row.due_low_at, row.due_high_at, row.basis) == (T0 + 60, T0 + 220, "line")
    for end in (stage("on_scene", at=T0 + 100), a.UnitCancelled(T0 + 40, "E1", "1", "")):
        row = fresh(entries_of(facts, end)).units["E1"]
        assert (row.due_low_at, row.due_high_at) == (None, None)


def test_the_first_on_scene_is_first_by_time_not_by_report():
    facts = (OPENED, opened(), unit("E1"), unit("E2"), sent("E1"), sent("E2"))
    late = (stage("on_scene", "E1", at=T0 + 200), stage("on_scene", "E2", at=T0 + 150))
    assert fresh(entries_of(facts, late)).incidents["1"].first_on_scene_at == T0 + 150


def test_an_alarm_row_keeps_who_has_seen_it():
    raised = watch.AlarmRaised(T0 + 15, "call_unanswered:1", "call_unanswered", "1", T0)
    facts = (OPENED, ringing(), raised, watch.AlarmAcknowledged(T0 + 16, raised.alarm, "rui"))
    assert fresh(entries_of(facts)).alarms[raised.alarm].acknowledged_by == "rui"
    board = fresh(entries_of(facts, answered(at=T0 + 17)))
    assert board.alarms == {}
    assert board.rows(entries_of(answered())).alarms == {"call_unanswered:1": None}


def test_a_note_takes_the_alarms_of_a_silent_scene_off_every_screen():
    """The note names no unit: the tail must know by itself whose alarms it ends."""
    there = (OPENED, opened(), unit("E1"), unit("E2"), sent("E1"), sent("E2"), stage("on_scene", "E1", at=T0 + 30))
    raised = watch.AlarmRaised(T0 + 3_000, "long_on_scene:E1", "long_on_scene", "E1", T0 + 30, "1")
    entries = entries_of(there, raised, incidents.IncidentNoted(T0 + 3_001, "1", "all well"))
    assert fresh(entries[:-1]).alarms
    play(entries, len(entries) - 1, [])
    assert fresh(entries).rows(entries[-1:]).alarms["long_on_scene:E1"] is None


def test_who_opened_it_is_shown():
    entry = Entry(1, T0, "rui", "o", 0, opened(place=HERE))
    assert fresh([entry]).incidents["1"].opened_by == "rui"


@pytest.mark.parametrize("kinds", [("position",), ("record",), ("record", "position")], ids="+".join)
def test_what_was_erased_is_on_no_board_also_of_a_node_that_remembers(kinds):
    """The incident is opened again: a node that was there shows what one shows that reads the record only now."""
    ring = KeyRing(Keys(SharedKeys(), never), MasterKey.new(), "north")
    log = MemoryLog("north", codec=Codec(sealer=ring))
    subjects = ("incident:1", "call:1", "report:L1")
    erased = tuple(f"{kind}/{subject}" for kind in kinds for subject in subjects)
    shape = Circle(38.7, -9.1, 20.0)
    entries = entries_of(
        OPENED, ringing("1"), answered("1"),
        locations.LocationReported(T0 + 9, "L1", "aml", "1", "", shape, text="third door", floor="2"),
        opened("1"), calls.CallAttached(T0 + 20, "1", "1"),
        locations.AreaEstimated(T0 + 21, "1", "E1", 38.7, -9.1, 40.0, (((38.7, -9.1), (38.8, -9.1), (38.8, -9.2)),)),
        closed("1"), PersonalErased(T0 + 50, "incident:1", kinds, erased, "request", "1", ""),
        incidents.IncidentReopened(T0 + 60, "1", ""),
    )  # fmt: skip
    log.append(entries, 0)
    before = fresh(entries[:-2]).closed["1"]
    assert (before.reports[0].spot, before.reports[0].text, len(before.areas)) != (None, "", 0)
    ring.erase_now(dict.fromkeys(erased, entries[-2].position))
    assert sent_to_screen(fresh(entries).picture()) == sent_to_screen(fresh(list(log.read())).picture())
