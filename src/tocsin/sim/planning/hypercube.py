"""Larson's hypercube model (1974): how busy each unit is and who serves whom, by each atom's order of preference.

Exactly, by the balance equations of all 2^n states, and by Larson's approximation (1975) for fleets too large for that.
Every unit serves at one rate `mu`. A call that finds all units busy waits in one line, or is lost (`line=False`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from tocsin.sim.planning.queueing import erlang_b, erlang_c

Floats = NDArray[np.float64]
MOST_EXACT = 14
"""2^14 states are solved in about a second; beyond that, `approximate` is meant."""


class Workloads(msgspec.Struct, frozen=True):
    """What the model says.

    `busy`: (n,) share of the time each unit is busy. `sent`: (n, atoms) share of all calls that unit n serves in an
    atom. `all_busy`: share of the time all are. `states`: (2^n,) probabilities, bit k set when unit k is busy, without
    those in which calls wait; empty from `approximate`. `waiting`: share of the time calls wait.
    """

    busy: Floats
    sent: Floats
    all_busy: float
    waiting: float
    states: Floats


class HypercubeError(ValueError):
    """The case cannot be solved; the message says why."""


def _checked(lam: Sequence[float], prefs: Sequence[Sequence[int]], mu: float, line: bool) -> tuple[Floats, int]:
    rates, units = np.asarray(lam, float), len(prefs[0]) if len(prefs) else 0
    if not units or len(rates) != len(prefs) or any(sorted(row) != list(range(units)) for row in prefs):
        raise HypercubeError("every atom needs a rate and an order of preference that names each unit once")
    if mu <= 0 or (rates < 0).any() or rates.sum() <= 0:
        raise HypercubeError("rates must be positive")
    if line and rates.sum() >= units * mu:
        raise HypercubeError(f"{rates.sum():g} calls an hour are more than {units} units can serve: the line grows")
    return rates, units


def exact(lam: Sequence[float], prefs: Sequence[Sequence[int]], mu: float = 1.0, *, line: bool = True) -> Workloads:
    """Solve all states. `lam`: calls an hour by atom; `prefs[atom]`: units in order. Raises HypercubeError."""
    rates, units = _checked(lam, prefs, mu, line)
    if units > MOST_EXACT:
        raise HypercubeError(f"{units} units have 2^{units} states; use the approximation")
    size = 1 << units
    full, total = size - 1, float(rates.sum())
    goes = _who_goes(np.asarray(prefs), size)
    states = _balance(rates, goes, units, mu)
    share = total / (units * mu)
    # With a line, the states with n + 1, n + 2 … calls hang on the full one as a geometric tail.
    tail = states[full] * share / (1.0 - share) if line else 0.0
    states, tail = states / (1.0 + tail), tail / (1.0 + tail)
    all_busy = float(states[full] + tail)
    busy = np.array([states[(np.arange(size) >> k) & 1 == 1].sum() + tail for k in range(units)])
    sent = np.zeros((units, len(rates)))
    for atom, rate in enumerate(rates):
        np.add.at(sent[:, atom], goes[atom, :full], states[:full] * rate / total)
    if line:
        sent += np.outer(np.full(units, all_busy / units), rates / total)
    return Workloads(busy, sent, all_busy, float(tail), states)


def _who_goes(prefs: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """(atoms, states): the first unit of an atom's order that is free; -1 where none is."""
    goes = np.full((len(prefs), size), -1)
    state = np.arange(size)
    for rank in reversed(range(prefs.shape[1])):
        unit = prefs[:, rank][:, None]
        goes = np.where((state[None, :] >> unit) & 1 == 0, unit, goes)
    return goes


def _balance(rates: Floats, goes: NDArray[np.int64], units: int, mu: float) -> Floats:
    """Stationary probabilities of the 2^n states without a line."""
    size = 1 << units
    state = np.arange(size - 1)
    origin = [np.tile(state, len(rates))]
    target = [(state[None, :] | (1 << goes[:, :-1])).ravel()]
    rate = [np.repeat(rates, size - 1)]
    every = np.arange(size)
    for unit in range(units):
        held = every[(every >> unit) & 1 == 1]
        origin, target = [*origin, held], [*target, held & ~(1 << unit)]
        rate = [*rate, np.full(len(held), mu)]
    a, b, r = np.concatenate(origin), np.concatenate(target), np.concatenate(rate)
    matrix = coo_matrix((np.concatenate([r, -r]), (np.concatenate([b, a]), np.concatenate([a, a]))), (size, size))
    if size <= 1 << 10:
        dense = matrix.toarray()
        dense[0] = 1.0
        return np.asarray(np.linalg.solve(dense, np.eye(size)[0]))
    # The balance equations are dependent: set the first state to 1 and scale afterwards.
    inner = matrix.tocsc()
    found = np.concatenate([[1.0], spsolve(inner[1:, 1:], -inner[1:, [0]].toarray().ravel())])
    return np.asarray(found / found.sum())


def corrections(units: int, offered_erlang: float, *, line: bool) -> Floats:
    """Larson's Q(n, rho, j): how much likelier than by chance j units are busy and the next one free, j = 0 … n - 1."""
    weight = [1.0]
    for k in range(1, units + 1):
        weight.append(weight[-1] * offered_erlang / k)
    busy_all = erlang_c(units, offered_erlang) if line else erlang_b(units, offered_erlang)
    free = np.array(weight[:units]) / sum(weight[:units]) * (1.0 - busy_all)
    rho = offered_erlang * (1.0 if line else 1.0 - busy_all) / units
    out = []
    for j in range(units):
        chance = sum(free[k] * comb(units - j - 1, k - j) / comb(units, k) for k in range(j, units))
        out.append(chance / (rho**j * (1.0 - rho)))
    return np.array(out)


def approximate(
    lam: Sequence[float], prefs: Sequence[Sequence[int]], mu: float = 1.0, *, line: bool = True, sweeps: int = 500
) -> Workloads:
    """Larson's approximation: units busy independently, put right by `corrections`. Raises HypercubeError."""
    rates, units = _checked(lam, prefs, mu, line)
    total, order = float(rates.sum()), np.asarray(prefs)
    offered = total / mu
    q = corrections(units, offered, line=line)
    all_busy = erlang_c(units, offered) if line else erlang_b(units, offered)
    wanted = offered if line else offered * (1.0 - all_busy)
    rho = np.full(units, wanted / units)
    for _ in range(sweeps):
        asked = _asked(rates, order, rho, q, units)
        from_line = offered * all_busy / units if line else 0.0
        new = (asked / mu + from_line) / (1.0 + asked / mu)
        new *= wanted / new.sum()
        done = float(np.abs(new - rho).max()) < 1e-12
        rho = new
        if done:
            break
    return Workloads(rho, _sent(rates, order, rho, q, all_busy if line else 0.0), all_busy, 0.0, np.empty(0))


def _asked(rates: Floats, order: NDArray[np.int64], rho: Floats, q: Floats, units: int) -> Floats:
    """Calls an hour that reach each unit when it is free, per unit of its being free."""
    out, all_before = np.zeros(units), np.ones(len(rates))
    for rank in range(units):
        np.add.at(out, order[:, rank], rates * q[rank] * all_before)
        all_before = all_before * rho[order[:, rank]]
    return out


def _sent(rates: Floats, order: NDArray[np.int64], rho: Floats, q: Floats, from_line: float) -> Floats:
    units, share = len(rho), rates / rates.sum()
    out, all_before = np.zeros((units, len(rates))), np.ones(len(rates))
    for rank in range(units):
        unit = order[:, rank]
        out[unit, np.arange(len(rates))] = share * q[rank] * all_before * (1.0 - rho[unit])
        all_before = all_before * rho[unit]
    scale = (1.0 - from_line) / out.sum() if from_line else 1.0
    return out * scale + np.outer(np.full(units, from_line / units), share)
