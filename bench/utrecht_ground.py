"""The Utrecht instance for benches, read in place: ground, demand, fleets. Its README gives the laws of its calls."""

from __future__ import annotations

import sys

from common import SHARED, note
from tocsin.sim.planning.locate import mexclp
from tocsin.sim.twin.demand import MONDAY, Service, draw_calls, level
from tocsin.sim.twin.draws import Law
from tocsin.sim.twin.files import read_matrix, read_nodes, read_places
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinCall

FOLDER = SHARED / "oracles" / "utrecht"
LIMIT_S = 720.0
NEW = Service(
    Law("lognormal", sigma=0.38, shift=-10.01, scale=37.0, most=88.0),
    Law("lognormal", sigma=0.39, shift=-8.25, scale=35.89, most=88.0),
    to_hospital=0.63,
)
OLD = Service(Law("exponential", mean=12.0), Law("weibull", shape=1.5, scale=18.0), to_hospital=0.8)


class Utrecht:
    """Everything a bench needs of it."""

    def __init__(self) -> None:
        if not FOLDER.is_dir():
            note("the Utrecht instance is not beside this checkout (../shared/oracles/utrecht): nothing to measure")
            sys.exit(0)
        columns = {"name": "postal code", "x": "x", "y": "y", "weight": "inhabitants"}
        nodes = read_nodes(FOLDER / "nodes_Utrecht_2021.csv", columns)
        numbers = {name: i for i, name in enumerate(nodes.names)}
        siren_s = read_matrix(FOLDER / "siren_driving_matrix_2022.csv", nodes.names, 60.0)
        hospitals = read_places(FOLDER / "Hospital_Postal_Codes_Utrecht_2021.csv", "Hospital", numbers)
        self.weight = nodes.weight
        self.ground = Ground(nodes.names, nodes.x, nodes.y, siren_s, hospitals)
        self.stations = read_places(FOLDER / "RAVU_base_locations_Utrecht_2021.csv", "Base Locations", numbers)
        self.drive_s = dict(enumerate(siren_s))

    def bases(self, units: int) -> list[int]:
        """The published base of each unit; where none is published, the best MEXCLP plan for 0.3 busy."""
        file = FOLDER / f"Base_Locations_Ambulances_MEXCLP_21_22_{units}.csv"
        if file.exists():
            return read_places(file, "Base", self.ground.number)
        plan = mexclp(self.weight, [self.drive_s[s] for s in self.stations], LIMIT_S, units, 0.3)
        return [site for site, n in zip(self.stations, plan.at, strict=True) for _ in range(n)]

    def calls(self, seed: int, count: int, *, old: bool = False) -> list[TwinCall]:
        """So many calls of the published demand, the newer or the older."""
        demand = level(60 / (9.5 if old else 7.75), self.weight)
        return draw_calls(demand, OLD if old else NEW, seed, count, MONDAY)
