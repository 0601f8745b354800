"""The raster under the plan: which way streets want to run, how dense the city is, where it stops.

Directions are a tensor field (Chen, Esch, Wonka, Mueller, Zhang, "Interactive Procedural Street Modeling", 2008):
radial about centres, gridded about others, along the water near water. Knows no streets.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry import MultiPolygon, Polygon

from tocsin.sim.city.model import Floats
from tocsin.sim.city.noise import Noise
from tocsin.sim.city.plan import Plan
from tocsin.sim.city.terrain import Terrain


@dataclass(slots=True)
class FieldMap:
    """Grids indexed [row, column] = [y, x]: `angle` in radians, `density` 0 to 1, `gap_m` between arterials."""

    x0: float
    y0: float
    cell_m: float
    angle: Floats
    density: Floats
    gap_m: Floats
    urban: NDArray[np.bool_]
    core: Polygon | MultiPolygon
    centres: list[tuple[float, float, float]]

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """The grid cell (row, column) that holds a point, held within the grid."""
        rows, cols = self.angle.shape
        return (
            min(rows - 1, max(0, int((y - self.y0) / self.cell_m))),
            min(cols - 1, max(0, int((x - self.x0) / self.cell_m))),
        )

    def density_at(self, x: float, y: float) -> float:
        """Density 0 to 1 at a point."""
        return float(self.density[self.cell(x, y)])


def survey(plan: Plan, terrain: Terrain, rng: np.random.Generator) -> FieldMap:
    """Lay the raster over the island and mark the part that is city."""
    minx, miny, maxx, maxy = terrain.land.bounds
    cell = plan.cell_m
    xs, ys = np.arange(minx, maxx, cell) + cell / 2, np.arange(miny, maxy, cell) + cell / 2
    gx, gy = np.meshgrid(xs, ys)
    shapely.prepare(terrain.land)
    dry = shapely.contains_xy(terrain.land, gx, gy) & ~shapely.contains_xy(terrain.river, gx, gy)
    water_m = ndimage.distance_transform_edt(dry) * cell
    centres = _centres(plan, terrain, rng)
    density = _density(plan, gx, gy, centres, rng)
    urban = _urban_mask(plan, density, dry & (water_m > 30))
    core = _core(plan, terrain, urban, xs, ys)
    away = np.hypot(gx, gy)
    gap = plan.gap_centre_m + (plan.gap_edge_m - plan.gap_centre_m) * (1 - np.exp(-away / (0.6 * plan.radius_m)))
    return FieldMap(
        x0=minx,
        y0=miny,
        cell_m=cell,
        angle=_angles(plan, gx, gy, water_m, centres, rng),
        density=density,
        gap_m=gap,
        urban=urban,
        core=core,
        centres=centres,
    )


def _centres(plan: Plan, terrain: Terrain, rng: np.random.Generator) -> list[tuple[float, float, float]]:
    found = [(0.0, 0.0, 1.0)]
    wanted = 1 + (plan.people > 40_000) + (plan.people > 150_000) + round(plan.people / 350_000)
    for _ in range(200):
        if len(found) >= wanted:
            break
        angle = terrain.inland_rad + rng.normal(0, 1.0)
        away = plan.radius_m * rng.uniform(0.55, 1.15)
        x, y = away * math.cos(angle), away * math.sin(angle)
        apart = min(math.hypot(x - c[0], y - c[1]) for c in found)
        if apart > 0.5 * plan.radius_m and shapely.contains_xy(terrain.land.buffer(-250), x, y):
            found.append((x, y, rng.uniform(0.35, 0.6)))
    return found


def _density(
    plan: Plan, gx: Floats, gy: Floats, centres: list[tuple[float, float, float]], rng: np.random.Generator
) -> Floats:
    bend = Noise(rng, 1.2 * plan.radius_m, 2)
    ragged = Noise(rng, max(900.0, 0.45 * plan.radius_m), 2)
    total = np.zeros_like(gx)
    for x, y, weight in centres:
        away = np.hypot(gx - x, gy - y) * (1 + 0.28 * bend(gx, gy))
        total = np.maximum(
            total, (1 + 0.22 * ragged(gx, gy)) * np.exp(-away / (0.62 * plan.radius_m * weight**0.6)) * weight**0.35
        )
    return total


def _urban_mask(plan: Plan, density: Floats, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    ranked = np.sort(density[allowed])[::-1]
    wanted = min(len(ranked) - 1, int(plan.area_m2 / plan.cell_m**2))
    mask: NDArray[np.bool_] = allowed & (density >= ranked[wanted])
    return mask


def _core(plan: Plan, terrain: Terrain, urban: NDArray[np.bool_], xs: Floats, ys: Floats) -> Polygon | MultiPolygon:
    across, up = (np.append(axis - plan.cell_m / 2, axis[-1] + plan.cell_m / 2) for axis in (xs, ys))
    rows, cols = np.nonzero(urban)
    boxes = shapely.box(across[cols], up[rows], across[cols + 1], up[rows + 1])
    step = max(2.2 * plan.cell_m, 60.0)
    rough = shapely.union_all(boxes).union(terrain.river_line.intersection(shapely.box(*_hull(boxes))).buffer(1))
    smooth = rough.buffer(step).buffer(-2.1 * step).buffer(1.1 * step)
    shore = terrain.land.buffer(-110).buffer(65)
    bank = terrain.river.buffer(70).buffer(-48)
    core = smooth.intersection(shore).difference(bank).simplify(4)
    core = core.buffer(-40).buffer(40)
    least = max(30_000.0, 0.02 * plan.area_m2) if plan.people < 50_000 else 250_000.0
    parts = [Polygon(p.exterior, [h for h in p.interiors if Polygon(h).area > least]) for p in shapely.get_parts(core)]
    return MultiPolygon([p for p in parts if p.area > least])


def _hull(boxes: object) -> tuple[float, float, float, float]:
    low = shapely.total_bounds(boxes)
    return float(low[0]), float(low[1]), float(low[2]), float(low[3])


def _angles(
    plan: Plan,
    gx: Floats,
    gy: Floats,
    water_m: Floats,
    centres: list[tuple[float, float, float]],
    rng: np.random.Generator,
) -> Floats:
    radius = plan.radius_m
    c, s = np.zeros_like(gx), np.zeros_like(gx)
    for x, y, weight in centres:
        away = np.hypot(gx - x, gy - y)
        w = (
            1.1
            * np.exp(-((away / (0.6 * radius * weight)) ** 2))
            * (1 - np.exp(-((away / (1.3 * plan.gap_centre_m)) ** 2)))
        )
        theta = np.arctan2(gy - y, gx - x)
        c, s = c + w * np.cos(2 * theta), s + w * np.sin(2 * theta)
    for _ in range(4 + round(radius / 1500)):
        bearing, out, turn = (
            rng.uniform(0, 2 * math.pi),
            radius * math.sqrt(rng.uniform(0.05, 1.6)),
            rng.uniform(0, math.pi),
        )
        far = np.hypot(gx - out * math.cos(bearing), gy - out * math.sin(bearing))
        w = 0.9 * np.exp(-((far / (0.4 * radius)) ** 2)) + 0.03
        c, s = c + w * math.cos(2 * turn), s + w * math.sin(2 * turn)
    dy, dx = np.gradient(ndimage.gaussian_filter(water_m, 3))
    near = 1.3 * np.exp(-water_m / (0.10 * radius + 60))
    shore = np.arctan2(dy, dx)
    c, s = c + near * np.cos(2 * shore), s + near * np.sin(2 * shore)
    twist = Noise(rng, 0.7 * radius)
    angle_map: Floats = 0.5 * np.arctan2(s, c) + 0.30 * twist(gx, gy)
    return angle_map
