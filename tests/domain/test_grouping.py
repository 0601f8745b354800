"""A burst is one row, the call about something else another; a view that merges nothing."""

from __future__ import annotations

import random

from tests.domain.test_belonging import LEXICON, METRE, fire
from tests.world import T0

from tocsin.domain.belonging import Scene
from tocsin.domain.evidence import Draft, Known, Spot
from tocsin.domain.grouping import Waiting, grouped


def place(lat_m: float, lon_m: float, sigma_m: float = 20.0) -> Spot:
    return Spot(37.78 + lat_m * METRE, -122.41 + lon_m * METRE, sigma_m, said=False)


def scene(*known: Known) -> Scene:
    return Scene(known, LEXICON)


def burst(n: int = 40, seed: int = 1) -> list[Waiting]:
    dice = random.Random(seed)
    return [
        Waiting(str(i), Draft(T0 + dice.uniform(0, 180), place(dice.gauss(0, 60), dice.gauss(0, 60)))) for i in range(n)
    ]


def test_forty_calls_about_one_crash_are_one_group_before_anybody_has_opened_it():
    (group,) = grouped(burst(), scene()).values()
    assert len(group) == 40


def test_they_go_with_the_incident_once_it_is_open():
    found = grouped(burst(), scene(fire(type="RESCUE-TRAFFIC")))
    assert {key: len(calls) for key, calls in found.items()} == {"incident:1001": 40}


def test_the_one_call_about_something_else_stands_out():
    elsewhere = Waiting("other", Draft(T0 + 90, place(2_600.0, 300.0)))
    words = Waiting("words", Draft(T0 + 95, place(900.0, 0.0), "MED-BIRTH", LEXICON.heard("my wife is in labour")))
    found = grouped([*burst(), elsewhere, words], scene())
    assert sorted(map(len, found.values())) == [1, 1, 40]
    assert ["other"] in found.values()


def test_a_call_without_a_place_or_a_word_stands_alone():
    nobody = Waiting("silent", Draft(T0 + 100))
    assert ["silent"] in grouped([*burst(), nobody], scene(fire())).values()


def test_a_call_between_two_fires_is_in_nobodys_row():
    between = Waiting("between", Draft(T0 + 60, place(30.0, 0.0)))
    two = scene(fire("1001", metres=0.0), fire("1002", metres=60.0))
    assert grouped([between], two) == {"call:between": ["between"]}
    assert grouped([between], scene(fire("1001", metres=0.0))) == {"incident:1001": ["between"]}


def test_every_call_is_in_one_group_and_in_the_order_they_came():
    calls = burst(30, 5)
    found = grouped(calls, scene())
    assert sorted(call for group in found.values() for call in group) == sorted(one.call for one in calls)
    at = {one.call: one.draft.at for one in calls}
    assert all(group == sorted(group, key=at.__getitem__) for group in found.values())
