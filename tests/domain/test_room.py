"""A room after any orders, valid or not: what must always hold, checked against plain recomputations."""

from __future__ import annotations

import random
from typing import get_args

import msgspec
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.world import LIMITS, T0, Dice, given, opened, ringing, room_of, sent, stage, story, travels_of, unit

from tocsin.domain.decide import decide
from tocsin.domain.evolve import FOLD, evolve
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import RANK, STAGES, Call, Room
from tocsin.domain.watch import causes
from tocsin.facts import calls, watch
from tocsin.facts.base import Entry
from tocsin.facts.incidents import IncidentNoted
from tocsin.facts.union import DecisionFact
from tocsin.facts.watch import alarm_id
from tocsin.log.codec import CODEC
from tocsin.views.board import FOLD as BOARD_FOLD
from tocsin.views.board import BoardFold

encode = msgspec.json.Encoder(order="deterministic").encode


def check_room(room: Room) -> None:
    """All that must hold of a room, whatever led to it."""
    on_it = {(unit.assignment.incident, unit.id) for unit in room.units.values() if unit.assignment}
    listed = [(incident.id, unit) for incident in room.incidents.values() for unit in incident.units]
    assert len(listed) == len(set(listed))
    assert set(listed) == on_it
    assert set(room.busy) == {unit for _, unit in on_it}
    for incident in room.incidents.values():
        assert incident.open or not incident.units
        assert incident.id not in incident.links
        assert all(incident.id in room.incidents[other].links for other in incident.links)
    assert list(room.ringing) == [call.id for call in room.calls.values() if call.status == "ringing"]
    assert all(room.calls[call].status == "released" for call in room.backs)
    for call in room.calls.values():
        assert bool(call.incident) == (call.status == "attached")
    for one in room.units.values():
        assert one.on_duty or not one.assignment
        if has := one.assignment:
            assert has.dispatched_at <= has.since <= has.heard_at
            assert has.unit == one.id
    possible = {alarm_id(kind, subject) for kind, subject, *_ in causes(room, LIMITS)}
    overdue = {alarm.id for alarm in room.alarms.values() if alarm.alarm_kind != "glass_broken"}
    assert overdue <= possible, "a broken glass rings until it is taken; nothing that time brings ends it"
    assert room.last_call == max(map(int, room.calls), default=0)
    assert room.last_incident == max(map(int, room.incidents), default=0)
    assert room.last_closure >= max(map(int, room.closures), default=0)


def splittable(room: Room, call: Call) -> bool:
    """Whether an attached call could be split off now."""
    home = room.incidents.get(call.incident)
    return home is not None and home.open and call.id not in home.calls[: home.settled]


def check_board(room: Room, board: BoardFold) -> None:
    """Room and board are two folds of one record: what both know must be the same."""
    assert (board.centre, board.name, board.mode) == (room.centre, room.name, room.mode)
    live = {
        c.id: (c.status, c.place, c.answered_by)
        for c in room.calls.values()
        if c.status in ("ringing", "answered") or c.id in room.backs
    }
    assert {i.id: list(i.calls) for i in (board.incidents | board.closed).values()} == {
        i.id: i.calls for i in room.incidents.values()
    }
    inside = [c.call for row in board.incidents.values() for c in row.callers]
    assert set(inside) <= set(board.attached) == {c.id for c in room.calls.values() if splittable(room, c)}
    assert {c.id: (c.status, c.place, c.answered_by) for c in board.calls.values()} == live
    for rows, open_ in ((board.incidents, True), (board.closed, False)):
        assert {
            i.id: (i.type, i.priority, i.place, set(i.links), [u.unit for u in i.units]) for i in rows.values()
        } == {i.id: (i.type, i.priority, i.place, i.links, i.units) for i in room.incidents.values() if i.open == open_}
    assert set(board.units) == set(room.units)
    for one in room.units.values():
        row, has = board.units[one.id], one.assignment
        status = has.stage if has else "available" if one.on_duty else "off_duty"
        assert (row.status, row.incident) == (status, has.incident if has else "")
        assert (row.crew_count, row.crew_min, row.at_station) == (one.crew_count, one.crew_min, one.at_station)
        assert (frozenset(row.capabilities), row.home, row.station) == (one.capabilities, one.home, one.station)
        if has:
            assert row.since == has.since
            on_it = next(u for u in board.incidents[has.incident].units if u.unit == one.id)
            assert (on_it.status, on_it.since, on_it.dispatched_at, on_it.due_at) == (
                has.stage,
                has.since,
                has.dispatched_at,
                row.due_at,
            )
    assert {a.id: (a.alarm_kind, a.subject, a.acknowledged_by) for a in board.alarms.values()} == {
        a.id: (a.alarm_kind, a.subject, a.acknowledged_by) for a in room.alarms.values()
    }
    assert {c.id: (c.place, c.radius_m) for c in board.closures.values()} == {
        c.id: (c.place, c.radius_m) for c in room.closures.values()
    }


class AnyOrders(RuleBasedStateMachine):
    """Random orders, valid and not, in one room."""

    def __init__(self) -> None:
        super().__init__()
        self.room, self.board, self.now, self.facts = Room(), BoardFold(), T0, []

    @rule(rng=st.randoms(use_true_random=False), later_s=st.sampled_from([0.0, 1.0, 12.0, 61.0, 2_701.0]))
    def give(self, rng: random.Random, later_s: float) -> None:
        self.now += later_s
        dice = Dice(rng)
        for _ in range(4):
            order = dice.order(self.room, self.now)
            told = given(self.now, travels=travels_of(dice, self.room))
            before = encode(self.room)
            decision = decide(self.room, order, told)
            assert encode(self.room) == before
            for fact in () if isinstance(decision, Refusal) else decision:
                evolve(self.room, fact)
                self.facts.append(fact)
                self.board.fold(Entry(len(self.facts), self.now, "ana", "o", 0, fact))

    @invariant()
    def holds(self) -> None:
        check_room(self.room)
        check_board(self.room, self.board)

    def teardown(self) -> None:
        assert encode(room_of(self.facts)) == encode(self.room)


TestAnyOrders = AnyOrders.TestCase
TestAnyOrders.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_long_stories_hold_together():
    """Longer than hypothesis likes: hundreds of orders, the same checks after each."""
    for seed in range(12):
        room, board = Room(), BoardFold()
        for entry in story(random.Random(seed), 250):
            room = evolve(room, entry.fact)
            board.fold(entry)
        check_room(room)
        check_board(room, board)


@settings(max_examples=30)
@examples(st.randoms(use_true_random=False))
def test_a_room_is_the_same_from_the_facts_as_from_the_bytes_of_the_log(rng):
    entries = story(rng, 60)
    back = [CODEC.decode(entry.position, CODEC.encode(entry)) for entry in entries]
    assert back == entries
    assert encode(room_of([e.fact for e in back])) == encode(room_of([e.fact for e in entries]))


def test_every_decision_fact_can_be_folded_by_room_and_board():
    assert set(FOLD) == set(BOARD_FOLD) == set(get_args(DecisionFact))


def test_stages_rank_in_the_order_of_the_response():
    assert [RANK[stage] for stage in STAGES] == list(range(len(STAGES)))


def raised(kind: str, subject: str, at: float = T0 + 15) -> DecisionFact:
    return watch.AlarmRaised(at, alarm_id(kind, subject), kind, subject, T0)


def test_a_unit_named_like_a_call_does_not_end_its_alarm():
    facts = (ringing("1"), raised("call_unanswered", "1"), opened(), unit("1"), sent("1"), stage("en_route", "1"))
    room = room_of(facts)
    assert set(room.alarms) == {"call_unanswered:1"}
    busy = (opened(), unit("1"), sent("1"), raised("not_acknowledged", "1"))
    call = (ringing("1"), calls.CallAnswered(T0 + 20, "1", "ana"))
    assert set(room_of(busy, call).alarms) == {"not_acknowledged:1"}


def test_a_stamp_reported_late_does_not_lengthen_the_silence():
    arrived = (opened(), unit(), sent(), stage("on_scene", at=T0 + 30))
    room = room_of(arrived, IncidentNoted(T0 + 500, "1", "all well"), stage("at_patient", at=T0 + 60))
    assert room.units["E1"].assignment.heard_at == T0 + 500
