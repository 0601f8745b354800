"""Learning how fast units really drive from the drives they drove: plain numbers in, a Pace out.

Refuses to know units, incidents, logs and files.
"""

from tocsin.geo.learning.compose import Drives, composed
from tocsin.geo.learning.study import Score, Study, study

__all__ = ["Drives", "Score", "Study", "composed", "study"]
