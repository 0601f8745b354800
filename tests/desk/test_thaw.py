"""A thawing dict is a dict: whatever is done with it, the values are those that were frozen."""

from __future__ import annotations

import random
from collections import ChainMap

import msgspec
import pytest
from tests.world import story

from tocsin.desk.snapshot import FROZEN, Folded, Snapshots
from tocsin.desk.thaw import Thawing
from tocsin.domain.ahead import ahead_of
from tocsin.log.memory import MemoryLog

PLAIN = {"a": [1], "b": [2], "c": [3]}


def frozen() -> Thawing[list[int]]:
    raw = msgspec.msgpack.decode(msgspec.msgpack.encode(PLAIN), type=dict[str, msgspec.Raw])
    return Thawing(raw, msgspec.msgpack.Decoder(list[int]).decode)


WAYS = {
    "[]": lambda d: [d["a"], d["c"]],
    "get": lambda d: [d.get("b"), d.get("x"), d.get("x", 7)],
    "values": lambda d: [list(d.values()), list(reversed(d.values())), len(d.values())],
    "items": lambda d: [list(d.items()), sorted(d.items())],
    "pop": lambda d: [d.pop("a"), d.pop("x", None), list(d.items())],
    "popitem": lambda d: [d.popitem(), list(d.items())],
    "setdefault": lambda d: [d.setdefault("a", [9]), d.setdefault("z", [9]), list(d.items())],
    "dict()": dict,
    "{**}": lambda d: {**d},
    "|": lambda d: {} | d,
    "ChainMap": lambda d: dict(ChainMap({}, d)),
    "copy": lambda d: d.copy(),
    "==": lambda d: [d == PLAIN, d == PLAIN, d != PLAIN, d == {"a": 1}],
    "in": lambda d: ["a" in d, "x" in d, len(d), list(d), list(d.keys())],
    "set": lambda d: (d.__setitem__("a", [5]), d.__delitem__("b"), list(d.items()))[2],
}


@pytest.mark.parametrize("way", WAYS)
def test_it_answers_as_a_plain_dict_would(way):
    assert WAYS[way](frozen()) == WAYS[way](dict(PLAIN))


def test_a_value_thaws_once_and_stays_the_same_thing():
    thing = frozen()
    thing["a"].append(2)
    assert thing["a"] is thing["a"]
    assert thing == {**PLAIN, "a": [1, 2]}


def rich() -> tuple[MemoryLog, Folded]:
    """The first history in which every part that freezes holds something, whatever the dice give this year."""
    for seed in range(50):
        log, folded = MemoryLog("north"), Folded()
        log.append(story(random.Random(seed), 900), 0)
        for entry in log.read():
            folded.fold(entry)
        if all(getattr(getattr(folded, part), name) for part, name, _ in FROZEN):
            return log, folded
    raise AssertionError("no history fills every part: tests/world.py must give it")


def test_what_lies_in_a_snapshot_is_frozen_until_it_is_asked_for(tmp_path):
    log, folded = rich()
    keep = Snapshots(tmp_path, log)
    keep.write(folded)
    state = keep.load()
    assert state is not None
    for part, name, _ in FROZEN:
        lying = dict.values(getattr(getattr(state, part), name))
        assert lying, f"nothing in {part}.{name}: this test proves nothing"
        assert all(type(value) is msgspec.Raw for value in lying)
    call = next(iter(state.room.calls))
    ahead_of(state.room).calls[call].answered_by = "somebody else"
    assert state == folded, "a room that runs ahead changed the one beneath"
    keep.write(state)  # half thawed
    assert keep.load() == folded
