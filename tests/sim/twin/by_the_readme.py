"""The outside simulator's rules, written again from its README alone, as a truth for traces that it never saw.

Shares nothing with the twin: no heap, no room, no classes, minutes instead of seconds, and any kind of number. With
fractions every tie is a tie. For tests only. The rules: ../shared/oracles/utrecht/README.md, "Rules of the simulated
service".
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Call = tuple[Any, int, Any, bool, Any]
"""(minutes since the call before, node, minutes on scene, taken to a hospital, minutes to hand over)."""


def replay(
    siren: Sequence[Sequence[Any]],
    points: Sequence[tuple[Any, Any]],
    hospitals: Sequence[int],
    bases: Sequence[int],
    calls: Sequence[Call],
    slower: Any = Fraction(19, 20),
) -> list[tuple[int, Any]]:
    """(unit, response in minutes) of each call. `slower` is 0.95 as a number of the kind the others are."""
    idle: dict[int, tuple[int, Any]] = {unit: (base, 0) for unit, base in enumerate(bases)}
    """Where and when each idle unit left for its base."""
    driving: list[tuple[Any, int, int]] = []
    """(when free, unit, where then) of each busy unit."""
    waiting: list[int] = []
    told: dict[int, tuple[int, Any]] = {}
    arrived: list[Any] = []

    def stands_at(unit: int, now: Any) -> int:
        left, since = idle[unit]
        base = bases[unit]
        takes = siren[left][base] / slower
        if left == base or now - since >= takes:
            return base
        share = (now - since) / takes
        (ax, ay), (bx, by) = points[left], points[base]
        x, y = ax + share * (bx - ax), ay + share * (by - ay)
        far = [(px - x) * (px - x) + (py - y) * (py - y) for px, py in points]
        return far.index(min(far))

    def serve(unit: int, origin: int, call: int, now: Any) -> None:
        _, node, aid, to_hospital, hand_over = calls[call]
        there = now + siren[origin][node]
        told[call] = unit, there - arrived[call]
        done = there + aid
        if to_hospital and hospitals:
            hospital = min(hospitals, key=lambda h: siren[node][h])
            driving.append((done + siren[node][hospital] + hand_over, unit, hospital))
        else:
            driving.append((done, unit, node))

    def release(until: Any) -> None:
        while driving and (until is None or min(driving)[0] <= until):
            freed = min(driving)
            driving.remove(freed)
            now, unit, node = freed
            if waiting:
                serve(unit, node, waiting.pop(0), now)
            else:
                idle[unit] = node, now

    now = 0
    for call, (gap, node, *_) in enumerate(calls):
        now = now + gap
        arrived.append(now)
        release(now)
        if not idle:
            waiting.append(call)
            continue
        at = {unit: stands_at(unit, now) for unit in idle}
        unit = min(idle, key=lambda one: (siren[at[one]][node], one))
        del idle[unit]
        serve(unit, at[unit], call, now)
    release(None)
    return [told[call] for call in range(len(calls))]
