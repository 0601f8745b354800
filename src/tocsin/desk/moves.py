"""Move-ups at the desk: what stands proposed, looked at anew with each picture of coverage. Proposes, never sends.

Keeps what the record keeps for it: who moved how often in this shift, who was declined or called home and when.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tocsin.desk.cover_now import AREAS, CoverNow, GroupNow, Ints
from tocsin.desk.coverage import Free
from tocsin.domain.cover_rules import CoverRules, resting
from tocsin.domain.moveups import Ground, MoveUp, Pending, best_move, settle, table_move, table_posts
from tocsin.domain.moveups import Standby as Standing
from tocsin.facts import standby
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Place
from tocsin.views.rows import UnitRow


class Reaches(Protocol):
    """Drives over some ground: a region's cells, or a twin's nodes."""

    def within(self, lat: float, lon: float, fixed: bool, limit_s: float) -> Ints:
        """Cells reached within `limit_s` seconds, ascending."""
        ...

    def seconds(self, lat: float, lon: float, fixed: bool, to: Place) -> float | None:
        """The drive to a place; None where no road leads there in time."""
        ...


def on_the_wall(now: Instant) -> int:
    """Minute of the local day: crews rest by the clock on their wall."""
    local = datetime.fromtimestamp(now)  # noqa: DTZ006
    return local.hour * 60 + local.minute


class Moves:
    """Proposals of one desk, by group. `minute_of`: minute of the local day, by which crews rest."""

    def __init__(self, rules: CoverRules, minute_of: Callable[[Instant], int] = on_the_wall) -> None:
        self._rules, self._minute_of = rules, minute_of
        self.hold_s = rules.moveups.hold_s
        self.pending: dict[str, Pending] = {}
        self.took_s = 0.0
        """How long the last look took, for whoever measures."""
        self._moved: dict[str, list[Instant]] = {}
        self._left_alone: dict[str, Instant] = {}

    def heard(self, entry: AnyEntry) -> None:
        """Who moves is counted, and left alone for a while; so is who was declined or called home."""
        fact = entry.fact
        if isinstance(fact, standby.UnitMovedUp | standby.UnitCalledHome | standby.MoveDeclined):
            self._left_alone[fact.unit] = fact.at + self._rules.moveups.again_s
            self.pending = {group: one for group, one in self.pending.items() if one.move.unit != fact.unit}
        if isinstance(fact, standby.UnitMovedUp):
            self._moved.setdefault(fact.unit, []).append(fact.at)

    def shown(self) -> list[MoveUp]:
        """What a person should see, at most one of each group."""
        return [one.move for one in self.pending.values() if one.shown]

    def figures(
        self, unit: str, group: str, place: Place, now: CoverNow | None, reach: Reaches | None
    ) -> tuple[float, float]:
        """The group's coverage as it is and as it would be with `unit` at `place`; (0, 0) where nothing is known."""
        seen = next((one for one in now.groups if one.rules.name == group), None) if now else None
        if seen is None or reach is None:
            return 0.0, 0.0
        cells = reach.within(place.lat, place.lon, True, seen.rules.target_s)
        after = float(seen.after(unit, cells) @ seen.weight)
        return min(1.0, seen.covered), min(1.0, after)

    def posts(self, group: str, rows: Mapping[str, UnitRow]) -> dict[str, Place]:
        """Where units of a group may stand by: the centre's posts, and every station that one of them has."""
        known = {post.name: Place(post.lat, post.lon, post.name, "registered") for post in self._rules.posts
                 if not post.groups or group in post.groups}  # fmt: skip
        rules = self._rules.group(group)
        for row in rows.values():
            if rules is not None and rules.capability in row.capabilities:
                name = row.station or row.home.text
                if name:
                    known.setdefault(name, row.home)
        return known

    def look(self, now: CoverNow, reach: Reaches, rows: Mapping[str, UnitRow], free: Mapping[str, Free]) -> None:
        """Look at every group; what is proposed after it stands in `pending`. Blocks for milliseconds."""
        began = time.perf_counter()
        found: dict[str, MoveUp | None] = {}
        seen: dict[str, _Look] = {}
        for group in now.groups:
            name = group.rules.name
            if not self._rules.moveups.groups or name in self._rules.moveups.groups:
                look = seen[name] = _Look(group, now, reach, rows, free, self.posts(name, rows))
                found[name] = self._best(look, name, now.at)

        def still(move: MoveUp) -> MoveUp | None:
            look = seen.get(move.group)
            return look.again(move, self._rules, self._night(now.at)) if look else None

        self.pending = settle(self.pending, found, still, self._rules.moveups, now.at)
        self.took_s = time.perf_counter() - began

    def _night(self, now: Instant) -> bool:
        return resting(self._rules.moveups, self._minute_of(now))

    def _best(self, look: _Look, group: str, now: Instant) -> MoveUp | None:
        rules = self._rules.moveups
        shift = now - rules.shift_h * 3600
        units = [
            Standing(unit, look.stands[unit], sum(at > shift for at in self._moved.get(unit, ())),
                     self._left_alone.get(unit, 0.0))
            for unit in look.group.reach
        ]  # fmt: skip
        held = table_posts(self._rules.tables, group, len(units))
        if held is not None:
            known = [post for post in held if post in look.places]
            move = table_move(group, units, known, look.ground(), rules, now)
        else:
            move = best_move(group, units, list(look.places), look.ground(), rules, now, night=self._night(now))
        return look.named(move) if move else None


class _Look:
    """One group at one moment, with everything a move asks for."""

    def __init__(
        self, group: GroupNow, now: CoverNow, reach: Reaches, rows: Mapping[str, UnitRow], free: Mapping[str, Free],
        places: Mapping[str, Place],
    ) -> None:  # fmt: skip
        self.group, self.places = group, dict(places)
        self._now, self._reach, self._free = now, reach, free
        limit_s = group.rules.target_s
        self._cells = {name: reach.within(at.lat, at.lon, True, limit_s) for name, at in self.places.items()}
        self._number = {name: i for i, name in enumerate(self.places)}
        self._posts: NDArray[np.float32] = np.zeros((len(self.places), len(group.weight)), np.float32)
        for name, i in self._number.items():
            self._posts[i, self._cells[name]] = 1.0
        self.stands = {unit: _post_of(rows[unit]) for unit in group.reach if unit in rows}

    def ground(self) -> Ground:
        """What the rules ask."""
        return Ground(self.group.covered, self.gain, self.drive_s)

    def gain(self, unit: str, post: str) -> float:
        """Share of the group's demand that the move adds."""
        return float(self.group.moved(unit, self._posts)[self._number[post]])

    def drive_s(self, unit: str, post: str) -> float | None:
        """The drive from where it counts."""
        at = self._free.get(unit)
        return self._reach.seconds(at.lat, at.lon, at.fixed, self.places[post]) if at else None

    def again(self, move: MoveUp, rules: CoverRules, night: bool) -> MoveUp | None:
        """The same move, seen now; None when it is void."""
        if move.unit not in self.stands or move.post not in self.places or self.stands[move.unit] == move.post:
            return None
        gain, drive_s = self.gain(move.unit, move.post), self.drive_s(move.unit, move.post)
        if drive_s is None:
            return None
        if move.why == "table":
            held = table_posts(rules.tables, move.group, len(self.group.reach)) or ()
            if move.post not in held or move.post in self.stands.values():
                return None
        elif gain < (rules.moveups.rest_gain if night else rules.moveups.min_gain) / 2:
            return None  # half of what it took to be proposed: a number that trembles does not take words back
        covered = self.group.covered
        return MoveUp(move.group, move.unit, move.post, drive_s, covered, covered + gain, move.why, move.area)

    def named(self, move: MoveUp) -> MoveUp:
        """The move with the area that gains most."""
        more = self.group.after(move.unit, self._cells[move.post]) - self.group.served()
        gained = np.bincount(self._now.areas, self.group.weight * more, len(AREAS))
        area = AREAS[int(gained.argmax())]
        return MoveUp(move.group, move.unit, move.post, move.drive_s, move.before, move.after, move.why, area)


def _post_of(row: UnitRow) -> str:
    """The post a unit holds: where it was sent, or its station while it stands there or is on its way home."""
    return row.post or row.station or row.home.text
