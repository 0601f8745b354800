"""Invented hospitals: what they can do, how full they are, and crews that go where the desk proposes."""

from __future__ import annotations

import asyncio

import pytest
from tests.sim.life import Lived, happenings_of, living

from tocsin.facts import assignments, standby
from tocsin.geo.region import Region
from tocsin.sim import wards


@pytest.fixture(scope="module")
def day(region: Region) -> list:
    """Every fact of four hours."""

    async def story() -> list:
        async with living(region, happenings_of(region, 4.0, per_hour=20.0), wards=True) as lived:
            await lived.live(4 * 3600)
            assert_needs(lived)
            return [entry.fact for entry in lived.log.read()]

    with pytest.MonkeyPatch.context() as often:
        often.setattr(wards, "DIVERTS_EVERY_S", 3_600.0)
        return asyncio.run(story())


def assert_needs(lived: Lived) -> None:
    there = {can for row in lived.desk.board.hospitals.values() for can in row.capabilities}
    for needs in lived.desk.hospitals.rules.needs.values():
        assert set(needs) <= there, "nobody needs what no hospital has"


def test_every_hospital_says_what_it_can_do_and_how_full_it_is(day: list) -> None:
    can = {fact.hospital: fact.capabilities for fact in day if isinstance(fact, standby.HospitalRegistered)}
    assert can
    assert set().union(*can.values()) == set(wards.CAN)
    loads = [fact for fact in day if isinstance(fact, standby.HospitalLoad)]
    assert len(loads) >= 8 * len(can)
    assert all(fact.beds_free is not None and 0 <= fact.wait_s <= 7_200 for fact in loads)


def test_a_diversion_has_a_reason_and_an_end(day: list) -> None:
    found = [fact for fact in day if isinstance(fact, standby.HospitalDiverted)]
    assert found
    for fact in found:
        assert fact.reason in wards.REASONS
        assert 1_800 <= fact.until - fact.at <= 5_400


def test_crews_go_where_the_desk_proposes(day: list) -> None:
    """Not to one on diversion while another is open."""
    known = {fact.hospital for fact in day if isinstance(fact, standby.HospitalRegistered)}
    until: dict[str, float] = dict.fromkeys(known, 0.0)
    went = 0
    for fact in day:
        if isinstance(fact, standby.HospitalDiverted):
            until[fact.hospital] = fact.until
        if isinstance(fact, assignments.UnitLeftScene) and fact.destination:
            went += 1
            assert fact.destination in known
            if any(end <= fact.at for end in until.values()):
                assert until[fact.destination] <= fact.at
    assert went > 3
