"""Where somebody is, by everything that was said about it. Knows shapes, ages and doubts; no call and no clock.

from tocsin.geo.fusion import Heard, fuse
"""

from tocsin.geo.fusion.fuse import MOST_REPORTS, Fused, fuse
from tocsin.geo.fusion.heard import Heard

__all__ = ["MOST_REPORTS", "Fused", "Heard", "fuse"]
