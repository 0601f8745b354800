"""`tocsin account` as a person types it."""

from __future__ import annotations

import json
import time

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from tocsin.access import FILE, Access, Session, hashing
from tocsin.cli.account import account as account_command

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch):
    monkeypatch.setattr(hashing, "PasswordHasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def run(data):
    def run(*arguments, **how):
        return CliRunner().invoke(account_command, [*arguments, "--data", str(data)], **how)

    return run


@pytest.fixture
def ana(run):
    result = run("add", "Ana", "--role", "dispatcher", "--role", "administrator", "--password-stdin", input=f"{GOOD}\n")
    assert result.exit_code == 0, result.output


def sign_in(data, password=GOOD):
    access = Access.open(data / FILE)
    answer = access.sign_in("ana", password, "", time.time())
    access.close()
    return answer


def test_adds_an_account_with_a_piped_password(run, data, ana):
    assert isinstance(sign_in(data), Session)
    said = json.loads(run("list", "--json").output)
    assert (said["name"], said["roles"]) == ("ana", ["dispatcher", "administrator"])
    assert "hash" not in said


def test_asks_for_a_password_until_it_is_a_good_one(run, data):
    result = run("add", "ana", "--role", "auditor", input=f"short\nshort\n{GOOD}\nother\n{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0, result.output
    assert "at least 12 characters" in result.output
    assert GOOD not in result.output
    assert isinstance(sign_in(data), Session)


def test_a_list_shows_each_account_on_a_line(run, ana):
    run("add", "crew", "--no-password", "--role", "field_unit", "--unit", "E12", "--display", "Crew 12")
    lines = run("list").output.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("crew · Crew 12 · field_unit · E12 · en · enabled · since ")


REFUSED = {
    "at least 12 characters": ("add", "bob", "--role", "auditor", "--password-stdin"),
    "needs its unit": ("add", "bob", "--role", "field_unit", "--no-password"),
    "'king' is not": ("add", "bob", "--role", "king", "--no-password"),
    "Missing option '--role'": ("add", "bob", "--no-password"),
    "either": ("add", "bob", "--role", "auditor", "--no-password", "--password-stdin"),
    "an account 'ana' already": ("add", "ANA", "--role", "auditor", "--no-password"),
    "no account 'bob'": ("disable", "bob"),
    "There is no account 'bob'": ("passwd", "bob", "--password-stdin"),
    "Nobody would be left": ("disable", "ana"),
    "Nobody would": ("roles", "ana", "--role", "auditor"),
    "There is no account": ("link", "bob"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_every_refusal_is_said_in_words_and_changes_nothing(run, ana, words):
    before = run("list").output
    result = run(*REFUSED[words], input="short\n")
    assert result.exit_code in (1, 2)
    assert words in result.output
    assert run("list").output == before


def test_a_new_password_replaces_the_old(run, data, ana):
    assert run("passwd", "Ana", "--password-stdin", input="another long password\r\n").exit_code == 0
    assert sign_in(data).name == "wrong_name_or_password"
    assert isinstance(sign_in(data, "another long password"), Session)


def test_an_account_is_closed_and_opened_again(run, data, ana):
    run("add", "root", "--role", "administrator", "--password-stdin", input=f"{GOOD}\n")
    assert run("disable", "ana").exit_code == 0
    assert sign_in(data).name == "disabled"
    assert "disabled" in run("list").output
    assert run("enable", "ana").exit_code == 0
    assert isinstance(sign_in(data), Session)
    assert run("roles", "ana", "--role", "auditor").exit_code == 0
    assert sign_in(data).roles == ("auditor",)


def test_prints_a_link_that_opens_once(run, data, ana):
    result = run("link", "ana")
    token = result.stdout.strip().removeprefix("/#link=")
    access = Access.open(data / FILE)
    assert access.sign_in_by_link(token, "", time.time()).account == "ana"
    assert access.sign_in_by_link(token, "", time.time()).name == "link_used_or_expired"
    access.close()


def test_a_directory_without_accounts_is_said_and_nothing_is_made_there(run, data):
    result = run("list")
    assert result.exit_code == 1
    assert "holds no accounts" in result.output
    assert not data.exists()


def test_a_broken_file_is_one_clear_line(run, data):
    data.mkdir()
    (data / FILE).write_text("no database " * 500)
    result = run("list")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


CITY = ("https://id.example.org", "248289761001")


def test_binds_somebody_at_another_provider_and_undoes_it(run, data, ana):
    assert run("bind", "Ana", *CITY).output == "ana opens for 248289761001 of https://id.example.org\n"
    assert json.loads(run("show", "ana", "--json").output)["identities"] == [{"issuer": CITY[0], "subject": CITY[1]}]
    run("add", "bea", "--role", "auditor", "--no-password")
    assert "unbind it there first" in run("bind", "bea", *CITY).output
    assert "An issuer is an address" in run("bind", "bea", "id.example.org", "1").output
    assert "There is no account 'cea'" in run("bind", "cea", *CITY).output
    assert run("unbind", "ana", *CITY).exit_code == 0
    assert "not bound to that" in run("unbind", "ana", *CITY).output
    assert run("bind", "bea", *CITY).exit_code == 0


def test_shows_an_account_signs_it_out_and_changes_what_it_is_called(run, data, ana):
    assert isinstance(sign_in(data), Session)
    said = run("show", "ANA").output
    assert "password: yes" in said
    assert "open session: since " in said
    assert run("sign-out", "ana").output == "ana: 1 session ended\n"
    assert run("forget-passkeys", "ana").output == "ana: 0 passkeys removed\n"
    assert "Ana Silva" in run("edit", "ana", "--display", "Ana Silva").output
    assert "what is to change?" in run("edit", "ana").output
    assert run("show", "nobody").exit_code == 1


def test_what_is_changed_here_waits_for_the_access_log_with_its_time(run, data, ana):
    before = time.time()
    run("roles", "ana", "--role", "auditor", "--role", "administrator")
    run("link", "ana")
    access = Access.open(data / FILE)
    waiting = access.changes.waiting()
    access.close()
    assert [(one.by, one.account, one.what) for one in waiting] == [
        ("command line", "ana", "added"),
        ("command line", "ana", "roles"),
        ("command line", "ana", "link_made"),
    ]
    assert waiting[1].at >= before
