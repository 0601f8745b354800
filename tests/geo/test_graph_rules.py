"""The rules of the road, each on the smallest map that shows it."""

from pathlib import Path

import numpy as np
import pytest

from tocsin.geo.osm import read_restrictions
from tocsin.geo.speeds import NORMAL, SIREN

from .maps import Map, cross, place, streets


def ring() -> Map:
    """A square block: 1 (0,0) 2 (200,0) 3 (200,200) 4 (0,200), each side a street."""
    made = Map({1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200)})
    for name, a, b in (("South", 1, 2), ("East", 2, 3), ("North", 3, 4), ("West", 4, 1)):
        made.way(a, b, name=name)
    return made


def test_a_one_way_street_sends_you_round_the_block(tmp_path: Path) -> None:
    block = ring()
    block.ways[0][2]["oneway"] = "yes"
    roads = block.roads(tmp_path)
    assert streets(roads, (20, 0), (180, 0)) == ["South"]
    assert streets(roads, (180, 0), (20, 0)) == ["South", "East", "North", "West", "South"]


def test_one_way_against_its_drawing(tmp_path: Path) -> None:
    block = ring()
    block.ways[0][2]["oneway"] = "-1"
    roads = block.roads(tmp_path)
    assert streets(roads, (180, 0), (20, 0)) == ["South"]
    assert len(streets(roads, (20, 0), (180, 0))) == 5


def test_a_roundabout_turns_one_way(tmp_path: Path) -> None:
    made = Map({1: (0, 0), 2: (30, 30), 3: (0, 60), 4: (-30, 30), 5: (0, -100), 6: (130, 30)})
    made.way(1, 2, 3, 4, 1, junction="roundabout", name="Ring")
    made.way(5, 1, name="South")
    made.way(2, 6, name="East")
    roads = made.roads(tmp_path)
    quarter = roads.route(place(0, -50), place(80, 30), siren=True)
    three = roads.route(place(80, 30), place(0, -50), siren=True)
    assert quarter is not None
    assert three is not None
    assert three.length_m - quarter.length_m == pytest.approx(2 * np.hypot(30, 30), rel=0.01)


def test_a_banned_turn_at_a_node(tmp_path: Path) -> None:
    made = cross()
    made.restrict("no_left_turn", 101, 1, 104)
    roads = made.roads(tmp_path)
    assert streets(roads, (-50, 0), (0, 50)) != ["West", "North"]
    assert streets(roads, (50, 0), (0, 50)) == ["East", "North"]
    assert streets(roads, (-50, 0), (0, -50)) == ["West", "South"]


def test_a_mandatory_turn_at_a_node(tmp_path: Path) -> None:
    made = cross()
    made.restrict("only_straight_on", 101, 1, 102)
    roads = made.roads(tmp_path)
    assert streets(roads, (-50, 0), (50, 0)) == ["West", "East"]
    assert streets(roads, (-50, 0), (0, 50)) == ["West", "East", "North"]
    assert streets(roads, (0, -50), (0, 50)) == ["South", "North"]


def test_emergency_vehicles_exempt_and_conditional_bans_are_left_out_and_counted(tmp_path: Path) -> None:
    made = cross()
    made.restrict("no_left_turn", 101, 1, 104, **{"except": "psv;emergency"})
    made.relations.append(
        (9, made.relations[0][1], {"type": "restriction", "restriction:conditional": "no_left_turn @ (07:00-09:00)"})
    )
    built = made.built(tmp_path)
    assert built.left_out["turn restrictions left out: emergency vehicles exempt"] == 1
    assert built.left_out["turn restrictions left out: conditional on time or vehicle"] == 1
    assert streets(made.roads(tmp_path), (-50, 0), (0, 50)) == ["West", "North"]


def test_a_ban_for_others_than_us_is_kept(tmp_path: Path) -> None:
    made = cross()
    made.restrict("no_left_turn", 101, 1, 104, **{"except": "psv"})
    assert len(read_restrictions(made.write(tmp_path / "m.osm.pbf")).kept) == 1
    assert streets(made.roads(tmp_path), (-50, 0), (0, 50)) != ["West", "North"]


def two_crossings() -> tuple[Map, int, int, int, int]:
    """A main road 2-1-3-6, side roads down to 4 (Near, at 1) and 5 (Far, at 3); the ways West, Middle, Near, Far."""
    made = Map({1: (0, 0), 2: (-500, 0), 3: (50, 0), 6: (150, 0), 4: (0, -100), 5: (50, -100)})
    west = made.way(2, 1, name="West")
    middle = made.way(1, 3, name="Middle")
    made.way(3, 6, name="East")
    near = made.way(4, 1, name="Near")
    far = made.way(3, 5, name="Far")
    return made, west, middle, near, far


def test_a_ban_along_a_way_binds_only_those_who_came_that_way(tmp_path: Path) -> None:
    made, west, middle, near, far = two_crossings()
    made.restrict("no_right_turn", near, [middle], far)
    roads = made.roads(tmp_path)
    assert streets(roads, (0, -50), (50, -50)) != ["Near", "Middle", "Far"]
    assert streets(roads, (-50, 0), (50, -50)) == ["West", "Middle", "Far"]
    assert streets(roads, (0, -50), (100, 0)) == ["Near", "Middle", "East"]
    assert streets(roads, (20, 0), (50, -50)) == ["Middle", "Far"]
    assert west != middle


def test_a_mandatory_turn_along_a_way(tmp_path: Path) -> None:
    made, _, middle, near, far = two_crossings()
    made.restrict("only_right_turn", near, [middle], far)
    roads = made.roads(tmp_path)
    assert streets(roads, (0, -50), (100, 0)) == ["Near", "Middle", "Far", "East"]
    assert streets(roads, (-50, 0), (100, 0)) == ["West", "Middle", "East"]


def test_a_target_on_a_way_with_memory_is_reached_however_it_was_entered(tmp_path: Path) -> None:
    made, _, middle, near, far = two_crossings()
    made.restrict("no_right_turn", near, [middle], far)
    roads = made.roads(tmp_path)
    there = roads.times_to(place(30, 0), [place(0, -50), place(-50, 0)], siren=True)
    back = roads.times_from(place(0, -50), [place(30, 0)], siren=True)
    assert streets(roads, (0, -50), (30, 0)) == ["Near", "Middle"]
    assert there.length_m == pytest.approx([80, 80], rel=0.01)
    assert back.eta_s[0] == pytest.approx(there.eta_s[0], abs=1e-6)


def test_a_private_way_is_for_the_last_metres(tmp_path: Path) -> None:
    made = ring()
    made.nodes |= {5: (100, 0), 6: (100, 200)}
    made.ways = []
    made.way(1, 5, 2, name="South")
    made.way(2, 3, name="East")
    made.way(3, 6, 4, name="North")
    made.way(4, 1, name="West")
    made.way(5, 6, name="Yard", access="private")
    roads = made.roads(tmp_path)
    assert "Yard" not in streets(roads, (90, 0), (90, 200))
    assert streets(roads, (90, 0), (100, 100)) == ["South", "Yard"]


def test_a_bus_street_is_free_only_under_siren(tmp_path: Path) -> None:
    made = ring()
    made.nodes |= {5: (100, 0), 6: (100, 200)}
    made.ways = []
    made.way(1, 5, 2, name="South")
    made.way(2, 3, name="East")
    made.way(3, 6, 4, name="North")
    made.way(4, 1, name="West")
    made.way(5, 6, name="Bus street", access="no", bus="yes")
    roads = made.roads(tmp_path)
    assert streets(roads, (90, 0), (90, 200), siren=True) == ["South", "Bus street", "North"]
    assert "Bus street" not in streets(roads, (90, 0), (90, 200), siren=False)


def test_a_gate_costs_and_a_wall_stops(tmp_path: Path) -> None:
    free = Map({1: (0, 0), 2: (100, 0), 3: (200, 0)})
    free.way(1, 2, 3, name="Lane")
    plain = free.roads(tmp_path).times_to(place(190, 0), [place(10, 0)], siren=True).eta_s[0]
    free.node_tags[2] = {"barrier": "gate"}
    gated = free.roads(tmp_path).times_to(place(190, 0), [place(10, 0)], siren=True).eta_s[0]
    free.node_tags[2] = {"barrier": "block"}
    walled = free.roads(tmp_path).times_to(place(190, 0), [place(10, 0)], siren=True).eta_s[0]
    assert gated > plain + 0.5 * SIREN.gate_s
    assert np.isinf(walled)


def test_signals_cost_less_under_siren(tmp_path: Path) -> None:
    made = cross()
    before = [made.roads(tmp_path).times_to(place(50, 0), [place(-50, 0)], siren=s).eta_s[0] for s in (False, True)]
    made.node_tags[1] = {"highway": "traffic_signals"}
    after = [made.roads(tmp_path).times_to(place(50, 0), [place(-50, 0)], siren=s).eta_s[0] for s in (False, True)]
    assert after[0] - before[0] == pytest.approx(NORMAL.signal_s, abs=1e-4)
    assert after[1] - before[1] == pytest.approx(SIREN.signal_s, abs=1e-4)


def test_a_ferry_keeps_its_timetable_and_nobody_stands_on_it(tmp_path: Path) -> None:
    made = Map({1: (0, 0), 2: (100, 0), 3: (5000, 0), 4: (5100, 0)})
    made.way(1, 2, name="Here")
    made.way(2, 3, highway="", route="ferry", motor_vehicle="yes", duration="00:20", name="Boat")
    made.way(3, 4, name="There")
    roads = made.roads(tmp_path)
    route = roads.route(place(0, 0), place(5100, 0), siren=True)
    assert route is not None
    assert route.streets == ("Here", "Boat", "There")
    assert 1200 + SIREN.ferry_boarding_s < route.eta_s < 1300 + SIREN.ferry_boarding_s
    assert roads.snap(*place(1000, 0)).street == "Here"


def test_speed_signs_reach_the_clock(tmp_path: Path) -> None:
    made = Map({1: (0, 0), 2: (1000, 0)})
    made.way(1, 2, highway="primary", maxspeed="50")
    slow = made.roads(tmp_path).times_to(place(900, 0), [place(100, 0)], siren=False)
    assert slow.length_m[0] == pytest.approx(800, rel=0.01)
    assert slow.eta_s[0] == pytest.approx(800 / (50 * 0.85 / 3.6), rel=0.01)


def test_a_stray_aisle_strands_nobody(tmp_path: Path) -> None:
    made = ring()
    made.nodes |= {8: (100, 30), 9: (140, 30)}
    made.way(8, 9, name="Aisle", highway="service")
    roads = made.roads(tmp_path)
    snap = roads.snap(*place(120, 28))
    assert snap.street == "South"
    assert snap.distance_m == pytest.approx(28, rel=0.02)
    assert np.isfinite(roads.times_to(place(0, 100), [place(120, 28)], siren=True).eta_s).all()


def test_an_island_far_away_is_kept(tmp_path: Path) -> None:
    made = ring()
    made.nodes |= {8: (5000, 0), 9: (5100, 0)}
    made.way(8, 9, name="Island road")
    roads = made.roads(tmp_path)
    assert roads.snap(*place(5050, 10)).street == "Island road"
    assert np.isinf(roads.times_to(place(0, 100), [place(5050, 10)], siren=True).eta_s[0])


def test_nodes_of_degree_two_are_swallowed_and_the_shape_stays(tmp_path: Path) -> None:
    made = Map({1: (0, 0), 2: (50, 50), 3: (100, 0), 4: (150, 50)})
    made.way(1, 2, 3, 4)
    built = made.built(tmp_path)
    assert built.counts["edges"] == 2
    assert built.graph.point_cum_m[-1] == pytest.approx(3 * np.hypot(50, 50), rel=0.01)


def test_ids_beyond_32_bits(tmp_path: Path) -> None:
    big = 25_000_000_000
    made = Map({big: (0, 0), big + 1: (100, 0), 3: (200, 0)})
    made.way(big, big + 1, 3, name="Long")
    assert streets(made.roads(tmp_path), (10, 0), (190, 0)) == ["Long"]
