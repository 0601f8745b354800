"""What two descriptions say of being about one thing: rare words weigh, contraries speak against, all of it learned."""

from __future__ import annotations

from tests.world import T0

from tocsin.domain.evidence import Draft, Known, Term
from tocsin.domain.lexicon import Lexicon
from tocsin.domain.likeness import Likeness
from tocsin.domain.reasons import sentence
from tocsin.domain.usual import Usual
from tocsin.settings import load_attributes, load_catalogue

LEXICON = Lexicon(load_catalogue(), load_attributes())
CRASH = "RESCUE-TRAFFIC"


def usual() -> Usual:
    """A centre that has heard of a hundred crashes: every one is called a crash, every tenth has a silver van."""
    learned = Usual()
    for i in range(100):
        thing = "silver van" if i % 10 == 0 else "red bus" if i % 10 == 1 else "blue car"
        told = [LEXICON.tokens(f"crash, {thing}"), LEXICON.tokens(thing if i % 3 else "crash")]
        learned.learn(CRASH, told, 2)
    return learned


USUAL = usual()


def term(mine: str, *theirs: str, code: str = CRASH, type_: str = CRASH, learned: Usual = USUAL) -> Term:
    known = Known("1001", type_, T0, (), tuple(LEXICON.heard(each) for each in theirs))
    found = Likeness(LEXICON, learned).words(Draft(T0, None, code, LEXICON.heard(mine)), known)
    return found or Term("words", 0.0)


def test_what_few_say_weighs_more_than_what_everybody_says():
    assert term("crash, silver van", "crash, silver van").weight > term("crash", "crash").weight + 1.0
    assert abs(term("crash", "crash").weight) < 0.5


def test_it_is_the_same_in_another_language():
    assert term("furgoneta gris", "crash, silver van").weight > 1.0


def test_values_that_cannot_both_be_speak_against_and_are_told():
    apart = term("smoke, third floor", "smoke, second floor")
    assert apart.weight < term("smoke, third floor", "smoke").weight - 0.5
    assert apart.against == (("third floor", "second floor"),)
    assert sentence([apart]) == "both say smoke, one says third floor, the other second floor"


def test_where_one_value_is_shared_another_one_is_no_contradiction():
    assert not term("red bus, silver van", "silver van").against


def test_another_language_tells_nothing_by_what_it_leaves_out():
    unknown, known = term("acontece alguma coisa", "crash, silver van"), term("blue car, crash", "crash, silver van")
    assert unknown.weight == 0.0
    assert known.weight < -0.5


def test_words_of_the_incidents_type_speak_for_it_when_the_caller_takes_it_for_another():
    learned = usual()
    for _ in range(100):
        learned.learn("MED-INJURY", [LEXICON.tokens("fell, bleeding")], 1)
    odd = term("bleeding, silver van", "crash", code="MED-INJURY", learned=learned)
    plain = term("bleeding, wrist", "crash", code="MED-INJURY", learned=learned)
    assert odd.weight > plain.weight + 0.5


def test_what_callers_repeat_is_learned():
    assert USUAL.echo("#vehicle:van", 0.3, 7.0) > USUAL.echo("crash", 0.3, 7.0)
    assert USUAL.echo("#vehicle:van", 0.3, 7.0) > 0.3
    never = Usual()
    assert never.echo("#vehicle:van", 0.3, 7.0) == 0.3
    assert not never.heard("crash")
    assert USUAL.heard("crash")


def test_how_often_callers_agree_on_an_attribute_is_learned():
    learned = Usual()
    for _ in range(40):
        learned.learn(CRASH, [{"#person:wife"}, {"#person:mother"}], 2)
        learned.learn(CRASH, [{"#floor:3"}, {"#floor:3"}], 2)
    assert learned.agree("#person", 0.8, 10.0) < 0.2
    assert learned.agree("#floor", 0.8, 10.0) > 0.95
    assert term("my wife", "my mother", learned=learned).weight > term("third floor", "roof", learned=learned).weight


def test_a_word_with_two_meanings_is_told_once():
    assert term("my wife", "his wife").words == ("wife",)


def test_without_a_type_the_types_that_words_name_count():
    same = term("flames from the apartment", "house fire", code="", type_="FIRE-STRUCTURE")
    other = term("chest pain", "house fire", code="", type_="FIRE-STRUCTURE")
    assert same.weight > other.weight
