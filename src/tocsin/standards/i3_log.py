"""One NENA i3 log event: read strictly, and written. What is wrong with one is told by the standard's own codes.

NENA-STA-010.3 §4.12.3; identifiers §2.1.6, §2.1.7 (`urn:emergency:uid:callid:` + 10 to 36 letters and digits + `:` + a
domain name). Bytes in, an event or a named no out; no signature is checked here.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

import msgspec

from tocsin.facts.values import Instant
from tocsin.standards.i3_types import HOLDS, MEMBERS, NEEDS_CALL, WORDS

Code: TypeAlias = Literal[
    400, 401, 403, 404, 405, 408, 409, 413, 434, 438, 454, 460, 461, 462, 463, 464, 465, 466, 467, 503
]
Uid: TypeAlias = Literal["callid", "incidentid", "logid"]

MEANING: dict[int, str] = {
    434: "Signature Verification Failure",
    438: "Unacceptable Algorithm",
    454: "Unspecified Error",
    460: "Bad LogEvent",
    461: "LogEvent too big",
    462: "LogEvent extension not on approved list",
    463: "LogEvent extension on disallowed list",
    464: "No Text in this Call",
    465: "Bad Timestamp",
    466: "endTime occurs before startTime",
    467: "Bad Geoshape",
}
"""What the codes of §4.12.3 mean, in the standard's words."""

MOST_B = 65_536
"""Bytes of one event; a longer one is refused with 461."""
NAME_MOST = 253
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_UID = re.compile(r"urn:emergency:uid:(callid|incidentid|logid):([A-Za-z0-9-]{10,36}):(.+)")
_AGENT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?")
# RFC 3261 §25.1: callid = word [ "@" word ], bounded as the conformance tests of NG9-1-1 bound it.
_WORD = r"[A-Za-z0-9\-.!%*_+`'~()<>:\\\"/\[\]?{}]+"
_SIP_ID = re.compile(rf"{_WORD}(?:@{_WORD})?")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})")
_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[^:]+))(?::(?P<port>\d{1,5}))?")


class LogEvent(msgspec.Struct, frozen=True):
    """An event that is as the standard has it."""

    kind: str
    at: Instant
    element: str
    agency: str
    agent: str = ""
    call: str = ""
    incident: str = ""
    members: dict[str, Any] = {}


class NotLogged(msgspec.Struct, frozen=True):
    """Why something was not done: the standard's code, a name, the member it is about."""

    code: Code
    name: str
    text: str
    field: str = ""


def parse(
    payload: bytes, approved: frozenset[str] = frozenset(), banned: frozenset[str] = frozenset()
) -> LogEvent | NotLogged:
    """The event in a payload, or the first thing that is wrong with it."""
    if len(payload) > MOST_B:
        return NotLogged(461, "too_big", f"An event has at most {MOST_B} bytes.", "payload")
    try:
        members = msgspec.json.decode(payload, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return _bad("malformed", "The payload is not a JSON object.", "payload")
    if "callIdSIP" in members and "callIdSip" not in members:  # the standard's text and its interface differ
        members["callIdSip"] = members.pop("callIdSIP")
    wrong = _shape(members) or _names(members) or _extension(members, approved, banned)
    if wrong is not None:
        return wrong
    at = instant(members["timestamp"])
    if at is None:
        return _bad("bad_timestamp", "It is not a date and time with its offset.", "timestamp")
    agent, call, incident = (str(members.get(name, "")) for name in ("agencyAgentId", "callId", "incidentId"))
    kind, element, agency = (members[name] for name in ("logEventType", "elementId", "agencyId"))
    return LogEvent(kind, at, element, agency, agent, call, incident, members)


def _bad(name: str, text: str, field: str) -> NotLogged:
    return NotLogged(460, name, text, field)


def _shape(members: dict[str, Any]) -> NotLogged | None:
    """Each member is one of this kind of event's, holds what it should, and none is missing."""
    kind = members.get("logEventType")
    known = MEMBERS.get(kind) if isinstance(kind, str) else None
    if known is None:
        return _bad(
            "unknown_type" if kind is not None else "missing", "It says no kind of event that is known.", "logEventType"
        )
    for name, value in members.items():
        if name not in known:
            return _bad("unknown_member", f"A {kind} has no such member.", name[:60])
        if not _holds(name, value):
            return _bad("wrong_type", f"It must hold {HOLDS.get(name, 'text')}.", name)
        words = WORDS.get((str(kind), name)) or WORDS.get(("", name))
        if words and value not in words:
            return _bad("unknown_word", f"It is one of {', '.join(words)}.", name)
    missing = [name for name, needed in known.items() if needed and name not in members]
    if kind in NEEDS_CALL:
        missing += [name for name in ("callId",) if name not in members]
    return _bad("missing", f"A {kind} must have it.", missing[0]) if missing else None


def _holds(name: str, value: Any) -> bool:
    match HOLDS.get(name, "text"):
        case "text":
            return isinstance(value, str)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "object":
            return isinstance(value, dict)
        case "texts":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case "objects":
            return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _names(members: dict[str, Any]) -> NotLogged | None:
    """Every identifier is written as the standard writes it."""
    for name, fits, words in (
        ("elementId", is_domain, "a domain name"),
        ("agencyId", is_domain, "a domain name"),
        ("agencyAgentId", is_agent, "agent@domain"),
        ("callId", lambda told: uid_of(told, "callid") is not None, "urn:emergency:uid:callid:…"),
        ("incidentId", lambda told: uid_of(told, "incidentid") is not None, "urn:emergency:uid:incidentid:…"),
        ("mergeIncidentId", lambda told: uid_of(told, "incidentid") is not None, "urn:emergency:uid:incidentid:…"),
        ("linkedIncidentId", lambda told: uid_of(told, "incidentid") is not None, "urn:emergency:uid:incidentid:…"),
        ("callIdSip", lambda told: len(told) <= 128 and bool(_SIP_ID.fullmatch(told)), "a SIP Call-ID"),
        ("ipAddressPort", is_address, "an address, and a port up to 65535"),
    ):
        if name in members and not fits(members[name]):
            return _bad("bad_identifier", f"It must be {words}.", name)
    return None


def _extension(members: dict[str, Any], approved: frozenset[str], banned: frozenset[str]) -> NotLogged | None:
    for name in members.get("extension", {}):
        if name in banned:
            return NotLogged(463, "extension_disallowed", "This extension is not taken here.", f"extension.{name[:60]}")
        if name not in approved:
            return NotLogged(
                462, "extension_not_approved", "This extension is not known here.", f"extension.{name[:60]}"
            )
    return None


def is_domain(text: str) -> bool:
    """Whether it is a fully qualified domain name (RFC 1035 §2.3.1, letters in ASCII)."""
    return len(text) <= NAME_MOST and bool(_DOMAIN.fullmatch(text))


def is_agent(text: str) -> bool:
    """Whether it is `agent@domain`."""
    agent, _, domain = text.partition("@")
    return len(text) <= NAME_MOST and bool(_AGENT.fullmatch(agent)) and ".." not in agent and is_domain(domain)


def is_address(text: str) -> bool:
    """Whether it is an IP address or a domain name, with a port or without."""
    found = _PORT.fullmatch(text)
    if found is None or int(found["port"] or 0) > 65_535:
        return False
    host = found["six"] or found["four"]
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return found["six"] is None and not host.replace(".", "").isdecimal() and is_domain(host)
    return True


def uid(kind: Uid, unique: str, domain: str) -> str:
    """An identifier of ours."""
    return f"urn:emergency:uid:{kind}:{unique}:{domain}"


def uid_of(text: str, kind: Uid) -> tuple[str, str] | None:
    """The unique part and the domain, or None for what is no such identifier."""
    found = _UID.fullmatch(text) if len(text) <= 400 else None
    return (found[2], found[3]) if found and found[1] == kind and is_domain(found[3]) else None


def instant(text: str) -> Instant | None:
    """Seconds since 1970 of a date and time with its offset (RFC 3339 §5.6; offsets that are in use somewhere)."""
    if not _TIME.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = found.utcoffset() or timedelta()
    return found.timestamp() if timedelta(hours=-12) <= offset <= timedelta(hours=14) else None


def stamp(at: Instant) -> str:
    """A moment as the standard writes it, in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
