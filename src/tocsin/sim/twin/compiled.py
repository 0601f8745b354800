"""The twin's rules compiled, for sweeps over years: one kind of call, one kind of unit, nobody off duty, no facts.

The plain twin is the truth; a test holds this to it call by call. Refuses whatever it has no rule for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.domain.coverage import Cover
from tocsin.sim.twin import kernel
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinCall
from tocsin.sim.twin.nearest import squares
from tocsin.sim.twin.policies import MoveRule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DISPATCH = {"closest": 0, "dmexclp": 1, "hybrid": 2, "brain": 3}
RELOCATE = {"home": 0, "dmexclp": 1}


class Rules(msgspec.Struct, frozen=True):
    """A policy in numbers, as the plain policies take them."""

    dispatch: str = "closest"
    relocate: str = "home"
    limit_s: float = 720.0
    loss_weight: float = 1.0
    minute_weight: float = 0.01
    home_minute_cost: float = 0.0
    moves: MoveRule = MoveRule()
    spread: float = 0.0
    """Of `brain`: standard deviation of the logarithm of a drive's time, for P(late)."""


class Columns(NamedTuple):
    """Calls as columns, in order: instants and seconds float64, nodes int64, to_hospital bool."""

    at: Any
    node: Any
    turnout_s: Any
    scene_s: Any
    to_hospital: Any
    hand_over_s: Any


class Swept(msgspec.Struct, frozen=True):
    """What came of a sweep: by call the unit's number and the response; seconds driven to bases; units moved up."""

    unit: Ints
    response_s: Floats
    relocation_s: float
    moves: int


def columns(calls: Sequence[TwinCall]) -> Columns:
    """Calls as columns."""
    return Columns(
        np.array([c.at for c in calls], float),
        np.array([c.node for c in calls], np.int64),
        np.array([c.turnout_s for c in calls], float),
        np.array([c.scene_s for c in calls], float),
        np.array([c.to_hospital for c in calls], bool),
        np.array([c.hand_over_s for c in calls], float),
    )


class Sweeper:
    """One ground and one cover, laid out for the compiled loop; run as many calls and policies over it as wanted."""

    def __init__(self, ground: Ground, stations: Sequence[int], cover: Cover) -> None:
        self._net = kernel.Net(
            np.array(ground.siren_s),
            squares(ground.x_m, ground.y_m),
            np.array(ground.x_m),
            np.array(ground.y_m),
            np.array(ground.nearest_hospital, np.int64),
            np.array(stations, np.int64),
            ground.slower,
        )
        self._units = min(len(layer.worth) for layer in cover.layers) - 1 if cover.layers else 10**9
        self._cover, self._nodes, self._stations = cover, len(ground), tuple(stations)

    def run(self, calls: Columns, bases: Sequence[int], rules: Rules) -> Swept:
        """The calls with a unit at each of `bases`. Raises ValueError for what the cover or the rules cannot hold."""
        if len(bases) > self._units:
            raise ValueError(f"the cover is made for {self._units} units, not {len(bases)}")
        moves = rules.moves
        told = kernel.Told(
            DISPATCH[rules.dispatch],
            RELOCATE[rules.relocate],
            rules.limit_s,
            rules.loss_weight,
            rules.minute_weight,
            rules.home_minute_cost,
            moves.after_sent,
            moves.after_freed,
            moves.least,
            moves.minute_cost,
            rules.spread,
        )
        unit, response_s = np.full(len(calls.at), -1, np.int64), np.full(len(calls.at), np.nan)
        flat = _flat(self._cover, self._nodes, sorted({*self._stations, *bases}))
        crews = kernel.Crews.at_bases(np.array(bases, np.int64))
        relocation_s, moved = kernel.run(calls, self._net, flat, told, crews, unit, response_s)
        return Swept(unit, response_s, float(relocation_s), int(moved))


def _flat(cover: Cover, nodes: int, spots: Sequence[int]) -> kernel.Flat:
    """Reach by node as one array a layer; a node that is no spot of the cover reaches nothing. Nobody counted yet."""
    rows = [[np.asarray(layer.reach.get(node, ()), np.int64) for node in range(nodes)] for layer in cover.layers]
    longest = max((sum(map(len, row)) for row in rows), default=0)
    first, place = np.zeros((len(rows), nodes + 1), np.int64), np.zeros((len(rows), longest), np.int64)
    reached, spot = np.zeros((len(spots), len(rows) * len(cover.weight)), np.int64), np.full(nodes, -1, np.int64)
    spot[list(spots)] = np.arange(len(spots))
    for layer, row in enumerate(rows):
        first[layer, 1:] = np.cumsum([len(one) for one in row])
        place[layer, : first[layer, -1]] = np.concatenate(row)
        for number, node in enumerate(spots):
            reached[number, layer * len(cover.weight) + row[node]] = 1
    most = min((len(layer.worth) for layer in cover.layers), default=0)
    worth = np.array([layer.worth[:most] for layer in cover.layers]).reshape(len(rows), most)
    weight, counts = np.array(cover.weight, float), np.zeros((len(rows), len(cover.weight)), np.int64)
    more = weight * worth[:, :1] if most else np.zeros(counts.shape)
    stands, said = np.array(spots, np.int64), np.zeros(len(spots), np.bool_)
    return kernel.Flat(
        first, place, weight, worth, spot, stands, reached @ reached.T > 0, counts, more, np.zeros(counts.shape),
        np.zeros(len(spots)), np.zeros(len(spots)), said, said.copy(),
    )  # fmt: skip
