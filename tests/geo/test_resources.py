"""Finding stations, hospitals, hydrants and defibrillators, each once."""

from pathlib import Path

import pytest

from tocsin.geo.errors import RegionError
from tocsin.geo.progress import Quiet
from tocsin.geo.resources import Resource, kind_of, load_resources, merge, save_resources
from tocsin.geo.resources_find import find_resources

from .maps import Map, place


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "fire_station"}, "fire_station"),
        ({"amenity": "police"}, "police_station"),
        ({"emergency": "ambulance_station"}, "ambulance_station"),
        ({"amenity": "hospital"}, "hospital"),
        ({"healthcare": "hospital"}, "hospital"),
        ({"emergency": "fire_hydrant"}, "hydrant"),
        ({"emergency": "defibrillator"}, "defibrillator"),
        ({"amenity": "clinic", "emergency": "yes"}, "clinic"),
        ({"amenity": "clinic"}, None),
        ({"amenity": "bench"}, None),
        ({"emergency": "phone"}, None),
    ],
)
def test_kinds(tags: dict[str, str], kind: str | None) -> None:
    assert kind_of(tags) == kind


def test_nodes_ways_and_relations_each_once(tmp_path: Path) -> None:
    made = Map(dict(enumerate([(0.0, 0.0), (60.0, 0.0), (60.0, 40.0), (0.0, 40.0), (30.0, 20.0)], start=1)))
    made.nodes |= {i: (x + 2000, y) for i, (x, y) in zip(range(11, 15), list(made.nodes.values())[:4], strict=True)}
    made.nodes |= {20: (5000, 0), 21: (5001, 0), 22: (5020, 0)}
    made.way(1, 2, 3, 4, 1, highway="", amenity="hospital", name="Mercy", emergency="yes")
    made.node_tags[5] = {"amenity": "hospital", "name": "Mercy Hospital", "phone": "+44 1"}
    made.way(11, 12, 13, 14, 11, highway="")
    made.relations.append((7, [("w", 102, "outer")], {"type": "multipolygon", "amenity": "fire_station"}))
    made.node_tags |= {i: {"emergency": "fire_hydrant", "fire_hydrant:type": "pillar"} for i in (20, 21, 22)}
    found = find_resources(made.write(tmp_path / "m.osm.pbf"), Quiet())
    by_kind = {kind: [one for one in found if one.kind == kind] for kind in ("hospital", "fire_station", "hydrant")}
    (hospital,) = by_kind["hospital"]
    assert hospital.osm == "w101"
    assert hospital.emergency is True
    assert hospital.tags["phone"] == "+44 1"
    assert (hospital.lat_deg, hospital.lon_deg) == pytest.approx(place(30, 20), abs=1e-6)
    (station,) = by_kind["fire_station"]
    assert station.osm == "r7"
    assert (station.lat_deg, station.lon_deg) == pytest.approx(place(2030, 20), abs=1e-6)
    assert len(by_kind["hydrant"]) == 2


def test_neighbours_of_different_names_stay_two() -> None:
    two = [Resource("hospital", name, 45.0, 9.0 + i * 1e-4, f"n{i}") for i, name in enumerate(("Mercy", "Children's"))]
    assert len(merge(two)) == 2


def test_saved_and_loaded(tmp_path: Path) -> None:
    some = [Resource("hydrant", "", 45.0, 9.0, "n1", tags={"couplings": "2"})]
    save_resources(some, tmp_path / "r.json")
    assert load_resources(tmp_path / "r.json") == some
    (tmp_path / "r.json").write_text('[{"kind": "castle"}]')
    with pytest.raises(RegionError, match="cannot be read"):
        load_resources(tmp_path / "r.json")
    with pytest.raises(RegionError, match="missing"):
        load_resources(tmp_path / "absent.json")
