"""Passkeys by a device in software: what opens, and every way of cheating refused by name; in a file and a database."""

from __future__ import annotations

import msgspec
import pytest
from tests.access.authenticator import PRESENT, Device

from tocsin.access.ceremonies import CEREMONY_S
from tocsin.access.passkeys import MOST, Relying
from tocsin.access.people import FAILURES_PER_REMOTE, AccessRefusal, Session

T0 = 1_800_000_000.0
HERE = Relying("tocsin.example.org", ("https://tocsin.example.org",))


def name(found) -> str:
    assert isinstance(found, AccessRefusal), found
    return found.name


def signed_in(access, account="ana") -> Session:
    return access.sign_in_by_link(access.sign_in_link(account, T0), "", T0)


def options(begun):
    assert not isinstance(begun, AccessRefusal), begun
    return begun.ceremony, msgspec.json.decode(begun.options)


def registered(access, device, account="ana", label="my key"):
    ceremony, given = options(access.passkeys.begin_registering(signed_in(access, account), HERE, T0))
    return access.passkeys.register(account, ceremony, device.create(given), label, HERE, T0)


def opened(access, device, now=T0 + 1, remote="192.0.2.1", **cheat):
    ceremony, given = options(access.passkeys.begin_signing_in(HERE, now))
    return access.passkeys.sign_in(ceremony, device.get(given, **cheat), HERE, remote, now)


def test_a_passkey_opens_its_account(access, ana):
    device = Device()
    made = registered(access, device)
    assert (made.account, made.label, made.synced) == ("ana", "my key", False)
    session = opened(access, device)
    assert isinstance(session, Session)
    assert (session.account, session.roles) == ("ana", ("dispatcher",))
    assert access.session(session.token, T0 + 2) == session
    assert [one.how for one in access.sessions_of("ana", T0 + 2)] == ["passkey", "link"]
    assert access.passkeys.of("ana")[0].used_at == T0 + 1


def test_verification_by_the_device_is_asked_for_and_a_resident_key(access, ana):
    _, given = options(access.passkeys.begin_registering(signed_in(access), HERE, T0))
    chosen = given["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"]) == ("required", "required")
    assert given["attestation"] == "none"
    assert b"ana" not in msgspec.json.encode(given["user"]["id"])
    _, given = options(access.passkeys.begin_signing_in(HERE, T0))
    assert (given["userVerification"], given.get("allowCredentials", [])) == ("required", [])


def test_a_synced_passkey_does_not_count_and_opens_again(access, ana):
    device = Device(counts=False, synced=True)
    assert registered(access, device).synced
    assert isinstance(opened(access, device), Session)
    assert isinstance(opened(access, device), Session)


def test_several_passkeys_and_removing_one(access, ana):
    first, second = Device(), Device()
    kept, other = registered(access, first, label="desk"), registered(access, second, label="phone")
    assert {one.label for one in access.passkeys.of("ana")} == {"desk", "phone"}
    assert access.passkeys.remove("ana", other.id) == 1
    assert name(access.passkeys.remove("ana", other.id)) == "unknown_passkey"
    assert name(opened(access, second)) == "passkey_refused"
    assert isinstance(opened(access, first), Session)
    access.add_account("bea", None, ["auditor"], T0)
    assert name(access.passkeys.remove("bea", kept.id)) == "unknown_passkey"
    assert access.passkeys.remove("ana", "*") == 1
    assert access.passkeys.of("ana") == []


def test_an_account_has_at_most_so_many(access, ana):
    for _ in range(MOST):
        registered(access, Device())
    assert name(access.passkeys.begin_registering(signed_in(access), HERE, T0)) == "too_many_passkeys"


def test_a_counter_that_goes_back_is_a_copy(access, ana):
    device = Device()
    registered(access, device)
    device.counter = 10
    assert isinstance(opened(access, device), Session)
    device.counter = 5
    assert name(opened(access, device)) == "passkey_copied"
    device.counter = 11
    assert isinstance(opened(access, device), Session)


def test_an_answer_is_taken_once_and_soon(access, ana):
    device = Device()
    registered(access, device)
    ceremony, given = options(access.passkeys.begin_signing_in(HERE, T0))
    answer = device.get(given)
    assert isinstance(access.passkeys.sign_in(ceremony, answer, HERE, "", T0), Session)
    assert name(access.passkeys.sign_in(ceremony, answer, HERE, "", T0)) == "ceremony_over"
    other, _ = options(access.passkeys.begin_signing_in(HERE, T0))
    assert name(access.passkeys.sign_in(other, answer, HERE, "", T0)) == "passkey_refused"  # another challenge
    late, given = options(access.passkeys.begin_signing_in(HERE, T0))
    assert name(access.passkeys.sign_in(late, device.get(given), HERE, "", T0 + CEREMONY_S)) == "ceremony_over"


CHEATS = {
    "another site's page": lambda device: setattr(device, "origin", "https://evil.example"),
    "another site's key": lambda device: setattr(device, "rp_id", "evil.example"),
    "nobody verified": lambda device: setattr(device, "flags", PRESENT),
    "nobody there": lambda device: setattr(device, "flags", 0),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_cheating_is_refused(access, ana, cheat):
    device = Device()
    registered(access, device)
    CHEATS[cheat](device)
    assert name(opened(access, device)) == "passkey_refused"


@pytest.mark.parametrize("cheat", CHEATS)
def test_cheating_at_registering_is_refused(access, ana, cheat):
    device = Device()
    CHEATS[cheat](device)
    ceremony, given = options(access.passkeys.begin_registering(signed_in(access), HERE, T0))
    made = device.create(given, **({"rp_id": "evil.example"} if device.rp_id else {}))
    assert name(access.passkeys.register("ana", ceremony, made, "x", HERE, T0)) == "passkey_refused"
    assert access.passkeys.of("ana") == []


def test_another_account_cannot_finish_what_one_began(access, ana):
    access.add_account("bea", None, ["administrator"], T0)
    ceremony, given = options(access.passkeys.begin_registering(signed_in(access, "bea"), HERE, T0))
    assert name(access.passkeys.register("ana", ceremony, Device().create(given), "x", HERE, T0)) == "ceremony_over"


def test_a_passkey_that_names_another_account_is_refused(access, ana):
    device = Device()
    registered(access, device)
    assert name(opened(access, device, handle=b"somebody else")) == "passkey_refused"


def test_a_passkey_is_registered_once(access, ana):
    device = Device()
    registered(access, device)
    assert name(registered(access, device)) == "passkey_known"


def test_a_disabled_account_is_not_opened(access, ana):
    device = Device()
    registered(access, device)
    access.disable("ana")
    assert name(opened(access, device)) == "disabled"


def test_guessing_from_one_address_waits(access, ana):
    for _ in range(FAILURES_PER_REMOTE):
        assert name(opened(access, Device())) == "passkey_refused"
    assert name(opened(access, Device())) == "throttled"
    assert name(opened(access, Device(), remote="192.0.2.9")) == "passkey_refused"


@pytest.mark.parametrize(
    "bytes_", [{}, {"id": 1}, {"id": "x", "response": None}, {"id": "x", "response": {"authenticatorData": "AA"}}]
)
def test_what_is_no_passkey_is_refused(access, ana, bytes_):
    device = Device()
    kept = registered(access, device)
    ceremony, _ = options(access.passkeys.begin_signing_in(HERE, T0))
    given = {**bytes_, "id": kept.id} if bytes_.get("id") == "x" else bytes_
    assert name(access.passkeys.sign_in(ceremony, given, HERE, "", T0)) == "passkey_refused"
    ceremony, _ = options(access.passkeys.begin_registering(signed_in(access), HERE, T0))
    assert name(access.passkeys.register("ana", ceremony, bytes_, "x", HERE, T0)) == "passkey_refused"


@pytest.mark.parametrize("label", ["", "   ", "x" * 61, "a\nb"])
def test_an_impossible_label_is_refused(access, ana, label):
    assert name(registered(access, Device(), label=label)) == "impossible_label"
