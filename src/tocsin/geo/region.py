"""An opened region: its label, roads, resources, places and basemap, each opened when first asked for.

Refuses to build anything (see `build`) and to know what the region is used for.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.geo.errors import RegionError
from tocsin.geo.manifest import Manifest, read_manifest
from tocsin.geo.resources import Resource, load_resources

if TYPE_CHECKING:
    from tocsin.geo.places import Places
    from tocsin.geo.roads import Roads

ROADS, RESOURCES, PLACES, BASEMAP = "roads", "resources.json", "places", "basemap.pmtiles"
_PARTS = (ROADS, RESOURCES, PLACES, BASEMAP)


class Region:
    """A built region on disk."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: Path) -> "Region":
        """Open a region folder. RegionError, in one line, for an unknown format or a missing part."""
        manifest = read_manifest(path)
        missing = [part for part in _PARTS if not (path / part).exists()]
        if missing:
            raise RegionError(f"{path}: not a whole region: {', '.join(missing)} missing; build it again")
        return cls(path, manifest)

    @cached_property
    def roads(self) -> "Roads":
        """The road graph."""
        from tocsin.geo.roads import Roads

        return Roads.open(self.path / ROADS)

    @cached_property
    def resources(self) -> list[Resource]:
        """Stations, hospitals, hydrants, defibrillators."""
        return load_resources(self.path / RESOURCES)

    @cached_property
    def places(self) -> "Places":
        """The search index of places."""
        from tocsin.geo.places import Places

        return Places.open(self.path / PLACES)

    @property
    def basemap(self) -> Path:
        """The basemap's PMTiles file."""
        return self.path / BASEMAP
