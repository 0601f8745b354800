"""The invented city must hang together: roads that meet, names that tell streets apart, help within reach."""

from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tocsin.sim.city import City, CityError, lay_out
from tocsin.sim.city.network import Network
from tocsin.sim.city.traffic import components
from tocsin.sim.city.words import REPEATED

DRIVABLE = {
    "motorway",
    "motorway_link",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "perimeter",
    "unclassified",
    "residential",
    "close",
    "service",
}


def lengths(city: City) -> np.ndarray:
    return np.array([np.hypot(*np.diff(e.points, axis=0).T).sum() for e in city.edges])


def river(city: City) -> shapely.Polygon:
    return next(a.shape for a in city.areas if a.tags.get("water") == "river")


def test_edges_begin_and_end_at_their_nodes(city: City) -> None:
    for edge in city.edges:
        assert np.allclose(edge.points[0], city.nodes[edge.u], atol=0.2)
        assert np.allclose(edge.points[-1], city.nodes[edge.v], atol=0.2)


def test_nearly_all_road_length_is_one_connected_whole(city: City) -> None:
    drivable = [e.kind in DRIVABLE for e in city.edges]
    pairs = np.array([(e.u, e.v) for e, d in zip(city.edges, drivable, strict=True) if d])
    size = len(city.nodes)
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    length = lengths(city)[drivable]
    share = np.bincount(label[pairs[:, 0]], weights=length).max() / length.sum()
    assert share > 0.99


def test_one_way_streets_cut_nothing_off(city: City) -> None:
    assert any(e.oneway for e in city.edges)
    label = components(Network(city.nodes, city.edges))
    assert len({int(label[n]) for e in city.edges if e.kind in DRIVABLE for n in (e.u, e.v)}) == 1


def test_every_node_is_used(city: City) -> None:
    assert {n for e in city.edges for n in (e.u, e.v)} == set(range(len(city.nodes)))


def test_only_bridges_cross_the_river_and_nothing_leaves_the_land(city: City) -> None:
    bed = river(city).buffer(-1.5)
    lines = shapely.STRtree([shapely.LineString(e.points) for e in city.edges])
    wet = [city.edges[int(k)] for k in lines.query(bed, predicate="intersects")]
    assert wet, "a city on a river has bridges"
    assert [e.kind for e in wet if not e.bridge] == []
    ashore = city.land.buffer(1)
    assert all(ashore.contains(shapely.LineString(e.points)) for e in city.edges)


def test_every_street_has_a_name_but_ramps_and_roundabouts(city: City) -> None:
    for street in city.streets:
        nameless = street.kind == "motorway_link" or "junction" in city.edges[street.edges[0]].tags
        assert bool(street.name) != nameless


def test_names_repeat_only_on_purpose_and_in_different_districts(city: City) -> None:
    homes = defaultdict(list)
    for street in city.streets:
        if street.name:
            homes[street.name].append(street.district)
    twice = {name: found for name, found in homes.items() if len(found) > 1}
    assert set(twice) <= set(REPEATED)
    assert twice, "some names are repeated on purpose"
    assert all(len(found) == 2 and found[0] != found[1] for found in twice.values())


def test_streets_walk_their_edges_end_to_end(city: City) -> None:
    seen: list[int] = []
    for street in city.streets:
        at = None
        for k, forward in zip(street.edges, street.forward, strict=True):
            edge = city.edges[k]
            start, end = (edge.u, edge.v) if forward else (edge.v, edge.u)
            assert at is None or at == start
            at = end
        seen += street.edges
    assert sorted(seen) == list(range(len(city.edges)))


def test_house_numbers_are_unique_and_odd_and_even_keep_their_sides(city: City) -> None:
    found = Counter((h.street, h.number) for h in city.houses)
    assert max(found.values()) == 1
    assert all(1 <= int(h.number) < 20_000 for h in city.houses)
    right = 0
    for house in city.houses:
        street = city.streets[house.street]
        side = _side(city, street.edges, street.forward, house)
        right += (side > 0) == (int(house.number) % 2 == 0)
    assert right > 0.97 * len(city.houses)


def _side(city: City, edges: list[int], forward: list[bool], house: object) -> float:
    best, side = np.inf, 0.0
    for k, ahead in zip(edges, forward, strict=True):
        points = city.edges[k].points if ahead else city.edges[k].points[::-1]
        a, b = points[:-1], points[1:]
        step = b - a
        to = np.array([house.x, house.y]) - a
        t = np.clip((to * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-9), 0, 1)
        away = np.hypot(*(to - step * t[:, None]).T)
        k_best = int(np.argmin(away))
        if away[k_best] < best:
            best = float(away[k_best])
            side = float(step[k_best, 0] * to[k_best, 1] - step[k_best, 1] * to[k_best, 0])
    return side


def test_help_stands_by_a_street(city: City) -> None:
    roads = shapely.STRtree([shapely.LineString(e.points) for e in city.edges if e.kind in DRIVABLE])
    served = [h for h in city.houses if "name" in h.tags]
    away = roads.query_nearest(shapely.points([(h.x, h.y) for h in served]), return_distance=True, all_matches=False)[1]
    assert away.max() < 60
    spots = [s for s in city.spots if s.tags.get("emergency") == "fire_hydrant"]
    away = roads.query_nearest(shapely.points([(s.x, s.y) for s in spots]), return_distance=True, all_matches=False)[1]
    assert away.max() < 8


def counts(city: City) -> Counter[str]:
    found: Counter[str] = Counter()
    for thing in (*city.houses, *city.spots):
        found[thing.tags.get("emergency", "") if thing.tags.get("emergency") != "yes" else ""] += 1
        found[thing.tags.get("amenity", "")] += 1
    return found


def test_resources_grow_with_people(town: City, big: City) -> None:
    small, large = counts(town), counts(big)
    for what in ("fire_station", "ambulance_station", "police", "hospital"):
        assert small[what] >= 1
    assert large["fire_station"] >= 3
    assert large["ambulance_station"] >= 2
    for what in ("fire_hydrant", "defibrillator", "school"):
        assert large[what] > 4 * small[what] > 0
    assert len(big.houses) > 6 * len(town.houses)


def test_the_hierarchy_is_there(big: City) -> None:
    length: Counter[str] = Counter()
    for edge, metres in zip(big.edges, lengths(big), strict=True):
        length[edge.kind] += metres
    assert length["motorway"] > 2 * 1500
    assert 0 < length["primary"] < length["secondary"] < length["residential"]
    assert length["residential"] > 0.5 * sum(length.values())
    assert any("junction" in e.tags for e in big.edges)
    assert any(t == {"highway": "traffic_signals"} for t in big.signals.values())
    assert big.restrictions


def test_not_a_chessboard(big: City) -> None:
    """In a chessboard two headings hold all streets; here no band of 20 degrees holds even half."""
    heading = [
        np.degrees(np.arctan2(*(e.points[-1] - e.points[0])[::-1])) % 90 for e in big.edges if e.kind == "residential"
    ]
    shares, _ = np.histogram(heading, bins=9, range=(0, 90))
    pairs = (shares + np.roll(shares, 1)) / shares.sum()
    assert pairs.max() < 0.5


def test_blocks_have_a_believable_size(big: City) -> None:
    lines = [shapely.LineString(e.points) for e in big.edges if not e.bridge and e.kind in DRIVABLE]
    area = np.array([b.area for b in shapely.get_parts(shapely.polygonize(lines))])
    assert 5_000 < np.median(area) < 30_000
    assert np.mean(area < 400) < 0.02


def test_another_seed_is_another_city(town: City) -> None:
    other = lay_out(6_000, 3)
    assert other.land.symmetric_difference(town.land).area > 0.1 * town.land.area


@pytest.mark.parametrize("people", [0, -5, 999, 2_000_001])
def test_people_out_of_range_is_one_clear_line(people: int) -> None:
    with pytest.raises(CityError, match=r"people must be between 1,000 and 2,000,000") as refused:
        lay_out(people, 1)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("seed", [0, 1, 11, -4, 2**40])
def test_the_smallest_town_stands_for_any_seed(seed: int) -> None:
    tiny = lay_out(1_000, seed)
    found = counts(tiny)
    assert min(found[k] for k in ("fire_station", "ambulance_station", "police", "hospital")) >= 1
    assert len(tiny.houses) > 60


def test_progress_is_told_stage_by_stage() -> None:
    told: list[tuple[str, int]] = []

    class Listener:
        def stage(self, name: str, total: int) -> None:
            told.append((name, 0))

        def advance(self, n: int) -> None:
            told[-1] = (told[-1][0], told[-1][1] + n)

    lay_out(2_000, 4, Listener())
    assert len(told) >= 5
    assert dict(told)["laying the side streets"] > 0
