"""Beside: words for a point placed on the map. Refuses to know typed texts."""

from typing import Any

from numpy.typing import NDArray

from tocsin.geo.places.gazetteer import KINDS, Gazetteer
from tocsin.geo.places.match import Kind, Match
from tocsin.geo.places.nearest import Nearest

_DISTRICT_M = 300.0
"""What is farther off may lie in another district."""


class Beside:
    """The nearest known words for any point."""

    def __init__(self, columns: dict[str, NDArray[Any]], known: Gazetteer):
        self.nearest = Nearest(columns)
        self._known = known

    def words(self, lat: float, lon: float) -> Match | None:
        """The nearest address, corner, street or settled place, or None."""
        house, corner, street = (
            self.nearest.house(lat, lon),
            self.nearest.corner(lat, lon),
            self.nearest.street(lat, lon),
        )
        known = self._known
        if house and house[1] <= 60:
            row = known.houses.street_of(house[0])
            text = known.address(row, known.houses.labels[house[0]])
            return self._beside(text, row, "address", lat, lon, house[1])
        if corner and corner[1] <= 40:
            a, b = known.corners.pair(corner[0])
            return self._beside(known.crossing_label(a, b), a, "intersection", lat, lon, corner[1])
        if street and street[1] <= 300:
            return self._beside(known.label[street[0]], street[0], "street", lat, lon, street[1])
        named = self.nearest.named(lat, lon)
        if not named or named[1] > 20_000:
            return None
        return self._beside(known.label[named[0]], named[0], KINDS[int(known.kind[named[0]])], lat, lon, named[1])

    def _beside(self, text: str, target: int, kind: Kind, lat: float, lon: float, away_m: float) -> Match:
        how = f"near {text}, {away_m:.0f} m away" if away_m < 1000 else f"{away_m / 1000:.1f} km from {text}"
        return Match(
            text=text,
            detail=self.districts([(lat, lon)], [self._known.detail[target]])[0],
            kind=kind,
            lat=lat,
            lon=lon,
            radius_m=max(10.0, away_m),
            score=1.0,
            how=how,
        )

    def districts(self, spots: list[tuple[float, float]], said: list[str]) -> list[str]:
        """District and town at each point instead of what its street says, which is true of the street's middle: as the
        nearest landmark or settlement of the same town has it, if one is near."""
        found = self.nearest.named_each(spots)
        own = [self._known.detail[target] if away_m <= _DISTRICT_M else "" for target, away_m in found] or said
        return [a if _town(a) == _town(b) else b for a, b in zip(own, said, strict=True)]

    def neighbour(self, lat: float, lon: float, text: str) -> str:
        """What stands near a point and has another name than `text`: a corner's other street, or a landmark."""
        corner = self.nearest.corner(lat, lon)
        if corner and corner[1] <= 1000:
            pair = [self._known.label[street] for street in self._known.corners.pair(corner[0])]
            other = [name for name in pair if name != text]
            if other:
                return f"near {other[0]}"
        named = self.nearest.named(lat, lon)
        name = self._known.label[named[0]] if named and named[1] <= 5000 else ""
        return f"near {name}" if name and name != text else ""


def _town(detail: str) -> str:
    return detail.rpartition(", ")[2]
