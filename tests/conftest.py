"""What every test shares: hypothesis set for a busy machine, and a PostgreSQL server where there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from tests.log.postgres_server import Server, programs

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
