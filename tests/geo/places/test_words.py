"""Folding and the table of words."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tocsin.geo.places.words import fold, joined, key, tokens, words


def test_accents_case_and_letters_without_decomposition_fold_away() -> None:
    assert fold("  SÃO  João ") == "sao joao"
    assert fold("Ħaż-Żebbuġ") == "haz zebbug"
    assert fold("Straße") == "strasse"


def test_digits_of_any_script_are_ascii() -> None:
    assert tokens("شارع ٢٣") == ["شارع", "23"]
    assert tokens("１６ Street") == ["16", "street"]


def test_characters_of_scripts_without_spaces_stand_alone() -> None:
    assert tokens("人民路12号") == ["人", "民", "路", "12", "号"]


def test_apostrophes_part_words_and_may_be_left_out() -> None:
    assert tokens("O'Farrell St") == ["o", "farrell", "st"]
    assert joined("O’Farrell St") == ["ofarrell"]


def test_vowel_signs_of_indic_scripts_survive() -> None:
    assert tokens("தமிழ்") == [unicodedata.normalize("NFKD", "தமிழ்").replace("்", "")]


def test_long_and_short_forms_of_a_street_have_one_key() -> None:
    assert key("Golden Gate Ave") == key("Golden Gate Avenue") == key("golden gate av")
    assert key("Clay Street") != key("Clay Avenue")


def test_a_kind_of_street_weighs_less_than_its_name() -> None:
    table = words()
    assert table.weight("street") < table.weight("clay")
    assert {"st", "street"} <= table.forms("st")


@given(st.text(max_size=400))
def test_folding_is_total_and_settles(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert all(part and " " not in part for part in tokens(text))
