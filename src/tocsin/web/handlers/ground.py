"""The ground over HTTP: address search, the region in brief, the catalogue of incident types, the basemap's file."""

from __future__ import annotations

from tocsin.domain.types import Catalogue
from tocsin.views.wire import PlaceMatch
from tocsin.web.ask import Ask
from tocsin.web.bodies import RegionView
from tocsin.web.files import RangedFile
from tocsin.web.problems import impossible, not_found


async def places(ask: Ask) -> list[PlaceMatch]:
    """Addresses, streets, intersections, landmarks; the likeliest first, near ones before far ones."""
    query = ask.query
    if (query.lat is None) != (query.lon is None):
        raise impossible("'lat' and 'lon' come together or not at all.", "lon" if query.lon is None else "lat")
    near = None if query.lat is None else (query.lat, query.lon)
    ground = ask.site.desk.ground
    return await ground.search(query.q, near, query.limit) if ground and query.q.strip() else []


async def nearest(ask: Ask) -> PlaceMatch:
    """Words for a point on the map."""
    ground = ask.site.desk.ground
    match = await ground.nearest(ask.query.lat, ask.query.lon) if ground else None
    if match is None:
        raise not_found("There is no known place near this point.")
    return match


async def catalogue(ask: Ask) -> Catalogue:
    """What incidents can be and how they can end, as the centre's file has it."""
    return ask.site.desk.catalogue


async def region(ask: Ask) -> RegionView:
    """Name, bounds and resources of the built map."""
    if ask.site.region is None:
        raise not_found("This server runs without a region: there is no map.")
    return ask.site.region


async def basemap(ask: Ask) -> RangedFile:
    """The vector tiles of the region in one PMTiles file."""
    if ask.site.basemap is None or not ask.site.basemap.is_file():
        raise not_found("This server has no basemap.")
    return RangedFile(ask.site.basemap, "application/vnd.pmtiles")
