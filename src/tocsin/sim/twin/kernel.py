"""The compiled loop of the twin. Mirrors `core` and `policies` sum by sum, so that both give the same numbers.

Plain arrays; refuses to know names, facts and files.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit


class Net(NamedTuple):
    """siren_s (n, n), x_m and y_m (n,) float64; hospital (n,) nearest or -1, stations int64; slower a share."""

    siren_s: Any
    x_m: Any
    y_m: Any
    hospital: Any
    stations: Any
    slower: float


class Flat(NamedTuple):
    """A cover: places reached from node a on layer l are place[l, first[l, a]:first[l, a + 1]]; worth (layers, k)."""

    first: Any
    place: Any
    weight: Any
    worth: Any


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
    best, best_m2 = 0, np.inf
    for i in range(len(net.x_m)):
        dx, dy = net.x_m[i] - x, net.y_m[i] - y
        m2 = dx * dx + dy * dy
        if m2 < best_m2:
            best, best_m2 = i, m2
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def rest_s(crews, u, now):  # type: ignore[no-untyped-def]
    """Seconds that a free unit still drives."""
    return max(0.0, crews.drive_s[u] - (now - crews.left_at[u])) if crews.drive_s[u] > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def count_in(flat, counts, node, units):  # type: ignore[no-untyped-def]
    """Count units more at a node."""
    for layer in range(len(flat.first)):
        for k in range(flat.first[layer, node], flat.first[layer, node + 1]):
            counts[layer, flat.place[layer, k]] += units


@njit(cache=True, nogil=True, error_model="numpy")
def gained(flat, counts, node, less):  # type: ignore[no-untyped-def]
    """`Cover.gained`."""
    total = 0.0
    for layer in range(len(flat.first)):
        part = 0.0
        for k in range(flat.first[layer, node], flat.first[layer, node + 1]):
            place = flat.place[layer, k]
            part += flat.weight[place] * flat.worth[layer, counts[layer, place] - less]
        total += part
    return total


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
def advise(crews, net, flat, told, counts, known, lost, stamp, node, now):  # type: ignore[no-untyped-def]
    """`advise.choose` for one seat: the least cost; of equals the one that costs less alone, is nearer, comes first."""
    best, best_own, chosen, chosen_s = np.inf, np.inf, -1, np.inf
    for u in range(len(crews.busy)):
        if crews.busy[u]:
            continue
        eta_s, at = net.siren_s[node_of(crews, net, u, now), node], crews.target[u]
        if known[at] != stamp:
            known[at], lost[at] = stamp, gained(flat, counts, at, 1)
        own = 1.0 * (1.0 - p_within(told, eta_s)) + told.minute_weight * eta_s / 60.0 + 0.0
        cost = own + told.loss_weight * lost[at]
        less = cost < best or (cost == best and (own < best_own or (own == best_own and eta_s < chosen_s)))
        if chosen < 0 or less:
            best, best_own, chosen, chosen_s = cost, own, u, eta_s
    return chosen, chosen_s


@njit(cache=True, nogil=True, error_model="numpy")
def choose(crews, net, flat, told, counts, known, lost, stamp, node, now):  # type: ignore[no-untyped-def]
    """The unit to send to `node`, and its seconds; (-1, inf) when none is free. `known` and `lost` are scratch."""
    if told.dispatch == 3:
        return advise(crews, net, flat, told, counts, known, lost, stamp, node, now)
    best_late, best, chosen, chosen_s = True, np.inf, -1, np.inf
    for u in range(len(crews.busy)):
        if crews.busy[u]:
            continue
        eta_s = net.siren_s[node_of(crews, net, u, now), node]
        if told.dispatch == 0:
            late, cost = False, eta_s
        else:
            at = crews.target[u]
            if known[at] != stamp:
                known[at], lost[at] = stamp, gained(flat, counts, at, 1)
            late = told.dispatch == 1 and eta_s > told.limit_s
            cost = lost[at]
            if told.dispatch == 2:
                cost = 1.0 if eta_s > told.limit_s else 0.0
                cost = cost + told.loss_weight * lost[at] + told.minute_weight * (eta_s / 60.0)
        if chosen < 0 or (best_late and not late) or (late == best_late and cost < best):
            best_late, best, chosen, chosen_s = late, cost, u, eta_s
    return chosen, chosen_s


@njit(cache=True, nogil=True, error_model="numpy")
def home(crews, net, flat, told, counts, u, node):  # type: ignore[no-untyped-def]
    """The base a freed unit drives to."""
    if told.relocate == 0:
        return crews.base[u]
    best, most = -1, -np.inf
    for base in net.stations:
        gain = gained(flat, counts, base, 0) - told.home_minute_cost * (net.siren_s[node, base] / net.slower / 60.0)
        if gain > most:
            best, most = base, gain
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def move(crews, net, flat, told, counts, known, added, stamp, now):  # type: ignore[no-untyped-def]
    """(unit, base) that moves up; unit -1 for nobody."""
    most, base = -np.inf, -1
    for one in net.stations:
        gain = gained(flat, counts, one, 0)
        if gain > most:
            most, base = gain, one
    best, chosen = told.least, -1
    if most <= told.least:
        return chosen, base
    for u in range(len(crews.busy)):
        at = crews.target[u]
        if crews.busy[u] or at == base:
            continue
        if known[at] != stamp:
            known[at] = stamp
            lost = gained(flat, counts, at, 1)
            count_in(flat, counts, at, -1)
            added[at] = gained(flat, counts, base, 0) - lost
            count_in(flat, counts, at, 1)
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
    n, nodes = len(calls.at), len(net.x_m)
    counts = np.zeros((len(flat.first), nodes), np.int64)
    known, scratch, stamp = np.zeros(nodes, np.int64), np.zeros(nodes), 0
    line, head, tail, free = np.zeros(n + 1, np.int64), 0, 0, len(crews.busy)
    for u in range(free):
        count_in(flat, counts, crews.target[u], 1)
    relocation_s, moves, c = 0.0, 0, 0
    while True:
        u = int(np.argmin(crews.free_at))
        freed_at, called_at = crews.free_at[u], calls.at[c] if c < n else np.inf
        if freed_at == np.inf and c >= n:
            return relocation_s, moves
        stamp += 1
        sent = freed_at > called_at
        if sent:
            now, call = called_at, c
            c += 1
            u, eta_s = choose(crews, net, flat, told, counts, known, scratch, stamp, calls.node[call], now)
            if head < tail or u < 0:
                line[tail] = call
                tail += 1
                continue
            relocation_s -= rest_s(crews, u, now)
            count_in(flat, counts, crews.target[u], -1)
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
            base = home(crews, net, flat, told, counts, u, node)
            crews.busy[u] = False
            free += 1
            relocation_s += drive_to(crews, net, u, node, base, now)
            count_in(flat, counts, base, 1)
        if free > 1 and (told.after_sent if sent else told.after_freed):
            stamp += 1
            u, base = move(crews, net, flat, told, counts, known, scratch, stamp, now)
            if u >= 0:
                node = node_of(crews, net, u, now)
                relocation_s -= rest_s(crews, u, now)
                count_in(flat, counts, crews.target[u], -1)
                relocation_s += drive_to(crews, net, u, node, base, now)
                count_in(flat, counts, base, 1)
                moves += 1
