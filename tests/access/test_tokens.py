"""Tokens of machines: shown once, kept as a hash, limited by scope and time, refused by name; in every store."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tocsin.access import Access
from tocsin.access.people import FAILURES_PER_REMOTE, LOCKED_S, AccessRefusal, Session
from tocsin.access.roles import PERMISSIONS
from tocsin.access.scopes import GROUPS, NEVER, permissions_in, scopes_there_are
from tocsin.access.tokens import SAVE_USED_S
from tocsin.cli import main

T0, DAY = 1_800_000_000.0, 86_400.0


def made(access, name="CAD east", scopes=("watch",), days=30.0, **more):
    return access.tokens.add(name, scopes, days, "adam", T0, **more)


def name(found) -> str:
    assert isinstance(found, AccessRefusal), found
    return found.name


def test_a_token_opens_for_its_scopes_and_is_kept_as_a_hash(access):
    secret, token = made(access, scopes=("watch", "note_incident"), agency="fire")
    found = access.tokens.find(secret, "192.0.2.7", T0 + 1)
    assert isinstance(found, Session)
    assert (found.account, found.roles, found.agency) == ("machine:cad east", (), "fire")
    assert found.scopes == {"read_board", "note_incident"}
    with access._tables.reading() as con:
        assert secret not in str(con.execute("SELECT * FROM tokens").fetchall())
    assert [(one.id, one.expires_at) for one in access.tokens.all()] == [(token.id, T0 + 30 * DAY)]


def test_what_does_not_open_is_refused_by_name(access):
    secret, token = made(access)
    assert name(access.tokens.find(secret + "x", "192.0.2.7", T0)) == "token_unknown"
    assert name(access.tokens.find(secret, "192.0.2.7", T0 + 30 * DAY)) == "token_expired"
    assert isinstance(access.tokens.find(secret, "192.0.2.7", T0 + 30 * DAY - 1), Session)
    assert access.tokens.revoke(token.id, T0 + 5).revoked_at == T0 + 5
    assert name(access.tokens.find(secret, "192.0.2.7", T0 + 6)) == "token_revoked"
    assert name(access.tokens.revoke("none", T0)) == "unknown_token"
    assert access.tokens.revoke(token.id, T0 + 9).revoked_at == T0 + 5  # the first time counts


def test_too_many_failures_from_one_address_wait_and_lock_nobody_else(access, ana):
    secret, _ = made(access)
    for n in range(FAILURES_PER_REMOTE):
        assert name(access.tokens.find(f"guess {n}", "192.0.2.7", T0)) == "token_unknown"
    waits = access.tokens.find("guess", "192.0.2.7", T0)
    assert (name(waits), waits.until) == ("throttled", T0 + LOCKED_S)
    assert name(access.tokens.find("guess", "192.0.2.8", T0)) == "token_unknown"
    assert isinstance(access.tokens.find(secret, "192.0.2.7", T0), Session)  # the right one always opens
    assert isinstance(access.sign_in("ana", "correct horse battery", "192.0.2.7", T0), Session)
    assert name(access.tokens.find("guess", "192.0.2.7", T0 + LOCKED_S)) == "token_unknown"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"scopes": ()}, "no_scope"),
        ({"scopes": ("watch", "everything")}, "unknown_scope"),
        ({"scopes": ("manage_accounts",)}, "unknown_scope"),
        ({"scopes": ("open_centre",)}, "unknown_scope"),
        ({"days": 0.0}, "impossible_expiry"),
        ({"days": 800.0}, "impossible_expiry"),
        ({"days": float("nan")}, "impossible_expiry"),
        ({"name": "  "}, "impossible_name"),
        ({"name": "a\u202eb"}, "impossible_name"),
        ({"agency": "x" * 65}, "impossible_agency"),
    ],
)
def test_an_impossible_token_is_refused_by_name(access, given, expected):
    assert name(made(access, **given)) == expected
    assert access.tokens.all() == []


def test_a_name_is_free_again_once_its_token_is_revoked(access):
    _, token = made(access)
    assert name(made(access, name="cad EAST")) == "name_taken"
    access.tokens.revoke(token.id, T0)
    assert made(access)[1].name == "cad east"


def test_no_person_may_be_called_like_a_machine(access):
    no = access.add_account("Machine:cad", None, ["auditor"], T0)
    assert name(no) == "impossible_name"


def test_no_scope_reaches_what_only_the_program_or_an_administrator_may():
    every = permissions_in(scopes_there_are())
    assert every.isdisjoint(NEVER)
    assert all(PERMISSIONS[permission] for permission in every)
    assert all(set(group) <= PERMISSIONS.keys() for group in GROUPS.values())
    assert permissions_in(("gone", "manage_accounts")) == frozenset()


def test_last_used_is_told_to_the_minute(path, access):
    secret, _ = made(access)
    access.tokens.find(secret, "", T0 + 100)
    access.tokens.find(secret, "", T0 + 100 + SAVE_USED_S / 2)
    assert access.tokens.all()[0].used_at == T0 + 100
    access.tokens.find(secret, "", T0 + 100 + SAVE_USED_S)
    assert access.tokens.all()[0].used_at == T0 + 100 + SAVE_USED_S


def test_another_process_revokes_and_it_is_noticed_within_a_second(path, cheap):
    with_server, with_cli = Access.open(path, argon2=cheap), Access.open(path, argon2=cheap)
    secret, token = made(with_server)
    assert isinstance(with_server.tokens.find(secret, "", T0), Session)
    with_cli.tokens.revoke(token.id, T0)
    assert name(with_server.tokens.find(secret, "", T0 + 1.1)) == "token_revoked"
    with_server.close()
    with_cli.close()


def test_the_command_line_makes_lists_and_revokes(tmp_path):
    run = CliRunner()
    where = ["--data", str(tmp_path)]
    added = ["account", "add", "adam", *where, "--no-password", "--role", "administrator"]
    assert run.invoke(main, added).exit_code == 0
    made = run.invoke(main, ["account", "token", "add", "CAD", *where, "--scope", "watch", "--days", "7"])
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("tocsin_")
    assert "\n" not in secret
    access = Access.open(tmp_path / "accounts.db")
    (token,) = access.tokens.all()
    assert isinstance(access.tokens.find(secret, "", token.created_at), Session)
    access.close()
    listed = run.invoke(main, ["account", "token", "list", *where])
    assert f"{token.id} · cad · watch · opens" in listed.output
    assert secret not in listed.output
    assert run.invoke(main, ["account", "token", "revoke", token.id, *where]).output == "cad is revoked\n"
    refused = run.invoke(main, ["account", "token", "add", "x", *where, "--scope", "everything"])
    assert (refused.exit_code, "There is no scope 'everything'" in refused.output) == (1, True)
    assert "watch: read_board" in run.invoke(main, ["account", "token", "scopes"]).output
