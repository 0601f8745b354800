"""Rest, agencies, neighbours, and the two sentences against a unit that is closer: who goes, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from tests.world import HERE, T0, kind, opened, room_of, sent, unit

from tocsin.domain.advise import choose, recommend
from tocsin.domain.case import Case
from tocsin.domain.loss import Gap
from tocsin.domain.plan_words import read_requirement
from tocsin.domain.plans import Agency, Area, Plan, Plans, Rest, Terms
from tocsin.domain.travel import Travel
from tocsin.facts.assignments import UnitAvailable
from tocsin.facts.units import UnitCameOnDuty

NOW = T0 + 3_600.0
SICK = kind("SICK", 1, ("ambulance", 1))
LATER = kind("LATER", 3, ("ambulance", 1))
AROUND = Area("town", (((38.0, -10.0), (39.0, -10.0), (39.0, -9.0), (38.0, -9.0)),))
ELSEWHERE = Area("island", (((60.0, 0.0), (61.0, 0.0), (61.0, 1.0), (60.0, 1.0)),))


class Loses:
    """Each unit alone takes so much; where and for how long is said of one of them."""

    def __init__(self, each: dict[str, float], gaps: dict[str, Gap] | None = None) -> None:
        self.each, self.gaps = each, gaps or {}

    def loss(self, units: Sequence[str]) -> float:
        return sum(self.each.get(unit, 0.0) for unit in units)

    def gap(self, units: Sequence[str], rather: Sequence[str] = ()) -> Gap | None:
        return next((self.gaps[unit] for unit in units if unit in self.gaps and unit not in rather), None)


def drive(eta_s: float, sigma: float = 0.0) -> Travel:
    return Travel("road", eta_s, 1_000.0, HERE.lat, HERE.lon, NOW, sigma)


def owned(name: str, agency: str, *can: str):
    """A unit on duty of an agency."""
    return [msgspec.structs.replace(f, agency=agency) if hasattr(f, "agency") else f for f in unit(name, *can)]


def told(case: Case) -> dict:
    advice = recommend(case)
    assert choose(case) == tuple(row.unit for row in advice.candidates if row.chosen)
    return {row.unit: row for row in advice.candidates}


def case_of(room, what=SICK, plans=None, loss=None, **etas: float | Travel) -> Case:
    travels = {name: eta if isinstance(eta, Travel) else drive(eta) for name, eta in etas.items()}
    incident = msgspec.structs.replace(room.incidents["1"], type=what.code, priority=what.priority)
    return Case(room, incident, what, travels, NOW, plans or Plans(), loss)


# -- closer, and yet -------------------------------------------------------------------------------------------------


def test_closer_but_leaves_the_north_without_cover_for_so_long():
    room = room_of(opened(), unit("A3", "ambulance"), unit("A7", "ambulance"))
    loss = Loses({"A3": 0.08}, {"A3": Gap("north", 0.6, relief_s=840.0, job_s=3_000.0)})
    rows = told(case_of(room, loss=loss, A3=240.0, A7=300.0))
    assert rows["A7"].chosen
    assert (rows["A3"].reason, rows["A3"].other, rows["A3"].later_s) == ("leaves_gap", "A7", -60.0)
    assert rows["A3"].lost == pytest.approx(0.08)
    assert (rows["A3"].area, rows["A3"].gap_s) == ("north", 840.0)
    assert rows["A3"].text == "1:00 closer than A7 but leaves the north without cover for 14 min"


def test_what_the_proposal_leaves_bare_too_is_no_word_against_the_closer_one():
    """A7 goes, A9 goes with it and leaves the north: A3 instead of A7 would not be what left it."""
    two = kind("SICK", 1, ("ambulance", 2))
    room = room_of(opened(), unit("A3", "ambulance"), unit("A7", "ambulance"), unit("A9", "ambulance"))
    loss = Loses({"A3": 0.08}, {"A9": Gap("north", 0.6, relief_s=840.0)})
    rows = told(case_of(room, two, loss=loss, A3=240.0, A7=300.0, A9=200.0))
    assert rows["A7"].chosen
    assert rows["A9"].chosen
    assert (rows["A3"].reason, rows["A3"].area, rows["A3"].gap_s) == ("leaves_gap", "", None)


def test_without_relief_the_gap_lasts_until_it_is_back_itself():
    room = room_of(opened(), unit("A3", "ambulance"), unit("A7", "ambulance"))
    loss = Loses({"A3": 0.08}, {"A3": Gap("north_east", 0.6, job_s=1_200.0)})
    row = told(case_of(room, loss=loss, A3=240.0, A7=300.0))["A3"]
    assert row.gap_s == 1_440.0
    assert row.text == "1:00 closer than A7 but leaves the north-east without cover for 24 min"


def test_where_no_area_can_be_named_the_share_of_calls_is_said():
    room = room_of(opened(), unit("A3", "ambulance"), unit("A7", "ambulance"))
    row = told(case_of(room, loss=Loses({"A3": 0.08}), A3=240.0, A7=300.0))["A3"]
    assert (row.area, row.gap_s) == ("", None)
    assert row.text == "1:00 closer than A7 but 8.0% of all calls could not be reached in time while it is away"


def test_a_gap_that_is_worth_the_minute_does_not_stop_it():
    room = room_of(opened(), unit("A3", "ambulance"), unit("A7", "ambulance"))
    plans = Plans(terms=(Terms(minute=0.1),) * 5)
    rows = told(case_of(room, plans=plans, loss=Loses({"A3": 0.08}), A3=240.0, A7=300.0))
    assert rows["A3"].chosen
    assert rows["A7"].reason == "farther"


def test_closer_but_less_certain_to_be_in_time():
    room = room_of(opened(), unit("A3", "ambulance"), unit("A7", "ambulance"))
    rows = told(case_of(room, A3=drive(400.0, 0.5), A7=drive(440.0, 0.02)))
    row = rows["A3"]
    assert rows["A7"].chosen
    assert (row.reason, row.other) == ("less_certain", "A7")
    assert row.in_time < rows["A7"].in_time
    assert row.text == f"0:40 closer than A7 but less certain to be in time ({row.in_time:.0%}, A7 100%)"


# -- rest ------------------------------------------------------------------------------------------------------------

TIRED = Plans(rest=Rest(after_incident_s=1_200.0, duty_longest_s=7_200.0, priorities=(3, 4, 5)))


def freed(name: str, at: float):
    """A unit that was on another incident until then."""
    return [unit(name, "ambulance"), sent(name, "2", at - 600.0), UnitAvailable(at, name, "2")]


def test_a_crew_that_just_came_off_an_incident_rests_unless_it_is_urgent():
    room = room_of(opened(), opened("2"), *freed("A1", NOW - 300.0), unit("A2", "ambulance"))
    rows = told(case_of(room, LATER, TIRED, A1=60.0, A2=600.0))
    assert rows["A2"].chosen
    assert (rows["A1"].reason, rows["A1"].until) == ("resting", NOW - 300.0 + 1_200.0)
    assert rows["A1"].text == "its crew rests for 15:00 more"
    urgent = told(case_of(room, SICK, TIRED, A1=60.0, A2=600.0))
    assert urgent["A1"].chosen


def test_the_rest_ends_by_itself():
    room = room_of(opened(), opened("2"), *freed("A1", NOW - 1_200.0), unit("A2", "ambulance"))
    assert told(case_of(room, LATER, TIRED, A1=60.0, A2=600.0))["A1"].chosen


def test_a_crew_on_duty_for_too_long_rests_for_the_rest_of_its_shift():
    since = UnitCameOnDuty(NOW - 7_200.0, "A1", 2, ("Ana", "Rui"))
    room = room_of(opened(), unit("A1", "ambulance"), since, unit("A2", "ambulance"))
    rows = told(case_of(room, LATER, TIRED, A1=60.0, A2=600.0))
    assert (rows["A1"].reason, rows["A1"].until) == ("resting", None)
    assert rows["A1"].text == "its crew rests for the rest of its shift"
    relief = UnitCameOnDuty(NOW - 60.0, "A1", 2, ("Eva", "Zé"))
    fresh = room_of(opened(), unit("A1", "ambulance"), since, relief, unit("A2", "ambulance"))
    assert told(case_of(fresh, LATER, TIRED, A1=60.0, A2=600.0))["A1"].chosen


# -- agencies --------------------------------------------------------------------------------------------------------

CARD = Plan("sick", ((read_requirement("2 ambulance"),),), types=("SICK",))


def test_a_neighbour_goes_last_however_near_and_goes_when_ours_do_not_suffice():
    plans = Plans((CARD,), agencies=(Agency("next door", neighbour=True),))
    ours = [owned("A1", "ours", "ambulance"), owned("A2", "ours", "ambulance")]
    room = room_of(opened(), *ours, owned("N1", "next door", "ambulance"))
    rows = told(case_of(room, plans=plans, loss=Loses({"A2": 0.9}), A1=2_400.0, A2=3_000.0, N1=60.0))
    assert {name for name, row in rows.items() if row.chosen} == {"A1", "A2"}
    assert rows["N1"].reason == "neighbour"
    assert rows["N1"].text == "next door is a neighbour: sent when our own cannot fill it"
    alone = room_of(opened(), ours[0], owned("N1", "next door", "ambulance"), owned("N2", "next door", "ambulance"))
    rows = told(case_of(alone, plans=plans, A1=2_400.0, N1=60.0, N2=50.0))
    assert {name for name, row in rows.items() if row.chosen} == {"A1", "N2"}
    strangers = [owned(name, "next door", "ambulance") for name in ("N1", "N2", "N3")]
    rows = told(case_of(room_of(opened(), *strangers), plans=plans, N1=60.0, N2=50.0, N3=90.0))
    assert rows["N3"].reason == "farther", "a neighbour is not passed over for being one where only neighbours go"


@pytest.mark.parametrize(
    "agency",
    [Agency("private", types=("LATER",)), Agency("private", groups=("police",)), Agency("private", areas=("island",))],
    ids=["type", "group", "area"],
)
def test_an_agency_serves_only_what_its_line_says(agency):
    plans = Plans((CARD,), areas=(AROUND, ELSEWHERE), agencies=(agency,))
    room = room_of(opened(), owned("A1", "ours", "ambulance"), owned("P1", "private", "ambulance"))
    rows = told(case_of(room, plans=plans, A1=900.0, P1=60.0))
    assert rows["A1"].chosen
    assert rows["P1"].reason == "not_served"
    assert rows["P1"].text == "private does not serve this here"


@pytest.mark.parametrize(
    "agency",
    [Agency("private"), Agency("private", types=("SICK",)), Agency("private", groups=("fire",), areas=("town",))],
    ids=["all", "type", "group and area"],
)
def test_and_serves_all_that_it_says(agency):
    plans = Plans((CARD,), areas=(AROUND, ELSEWHERE), agencies=(agency,))
    room = room_of(opened(), owned("A1", "ours", "ambulance"), owned("P1", "private", "ambulance"))
    rows = told(case_of(room, plans=plans, A1=900.0, P1=60.0))
    assert {name for name, row in rows.items() if row.chosen} == {"A1", "P1"}
