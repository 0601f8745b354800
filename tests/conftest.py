"""What every test shares: hypothesis set for a busy machine, a PostgreSQL server where there is one, a small town."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.log.postgres_server import Server, programs

from tocsin.geo.region import Region

# Two hands on two cores: how long an example takes says nothing about the code.
settings.register_profile(
    "house", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A private server, one for each process that runs tests."""
    bin_dir = programs()
    if bin_dir is None:
        pytest.skip("PostgreSQL's server (15 or later) is not on this machine: its tests are not run")
    server = Server.make(bin_dir)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def own_server():
    """A server to be harmed, apart from the one that all tests share."""
    bin_dir = programs()
    if bin_dir is None:
        pytest.skip("PostgreSQL's server (15 or later) is not on this machine: its tests are not run")
    server = Server.make(bin_dir)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of an invented town of 5,000, and beside it its region: made once, for all processes that run tests."""
    from tocsin.geo.build import build_region
    from tocsin.geo.progress import Quiet
    from tocsin.sim.city import lay_out, write_osm
    from tocsin.sim.city.progress import Silent

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "town"
    folder.mkdir(exist_ok=True)
    source = folder / "town.osm.pbf"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "region").exists():  # it appears whole
            write_osm(lay_out(5_000, 7, Silent()), source, Silent())
            build_region(source, folder / "region", Quiet())
    return source


@pytest.fixture(scope="session")
def region(town: Path) -> Region:
    """The town as a region."""
    return Region.open(town.parent / "region")
