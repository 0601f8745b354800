"""Coverage: how much of the demand could be reached in time, what one more unit adds, and what taking one away costs.

The model is MEXCLP (Daskin 1983): every unit is busy for a fraction q of the time, so a place that k free units reach
in time is served in time with 1 - q^k. DMEXCLP (Jagtenberg, Bhulai & van der Mei 2015) uses the same sum minute by
minute over the units that are free now, counted where they stand or drive to. Pure numbers: places are counted 0, 1,
2 …, spots are whatever the caller names them. Refuses to know roads, rooms and rules of dispatch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

Spot: TypeAlias = Any
"""Whatever can be a key."""
Counts: TypeAlias = list[list[int]]
"""By layer, then by place: how many free units reach it."""


def busy_fraction(offered_erlang: float, units: int) -> float:
    """Share of the time a unit is busy when `offered_erlang` hours of work an hour are shared evenly, 0 to 0.999."""
    if units <= 0:
        return 0.999
    return min(0.999, max(0.0, offered_erlang / units))


def worths(busy: float, most: int) -> tuple[float, ...]:
    """What unit number k + 1 adds at a place of weight 1: (1 - q) q^k, for k from 0 to `most`."""
    return tuple((1.0 - busy) * busy**k for k in range(most + 1))


class Layer(msgspec.Struct, frozen=True):
    """One time within which places should be reached. `worth[k]`: what unit k + 1 adds there, the layer's share in it.

    `reach[spot]`: places that a unit at `spot` reaches within that time, ascending. `worth` has one item for each unit
    and one more.
    """

    reach: Mapping[Spot, Sequence[int]]
    worth: Sequence[float]


class Cover(msgspec.Struct, frozen=True):
    """What there is to cover, and from where. `weight[i]`: demand of place i; shares of 1 make coverage a share."""

    weight: Sequence[float]
    layers: tuple[Layer, ...]

    def counts(self, spots: Iterable[Spot] = ()) -> Counts:
        """How many of the units at `spots` reach each place."""
        out = [[0] * len(self.weight) for _ in self.layers]
        for spot in spots:
            self.add(out, spot, 1)
        return out

    def add(self, counts: Counts, spot: Spot, units: int) -> None:
        """Count `units` more (or fewer, below 0) at `spot`, in place."""
        for layer, count in zip(self.layers, counts, strict=True):
            for place in layer.reach[spot]:
                count[place] += units

    def expected(self, counts: Counts) -> float:
        """Expected demand that is reached in time, layers added up by their shares."""
        total = 0.0
        for layer, count in zip(self.layers, counts, strict=True):
            upto = [0.0]
            for worth in layer.worth:
                upto.append(upto[-1] + worth)
            total += sum(weight * upto[k] for weight, k in zip(self.weight, count, strict=True))
        return total

    def gained(self, spot: Spot, counts: Counts, less: int = 0) -> float:
        """What one more unit at `spot` adds, when `less` of those counted at every place are not there."""
        weight, total = self.weight, 0.0
        for layer, count in zip(self.layers, counts, strict=True):
            worth, part = layer.worth, 0.0
            for place in layer.reach[spot]:
                part += weight[place] * worth[count[place] - less]
            total += part
        return total

    def lost(self, spot: Spot, counts: Counts) -> float:
        """What taking a unit away from `spot` costs. `counts` still counts it."""
        return self.gained(spot, counts, 1)

    def moved(self, origin: Spot, target: Spot, counts: Counts) -> float:
        """What a unit that moves from `origin` to `target` adds. `counts` counts it at `origin`."""
        lost = self.lost(origin, counts)
        self.add(counts, origin, -1)
        gained = self.gained(target, counts)
        self.add(counts, origin, 1)
        return gained - lost


def within(drive_s: Mapping[Spot, Sequence[float]], limit_s: float) -> dict[Spot, tuple[int, ...]]:
    """For each spot the places whose drive, in seconds, is at most `limit_s`."""
    return {spot: tuple(i for i, s in enumerate(row) if s <= limit_s) for spot, row in drive_s.items()}


def cover_of(
    weight: Sequence[float],
    drive_s: Mapping[Spot, Sequence[float]],
    limits: Sequence[tuple[float, float]],
    busy: float,
    units: int,
) -> Cover:
    """A cover over places by their `weight` (made shares of 1). `drive_s[spot]`: seconds from a spot to every place.

    `limits`: (seconds, share) of each layer. `busy`: fraction of the time a unit is busy. `units`: the most there are.
    """
    total = sum(weight)
    base = worths(busy, units)
    layers = tuple(Layer(within(drive_s, limit_s), tuple(share * one for one in base)) for limit_s, share in limits)
    return Cover(tuple(w / total for w in weight), layers)
