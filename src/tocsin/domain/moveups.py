"""Which free unit should stand by somewhere else, and why: at most one move a group, and only one worth the drive.

Two ways to choose. Dynamic MEXCLP (Jagtenberg, Bhulai & van der Mei, Operations Research for Health Care 4, 2015): the
move that adds most expected coverage, net of its drive. A compliance table (Gendreau, Laporte & Semet, JORS 57, 2006):
with n units free these posts are held; the nearest unit that holds none of them fills the first empty one.

Pure: gains and drives arrive as numbers, so that a live room and a twin ask the same code. Proposes, never sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from tocsin.domain.cover_rules import MoveRules, Table
from tocsin.facts.values import Instant

Why: TypeAlias = Literal["coverage", "table"]


class Standby(msgspec.Struct, frozen=True):
    """A free unit: the post it stands at or drives to (empty: neither), and what it has moved already."""

    unit: str
    post: str
    moves: int = 0
    """In this shift."""
    left_alone_until: Instant = 0.0


class MoveUp(msgspec.Struct, frozen=True):
    """A proposal: `unit` to `post`. Coverage is of the group, as shares of its demand."""

    group: str
    unit: str
    post: str
    drive_s: float
    before: float
    after: float
    why: Why = "coverage"
    area: str = ""
    """The area that gains most, as the caller names areas."""

    @property
    def gain(self) -> float:
        """What it adds."""
        return self.after - self.before


class Ground(msgspec.Struct, frozen=True):
    """What is known of a group now: its coverage, what a move adds, and how long it takes (None: no road)."""

    covered: float
    gain: Callable[[str, str], float]
    """(unit, post) -> share of demand."""
    drive_s: Callable[[str, str], float | None]


def may_move(unit: Standby, rules: MoveRules, now: Instant) -> bool:
    """Whether this unit may be asked at all."""
    return unit.moves < rules.moves_per_shift and now >= unit.left_alone_until


def worth(gain: float, drive_s: float, rules: MoveRules) -> float:
    """A gain net of its drive: what is compared."""
    return gain - 0.01 * drive_s / rules.s_per_gain if rules.s_per_gain > 0 else gain


def least_gain(rules: MoveRules, night: bool) -> float:
    """What a move must add now."""
    return max(rules.min_gain, rules.rest_gain) if night else rules.min_gain


def best_move(
    group: str,
    units: Iterable[Standby],
    posts: Sequence[str],
    ground: Ground,
    rules: MoveRules,
    now: Instant,
    *,
    night: bool = False,
) -> MoveUp | None:
    """The one move that is worth most, or none. Ties fall to the shorter drive, then to the names."""
    least = least_gain(rules, night)
    best: tuple[float, float, str, str, float] | None = None
    for unit in units:
        if not may_move(unit, rules, now):
            continue
        for post in posts:
            if post == unit.post:
                continue
            gain = ground.gain(unit.unit, post)
            if gain < least:
                continue
            drive_s = ground.drive_s(unit.unit, post)
            if drive_s is None or drive_s > rules.max_drive_s or worth(gain, drive_s, rules) <= 0:
                continue
            mark = (-worth(gain, drive_s, rules), drive_s, unit.unit, post, gain)
            best = mark if best is None or mark < best else best
    if best is None:
        return None
    _, drive_s, name, post, gain = best
    return MoveUp(group, name, post, drive_s, ground.covered, ground.covered + gain)


def table_posts(tables: Iterable[Table], group: str, free: int) -> tuple[str, ...] | None:
    """Posts to be held with so many free units: the line with the most units not above `free`; None without a table."""
    lines = [line for line in tables if line.group == group]
    if not lines:
        return None
    fitting = [line for line in lines if line.free <= free]
    return max(fitting, key=lambda line: line.free).posts if fitting else ()


def table_move(
    group: str,
    units: Sequence[Standby],
    held: Sequence[str],
    ground: Ground,
    rules: MoveRules,
    now: Instant,
) -> MoveUp | None:
    """The first post of `held` that nobody holds, filled by the nearest unit that is not needed where it is."""
    wanted = list(held)
    spare: list[Standby] = []
    for unit in sorted(units, key=lambda one: one.unit):
        if unit.post in wanted:
            wanted.remove(unit.post)
        else:
            spare.append(unit)
    for post in wanted:
        near: list[tuple[float, str]] = []
        for unit in spare:
            drive_s = ground.drive_s(unit.unit, post) if may_move(unit, rules, now) else None
            if drive_s is not None and drive_s <= rules.max_drive_s:
                near.append((drive_s, unit.unit))
        if near:
            drive_s, name = min(near)
            after = ground.covered + ground.gain(name, post)
            return MoveUp(group, name, post, drive_s, ground.covered, after, "table")
    return None


class Pending(msgspec.Struct, frozen=True):
    """A move that was right at `since`; shown once it has been right for long enough."""

    move: MoveUp
    since: Instant
    shown: bool = False


def settle(
    pending: Mapping[str, Pending],
    found: Mapping[str, MoveUp | None],
    still: Callable[[MoveUp], MoveUp | None],
    rules: MoveRules,
    now: Instant,
) -> dict[str, Pending]:
    """What stands proposed after another look: by group at most one.

    `found`: the best move of each group now. `still`: the same move seen anew, None when it is void (the unit was sent,
    the post was filled, the gain is gone). What is shown stays as long as it is not void and no other is twice as good,
    so that nothing changes under a finger; what is not shown yet must stay the best for `hold_s`.
    """
    out: dict[str, Pending] = {}
    for group, move in found.items():
        known = pending.get(group)
        again = still(known.move) if known else None
        if known and again and (known.shown or (move and (move.unit, move.post) == (again.unit, again.post))):
            better = known.shown and move is not None and move.gain > 2 * max(again.gain, rules.min_gain)
            if not better or again.why == "table":
                shown = known.shown or now - known.since >= rules.hold_s
                out[group] = Pending(again, known.since, shown)
                continue
        if move:
            out[group] = Pending(move, now, rules.hold_s <= 0)
    return out
