"""What words stand for: attributes in every language of the file, numbers however they are said, never over a comma."""

from __future__ import annotations

import pytest

from tocsin.domain.lexicon import Attribute, Lexicon
from tocsin.domain.words import sequence
from tocsin.settings import load_attributes, load_catalogue

LEXICON = Lexicon(load_catalogue(), load_attributes())


def values(text: str) -> set[str]:
    return {token for token in LEXICON.tokens(text) if token.startswith("#")}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("silver van", "a grey transporter", {"#colour:grey", "#vehicle:van"}),
        ("third floor", "no terceiro andar", {"#floor:3"}),
        ("3rd storey", "en el tercer piso", {"#floor:3"}),
        ("room two oh four", "quarto 204", {"#number:204"}),
        ("my mother", "a minha mãe", {"#person:mother", "#sex:f"}),
        ("black smoke", "humo negro", {"#smoke:dark", "#colour:black"}),
        ("trapped inside", "está encarcerado", {"#people:trapped"}),
        ("woman in her seventies", "lady, 70", {"#sex:f", "#number:70"}),
    ],
)
def test_the_same_said_otherwise_is_the_same(one, other, same):
    assert values(one) & values(other) == same


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("two oh four", ["204"]), ("three one two", ["312"]), ("seventy five", ["75"]), ("twenty one", ["21"]),
        ("3rd third terceiro tercer", ["3rd"] * 4), ("20 4", ["204"]), ("ten", ["10"]),
    ],
)  # fmt: skip
def test_a_number_is_one_however_it_is_said(text, tokens):
    assert [token for token, _ in sequence(text)] == tokens


def test_the_longest_phrase_of_an_attribute_counts_and_nothing_reaches_over_a_comma():
    lexicon = Lexicon(
        load_catalogue(),
        [Attribute("bus", {"stop": ("bus stop",), "bus": ("bus",)}), Attribute("go", {"stop": ("stop",)})],
    )
    assert lexicon.heard("at the bus stop") == {"#bus:stop": "bus stop", "#go:stop": "stop"}
    assert lexicon.heard("a bus, stop") == {"#bus:bus": "bus", "#go:stop": "stop"}


def test_what_an_attribute_has_taken_is_no_plain_word_besides():
    assert set(LEXICON.tokens("silver van hums loudly")) == {
        "#colour:grey",
        "#vehicle:van",
        "#sign:buzzing",
        "loudly",
    }


def test_a_number_is_no_plain_word_besides():
    assert set(LEXICON.tokens("room 204")) == {"#number:204", "room"}


def test_small_words_may_stand_between_and_what_was_said_is_kept():
    assert LEXICON.heard("no third of the floors")["#floor:3"] == "third"
    assert LEXICON.heard("Everybody is outside!")["#people:out"] == "everybody outside"
