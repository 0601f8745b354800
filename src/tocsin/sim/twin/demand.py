"""When calls come and from where: a rate for every hour of the week, a share for every place by part of the day.

Given, or fitted to a record of calls. Each quantity has dice of its own, so that two scenarios with one seed live
through the same calls. Knows neither policies nor roads.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tocsin.facts.values import Instant
from tocsin.sim.twin.draws import Law
from tocsin.sim.twin.model import TwinCall

Floats = NDArray[np.float64]
HOURS = 168
MONDAY = 345_600.0
"""The first Monday after 1970-01-01, 00:00 UTC: where a twin's clock begins unless a start is named."""
PARTS = ("night", "day", "evening", "weekend")
PRIOR_CALLS = 200.0
"""A part of the day is believed about where its calls come from as if this many more had come as they do all week."""


def part_of(hour: int) -> int:
    """Part of the day of an hour of the week (0 is Monday, midnight): 0-7 night, 7-19 day, 19-24 evening; weekends."""
    if hour >= 120:
        return 3
    return 0 if hour % 24 < 7 else 1 if hour % 24 < 19 else 2


def hour_of_week(at: Instant, offset_s: float = 0.0) -> int:
    """Hour of the week of an instant, `offset_s` east of UTC."""
    return int((at + offset_s - MONDAY) // 3600) % HOURS


class Service(msgspec.Struct, frozen=True):
    """What crews find, in laws of minutes, and the share of calls that end in a hospital."""

    scene: Law
    hand_over: Law = Law()
    turnout: Law = Law()
    to_hospital: float = 0.0


class Demand(msgspec.Struct, frozen=True):
    """`per_hour`: (168,) calls an hour by hour of the week. `share`: (parts, nodes) shares of places, rows sum to 1."""

    per_hour: Floats
    share: Floats

    def arrivals(self, dice: np.random.Generator, start: Instant, count: int) -> Floats:
        """The first `count` instants after `start`: a Poisson stream at the hour's rate, by inverting its sum."""
        week = float(self.per_hour.sum())
        first = int((start - MONDAY) // 3600) % HOURS
        rates = np.roll(self.per_hour, -first)
        into_s = (start - MONDAY) % 3600
        sums = np.concatenate([[0.0], np.cumsum(rates)])
        at = np.cumsum(dice.exponential(1.0, count)) + rates[0] * into_s / 3600
        weeks, rest = np.divmod(at, week)
        hours = np.interp(rest, sums, np.arange(HOURS + 1.0))
        return np.asarray(start - into_s + (weeks * HOURS + hours) * 3600)

    def nodes(self, dice: np.random.Generator, at: Floats) -> NDArray[np.int64]:
        """A place for each instant."""
        hours = ((at - MONDAY) // 3600).astype(np.int64) % HOURS
        part, thrown = np.array([part_of(h) for h in range(HOURS)])[hours], dice.random(len(at))
        out, sums = np.zeros(len(at), np.int64), np.cumsum(self.share, axis=1)
        for one in range(len(PARTS)):
            mine = part == one
            out[mine] = np.searchsorted(sums[one], thrown[mine] * sums[one, -1], side="right")
        return np.asarray(np.minimum(out, self.share.shape[1] - 1))


def level(
    per_hour: float, weight: Sequence[float], by_hour: Sequence[float] = (), by_day: Sequence[float] = ()
) -> Demand:
    """A mean rate, shaped by 24 hours and 7 days (any unit; means become 1), and one share of places for all week."""
    hours = np.array(by_hour or [1.0] * 24, float)
    days = np.array(by_day or [1.0] * 7, float)
    shape = np.outer(days / days.mean(), hours / hours.mean()).ravel()
    share = np.array(weight, float)
    return Demand(per_hour * shape, np.tile(share / share.sum(), (len(PARTS), 1)))


def fit(at: Sequence[Instant], nodes: Sequence[int], places: int, offset_s: float = 0.0) -> Demand:
    """Demand as a record has it, over whole hours from its first call to its last.

    An hour of the week borrows a quarter from each neighbour; a part of the day borrows PRIOR_CALLS from the week.
    """
    hours = np.array([hour_of_week(one, offset_s) for one in at])
    counted = np.bincount(hours, minlength=HOURS).astype(float)
    first, last = int((min(at) + offset_s) // 3600), int((max(at) + offset_s) // 3600)
    seen = np.bincount([(h - int(MONDAY // 3600)) % HOURS for h in range(first, last + 1)], minlength=HOURS).astype(
        float
    )
    rate = counted / np.maximum(seen, 1.0)
    mean = len(at) / max(1, last + 1 - first)
    rate = np.where(seen > 0, rate, mean)
    rate = (np.roll(rate, 1) + 2 * rate + np.roll(rate, -1)) / 4
    overall = np.bincount(nodes, minlength=places) / len(nodes)
    part = np.array([part_of(h) for h in hours])
    share = [
        np.bincount(np.asarray(nodes)[part == one], minlength=places) + PRIOR_CALLS * overall
        for one in range(len(PARTS))
    ]
    return Demand(rate, np.array([row / row.sum() for row in share]))


def draw_calls(
    demand: Demand,
    service: Service,
    seed: int,
    count: int,
    start: Instant,
    type_: str = "MEDICAL",
    offset_s: float = 0.0,
) -> list[TwinCall]:
    """`count` calls from `start`. The same seed gives the same calls, whatever is done about them."""
    dice = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(6)]
    at = demand.arrivals(dice[0], start + offset_s, count)
    nodes = demand.nodes(dice[1], at)
    scene, hand_over = service.scene.draw_s(dice[2], count), service.hand_over.draw_s(dice[3], count)
    turnout, hospital = service.turnout.draw_s(dice[4], count), dice[5].random(count) < service.to_hospital
    rows = zip((at - offset_s).tolist(), nodes.tolist(), scene.tolist(), hospital.tolist(), strict=True)
    later = zip(hand_over.tolist(), turnout.tolist(), strict=True)
    return [TwinCall(*row, *rest, type_) for row, rest in zip(rows, later, strict=True)]
