"""Which incident a call belongs to: each term pulls the way it must, and two that fit make each other doubtful."""

from __future__ import annotations

import msgspec
import pytest
from tests.world import T0

from tocsin.domain.belonging import LIKELY, Scene, shared
from tocsin.domain.evidence import Draft, Known, Spot, Term, spot_of
from tocsin.domain.lexicon import Lexicon
from tocsin.domain.reasons import sentence
from tocsin.domain.words import said
from tocsin.facts.values import Place
from tocsin.settings import load_attributes, load_catalogue

LEXICON = Lexicon(load_catalogue(None), load_attributes())
LAT, LON = 37.78, -122.41
METRE = 1 / 111_195.0


def north(metres: float, sigma_m: float = 15.0, said: bool = True) -> Spot:
    return Spot(LAT + metres * METRE, LON, sigma_m, said)


def fire(id_: str = "1001", at: float = T0, metres: float = 0.0, words: str = "smoke third floor", **more) -> Known:
    told = (LEXICON.heard(words) | {"=FIRE-STRUCTURE": ""},)
    kind = more.pop("type", "FIRE-STRUCTURE")
    return Known(id_, kind, at, (north(metres),), told, called_at=(at - 40,), **more)


def call(metres: float | None = 0.0, at: float = T0 + 120, words: str = "", sigma_m: float = 15.0, **more) -> Draft:
    spot = None if metres is None else north(metres, sigma_m)
    return Draft(at, spot, heard=LEXICON.heard(words), **more)


def share(draft: Draft, *known: Known) -> float:
    return next((one.share for one in Scene(known, LEXICON).rank(draft) if one.incident == "1001"), 0.0)


def test_the_same_place_minutes_later_is_likely_and_says_why():
    (found,) = Scene((fire(),), LEXICON).rank(call(8.0, words="smoke from the third floor", type="FIRE-STRUCTURE"))
    assert found.likely
    assert found.text.startswith("2 min ago, same place, same type, both say ")
    assert "smoke" in found.text


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (call(20.0), call(200.0)),
        (call(60.0, at=T0 + 60), call(60.0, at=T0 + 2_400)),
        (call(250.0, type="FIRE-STRUCTURE"), call(250.0, type="MED-BIRTH")),
        (call(250.0, words="smoke third floor"), call(250.0, words="chest pain")),
        (call(250.0, number="3565550101"), call(250.0, number="3565550102")),
        (call(None, words="smoke third floor"), call(None, words="chest pain")),
    ],
    ids=["place", "time", "type", "words", "number", "words without a place"],
)
def test_each_term_pulls_its_way(nearer, farther):
    known = fire(numbers=frozenset({"3565550101"}))
    assert share(nearer, known) > share(farther, known)


def test_distance_is_weighed_against_what_is_known_of_both_positions():
    exact, rough = call(400.0, sigma_m=10.0), call(400.0, sigma_m=300.0)
    assert share(rough, fire()) > share(exact, fire())


def test_two_fires_in_one_street_make_each_other_doubtful():
    alone, two = share(call(20.0), fire()), share(call(20.0), fire(), fire("1002", metres=40.0))
    assert two < alone
    assert two < LIKELY


def test_what_else_is_burning_nearby_counts_against():
    others = [fire(f"20{i:02}", metres=300.0 + 40 * i) for i in range(12)]
    assert share(call(100.0), fire(), *others) < share(call(100.0), fire())


def test_where_much_has_just_happened_the_same_place_proves_less():
    def place_term(*known: Known) -> float:
        terms = dict(Scene(known, LEXICON).odds(call(20.0)))[known[0]]
        return next(term.weight for term in terms if term.name == "place")

    first = fire()
    crowd = [fire(f"20{i:02}", metres=500.0 + 20 * i) for i in range(12)]
    elsewhere = [fire(f"20{i:02}", metres=20_000.0 + 20 * i) for i in range(12)]
    assert place_term(first, *crowd) < place_term(first, *elsewhere) - 1.0


def test_without_any_place_the_hour_alone_links_nothing():
    assert not any(one.likely for one in Scene((fire(),), LEXICON).rank(call(None)))


def test_an_incident_that_has_ended_is_shown_and_never_likely():
    over = fire(closed_at=T0 + 100)
    (found,) = Scene((over,), LEXICON).rank(call(0.0, words="smoke third floor", number="3565550199"))
    assert found.closed
    assert not found.likely


def test_who_calls_about_everything_says_little_by_calling_again():
    busy = [fire(f"30{i:02}", metres=4_000.0 + 900 * i, numbers=frozenset({"3565550101"})) for i in range(4)]
    once = share(call(300.0, number="3565550101"), fire(numbers=frozenset({"3565550101"})))
    often = share(call(300.0, number="3565550101"), fire(numbers=frozenset({"3565550101"})), *busy)
    assert often < once


def test_more_is_asked_where_nothing_of_what_it_is_has_been_typed():
    bare, typed = Term("time", 2.7), Term("type", 0.0, fit="same")
    assert [one.likely for one in shared([(fire(), (bare,))])] == [False]
    assert [one.likely for one in shared([(fire(), (bare, typed))])] == [True]


def test_shares_are_of_one_whole():
    known = [fire(f"{1001 + i}", metres=15.0 * i) for i in range(5)]
    found = Scene(known, LEXICON).rank(call(30.0))
    assert 0.0 < sum(one.share for one in found) <= 1.0 + 1e-6
    assert found == sorted(found, key=lambda one: -one.share)


def test_terms_are_told_in_full():
    (found,) = Scene((fire(numbers=frozenset({"3565550101"})),), LEXICON).rank(
        call(30.0, words="smoke", type="FIRE-ALARM", number="3565550101")
    )
    assert [term.name for term in found.terms] == ["time", "place", "type", "words", "number"]
    assert sentence(found.terms) == found.text
    assert msgspec.json.decode(msgspec.json.encode(found))["incident"] == "1001"


def test_a_place_that_was_erased_is_nowhere():
    assert spot_of(Place(0.0, 0.0, how="erased")) is None
    assert spot_of(Place(1.0, 2.0, how="address")).sigma_m == 12.0
    assert not spot_of(Place(1.0, 2.0, how="caller", radius_m=80.0)).said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fumo no prédio!", "FUMO num predio"),
        ("Two cars crashed", "car crash"),
        ("大火在三楼", "三楼大火"),
        ("حريق في الطابق الثالث", "الحَريق حريق الثالث"),
        ("தீ மூன்றாவது மாடியில்", "மூன்றாவது மாடி தீ"),
        ("пожар на третьем этаже", "Пожар, этаж третий"),
    ],
)
def test_words_of_any_script_are_found_again(one, other):
    assert len(set(said(one)) & set(said(other))) >= 2


def test_words_that_say_nothing_are_left_out():
    assert said("there is a, please help me at the") == []
    assert said("há um na rua, por favor") == []


def test_the_catalogues_words_stand_for_its_types():
    assert "=FIRE-STRUCTURE" in LEXICON.tokens("flames from the apartment")
    assert "=MED-CARDIAC" in LEXICON.tokens("ele não respira")
    assert "=MED-CARDIAC" not in LEXICON.tokens("breathing fast")
