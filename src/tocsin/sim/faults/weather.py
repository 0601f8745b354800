"""What goes wrong in one seed, and how often: drawn once, so that some worlds are calm and some are all storm."""

from __future__ import annotations

from random import Random

import msgspec


class Weather(msgspec.Struct, frozen=True):
    """Rates are chances for each time something could happen; times are virtual seconds."""

    nodes: int = 2
    users: int = 3
    screens: int = 3
    orders: int = 16
    """By each user."""
    fail_before: float = 0.0
    """The store refuses, and nothing was written."""
    torn: float = 0.0
    """The store writes, and its word is lost."""
    stall: float = 0.0
    """A call to the store takes seconds."""
    outage_every_s: float = 0.0
    """The whole store is away now and then; 0: never."""
    notice_lost: float = 0.0
    """Word that the log has grown does not come; it comes late, or comes for nothing, as often."""
    answer_lost: float = 0.0
    order_lost: float = 0.0
    order_twice: float = 0.0
    kill_every_s: float = 0.0
    kill_after_write: float = 0.0
    """The node that has just written dies before it is told, or just after."""
    stop_every_s: float = 0.0
    clock_step_every_s: float = 0.0
    screen_cut: float = 0.0
    """For each frame: the connection ends, and what was on its way is lost."""
    screen_slow: float = 0.0
    keys_fail: float = 0.0
    """The store of keys refuses."""
    snapshot: float = 0.0
    """A node that starts again finds a snapshot of the log as it stood a moment ago."""
    snapshot_torn: float = 0.0
    storm_s: float = 14.0
    """After so long nobody gives a new order, and it calms down."""

    @classmethod
    def drawn(cls, dice: Random, *, long: bool = False) -> Weather:
        """One seed's weather."""

        def rate(most: float) -> float:
            return dice.choice((0.0, most / 8, most / 3, most))

        def every(least: float) -> float:
            return dice.choice((0.0, least * 4, least * 2, least))

        return cls(
            nodes=dice.choice((1, 2, 2, 3)),
            users=dice.choice((2, 3)),
            screens=dice.choice((1, 2, 3)),
            orders=60 if long else 7,
            storm_s=60.0 if long else 8.0,
            fail_before=rate(0.15),
            torn=rate(0.15),
            stall=rate(0.08),
            outage_every_s=every(6.0),
            notice_lost=rate(0.7),
            answer_lost=rate(0.2),
            order_lost=rate(0.2),
            order_twice=rate(0.3),
            kill_every_s=every(4.0),
            kill_after_write=rate(0.06),
            stop_every_s=every(10.0),
            clock_step_every_s=every(3.0),
            screen_cut=rate(0.2),
            screen_slow=rate(0.4),
            keys_fail=rate(0.5),
            snapshot=dice.choice((0.0, 0.5, 1.0)),
            snapshot_torn=dice.choice((0.0, 0.0, 0.5)),
        )
