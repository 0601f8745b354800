"""The twin's rules on a ground small enough to reckon by hand, and its record, which is a record like any other."""

from __future__ import annotations

import pytest

from tocsin.domain.coverage import cover_of
from tocsin.domain.evolve import evolve
from tocsin.domain.room import Room
from tocsin.domain.types import Catalogue, Disposition, IncidentType, Need
from tocsin.facts import assignments, incidents, units
from tocsin.log.memory import MemoryLog
from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.ground import Ground
from tocsin.sim.twin.model import Absence, TwinCall, TwinUnit, unit_ids
from tocsin.sim.twin.policies import BestCover, Closest, HomeBase, Hybrid, LeastLoss, MoveRule, Tally
from tocsin.sim.twin.record import TwinError, keep_in
from tocsin.views.day import day_figures

NODES = 11


def road(hospitals=(), slower=0.5) -> Ground:
    """Nodes 0 to 10 along a straight road, 60 s apart with siren."""
    siren_s = [[60.0 * abs(a - b) for b in range(NODES)] for a in range(NODES)]
    xs = [100.0 * n for n in range(NODES)]
    return Ground([f"n{n}" for n in range(NODES)], xs, [0.0] * NODES, siren_s, hospitals, slower=slower)


def fleet_at(*bases: int) -> list[TwinUnit]:
    return [TwinUnit(id_, base) for id_, base in zip(unit_ids(len(bases)), bases, strict=True)]


def twin_of(ground, fleet, dispatch=None, relocate=None, **more) -> Twin:
    home = HomeBase({unit.id: unit.base for unit in fleet})
    return Twin(ground, fleet, dispatch or Closest(), relocate or home, **more)


def units_of(twin, *calls) -> list[int]:
    return [out.unit for out in twin.run(list(calls))]


def test_the_nearest_goes_and_of_two_as_near_the_lower_number():
    fleet = fleet_at(*[4] * 3, *[8] * 9)
    assert units_of(twin_of(road(), fleet), *(TwinCall(float(t), 6, 9e3) for t in range(5))) == [0, 1, 2, 3, 4]
    assert fleet[2].id < fleet[10].id, "ids order as numbers do, or ties would go to A10 before A2"


def test_who_waits_is_served_first_come_by_the_next_unit_to_be_free():
    twin = twin_of(road(), fleet_at(0, 10))
    calls = [TwinCall(0.0, 0, 600.0), TwinCall(1.0, 10, 900.0), TwinCall(2.0, 9, 60.0), TwinCall(3.0, 0, 60.0)]
    out = twin.run(calls)
    assert [o.unit for o in out] == [0, 1, 0, 1]
    assert [o.waited for o in out] == [False, False, True, True]
    assert out[2].on_scene_at == 600.0 + 9 * 60, "it is near the second unit, but the first was free before"
    assert out[3].on_scene_at == 901.0 + 10 * 60


def test_a_unit_on_its_way_home_is_sent_from_where_it_is():
    """At half speed home takes 120 s a node: 360 s after leaving node 6 it stands at node 3."""
    twin = twin_of(road(), fleet_at(0))
    out = twin.run(
        [TwinCall(0.0, 6, 40.0), TwinCall(400.0 + 360.0, 5, 40.0), TwinCall(400.0 + 360.0 + 160 + 61, 0, 1.0)]
    )
    assert [o.origin for o in out] == [0, 3, 4]
    assert [o.response_s for o in out] == [360.0, 120.0, 240.0]
    assert twin.relocation_s == pytest.approx(360.0 + 61.0 + 0.0), "drives cut short count as far as they came"


def test_to_the_nearest_hospital_and_free_from_there():
    twin = twin_of(road(hospitals=[9, 5]), fleet_at(0))
    out = twin.run([TwinCall(0.0, 7, 100.0, True, 50.0), TwinCall(700.0, 5, 1.0)])
    assert out[0].response_s == 420.0
    assert (out[1].waited, out[1].origin) == (False, 9), "both are as near: the first named; free there at 690 s"


def test_a_unit_freed_at_the_very_instant_of_a_call_takes_it():
    out = twin_of(road(), fleet_at(0)).run([TwinCall(0.0, 0, 100.0), TwinCall(100.0, 0, 1.0)])
    assert (out[1].waited, out[1].response_s) == (False, 0.0)


def test_without_a_line_a_call_that_finds_nobody_is_passed_on():
    twin = twin_of(road(), fleet_at(0), line=False)
    out = twin.run([TwinCall(0.0, 0, 100.0), TwinCall(50.0, 0, 1.0), TwinCall(101.0, 0, 1.0)])
    assert [o.served for o in out] == [True, False, True]
    assert not any(incident.open for incident in twin.room.incidents.values())


def test_turnout_comes_before_the_drive_and_is_stamped():
    log = MemoryLog("twin")
    twin = twin_of(road(), fleet_at(2), keep=keep_in(log))
    assert twin.run([TwinCall(10.0, 0, 5.0, turnout_s=30.0)])[0].response_s == 150.0
    rolled = [entry.fact.at for entry in log.read() if isinstance(entry.fact, assignments.UnitEnRoute)]
    assert rolled == [40.0]


def test_a_broken_unit_is_not_sent_and_takes_the_waiting_call_when_it_is_back():
    twin = twin_of(road(), fleet_at(0), absences=[Absence(0, 50.0, 500.0)])
    out = twin.run([TwinCall(100.0, 1, 5.0)])
    assert out[0].on_scene_at == 560.0


def test_a_unit_that_should_go_off_duty_finishes_its_call_first():
    twin = twin_of(road(), fleet_at(0, 9), absences=[Absence(0, 50.0, 5_000.0)])
    out = twin.run([TwinCall(0.0, 0, 100.0), TwinCall(200.0, 0, 5.0)])
    assert [o.unit for o in out] == [0, 1]
    off = [unit.on_duty for unit in twin.room.units.values()]
    assert off == [True, True], "and is back after that"


def test_a_type_that_needs_two_gets_two_and_ends_when_both_are_done():
    catalogue = Catalogue(
        (IncidentType("FIRE", "fire", 1, {"en": "Fire"}, (Need("ambulance", 2),)),),
        (Disposition("handled", {"en": "Handled"}),),
    )
    log = MemoryLog("twin")
    twin = twin_of(road(), fleet_at(0, 3, 9), catalogue=catalogue, keep=keep_in(log))
    out = twin.run([TwinCall(0.0, 2, 100.0, type="FIRE")])
    assert (out[0].units, out[0].unit, out[0].response_s) == (2, 1, 60.0)
    closed = [entry.fact.at for entry in log.read() if isinstance(entry.fact, incidents.IncidentClosed)]
    assert closed == [220.0]


def test_a_type_the_catalogue_does_not_have_is_refused_with_its_name():
    with pytest.raises(TwinError, match="NOSUCH"):
        twin_of(road(), fleet_at(0)).run([TwinCall(0.0, 0, 1.0, type="NOSUCH")])


def test_the_record_is_whole_and_folds_to_the_same_room_and_tells_the_same_responses():
    log = MemoryLog("twin")
    twin = twin_of(road(hospitals=[10]), fleet_at(0, 5), keep=keep_in(log))
    out = twin.run([TwinCall(70.0 * n, n % NODES, 200.0, n % 3 == 0, 100.0) for n in range(40)])
    room = Room()
    for entry in log.read():
        evolve(room, entry.fact)
    assert room == twin.room
    assert log.verify() == []
    assert log.position() == twin.record.facts
    response = next(f for f in day_figures(log.read(), 0.0, 1e9).figures if f.interval == "response")
    responses = sorted(o.response_s for o in out)
    assert (response.n, response.median_s) == (40, responses[19])
    assert any(isinstance(entry.fact, units.UnitReturned) for entry in log.read())


def test_a_straight_line_guess_is_marked_in_the_record():
    ground, log = road(), MemoryLog("twin")
    ground.lines = frozenset({(0, 1)})
    twin_of(ground, fleet_at(0), keep=keep_in(log)).run([TwinCall(0.0, 1, 1.0), TwinCall(999.0, 2, 1.0)])
    sent = [entry.fact.drive.basis for entry in log.read() if isinstance(entry.fact, assignments.UnitDispatched)]
    assert sent == ["line", "road"]


# -- policies ---------------------------------------------------------------------------------------------------------


def tally(weight, limit_s=120.0, busy=0.5, units=4) -> Tally:
    drive_s = dict(enumerate(road().siren_s))
    return Tally(cover_of(weight, drive_s, [(limit_s, 1.0)], busy, units))


WEST = [5.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]


def test_hybrid_leaves_the_only_cover_of_many_people_and_sends_who_is_little_farther():
    fleet = fleet_at(2, 5, 5)
    call = TwinCall(0.0, 3, 1.0)
    assert units_of(twin_of(road(), fleet), call) == [0]
    assert units_of(twin_of(road(), fleet, Hybrid(tally(WEST), 120.0)), call) == [1]
    assert units_of(twin_of(road(), fleet, Hybrid(tally(WEST), 60.0)), call) == [0], "but never lets the caller be late"
    assert units_of(twin_of(road(), fleet, Hybrid(tally(WEST), 120.0, minute_weight=5.0)), call) == [0]


def test_dmexclp_dispatch_takes_the_least_loss_among_those_in_time():
    fleet = fleet_at(2, 5, 10)
    assert units_of(twin_of(road(), fleet, LeastLoss(tally(WEST), 120.0)), TwinCall(0.0, 3, 1.0)) == [1]
    assert units_of(twin_of(road(), fleet, LeastLoss(tally(WEST), 30.0)), TwinCall(0.0, 3, 1.0)) == [2], "all are late"


def test_a_freed_unit_goes_where_it_adds_most_and_moves_fill_the_gap():
    ground, watch = road(), tally(WEST)
    twin = twin_of(ground, fleet_at(8, 8), relocate=BestCover(watch, ground, [2, 8]))
    twin.run([TwinCall(0.0, 8, 60.0)])
    assert twin.heading()["A0"] == 2
    rule = MoveRule(after_sent=True, least=0.01)
    twin = twin_of(ground, fleet_at(2, 8, 8), relocate=BestCover(tally(WEST), ground, [2, 8], rule=rule))
    twin.run([TwinCall(0.0, 2, 60.0)])
    assert twin.moves == 1
    dear = MoveRule(after_sent=True, least=0.01, minute_cost=1.0)
    twin = twin_of(ground, fleet_at(2, 8, 8), relocate=BestCover(tally(WEST), ground, [2, 8], rule=dear))
    twin.run([TwinCall(0.0, 2, 60.0)])
    assert twin.moves == 0
