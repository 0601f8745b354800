"""Every test of the desk that keeps something runs over both stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desk.hall import Logs

from tocsin.desk.locating import Locating
from tocsin.geo.build import build_region
from tocsin.geo.progress import Quiet
from tocsin.geo.region import Region
from tocsin.sim.city import lay_out, write_osm
from tocsin.sim.city.progress import Silent


@pytest.fixture(params=["memory", "sqlite"])
def logs(request, tmp_path) -> Iterator[Logs]:
    logs = Logs(tmp_path if request.param == "sqlite" else None)
    yield logs
    logs.close()


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """An invented town of 5,000."""
    folder = tmp_path_factory.mktemp("town")
    write_osm(lay_out(5_000, 7, Silent()), folder / "town.osm.pbf", Silent())
    build_region(folder / "town.osm.pbf", folder / "region", Quiet())
    return Region.open(folder / "region")


@pytest.fixture(autouse=True)
def nobody_combines(request, monkeypatch):
    """Random orders report where callers are, and what those come to is recorded whenever a thread is done with it: at
    a desk whose end is compared, nothing may come later. `test_locating.py` is about just that."""
    if not request.module.__name__.endswith("test_locating"):
        monkeypatch.setattr(Locating, "start", lambda _self: None)
