"""What judges a soak can say no: positions that are not there, stack traces in a node's log."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.nodes.city import Move
from tests.nodes.promises import TICK_S, lost, said, traces

T0 = 1_000.0
HERE, THERE = 9001, 9002


def moved(at: float, unit: str = "E1", port: int = HERE) -> Move:
    return Move(unit, T0 + at, 38.7, -9.1, port)


@pytest.mark.parametrize(
    ("kept", "deaths", "gone"),
    [
        ([0.0, 1.0, 20.0], [], []),
        ([1.0, 20.0], [], []),  # overtaken by the next, before the tick
        ([0.0, 1.0], [], [20.0]),
        ([0.0, 20.0], [], [1.0]),  # the next came too late to have overtaken it
        ([0.0, 1.0], [(21.0, HERE)], []),
        ([0.0, 1.0], [(21.0, None)], []),
        ([0.0, 1.0], [(21.0, THERE)], [20.0]),
        ([0.0, 1.0], [(19.0, HERE)], [20.0]),  # it died before, and was up again
        ([0.0, 1.0], [(20.0 + TICK_S + 1, HERE)], [20.0]),
    ],
)
def test_a_position_is_recorded_overtaken_or_died_with_its_node_or_else_it_is_lost(kept, deaths, gone):
    taken = [moved(at) for at in (0.0, 1.0, 20.0)]
    there = {("E1", T0 + at) for at in kept}
    found = lost(taken, there, [(T0 + at, port) for at, port in deaths], Counter())
    assert [move.at - T0 for move in found] == gone


def test_what_another_unit_or_another_node_told_overtakes_nothing():
    taken = [moved(0.0), moved(1.0, "E2"), moved(1.0, port=THERE)]
    found = lost(taken, {("E2", T0 + 1.0), ("E1", T0 + 1.0)}, [], Counter())
    assert list(found) == taken[:1]


def test_every_kind_of_stack_trace_is_found_and_nothing_else(tmp_path):
    log = tmp_path / "a.log"
    trace = 'Traceback (most recent call last):\n  File "a.py", line {}, in f\nValueError: {}\n'
    log.write_text("10:00:01 INFO all is well\n")
    assert traces([log]) == []
    log.write_text(
        "10:00:02 ERROR a tick failed\n" + trace.format(7, "x") * 2 + trace.format(7, "y") + "10:00:03 INFO on\n"
    )
    first, second = traces([log])
    assert "a tick failed" in first
    assert "ValueError: x" in first
    assert "ValueError: y" in second
    assert said([log])["… ERROR a tick failed"] == 1
