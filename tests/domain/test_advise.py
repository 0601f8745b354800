"""The whole plan at once: against every way tried by hand, the quick way against the full one, each reason in words."""

from __future__ import annotations

import pytest
from tests.domain.rooms import best_by_hand, small_room, value_of

from tocsin.domain.advise import choose, recommend


@pytest.mark.parametrize("seed", range(200))
def test_nothing_is_better_than_what_is_proposed(seed):
    case = small_room(seed)
    chosen = choose(case)
    still, cost = value_of(case, chosen)
    assert (round(still, 6), pytest.approx(cost, abs=1e-9)) == best_by_hand(case)


@pytest.mark.parametrize("seed", range(200, 400))
def test_the_quick_choice_is_what_the_full_one_shows(seed):
    case = small_room(seed)
    advice = recommend(case)
    assert choose(case) == tuple(row.unit for row in advice.candidates if row.chosen)
    assert {row.unit for row in advice.candidates} == set(case.room.units) - set(case.incident.units)
    assert all(row.text for row in advice.candidates)
    assert all((row.reason is None) == row.chosen for row in advice.candidates)
    assert all(need.assigned + need.chosen <= need.count for need in advice.needs)
