"""Refusals of the access side as HTTP answers. Knows their names, not how they came about."""

from __future__ import annotations

import math
from typing import TypeVar

from tocsin.access import AccessRefusal
from tocsin.web.problems import No

T = TypeVar("T")

STATUS: dict[str, int] = {
    "wrong_name_or_password": 401,
    "link_used_or_expired": 401,
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
    headers: tuple[tuple[bytes, bytes], ...] = ()
    facts = {}
    if answer.until is not None:
        facts["until"] = answer.until
        headers = ((b"retry-after", b"%d" % max(1, math.ceil(answer.until - now))),)
    raise No(STATUS.get(answer.name, 422), answer.name, answer.text, answer.field, facts, headers)
