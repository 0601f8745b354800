"""Signing in: right and wrong, locked and throttled, by link; and how a session ends."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from tocsin.access import Access, AccessRefusal, Session
from tocsin.access.failures import remote_key
from tocsin.access.people import (
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_REMOTE,
    FAILURES_WITHIN_S,
    IDLE_S,
    LINK_S,
    LOCKED_S,
    SESSION_S,
)

NOW = 1_000_000.0
GOOD = "correct horse battery"
BAD = "wrong horse battery"


@pytest.fixture(autouse=True)
def _ana(ana):
    """Ana exists in every test here."""


def refusal(answer) -> str:
    assert isinstance(answer, AccessRefusal), answer
    assert answer.text
    return answer.name


def fail(access, times, *, name="ana", remote="", now=NOW):
    return [refusal(access.sign_in(name, BAD, remote, now)) for _ in range(times)]


def test_the_right_password_opens_a_session(access):
    session = access.sign_in(" Ana ", GOOD, "10.0.0.1", NOW)
    assert (session.account, session.display, session.roles) == ("ana", "Ana Silva", ("dispatcher",))
    assert session.expires_at == NOW + SESSION_S
    assert access.session(session.token, NOW + 1) == session


def test_every_session_has_secrets_of_its_own(access):
    one, two = access.sign_in("ana", GOOD, "", NOW), access.sign_in("ana", GOOD, "", NOW)
    assert len({one.token, two.token, one.csrf, two.csrf}) == 4
    assert one.is_csrf(one.csrf)
    assert not one.is_csrf(two.csrf)
    assert not one.is_csrf("")
    assert not one.is_csrf("é\udcff")


def test_an_unknown_name_and_a_wrong_password_are_the_same_no(access):
    assert access.sign_in("ana", BAD, "", NOW) == access.sign_in("nobody", BAD, "", NOW)
    assert refusal(access.sign_in("ana", BAD, "", NOW)) == "wrong_name_or_password"


class Counting(PasswordHasher):
    """Counts the work done, which is what an observer could time."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash, password):  # noqa: A002
        self.verified += 1
        return super().verify(hash, password)


@pytest.mark.parametrize("name", ["ana", "nobody", "linkonly", "", "\ud800", "x" * 500])
def test_every_wrong_sign_in_costs_one_hash(path, name):
    counting = Counting()
    access = Access.open(path, argon2=counting)
    access.add_account("linkonly", None, ["auditor"], NOW)
    assert refusal(access.sign_in(name, BAD, "", NOW)) == "wrong_name_or_password"
    assert counting.verified == 1
    access.close()


def test_an_overlong_password_is_wrong_and_not_an_error(access):
    assert refusal(access.sign_in("ana", "x" * 100_000, "", NOW)) == "wrong_name_or_password"
    assert refusal(access.sign_in("ana", "\ud800", "", NOW)) == "wrong_name_or_password"


def test_an_account_without_a_password_opens_by_link_alone(access):
    access.add_account("demo", None, ["dispatcher"], NOW)
    assert refusal(access.sign_in("demo", "", "", NOW)) == "wrong_name_or_password"
    assert isinstance(access.sign_in_by_link(access.sign_in_link("demo", NOW), "", NOW), Session)


def test_that_an_account_is_disabled_is_told_only_to_who_knows_its_password(access):
    access.disable("ana")
    assert refusal(access.sign_in("ana", BAD, "", NOW)) == "wrong_name_or_password"
    assert refusal(access.sign_in("ana", GOOD, "", NOW)) == "disabled"
    assert refusal(access.sign_in_link("ana", NOW)) == "disabled"


# Locks


@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_five_failures_lock_the_account_known_or_not(access, name):
    assert set(fail(access, FAILURES_PER_ACCOUNT, name=name)) == {"wrong_name_or_password"}
    answer = access.sign_in(name, GOOD, "", NOW + 1)
    assert refusal(answer) == "locked"
    assert answer.until == NOW + LOCKED_S


def test_a_lock_ends_by_itself_and_trying_does_not_prolong_it(access):
    fail(access, FAILURES_PER_ACCOUNT)
    for later in range(0, int(LOCKED_S), 60):
        assert refusal(access.sign_in("ana", GOOD, "", NOW + later)) == "locked"
    assert isinstance(access.sign_in("ana", GOOD, "", NOW + LOCKED_S), Session)


def test_four_failures_do_not_lock_and_a_success_wipes_the_slate(access):
    fail(access, FAILURES_PER_ACCOUNT - 1)
    assert isinstance(access.sign_in("ana", GOOD, "", NOW), Session)
    fail(access, FAILURES_PER_ACCOUNT - 1)
    assert isinstance(access.sign_in("ana", GOOD, "", NOW), Session)


def test_failures_long_apart_do_not_lock(access):
    for n in range(3 * FAILURES_PER_ACCOUNT):
        fail(access, 1, now=NOW + n * FAILURES_WITHIN_S / 4)
    assert isinstance(access.sign_in("ana", GOOD, "", NOW + n * FAILURES_WITHIN_S / 4), Session)


def test_a_lock_survives_a_restart(access, path, cheap):
    fail(access, FAILURES_PER_ACCOUNT)
    access.close()
    again = Access.open(path, argon2=cheap)
    assert refusal(again.sign_in("ana", GOOD, "", NOW + 1)) == "locked"
    again.close()


def test_a_lock_does_not_touch_open_sessions_or_other_accounts(access):
    access.add_account("bob", GOOD, ["auditor"], NOW)
    token = access.sign_in("ana", GOOD, "", NOW).token
    fail(access, FAILURES_PER_ACCOUNT)
    assert access.session(token, NOW) is not None
    assert isinstance(access.sign_in("bob", GOOD, "", NOW), Session)


@pytest.mark.parametrize("how", ["link", "password", "enable"])
def test_an_administrator_can_help_a_locked_person(access, how):
    fail(access, FAILURES_PER_ACCOUNT)
    if how == "link":
        assert isinstance(access.sign_in_by_link(access.sign_in_link("ana", NOW), "", NOW), Session)
        return
    access.set_password("ana", GOOD) if how == "password" else access.enable("ana")
    assert isinstance(access.sign_in("ana", GOOD, "", NOW), Session)


class Meddled(Counting):
    """Does something of the test's in the middle of checking a password."""

    meddle = staticmethod(lambda: None)

    def verify(self, hash, password):  # noqa: A002
        right = super().verify(hash, password)
        self.meddle()
        return right


class Slow(Counting):
    """Takes its time, and notes how many are being checked at once."""

    def __init__(self):
        super().__init__()
        self.now, self.most = 0, 0

    def verify(self, hash, password):  # noqa: A002
        self.now += 1
        self.most = max(self.most, self.now)
        time.sleep(0.02)
        self.now -= 1
        return super().verify(hash, password)


def test_guesses_made_at_once_get_hardly_further_than_guesses_in_a_row(path):
    slow = Slow()
    access = Access.open(path, argon2=slow)
    with ThreadPoolExecutor(40) as pool:
        names = [refusal(a) for a in pool.map(lambda _: access.sign_in("ana", BAD, "", NOW), range(40))]
    access.close()
    assert FAILURES_PER_ACCOUNT <= names.count("wrong_name_or_password") <= FAILURES_PER_ACCOUNT + 3
    assert set(names) == {"wrong_name_or_password", "locked"}
    assert slow.most <= 4


def test_a_password_changed_while_it_is_being_checked_does_not_open(path):
    meddled = Meddled()
    access = Access.open(path, argon2=meddled)
    meddled.meddle = lambda: access._tables._con.execute("UPDATE accounts SET hash = 'another'")
    assert refusal(access.sign_in("ana", GOOD, "", NOW)) == "wrong_name_or_password"
    access.close()


def test_an_address_that_tries_many_accounts_is_throttled(access):
    for n in range(FAILURES_PER_REMOTE):
        fail(access, 1, name=f"guess-{n}", remote="10.0.0.9")
    answer = access.sign_in("ana", GOOD, "10.0.0.9", NOW)
    assert (refusal(answer), answer.until) == ("throttled", NOW + LOCKED_S)
    assert refusal(access.sign_in_by_link(access.sign_in_link("ana", NOW), "10.0.0.9", NOW)) == "throttled"
    assert isinstance(access.sign_in("ana", GOOD, "10.0.0.8", NOW), Session)
    assert isinstance(access.sign_in("ana", GOOD, "10.0.0.9", NOW + LOCKED_S), Session)


def test_wrong_links_count_against_the_address(access):
    for _ in range(FAILURES_PER_REMOTE):
        assert refusal(access.sign_in_by_link("guess", "10.0.0.9", NOW)) == "link_used_or_expired"
    assert refusal(access.sign_in_by_link("guess", "10.0.0.9", NOW)) == "throttled"


def test_a_whole_ipv6_network_is_one_address():
    assert remote_key("2001:db8::1") == remote_key("2001:db8::ffff:1") == remote_key("2001:db8::1%eth0")
    assert remote_key("2001:db8::1") != remote_key("2001:db8:0:1::1")
    assert remote_key("10.0.0.1") != remote_key("10.0.0.2")
    assert remote_key("unix") != remote_key("\ud800")


def test_old_failures_are_swept_out(access, path):
    for n in range(30):
        fail(access, 1, name=f"guess-{n}", remote=f"10.0.0.{n}")
    fail(access, 1, now=NOW + FAILURES_WITHIN_S)
    with sqlite3.connect(path) as con:
        assert con.execute("SELECT count(*) FROM failures").fetchone() == (1,)
    con.close()


# Links


def test_a_link_opens_once(access):
    link = access.sign_in_link("ana", NOW)
    assert access.sign_in_by_link(link, "", NOW + LINK_S - 1).account == "ana"
    assert refusal(access.sign_in_by_link(link, "", NOW + LINK_S - 1)) == "link_used_or_expired"


def test_a_link_has_its_time(access):
    link = access.sign_in_link("ana", NOW)
    assert refusal(access.sign_in_by_link(link, "", NOW + LINK_S)) == "link_used_or_expired"


def test_of_many_who_use_one_link_at_once_one_gets_in(access):
    link, answers = access.sign_in_link("ana", NOW), []
    threads = [threading.Thread(target=lambda: answers.append(access.sign_in_by_link(link, "", NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(answer, Session) for answer in answers) == 1


def test_there_is_no_link_for_nobody(access):
    assert refusal(access.sign_in_link("bob", NOW)) == "unknown_account"


# Sessions


def test_a_session_ends_when_signed_out(access):
    token = access.sign_in("ana", GOOD, "", NOW).token
    assert access.session(token, NOW) is not None
    access.sign_out(token)
    assert access.session(token, NOW) is None
    access.sign_out(token)
    access.sign_out("\ud800")


def test_a_session_ends_after_a_shift_however_busy(access):
    token = access.sign_in("ana", GOOD, "", NOW).token
    for hour in range(12):
        assert access.session(token, NOW + hour * 3_600) is not None
    assert access.session(token, NOW + SESSION_S - 1) is not None
    assert access.session(token, NOW + SESSION_S) is None
    assert access.session(token, NOW) is None, "an ended session does not come back"


def test_an_idle_session_ends(access):
    token = access.sign_in("ana", GOOD, "", NOW).token
    assert access.session(token, NOW + 100) is not None
    assert access.session(token, NOW + 100 + IDLE_S - 1) is not None
    token = access.sign_in("ana", GOOD, "", NOW).token
    assert access.session(token, NOW + IDLE_S) is None


@pytest.mark.parametrize("token", ["", "guess", "\ud800", "x" * 10_000])
def test_a_token_that_is_none_is_nobody(access, token):
    assert access.session(token, NOW) is None


def test_sessions_survive_a_restart_and_remember_when_they_were_last_seen(access, path, cheap):
    session = access.sign_in("ana", GOOD, "", NOW)
    assert access.session(session.token, NOW + 3_600) == session
    access.close()
    again = Access.open(path, argon2=cheap)
    assert again.session(session.token, NOW + 3_600 + IDLE_S - 1) == session
    again.close()


def test_threads_that_sign_in_and_out_at_once_do_not_disturb_each_other(access):
    def shift(_):
        for n in range(30):
            session = access.sign_in("ana", GOOD, "", NOW + n)
            assert access.session(session.token, NOW + n) == session
            access.sign_out(session.token)
            assert access.session(session.token, NOW + n) is None
        return "went home"

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(shift, range(6))) == ["went home"] * 6


def test_what_another_process_changes_is_seen_within_a_second(access, path, cheap):
    session = access.sign_in("ana", GOOD, "", NOW)
    assert access.session(session.token, NOW) is not None
    other = Access.open(path, argon2=cheap)
    other.set_roles("ana", ["auditor"])
    assert access.session(session.token, NOW + 1).roles == ("auditor",)
    other.disable("ana")
    other.close()
    assert access.session(session.token, NOW + 2) is None


def test_no_secret_is_in_the_file(access, path):
    session = access.sign_in("ana", GOOD, "", NOW)
    link = access.sign_in_link("ana", NOW)
    access.close()
    raw = path.read_bytes()
    assert b"ana" in raw
    for secret in (GOOD, session.token, link):
        assert secret.encode() not in raw
    assert session.token not in repr(session)
    assert session.csrf not in repr(session)


def test_a_hash_made_with_weaker_parameters_is_renewed_at_the_next_sign_in(access, path):
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    again = Access.open(path, argon2=stronger)
    assert isinstance(again.sign_in("ana", GOOD, "", NOW), Session)
    with sqlite3.connect(path) as con:
        assert "m=16,t=2" in con.execute("SELECT hash FROM accounts").fetchone()[0]
    con.close()
    assert isinstance(again.sign_in("ana", GOOD, "", NOW), Session)
    again.close()


def test_passwords_are_hashed_with_argon2id_as_rfc_9106_recommends(path):
    access = Access.open(path)
    access.add_account("bob", GOOD, ["auditor"], NOW)
    with sqlite3.connect(path) as con:
        stored = con.execute("SELECT hash FROM accounts WHERE name = 'bob'").fetchone()[0]
    con.close()
    access.close()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
