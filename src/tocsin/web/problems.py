"""Every way HTTP says no before the domain is asked, in one place. Refuses to know which handler says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tocsin.views.wire import Problem

Headers = Sequence[tuple[bytes, bytes]]


class No(Exception):  # noqa: N818 - a no is an answer, not an error of ours
    """Raised anywhere while a request is answered: becomes a Problem with this HTTP status."""

    def __init__(
        self,
        status: int,
        name: str,
        text: str,
        field: str = "",
        facts: dict[str, Any] | None = None,
        headers: Headers = (),
    ) -> None:
        super().__init__(text)
        self.status = status
        self.problem = Problem(name, text, field, facts or {})
        self.headers = tuple(headers)


class Kind(msgspec.Struct, frozen=True):
    """One no as the OpenAPI document lists it."""

    status: int
    name: str
    meaning: str


KINDS: tuple[Kind, ...] = (
    Kind(400, "malformed", "The body or the query could not be read; `field` says where."),
    Kind(400, "wrong_host", "The Host header names a machine this server does not answer for."),
    Kind(401, "not_signed_in", "Nobody is signed in with this session, or the session has ended."),
    Kind(401, "wrong_name_or_password", "Name and password do not open anything."),
    Kind(401, "link_used_or_expired", "The sign-in link was used before, or its time is over."),
    Kind(401, "token_unknown", "The bearer token is none of this centre's."),
    Kind(401, "token_expired", "The bearer token's time is over."),
    Kind(401, "token_revoked", "The bearer token was revoked."),
    Kind(403, "token_lacks_scope", "The bearer token does not hold the scope this needs; `facts.permission` says it."),
    Kind(403, "person_needed", "This is for a person who is signed in, not for a machine's token."),
    Kind(404, "unknown_token", "There is no token with this id."),
    Kind(401, "passkey_refused", "The passkey was not taken, or opens nothing here."),
    Kind(401, "passkey_copied", "The passkey has counted backwards: it may have been copied."),
    Kind(401, "ceremony_over", "This was begun too long ago, or was used before."),
    Kind(403, "sign_in_again", "A way in is added only by somebody who has just signed in."),
    Kind(404, "unknown_passkey", "The account has no such passkey."),
    Kind(404, "unknown_session", "There is no open session with this id."),
    Kind(404, "unknown_identity", "The account is not bound to this person of the provider."),
    Kind(409, "identity_bound", "Another account is bound to this person of the provider."),
    Kind(409, "passkey_known", "This passkey is registered already."),
    Kind(409, "too_many_passkeys", "The account has as many passkeys as it may."),
    Kind(409, "passkeys_not_set_up", "This server has no address that passkeys could belong to."),
    Kind(403, "own_look", "Nobody reviews their own looks."),
    Kind(403, "supervisor_needed", "Only a supervisor takes the alarm of a broken glass."),
    Kind(403, "own_glass", "Whoever broke the glass does not take its alarm."),
    Kind(403, "disabled", "The account is disabled."),
    Kind(403, "not_permitted", "The account's roles do not allow this."),
    Kind(403, "wrong_csrf", "The X-Tocsin-CSRF header is missing or is not this session's."),
    Kind(403, "wrong_origin", "The request was sent by a page of another site."),
    Kind(404, "unknown_route", "There is no such address here."),
    Kind(404, "not_found", "There is nothing under this id."),
    Kind(405, "wrong_method", "The address exists, the method does not; `Allow` lists those that do."),
    Kind(404, "unknown_incident", "There is no incident with this id."),
    Kind(404, "unknown_account", "There is no account of this name."),
    Kind(409, "name_taken", "There is an account of this name already."),
    Kind(409, "last_administrator", "Nobody would be left who can manage accounts."),
    Kind(409, "refused", "The order was understood and refused; the name is that of the refusal."),
    Kind(413, "too_large", "The body is larger than this server reads."),
    Kind(415, "wrong_content_type", "Bodies are JSON: Content-Type must be application/json."),
    Kind(416, "wrong_range", "The range asked for lies outside the file."),
    Kind(422, "impossible_value", "The field was read, but its value cannot be; `field` says which."),
    Kind(422, "reason_needed", "This is recorded with its reason; say why in a few words."),
    Kind(429, "throttled", "Too many failed sign-ins from this address; Retry-After says when to try again."),
    Kind(429, "locked", "Too many wrong passwords for this account; a sign-in link still opens it."),
    Kind(500, "internal_error", "A fault of ours; `facts.reference` finds it in the server's log."),
    Kind(503, "busy", "More orders are waiting than can be recorded in time; send the same order again."),
    Kind(503, "not_signed", "The record is not what was signed before, or cannot be read: nothing is signed."),
    Kind(503, "looks_unreadable", "The access log cannot be read."),
    Kind(503, "not_known", "The store was lost under the order; send it again under its id: it is done once."),
    Kind(503, "not_recorded", "The store did not take the order; nothing was changed; send the same order again."),
    Kind(503, "accounts_unreachable", "The file of accounts failed."),
)


def malformed(text: str, field: str = "") -> No:
    """400: could not be read."""
    return No(400, "malformed", text, field)


def impossible(text: str, field: str, **facts: Any) -> No:
    """422: read, but cannot be."""
    return No(422, "impossible_value", text, field, facts)


def not_found(text: str, field: str = "") -> No:
    """404: nothing under this id."""
    return No(404, "not_found", text, field)


def not_permitted(text: str, field: str = "", **facts: Any) -> No:
    """403: the roles do not allow it."""
    return No(403, "not_permitted", text, field, facts)
