"""Who should go: against an oracle that tries every way to seat the units, and each reason to pass one over."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from tests.world import CATALOGUE, T0, kind, opened, room_of, sent, travel, unit

from tocsin.domain import recommend as closest
from tocsin.domain.advise import recommend
from tocsin.domain.case import Case
from tocsin.domain.travel import Travel
from tocsin.facts.units import UnitCameOnDuty

NOW = T0 + 100
FIRE, SICK, TALK = CATALOGUE.types


def ask(room, incident_type, travels, now=NOW):
    advice = recommend(Case(room, room.incidents["1"], incident_type, travels, now))
    needs, candidates = advice.needs, advice.candidates
    return needs, {c.unit: c for c in candidates}, candidates


def chosen(candidates):
    return [c.unit for c in candidates if c.chosen]


def test_the_nearest_by_road_go_and_ties_go_by_name():
    room = room_of(opened(), *(unit(name) for name in ("E3", "E2", "E1")), unit("L1", "ladder"))
    travels = {"E1": travel(300), "E2": travel(120), "E3": travel(120), "L1": travel(600)}
    needs, by, all_of = ask(room, FIRE, travels)
    assert [c.unit for c in all_of] == ["E2", "E3", "L1", "E1"]
    assert [c.chosen for c in all_of] == [True, True, True, False]
    assert [(n.capability, n.count, n.assigned, n.chosen) for n in needs] == [("engine", 2, 0, 2), ("ladder", 1, 0, 1)]
    assert (by["E1"].reason, by["E1"].later_s) == ("farther", 180.0)
    assert by["E1"].text.startswith("3:00 later")
    assert by["L1"].capability == "ladder"
    assert (by["E2"].eta_s, by["E2"].length_m, by["E2"].basis) == (120, 1_200, "road")


def test_each_reason_to_be_passed_over():
    room = room_of(
        opened(),
        opened("2"),
        unit("OFF", crew=None),
        unit("FEW", crew=1),
        unit("GONE"),
        sent("GONE", "2"),
        unit("WRONG", "boat"),
        unit("LOST"),
        unit("NOWHERE"),
        unit("E1"),
        unit("E2"),
        unit("E3"),
    )
    travels = {name: travel(100.0 + i) for i, name in enumerate(room.units)}
    travels["LOST"] = travel(0, "none")
    del travels["NOWHERE"]
    _, by, all_of = ask(room, FIRE, travels)
    assert {name: c.reason for name, c in by.items()} == {
        "OFF": "off_duty",
        "FEW": "understaffed",
        "GONE": "on_incident",
        "WRONG": "not_capable",
        "LOST": "no_road",
        "NOWHERE": "no_road",
        "E1": None,
        "E2": None,
        "E3": "farther",
    }
    assert by["GONE"].incident == "2"
    assert "crew of 1, needs 2" in by["FEW"].text
    assert by["LOST"].eta_s is by["NOWHERE"].eta_s is None
    assert [c.unit for c in all_of][-2:] == ["LOST", "NOWHERE"]
    assert all(c.text for c in all_of)


def test_several_things_wrong_are_told_by_the_first_that_stands_in_the_way():
    room = room_of(opened(), opened("2"), unit("OFF", "boat", crew=None), unit("FEW", "boat"), sent("FEW", "2"))
    room.units["FEW"].crew_count = 0
    _, by, _ = ask(room, FIRE, {})
    assert (by["OFF"].reason, by["FEW"].reason) == ("off_duty", "understaffed")


def test_who_is_on_it_already_counts_and_is_not_proposed():
    room = room_of(opened(), unit("E1"), sent("E1"), unit("E2"), unit("E3"), unit("L1", "ladder"))
    needs, by, all_of = ask(room, FIRE, {n: travel(60.0 + i) for i, n in enumerate(room.units)})
    assert "E1" not in by
    assert [(n.assigned, n.chosen) for n in needs] == [(1, 1), (0, 1)]
    assert chosen(all_of) == ["E2", "L1"]


def test_nobody_more_is_proposed_when_enough_are_on_it():
    room = room_of(
        opened(), unit("E1"), unit("E2"), unit("L1", "ladder"), sent("E1"), sent("E2"), sent("L1"), unit("E3")
    )
    _, by, all_of = ask(room, FIRE, {"E3": travel(60)})
    assert chosen(all_of) == []
    assert by["E3"].reason == "not_needed"
    _, by, _ = ask(room, TALK, {"E3": travel(60)})
    assert by["E3"].reason == "not_needed"


def test_a_need_is_not_left_open_because_the_nearest_took_another_seat():
    """The paramedic ambulance is nearest and can fill both needs; the plain one can fill only the second."""
    room = room_of(opened(), unit("BOTH", "als", "ambulance"), unit("ALS", "als"))
    needs, by, _ = ask(room, SICK, {"BOTH": travel(60), "ALS": travel(90)})
    assert {name: c.capability for name, c in by.items()} == {"ALS": "als", "BOTH": "ambulance"}
    assert [n.chosen for n in needs] == [1, 1]


def test_one_unit_never_fills_two_needs():
    needs, _, all_of = ask(room_of(opened(), unit("BOTH", "als", "ambulance")), SICK, {"BOTH": travel(60)})
    assert chosen(all_of) == ["BOTH"]
    assert sum(n.chosen for n in needs) == 1


def test_a_straight_line_is_marked_and_a_position_has_its_age():
    room = room_of(opened(), unit("E1"), unit("E2"), unit("E3"))
    travels = {
        "E1": Travel("line", 100, 900, 38.7, -9.1, NOW - 42.5),
        "E2": Travel("road", 100, 900, 38.7, -9.1, None),
        "E3": Travel("road", 200, 900, 38.7, -9.1, NOW + 3),
    }
    _, by, _ = ask(room, FIRE, travels)
    assert (by["E1"].basis, by["E1"].position_age_s) == ("line", 42.5)
    assert (by["E2"].basis, by["E2"].position_age_s) == ("road", None)
    assert by["E3"].position_age_s == 0.0


def test_every_time_has_its_range_and_an_old_position_a_wider_one():
    room = room_of(opened(), unit("E1"), unit("E2"), unit("OFF", crew=None))
    travels = {
        name: Travel("road", 200, 900, 38.7, -9.1, NOW - age, sigma=0.3)
        for name, age in (("E1", 1), ("E2", 300), ("OFF", 1))
    }
    _, by, _ = ask(room, FIRE, travels)
    assert by["E2"].low_s < by["E1"].low_s < 200 < by["E1"].high_s < by["E2"].high_s
    assert by["OFF"].high_s == by["E1"].high_s
    _, by, _ = ask(room, FIRE, {"E1": travel(60)})
    assert (by["E1"].low_s, by["E1"].high_s) == (None, None)


def test_a_crew_that_grew_may_go():
    room = room_of(opened(), unit("E1", crew=1), UnitCameOnDuty(T0 + 1, "E1", 2))
    assert chosen(ask(room, FIRE, {"E1": travel(60)})[2]) == ["E1"]


# -- the oracle -------------------------------------------------------------------------------------------------------


def seatings(seats, units):
    """Every way to put units on seats they can fill, as sets of unit names, best by hand: tried one by one."""
    found = {frozenset()}
    for size in range(1, min(len(seats), len(units)) + 1):
        for group in permutations(units, size):
            for places in permutations(range(len(seats)), size):
                if all(seats[p] in units[u] for p, u in zip(places, group, strict=True)):
                    found.add(frozenset(group))
                    break
    return found


NEEDS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 2)), max_size=3).filter(
    lambda needs: sum(count for _, count in needs) <= 4
)
FLEET = st.lists(
    st.tuples(st.sets(st.sampled_from("abc"), max_size=3), st.integers(0, 3), st.booleans()), min_size=1, max_size=5
)


@settings(max_examples=150)
@examples(NEEDS, FLEET)
def test_as_many_needs_as_can_be_filled_by_the_nearest_who_can_fill_them(needs, fleet):
    names = {f"U{i}": caps for i, (caps, _, _) in enumerate(fleet)}
    here = [f"U{i}" for i, (_, _, on_it) in enumerate(fleet) if on_it]
    eta = {f"U{i}": float(minutes * 60) for i, (_, minutes, _) in enumerate(fleet)}
    facts = [unit(name, *(caps or {"none"})) for name, caps in names.items()]
    room = room_of(opened(), facts, [sent(name) for name in here])
    incident_type = kind("X", 1, *needs)
    told, by, all_of = ask(room, incident_type, {name: travel(eta[name]) for name in names})

    seats = [capability for capability, count in needs for _ in range(count)]
    possible = seatings(seats, names)
    # Who is on it keeps a seat if that can be, in the order sent; then the most seats; then the nearest, ties by name.
    kept: frozenset[str] = frozenset()
    for name in here:
        kept = kept | {name} if kept | {name} in possible else kept
    with_kept = [group - set(here) for group in possible if group & set(here) == kept]
    most = max(map(len, with_kept))
    best = min(sorted((eta[name], name) for name in group) for group in with_kept if len(group) == most)

    assert sorted(eta[name] for name in chosen(all_of)) == [eta_s for eta_s, _ in best]
    assert sum(n.assigned for n in told) == len(kept)
    assert sum(n.chosen for n in told) == most
    assert all(n.assigned + n.chosen <= n.count for n in told)
    for candidate in all_of:
        if candidate.chosen:
            assert candidate.capability in names[candidate.unit]
        else:
            assert (candidate.later_s is not None) == (candidate.reason == "farther")
            assert candidate.later_s is None or candidate.later_s >= 0
    assert set(by) == set(names) - set(here)


@pytest.mark.parametrize("count", [1, 40])
def test_order_of_candidates_is_chosen_then_able_then_unable(count):
    facts = [unit(f"E{i:02}", crew=None if i % 3 == 0 else 4) for i in range(count)]
    _, _, all_of = ask(room_of(opened(), facts), FIRE, {f"E{i:02}": travel(1_000.0 - i) for i in range(count)})
    rank = [0 if c.chosen else 1 if c.reason in ("farther", "not_needed") else 2 for c in all_of]
    assert rank == sorted(rank)
    for group in (1, 2):
        times = [c.eta_s for c, r in zip(all_of, rank, strict=True) if r == group]
        assert times == sorted(times)


@settings(max_examples=150, deadline=None)
@examples(NEEDS, FLEET)
def test_where_nothing_but_time_counts_the_closest_are_as_near(needs, fleet):
    wanted = kind("T", 1, *needs)
    room = room_of(
        opened(), *(unit(f"U{i}", *caps, crew=2 if free else None) for i, (caps, _, free) in enumerate(fleet))
    )
    travels = {f"U{i}": travel(60.0 * eta, "none" if eta == 3 else "road") for i, (_, eta, _) in enumerate(fleet)}
    incident = room.incidents["1"]
    advice = recommend(Case(room, incident, wanted, travels, NOW))
    near = closest.choose(room, incident, wanted, travels)
    assert sorted(travels[name].eta_s for name in near) == sorted(c.eta_s for c in advice.candidates if c.chosen)


@examples(NEEDS, FLEET, st.integers(0, 3))
def test_the_closest_are_chosen_among_those_of_whom_nothing_can_be_said_against(needs, fleet, off):
    """`choose` asks in its own order what `cannot_go` says in words."""
    wanted = kind("T", 1, *needs)
    crews = [None if not free else 0 if i == off else 2 for i, (_, _, free) in enumerate(fleet)]
    room = room_of(opened(), *(unit(f"U{i}", *caps, crew=crews[i]) for i, (caps, _, _) in enumerate(fleet)))
    travels = {f"U{i}": travel(60.0 * eta) for i, (_, eta, _) in enumerate(fleet)}
    near = closest.choose(room, room.incidents["1"], wanted, travels)
    able = {name for name in travels if closest.cannot_go(room.units[name], wanted.needs) is None}
    assert set(near) <= able
    assert bool(near) == any(need.capability in room.units[name].capabilities for name in able for need in wanted.needs)
