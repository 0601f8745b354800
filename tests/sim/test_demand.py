"""Invented demand: believable, seeded, and nobody's telephone number."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from tests.sim.life import START, demand_of, happenings_of

from tocsin.geo.region import Region
from tocsin.geo.straight import distance_m
from tocsin.settings import load_catalogue
from tocsin.sim.demand import BY_HOUR
from tocsin.sim.sayings import sayings


def test_the_same_seed_tells_the_same_story_and_another_another(region: Region) -> None:
    assert happenings_of(region, 2.0, seed=3) == happenings_of(region, 2.0, seed=3)
    assert happenings_of(region, 2.0, seed=3) != happenings_of(region, 2.0, seed=4)


def test_calls_come_as_often_as_asked_and_less_at_night(region: Region) -> None:
    times = [at for _, at in islice(demand_of(region, per_hour=60.0).times(), 20_000)]
    days = (times[-1] - START) / 86_400
    assert abs(len(times) / days / 24 / 60.0 - sum(BY_HOUR) / 24) < 0.05
    hours = Counter(int(at / 3600 % 24) for at in times)
    assert hours[3] * 2 < hours[17]


def test_happenings_lie_in_the_map_and_are_told_by_an_address(region: Region) -> None:
    west, south, east, north = region.manifest.bbox
    told = happenings_of(region, 4.0)
    assert len(told) > 60
    assert all(south <= h.place.lat <= north and west <= h.place.lon <= east for h in told)
    spoken = [h for h in told if h.ending == "emergency"]
    assert all(any(h.place.text in line for line in h.callers[0].sentences) for h in spoken)


def test_numbers_are_from_the_range_kept_for_drama(region: Region) -> None:
    numbers = [caller.number for h in happenings_of(region, 4.0) for caller in h.callers]
    assert all(re.fullmatch(r"\+44 1632 960\d{3}", number) for number in numbers)


def test_there_are_questions_abandoned_calls_and_several_callers(region: Region) -> None:
    told = happenings_of(region, 10.0)
    endings = Counter(h.ending for h in told)
    assert endings["information"] > 5
    assert endings["abandoned"] > 3
    assert any(len(h.callers) > 1 for h in told)


def test_every_saying_is_of_a_type_of_the_catalogue_and_says_where() -> None:
    catalogue = load_catalogue()
    assert {told.type for told in sayings().types} == {kind.code for kind in catalogue.types}
    for told in sayings().types:
        for saying in told.sayings:
            assert any("{address}" in line for line in saying.lines), saying
    assert {s.language for told in sayings().types for s in told.sayings} == {"en", "pt", "ar", "zh", "ta"}


def test_a_crash_is_called_about_by_as_many_as_asked_each_from_near_it(region: Region) -> None:
    crash = demand_of(region).crash(START + 100.0, 40)
    assert len(crash.callers) == 40
    assert crash.callers[0].after_s == 0.0
    assert [one.after_s for one in crash.callers] == sorted(one.after_s for one in crash.callers)
    assert crash.callers[-1].after_s <= 180.0
    here = (crash.place.lat, crash.place.lon)
    assert all(one.place and distance_m((one.place.lat, one.place.lon), here) < 600.0 for one in crash.callers)
