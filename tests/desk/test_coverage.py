"""Live coverage against its own definition, told slowly: who reaches a cell by road, and 1 - q^k over all cells."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.desk.hall import desk_on, give
from tests.world import T0

from tocsin.desk.cover_demand import Demand, read_demand
from tocsin.desk.cover_now import AREAS, CoverNow, GroupNow, areas_of
from tocsin.desk.coverage import Coverage, Free
from tocsin.domain import orders as o
from tocsin.domain.cover_rules import CoverGroup, CoverRules
from tocsin.domain.loss import Gap
from tocsin.facts.values import Place
from tocsin.geo.cells import cells_of
from tocsin.geo.region import Region
from tocsin.log.memory import MemoryLog
from tocsin.settings import SettingsError

RULES = CoverRules(
    (CoverGroup("ambulance", "ambulance", 120.0, 3.0, 0.4), CoverGroup("engine", "engine", 90.0, 1.0, 0.2))
)


def random_group(dice: random.Random, cells: int = 40, units: int = 9) -> GroupNow:
    weight = np.array([dice.random() for _ in range(cells)])
    reach = {
        f"M{i}": np.array(sorted(dice.sample(range(cells), dice.randint(0, cells // 2))), np.int64)
        for i in range(units)
    }
    return GroupNow(CoverGroup("ambulance", "ambulance"), dice.uniform(0.05, 0.9), weight / weight.sum(), reach)


def slowly(group: GroupNow, without: Sequence[str] = ()) -> float:
    """Expected coverage by its definition."""
    total = 0.0
    for cell, weight in enumerate(group.weight):
        k = sum(cell in cells for unit, cells in group.reach.items() if unit not in without)
        total += weight * (1 - group.busy**k)
    return total


@pytest.mark.parametrize("seed", range(12))
def test_what_is_covered_and_lost_is_the_sum_over_all_cells(seed: int) -> None:
    dice = random.Random(seed)
    group = random_group(dice)
    assert group.covered == pytest.approx(slowly(group))
    for many in (1, 1, 2, 3, 5, 9):
        gone = dice.sample(sorted(group.reach), many)
        assert group.lost(gone) == pytest.approx(slowly(group) - slowly(group, gone)), gone
    assert group.lost(["nobody"]) == 0.0
    assert group.lost(["nobody", "M1"]) == pytest.approx(group.lost(["M1"]))
    assert group.lost(["M1", "M1"]) == pytest.approx(group.lost(["M1"]))


@pytest.mark.parametrize("seed", range(6))
def test_losing_several_costs_at_least_what_each_costs_alone(seed: int) -> None:
    dice = random.Random(seed)
    group = random_group(dice)
    gone = dice.sample(sorted(group.reach), 4)
    assert group.lost(gone) >= sum(group.lost([unit]) for unit in gone) - 1e-12


@pytest.mark.parametrize("seed", range(6))
def test_what_a_move_adds_is_the_difference_of_two_pictures(seed: int) -> None:
    dice = random.Random(seed)
    group = random_group(dice)
    posts = np.array([[float(dice.random() < 0.3) for _ in range(40)] for _ in range(5)], np.float32)
    for unit in ("M1", "M4"):
        for i, row in enumerate(posts):
            cells = np.flatnonzero(row)
            moved = GroupNow(group.rules, group.busy, group.weight, {**group.reach, unit: cells})
            assert group.moved(unit, posts)[i] == pytest.approx(moved.covered - group.covered, abs=1e-6)
            assert float(group.after(unit, cells) @ group.weight) == pytest.approx(moved.covered)


def test_loss_of_all_groups_is_weighed_by_their_shares() -> None:
    one, two = random_group(random.Random(1)), random_group(random.Random(2))
    two.rules = CoverGroup("engine", "engine", share=3.0)
    now = CoverNow([one, two], np.zeros(40, np.int64), T0)
    assert now.loss(["M2"]) == pytest.approx(0.25 * one.lost(["M2"]) + 0.75 * two.lost(["M2"]))
    assert now.covered == pytest.approx(0.25 * one.covered + 0.75 * two.covered)


def test_the_gap_is_the_area_that_nobody_reaches_any_more() -> None:
    weight = np.full(10, 0.1)
    reach = {"M1": np.arange(5), "M2": np.arange(3, 8)}
    group = GroupNow(CoverGroup("ambulance", "ambulance"), 0.3, weight, reach)
    areas = np.array([1, 1, 2, 2, 2, 3, 3, 3, 3, 3])
    now = CoverNow([group], areas, T0)
    assert now.gap(["M1"]) == Gap("north", 1.0)
    found = now.gap(["M2"])
    assert (found.area, found.share) == ("east", pytest.approx(0.6))
    assert now.gap(["M1", "M2"]).area in ("north", "north_east")
    assert now.gap(["E1"]) is None
    assert now.gap(["M1"], ["M1"]) is None
    kept = now.gap(["M1", "M2"], ["M2"])
    assert (kept.area, kept.share) == ("north", 1.0), "what M2 alone leaves bare is no word against M1"
    assert CoverNow([GroupNow(group.rules, 0.3, weight, reach | {"M3": np.arange(10)})], areas, T0).gap(["M1"]) is None


def test_areas_are_the_middle_and_the_directions_from_it() -> None:
    lat = np.array([45.0, 45.1, 45.0, 44.9, 45.0, 45.07])
    lon = np.array([9.0, 9.0, 9.14, 9.0, 8.86, 9.1])
    weight = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
    assert [AREAS[i] for i in areas_of(lat, lon, weight)] == ["centre", "north", "east", "south", "west", "north_east"]


# -- on a region -----------------------------------------------------------------------------------------------------


def prepared(
    region: Region, rules: CoverRules = RULES, keep: Path | None = None, beside: Path | None = None
) -> Coverage:
    coverage = Coverage(region, rules, keep, beside)
    asyncio.run(coverage.prepare())
    return coverage


def test_a_fixed_unit_reaches_the_cells_the_roads_say(region: Region) -> None:
    coverage = prepared(region)
    assert coverage.state == "ready"
    cells = coverage.reach.cells
    lat, lon = float(cells.lat_deg[7]) + 0.0004, float(cells.lon_deg[7])
    coverage.picture([Free("M1", ("ambulance",), lat, lon, True)], RULES.groups[:1], T0)
    (group,) = coverage.now.groups
    ends = np.stack([cells.lat_deg, cells.lon_deg], axis=1)
    eta_s = region.roads.times_from((lat, lon), ends, siren=True).eta_s
    assert group.reach["M1"].tolist() == np.flatnonzero(np.ceil(eta_s) <= 120.0).tolist()
    assert group.covered == pytest.approx(0.6 * cells.weight[group.reach["M1"]].sum())
    coverage.close()


def test_the_desk_tells_its_number_and_each_units_gap(region: Region) -> None:
    async def story() -> None:
        coverage = Coverage(region, RULES)
        async with desk_on(MemoryLog("north"), coverage=coverage) as desk:
            assert desk.standby.view(T0).state == "preparing"
            await desk.standby._preparing
            cells = coverage.reach.cells
            for i, kind in enumerate(("ambulance", "ambulance", "engine")):
                home = Place(float(cells.lat_deg[i * 9]), float(cells.lon_deg[i * 9]), f"Station {i}")
                await give(desk, o.RegisterUnit(f"U{i}", kind, "x", (kind,), home, 2), o.UnitOnDuty(f"U{i}", 2))
            await desk.standby.look(T0)
            told = desk.standby.view(T0)
            assert told.state == "ready"
            assert 0 < told.covered < 1
            assert {group.name: group.free for group in told.groups} == {"ambulance": 2, "engine": 1}
            assert told.lost["U2"] == pytest.approx(0.25 * told.groups[1].covered)
            assert desk.standby.loss(["U0", "U1", "U2"]) == pytest.approx(told.covered)
            assert desk.adviser.loss(None).loss(["U1"]) == pytest.approx(told.lost["U1"])
            here = Place(float(cells.lat_deg[0]), float(cells.lon_deg[0]), "here")
            await give(desk, o.OpenIncident("FIRE", place=here), o.DispatchUnits("1", ("U1",)))
            await desk.standby.look(T0)
            after = desk.standby.view(T0)
            assert after.covered == pytest.approx(told.covered - told.lost["U1"])
            shaded = desk.standby.cells("engine")
            assert shaded.group == "engine"
            assert len(shaded.cells) == len(cells)
            assert desk.standby.cells("nobody") is None

    asyncio.run(story())


def test_without_a_region_nothing_is_known_and_nothing_is_lost() -> None:
    async def story() -> None:
        async with desk_on(MemoryLog("north")) as desk:
            assert desk.standby.view(T0).state == "none"
            assert desk.standby.view(T0).covered is None
            assert desk.standby.loss(["E1"]) == 0.0
            assert desk.standby.cells("") is None

    asyncio.run(story())


def test_what_cannot_be_worked_out_is_said_and_harms_nothing(region: Region, tmp_path: Path) -> None:
    (tmp_path / "demand.csv").write_text("lat,lon,weight\n1,2,many\n")
    rules = CoverRules(RULES.groups, demand=o.msgspec.structs.replace(RULES.demand, file="demand.csv"))
    assert prepared(region, rules, beside=tmp_path).state == "failed"


def test_busy_follows_what_the_units_do(region: Region) -> None:
    async def story() -> None:
        coverage = Coverage(region, RULES)
        async with desk_on(MemoryLog("north"), coverage=coverage) as desk:
            await desk.standby._preparing
            home = Place(60.0, 24.0)
            await give(desk, o.RegisterUnit("U0", "a", "x", ("ambulance",), home), o.UnitOnDuty("U0", 2))
            await desk.standby.look(T0)
            await desk.standby.look(T0 + 6 * 3600)
            assert coverage.now.groups[0].busy == pytest.approx(0.4 * np.exp(-1.0))

    asyncio.run(story())


def test_recorded_incidents_move_demand_to_where_they_were_at_their_hour(region: Region) -> None:
    cells = cells_of(region.roads.graph)
    demand = Demand(cells, cells.finder(), 100)
    there = [(float(cells.lat_deg[4]), float(cells.lon_deg[4]))]
    demand.learn(there * 99, [10 * 3600.0] * 99)
    assert demand.word() == "map"
    assert demand.at(0.0) is cells.weight
    demand.learn(there, [10 * 3600.0])
    assert demand.word() == "record"
    morning, night = demand.at(9 * 3600.0), demand.at(0.0)
    assert morning.sum() == pytest.approx(1.0)
    assert morning[4] == pytest.approx((100 * cells.weight[4] + 400) / 500)
    assert night[4] == pytest.approx((100 * cells.weight[4] + 100) / 200)


def test_a_file_of_demand_is_read_and_its_mistakes_named(region: Region, tmp_path: Path) -> None:
    cells = cells_of(region.roads.graph)
    file = tmp_path / "demand.csv"
    at = f"{cells.lat_deg[2]},{cells.lon_deg[2]}"
    file.write_text(f"lat,lon,weight\n{at},3\n{cells.lat_deg[5]},{cells.lon_deg[5]},1\n")
    read = read_demand(file, cells, cells.finder())
    assert (read[2], read[5]) == (0.75, 0.25)
    for text, words in (
        ("lat,lon\n1,2\n", "the column 'weight' is missing"),
        (f"lat,lon,weight\n{at},1\n{at},x\n", "line 3, weight: 'x' is not a number"),
        ("lat,lon,weight\n95,2,1\n", "line 2: lat is -90 to 90"),
        (f"lat,lon,weight\n{at},0\n", "no row has a weight above 0"),
    ):
        file.write_text(text)
        with pytest.raises(SettingsError, match=words):
            read_demand(file, cells, cells.finder())
