"""A room laid over another behaves as a room, and leaves the one beneath as it was."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given as for_all
from hypothesis import strategies as st
from tests.world import Dice, given, story, travels_of

from tocsin.domain.ahead import Ahead, ahead_of
from tocsin.domain.decide import decide
from tocsin.domain.evolve import evolve
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room

encode = msgspec.msgpack.encode


def plain(value):
    """Whatever is laid over something, as if it stood alone; in its order."""
    if isinstance(value, Ahead):
        return {key: plain(value[key]) for key in value}
    if isinstance(value, Room):
        return Room(**{name: plain(getattr(value, name)) for name in value.__struct_fields__})
    return value


@for_all(seed=st.integers(0, 10**9), share=st.floats(0, 1))
def test_what_is_folded_over_a_room_is_what_is_folded_into_one(seed, share):
    entries = story(random.Random(seed), 120)
    split = int(len(entries) * share)
    beneath, alone = Room(), Room()
    for entry in entries[:split]:
        evolve(beneath, entry.fact)
        evolve(alone, entry.fact)
    before = encode(beneath)
    over = ahead_of(beneath)
    for entry in entries[split:]:
        evolve(over, entry.fact)
        evolve(alone, entry.fact)
    assert encode(plain(over)) == encode(alone)  # in the same order, too
    assert encode(beneath) == before


@for_all(seed=st.integers(0, 10**9))
def test_what_is_decided_over_a_room_is_what_is_decided_in_one(seed):
    rng = random.Random(seed)
    beneath = Room()
    for entry in story(rng, 60):
        evolve(beneath, entry.fact)
    before, over, dice = encode(beneath), ahead_of(beneath), Dice(rng)
    alone = msgspec.msgpack.decode(before, type=Room)
    for _ in range(40):
        order = dice.order(alone, 1_790_100_000.0)
        told = given(1_790_100_000.0, travels=travels_of(dice, alone))
        ours, theirs = decide(over, order, told), decide(alone, order, told)
        assert ours == theirs
        if not isinstance(ours, Refusal):
            for fact in ours:
                evolve(over, fact)
                evolve(alone, fact)
    assert encode(beneath) == before


def test_it_is_a_dict_in_every_way_that_rules_use():
    beneath = {"a": [1], "b": [2], "c": [3]}
    over = Ahead(beneath)
    over["a"].append(9)
    assert over.pop("b") == [2]
    over["b"] = [5]
    over["d"] = [6]
    del over["c"]
    assert (list(over), len(over), "c" in over, over.get("c"), over.pop("c", None)) == (
        ["a", "b", "d"],
        3,
        False,
        None,
        None,
    )
    assert list(over.items()) == [("a", [1, 9]), ("b", [5]), ("d", [6])]
    assert bool(over)
    assert not Ahead({})
    assert beneath == {"a": [1], "b": [2], "c": [3]}
