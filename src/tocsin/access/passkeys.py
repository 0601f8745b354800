"""Passkeys: signing in by a key that never leaves its device (W3C Web Authentication, Level 3; by py_webauthn).

The person is always verified by the device (a finger, a PIN), so a passkey is two factors at once. No attestation is
asked for: which make of key somebody has is none of our business. Refuses to know HTTP; the relying party is handed in.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tocsin.access.ceremonies import OVER, Ceremonies
from tocsin.access.changes import HERE, By, note
from tocsin.access.failures import count_failure, locked_until, remote_key
from tocsin.access.last import LAST, closes_last_door
from tocsin.access.people import FAILURES_PER_REMOTE, AccessRefusal, Account, Instant, Session, is_line
from tocsin.access.sessions import ACCOUNT_COLUMNS, Sessions, account_of
from tocsin.access.tables import AnyTables

MOST = 20
LABEL_MAX = 60
_COLUMNS = "id, account, label, synced, created_at, used_at"
_DISABLED = AccessRefusal("disabled", "This account is disabled; an administrator can enable it.")
_UNKNOWN = AccessRefusal("passkey_refused", "This passkey opens no account here.")


class Relying(NamedTuple):
    """Who asks: the domain a passkey belongs to, and the origins its pages may have."""

    rp_id: str
    origins: tuple[str, ...]


class Passkey(msgspec.Struct, frozen=True):
    """One passkey as its owner sees it."""

    id: str
    account: str
    label: str
    synced: bool
    """Kept by a provider on several devices; otherwise bound to one."""
    created_at: Instant
    used_at: Instant


class Begun(msgspec.Struct, frozen=True):
    """The first half: what the browser's own interface is given, and the id that goes with the second half."""

    ceremony: str
    options: msgspec.Raw


class Passkeys:
    """The passkeys of one centre. Thread-safe; verifying takes a millisecond or two."""

    def __init__(self, tables: AnyTables, sessions: Sessions) -> None:
        self._tables, self._sessions = tables, sessions
        self._ceremonies = Ceremonies(tables)

    def of(self, account: str) -> list[Passkey]:
        """The passkeys of an account, the latest first."""
        with self._tables.reading() as con:
            rows = con.execute(
                f"SELECT {_COLUMNS} FROM passkeys WHERE account = ? ORDER BY created_at DESC",  # noqa: S608
                (account,),
            ).fetchall()
        return [Passkey(row[0], row[1], row[2], bool(row[3]), row[4], row[5]) for row in rows]

    def begin_registering(self, account: Session, relying: Relying, now: Instant) -> Begun | AccessRefusal:
        """What the browser needs to make one."""
        known = self.of(account.account)
        if len(known) >= MOST:
            return AccessRefusal("too_many_passkeys", f"An account has at most {MOST} passkeys; remove one first.")
        options = generate_registration_options(
            rp_id=relying.rp_id,
            rp_name="Tocsin",
            user_name=account.account,
            user_id=_handle(account.account),
            user_display_name=account.display,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.id)) for one in known],
        )
        secret = bytes_to_base64url(options.challenge)
        name = self._ceremonies.begin("register", account.account, secret, now)
        return Begun(name, msgspec.Raw(options_to_json(options).encode()))

    def register(
        self, account: str, ceremony: str, credential: dict[str, Any], label: str, relying: Relying, now: Instant
    ) -> Passkey | AccessRefusal:
        """The second half: keep its public key."""
        if not label.strip() or len(label) > LABEL_MAX or not is_line(label):
            return AccessRefusal("impossible_label", f"A label has 1 to {LABEL_MAX} visible characters.", "label")
        kept = self._ceremonies.take("register", ceremony, now)
        if kept is None or kept.account != account:
            return OVER
        try:
            made = verify_registration_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(kept.secret),
                expected_rp_id=relying.rp_id,
                expected_origin=list(relying.origins),
                require_user_verification=True,
            )
        except Exception as error:  # noqa: BLE001 - whatever a stranger's bytes do to the parser is a no
            return AccessRefusal("passkey_refused", f"The passkey was not taken: {_words(error)}.", "credential")
        synced = made.credential_device_type == CredentialDeviceType.MULTI_DEVICE
        passkey = Passkey(bytes_to_base64url(made.credential_id), account, label.strip(), synced, now, 0.0)
        key = bytes_to_base64url(made.credential_public_key)
        with self._tables.writing() as con:
            if con.execute("SELECT 1 FROM passkeys WHERE id = ?", (passkey.id,)).fetchone():
                return AccessRefusal("passkey_known", "This passkey is registered already.", "credential")
            con.execute(
                "INSERT INTO passkeys (id, account, public_key, counter, label, synced, created_at, used_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                (passkey.id, account, key, made.sign_count, passkey.label, int(synced), now),
            )
            note(con, By(account, now), account, "passkey_added")
        return passkey

    def remove(self, account: str, passkey: str, by: By = HERE) -> int | AccessRefusal:
        """Forget one of an account's passkeys, or every one of them (`*`); answers how many."""
        which, given = "account = ? AND (id = ? OR ? = '*')", (account, passkey, passkey)
        with self._tables.writing() as con:
            found = int(con.execute(f"SELECT count(*) FROM passkeys WHERE {which}", given).fetchone()[0])  # noqa: S608
            if not found and passkey != "*":
                return AccessRefusal("unknown_passkey", "This account has no such passkey.", "id")
            if closes_last_door(con, account, found):
                return LAST
            con.execute(f"DELETE FROM passkeys WHERE {which}", given)  # noqa: S608
            if found:
                note(con, by, account, "passkeys_removed", str(found))
        return found

    def begin_signing_in(self, relying: Relying, now: Instant) -> Begun:
        """What the browser needs to offer the passkeys it has for us; nobody is named."""
        options = generate_authentication_options(
            rp_id=relying.rp_id, user_verification=UserVerificationRequirement.REQUIRED
        )
        name = self._ceremonies.begin("passkey", "", bytes_to_base64url(options.challenge), now)
        return Begun(name, msgspec.Raw(options_to_json(options).encode()))

    def sign_in(
        self, ceremony: str, credential: dict[str, Any], relying: Relying, remote: str, now: Instant
    ) -> Session | AccessRefusal:
        """The second half: a session, or why not, by name."""
        with self._tables.reading() as con:
            until = locked_until(con, remote_key(remote), now) if remote else None
        if until is not None:
            return AccessRefusal("throttled", "Too many failed sign-ins from this address; please wait.", until=until)
        kept = self._ceremonies.take("passkey", ceremony, now)
        found = OVER if kept is None else self._verified(kept.secret, credential, relying, now)
        if isinstance(found, AccessRefusal) or found.disabled:
            if remote and isinstance(found, AccessRefusal):
                with self._tables.writing(lasting=False) as con:
                    count_failure(con, remote_key(remote), FAILURES_PER_REMOTE, now)
            return found if isinstance(found, AccessRefusal) else _DISABLED
        with self._tables.writing() as con:
            return self._sessions.begin(con, found, now, "passkey", remote)

    def _verified(
        self, challenge: str, credential: dict[str, Any], relying: Relying, now: Instant
    ) -> Account | AccessRefusal:
        """Whose passkey it is. The counter is compared and kept in one transaction: a copy loses the race too."""
        name = credential.get("id")
        if not isinstance(name, str):
            return _UNKNOWN
        with self._tables.writing() as con:
            row = con.execute("SELECT account, public_key, counter FROM passkeys WHERE id = ?", (name,)).fetchone()
            if row is None:
                return _UNKNOWN
            try:
                _refuse_other_handle(credential, row[0])
                told = verify_authentication_response(
                    credential=credential,
                    expected_challenge=base64url_to_bytes(challenge),
                    expected_rp_id=relying.rp_id,
                    expected_origin=list(relying.origins),
                    credential_public_key=base64url_to_bytes(row[1]),
                    credential_current_sign_count=0,
                    require_user_verification=True,
                )
            except Exception as error:  # noqa: BLE001 - whatever a stranger's bytes do to the parser is a no
                return AccessRefusal("passkey_refused", f"The passkey did not open: {_words(error)}.", "credential")
            if max(told.new_sign_count, row[2]) > 0 and told.new_sign_count <= row[2]:
                text = (
                    "This passkey has counted backwards: it may have been copied. Remove it, and tell an administrator."
                )
                return AccessRefusal("passkey_copied", text)
            con.execute("UPDATE passkeys SET counter = ?, used_at = ? WHERE id = ?", (told.new_sign_count, now, name))
            found = con.execute(f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE name = ?", (row[0],)).fetchone()  # noqa: S608
        return _UNKNOWN if found is None else account_of(found)


def _handle(account: str) -> bytes:
    """The user handle: names nobody (Web Authentication §14.6.1), the same for every passkey of an account."""
    return hashlib.sha256(b"tocsin user handle\n" + account.encode()).digest()


def _refuse_other_handle(credential: dict[str, Any], account: str) -> None:
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if handle is not None and base64url_to_bytes(handle) != _handle(account):
        raise ValueError("it names another account than its own")


def _words(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200].rstrip(".")
