"""The search against an oracle, scipy's Dijkstra over the same states, on random maps with bans and closures."""

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from tocsin.geo.roads import Roads
from tocsin.geo.snapping import Snaps

from .maps import Map, place

SIDE = 4  # streets each way


def touching(made: Map, way: tuple[int, list[int], dict[str, str]]) -> list[int]:
    """Which ways meet this one (itself, when it stands alone)."""
    return [i for i, other in enumerate(made.ways) if other is not way and set(other[1]) & set(way[1])] or [
        made.ways.index(way)
    ]


@st.composite
def towns(draw: st.DrawFn) -> tuple[Map, int]:
    """A jittered grid, streets missing, one-way, signalled and restricted at random; and a seed for the questions."""
    seed = draw(st.integers(0, 2**32 - 1))
    dice = np.random.default_rng(seed)
    made = Map(
        {
            r * SIDE + c + 1: (c * 150 + float(dice.uniform(-40, 40)), r * 150 + float(dice.uniform(-40, 40)))
            for r in range(SIDE)
            for c in range(SIDE)
        }
    )
    steps = [(r * SIDE + c, r * SIDE + c + 1) for r in range(SIDE) for c in range(1, SIDE)]
    steps += [(r * SIDE + c, (r + 1) * SIDE + c) for r in range(SIDE - 1) for c in range(1, SIDE + 1)]
    for a, b in steps:
        if dice.random() < draw(st.sampled_from([0.8, 0.95])):
            oneway = {"oneway": "yes"} if dice.random() < 0.25 else {}
            made.way(a, b, highway=str(dice.choice(["primary", "residential", "service"])), **oneway)
    made.way(1, 2)
    for node in made.nodes:
        if dice.random() < 0.2:
            made.node_tags[node] = {"highway": "traffic_signals"}
    for _ in range(draw(st.integers(0, 8))):
        kind = str(dice.choice(["no_left_turn", "only_straight_on", "no_u_turn"]))
        start = made.ways[int(dice.integers(len(made.ways)))]
        middle = made.ways[int(dice.choice(touching(made, start)))]
        end = made.ways[int(dice.choice(touching(made, middle)))]
        if dice.random() < 0.5:
            made.restrict(kind, start[0], (set(start[1]) & set(middle[1])).pop(), middle[0])
        elif end is not start:
            made.restrict(kind, start[0], [middle[0]], end[0])
    return made, seed


def oracle(roads: Roads, origin: Snaps, target: Snaps, siren: bool, closed: set[int]) -> float:
    """Travel time between two snaps by the book: scipy over states, ends added by hand."""
    graph = roads.graph
    start, end, cost = graph.arcs(siren=siren)
    time = graph.time_s(siren=siren).astype(float)
    shut = np.isin(graph.state_edge, list(closed))
    # Weight of an arc: leave `start` at its end, turn, drive all of `end`. Closed states can be left, not driven.
    drive = np.where(shut[end], np.inf, cost.astype(float) + time[end])
    keep = np.isfinite(drive)
    n = len(time)
    matrix = csr_matrix((drive[keep], (start[keep], end[keep])), shape=(n, n))
    best = np.inf
    for edge, fraction in zip(origin.edges[0], origin.fractions[0], strict=True):
        if edge < 0:
            continue
        after = dijkstra(matrix, indices=int(edge))  # from the end of this edge to the end of each state
        for last, share in zip(target.edges[0], target.fractions[0], strict=True):
            if last < 0:
                continue
            if last == edge and fraction <= share:
                best = min(best, (share - fraction) * time[edge])
            for arc in np.flatnonzero(graph.state_edge[end] == last):
                reach = (1 - fraction) * time[edge] + after[start[arc]] + cost[arc] + share * time[last]
                best = min(best, reach)
    return float(best)


@given(towns(), st.booleans(), st.integers(0, 6))
def test_kernel_matches_scipy_both_ways_and_the_route_tells_the_same(
    tmp_path_factory: pytest.TempPathFactory, town: tuple[Map, int], siren: bool, n_closed: int
) -> None:
    made, seed = town
    roads = made.roads(tmp_path_factory.mktemp("town"))
    dice = np.random.default_rng(seed + 1)
    points = np.array([place(*dice.uniform(-50, 500, 2)) for _ in range(6)])
    target = tuple(place(*dice.uniform(-50, 500, 2)))
    closed = {int(e) for e in dice.integers(len(roads.graph.edge_piece), size=n_closed)}
    snaps, end = roads.snap_many(points), roads.snap_many([target])
    to = roads.times_to(target, points, siren=siren, closed=closed)
    back = roads.times_from(target, points, siren=siren, closed=closed)
    for i in range(len(points)):
        one = Snaps.of([roads.snap(*points[i])])
        expected = oracle(roads, one, end, siren, closed)
        assert to.eta_s[i] == pytest.approx(expected, abs=1e-6)
        assert back.eta_s[i] == pytest.approx(oracle(roads, end, one, siren, closed), abs=1e-6)
        assert to.snap_m[i] == snaps.distance_m[i]
        route = roads.route(tuple(points[i]), target, siren=siren, closed=closed)
        if not np.isfinite(expected):
            assert route is None
            assert np.isinf(to.length_m[i])
            continue
        assert route is not None
        assert route.eta_s == pytest.approx(expected, abs=1e-6)
        assert route.at_s[-1] == pytest.approx(route.eta_s, abs=1e-4)
        assert route.length_m == pytest.approx(to.length_m[i], abs=1e-3)
        assert (np.diff(route.at_s) >= 0).all()
        assert route.points_deg[0] == pytest.approx([snaps.lat_deg[i], snaps.lon_deg[i]], abs=1e-7)
        assert route.points_deg[-1] == pytest.approx([end.lat_deg[0], end.lon_deg[0]], abs=1e-7)


def ladder(folder: Path) -> Roads:
    """Two parallel streets, Near (y = 0) and Far (y = 100), joined at both ends."""
    made = Map({1: (0, 0), 2: (400, 0), 3: (400, 100), 4: (0, 100), 5: (-100, 0), 6: (500, 0)})
    for name, a, b in (("Near", 1, 2), ("Right", 2, 3), ("Far", 3, 4), ("Left", 4, 1), ("In", 5, 1), ("Out", 2, 6)):
        made.way(a, b, name=name)
    return made.roads(folder)


def test_a_closure_takes_effect_at_once_and_lifts_at_once(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    start, end = place(-50, 0), place(450, 0)
    shut = roads.closed_edges([(*place(200, 5), 0.0)])
    free = roads.route(start, end, siren=True)
    round_about = roads.route(start, end, siren=True, closed=shut)
    again = roads.route(start, end, siren=True)
    assert free is not None
    assert round_about is not None
    assert again is not None
    assert free.streets == ("In", "Near", "Out") == again.streets
    assert round_about.streets == ("In", "Left", "Far", "Right", "Out")


def test_a_unit_on_a_closed_road_may_leave_it_and_help_may_enter_where_it_is_needed(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    shut = roads.closed_edges([(*place(200, 0), 0.0)])
    leaving = roads.times_to(place(450, 0), [place(200, 0)], siren=True, closed=shut)
    entering = roads.times_to(place(200, 0), [place(450, 0)], siren=True, closed=shut)
    assert np.isfinite(leaving.eta_s[0])
    assert np.isfinite(entering.eta_s[0])


def test_which_edges_a_closure_means(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    named = lambda edges: sorted({roads.edge_street(int(e)) for e in edges})  # noqa: E731
    assert named(roads.closed_edges([(*place(200, 20), 0.0)])) == ["Near"]
    assert len(roads.closed_edges([(*place(200, 20), 0.0)])) == 2
    assert named(roads.edges_near(*place(200, 20), 85)) == ["Far", "Near"]
    assert named(roads.edges_near(*place(200, 20), 79)) == ["Near"]
    assert roads.edges_near(*place(200, 20), 10).size == 0
    assert named(roads.edges_of_street("fAR", place(200, 0))) == ["Far"]
    assert roads.edges_of_street("Far", place(50_000, 0)).size == 0
    assert roads.edges_of_street("Nowhere", place(0, 0)).size == 0
    assert named(roads.edges_between(place(50, 0), place(300, 0))) == ["Near"]


def test_edges_tell_their_way_and_middle(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    near = int(roads.closed_edges([(*place(200, 0), 0.0)])[0])
    assert roads.edge_way(near) == 101
    assert roads.edge_midpoint(near) == pytest.approx(place(200, 0), abs=1e-6)


def test_a_limit_cuts_the_search(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    whole = roads.times_to(place(450, 0), [place(-50, 0), place(420, 0)], siren=True)
    cut = roads.times_to(place(450, 0), [place(-50, 0), place(420, 0)], siren=True, limit_s=whole.eta_s[0] - 1)
    assert np.isinf(cut.eta_s[0])
    assert cut.eta_s[1] == whole.eta_s[1]


def test_snapping_tells_where_and_how_far(tmp_path: Path) -> None:
    snap = ladder(tmp_path).snap(*place(100, 30))
    assert snap.street == "Near"
    assert snap.fraction == pytest.approx(0.25, abs=1e-3)
    assert snap.distance_m == pytest.approx(30, rel=0.01)
    assert (snap.lat_deg, snap.lon_deg) == pytest.approx(place(100, 0), abs=1e-6)


def test_snapping_is_the_nearest_of_all(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    dice = np.random.default_rng(5)
    spots = dice.uniform(-2000, 2500, (200, 2))
    snaps = roads.snap_many([place(x, y) for x, y in spots])
    for (x, y), metres in zip(spots, snaps.distance_m, strict=True):
        across = [np.hypot(x - np.clip(x, -100, 500), y), np.hypot(x - np.clip(x, 0, 400), y - 100)]
        along = [np.hypot(x - at, y - np.clip(y, 0, 100)) for at in (0, 400)]
        assert metres == pytest.approx(min(across + along), rel=0.01, abs=0.5)


@pytest.mark.parametrize("spot", [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_a_point_off_the_earth_is_refused(tmp_path: Path, spot: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="latitude"):
        ladder(tmp_path).snap(*spot)


def test_the_straight_line_is_longer_than_the_crow_flies(tmp_path: Path) -> None:
    seconds, metres = ladder(tmp_path).line_time(place(0, 0), place(1000, 0))
    assert 1000 < metres < 2000
    assert seconds > 0


def test_threads_do_not_disturb_each_other(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    dice = np.random.default_rng(3)
    asked = [(place(*dice.uniform(0, 400, 2)), [place(*dice.uniform(0, 400, 2)) for _ in range(20)]) for _ in range(40)]
    alone = [roads.times_to(target, points, siren=True).eta_s for target, points in asked]
    wrong: list[int] = []

    def ask() -> None:
        for i, (target, points) in enumerate(asked):
            if not np.array_equal(roads.times_to(target, points, siren=True).eta_s, alone[i]):
                wrong.append(i)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_stamps_that_run_out_start_over(tmp_path: Path) -> None:
    roads = ladder(tmp_path)
    shut = roads.closed_edges([(*place(200, 105), 0.0)])
    asked = [
        lambda closed=closed: roads.times_to(place(450, 0), [place(-50, 0)], siren=True, closed=closed)
        for closed in (None, shut)
    ]
    before = [ask().eta_s[0] for ask in asked]
    workspaces = [roads.searcher._workspace(), *roads.searcher._local.cores.values()]
    assert len(workspaces) == 2
    for workspace in workspaces:
        workspace.mark = 2**31 - 3
    for _ in range(3):
        assert [ask().eta_s[0] for ask in asked] == before
    assert max(workspace.mark for workspace in workspaces) < 10
