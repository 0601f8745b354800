"""The search without the states that leave no choice: the plain search's answers, on random towns and a real map."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.geo import core
from tocsin.geo.assemble import build_roads
from tocsin.geo.progress import Quiet
from tocsin.geo.roads import Roads
from tocsin.geo.snapping import Snaps

from .maps import Map, place
from .test_real_maps import MAPS
from .test_travel import oracle, towns


def both(roads: Roads, ends: Snaps, many: Snaps, siren: bool, limit_s: float = np.inf):
    """Times by the quick search and by the plain one, towards `ends` and away from it."""
    s = roads.searcher
    none = s.closed_mask(np.zeros(0, np.int64))
    quick = s.times_to_one(ends, many, siren, none, limit_s), s.times_from_one(ends, many, siren, none, limit_s)
    plain = s.to_one(ends, many, siren, none, limit_s).times, s.from_one(ends, many, siren, none, limit_s).times
    return zip(quick, plain, strict=True)


def assert_same(roads: Roads, ends: Snaps, many: Snaps, siren: bool, limit_s: float = np.inf) -> None:
    for quick, plain in both(roads, ends, many, siren, limit_s):
        assert quick.eta_s == pytest.approx(plain.eta_s, abs=1e-6)
        assert quick.length_m == pytest.approx(plain.length_m, abs=1e-2)


@given(towns(), st.booleans(), st.sampled_from([np.inf, 60.0]))
def test_the_answers_are_those_of_the_plain_search_and_of_scipy(tmp_path_factory, town, siren, limit_s):
    made, seed = town
    roads = made.roads(tmp_path_factory.mktemp("town"))
    dice = np.random.default_rng(seed + 5)
    points = np.array([place(*dice.uniform(-50, 500, 2)) for _ in range(12)])
    many = roads.snap_many(points)
    for i in range(3):
        end = roads.snap_many(points[i : i + 1])
        assert_same(roads, end, many, siren, limit_s)
        by_the_book = oracle(roads, roads.snap_many(points[4:5]), end, siren, set())
        said = roads.times_to(tuple(points[i]), points[4:5], siren=siren).eta_s[0]
        assert said == pytest.approx(by_the_book, abs=1e-6)


@pytest.mark.parametrize("siren", [True, False])
def test_on_a_real_map(siren):
    file = MAPS / "maps" / "liechtenstein_2021.osm.pbf"
    if not file.is_file():
        pytest.skip(f"no map at {file}")
    roads = Roads(build_roads(file, Quiet()).graph)
    graph, dice = roads.graph, np.random.default_rng(4)
    spots = graph.piece_ptr[dice.choice(len(graph.piece_class), 240)]
    points = np.stack([graph.point_lat[spots], graph.point_lon[spots]], axis=1) * 1e-7
    many = roads.snap_many(points + dice.normal(0, 1e-4, points.shape))
    for i in range(12):
        assert_same(roads, Snaps.of([roads.snap(*points[i])]), many, siren)


def ring() -> Map:
    """A one-way ring that nothing leaves, entered from a crossing of its own; a dead end; a street on its own."""
    made = Map({i: (100.0 * (i % 3), 100.0 * (i // 3)) for i in range(1, 14)})
    made.way(1, 2, 5, 4, 1, oneway="yes")
    made.way(7, 4, oneway="yes")
    made.way(7, 8, 9)
    made.way(10, 7)
    made.way(12, 13)
    return made


def test_rings_without_an_exit_dead_ends_and_islands(tmp_path):
    roads = ring().roads(tmp_path)
    graph = roads.graph
    points = np.stack([graph.point_lat, graph.point_lon], axis=1) * 1e-7
    nudged = np.concatenate([points + 2e-4, points - 3e-4, points])
    many = roads.snap_many(nudged)
    for siren in (True, False):
        for point in nudged:
            assert_same(roads, Snaps.of([roads.snap(*point)]), many, siren)


def test_a_stretch_too_long_for_the_memory_falls_back_on_the_plain_search(tmp_path, monkeypatch):
    roads = ring().roads(tmp_path)
    start, ends = roads.snap_many([place(0, 210)]), roads.snap_many([place(50, 0), place(200, 200)])

    def winding(*_all: object) -> None:
        raise core.TooWinding

    monkeypatch.setattr("tocsin.geo.travel.search_core", winding)
    assert_same(roads, start, ends, True)


def test_most_of_a_street_is_left_out(tmp_path):
    """A long street of many pieces without a turning is one arc: that is what makes it quick."""
    made = Map({i: (i * 50.0, 0.0) for i in range(1, 30)} | {40: (50.0, 100.0), 41: (1450.0, 100.0)})
    for i in range(1, 29):
        made.way(i, i + 1, highway="primary" if i % 2 else "secondary")
    for a, b in ((1, 40), (29, 41), (40, 41), (1, 29)):
        made.way(a, b)
    searcher = made.roads(tmp_path).searcher
    none = searcher.closed_mask(np.zeros(0, np.int64))
    net, back = (searcher.net(reverse=reverse, siren=True, closed=none) for reverse in (True, False))
    assert (core.core_of(net, back).number >= 0).sum() < len(searcher.graph.state_edge) / 2
