"""How long until a busy unit is free: what is left of its stage and what usually follows, by hand."""

from __future__ import annotations

import pytest
from tests.world import T0

from tocsin.domain.loss import Gap
from tocsin.domain.until_free import PHASE_OF, Usual, free_in_s, left_s

USUAL = Usual(drive=600.0, scene=1_200.0, carry=600.0, ward=900.0, carried=0.5)


@pytest.mark.parametrize(
    ("stage", "spent_s", "due_s", "expected_s"),
    [
        ("dispatched", 100.0, None, 500.0 + 1_200.0 + 750.0),
        ("en_route", 100.0, 240.0, 240.0 + 1_200.0 + 750.0),
        ("en_route", 100.0, -90.0, 60.0 + 1_200.0 + 750.0),
        ("on_scene", 300.0, -200.0, 900.0 + 750.0),
        ("at_patient", 5_000.0, None, 400.0 + 750.0),
        ("left_scene", 0.0, None, 600.0 + 900.0),
        ("at_hospital", 600.0, None, 300.0),
        ("handed_over", 800.0, None, 300.0),
    ],
)
def test_it_is_what_is_left_and_what_follows(stage, spent_s, due_s, expected_s):
    due_at = None if due_s is None else T0 + due_s
    assert free_in_s(stage, T0 - spent_s, due_at, T0, USUAL) == pytest.approx(expected_s)


def test_every_stage_of_an_assignment_has_its_phase():
    from tocsin.domain.room import STAGES

    assert set(PHASE_OF) == set(STAGES)


def test_whoever_needs_longer_than_usual_needs_a_third_more():
    assert left_s(900.0, 100.0) == 800.0
    assert left_s(900.0, 599.0) == 301.0
    assert left_s(900.0, 700.0) == left_s(900.0, 9_000.0) == pytest.approx(300.0)


def test_a_gap_ends_with_whoever_covers_it_first():
    assert Gap("north", 0.4).span_s(120.0) is None
    assert Gap("north", 0.4, relief_s=840.0).span_s(120.0) == 840.0
    assert Gap("north", 0.4, job_s=1_200.0).span_s(120.0) == 1_320.0
    assert Gap("north", 0.4, relief_s=840.0, job_s=1_200.0).span_s(120.0) == 840.0
    assert Gap("north", 0.4, relief_s=3_000.0, job_s=1_200.0).span_s(120.0) == 1_320.0
