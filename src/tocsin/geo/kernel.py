"""The search over states, compiled: shortest times from a few seeds to many points.

Dijkstra's algorithm on a ring of buckets (Dial 1969), label-correcting inside a bucket, so it is exact for any bucket
width that the ring is sized for. Refuses to know direction (it is handed the arcs), places, files or names.
"""

# The search is bound by memory, not by arithmetic: what it needs of one state lies together.
from typing import Any, NamedTuple

import numpy as np
from numba import njit

STAMP, SLOT, PARENT, FIRST_POINT = range(4)  # columns of `link`
SECONDS, METRES = 2, 3  # columns of `label`, which is the same memory seen as float64: one cache line holds a state
STATE, NEXT = range(2)  # columns of `entries`
ROW_METRES = 3  # column of `row_f`


class Net(NamedTuple):
    """The arcs in the direction of search, packed as `graph.pack_rows` and `graph.pack_arcs` lay them out.

    row_i and row_f (S + 1, 4) share their memory, as do arc_i and arc_f (A, 3); `profile` is the column of seconds in
    both (1 NORMAL, 2 SIREN); closed (S,) uint8.
    """

    row_i: Any
    row_f: Any
    arc_i: Any
    arc_f: Any
    profile: int
    closed: Any


class Ends(NamedTuple):
    """States a search begins at, or states points are reached by, with the seconds and metres to add there."""

    state: Any
    point: Any
    seconds: Any
    metres: Any


class Answer(NamedTuple):
    """Per point: seconds, metres and the index into Ends it was reached by. Comes filled with what is known already."""

    seconds: Any
    metres: Any
    best: Any


class Scratch(NamedTuple):
    """One thread's working memory.

    link (S, 8) int32 and label (S, 4) float64 share their memory; heads: the ring, a power of two of buckets,
    int32; entries (N, 2) int32: what waits in the buckets, as linked lists, entry 0 being the head of the free list.
    """

    link: Any
    label: Any
    heads: Any
    entries: Any

    @staticmethod
    def sized(n_states: int, n_arcs: int, n_buckets: int) -> "Scratch":
        """Memory for a graph of so many states and arcs, and a ring of at least so many buckets.

        An arc is tried again only while its bucket is being emptied, so a state waits at most twice for each arc.
        """
        link = np.zeros((n_states, 8), np.int32)
        return Scratch(
            link,
            link.view(np.float64),
            np.zeros(1 << (n_buckets - 1).bit_length(), np.int32),
            np.zeros((2 * n_arcs + 2, 2), np.int32),
        )


def search(
    net: Net, seeds: Ends, points: Ends, answer: Answer, scratch: Scratch, mark: int, limit_s: float, per_s: float
) -> int:
    """Spread from the seeds until every point's time is final, the limit is passed or nothing is left.

    `per_s` is buckets a second. A seed's neighbours are reached with its offset. A closed state gets a label but passes
    none on. A state with one way on, where no point waits, is passed through at once instead of being queued: its label
    may be lowered later, and is then passed on again. Returns how many states passed their label on. MemoryError: the
    scratch was sized for a smaller graph.
    """
    scratch.heads[:] = -1
    scratch.entries[0, STATE] = 1  # the first never used
    scratch.entries[0, NEXT] = -1  # the first given back
    after_point = np.empty(points.state.shape[0], np.int32)
    _hang(points.state, after_point, scratch.link, scratch.label, mark)
    start = (seeds.state, seeds.seconds, seeds.metres)
    hung = (points.point, points.seconds, points.metres, after_point)
    spread = int(_spread(*net, *start, *hung, *answer, *scratch, mark, limit_s, per_s))
    if spread < 0:
        raise MemoryError("the search ran out of its scratch memory; `Scratch.sized` gave it too little")
    return spread


# Compiled, and with plain arrays: taking one out of a tuple counts a reference, which costs more than the work itself.


@njit(cache=True, nogil=True, error_model="numpy")
def _hang(point_state: Any, after_point: Any, link: Any, label: Any, mark: int) -> None:
    """Hang each point on the list of its state."""
    for i in range(point_state.shape[0]):
        s = point_state[i]
        if link[s, STAMP] != mark:
            link[s, STAMP] = mark
            link[s, SLOT] = link[s, FIRST_POINT] = -1
            label[s, SECONDS] = np.inf
        after_point[i] = link[s, FIRST_POINT]
        link[s, FIRST_POINT] = i


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(  # noqa: PLR0912, PLR0915 - one loop, kept whole because calls inside it would double its time
    row_i: Any, row_f: Any, arc_i: Any, arc_f: Any, profile: int, closed: Any, seed_state: Any, seed_s: Any,
    seed_m: Any, point: Any, point_s: Any, point_m: Any, after_point: Any, best_s: Any, best_m: Any, best: Any,
    link: Any, label: Any, heads: Any, entries: Any, mark: int, limit_s: float, per_s: float,
) -> int:  # fmt: skip
    ring = heads.shape[0] - 1
    seed = waiting = spread = bucket = 0
    open_points = np.isinf(best_s).sum()
    while seed < seed_state.shape[0] or waiting > 0:
        if seed < seed_state.shape[0]:
            s, on_s, on_m, parent = seed_state[seed], seed_s[seed], seed_m[seed], -1 - seed
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
                continue  # it was lowered since, and went to an earlier bucket
            link[s, SLOT] = -1
            if link[s, FIRST_POINT] >= 0:
                open_points -= _reach(s, point, point_s, point_m, after_point, best_s, best_m, best, link, label)
            if closed[s]:
                continue
            spread += 1
            on_s, on_m, parent = label[s, SECONDS] + row_f[s, profile], label[s, METRES] + row_f[s, ROW_METRES], s
        for a in range(row_i[s, 0], row_i[s + 1, 0]):
            to, to_s, to_m, by = arc_i[a, 0], on_s + arc_f[a, profile], on_m, parent
            while True:
                if link[to, STAMP] != mark:
                    link[to, STAMP] = mark
                    link[to, SLOT] = link[to, FIRST_POINT] = -1
                elif to_s >= label[to, SECONDS]:
                    break
                label[to, SECONDS], label[to, METRES], link[to, PARENT] = to_s, to_m, by
                if link[to, FIRST_POINT] < 0:
                    # Nobody waits here: with no way on there is nothing to do, with one it is taken without queueing.
                    first = row_i[to, 0]
                    ways_on = 0 if closed[to] else row_i[to + 1, 0] - first
                    on_to_s = to_s + row_f[to, profile] + arc_f[first, profile] if ways_on == 1 else 0.0
                    if ways_on == 0 or (ways_on == 1 and int(on_to_s * per_s) - bucket < ring):
                        link[to, SLOT] = -1
                        if ways_on == 0:
                            break
                        spread, to_m = spread + 1, to_m + row_f[to, ROW_METRES]
                        by, to, to_s = to, arc_i[first, 0], on_to_s
                        continue
                slot = int(to_s * per_s) & ring
                if link[to, SLOT] != slot:
                    entry = entries[0, NEXT]
                    if entry >= 0:
                        entries[0, NEXT] = entries[entry, NEXT]
                    else:
                        entry = entries[0, STATE]
                        if entry >= entries.shape[0]:
                            return -1
                        entries[0, STATE] = entry + 1
                    link[to, SLOT], entries[entry, STATE], entries[entry, NEXT] = slot, to, heads[slot]
                    heads[slot] = entry
                    waiting += 1
                break
    return spread


@njit(cache=True, nogil=True, error_model="numpy")
def _reach(
    s: int,
    point: Any,
    point_s: Any,
    point_m: Any,
    after_point: Any,
    best_s: Any,
    best_m: Any,
    best: Any,
    link: Any,
    label: Any,
) -> int:
    """Tell the points that hang on a state. Returns how many were reached for the first time."""
    reached = 0
    c = link[s, FIRST_POINT]
    while c >= 0:
        p = point[c]
        total = label[s, SECONDS] + point_s[c]
        if total < best_s[p]:
            reached += best_s[p] == np.inf
            best_s[p], best_m[p], best[p] = total, label[s, METRES] + point_m[c], c
        c = after_point[c]
    return reached
