"""Cells over a town, and the drives between them, against one search for each pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.geo.maps import Map

from tocsin.geo.build import build_region
from tocsin.geo.cells import FAR, MOST, cells_of, drives_between, drives_from, kept_drives
from tocsin.geo.progress import Quiet
from tocsin.geo.region import Region

SIDE, STREET_M = 7, 700.0


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A town of straight streets, five kilometres wide."""
    folder = tmp_path_factory.mktemp("cells")
    nodes = {r * SIDE + c + 1: (c * STREET_M, r * STREET_M) for r in range(SIDE) for c in range(SIDE)}
    steps = [(r * SIDE + c, r * SIDE + c + 1) for r in range(SIDE) for c in range(1, SIDE)]
    steps += [(r * SIDE + c + 1, (r + 1) * SIDE + c + 1) for r in range(SIDE - 1) for c in range(SIDE)]
    made = Map(nodes)
    for i, step in enumerate(steps):
        made.way(*step, highway="residential" if i % 2 else "secondary", name=f"Street {i}")
    made.write(folder / "town.osm.pbf")
    build_region(folder / "town.osm.pbf", folder / "region", Quiet())
    return Region.open(folder / "region")


def test_every_road_lies_in_a_cell_and_the_shares_add_up(region: Region) -> None:
    cells = cells_of(region.roads.graph)
    assert 0 < len(cells) <= MOST
    assert cells.weight.sum() == pytest.approx(1.0)
    for i in range(len(cells)):
        south, west, north, east = cells.square(i)
        assert south - 1e-9 <= cells.lat_deg[i] <= north + 1e-9
        assert west - 1e-9 <= cells.lon_deg[i] <= east + 1e-9


def test_there_are_never_more_cells_than_asked_for(region: Region) -> None:
    assert len(cells_of(region.roads.graph, 12)) <= 12


def test_drives_are_those_of_one_search_for_each_pair(region: Region) -> None:
    cells = cells_of(region.roads.graph, 30)
    drives = drives_between(region.roads, cells, 240.0)
    dice = np.random.default_rng(5)
    for a, b in dice.integers(0, len(cells), (60, 2)).tolist():
        here, there = (cells.lat_deg[a], cells.lon_deg[a]), (cells.lat_deg[b], cells.lon_deg[b])
        found = region.roads.times_to(there, np.array([here]), siren=True).eta_s[0]
        expected = int(np.ceil(found)) if found <= 240.0 else FAR
        assert int(drives[a, b]) == expected, (a, b)
    assert (drives == FAR).any()
    snaps = region.roads.snap_many(np.stack([cells.lat_deg, cells.lon_deg], axis=1))
    again = drives_from(region.roads, (float(cells.lat_deg[3]), float(cells.lon_deg[3])), snaps, 240.0)
    assert np.abs(again.astype(int) - drives[3].astype(int)).max() <= 1


def test_a_point_finds_its_nearest_cell(region: Region) -> None:
    cells = cells_of(region.roads.graph, 30)
    points = np.stack([cells.lat_deg, cells.lon_deg], axis=1) + 1e-5
    assert cells.finder().nearest(points).tolist() == list(range(len(cells)))


def test_drives_are_kept_and_a_damaged_file_is_worked_out_anew(region: Region, tmp_path: Path) -> None:
    cells = cells_of(region.roads.graph, 20)
    done: list[int] = []
    first = kept_drives(region, cells, 200.0, tmp_path / "reach", done.append)
    assert done[-1] == len(cells)
    assert len(done) == len(cells)
    (file,) = (tmp_path / "reach").iterdir()
    done.clear()
    assert (kept_drives(region, cells, 200.0, tmp_path / "reach", done.append) == first).all()
    assert done == [len(cells)]
    file.write_bytes(b"half")
    assert (kept_drives(region, cells, 200.0, tmp_path / "reach", done.append) == first).all()
    assert np.load(file).shape == first.shape


def test_a_folder_that_cannot_be_written_costs_only_time(region: Region, tmp_path: Path) -> None:
    cells = cells_of(region.roads.graph, 20)
    (tmp_path / "reach").write_text("a file")
    assert kept_drives(region, cells, 200.0, tmp_path / "reach", lambda _n: None).shape == (len(cells), len(cells))
