"""The search with the states that leave no choice taken out: for times, while no road is closed.

A state with one way on is only a stretch of the way to the next that has several; one with none leads nowhere. Both are
left out, their seconds added to the arcs that lead through them. What is asked about them is asked of their neighbours:
a point on such a state hangs on every state that leads to it, and a search that begins on one begins where it leads.
Answers are those of `kernel.search`, which stays the truth. Refuses to know direction, places and routes.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tocsin.geo.kernel import (
    FIRST_POINT,
    METRES,
    NEXT,
    ROW_METRES,
    SECONDS,
    SLOT,
    STAMP,
    STATE,
    Answer,
    Ends,
    Net,
    Scratch,
    _hang,
    _reach,
)

_TO, _ARC_METRES, _ARC_SECONDS = 0, 1, 1  # columns of the arcs seen as int32, float32 and float64
_STACK, _WALK, _FEEDERS = 4_096, 4_096, 64


class TooWinding(Exception):  # noqa: N818 - a state of the map, not of the program
    """The stretch around an end is too long for the memory set aside: ask the plain search."""


@dataclass(frozen=True, slots=True)
class Core:
    """One direction and profile of a graph: K states with a choice, and the arcs between them.

    number (S,) the state's number in the core or -1; first (K + 1,); arc (A, 4) int32: state led to, metres as float32
    bits, seconds of driving the state and the arc as float64 bits. `net` is what it was made from, `back` the same
    against the direction of search.
    """

    net: Net
    back: Net
    number: NDArray[np.int32]
    first: NDArray[np.int32]
    arc: NDArray[np.int32]
    longest_s: float
    views: tuple[Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "views", (self.arc.view(np.float32), self.arc.view(np.float64)))

    def scratch(self, per_s: float) -> Scratch:
        """Working memory for one thread."""
        return Scratch.sized(len(self.first) - 1, len(self.arc), int(self.longest_s * per_s) + 3)


def core_of(net: Net, back: Net) -> Core:
    """Take the states that leave no choice out of a net; `back` holds the same arcs by their other end."""
    first, profile = net.row_i[:, 0].astype(np.int64), net.profile
    ways_on = np.diff(first)
    row_s, row_m = net.row_f[:-1, profile].astype(np.float64), net.row_f[:-1, ROW_METRES].astype(np.float64)
    to, turn_s = net.arc_i[:, 0].astype(np.int64), net.arc_f[:, profile].astype(np.float64)
    leads, through_s, through_m = _stretches(first, ways_on, row_s, row_m, to, turn_s)
    choice = ways_on > 1
    number = np.where(choice, np.cumsum(choice) - 1, -1).astype(np.int32)
    start = np.repeat(np.arange(len(ways_on)), ways_on)
    end = leads[to]
    kept = choice[start] & choice[end]
    start, to, end, turn_s = start[kept], to[kept], end[kept], turn_s[kept]
    arc = np.zeros((len(start), 4), np.int32)
    arc[:, _TO] = number[end]
    arc.view(np.float32)[:, _ARC_METRES] = row_m[start] + through_m[to]
    arc.view(np.float64)[:, _ARC_SECONDS] = row_s[start] + turn_s + through_s[to]
    counts = np.bincount(number[start], minlength=int(choice.sum()))
    rows = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    longest = max(arc.view(np.float64)[:, _ARC_SECONDS].max(initial=0.0), through_s.max(initial=0.0))
    longest += row_s.max(initial=0.0) + turn_s.max(initial=0.0)
    return Core(net, back, number, rows, arc, float(longest))


def _stretches(first: Any, ways_on: Any, row_s: Any, row_m: Any, to: Any, turn_s: Any) -> tuple[Any, Any, Any]:
    """Where each state leads once there is a choice, and the seconds and metres until then. By pointer doubling.

    A state that never gets to one (a ring without an exit, a dead end) leads to a state without a choice.
    """
    n = len(ways_on)
    only = ways_on == 1
    leads, seconds, metres = np.arange(n), np.zeros(n), np.zeros(n)
    one = np.flatnonzero(only)
    leads[one] = to[first[one]]
    seconds[one], metres[one] = row_s[one] + turn_s[first[one]], row_m[one]
    for _ in range(n.bit_length() + 1):
        going = np.flatnonzero(only & only[leads])
        if not len(going):
            break
        via = leads[going]
        seconds[going], metres[going] = seconds[going] + seconds[via], metres[going] + metres[via]
        leads[going] = leads[via]
    endless = only & only[leads]
    seconds[endless] = metres[endless] = 0.0
    return leads, seconds, metres


def search_core(
    core: Core, seeds: Ends, points: Ends, answer: Answer, scratch: Scratch, mark: int, limit_s: float, per_s: float
) -> None:
    """As `kernel.search`, for seconds and metres alone; `answer.best` says nothing. Raises TooWinding."""
    net, back, number = core.net, core.back, core.number
    begin = _begin(
        *net[:5], number, seeds.state, seeds.seconds, seeds.metres,
        points.state, points.point, points.seconds, points.metres, answer.seconds, answer.metres,
    )  # fmt: skip
    hung = _feeders(
        back.row_i, net.row_f, back.arc_i, back.arc_f, net.profile, number,
        points.state, points.point, points.seconds, points.metres,
    )  # fmt: skip
    if begin[0] < 0 or hung[0] < 0:
        raise TooWinding
    seed_state, seed_s, seed_m = (part[: begin[0]] for part in begin[1:])
    state, point, point_s, point_m = (part[: hung[0]] for part in hung[1:])
    scratch.heads[:] = -1
    scratch.entries[0, STATE] = 1
    scratch.entries[0, NEXT] = -1
    after_point = np.empty(len(state), np.int32)
    _hang(state, after_point, scratch.link, scratch.label, mark)
    if _spread(
        core.first, core.arc, *core.views, seed_state, seed_s, seed_m, point, point_s, point_m, after_point,
        *answer, *scratch, mark, limit_s, per_s,
    ):  # fmt: skip
        raise MemoryError("the search ran out of its scratch memory; `Core.scratch` gave it too little")


@njit(cache=True, nogil=True, error_model="numpy")
def _begin(  # type: ignore[no-untyped-def]
    row_i, row_f, arc_i, arc_f, profile, number, seed_state, seed_s, seed_m, at, point, point_s, point_m, best_s, best_m
):  # fmt: skip
    """Follow each seed's ways to the first state with a choice; points passed on the way are told at once."""
    state, seconds, metres = np.empty(_WALK, np.int64), np.empty(_WALK), np.empty(_WALK)
    n = 0
    for i in range(seed_state.shape[0]):
        for a in range(row_i[seed_state[i], 0], row_i[seed_state[i] + 1, 0]):
            s, on_s, on_m = arc_i[a, 0], seed_s[i] + arc_f[a, profile], seed_m[i]
            steps = 0
            while number[s] < 0:
                for p in range(at.shape[0]):
                    if at[p] == s and on_s + point_s[p] < best_s[point[p]]:
                        best_s[point[p]], best_m[point[p]] = on_s + point_s[p], on_m + point_m[p]
                first = row_i[s, 0]
                steps += 1
                if steps >= _WALK:
                    return -1, state, seconds, metres
                if row_i[s + 1, 0] == first or s == seed_state[i]:
                    break
                on_s, on_m = on_s + row_f[s, profile] + arc_f[first, profile], on_m + row_f[s, ROW_METRES]
                s = arc_i[first, 0]
            if number[s] >= 0:
                if n >= _WALK:
                    return -1, state, seconds, metres
                state[n], seconds[n], metres[n] = number[s], on_s, on_m
                n += 1
    return n, state, seconds, metres


@njit(cache=True, nogil=True, error_model="numpy")
def _feeders(  # type: ignore[no-untyped-def]
    back_i, row_f, back_arc_i, back_arc_f, profile, number, at, point, point_s, point_m
):
    """Hang each point on states with a choice: its own, or all from which the way leads to it without another."""
    most = _FEEDERS * (at.shape[0] + 64)
    state, who, seconds, metres = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most), np.empty(most)
    wait, wait_s, wait_m = np.empty(_STACK, np.int64), np.empty(_STACK), np.empty(_STACK)
    n = 0
    for p in range(at.shape[0]):
        wait[0], wait_s[0], wait_m[0] = at[p], point_s[p], point_m[p]
        waiting = 1
        while waiting > 0:
            waiting -= 1
            s, on_s, on_m = wait[waiting], wait_s[waiting], wait_m[waiting]
            if number[s] >= 0:
                if n >= most:
                    return -1, state, who, seconds, metres
                state[n], who[n], seconds[n], metres[n] = number[s], point[p], on_s, on_m
                n += 1
                continue
            for a in range(back_i[s, 0], back_i[s + 1, 0]):
                before = back_arc_i[a, 0]
                if before == at[p]:
                    continue  # once around a ring
                if waiting >= _STACK:
                    return -1, state, who, seconds, metres
                wait[waiting] = before
                wait_s[waiting] = on_s + row_f[before, profile] + back_arc_f[a, profile]
                wait_m[waiting] = on_m + row_f[before, ROW_METRES]
                waiting += 1
    return n, state, who, seconds, metres


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(  # type: ignore[no-untyped-def] # noqa: PLR0912, PLR0915 - one loop, as in the kernel
    row, arc_i, arc_f, arc_d, seed_state, seed_s, seed_m, point, point_s, point_m, after_point,
    best_s, best_m, best, link, label, heads, entries, mark, limit_s, per_s,
):  # fmt: skip
    ring = heads.shape[0] - 1
    seed = waiting = bucket = 0
    open_points = np.isinf(best_s).sum()
    while seed < seed_state.shape[0] or waiting > 0:
        begin = seed < seed_state.shape[0]
        if begin:
            first = 0
            last = 1
            s, on_s, on_m = seed_state[seed], seed_s[seed], seed_m[seed]
            seed += 1
        else:
            entry = heads[bucket & ring]
            if entry < 0:
                bucket += 1
                if bucket > limit_s * per_s or (open_points == 0 and best_s.max() * per_s <= bucket):
                    break
                continue
            heads[bucket & ring] = entries[entry, NEXT]
            entries[entry, NEXT] = entries[0, NEXT]
            entries[0, NEXT] = entry
            waiting -= 1
            s = entries[entry, STATE]
            if link[s, SLOT] != bucket & ring:
                continue
            link[s, SLOT] = -1
            if link[s, FIRST_POINT] >= 0:
                open_points -= _reach(s, point, point_s, point_m, after_point, best_s, best_m, best, link, label)
            first, last = row[s], row[s + 1]
            on_s, on_m = label[s, SECONDS], label[s, METRES]
        for a in range(first, last):
            if begin:
                to, to_s, to_m = s, on_s, on_m
            else:
                to, to_s, to_m = arc_i[a, _TO], on_s + arc_d[a, _ARC_SECONDS], on_m + arc_f[a, _ARC_METRES]
            if link[to, STAMP] != mark:
                link[to, STAMP] = mark
                link[to, SLOT] = link[to, FIRST_POINT] = -1
            elif to_s >= label[to, SECONDS]:
                continue
            label[to, SECONDS], label[to, METRES] = to_s, to_m
            slot = int(to_s * per_s) & ring
            if link[to, SLOT] != slot:
                entry = entries[0, NEXT]
                if entry >= 0:
                    entries[0, NEXT] = entries[entry, NEXT]
                else:
                    entry = entries[0, STATE]
                    if entry >= entries.shape[0]:
                        return True
                    entries[0, STATE] = entry + 1
                link[to, SLOT], entries[entry, STATE], entries[entry, NEXT] = slot, to, heads[slot]
                heads[slot] = entry
                waiting += 1
    return False
