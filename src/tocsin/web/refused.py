"""Refusals of the access side as HTTP answers. Knows their names, not how they came about."""

from __future__ import annotations

import math
from typing import TypeVar

from tocsin.access import AccessRefusal
from tocsin.web.problems import Headers, No

T = TypeVar("T")

STATUS: dict[str, int] = {
    "wrong_name_or_password": 401,
    "link_used_or_expired": 401,
    "token_unknown": 401,
    "token_expired": 401,
    "token_revoked": 401,
    "unknown_token": 404,
    "unknown_passkey": 404,
    "unknown_session": 404,
    "unknown_identity": 404,
    "identity_bound": 409,
    "passkey_refused": 401,
    "passkey_copied": 401,
    "ceremony_over": 401,
    "passkey_known": 409,
    "too_many_passkeys": 409,
    "sign_in_again": 403,
    "disabled": 403,
    "unknown_account": 404,
    "name_taken": 409,
    "last_administrator": 409,
    "locked": 429,
    "throttled": 429,
}
"""Any other name is an impossible value: 422."""


def unless_refused(answer: T | AccessRefusal, now: float) -> T:
    """The answer, or No with the refusal's name; Retry-After counts from `now`."""
    if not isinstance(answer, AccessRefusal):
        return answer
    raise no_of(answer, now)


def no_of(refusal: AccessRefusal, now: float, headers: Headers = ()) -> No:
    """A refusal as an HTTP answer."""
    facts = {}
    if refusal.until is not None:
        facts["until"] = refusal.until
        headers = (*headers, (b"retry-after", b"%d" % max(1, math.ceil(refusal.until - now))))
    return No(STATUS.get(refusal.name, 422), refusal.name, refusal.text, refusal.field, facts, headers)
