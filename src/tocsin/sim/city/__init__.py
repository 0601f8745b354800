"""An invented city from a seed: `lay_out` makes it, `write_osm` writes it as an ordinary OpenStreetMap file.

The city lies in the open Atlantic (34° N, 28° W), where there is no land, so that it can never be taken for a real one.
"""

from tocsin.sim.city.layout import lay_out
from tocsin.sim.city.model import City, CityError
from tocsin.sim.city.osm import write_osm
from tocsin.sim.city.progress import Progress, Silent

__all__ = ["City", "CityError", "Progress", "Silent", "lay_out", "write_osm"]
