"""A fleet a region can believe."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from tocsin.geo.region import Region
from tocsin.geo.resources import Resource
from tocsin.sim.fleet import people_by_roads, plan_fleet


class Bare:
    """A region with some resources of its own and the roads of another."""

    def __init__(self, region: Region, resources: list[Resource]) -> None:
        self.roads = region.roads
        self.resources = resources
        self.manifest = region.manifest


def test_a_city_has_what_its_people_need(region: Region) -> None:
    fleet = plan_fleet(region, 300_000)
    kinds = {unit.unit_kind for unit in fleet.units}
    assert kinds == {"engine", "ladder", "chief", "rescue", "hazmat", "ambulance", "patrol"}
    assert 20 <= len(fleet.units) <= 60
    assert len({unit.id for unit in fleet.units}) == len(fleet.units)
    can = {capability for unit in fleet.units for capability in unit.capabilities}
    assert can == {"engine", "ladder", "chief", "rescue", "hazmat", "ambulance", "als", "police"}


def test_twice_the_people_more_units_and_a_number_asked_for_is_met(region: Region) -> None:
    assert len(plan_fleet(region, 600_000).units) > 1.5 * len(plan_fleet(region, 300_000).units)
    assert abs(len(plan_fleet(region, 300_000, 120).units) - 120) <= 6


def test_engines_stand_at_fire_stations(region: Region) -> None:
    stations = {(one.lat_deg, one.lon_deg) for one in region.resources if one.kind == "fire_station"}
    engines = [unit for unit in plan_fleet(region, 60_000).units if unit.unit_kind == "engine"]
    assert engines
    assert all((unit.home.lat, unit.home.lon) in stations for unit in engines)


def test_without_ambulance_stations_they_stand_at_hospitals_and_it_is_said(region: Region) -> None:
    some = [one for one in region.resources if one.kind == "hospital"]
    fleet = plan_fleet(cast(Region, Bare(region, some)), 60_000)
    medics = [unit for unit in fleet.units if unit.unit_kind == "ambulance"]
    assert {(u.home.lat, u.home.lon) for u in medics} <= {(one.lat_deg, one.lon_deg) for one in some}
    assert any("no ambulance station: ambulance units stand at hospitals" in note for note in fleet.notes)
    assert any(
        "no fire station: engine, ladder, chief, rescue, hazmat units stand at hospitals" in note
        for note in fleet.notes
    )


def test_on_a_map_without_any_station_units_stand_on_its_roads_and_it_is_said(region: Region) -> None:
    fleet = plan_fleet(cast(Region, Bare(region, [])), 60_000)
    west, south, east, north = region.manifest.bbox
    assert all(south <= u.home.lat <= north and west <= u.home.lon <= east for u in fleet.units)
    assert any(
        "engine, ladder, chief, rescue, hazmat units stand at points spread over its roads" in note
        for note in fleet.notes
    )
    assert len({(u.home.lat, u.home.lon) for u in fleet.units if u.unit_kind == "ambulance"}) > 1


def test_some_crews_are_a_hand_short(region: Region) -> None:
    short = [unit for unit in plan_fleet(region, 600_000).units if unit.crew_count < unit.crew_min]
    assert 1 <= len(short) <= 8


def test_people_are_guessed_from_residential_streets() -> None:
    label: Any = SimpleNamespace(manifest=SimpleNamespace(road_km={"residential": 100.0, "motorway": 900.0}))
    assert people_by_roads(label) == 20_000
