"""Each agency's picture + its tail = its fresh picture, while incidents are shared and no longer; and nothing else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from tests.world import CATALOGUE, HERE, OPENED, T0, THERE, closed, entries_of, opened, ringing, sent, story, unit

from tocsin.desk.tail import Tail
from tocsin.desk.tail_agency import AgencyTail
from tocsin.domain.plans import Agency, Plans
from tocsin.facts import assignments as a
from tocsin.facts import calls, choices, incidents, sharing, units, watch
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Move
from tocsin.log.memory import MemoryLog
from tocsin.views.audience import WHOLE, Audience, audience_of
from tocsin.views.board import BoardFold
from tocsin.views.eyes import Eyes

PLANS = Plans(agencies=(Agency("fire", types=("FIRE",)), Agency("ems", groups=("none",)), Agency("police")))
AGENCIES = ("fire", "ems", "police", "nobody")


def fresh(entries: Sequence[AnyEntry]) -> BoardFold:
    board = BoardFold()
    for entry in entries:
        board.fold(entry)
    return board


def eyes(board: BoardFold, agency: str) -> Eyes:
    return Eyes(Audience(agency), board, CATALOGUE, PLANS, lambda: T0)


class Screen:
    """An agency's screen: the picture, and then rows to replace or delete. A row that is not there cannot go."""

    def __init__(self, board: BoardFold, agency: str) -> None:
        self.board = board
        log = MemoryLog("north")
        self.tail = AgencyTail(log, board, eyes(board, agency), Tail(log, board))
        self.picture = msgspec.json.decode(self.tail.board_bytes())
        self.told: list[dict[str, Any]] = []

    def hear(self, batch: Sequence[AnyEntry]) -> None:
        self.tail.tell(batch, self.board.touched(batch))
        frame = next(frame for frame in reversed(self.tail._frames) if frame.event == "facts")
        data = msgspec.json.decode(frame.data)
        self.told += data["entries"]
        for table, changed in data["rows"].items():
            for id_, row in changed.items():
                if row is None:
                    known = self.picture["rows"][table].pop(id_, None)
                    assert known or table in ("closures", "hospitals"), (table, id_)
                else:
                    self.picture["rows"][table][id_] = row
        for entry in batch:
            if entry.fact.__struct_config__.tag == "centre.opened":
                self.picture |= {name: getattr(entry.fact, name) for name in ("centre", "name", "mode")}
        self.picture["position"] = data["position"]


def play(entries: Sequence[AnyEntry], agency: str, prefix: int, cuts: Sequence[int]) -> Screen:
    board = fresh(entries[:prefix])
    screen = Screen(board, agency)
    edges = [prefix, *sorted({min(max(cut, prefix), len(entries)) for cut in cuts} - {prefix}), len(entries)]
    for start, end in pairwise(edges):
        batch = entries[start:end]
        for entry in batch:
            board.fold(entry)
        if batch:
            screen.hear(batch)
        again = fresh(entries[:end])
        truth = msgspec.structs.replace(again.picture(), rows=eyes(again, agency).picture())
        assert screen.picture == msgspec.json.decode(msgspec.json.encode(truth)), (agency, start, end)
    return screen


@settings(max_examples=30)
@examples(st.randoms(use_true_random=False), st.data())
def test_picture_and_tail_are_the_fresh_picture_of_every_agency(rng, data):
    entries = story(rng, 60)
    prefix = data.draw(st.integers(0, len(entries)))
    cuts = data.draw(st.lists(st.integers(prefix, len(entries)), max_size=12))
    for agency in AGENCIES:
        play(entries, agency, prefix, cuts)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_entry_by_entry_through_long_stories(seed):
    entries = story(random.Random(seed), 160)
    for agency in AGENCIES:
        play(entries, agency, 0, range(len(entries)))
        play(entries, agency, 0, random.Random(seed).sample(range(len(entries)), len(entries) // 8))


def test_stories_come_to_sharing_and_its_ends():
    kinds = {
        (type(entry.fact).__name__, getattr(entry.fact, "cause", ""))
        for seed in range(40)
        for entry in story(random.Random(seed), 160)
    }
    assert {("IncidentShared", ""), *(("SharingEnded", why) for why in ("time", "ordered"))} <= kinds
    over = sharing.SharingEnded(T0 + 50, "1", "police", "closed")
    assert play(entries_of(OPENED, opened(), SHARE, closed(), over), "police", 0, range(9)).told


def differs(entries: Sequence[AnyEntry]) -> bool:
    try:
        play(entries, "police", 0, range(len(entries)))
    except AssertionError:
        return True
    return False


def test_an_eye_that_forgets_the_units_on_an_incident_is_found_out(monkeypatch):
    """The property above can fail."""
    real = Eyes.rows

    def forgetful(self, touched, shown):
        rows = real(self, touched, shown)
        for name in [name for name, row in rows.units.items() if row and row.agency != self.agency]:
            del rows.units[name]
        return rows

    monkeypatch.setattr(Eyes, "rows", forgetful)
    assert differs(entries_of(OPENED, opened(), unit("E1"), sent("E1"), SHARE))


@pytest.mark.parametrize("seed", range(8))
def test_no_entry_is_told_that_names_only_what_is_not_seen(seed):
    """Each entry that was told names an incident that was seen just then, or a unit of the agency's own."""
    entries = story(random.Random(seed), 160)
    for agency in AGENCIES:
        board = BoardFold()
        screen = Screen(board, agency)
        for entry in entries:
            board.fold(entry)
            screen.told.clear()
            screen.hear([entry])
            for told in screen.told:
                assert is_theirs(told["fact"], board, eyes(board, agency), agency), (agency, told)


def is_theirs(fact: dict[str, Any], board: BoardFold, seen: Eyes, agency: str) -> bool:
    if fact["kind"].split(".")[0] in ("centre", "road", "hospital"):
        return True
    if fact["kind"].startswith("alarm."):
        unit = fact["alarm"].partition(":")[2]
        return not fact["alarm"].startswith("call_") and unit in seen.shown().units
    named = [fact[name] for name in ("incident", "other", "to") if fact.get(name)]
    named += [board.homes[fact["call"]]] if board.homes.get(fact.get("call", "")) else []
    if named:
        rows = [board.incidents.get(one) or board.closed[one] for one in named]
        return any(by_hand(row, agency) for row in rows)
    return board.units[fact["unit"]].agency == agency


def by_hand(row: Any, agency: str) -> bool:
    """The rule of sight, written out once more."""
    return (
        agency in row.agencies
        or (agency == "fire" and row.type == "FIRE")
        or any(share.agency == agency for share in row.shares)
    )


# -- by hand ----------------------------------------------------------------------------------------------------------

AMBULANCE = (units.UnitRegistered(T0, "A1", "ambulance", "ems", ("als",), 1, HERE), units.UnitCameOnDuty(T0, "A1", 2))
SHARE = sharing.IncidentShared(T0 + 40, "1", "police", T0 + 90, "look at this")


def seen(agency: str, *facts: Any) -> dict[str, list[str]]:
    rows = eyes(fresh(entries_of(OPENED, *facts)), agency).picture()
    return {table: sorted(getattr(rows, table)) for table in ("calls", "incidents", "units", "alarms")}


def test_what_is_shared_brings_the_units_on_it_and_takes_them_away_again():
    facts = (opened(), unit("E1"), unit("E2"), AMBULANCE, sent("E1"), sent("A1"), ringing("9"))
    assert seen("police", facts) == {"calls": [], "incidents": [], "units": [], "alarms": []}
    late = watch.AlarmRaised(T0 + 80, "not_acknowledged:E1", "not_acknowledged", "E1", T0 + 20, "1")
    shown = {"calls": [], "incidents": ["1"], "units": ["A1", "E1"], "alarms": ["not_acknowledged:E1"]}
    assert seen("police", facts, SHARE, late) == shown
    assert seen("police", facts, SHARE, late, sharing.SharingEnded(T0 + 90, "1", "police", "time"))["units"] == []
    assert seen("police", facts, SHARE, a.UnitCancelled(T0 + 50, "A1", "1"))["units"] == ["E1"]


def test_where_ones_unit_was_sent_stays_ones_own():
    facts = (opened(code="TALK"), AMBULANCE, sent("A1"), a.UnitCancelled(T0 + 50, "A1", "1"))
    assert seen("ems", facts)["incidents"] == ["1"]
    assert eyes(fresh(entries_of(OPENED, *facts, closed())), "ems").incident("1")


def test_a_new_type_can_take_an_incident_off_an_agencys_screens():
    told = play(entries_of(OPENED, opened(), incidents.IncidentReclassified(T0 + 20, "1", "SICK", 2)), "fire", 2, [3])
    assert told.picture["rows"]["incidents"] == {}
    assert told.told == []


def test_of_a_choice_only_ones_own_and_the_chosen_are_told():
    rows = tuple(choices.Considered(name, name == "A1", "road", 60.0) for name in ("A1", "E1", "E2"))
    chosen = choices.UnitsChosen(T0 + 30, "1", 1, "accepted", ("A1",), choices.Shown(T0, 1, "P", candidates=rows))
    facts = (opened(code="TALK"), unit("E1"), unit("E2"), AMBULANCE, sent("A1"), chosen)
    entries = entries_of(OPENED, *facts)
    (told,) = eyes(fresh(entries), "ems").entries(entries[-1:])
    assert [row.unit for row in told.fact.shown.candidates] == ["A1"]


def test_of_a_unit_that_went_to_what_is_not_seen_neither_why_nor_how_far():
    away = a.UnitDiverted(T0 + 60, "A1", "1", "2", a.Drive("road", 90.0), "Maria is worse")
    facts = (opened(), opened("2", code="TALK", place=THERE), AMBULANCE, sent("A1"), away)
    entries = entries_of(OPENED, *facts)
    (told,) = eyes(fresh(entries), "fire").entries(entries[-1:])
    assert (told.fact.reason, told.fact.drive) == ("", a.Drive("none"))
    (own,) = eyes(fresh(entries), "ems").entries(entries[-1:])
    assert own.fact.reason == "Maria is worse"


def test_a_call_is_seen_with_its_incident_and_not_before():
    attached = calls.CallAttached(T0 + 11, "1", "1")
    entries = entries_of(OPENED, ringing(), opened(), calls.CallNoted(T0 + 9, "1", "smoke"), attached)
    assert [e.fact.__struct_config__.tag for e in eyes(fresh(entries[:2]), "fire").entries(entries[:2])] == [
        "centre.opened"
    ]
    assert len(list(eyes(fresh(entries), "fire").entries(entries))) == 5
    assert [type(e.fact).__name__ for e in eyes(fresh(entries), "ems").entries(entries)] == ["CentreOpened"]


def test_a_unit_that_comes_into_sight_comes_with_its_place():
    entries = entries_of(OPENED, opened(), unit("E1"), sent("E1"), SHARE)
    board = fresh(entries[:-1])
    screen = Screen(board, "police")
    screen.tail.latest["E1"] = Move("E1", T0, 1.0, 2.0)
    board.fold(entries[-1])
    screen.hear(entries[-1:])
    assert [frame.event for frame in screen.tail._frames] == ["facts", "tracks"]
    assert screen.tail.whereabouts() == (Move("E1", T0, 1.0, 2.0),)


def test_whoever_comes_from_another_node_between_two_frames_fetches_the_picture_again():
    """A frame of this node covers what that node told in two: it takes off no row that was only seen in between."""
    entries = entries_of(OPENED, opened(), SHARE, sharing.SharingEnded(T0 + 50, "1", "police", "ordered"))
    before, between, after = (len(entries) - back for back in (2, 1, 0))
    board = fresh(entries[:before])
    screen = Screen(board, "police")
    for entry in entries[before:]:
        board.fold(entry)
    screen.hear(entries[before:])
    told = {at: [frame.event for frame in asyncio.run(screen.tail._missed(at))] for at in (before, between, after)}
    assert told == {before: ["facts"], between: ["reset"], after: []}


def test_whose_eyes_are_whose():
    assert audience_of(["dispatcher"], "") == WHOLE
    assert audience_of(["auditor"], "") == Audience(words=False)
    assert audience_of(["auditor", "administrator"], "fire") == Audience("fire", words=False)
    assert audience_of(["auditor", "supervisor"], "fire") == Audience("fire")
    assert audience_of([], "", frozenset({"read_board"})) == WHOLE
    assert audience_of([], "", frozenset({"read_record"})) == Audience(words=False)
    assert audience_of([], "fire", wide=True) == Audience(exact=True)
