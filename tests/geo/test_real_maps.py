"""Real maps, read in place where they are: the builder must hold on what people really drew."""

from pathlib import Path

import numpy as np
import pytest

from tocsin.geo.assemble import build_roads
from tocsin.geo.progress import Quiet
from tocsin.geo.resources_find import find_resources
from tocsin.geo.roads import Roads

MAPS = Path(__file__).parents[3] / "shared" / "regions"
FILES = {
    "lauf": MAPS / "maps" / "lauf_pegnitz_2020.osm.pbf",
    "reisterstown": MAPS / "maps" / "reisterstown_baltimore_county.osm.pbf",
}

pytestmark = pytest.mark.skipif(not MAPS.is_dir(), reason=f"no real maps at {MAPS}: this test reads them in place")


@pytest.mark.parametrize("name", FILES)
def test_nearly_everyone_can_reach_everyone(name: str) -> None:
    built = build_roads(FILES[name], Quiet())
    roads = Roads(built.graph)
    west, south, east, north = built.bbox
    dice = np.random.default_rng(11)
    spots = dice.integers(len(built.graph.point_lat), size=300)
    points = np.stack([built.graph.point_lat[spots], built.graph.point_lon[spots]], axis=1) * 1e-7
    points += dice.normal(0, 3e-4, points.shape)
    centre = ((south + north) / 2, (west + east) / 2)
    normal = roads.times_to(centre, points, siren=False)
    siren = roads.times_to(centre, points, siren=True)
    assert np.isfinite(normal.eta_s).mean() > 0.97
    reached = np.isfinite(normal.eta_s)
    assert (siren.eta_s[reached] <= normal.eta_s[reached] + 1e-6).all()
    narrow = np.cos(np.radians(centre[0]))
    crow_m = np.hypot(points[:, 0] - centre[0], (points[:, 1] - centre[1]) * narrow) * 111_195
    off_m = normal.snap_m + roads.snap(*centre).distance_m
    assert (normal.length_m[reached] + off_m[reached] >= crow_m[reached] * 0.99 - 5).all()


def test_restrictions_along_ways_make_copies() -> None:
    graph = build_roads(FILES["reisterstown"], Quiet()).graph
    assert len(graph.state_edge) > len(graph.edge_piece)


def test_the_hydrants_of_lauf() -> None:
    kinds = [one.kind for one in find_resources(FILES["lauf"], Quiet())]
    assert kinds.count("hydrant") >= 470
    assert kinds.count("fire_station") == 3
