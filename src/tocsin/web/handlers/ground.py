"""The ground over HTTP: address search, the region in brief, the catalogue of incident types, the basemap's file."""

from __future__ import annotations

from tocsin.domain.types import Catalogue
from tocsin.views.wire import PlaceMatch
from tocsin.web.ask import Ask
from tocsin.web.bodies import RegionView
from tocsin.web.files import RangedFile
from tocsin.web.problems import impossible, not_found


async def places(ask: Ask) -> list[PlaceMatch]:
    """GET /api/places."""
    query = ask.query
    if (query.lat is None) != (query.lon is None):
        raise impossible("'lat' and 'lon' come together or not at all.", "lon" if query.lon is None else "lat")
    near = None if query.lat is None else (query.lat, query.lon)
    ground = ask.site.desk.ground
    return await ground.search(query.q, near, query.limit) if ground and query.q.strip() else []


async def nearest(ask: Ask) -> PlaceMatch:
    """GET /api/places/nearest."""
    ground = ask.site.desk.ground
    match = await ground.nearest(ask.query.lat, ask.query.lon) if ground else None
    if match is None:
        raise not_found("There is no known place near this point.")
    return match


async def catalogue(ask: Ask) -> Catalogue:
    """GET /api/catalogue."""
    return ask.site.desk.catalogue


async def region(ask: Ask) -> RegionView:
    """GET /api/region."""
    if ask.site.region is None:
        raise not_found("This server runs without a region: there is no map.")
    return ask.site.region


async def basemap(ask: Ask) -> RangedFile:
    """GET /map/basemap.pmtiles."""
    if ask.site.basemap is None or not ask.site.basemap.is_file():
        raise not_found("This server has no basemap.")
    return RangedFile(ask.site.basemap, "application/vnd.pmtiles")
