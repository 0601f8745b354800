"""An outside simulator's inputs and traces, read in place where they are; tests skip, saying so, where they are not."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from tocsin.sim.twin.files import read_matrix, read_nodes, read_places, read_trace
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import TwinCall, TwinUnit, unit_ids

FOLDER = Path(__file__).parents[4] / "shared" / "oracles" / "utrecht"


def need() -> None:
    """Skip where the traces are absent."""
    if not FOLDER.is_dir():
        pytest.skip("the Utrecht traces are not beside this checkout (../shared/oracles/utrecht)")


@cache
def ground() -> Ground:
    need()
    nodes = read_nodes(
        FOLDER / "nodes_Utrecht_2021.csv", {"name": "postal code", "x": "x", "y": "y", "weight": "inhabitants"}
    )
    numbers = {name: i for i, name in enumerate(nodes.names)}
    siren_s = read_matrix(FOLDER / "siren_driving_matrix_2022.csv", nodes.names, 60.0)
    hospitals = read_places(FOLDER / "Hospital_Postal_Codes_Utrecht_2021.csv", "Hospital", numbers)
    return Ground(nodes.names, nodes.x, nodes.y, siren_s, hospitals)


@cache
def demand() -> tuple[float, ...]:
    need()
    nodes = read_nodes(
        FOLDER / "nodes_Utrecht_2021.csv", {"name": "postal code", "x": "x", "y": "y", "weight": "inhabitants"}
    )
    return nodes.weight


def stations() -> list[int]:
    return read_places(FOLDER / "RAVU_base_locations_Utrecht_2021.csv", "Base Locations", ground().number)


def fleet(units: int) -> list[TwinUnit]:
    bases = read_places(FOLDER / f"Base_Locations_Ambulances_MEXCLP_21_22_{units}.csv", "Base", ground().number)
    return [TwinUnit(id_, base) for id_, base in zip(unit_ids(len(bases)), bases, strict=True)]


@cache
def trace(run: int) -> list[TwinCall]:
    def named(what: str) -> Path:
        return FOLDER / f"{what}_test_run_simulation_diesel_{run}.csv"

    files = {
        "gap_min": named("interarrival_times"),
        "place": named("location_IDs"),
        "scene_min": named("on_site_aid_times"),
        "to_hospital": named("to_hospital_bool"),
        "hand_over_min": named("drop_off_times"),
    }
    return read_trace(files, ground().number)


def told(run: int) -> list[tuple[int, float]]:
    """(unit number, response time in minutes) of every call, as the other simulator has it."""
    with (FOLDER / f"Patient_Test_Diesel_{run}.csv").open(encoding="utf-8-sig") as text:
        return [
            (int(float(row["assigned_to_ambulance_nr"])), float(row["response_time"])) for row in csv.DictReader(text)
        ]
