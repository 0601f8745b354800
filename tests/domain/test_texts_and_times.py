"""What may be written and when it may have happened: any script exactly, controls by name, clocks with some slack."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest
from hypothesis import assume
from hypothesis import given as examples
from hypothesis import strategies as st
from tests.world import HERE, T0, given, opened, room_of, sent, stage, taken, unit

from tocsin.domain import orders as o
from tocsin.domain.checks import CLOCK_SKEW_S, OLDEST_S, reported_at
from tocsin.domain.decide import decide
from tocsin.domain.refusals import Refusal
from tocsin.domain.texts import simple, texts
from tocsin.facts.values import Place

ROOM_FACTS = (taken(), opened(), unit())
EXACT = [
    "حريق في الطابق الثالث، شخصان محاصران",
    "三楼起火,两人被困",
    "மூன்றாவது மாடியில் தீ",
    "🚒🔥👩🏽‍🚒👨‍👩‍👧‍👦",
    "e\u0301 and é stay what they are",
    "\u200fמימין לשמאל\u200e",
    "two\nlines\tand a tab",
    "x" * 10_000,
    "火" * 10_000,
]


@pytest.mark.parametrize("text", EXACT, ids=lambda text: text[:12])
def test_any_script_is_kept_exactly(text):
    decision = decide(room_of(ROOM_FACTS), o.NoteIncident("1", text), given())
    assert not isinstance(decision, Refusal), decision
    assert decision[0].text == text


def test_more_than_ten_thousand_characters_are_no_order():
    raw = msgspec.json.encode({"kind": "note_incident", "incident": "1", "text": "x" * 10_001})
    with pytest.raises(msgspec.ValidationError, match=r"10000.*text"):
        msgspec.json.decode(raw, type=o.Order)


ONE_LINE = [
    ("line", o.ReceiveCall),
    ("number", lambda s: o.ReceiveCall("112", s)),
    ("caller", lambda s: o.ReceiveCall("112", "", s)),
    ("place.text", lambda s: o.ReceiveCall("112", place=Place(1.0, 2.0, s))),
    ("place.how", lambda s: o.LocateCall("1", Place(1.0, 2.0, "", s))),
    ("call", o.AnswerCall),
    ("calls[1]", lambda s: o.OpenIncident("FIRE", calls=("1", s))),
    ("unit", lambda s: o.RegisterUnit(s, "engine", "fire", (), HERE)),
    ("capabilities[0]", lambda s: o.RegisterUnit("E9", "engine", "fire", (s,), HERE)),
    ("home.text", lambda s: o.RegisterUnit("E9", "engine", "fire", (), Place(1.0, 2.0, s))),
    ("station", lambda s: o.RegisterUnit("E9", "engine", "fire", (), HERE, 1, s)),
    ("crew[1]", lambda s: o.UnitOnDuty("E1", 2, ("Ana", s))),
    ("destination", lambda s: o.StampUnit("E1", "left_scene", None, s)),
    ("units[0]", lambda s: o.DispatchUnits("1", (s,))),
    ("name", lambda s: o.OpenCentre("north", s, "live")),
]
MANY = [
    ("text", lambda s: o.NoteCall("1", s)),
    ("text", lambda s: o.NoteIncident("1", s)),
    ("text", lambda s: o.ReleaseCall("1", "abandoned", s)),
    ("text", lambda s: o.CloseIncident("1", "DONE", s)),
    ("summary", lambda s: o.OpenIncident("FIRE", place=HERE, summary=s)),
    ("reason", lambda s: o.CloseRoad(HERE, 20.0, s)),
]


@pytest.mark.parametrize(("field", "order"), ONE_LINE, ids=[field for field, _ in ONE_LINE])
@pytest.mark.parametrize("character", ["\n", "\t", "\u2028", "\x00", "\x7f", "\x85", "\ud800", "\uffff"])
def test_a_name_a_number_or_an_address_keeps_to_one_line(field, order, character):
    refusal = decide(room_of(ROOM_FACTS), order(f"ab{character}c"), given())
    assert isinstance(refusal, Refusal)
    assert (refusal.name, refusal.field) == ("text_not_allowed", field)
    assert refusal.facts == {"character": f"U+{ord(character):04X}", "offset": 2}


@pytest.mark.parametrize(("field", "order"), MANY, ids=[field for field, _ in MANY])
def test_what_somebody_says_may_have_lines_but_no_controls(field, order):
    assert not isinstance(decide(room_of(ROOM_FACTS), order("first\n\tsecond"), given()), Refusal)
    refusal = decide(room_of(ROOM_FACTS), order("bell\x07"), given())
    assert isinstance(refusal, Refusal)
    assert (refusal.name, refusal.field) == ("text_not_allowed", field)


def test_every_text_of_an_order_is_looked_at():
    order = o.RegisterUnit("u", "k", "a", ("c", "d"), Place(0.0, 0.0, "t", "h"), 1, "s")
    found = dict(texts(order))
    assert found == {
        "unit": "u",
        "unit_kind": "k",
        "agency": "a",
        "capabilities[0]": "c",
        "capabilities[1]": "d",
        "home.text": "t",
        "home.how": "h",
        "station": "s",
    }


@pytest.mark.parametrize(("field", "order"), [*ONE_LINE, *MANY], ids=[field for field, _ in [*ONE_LINE, *MANY]])
def test_the_quick_look_sees_what_the_long_one_sees(field, order):
    """`simple` reads an order's fields by their types; whatever it passes over, `texts` never sees either."""
    assert simple(order("plain"))
    assert not simple(order("três"))
    assert "três" in dict(texts(order("três")))[field]


@examples(st.text(max_size=40))
def test_printable_text_is_taken_and_control_characters_are_not(text):
    refusal = decide(room_of(ROOM_FACTS), o.NoteIncident("1", "." + text), given())
    allowed = all(
        c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff") for c in text
    )
    assert isinstance(refusal, Refusal) is not allowed


# -- times ------------------------------------------------------------------------------------------------------------

NOW = T0 + 1_000


def test_no_time_said_is_now():
    assert reported_at(None, NOW, T0) == NOW


def test_a_clock_a_little_ahead_is_taken_as_now_and_further_ahead_is_refused():
    assert reported_at(NOW + CLOCK_SKEW_S, NOW) == NOW
    refusal = reported_at(NOW + CLOCK_SKEW_S + 0.01, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.name == "time_in_future"


def test_a_clock_a_little_behind_is_taken_as_the_stage_before_and_further_behind_is_refused():
    assert reported_at(T0 - CLOCK_SKEW_S, NOW, T0) == T0
    assert reported_at(T0, NOW, T0) == T0
    refusal = reported_at(T0 - CLOCK_SKEW_S - 0.01, NOW, T0)
    assert isinstance(refusal, Refusal)
    assert refusal.name == "time_before_previous"


def test_a_day_old_is_a_mistake_in_a_clock():
    assert reported_at(NOW - OLDEST_S, NOW) == NOW - OLDEST_S
    refusal = reported_at(NOW - OLDEST_S - 1, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.name == "time_too_old"


@examples(st.floats(-100_000, 100_000), st.floats(0, 90_000))
def test_what_is_taken_lies_between_the_stage_before_and_now(at, since):
    previous = NOW - since
    taken_as = reported_at(NOW + at, NOW, previous)
    assume(not isinstance(taken_as, Refusal))
    assert previous <= taken_as <= NOW


def test_a_late_stamp_keeps_its_time_and_may_not_precede_the_one_before():
    facts = (opened(), unit(), sent(at=T0 + 20), stage("en_route", at=T0 + 40))
    on_scene = decide(room_of(facts), o.StampUnit("E1", "on_scene", at=T0 + 300), given(NOW))
    assert not isinstance(on_scene, Refusal)
    assert on_scene[0].at == T0 + 300
    refusal = decide(room_of(facts), o.StampUnit("E1", "on_scene", at=T0 + 30), given(NOW))
    assert isinstance(refusal, Refusal)
    assert refusal.name == "time_before_previous"
