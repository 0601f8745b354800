"""What invented handsets say is what real ones would: near, sometimes nothing, sometimes an old place."""

from __future__ import annotations

import random

from tocsin.facts.shapes import ArcBand, Circle
from tocsin.facts.values import Place
from tocsin.geo.straight import distance_m
from tocsin.sim.handsets import heard

HERE = Place(38.72, -9.14)


def test_most_fixes_are_near_some_are_not_and_some_handsets_have_none():
    said = [report for seed in range(400) for _, report in heard(HERE, "912345678", 1_000.0, random.Random(seed))]
    fixes = [distance_m((r.shape.lat, r.shape.lon), (HERE.lat, HERE.lon)) for r in said if isinstance(r.shape, Circle)]
    assert 0.85 < sum(away_m < 60 for away_m in fixes) / len(fixes) < 0.98
    assert any(away_m > 500 for away_m in fixes)
    assert any(r.shape is None for r in said)
    assert sum(isinstance(r.shape, ArcBand) for r in said) > 200
    assert {r.number for r in said} == {"912345678"}


def test_the_same_dice_say_the_same():
    one, other = (list(heard(HERE, "1", 0.0, random.Random(3))) for _ in range(2))
    assert one == other
