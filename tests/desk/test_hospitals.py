"""Hospitals at a desk: from the map and a file into the record, on diversion and back, and the destination proposed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tests.desk.hall import desk_on, give, same_as_fresh
from tests.world import T0

from tocsin.desk.ground import Ground
from tocsin.desk.hospitals import HospitalRules, HospitalSaid, known_hospitals, load_hospitals
from tocsin.domain import orders as o
from tocsin.domain import orders_standby as s
from tocsin.domain.refusals import Refusal
from tocsin.facts.values import Place
from tocsin.geo.pace import MAP
from tocsin.geo.region import Region
from tocsin.log.memory import MemoryLog
from tocsin.settings import SettingsError

HERE = Place(38.70, -9.14)
RULES = HospitalRules(
    (HospitalSaid("Near", 38.71, -9.14, ("trauma",)), HospitalSaid("Far", 38.80, -9.14, ("stroke",), 20)),
    {"SICK": ("stroke",)},
)


def test_the_file_adds_to_what_the_map_knows(region: Region) -> None:
    on_map = {order.hospital for order in known_hospitals(HospitalRules(), region)}
    assert on_map == {one.name for one in region.resources if one.kind == "hospital" and one.emergency is not False}
    first = sorted(on_map)[0]
    rules = HospitalRules((HospitalSaid(first, capabilities=("burns",)), HospitalSaid("New", 1.0, 2.0)))
    known = {order.hospital: order for order in known_hospitals(rules, region)}
    assert known[first].capabilities == ("burns",)
    assert known["New"].place == Place(1.0, 2.0, "New", "registered")
    with pytest.raises(SettingsError, match="the map does not know it"):
        known_hospitals(HospitalRules((HospitalSaid("Nowhere"),)), region)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[[hospitals]]\nname = "A"\n[[hospitals]]\nname = "A"\n',
            "line 4: hospitals[1].name: must be there, and once",
        ),
        ('[[hospitals]]\nname = "A"\nlat = 1.0\n', "line 2: hospitals[0]: lat and lon come together"),
        ('[[hospitals]]\nname = "A"\nbed = 1\n', "line 3: hospitals[0].bed: object contains unknown field"),
    ],
)
def test_a_mistake_in_the_file_is_told_by_line(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "hospitals.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as said:
        load_hospitals(file)
    assert words in str(said.value)


def test_hospitals_are_registered_once_and_again_only_when_changed() -> None:
    async def story() -> None:
        log = MemoryLog("north")
        async with desk_on(log, hospitals=RULES) as desk:
            assert set(desk.board.hospitals) == {"Near", "Far"}
            before = desk.position()
        async with desk_on(log, hospitals=RULES) as desk:
            assert desk.position() == before
        more = msgspec.structs.replace(
            RULES, hospitals=(RULES.hospitals[0], HospitalSaid("Far", 38.8, -9.14, ("burns",)))
        )
        async with desk_on(log, hospitals=more) as desk:
            assert desk.position() == before + 1
            assert desk.board.hospitals["Far"].capabilities == ("burns",)

    asyncio.run(story())


def test_the_destination_follows_need_diversion_and_load() -> None:
    async def story() -> None:
        log = MemoryLog("north")
        async with desk_on(log, hospitals=RULES) as desk:
            await give(desk, o.RegisterUnit("M1", "a", "x", ("ambulance",), HERE), o.UnitOnDuty("M1", 2))
            await give(desk, o.OpenIncident("SICK", place=HERE), o.DispatchUnits("1", ("M1",)))
            found = await desk.hospitals.destination("M1", ())
            assert [(one.hospital, one.reason) for one in found.hospitals] == [("Far", None), ("Near", "not_capable")]
            assert found.needs == ("stroke",)
            found = await desk.hospitals.destination("M1", ("trauma",))
            assert found.hospitals[0].hospital == "Near"
            await give(desk, s.DivertHospital("Near", "no CT", T0 + 600))
            assert desk.board.hospitals["Near"].reason == "no CT"
            found = await desk.hospitals.destination("M1", ("trauma",))
            assert [(one.hospital, one.reason) for one in found.hospitals][1][1] in ("not_capable", "on_diversion")
            await give(desk, s.ReopenHospital("Near"), s.ReportHospital("Near", 900.0, 1))
            row = desk.board.hospitals["Near"]
            assert (row.diverted_since, row.wait_s, row.beds_free, row.load_at) == (None, 900.0, 1, T0)
            assert isinstance(await desk.hospitals.destination("M9", ()), Refusal)
            same_as_fresh(desk, log)

    asyncio.run(story())


def test_drives_are_those_of_the_roads(region: Region) -> None:
    async def story() -> None:
        async with desk_on(MemoryLog("north"), ground=Ground(region), hospitals=HospitalRules()) as desk:
            home = Place(*region.roads.edge_midpoint(10), "home")
            await give(desk, o.RegisterUnit("M1", "a", "x", ("ambulance",), home), o.UnitOnDuty("M1", 2))
            found = await desk.hospitals.destination("M1", ())
            assert found.hospitals
            assert found.hospitals[0].basis == "road"
            at = desk.board.hospitals[found.hospitals[0].hospital].place
            eta_s = region.roads.times_from((home.lat, home.lon), [[at.lat, at.lon]], siren=False).eta_s[0]
            nearest = found.hospitals[0]
            assert nearest.drive_s == pytest.approx(float(eta_s))
            assert nearest.low_s is not None
            assert nearest.high_s is not None
            assert nearest.low_s < nearest.drive_s < nearest.high_s

    asyncio.run(story())


def test_drives_are_at_the_pace_in_force_and_without_siren(region: Region) -> None:
    async def story() -> None:
        ground = Ground(region)
        slow = replace(MAP, start_s=(40.0, 0.0))
        ground.pacing.at = lambda _now: (region.roads, slow, 0)  # type: ignore[method-assign]
        standing = ("M1", *region.roads.edge_midpoint(10), None)
        to = Place(*region.roads.edge_midpoint(50), "there")
        there = await ground.travels_from(standing, {"there": to}, ())
        back = await ground.travels([standing], to, (), siren=False)
        assert there["there"] == back["M1"]
        assert there["there"].siren is False
        plain = region.roads.times_from(standing[1:3], [[to.lat, to.lon]], siren=False).eta_s[0]
        assert there["there"].eta_s == pytest.approx(float(plain) + 40.0)
        ground.close()

    asyncio.run(story())
