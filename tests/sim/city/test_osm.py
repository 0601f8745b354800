"""What is written must be an ordinary OSM file that any tool takes, the same bytes for the same city."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import osmium
import pytest
import shapely

from tocsin.sim.city import City, CityError, lay_out, write_osm


def read(path: Path) -> tuple[dict, dict, dict]:
    nodes, ways, relations = {}, {}, {}
    order = []
    for thing in osmium.FileProcessor(str(path)):
        kind = thing.type_str()
        order.append(("nwr".index(kind), thing.id))
        if kind == "n":
            nodes[thing.id] = ((thing.location.lon, thing.location.lat), dict(thing.tags))
        elif kind == "w":
            ways[thing.id] = ([n.ref for n in thing.nodes], dict(thing.tags))
        else:
            relations[thing.id] = ([(m.type, m.ref, m.role) for m in thing.members], dict(thing.tags))
    assert order == sorted(set(order)), "ids ascend: nodes, ways, relations"
    return nodes, ways, relations


@pytest.fixture(scope="module")
def found(town_file: Path) -> tuple[dict, dict, dict]:
    return read(town_file)


def test_every_reference_is_present(found: tuple[dict, dict, dict]) -> None:
    nodes, ways, relations = found
    assert all(ref in nodes for refs, _ in ways.values() for ref in refs)
    assert all(len(refs) >= 2 for refs, _ in ways.values())
    for members, _ in relations.values():
        assert all(ref in (nodes if kind == "n" else ways) for kind, ref, _ in members)


def test_no_way_repeats_a_node_in_a_row(found: tuple[dict, dict, dict]) -> None:
    assert all(a != b for refs, _ in found[1].values() for a, b in itertools.pairwise(refs))


def test_the_city_lies_in_the_open_atlantic(found: tuple[dict, dict, dict], town_file: Path) -> None:
    assert all(-28.6 < lon < -27.4 and 33.5 < lat < 34.5 for (lon, lat), _ in found[0].values())
    box = osmium.io.Reader(str(town_file)).header().box()
    assert box.valid()
    assert box.contains(osmium.osm.Location(-28.0, 34.0))


def test_the_coastline_closes_with_land_on_the_left(found: tuple[dict, dict, dict]) -> None:
    nodes, ways, _ = found
    coast = [refs for refs, tags in ways.values() if tags.get("natural") == "coastline"]
    assert len(coast) == 1
    assert coast[0][0] == coast[0][-1]
    assert shapely.LinearRing([nodes[r][0] for r in coast[0]]).is_ccw


def test_roads_share_nodes_and_carry_their_tags(found: tuple[dict, dict, dict], town: City) -> None:
    roads = [(refs, tags) for refs, tags in found[1].values() if "highway" in tags]
    assert {"primary", "secondary", "tertiary", "residential"} <= {t["highway"] for _, t in roads}
    assert all("name" in t or t.get("junction") == "roundabout" for _, t in roads)
    assert all("maxspeed" in t for _, t in roads if t["highway"] not in {"path"})
    assert any(t.get("bridge") == "yes" and t.get("layer") == "1" for _, t in roads)
    total = sum(len(refs) for refs, _ in roads)
    assert len({r for refs, _ in roads for r in refs}) < total


def test_houses_are_written_with_whole_addresses(found: tuple[dict, dict, dict], town: City) -> None:
    addressed = [t for _, t in found[1].values() if "addr:housenumber" in t]
    assert len(addressed) == len(town.houses)
    names = {s.name for s in town.streets}
    assert all(t["addr:street"] in names and t["addr:city"] == town.name for t in addressed)


@pytest.fixture(scope="module")
def big_found(big: City, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict, dict]:
    path = tmp_path_factory.mktemp("city") / "big.osm.pbf"
    write_osm(big, path)
    return read(path)


def test_turn_restrictions_meet_at_their_node(big_found: tuple[dict, dict, dict]) -> None:
    _, ways, relations = big_found
    turns = [m for m, t in relations.values() if t["type"] == "restriction"]
    assert turns
    for members in turns:
        role = {r: ref for _, ref, r in members}
        assert role["via"] in {ways[role["from"]][0][0], ways[role["from"]][0][-1]}
        assert role["via"] in {ways[role["to"]][0][0], ways[role["to"]][0][-1]}


def test_oneway_ways_run_with_the_traffic(big_found: tuple[dict, dict, dict], big: City) -> None:
    ways = [refs for refs, t in big_found[1].values() if t.get("oneway") == "yes"]
    pairs = {(refs[i], refs[j]) for refs in ways for i in range(len(refs)) for j in range(i + 1, len(refs))}
    wanted = [(e.u + 1, e.v + 1) for e in big.edges if e.oneway]
    assert wanted
    assert all(pair in pairs for pair in wanted)


def test_same_people_and_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    here, there = tmp_path / "here.osm.pbf", tmp_path / "there.osm.pbf"
    write_osm(lay_out(2_000, 9), here)
    script = "import sys; from tocsin.sim.city import lay_out, write_osm; write_osm(lay_out(2000, 9), sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, str(there)], check=True, env={**os.environ, "PYTHONHASHSEED": "77"})
    assert here.read_bytes() == there.read_bytes()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("city.txt", "must end in .osm.pbf or .osm"),
        ("no/such/city.osm.pbf", "no such directory"),
    ],
)
def test_a_path_that_cannot_be_written_is_one_clear_line(tmp_path: Path, town: City, name: str, words: str) -> None:
    with pytest.raises(CityError, match=words) as refused:
        write_osm(town, tmp_path / name)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_in_the_way_is_refused(tmp_path: Path, town: City) -> None:
    (tmp_path / "city.osm.pbf").mkdir()
    with pytest.raises(CityError, match="cannot be written"):
        write_osm(town, tmp_path / "city.osm.pbf")
