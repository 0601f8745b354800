"""Move-ups: the best one against looking at all of them, the limits, the table, and what stays on the screen."""

from __future__ import annotations

import random

import pytest

from tocsin.domain.cover_rules import MoveRules, Table, minute_of_day, resting
from tocsin.domain.coverage import cover_of
from tocsin.domain.moveups import Ground, MoveUp, Pending, Standby, best_move, settle, table_move, table_posts, worth

RULES = MoveRules(min_gain=0.01, s_per_gain=120.0, hold_s=60.0, moves_per_shift=2, max_drive_s=900.0)
POSTS = ("North", "South", "East")


def ground(gains: dict[tuple[str, str], float], drives: dict[tuple[str, str], float | None], covered: float = 0.8):
    return Ground(covered, lambda u, p: gains.get((u, p), -1.0), lambda u, p: drives.get((u, p), 300.0))


@pytest.mark.parametrize("seed", range(20))
def test_the_best_move_is_the_best_of_all_that_are_allowed(seed: int) -> None:
    dice = random.Random(seed)
    units = [Standby(f"M{i}", dice.choice(POSTS), dice.randint(0, 3), dice.choice((0.0, 150.0))) for i in range(6)]
    gains = {(u.unit, p): dice.uniform(-0.02, 0.1) for u in units for p in POSTS}
    drives = {key: dice.choice((None, dice.uniform(60, 1_200))) for key in gains}
    allowed = [
        (worth(gains[u.unit, p], drives[u.unit, p], RULES), u.unit, p)
        for u in units
        for p in POSTS
        if u.moves < 2 and u.left_alone_until <= 100.0 and p != u.post and gains[u.unit, p] >= 0.01
        and drives[u.unit, p] is not None and drives[u.unit, p] <= 900.0
        and worth(gains[u.unit, p], drives[u.unit, p], RULES) > 0
    ]  # fmt: skip
    move = best_move("ambulance", units, POSTS, ground(gains, drives), RULES, 100.0)
    if not allowed:
        assert move is None
        return
    best = max(allowed)
    assert (move.unit, move.post) == best[1:]
    assert move.gain == pytest.approx(gains[move.unit, move.post])


def test_gains_of_the_model_are_what_is_asked() -> None:
    """On a line of places, the unit of two that stand together is sent to the end that nobody reaches."""
    drive = {spot: [abs(i - spot) * 100.0 for i in range(10)] for spot in (1, 8)}
    cover = cover_of([1.0] * 10, drive, [(250.0, 1.0)], 0.3, 3)
    stands = {"M1": 1, "M2": 1}
    counts = cover.counts(stands.values())
    at = {"West": 1, "East": 8}
    asked = Ground(cover.expected(counts), lambda u, p: cover.moved(stands[u], at[p], counts), lambda _u, _p: 120.0)
    move = best_move("a", [Standby("M1", "West"), Standby("M2", "West")], list(at), asked, RULES, 0.0)
    assert (move.unit, move.post) == ("M1", "East")
    moved = cover.counts([8, 1])
    assert move.after == pytest.approx(cover.expected(moved))


def test_at_night_a_crew_is_moved_only_for_much() -> None:
    units, asked = [Standby("M1", "South")], ground({("M1", "North"): 0.04}, {})
    assert best_move("a", units, POSTS, asked, RULES, 0.0)
    assert best_move("a", units, POSTS, asked, RULES, 0.0, night=True) is None


@pytest.mark.parametrize(
    ("clock", "rests"), [("22:59", False), ("23:00", True), ("02:00", True), ("05:59", True), ("06:00", False)]
)
def test_the_night_rest_goes_over_midnight(clock: str, rests: bool) -> None:
    assert resting(RULES, minute_of_day(clock)) is rests


def test_no_night_rest_and_no_clock() -> None:
    assert not resting(MoveRules(rest_from="00:00", rest_to="00:00"), 0)
    assert [minute_of_day(text) for text in ("24:00", "9:5", "x", "09:05")] == [None, None, None, 545]


TABLES = (Table("a", 1, ("North",)), Table("a", 3, ("North", "South")))


def test_a_table_says_which_posts_are_held() -> None:
    assert table_posts(TABLES, "a", 0) == ()
    assert table_posts(TABLES, "a", 2) == ("North",)
    assert table_posts(TABLES, "a", 9) == ("North", "South")
    assert table_posts(TABLES, "b", 9) is None


def test_the_first_empty_post_is_filled_by_the_nearest_that_is_not_needed() -> None:
    units = [Standby("M1", "East"), Standby("M2", "South"), Standby("M3", "East", moves=2)]
    drives = {("M1", "North"): 500.0, ("M3", "North"): 100.0, ("M2", "North"): 50.0}
    move = table_move("a", units, ("North", "South"), ground({("M1", "North"): -0.01}, drives), RULES, 0.0)
    assert (move.unit, move.post, move.why) == ("M1", "North", "table")
    assert table_move("a", units, ("South", "East"), ground({}, drives), RULES, 0.0) is None


# -- what a person sees ------------------------------------------------------------------------------------------------

MOVE = MoveUp("a", "M1", "North", 300.0, 0.8, 0.85)
OTHER = MoveUp("a", "M2", "South", 300.0, 0.8, 0.86)
MUCH = MoveUp("a", "M2", "South", 300.0, 0.8, 0.95)


def test_nobody_hears_of_a_move_before_it_was_right_for_a_while() -> None:
    stands = settle({}, {"a": MOVE}, lambda m: m, RULES, 0.0)
    assert stands == {"a": Pending(MOVE, 0.0, False)}
    stands = settle(stands, {"a": MOVE}, lambda m: m, RULES, 59.0)
    assert not stands["a"].shown
    assert settle(stands, {"a": MOVE}, lambda m: m, RULES, 60.0)["a"].shown


def test_another_move_begins_its_wait_anew() -> None:
    stands = settle({"a": Pending(MOVE, 0.0)}, {"a": OTHER}, lambda m: m, RULES, 59.0)
    assert stands == {"a": Pending(OTHER, 59.0, False)}


def test_what_is_shown_stays_until_it_is_void_or_another_is_twice_as_good() -> None:
    shown = {"a": Pending(MOVE, 0.0, True)}
    assert settle(shown, {"a": OTHER}, lambda m: m, RULES, 99.0)["a"].move == MOVE
    assert settle(shown, {"a": None}, lambda m: m, RULES, 99.0)["a"].move == MOVE
    assert settle(shown, {"a": MUCH}, lambda m: m, RULES, 99.0)["a"] == Pending(MUCH, 99.0, False)
    assert settle(shown, {"a": None}, lambda _m: None, RULES, 99.0) == {}
    assert settle(shown, {}, lambda m: m, RULES, 99.0) == {}
