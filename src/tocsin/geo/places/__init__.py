"""Places: from what a person types or says to a point on the map, and from a point to words for the record.

Refuses to know incidents, callers and screens. `Places.open` reads an index that `build.build_places` wrote.
"""

from tocsin.geo.places.match import Doubt, Match, PlacesError, Sure
from tocsin.geo.places.search import Places

__all__ = ["Doubt", "Match", "Places", "PlacesError", "Sure"]
