"""The compiled loop of the twin. Mirrors `core` and `policies` sum by sum, so that both give the same numbers.

Plain arrays; refuses to know names, facts and files. What a place adds and loses is kept as units come and go, and a
spot's sum is kept until a place that it reaches has changed: sums run in the plain code's order, only less often.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit


class Net(NamedTuple):
    """siren_s (n, n), x_m and y_m (n,) float64; hospital (n,) nearest or -1, stations int64; slower a share.

    `squares` says which nodes can be nearest in a square of the plane, as `nearest.Squares`.
    """

    siren_s: Any
    squares: Any
    x_m: Any
    y_m: Any
    hospital: Any
    stations: Any
    slower: float


class Flat(NamedTuple):
    """A cover: places reached from node a on layer l are place[l, first[l, a]:first[l, a + 1]]; worth (layers, k).

    spot (n,) numbers the nodes where free units may stand, -1 for others; node (spots,) the other way; meet (spots,
    spots) is whether two of them reach a place both. more, less (layers, n): what one unit more adds to a place, and
    one less takes; gain, lost (spots,): their sums, where fresh_gain and fresh_lost say that they hold.
    """

    first: Any
    place: Any
    weight: Any
    worth: Any
    spot: Any
    node: Any
    meet: Any
    counts: Any
    more: Any
    less: Any
    gain: Any
    lost: Any
    fresh_gain: Any
    fresh_lost: Any


class Told(NamedTuple):
    """A policy in numbers; see `compiled.Rules`."""

    dispatch: int
    relocate: int
    limit_s: float
    loss_weight: float
    minute_weight: float
    home_minute_cost: float
    after_sent: bool
    after_freed: bool
    least: float
    minute_cost: float
    spread: float


class Crews(NamedTuple):
    """Units: where they drive from and to, since when and how long; busy until `free_at` (inf: free) and then where."""

    origin: Any
    target: Any
    left_at: Any
    drive_s: Any
    busy: Any
    free_at: Any
    free_node: Any
    base: Any

    @classmethod
    def at_bases(cls, bases: Any) -> Crews:
        """Every unit free at its base."""
        n = len(bases)
        return cls(
            bases.copy(),
            bases.copy(),
            np.zeros(n),
            np.zeros(n),
            np.zeros(n, np.bool_),
            np.full(n, np.inf),
            bases.copy(),
            bases,
        )


@njit(cache=True, nogil=True, error_model="numpy")
def nearest(net, x, y):  # type: ignore[no-untyped-def]
    """`nearest.Nearest.to`, for a point between two nodes."""
    squares = net.squares
    column, row = int((x - squares.west) // squares.side), int((y - squares.south) // squares.side)
    square = min(max(row, 0), squares.rows - 1) * squares.columns + min(max(column, 0), squares.columns - 1)
    best, best_m2 = 0, np.inf
    for k in range(squares.first[square], squares.first[square + 1]):
        i = squares.point[k]
        dx, dy = net.x_m[i] - x, net.y_m[i] - y
        m2 = dx * dx + dy * dy
        if m2 < best_m2:
            best, best_m2 = i, m2
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def node_of(crews, net, u, now):  # type: ignore[no-untyped-def]
    """Node at which a free unit is now."""
    drive_s, a, b = crews.drive_s[u], crews.origin[u], crews.target[u]
    if drive_s <= 0.0:
        return b
    share = (now - crews.left_at[u]) / drive_s
    if a == b or share <= 0.0:
        return a
    if share >= 1.0:
        return b
    x = net.x_m[a] + share * (net.x_m[b] - net.x_m[a])
    y = net.y_m[a] + share * (net.y_m[b] - net.y_m[a])
    return nearest(net, x, y)


@njit(cache=True, nogil=True, error_model="numpy")
def rest_s(crews, u, now):  # type: ignore[no-untyped-def]
    """Seconds that a free unit still drives."""
    return max(0.0, crews.drive_s[u] - (now - crews.left_at[u])) if crews.drive_s[u] > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def count_in(flat, node, units):  # type: ignore[no-untyped-def]
    """Count units more at a node, and keep what its places add and lose."""
    for layer in range(len(flat.first)):
        for k in range(flat.first[layer, node], flat.first[layer, node + 1]):
            place = flat.place[layer, k]
            count = flat.counts[layer, place] + units
            flat.counts[layer, place] = count
            flat.more[layer, place] = flat.weight[place] * flat.worth[layer, count]
            flat.less[layer, place] = flat.weight[place] * flat.worth[layer, count - 1] if count > 0 else 0.0
    spot = flat.spot[node]
    for other in range(len(flat.node)):
        if flat.meet[spot, other]:
            flat.fresh_gain[other] = flat.fresh_lost[other] = False


@njit(cache=True, nogil=True, error_model="numpy")
def total(flat, values, node):  # type: ignore[no-untyped-def]
    """By layer, the places that a node reaches in order."""
    out = 0.0
    for layer in range(len(flat.first)):
        part = 0.0
        for k in range(flat.first[layer, node], flat.first[layer, node + 1]):
            part += values[layer, flat.place[layer, k]]
        out += part
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def gained(flat, spot):  # type: ignore[no-untyped-def]
    """`Cover.gained`: what one more unit at a spot adds."""
    if not flat.fresh_gain[spot]:
        flat.gain[spot], flat.fresh_gain[spot] = total(flat, flat.more, flat.node[spot]), True
    return flat.gain[spot]


@njit(cache=True, nogil=True, error_model="numpy")
def lost(flat, spot):  # type: ignore[no-untyped-def]
    """`Cover.lost`: what taking a unit away from a spot costs."""
    if not flat.fresh_lost[spot]:
        flat.lost[spot], flat.fresh_lost[spot] = total(flat, flat.less, flat.node[spot]), True
    return flat.lost[spot]


@njit(cache=True, nogil=True, error_model="numpy")
def moved(flat, origin, target):  # type: ignore[no-untyped-def]
    """`Cover.moved`: what a unit that goes from one spot to the other adds."""
    if not flat.meet[origin, target]:
        return gained(flat, target) - lost(flat, origin)
    leaves, node = flat.node[origin], flat.node[target]
    out = 0.0
    for layer in range(len(flat.first)):
        part, k, last = 0.0, flat.first[layer, leaves], flat.first[layer, leaves + 1]
        for i in range(flat.first[layer, node], flat.first[layer, node + 1]):
            place = flat.place[layer, i]
            while k < last and flat.place[layer, k] < place:
                k += 1
            here = k < last and flat.place[layer, k] == place
            part += flat.less[layer, place] if here else flat.more[layer, place]
        out += part
    return out - lost(flat, origin)


@njit(cache=True, nogil=True, error_model="numpy")
def drive_to(crews, net, u, node, base, now):  # type: ignore[no-untyped-def]
    """Set off without siren; answers the seconds."""
    crews.origin[u], crews.target[u], crews.left_at[u] = node, base, now
    crews.drive_s[u] = net.siren_s[node, base] / net.slower
    return crews.drive_s[u]


@njit(cache=True, nogil=True, error_model="numpy")
def p_within(told, eta_s):  # type: ignore[no-untyped-def]
    """`arrival.p_within` of a drive from a position that was just reported."""
    if told.spread == 0.0 or eta_s <= 0.0:
        return 1.0 if eta_s <= told.limit_s else 0.0
    return 0.5 * math.erfc(-math.log(told.limit_s / eta_s) / (told.spread * math.sqrt(2.0)))


@njit(cache=True, nogil=True, error_model="numpy")
def advise(crews, net, flat, told, node, now):  # type: ignore[no-untyped-def]
    """`advise.choose` for one seat: the least cost; of equals the one that costs less alone, is nearer, comes first."""
    best, best_own, chosen, chosen_s = np.inf, np.inf, -1, np.inf
    for u in range(len(crews.busy)):
        if crews.busy[u]:
            continue
        eta_s, at = net.siren_s[node_of(crews, net, u, now), node], flat.spot[crews.target[u]]
        own = 1.0 * (1.0 - p_within(told, eta_s)) + told.minute_weight * eta_s / 60.0 + 0.0
        cost = own + told.loss_weight * lost(flat, at)
        less = cost < best or (cost == best and (own < best_own or (own == best_own and eta_s < chosen_s)))
        if chosen < 0 or less:
            best, best_own, chosen, chosen_s = cost, own, u, eta_s
    return chosen, chosen_s


@njit(cache=True, nogil=True, error_model="numpy")
def choose(crews, net, flat, told, node, now):  # type: ignore[no-untyped-def]
    """The unit to send to `node`, and its seconds; (-1, inf) when none is free."""
    if told.dispatch == 3:
        return advise(crews, net, flat, told, node, now)
    best_late, best, chosen, chosen_s = True, np.inf, -1, np.inf
    for u in range(len(crews.busy)):
        if crews.busy[u]:
            continue
        eta_s = net.siren_s[node_of(crews, net, u, now), node]
        if told.dispatch == 0:
            late, cost = False, eta_s
        else:
            at = flat.spot[crews.target[u]]
            late = told.dispatch == 1 and eta_s > told.limit_s
            cost = loses = lost(flat, at)
            if told.dispatch == 2:
                cost = 1.0 if eta_s > told.limit_s else 0.0
                cost = cost + told.loss_weight * loses + told.minute_weight * (eta_s / 60.0)
        if chosen < 0 or (best_late and not late) or (late == best_late and cost < best):
            best_late, best, chosen, chosen_s = late, cost, u, eta_s
    return chosen, chosen_s


@njit(cache=True, nogil=True, error_model="numpy")
def home(crews, net, flat, told, u, node):  # type: ignore[no-untyped-def]
    """The base a freed unit drives to."""
    if told.relocate == 0:
        return crews.base[u]
    best, most = -1, -np.inf
    for base in net.stations:
        gain = gained(flat, flat.spot[base]) - told.home_minute_cost * (net.siren_s[node, base] / net.slower / 60.0)
        if gain > most:
            best, most = base, gain
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def move(crews, net, flat, told, added, now):  # type: ignore[no-untyped-def]
    """(unit, base) that moves up; unit -1 for nobody. `added` (spots,) is scratch."""
    most, base = -np.inf, -1
    for one in net.stations:
        gain = gained(flat, flat.spot[one])
        if gain > most:
            most, base = gain, one
    best, chosen = told.least, -1
    if most <= told.least:
        return chosen, base
    added[:] = np.nan
    for u in range(len(crews.busy)):
        if crews.busy[u] or crews.target[u] == base:
            continue
        at = flat.spot[crews.target[u]]
        if np.isnan(added[at]):
            added[at] = moved(flat, at, flat.spot[base])
        if added[at] <= best:
            continue
        drive_s = net.siren_s[node_of(crews, net, u, now), base] / net.slower
        worth = added[at] - told.minute_cost * ((drive_s - rest_s(crews, u, now)) / 60.0)
        if worth > best:
            best, chosen = worth, u
    return chosen, base


@njit(cache=True, nogil=True, error_model="numpy")
def serve(calls, net, crews, u, c, now, eta_s, unit, response_s):  # type: ignore[no-untyped-def]
    """Unit u takes call c: from now to the instant it is free again, and where."""
    arrives = now + calls.turnout_s[c] + eta_s
    unit[c], response_s[c] = u, arrives - calls.at[c]
    done, node = arrives + calls.scene_s[c], calls.node[c]
    if calls.to_hospital[c] and net.hospital[node] >= 0:
        done = done + net.siren_s[node, net.hospital[node]]
        done = done + calls.hand_over_s[c]
        node = net.hospital[node]
    crews.busy[u], crews.free_at[u], crews.free_node[u] = True, done, node


@njit(cache=True, nogil=True, error_model="numpy")
def run(calls, net, flat, told, crews, unit, response_s):  # type: ignore[no-untyped-def]
    """The loop: whoever is free first, then the next call. Fills `unit` and `response_s`; (relocation_s, moves)."""
    n, added = len(calls.at), np.zeros(len(flat.node))
    line, head, tail, free = np.zeros(n + 1, np.int64), 0, 0, len(crews.busy)
    counts = told.dispatch != 0 or told.relocate != 0 or told.after_sent or told.after_freed
    for u in range(free if counts else 0):
        count_in(flat, crews.target[u], 1)
    relocation_s, moves, c = 0.0, 0, 0
    while True:
        u = int(np.argmin(crews.free_at))
        freed_at, called_at = crews.free_at[u], calls.at[c] if c < n else np.inf
        if freed_at == np.inf and c >= n:
            return relocation_s, moves
        sent = freed_at > called_at
        if sent:
            now, call = called_at, c
            c += 1
            u, eta_s = choose(crews, net, flat, told, calls.node[call], now)
            if head < tail or u < 0:
                line[tail] = call
                tail += 1
                continue
            relocation_s -= rest_s(crews, u, now)
            if counts:
                count_in(flat, crews.target[u], -1)
            free -= 1
            serve(calls, net, crews, u, call, now, eta_s, unit, response_s)
        else:
            now, node = freed_at, crews.free_node[u]
            if head < tail:
                call = line[head]
                head += 1
                serve(calls, net, crews, u, call, now, net.siren_s[node, calls.node[call]], unit, response_s)
                continue
            crews.free_at[u] = np.inf
            base = home(crews, net, flat, told, u, node)
            crews.busy[u] = False
            free += 1
            relocation_s += drive_to(crews, net, u, node, base, now)
            if counts:
                count_in(flat, base, 1)
        if free > 1 and (told.after_sent if sent else told.after_freed):
            u, base = move(crews, net, flat, told, added, now)
            if u >= 0:
                node = node_of(crews, net, u, now)
                relocation_s -= rest_s(crews, u, now)
                count_in(flat, crews.target[u], -1)
                relocation_s += drive_to(crews, net, u, node, base, now)
                count_in(flat, base, 1)
                moves += 1
