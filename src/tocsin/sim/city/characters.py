"""Which district is which: names' places, and a character for each face of the arterial plan. Knows no streets."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry import Polygon

from tocsin.sim.city.model import District, Floats
from tocsin.sim.city.plan import Plan
from tocsin.sim.city.terrain import Terrain


def found_districts(plan: Plan, faces: list[Polygon], rng: np.random.Generator) -> tuple[list[District], list[int]]:
    """Districts without names, and for each face the index of its district."""
    middles = np.array([[f.representative_point().x, f.representative_point().y] for f in faces])
    areas = np.array([f.area for f in faces])
    wanted = min(len(faces), max(3, round(plan.people / 16_000) + 2, 0), 90)
    picked = [int(np.argmin(np.hypot(middles[:, 0], middles[:, 1])))]
    away = np.hypot(*(middles - middles[picked[0]]).T)
    while len(picked) < wanted:
        score = away * np.sqrt(areas / areas.mean()) ** 0.5 * rng.uniform(0.75, 1.0, len(faces))
        score[picked] = -1
        picked.append(int(np.argmax(score)))
        away = np.minimum(away, np.hypot(*(middles - middles[picked[-1]]).T))
    _, member = cKDTree(middles[picked]).query(middles)
    districts = []
    for number in range(len(picked)):
        mine = np.nonzero(member == number)[0]
        centre = np.average(middles[mine], axis=0, weights=areas[mine])
        nearest = mine[np.argmin(np.hypot(*(middles[mine] - centre).T))]
        x, y = middles[nearest]
        style = _style(plan, float(np.hypot(*middles[picked[number]])), number, rng)
        districts.append(District("", float(x), float(y), style))
    return districts, [int(m) for m in member]


def _style(plan: Plan, away_m: float, number: int, rng: np.random.Generator) -> str:
    share = away_m / plan.radius_m
    if number == 0:
        return "grid" if plan.people > 60_000 else "terrace"
    if share < 0.5:
        return str(rng.choice(["grid", "terrace"], p=[0.5, 0.5]))
    if share < 0.85:
        return str(rng.choice(["grid", "terrace", "suburb", "garden"], p=[0.2, 0.33, 0.35, 0.12]))
    return str(rng.choice(["terrace", "suburb", "garden"], p=[0.25, 0.57, 0.18]))


def cast_faces(
    plan: Plan,
    terrain: Terrain,
    faces: list[Polygon],
    districts: list[District],
    member: list[int],
    rng: np.random.Generator,
) -> list[str]:
    """A character for each face: its district's, except for the old town, parks, works and a campus."""
    cast = [districts[m].character for m in member]
    middles = np.array([[f.centroid.x, f.centroid.y] for f in faces])
    away = np.hypot(middles[:, 0], middles[:, 1])
    order = np.argsort(away)
    room = max(2, len(faces) // 40)
    for k in order[: room + 1]:
        cast[k] = "old"
    for k in order[room + 1 :]:
        if cast[k] in {"suburb", "garden", "terrace"} and rng.uniform() < 0.22:
            cast[k] = str(rng.choice(["terrace", "suburb", "garden"], p=[0.4, 0.35, 0.25]))
    if len(faces) >= 8:
        _works(plan, terrain, faces, middles, away, cast, rng)
        _parks(faces, away, cast, rng)
        for _ in range(round(plan.people / 250_000) + (plan.people > 40_000)):
            k = int(rng.choice(order[len(order) // 6 : len(order) // 2]))
            cast[k] = "campus" if cast[k] in {"grid", "terrace", "suburb"} else cast[k]
    return cast


def _works(
    plan: Plan,
    terrain: Terrain,
    faces: list[Polygon],
    middles: Floats,
    away: Floats,
    cast: list[str],
    rng: np.random.Generator,
) -> None:
    coast_m = np.array([f.distance(terrain.land.exterior) for f in faces])
    quay = np.nonzero((coast_m < 160) & (away > 0.25 * plan.radius_m))[0]
    inland = np.nonzero(away > 0.6 * plan.radius_m)[0]
    for pool, share in ((quay, 0.035), (inland, 0.04)):
        if len(pool):
            seat = middles[int(rng.choice(pool))]
            near = pool[np.argsort(np.hypot(*(middles[pool] - seat).T))]
            for k in near[: max(1, round(share * len(faces)))]:
                cast[int(k)] = "works"


def _parks(faces: list[Polygon], away: Floats, cast: list[str], rng: np.random.Generator) -> None:
    areas = np.array([f.area for f in faces])
    fit = [k for k in np.argsort(away) if cast[k] not in {"old", "works"} and areas[k] < np.quantile(areas, 0.6)]
    if not fit:
        return
    cast[int(fit[0])] = "park"
    for k in rng.permutation(fit[1:])[: round(0.05 * len(faces))]:
        cast[int(k)] = "park"


def face_of(faces: list[Polygon], points: Floats) -> Floats:
    """For points (n, 2) the index of the face that holds or is nearest each."""
    tree = shapely.STRtree(faces)
    found: Floats = tree.nearest(shapely.points(points))
    return found
