"""The ground a twin drives on: named nodes, and the seconds between any two of them with siren.

Plain numbers. Refuses to know calls, units and rules.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from tocsin.facts.assignments import Basis
from tocsin.facts.values import Place
from tocsin.sim.twin.nearest import Nearest

EARTH_M_PER_DEG = 111_195.0


class Ground:
    """Nodes by number, drives between them in seconds, hospitals among them.

    `x_m`, `y_m`: flat metres. `siren_s[a][b]`: seconds with siren from node a to node b. `slower` divides siren time
    for drives without: 0.95 means a drive home takes siren time / 0.95. `length_m` may be absent (then 0 is reported).
    """

    def __init__(
        self,
        names: Sequence[str],
        x_m: Sequence[float],
        y_m: Sequence[float],
        siren_s: Sequence[Sequence[float]],
        hospitals: Sequence[int] = (),
        *,
        slower: float = 0.95,
        places: Sequence[Place] | None = None,
        length_m: Sequence[Sequence[float]] | None = None,
        lines: Collection[tuple[int, int]] = (),
    ) -> None:
        self.names = tuple(names)
        self.x_m, self.y_m = [float(x) for x in x_m], [float(y) for y in y_m]
        self.siren_s = [[float(s) for s in row] for row in siren_s]
        self.hospitals = tuple(hospitals)
        self.slower = slower
        self.length_m = None if length_m is None else [[float(m) for m in row] for row in length_m]
        self.lines = frozenset(lines)
        """Drives (from, to) that are straight-line guesses because no road was found. Marked so in the record."""
        self.places = tuple(places) if places is not None else tuple(self._flat(i) for i in range(len(self.names)))
        self._nearest = Nearest(self.x_m, self.y_m)

    def __len__(self) -> int:
        return len(self.names)

    def _flat(self, node: int) -> Place:
        """A flat grid has no latitude of its own: its middle is laid at 0, 0, so that every fact still has a place."""
        mid_x, mid_y = self._middle
        lat = (self.y_m[node] - mid_y) / EARTH_M_PER_DEG
        return Place(lat, (self.x_m[node] - mid_x) / EARTH_M_PER_DEG, self.names[node], "registered")

    @cached_property
    def _middle(self) -> tuple[float, float]:
        return (min(self.x_m) + max(self.x_m)) / 2, (min(self.y_m) + max(self.y_m)) / 2

    @cached_property
    def degrees(self) -> list[tuple[float, float]]:
        """Latitude and longitude of each node."""
        return [(place.lat, place.lon) for place in self.places]

    @cached_property
    def number(self) -> dict[str, int]:
        """Node numbers by name."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def nearest_hospital(self) -> list[int]:
        """For each node the hospital nearest by siren time, the first named where two are equal; -1 where none is."""
        return [min(self.hospitals, key=self.siren_s[i].__getitem__, default=-1) for i in range(len(self))]

    def quiet_s(self, origin: int, target: int) -> float:
        """Seconds without siren."""
        return self.siren_s[origin][target] / self.slower

    @cached_property
    def siren_to_s(self) -> list[tuple[float, ...]]:
        """`siren_s` by its target: seconds with siren to node b from every node are siren_to_s[b]."""
        return list(zip(*self.siren_s, strict=True))

    def basis_of(self, origin: int, target: int) -> Basis:
        """How the seconds between two nodes are known."""
        return "line" if self.lines and (origin, target) in self.lines else "road"

    def nearest_node(self, x_m: float, y_m: float) -> int:
        """The node nearest to a point, the lowest number where two are equally near."""
        return self._nearest.to(x_m, y_m)

    def along(self, origin: int, target: int, share: float) -> int:
        """The node nearest to the point that lies `share` of the straight line from origin to target."""
        if origin == target or share <= 0.0:
            return origin
        if share >= 1.0:
            return target
        x, y = self.x_m, self.y_m
        return self.nearest_node(
            x[origin] + share * (x[target] - x[origin]), y[origin] + share * (y[target] - y[origin])
        )
