"""One city from a number and a seed, stage by stage.

Knows the order of the work; each stage lives in its own module and is told only what it needs.
"""

from __future__ import annotations

import numpy as np
import shapely
import shapely.prepared
from shapely.geometry import Polygon

from tocsin.sim.city import naming
from tocsin.sim.city.arterials import trace_arterials
from tocsin.sim.city.blocks import open_blocks
from tocsin.sim.city.characters import cast_faces, face_of, found_districts
from tocsin.sim.city.fieldmap import FieldMap, survey
from tocsin.sim.city.fill import fill_face
from tocsin.sim.city.houses import build_houses
from tocsin.sim.city.model import Area, City, District, Spot, Street
from tocsin.sim.city.motorway import Motorway, add_motorway, add_stubs, plan_motorway
from tocsin.sim.city.network import Network, clean, node_lines, whole
from tocsin.sim.city.outskirts import add_country_road, add_villages, lay_railway, wild_ground
from tocsin.sim.city.plan import Plan, plan_for
from tocsin.sim.city.progress import Progress, Silent
from tocsin.sim.city.resources import place_defibrillators, place_hydrants, place_services
from tocsin.sim.city.skeleton import Skeleton, build_skeleton
from tocsin.sim.city.strokes import chain
from tocsin.sim.city.terrain import Terrain, raise_island
from tocsin.sim.city.traffic import add_roundabouts, forbid_turns, place_signals, set_oneways


def lay_out(people: int, seed: int, progress: Progress | None = None) -> City:
    """A city for `people` (1,000 to 2,000,000); same people and seed, same city. CityError when out of range."""
    told = progress or Silent()
    plan = plan_for(people)
    rng = np.random.default_rng([people, seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF])
    told.stage("raising the land", 1)
    terrain = raise_island(plan, rng)
    ground = survey(plan, terrain, rng)
    told.stage("drawing the main roads", 1)
    traced = trace_arterials(ground, rng)
    way = plan_motorway(plan, terrain, ground.core, traced, rng)
    skeleton = build_skeleton(plan, terrain, ground, traced, None if way is None else way.corridor)
    if way is not None:
        add_stubs(skeleton.lines, way)
    roads = add_country_road(skeleton.lines, plan, terrain, ground.core)
    districts, member = found_districts(plan, skeleton.faces, rng)
    cast = cast_faces(plan, terrain, skeleton.faces, districts, member, rng)
    villages = add_villages(skeleton.lines, plan, terrain, ground.core, roads, len(skeleton.faces), rng)
    _fill(skeleton, cast, way, rng, told)
    _adopt(skeleton, villages, districts, member, cast)
    naming.name_districts(districts, rng)
    told.stage("joining the streets", 1)
    net = clean(node_lines(skeleton.lines))
    if way is not None:
        net = add_motorway(net, way, terrain.river)
    net = whole(add_roundabouts(net, 0.2, rng))
    streets = _streets(net, skeleton, terrain, member, cast, rng)
    city = City(
        name=naming.name_city(rng),
        people=people,
        seed=seed,
        radius_m=plan.radius_m,
        land=terrain.land,
        nodes=net.nodes,
        edges=net.edges,
        streets=streets,
        districts=districts,
    )
    _settle(city, plan, terrain, ground, skeleton, cast, rng, told)
    return city


def _fill(skeleton: Skeleton, cast: list[str], way: Motorway | None, rng: np.random.Generator, told: Progress) -> None:
    told.stage("laying the side streets", len(skeleton.faces))
    barrier = None if way is None else shapely.prepared.prep(way.corridor)
    for k, face in enumerate(skeleton.faces):
        for line, kind in fill_face(face, cast[k], rng):
            blocked = barrier is not None and way is not None and barrier.intersects(line)
            skeleton.lines.add(line.difference(way.corridor) if blocked and way else line, kind, k)
        told.advance(1)


def _adopt(
    skeleton: Skeleton, villages: list[Polygon], districts: list[District], member: list[int], cast: list[str]
) -> None:
    """Villages become faces and districts of their own, after their streets are laid."""
    for shape in villages:
        skeleton.faces.append(shape)
        member.append(len(districts))
        cast.append("suburb")
        districts.append(District("", shape.centroid.x, shape.centroid.y, "village"))


def _streets(
    net: Network,
    skeleton: Skeleton,
    terrain: Terrain,
    member: list[int],
    cast: list[str],
    rng: np.random.Generator,
) -> list[Street]:
    namer = naming.Namer(rng)
    middles = np.array([e.points[len(e.points) // 2] for e in net.edges])
    nearest = face_of(skeleton.faces, middles)
    streets: list[Street] = []
    coast, bank = terrain.land.exterior, terrain.river
    for run in chain(net):
        edges, forward = run
        first, last = net.edges[edges[0]], net.edges[edges[-1]]
        start = first.points[0] if forward[0] else first.points[-1]
        end = last.points[-1] if forward[-1] else last.points[0]
        if np.hypot(*start) > np.hypot(*end):
            edges, forward = edges[::-1], [not f for f in reversed(forward)]
        middle = edges[len(edges) // 2]
        face = int(nearest[middle])
        like = _like(net.edges[middle].kind, cast[face], shapely.Point(middles[middle]), coast, bank)
        for k in edges:
            net.edges[k].street = len(streets)
        name = "" if "junction" in first.tags or first.kind == "motorway_link" else namer.street(like)
        streets.append(Street(name, net.edges[middle].kind, member[face], edges, forward))
    naming.repeat_some(streets, rng)
    return streets


def _like(kind: str, character: str, at: shapely.Point, coast: shapely.Geometry, bank: shapely.Geometry) -> str:
    if kind in {"motorway", "trunk"}:
        return "motorway"
    if kind in {"secondary", "tertiary", "perimeter"} and coast.distance(at) < 120:
        return "coast"
    if kind == "tertiary" and bank.distance(at) < 75:
        return "bank"
    if kind == "residential" and character in {"old", "garden"}:
        return character
    return kind


def _settle(
    city: City,
    plan: Plan,
    terrain: Terrain,
    ground: FieldMap,
    skeleton: Skeleton,
    cast: list[str],
    rng: np.random.Generator,
    told: Progress,
) -> None:
    told.stage("building houses", 1)
    tree_points = np.array([city.edges[s.edges[len(s.edges) // 2]].points.mean(axis=0) for s in city.streets])
    street_cast = [cast[int(k)] for k in face_of(skeleton.faces, tree_points)]
    street_cast = ["terrace" if c == "park" else c for c in street_cast]
    net = Network(city.nodes, city.edges)
    set_oneways(net, city.streets, street_cast, rng)
    city.signals = place_signals(net, rng)
    city.restrictions = forbid_turns(net, city.signals, rng)
    free = open_blocks(plan, city.edges, rng)
    clear = shapely.union_all([f for f, c in zip(skeleton.faces, cast, strict=True) if c != "park"])
    clear = clear.difference(shapely.union_all([a.shape for a in free]))
    houses = build_houses(city.edges, city.streets, street_cast, cast, clear, rng)
    told.stage("opening stations and schools", 1)
    city.houses = place_services(plan, houses, city.streets, city.districts, rng)
    city.spots = place_hydrants(city.edges, city.streets) + place_defibrillators(plan, city.houses, rng)
    city.spots += _place_names(city, plan)
    station = next((h for h in city.houses if h.tags.get("railway") == "station"), None)
    if station is not None:
        city.rails = lay_railway(plan, terrain, ground.core, (station.x, station.y), rng)
    built = shapely.union_all([ground.core, *skeleton.faces])
    city.areas += _ground(skeleton, terrain, cast, city) + _named(free, city) + wild_ground(plan, terrain, built, rng)


def _place_names(city: City, plan: Plan) -> list[Spot]:
    small = "suburb" if plan.people > 40_000 else "quarter"
    spots = [
        Spot(d.x, d.y, {"place": "village" if d.character == "village" else small, "name": d.name, **d.tags})
        for d in city.districts
    ]
    size = "city" if plan.people >= 100_000 else "town" if plan.people >= 10_000 else "village"
    spots.append(Spot(15.0, 15.0, {"place": size, "name": city.name, "population": str(plan.people)}))
    return spots


def _ground(skeleton: Skeleton, terrain: Terrain, cast: list[str], city: City) -> list[Area]:
    use = {"park": {"leisure": "park"}, "works": {"landuse": "industrial"}, "campus": {"amenity": "university"}}
    areas = [Area(terrain.river, {"natural": "water", "water": "river", "name": f"Rio {city.districts[0].name}"})]
    for face, character in zip(skeleton.faces, cast, strict=True):
        areas.append(
            Area(face.buffer(-9) if character == "park" else face, use.get(character, {"landuse": "residential"}))
        )
    return areas


def _named(areas: list[Area], city: City) -> list[Area]:
    """Give parks, squares and cemeteries a name from the nearest district, none twice."""
    words = {
        "park": "Park",
        "recreation_ground": "Playing Field",
        "cemetery": "Cemetery",
        "garden": "Garden",
        "square": "Square",
    }
    places = np.array([[d.x, d.y] for d in city.districts])
    used: dict[str, int] = {}
    for area in areas:
        what = area.tags.get("leisure") or area.tags.get("landuse") or area.tags["place"]
        at = area.shape.centroid
        home = city.districts[int(np.argmin(np.hypot(places[:, 0] - at.x, places[:, 1] - at.y)))].name
        name = f"{home} {words[what]}"
        used[name] = used.get(name, 0) + 1
        area.tags["name"] = name if used[name] == 1 else f"{name} {used[name]}"
    return areas
