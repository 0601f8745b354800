"""What tags mean: speeds, units, directions, access."""

import pytest

from tocsin.geo.osm import NODE_BOLLARD, NODE_GATE, NODE_NONE, NODE_SIGNAL, NODE_WALL, node_kind
from tocsin.geo.rules import directions, duration_s, maxspeed_kmh, read_way
from tocsin.geo.speeds import LIMIT_KEPT, Access


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 30 * 1.609344),
        ("30mph", 30 * 1.609344),
        ("10 knots", 18.52),
        ("RO:urban", 50.0),
        ("DE:rural", 90.0),
        ("IT:motorway", 120.0),
        ("GB:nsl_single", 60 * 1.609344),
        ("DE:zone:30", 30.0),
        ("FR:zone30", 30.0),
        ("walk", 7.0),
        ("none", 130.0),
        ("60;50", 60.0),
        ("fast", None),
        ("0", None),
        ("RO:unheard_of", None),
        ("", None),
        ("-5", None),
    ],
)
def test_maxspeed_in_every_unit(text: str, kmh: float | None) -> None:
    assert maxspeed_kmh(text) == (None if kmh is None else pytest.approx(kmh))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("25", 1500.0), ("00:25", 1500.0), ("01:05:30", 3930.0), ("PT1H5M", 3900.0), ("", None), ("soon", None)],
)
def test_ferry_durations(text: str, seconds: float | None) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    ("tags", "name", "expected"),
    [
        ({}, "residential", (True, True, False)),
        ({"oneway": "yes"}, "residential", (True, False, False)),
        ({"oneway": "-1"}, "residential", (False, True, False)),
        ({"oneway": "no"}, "motorway", (True, True, False)),
        ({}, "motorway", (True, False, False)),
        ({}, "motorway_link", (True, True, False)),
        ({"junction": "roundabout"}, "primary", (True, False, False)),
        ({"junction": "circular"}, "primary", (True, False, False)),
        ({"oneway": "reversible"}, "primary", (False, False, False)),
        ({"oneway": "alternating"}, "primary", (True, True, True)),
        ({"oneway": "yes", "oneway:emergency": "no"}, "primary", (True, True, False)),
        ({"oneway": "yes", "oneway:bicycle": "no"}, "primary", (True, False, False)),
        ({"oneway": "no", "oneway:motor_vehicle": "yes"}, "primary", (True, False, False)),
    ],
)
def test_directions(tags: dict[str, str], name: str, expected: tuple[bool, bool, bool]) -> None:
    assert directions(tags, name) == expected


@pytest.mark.parametrize(
    ("tags", "access"),
    [
        ({"highway": "residential"}, Access.OPEN),
        ({"highway": "residential", "access": "private"}, Access.PRIVATE),
        ({"highway": "service", "access": "customers"}, Access.PRIVATE),
        ({"highway": "residential", "access": "private", "motor_vehicle": "yes"}, Access.OPEN),
        ({"highway": "residential", "access": "destination"}, Access.OPEN),
        ({"highway": "residential", "access": "no"}, None),
        ({"highway": "residential", "motor_vehicle": "no"}, Access.RESERVED),
        ({"highway": "residential", "access": "no", "bus": "yes"}, Access.RESERVED),
        ({"highway": "residential", "access": "no", "emergency": "yes"}, Access.RESERVED),
        ({"highway": "residential", "emergency": "no"}, None),
        ({"highway": "track", "motor_vehicle": "agricultural"}, Access.PRIVATE),
        ({"highway": "track", "motor_vehicle": "no"}, None),
        ({"highway": "busway"}, Access.RESERVED),
        ({"highway": "pedestrian"}, Access.RESERVED),
        ({"highway": "footway"}, None),
        ({"highway": "footway", "motor_vehicle": "yes"}, Access.RESERVED),
        ({"highway": "path", "emergency": "yes"}, Access.RESERVED),
        ({"highway": "service", "service": "emergency_access"}, Access.RESERVED),
        ({"highway": "steps"}, None),
        ({"highway": "construction"}, None),
        ({"highway": "proposed"}, None),
        ({"route": "ferry"}, Access.OPEN),
        ({"route": "ferry", "motor_vehicle": "no"}, None),
        ({"route": "ferry", "foot": "yes"}, None),
        ({"route": "ferry", "foot": "yes", "motor_vehicle": "yes"}, Access.OPEN),
        ({"route": "bus"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_who_may_drive(tags: dict[str, str], access: Access | None) -> None:
    rule = read_way(tags)
    assert (rule.access if rule else None) is access


def test_a_sign_slows_and_a_direction_may_have_its_own() -> None:
    rule = read_way({"highway": "primary", "maxspeed": "50", "maxspeed:backward": "20 mph"})
    assert rule is not None
    assert rule.forward_kmh == pytest.approx(50 * LIMIT_KEPT)
    assert rule.backward_kmh == pytest.approx(20 * 1.609344 * LIMIT_KEPT)


def test_surface_caps_speed_and_nothing_is_slower_than_walking() -> None:
    rough = read_way({"highway": "primary", "maxspeed": "100", "surface": "cobblestone"})
    crawl = read_way({"highway": "service", "maxspeed": "1"})
    assert rough is not None
    assert crawl is not None
    assert rough.forward_kmh == 25.0
    assert crawl.forward_kmh == 4.0


def test_an_unreadable_sign_is_told_and_the_class_decides() -> None:
    odd = read_way({"highway": "primary", "maxspeed": "quickly"})
    plain = read_way({"highway": "primary"})
    assert odd is not None
    assert plain is not None
    assert odd.odd_maxspeed
    assert not plain.odd_maxspeed
    assert odd.forward_kmh == plain.forward_kmh


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"barrier": "gate"}, NODE_GATE),
        ({"barrier": "bollard"}, NODE_BOLLARD),
        ({"barrier": "bollard", "emergency": "yes"}, NODE_GATE),
        ({"barrier": "block"}, NODE_WALL),
        ({"barrier": "kerb"}, NODE_NONE),
        ({"highway": "traffic_signals"}, NODE_SIGNAL),
        ({"highway": "crossing"}, NODE_NONE),
    ],
)
def test_what_a_node_does(tags: dict[str, str], kind: int) -> None:
    assert node_kind(tags) == kind
