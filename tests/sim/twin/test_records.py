"""Real roads and real records: drives along a region's roads, guesses marked, calls as a record has them."""

from __future__ import annotations

import pytest

from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.figures import run
from tocsin.sim.twin.scenario import load
from tocsin.sim.twin.world import prepare

SCENARIO = """\
[ground]
nodes = "nodes.csv"
columns = {{ lat = "lat", lon = "lon" }}
region = "{region}"
hospitals = ["n3"]
[fleet]
bases = ["n0", "n2"]
[calls]
kind = "{kind}"
file = "calls.csv"
{more}
"""
HEADER = "id,received,lat,lon,unit,unit_type,dispatched,en_route,on_scene,left_scene,at_hospital,available"


@pytest.fixture
def written(tmp_path, town, region):
    west, south, east, north = region.manifest.bbox
    middle = (south + north) / 2, (west + east) / 2
    points = [(middle[0] + 0.002 * dy, middle[1] + 0.002 * dx) for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1))]
    rows = [f"n{n},{lat},{lon}" for n, (lat, lon) in enumerate(points)]
    (tmp_path / "nodes.csv").write_text("\n".join(["name,lat,lon", *rows]) + "\n", "utf-8")

    def at(minute: float) -> str:
        return f"2026-01-05T{8 + int(minute) // 60:02d}:{int(minute) % 60:02d}:{round(minute % 1 * 60):02d}Z"

    calls = [
        f"c{n},{at(10 * n)},{points[n % 4][0]},{points[n % 4][1]},M{n},{'MEDIC' if n % 2 else 'ENGINE'},"
        f"{at(10 * n + 1)},{at(10 * n + 2.5)},{at(10 * n + 5)},{at(10 * n + 12)},{at(10 * n + 20)},{at(10 * n + 31)}"
        for n in range(8)
    ]
    calls += [f"far,{at(99)},{middle[0] + 1},{middle[1]},M9,MEDIC,,,,,,", f"late,{at(5)},,,M9,MEDIC,,,,,,"]
    (tmp_path / "calls.csv").write_text("\n".join([HEADER, *calls]) + "\n", "utf-8")

    def world(kind: str, more: str = ""):
        file = tmp_path / "s.toml"
        file.write_text(SCENARIO.format(region=town.parent / "region", kind=kind, more=more), "utf-8")
        return prepare(load(file))

    return world


def test_drives_are_those_of_the_roads(written, region):
    ground = written("history").ground
    a, b = ((ground.places[n].lat, ground.places[n].lon) for n in (1, 2))
    times = region.roads.times_to(b, [a], siren=True)
    assert ground.siren_s[1][2] == pytest.approx(float(times.eta_s[0]))
    assert ground.length_m[1][2] == pytest.approx(float(times.length_m[0]))
    assert all(ground.siren_s[n][n] == 0.0 for n in range(4))


def test_a_record_is_lived_through_with_its_own_stages(written):
    world = written("history")
    calls = world.calls(1)
    assert [call.node for call in calls] == [n % 4 for n in range(8)]
    assert {(c.turnout_s, c.scene_s, c.to_hospital, c.hand_over_s) for c in calls} == {(90.0, 420.0, True, 660.0)}
    assert any("1 call of calls.csv outside the ground" in note for note in world.notes)
    assert any("1 row of calls.csv could not be read, the first row 11, lat" in note for note in world.notes)
    ran = run(world, 1)
    assert ran.figures.served == 8
    assert min(ran.response_s) >= 90.0


def test_only_the_rows_asked_for(written):
    assert len(written("history", 'where = { unit_type = "MEDIC" }').calls(1)) == 4
    with pytest.raises(ScenarioError, match=r"line 11: calls.where.kind: there is no such field; .*unit_type"):
        written("history", 'where = { kind = "MEDIC" }')


def test_a_fit_to_a_record_gives_many_days_like_it(written):
    calls = written("fitted", "count = 4000\nto_hospital = 0.0").calls(3)
    assert len(calls) == 4_000
    assert {call.node for call in calls} == {0, 1, 2, 3}
    assert calls != written("fitted", "count = 4000\nto_hospital = 0.0").calls(4)


def test_where_no_road_leads_the_guess_is_marked_and_said(written, monkeypatch):
    from tocsin.geo.roads import Roads

    whole = Roads.times_to

    def cut(self, target, origins, **more):
        times = whole(self, target, origins, **more)
        times.eta_s[1] = float("inf")
        return times

    monkeypatch.setattr(Roads, "times_to", cut)
    world = written("history")
    assert world.ground.basis_of(1, 2) == "line"
    assert world.ground.basis_of(0, 2) == "road"
    assert world.ground.siren_s[1][2] > 0.0
    assert any("straight-line guesses" in note for note in world.notes)
