"""One city from a number and a seed, stage by stage. Knows the order of the work; each stage lives in its own module."""

from __future__ import annotations

import numpy as np
import shapely

from tocsin.sim.city import naming
from tocsin.sim.city.arterials import trace_arterials
from tocsin.sim.city.characters import cast_faces, face_of, found_districts
from tocsin.sim.city.fieldmap import survey
from tocsin.sim.city.fill import fill_face
from tocsin.sim.city.houses import build_houses
from tocsin.sim.city.model import Area, City, District, Spot, Street
from tocsin.sim.city.network import Network, clean, node_lines
from tocsin.sim.city.plan import Plan, plan_for
from tocsin.sim.city.progress import Progress, Silent
from tocsin.sim.city.resources import place_defibrillators, place_hydrants, place_services
from tocsin.sim.city.skeleton import Skeleton, build_skeleton
from tocsin.sim.city.strokes import chain
from tocsin.sim.city.terrain import Terrain, raise_island


def lay_out(people: int, seed: int, progress: Progress | None = None) -> City:
    """A city for `people` (1,000 to 2,000,000); the same people and seed give the same city. CityError if out of range."""
    told = progress or Silent()
    plan = plan_for(people)
    rng = np.random.default_rng([people, seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF])
    told.stage("raising the land", 1)
    terrain = raise_island(plan, rng)
    ground = survey(plan, terrain, rng)
    told.stage("drawing the main roads", 1)
    traced = trace_arterials(ground, rng)
    skeleton = build_skeleton(plan, terrain, ground, traced, None)
    districts, member = found_districts(plan, skeleton.faces, rng)
    naming.name_districts(districts, rng)
    cast = cast_faces(plan, terrain, skeleton.faces, districts, member, rng)
    _fill(skeleton, cast, rng, told)
    told.stage("joining the streets", 1)
    net = clean(node_lines(skeleton.lines))
    streets = _streets(net, skeleton, terrain, districts, member, cast, rng)
    city = City(
        name=naming.name_city(rng), people=people, seed=seed, radius_m=plan.radius_m, land=terrain.land,
        nodes=net.nodes, edges=net.edges, streets=streets, districts=districts,
    )
    _settle(city, plan, terrain, skeleton, cast, member, rng, told)
    return city


def _fill(skeleton: Skeleton, cast: list[str], rng: np.random.Generator, told: Progress) -> None:
    told.stage("laying the side streets", len(skeleton.faces))
    for k, face in enumerate(skeleton.faces):
        for line, kind in fill_face(face, cast[k], rng):
            skeleton.lines.add(line, kind, k)
        told.advance(1)


def _streets(
    net: Network, skeleton: Skeleton, terrain: Terrain, districts: list[District], member: list[int], cast: list[str],
    rng: np.random.Generator,
) -> list[Street]:
    namer = naming.Namer(rng)
    middles = np.array([e.points[len(e.points) // 2] for e in net.edges])
    nearest = face_of(skeleton.faces, middles)
    streets = []
    coast, bank = terrain.land.exterior, terrain.river
    for edges, forward in chain(net):
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
        streets.append(Street(namer.street(like), net.edges[middle].kind, member[face], edges, forward))
    return streets


def _like(kind: str, character: str, at: shapely.Point, coast: shapely.Geometry, bank: shapely.Geometry) -> str:
    if kind in {"secondary", "tertiary", "perimeter"} and coast.distance(at) < 120:
        return "coast"
    if kind == "tertiary" and bank.distance(at) < 75:
        return "bank"
    if kind == "residential" and character in {"old", "garden"}:
        return character
    return kind


def _settle(
    city: City, plan: Plan, terrain: Terrain, skeleton: Skeleton, cast: list[str], member: list[int],
    rng: np.random.Generator, told: Progress,
) -> None:
    told.stage("building houses", 1)
    tree_points = np.array([city.edges[s.edges[len(s.edges) // 2]].points.mean(axis=0) for s in city.streets])
    street_cast = [cast[int(k)] for k in face_of(skeleton.faces, tree_points)]
    street_cast = ["terrace" if c == "park" else c for c in street_cast]
    clear = shapely.union_all([f for f, c in zip(skeleton.faces, cast, strict=True) if c != "park"])
    houses = build_houses(city.nodes, city.edges, city.streets, street_cast, cast, clear, rng)
    told.stage("opening stations and schools", 1)
    city.houses = place_services(plan, houses, city.streets, city.districts, rng)
    city.spots = place_hydrants(city.edges, city.streets) + place_defibrillators(plan, city.houses, rng)
    city.spots += [
        Spot(d.x, d.y, {"place": "suburb" if plan.people > 40_000 else "quarter", "name": d.name, **d.tags})
        for d in city.districts
    ]
    place = "city" if plan.people >= 100_000 else "town" if plan.people >= 10_000 else "village"
    city.spots.append(Spot(15.0, 15.0, {"place": place, "name": city.name, "population": str(plan.people)}))
    city.areas.append(Area(terrain.river, {"natural": "water", "water": "river", "name": f"Rio {city.districts[0].name}"}))
    for face, character in zip(skeleton.faces, cast, strict=True):
        if character == "park":
            city.areas.append(Area(face.buffer(-9), {"leisure": "park"}))
        elif character == "works":
            city.areas.append(Area(face, {"landuse": "industrial"}))
        else:
            city.areas.append(Area(face, {"landuse": "residential"}))
