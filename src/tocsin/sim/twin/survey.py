"""From a scenario's [ground] to a Ground: nodes, drives from a matrix file or along a region's roads.

Where no road leads, the drive is a straight-line guess and marked as such. Refuses to know fleets and calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from tocsin.facts.values import Place
from tocsin.geo.errors import RegionError
from tocsin.geo.region import Region
from tocsin.geo.straight import line_time
from tocsin.sim.twin.files import Nodes, read_matrix, read_nodes, read_places, read_rows
from tocsin.sim.twin.ground import EARTH_M_PER_DEG, Ground
from tocsin.sim.twin.scenario import Loaded

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
METRES = {"m": 1.0, "km": 1000.0}
Progress = Callable[[int, int], None]
"""Told (done, of how many)."""


class Surveyed(msgspec.Struct, frozen=True):
    """The ground, each node's weight of demand, and what had to be assumed, in sentences."""

    ground: Ground
    weight: tuple[float, ...]
    notes: tuple[str, ...] = ()


def survey(loaded: Loaded, progress: Progress | None = None) -> Surveyed:
    """Read the files and, with a region, drive its roads. Raises ScenarioError."""
    part = loaded.scenario.ground
    nodes = read_nodes(loaded.named("ground.nodes", part.nodes), part.columns)
    hospitals = named_nodes(
        loaded,
        "ground.hospitals",
        part.hospitals,
        part.hospital_column,
        {name: i for i, name in enumerate(nodes.names)},
    )
    if part.region:
        return _by_roads(loaded, nodes, hospitals, progress)
    siren_s = read_matrix(loaded.named("ground.drive_matrix", part.drive_matrix), nodes.names, SECONDS[part.drive_unit])
    length_m = None
    if part.distance_matrix:
        file = loaded.named("ground.distance_matrix", part.distance_matrix)
        length_m = read_matrix(file, nodes.names, METRES[part.distance_unit])
    x_m, y_m, places = _flat(nodes)
    ground = Ground(
        nodes.names, x_m, y_m, siren_s, hospitals, slower=part.without_siren, places=places, length_m=length_m
    )
    return Surveyed(ground, nodes.weight)


def named_nodes(
    loaded: Loaded, field: str, named: Sequence[str] | str, column: str, numbers: dict[str, int]
) -> list[int]:
    """Node numbers from a list of names, or from a column (the last, unless named) of a CSV. Raises ScenarioError."""
    if isinstance(named, str):
        file = loaded.named(field, named)
        return read_places(file, column or read_rows(file).header[-1], numbers)
    for nth, name in enumerate(named):
        if name not in numbers:
            right = "write a name that the file of nodes has"
            raise loaded.wrong(f"{field}[{nth}]", f"'{name}' is not a node", right)
    return [numbers[name] for name in named]


def _flat(nodes: Nodes) -> tuple[list[float], list[float], list[Place] | None]:
    """Flat metres, and places in degrees where the file has them."""
    if not nodes.degrees:
        return list(nodes.x), list(nodes.y), None
    narrow = math.cos(math.radians(sum(nodes.y) / len(nodes.y)))
    places = [Place(lat, lon, name, "registered") for name, lon, lat in zip(nodes.names, nodes.x, nodes.y, strict=True)]
    return [x * EARTH_M_PER_DEG * narrow for x in nodes.x], [y * EARTH_M_PER_DEG for y in nodes.y], places


def _by_roads(loaded: Loaded, nodes: Nodes, hospitals: Sequence[int], progress: Progress | None) -> Surveyed:
    part = loaded.scenario.ground
    if not nodes.degrees:
        raise loaded.wrong(
            "ground.columns", "has no lat and lon", "a region needs nodes in degrees: columns = { lat = …, lon = … }"
        )
    try:
        region = Region.open(loaded.path(part.region))
    except RegionError as error:
        raise loaded.wrong("ground.region", str(error)) from None
    points = np.column_stack([nodes.y, nodes.x])
    siren_s, length_m, lines = np.zeros((len(points),) * 2), np.zeros((len(points),) * 2), set()
    snaps = region.roads.snap_many(points)
    for target, (lat, lon) in enumerate(points.tolist()):
        times = region.roads.times_to((lat, lon), snaps, siren=True)
        siren_s[:, target], length_m[:, target] = times.eta_s, times.length_m
        for origin in np.nonzero(~np.isfinite(times.eta_s))[0].tolist():
            siren_s[origin, target], length_m[origin, target] = line_time(tuple(points[origin]), (lat, lon))
            lines.add((origin, target))
        if progress:
            progress(target + 1, len(points))
    np.fill_diagonal(siren_s, 0.0)
    x_m, y_m, places = _flat(nodes)
    ground = Ground(
        nodes.names,
        x_m,
        y_m,
        siren_s.tolist(),
        hospitals,
        slower=part.without_siren,
        places=places,
        length_m=length_m.tolist(),
        lines=lines,
    )
    return Surveyed(ground, nodes.weight, _notes(lines, nodes.names))


def _notes(lines: set[tuple[int, int]], names: Sequence[str]) -> tuple[str, ...]:
    if not lines:
        return ()
    origin, target = min(lines)
    return (
        f"no road for {len(lines):,} of {len(names) ** 2:,} drives (such as {names[origin]} to {names[target]}): "
        "these are straight-line guesses",
    )
