"""What a centre says about coverage and move-ups: groups of units, targets, posts, limits. Reads no file itself."""

from __future__ import annotations

import msgspec

from tocsin.facts.values import Latitude, Longitude


class CoverGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units that stand in for one another, and within how many seconds of driving they should reach a caller."""

    name: str
    capability: str
    target_s: float = 480.0
    share: float = 1.0
    """Weight of this group in the one number; the shares of all groups are made to add up to 1."""
    busy: float = 0.3
    """Fraction of the time a unit is busy (the q of MEXCLP), until this room's own units say otherwise."""


class DemandRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where help is asked for. Without a file: where the map has streets, and more and more the recorded incidents."""

    file: str = ""
    """CSV with the columns lat, lon, weight; its path counts from the rules' own file."""
    learn_from: int = 500
    """Recorded incidents from which on they count, and what the map's guess weighs against them; 0: never learn."""


class Post(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place to stand by. `groups`: whose units may be sent there; none named: all."""

    name: str
    lat: Latitude
    lon: Longitude
    groups: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a compliance table: with `free` units of a group free, these posts are held, the first one first."""

    group: str
    free: int
    posts: tuple[str, ...]


class MoveRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a unit may be asked to stand by somewhere else, and how often."""

    groups: tuple[str, ...] = ()
    """Groups that move up at all; none named: every group."""
    moves_per_shift: int = 4
    shift_h: float = 12.0
    max_drive_s: float = 900.0
    min_gain: float = 0.01
    """Share of a group's demand that a move must add."""
    s_per_gain: float = 120.0
    """So many seconds of driving must be worth one hundredth of demand: a far move must win more."""
    hold_s: float = 60.0
    """So long a move must be the right one before anybody hears of it."""
    again_s: float = 900.0
    """So long a unit that was declined, moved or called back is left alone."""
    rest_from: str = "23:00"
    rest_to: str = "06:00"
    """Local clock; between the two nobody is moved. Equal: no night rest."""
    rest_gain: float = 0.05
    """What a move must add to break the night rest; 1: nothing does."""


class CoverRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a centre may edit about coverage and move-ups."""

    groups: tuple[CoverGroup, ...] = ()
    demand: DemandRules = DemandRules()
    moveups: MoveRules = MoveRules()
    posts: tuple[Post, ...] = ()
    tables: tuple[Table, ...] = ()

    def group(self, name: str) -> CoverGroup | None:
        """The group of this name."""
        return next((group for group in self.groups if group.name == name), None)


def minute_of_day(text: str) -> int | None:
    """`23:05` as minutes since midnight; None when it is no time of day."""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and len(hours) <= 2):
        return None
    return int(hours) * 60 + int(minutes) if int(hours) < 24 and int(minutes) < 60 else None


def resting(rules: MoveRules, minute: int) -> bool:
    """Whether the night rest holds at this local minute of the day."""
    since, until = minute_of_day(rules.rest_from), minute_of_day(rules.rest_to)
    if since is None or until is None or since == until:
        return False
    return since <= minute < until if since < until else minute >= since or minute < until
