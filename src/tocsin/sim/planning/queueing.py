"""Queues in closed form, and two laws of travel that hold from city to city. Pure numbers, no rooms and no roads."""

from __future__ import annotations

import math

ST_PAUL_FAST_MI = 0.7712735431536174
"""Beyond this the constants of St. Paul drive at full speed; below, they still gather it."""
SQUARE_ROOT_C = 0.5
"""Mean distance of the nearest of n units spread at random over an area A is 0.5·sqrt(A/n) (Kolesar & Blum 1973)."""


def erlang_b(servers: int, offered_erlang: float) -> float:
    """Share of calls lost when nobody waits (Erlang 1917). Holds for any service time of the same mean."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered_erlang * blocked / (n + offered_erlang * blocked)
    return blocked


def erlang_c(servers: int, offered_erlang: float) -> float:
    """Share of calls that wait when everybody does; 1 when there is more work than servers."""
    if offered_erlang >= servers:
        return 1.0
    blocked = erlang_b(servers, offered_erlang)
    busy = offered_erlang / servers
    return blocked / (1.0 - busy * (1.0 - blocked))


def servers_for(offered_erlang: float, most_waiting: float) -> int:
    """The fewest servers with which at most a share `most_waiting` of calls finds all of them busy (Erlang C)."""
    servers = max(1, math.ceil(offered_erlang))
    while erlang_c(servers, offered_erlang) > most_waiting:
        servers += 1
    return servers


def st_paul_s(distance_mi: float) -> float:
    """Seconds for so many miles by the two-regime law of Kolesar & Walker (1974), with St. Paul's constants.

    Short runs spend their time gathering speed, so they grow with the root of the distance.
    """
    if distance_mi < ST_PAUL_FAST_MI:
        return 195.86302790816589 * math.sqrt(max(0.0, distance_mi))
    return 111.51113889304331 * distance_mi + 86.005591195132666


def nearest_distance(area: float, free_units: float) -> float:
    """Square-root law: mean distance to the nearest of `free_units` over `area`, in the root of the area's unit."""
    return SQUARE_ROOT_C * math.sqrt(area / free_units)
