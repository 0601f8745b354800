"""What an assignment usually takes is counted from the record, stage by stage, once there is enough of it."""

from __future__ import annotations

import pytest
from tests.world import T0, entries_of, opened, sent, stage, unit

from tocsin.desk.cover_now import Back, CoverNow, GroupNow
from tocsin.desk.usual import ENOUGH, Counted
from tocsin.domain.cover_rules import CoverGroup
from tocsin.domain.until_free import Usual
from tocsin.facts.assignments import UnitAvailable

np = pytest.importorskip("numpy")


def jobs(count: int, *, carried: int, unit_="M1"):
    """So many assignments one after the other: 300 s driving, 900 s on scene, and 400 s and 700 s for a hospital."""
    for i in range(count):
        at = T0 + 10_000.0 * i
        yield sent(unit_, "1", at)
        yield stage("on_scene", unit_, "1", at + 300)
        if i < carried:
            yield stage("left_scene", unit_, "1", at + 1_200)
            yield stage("at_hospital", unit_, "1", at + 1_600)
        yield UnitAvailable(at + (2_300 if i < carried else 1_200), unit_, "1")


def counted(*facts) -> Counted:
    out = Counted()
    for entry in entries_of(opened(), unit("M1", "ambulance"), *facts):
        out.heard(entry)
    return out


def test_with_few_it_is_what_stands_in():
    few = counted(*jobs(ENOUGH - 1, carried=ENOUGH - 1))
    assert few.usual("ambulance", ["M1"]) == Usual()
    assert few.usual("engine", ["M1"]).carried == 0.0, "an engine takes nobody to a hospital until one has"


def test_with_enough_it_is_the_median_of_what_was_recorded():
    many = counted(*jobs(2 * ENOUGH, carried=ENOUGH))
    assert many.usual("ambulance", ["M1"]) == Usual(300.0, 900.0, 400.0, 700.0, 0.5)
    assert many.usual("ambulance", ["M2"]).carried == Usual().carried, "M2 has not told"


def test_a_call_back_is_no_measure_of_anything():
    facts = [each for i in range(ENOUGH) for each in (sent("M1", "1", T0 + i), UnitAvailable(T0 + i + 5, "M1", "1"))]
    assert counted(*facts).usual("ambulance", ["M1"]) == Usual()


def test_relief_is_the_first_who_reaches_half_of_what_is_bare():
    weight = np.full(10, 0.1)
    reach = {"M1": np.arange(5), "M2": np.arange(3, 8)}
    areas = np.array([1, 1, 1, 2, 2, 3, 3, 3, 3, 3])
    rules = CoverGroup("ambulance", "ambulance")
    back = [Back(900.0, np.arange(2)), Back(300.0, np.array([0])), Back(100.0, np.arange(5, 9))]
    found = CoverNow([GroupNow(rules, 0.3, weight, reach, back, Usual(carried=0.0))], areas, T0).gap(["M1"])
    assert (found.area, found.relief_s, found.job_s) == ("north", 900.0, 1_200.0)
    nobody = CoverNow([GroupNow(rules, 0.3, weight, reach)], areas, T0).gap(["M1"])
    assert (nobody.relief_s, nobody.job_s) == (None, None)
