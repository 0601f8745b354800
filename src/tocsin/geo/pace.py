"""How sure a drive's time is before anything was learned: the spread of true times around the map's own.

Refuses to know units and incidents: seconds in, spread out.
"""

import math

ROAD_FLOOR = 0.25
"""Standard deviation of the logarithm of a long drive's time by road."""
ROAD_SHORT_S = 11.0
"""How much more a short drive spreads: variance of the logarithm is floor² + this / seconds.

Ambulance times spread less, for their length, the longer they are (Budge, Ingolfsson and Zerom 2010, fig. 4).
"""
LINE_SIGMA = 0.55
"""A straight line knows neither the river nor the one-way street: 90 % lie between 0.4 and 2.5 times its guess."""
_SHORTEST_S = 10.0


def road_sigma(eta_s: float) -> float:
    """Standard deviation of the logarithm of a drive of `eta_s` seconds by road, by the prior."""
    return math.sqrt(ROAD_FLOOR**2 + ROAD_SHORT_S / max(eta_s, _SHORTEST_S))
