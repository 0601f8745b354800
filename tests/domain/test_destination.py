"""Destinations: who is chosen, and the sentence about everybody else."""

from __future__ import annotations

import msgspec
from tests.world import HERE, T0, travel

from tocsin.domain.destination import INBOUND_S, destinations
from tocsin.domain.room import Hospital

NEAR = Hospital("Near", HERE, frozenset({"trauma"}))
FAR = Hospital("Far", HERE, frozenset({"trauma", "stroke"}))
ROADS = {"Near": travel(300.0), "Far": travel(540.0)}


def ask(*hospitals: Hospital, needs: str = "", travels=ROADS, inbound=None):
    found = destinations(hospitals, frozenset(needs.split()), travels, inbound or {}, T0)
    return [(one.hospital, one.reason, one.text) for one in found]


def test_the_soonest_is_chosen_and_the_other_is_farther() -> None:
    assert ask(NEAR, FAR) == [
        ("Near", None, "soonest that can do what is needed"),
        ("Far", "farther", "4 min farther"),
    ]


def test_who_cannot_do_it_is_passed_over() -> None:
    assert ask(NEAR, FAR, needs="stroke") == [
        ("Far", None, "soonest that can do what is needed"),
        ("Near", "not_capable", "cannot do stroke"),
    ]
    assert ask(NEAR, FAR, needs="burns")[0] == ("Near", None, "no open hospital can do burns: the soonest one")


def test_a_diversion_holds_until_its_end() -> None:
    shut = Hospital("Near", HERE, frozenset(), diverted=True, reason="no CT", until=T0 + 60)
    assert ask(shut, FAR)[1] == ("Near", "on_diversion", "on diversion: no CT")
    over = Hospital("Near", HERE, frozenset(), diverted=True, until=T0)
    assert ask(over, FAR)[0][0] == "Near"
    assert ask(shut, travels=ROADS) == [("Near", None, "on diversion, as all are")]


def test_a_full_hospital_may_be_passed_by_for_a_farther_one() -> None:
    full = Hospital("Near", HERE, frozenset(), wait_s=1_200.0, said_at=T0 - 60)
    assert ask(full, FAR) == [
        ("Far", None, "soonest that can do what is needed"),
        ("Near", "fuller", "4 min closer, but patients wait 20 min there"),
    ]
    stale = Hospital("Near", HERE, frozenset(), wait_s=1_200.0, said_at=T0 - 7_201)
    assert ask(stale, FAR)[0][0] == "Near"


def test_those_on_their_way_are_counted() -> None:
    assert ask(NEAR, FAR, inbound={"Near": 2})[0][0] == "Far"
    (one, _other) = destinations((NEAR, FAR), frozenset(), ROADS, {"Near": 1}, T0)
    assert (one.hospital, one.wait_s, one.inbound) == ("Near", INBOUND_S, 1)


def test_where_no_road_leads_nobody_is_taken() -> None:
    assert ask(NEAR, FAR, travels={"Far": travel(540.0)})[1] == ("Near", "no_road", "no way there is known")
    assert ask(NEAR, travels={}) == [("Near", "no_road", "no way there is known")]


def test_a_drive_has_the_range_it_is_expected_in() -> None:
    sure, unsure = travel(300.0), msgspec.structs.replace(travel(540.0), sigma=0.3)
    near, far = destinations((NEAR, FAR), frozenset(), {"Near": sure, "Far": unsure}, {}, T0)
    assert (near.low_s, near.high_s) == (None, None)
    assert far.low_s is not None
    assert far.high_s is not None
    assert far.low_s < 540.0 < far.high_s
