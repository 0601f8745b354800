"""Accounts: what one may be like, how it changes, and who sees it at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.access import AccessRefusal, Account, Session
from tocsin.access.people import plain_name
from tocsin.access.rules import refuse_name, refuse_password, refuse_profile

NOW = 1_000.0
GOOD = "correct horse battery"


def refusal(answer) -> str:
    assert isinstance(answer, AccessRefusal), answer
    assert answer.text
    return answer.name


def test_an_account_is_kept_as_given_with_its_name_in_one_form(access, ana):
    assert ana == Account("ana", "Ana Silva", ("dispatcher",), "", "pt", False, NOW)
    assert access.accounts() == [ana]
    assert access.account("ＡＮＡ ") == ana
    assert access.account("bob") is None


def test_roles_are_kept_once_and_in_the_order_of_the_table(access):
    account = access.add_account("bob", GOOD, ["administrator", "call_taker", "call_taker"], NOW)
    assert account.roles == ("call_taker", "administrator")


def test_without_a_display_name_the_name_as_typed_is_shown(access):
    assert access.add_account(" Bob ", GOOD, ["auditor"], NOW).display == "Bob"


@pytest.mark.parametrize("name", ["Ana", "ana", " ANA ", "ａｎａ"])
def test_a_name_is_given_once_in_whatever_form(access, ana, name):
    assert refusal(access.add_account(name, GOOD, ["auditor"], NOW)) == "name_taken"
    assert len(access.accounts()) == 1


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a" * 65, "a\nb", "a\x00", "\ud800", "a\u2028b", "a\u200b", "\u202eana", "Clock", "clock"],
)
def test_impossible_names_are_refused(access, name):
    answer = access.add_account(name, GOOD, ["auditor"], NOW)
    assert refusal(answer) == "impossible_name"
    assert answer.field == "name"
    assert access.accounts() == []


@pytest.mark.parametrize("name", ["a" * 64, "عبد الله", "李小龍", "o'brien", "Ġużè", "🚒"])
def test_names_in_any_script_are_welcome(access, name):
    assert access.add_account(name, GOOD, ["auditor"], NOW).name == plain_name(name)
    assert isinstance(access.sign_in(name, GOOD, "", NOW), Session)


PASSWORDS = {
    "x" * 11: "password_too_short",
    "": "password_too_short",
    "x" * 1_025: "password_too_long",
    "Longish-Name1": "password_is_name",
    "ｌｏｎｇｉｓｈ-name1": "password_is_name",
    "\ud800" * 12: "impossible_password",
}


@pytest.mark.parametrize("password", PASSWORDS)
def test_bad_passwords_are_refused_when_set_and_when_changed(access, password):
    name = PASSWORDS[password]
    answer = access.add_account("longish-name1", password, ["auditor"], NOW)
    assert (refusal(answer), answer.field) == (name, "password")
    access.add_account("longish-name1", GOOD, ["auditor"], NOW)
    assert refusal(access.set_password("longish-name1", password)) == name
    assert isinstance(access.sign_in("longish-name1", GOOD, "", NOW), Session)


@pytest.mark.parametrize(
    "password", ["x" * 12, "y" * 1_024, "пароль без правил", "            ", "密碼密碼密碼密碼密碼密碼"]
)
def test_any_long_password_is_good_whatever_it_is_made_of(access, password):
    access.add_account("bob", password, ["auditor"], NOW)
    assert isinstance(access.sign_in("bob", password, "", NOW), Session)
    assert refusal(access.sign_in("bob", password + "x", "", NOW)) == "wrong_name_or_password"


def test_the_same_password_from_another_keyboard_opens(access):
    access.add_account("bob", "caf\u00e9 caf\u00e9 caf\u00e9", ["auditor"], NOW)
    assert isinstance(access.sign_in("bob", "cafe\u0301 cafe\u0301 cafe\u0301", "", NOW), Session)


PROFILES = {
    "unknown_role": {"roles": ["dispatcher", "king"]},
    "no_role": {"roles": []},
    "unit_needed": {"roles": ["field_unit"]},
    "impossible_display": {"display": "x" * 201},
    "impossible_unit": {"unit": "E\n12"},
    "impossible_language": {"language": "<script>"},
}


@pytest.mark.parametrize("name", PROFILES)
def test_impossible_profiles_are_refused_when_added_and_when_changed(access, ana, name):
    given_ = {"roles": ["auditor"]} | PROFILES[name]
    assert refusal(access.add_account("bob", GOOD, given_.pop("roles"), NOW, **given_)) == name
    assert refusal(access.change("ana", **PROFILES[name])) == name
    assert access.accounts() == [ana]


def test_a_field_account_bears_its_unit(access):
    account = access.add_account("crew12", GOOD, ["field_unit"], NOW, unit="E12")
    assert account.unit == "E12"
    assert access.sign_in("crew12", GOOD, "", NOW).unit == "E12"
    assert refusal(access.change("crew12", unit="")) == "unit_needed"


def test_nobody_unknown_is_changed(access):
    assert refusal(access.set_roles("bob", ["auditor"])) == "unknown_account"
    assert refusal(access.set_password("bob", GOOD)) == "unknown_account"
    assert refusal(access.disable("\ud800")) == "unknown_account"


def test_the_last_administrator_stays(access):
    access.add_account("root", GOOD, ["administrator"], NOW)
    assert refusal(access.disable("root")) == "last_administrator"
    assert refusal(access.set_roles("root", ["auditor"])) == "last_administrator"
    access.add_account("second", GOOD, ["administrator"], NOW)
    assert access.disable("root").disabled
    assert refusal(access.set_roles("second", ["auditor"])) == "last_administrator"


def test_a_change_of_roles_is_seen_by_open_sessions_at_once(access, ana):
    token = access.sign_in("ana", GOOD, "", NOW).token
    assert access.session(token, NOW).roles == ("dispatcher",)
    access.set_roles("ana", ["auditor"])
    assert access.session(token, NOW).roles == ("auditor",)
    access.change("ana", display="Ana S.", language="en", unit="M1")
    session = access.session(token, NOW)
    assert (session.display, session.language, session.unit) == ("Ana S.", "en", "M1")


@pytest.mark.parametrize("change", ["disable", "password"])
def test_closing_an_account_or_a_new_password_ends_its_sessions_and_links_at_once(access, ana, change):
    access.add_account("bob", GOOD, ["auditor"], NOW)
    other = access.sign_in("bob", GOOD, "", NOW).token
    token = access.sign_in("ana", GOOD, "", NOW).token
    link = access.sign_in_link("ana", NOW)
    assert access.session(token, NOW) is not None
    access.disable("ana") if change == "disable" else access.set_password("ana", "another long password")
    assert access.session(token, NOW) is None
    access.enable("ana")
    assert access.session(token, NOW) is None
    assert refusal(access.sign_in_by_link(link, "", NOW)) == "link_used_or_expired"
    assert access.session(other, NOW) is not None


@given(st.text(max_size=80))
def test_the_plain_form_of_a_plain_name_is_itself(name):
    assert plain_name(plain_name(name)) == plain_name(name)


@given(st.text(max_size=80), st.text(max_size=30), st.lists(st.text(max_size=12)), st.text(max_size=20))
def test_no_input_breaks_the_rules_themselves(name, display, roles, language):
    for answer in (refuse_name(name), refuse_password(name, display), refuse_profile(display, roles, name, language)):
        assert answer is None or refusal(answer)
