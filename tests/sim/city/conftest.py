"""Two invented cities, laid out once."""

from pathlib import Path

import pytest

from tocsin.sim.city import City, lay_out, write_osm


@pytest.fixture(scope="session")
def town() -> City:
    return lay_out(6_000, 2)


@pytest.fixture(scope="session")
def big() -> City:
    """Large enough for a motorway."""
    return lay_out(100_000, 5)


@pytest.fixture(params=["town", "big"])
def city(request: pytest.FixtureRequest) -> City:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def town_file(town: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city") / "town.osm.pbf"
    write_osm(town, path)
    return path
