"""A small invented town, as a map and as a region."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.geo.build import build_region
from tocsin.geo.progress import Quiet
from tocsin.geo.region import Region
from tocsin.sim.city import lay_out, write_osm
from tocsin.sim.city.progress import Silent


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of a town of 5,000."""
    source = tmp_path_factory.mktemp("town") / "town.osm.pbf"
    write_osm(lay_out(5_000, 7, Silent()), source, Silent())
    return source


@pytest.fixture(scope="session")
def region(town: Path) -> Region:
    """The same as a region."""
    build_region(town, town.parent / "region", Quiet())
    return Region.open(town.parent / "region")
