"""The desk's own eyes and move-ups as policies: its picture of coverage and its proposals, on the twin's clock.

What is proposed is made by `desk.moves`, unchanged: groups, posts, tables, limits, night rest. Here whoever is at the
desk says yes as soon as a proposal is shown. Knows where units stand; refuses to know roads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import numpy as np

from tocsin.desk.cover_now import CoverNow, GroupNow, Ints, areas_of
from tocsin.desk.coverage import Free
from tocsin.desk.moves import Moves
from tocsin.domain.cover_rules import CoverRules, Post
from tocsin.domain.orders_standby import MoveUpUnit
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Place
from tocsin.geo.measure import distance_m
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinUnit
from tocsin.sim.twin.policies import Field
from tocsin.views.rows import UnitRow


class NodeReach:
    """What the desk's coverage asks of a ground: cells are nodes, drives are the ground's own."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._node = {at: node for node, at in reversed(list(enumerate(ground.degrees)))}
        self._within: dict[tuple[int, float], Ints] = {}

    def within(self, lat: float, lon: float, fixed: bool, limit_s: float) -> Ints:  # noqa: ARG002 - as the desk's
        """Nodes reached with siren within `limit_s`, ascending."""
        key = self._node[lat, lon], limit_s
        known = self._within.get(key)
        if known is None:
            known = self._within[key] = np.flatnonzero(np.array(self._ground.siren_s[key[0]]) <= limit_s)
        return known

    def seconds(self, lat: float, lon: float, fixed: bool, to: Place) -> float | None:  # noqa: ARG002
        """The drive without siren."""
        return self._ground.quiet_s(self._node[lat, lon], self._node[to.lat, to.lon])


class Watch:
    """The desk's picture of coverage over a twin's free units; made anew when they have changed."""

    def __init__(self, ground: Ground, fleet: Sequence[TwinUnit], rules: CoverRules, weight: Sequence[float]) -> None:
        self.reach, self._ground, self._rules = NodeReach(ground), ground, rules
        self._capabilities = {unit.id: unit.capabilities for unit in fleet}
        share = np.array(weight, float)
        self._weight = share / share.sum()
        degrees = np.array(ground.degrees, float)
        self._areas = areas_of(degrees[:, 0], degrees[:, 1], self._weight)
        self._seen: Mapping[str, int] | None = None
        self._picture: CoverNow | None = None

    def loss_at(self, field: Field, now: Instant) -> CoverNow:
        """The picture of this moment, which says what leaves with units and where."""
        heading = field.heading()
        if self._picture is None or heading is not self._seen:
            groups = [
                GroupNow(group, group.busy, self._weight, self._reached(group.capability, group.target_s, heading))
                for group in self._rules.groups
            ]
            self._picture, self._seen = CoverNow(groups, self._areas, now), heading
        self._picture.at = now
        return self._picture

    def _reached(self, capability: str, target_s: float, heading: Mapping[str, int]) -> dict[str, Ints]:
        degrees = self._ground.degrees
        return {
            unit: self.reach.within(*degrees[node], True, target_s)
            for unit, node in heading.items()
            if capability in self._capabilities[unit]
        }


class LiveMoves:
    """Every unit has a base it goes back to, and moves up as the desk proposes. Posts of `rules` are `placed`."""

    def __init__(
        self, ground: Ground, fleet: Sequence[TwinUnit], rules: CoverRules, watch: Watch,
        minute_of: Callable[[Instant], int],
    ) -> None:  # fmt: skip
        self._ground, self._watch = ground, watch
        self._moves = Moves(rules, minute_of)
        self._name = {(post.lat, post.lon): post.name for post in reversed(rules.posts)}
        self._base = {unit.id: unit.base for unit in fleet}
        self._rows = {unit.id: _row(unit, ground.places[unit.base]) for unit in fleet}
        self._node = {(place.lat, place.lon): node for node, place in reversed(list(enumerate(ground.places)))}
        self._order: MoveUpUnit | None = None

    def heard(self, entries: Iterable[AnyEntry]) -> None:
        """What was recorded: moves are counted, and who moved is left alone for a while."""
        for entry in entries:
            self._moves.heard(entry)

    def home(self, unit: str, node: int, field: Field) -> int:  # noqa: ARG002 - others look at it
        """Its own base."""
        return self._base[unit]

    def move(self, now: Instant, field: Field, *, sent: bool) -> tuple[str, int] | None:  # noqa: ARG002
        """The first move that stands proposed and shown, if any."""
        seen, heading = self._watch.loss_at(field, now), field.heading()
        free, rows = {}, {}
        for unit, node in heading.items():
            row, place = self._rows[unit], self._ground.places[node]
            rows[unit] = row if node == self._base[unit] else _posted(row, self._name[place.lat, place.lon], place)
            free[unit] = Free(unit, row.capabilities, *self._ground.degrees[field.node_of(unit, now)], False)
        self._moves.look(seen, self._watch.reach, rows, free)
        shown = self._moves.shown()
        if not shown:
            return None
        move = shown[0]
        place = self._moves.posts(move.group, self._rows)[move.post]
        self._order = MoveUpUnit(move.unit, move.post, place, move.group, _share(move.before), _share(move.after))
        return move.unit, self._node[place.lat, place.lon]

    def wake(self) -> Instant | None:
        """When what is proposed will have stood long enough to be shown."""
        waiting = [one.since for one in self._moves.pending.values() if not one.shown]
        return min(waiting) + self._moves.hold_s if waiting else None

    def order(self) -> MoveUpUnit:
        """The order of the move last chosen."""
        if self._order is None:
            raise LookupError("nobody was moved yet")
        return self._order


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


def _row(unit: TwinUnit, home: Place) -> UnitRow:
    return UnitRow(
        unit.id, unit.kind, unit.agency, unit.capabilities, 1, unit.crew, home.text, home, "available", 0.0
    )  # fmt: skip


def _posted(row: UnitRow, post: str, place: Place) -> UnitRow:
    return UnitRow(
        row.id, row.unit_kind, row.agency, row.capabilities, row.crew_min, row.crew_count, row.station, row.home,
        row.status, row.since, post=post, post_place=place,
    )  # fmt: skip


FARTHEST_M = 2_000.0
"""A post is taken to be the node nearest to it, if one is so near."""


def placed(rules: CoverRules, ground: Ground, stations: Sequence[int]) -> CoverRules:
    """The rules with every post on a node of the ground, the one of its name or the nearest, and stations as posts.

    Raises LookupError for a post that is nowhere near.
    """
    posts = [_on_node(post, ground) for post in rules.posts]
    named = {post.name for post in posts}
    places = [ground.places[node] for node in stations]
    own = [Post(place.text, place.lat, place.lon) for place in places if place.text not in named]
    return msgspec.structs.replace(rules, posts=(*posts, *own))


def _on_node(post: Post, ground: Ground) -> Post:
    node = ground.number.get(post.name)
    if node is None:
        at = np.array(ground.degrees, float)
        away = distance_m(np.array(post.lat), np.array(post.lon), at[:, 0], at[:, 1])
        node = int(np.argmin(away))
        if away[node] > FARTHEST_M:
            near = f"the nearest node, {ground.names[node]}, is {away[node] / 1000:.1f} km away"
            raise LookupError(f"post '{post.name}' is not on the ground: {near}")
    return Post(post.name, *ground.degrees[node], post.groups)
