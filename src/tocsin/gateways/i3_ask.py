"""What a partner may read of the record, by the routes of the NENA i3 logging service. Runs in one thread; blocks.

Every answer is folded from rows that the partner is entitled to: what it may not see is not counted, not listed and not
told apart from what is not there.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec
import numpy as np

from tocsin.facts.caller_links import LinkMessage
from tocsin.facts.neighbours import EventLogged
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant
from tocsin.gateways.i3_index import Index, Mask
from tocsin.gateways.i3_ours import ERASED, Members, Ours, log_id, number_of, our_id
from tocsin.log.port import Log
from tocsin.settings import LogPartner
from tocsin.standards.i3_log import Code, NotLogged, instant, stamp, uid
from tocsin.standards.i3_types import MEMBERS, SHOWS
from tocsin.standards.jws import Jws, Signer, payload_of

Asked: TypeAlias = Mapping[str, str]
PAGE_MOST = 200
"""Events of one page. Ids are short: of them a page holds ten times as many."""
WHOLE_MOST = 2_147_483_647


class Wrong(Exception):  # noqa: N818 - the word of the house
    """A request that is not answered, and why: never leaves this module."""

    def __init__(self, code: Code, name: str, text: str, field: str) -> None:
        super().__init__(name)
        self.why = NotLogged(code, name, text, field)


Found: TypeAlias = Any
_Route: TypeAlias = Callable[["Library", LogPartner, Asked], Found]


class Page(msgspec.Struct, frozen=True):
    """Which part of a list was asked for; `start` counts from 1."""

    start: int
    limit: int


class Library:
    """The record, for those who read it."""

    def __init__(self, log: Log, domain: str, signer: Signer, recent: Callable[[], Instant]) -> None:
        """`recent`: where callers were is told of what is live, or was closed after this instant."""
        self._log, self._recent = log, recent
        self.domain = domain
        self._index = Index(log, domain)
        self._ours = Ours(domain, signer, self._index.agency_of)
        self._signer = signer

    def answer(self, partner: LogPartner, way: str, asked: Asked) -> Found | NotLogged:
        """The body of an answer, or why there is none. Raises LogError."""
        try:
            return self._answer(partner, way, asked)
        except Wrong as wrong:
            return wrong.why

    def _answer(self, partner: LogPartner, way: str, asked: Asked) -> Found:
        parts = way.split("/")
        route = ROUTES.get(parts[1]) if len(parts) == 2 and parts[0] == "v1" else None
        one = len(parts) == 3 and parts[:2] == ["v1", "LogEvents"]
        if route is None and not one:
            raise Wrong(404, "unknown_route", "There is no such list here.", "")
        self._index.catch_up()
        if route is None:
            return self.event(partner, parts[2], asked)
        read, arguments = route
        for name in asked:
            if name not in arguments:
                raise Wrong(454, "unknown_argument", f"The arguments are {', '.join(arguments)}.", name[:60])
        return read(self, partner, asked)

    def event(self, partner: LogPartner, name: str, asked: Asked) -> Found:
        """GET LogEvents/{logEventId}."""
        if asked:
            raise Wrong(454, "unknown_argument", "One event is asked for without arguments.", "query")
        number = number_of(name, "logid", self.domain)
        row = self._index.row_of(int(number)) if number else None
        if row is None or not self._visible(partner)[row]:
            raise Wrong(404, "unknown_event", "There is no such event, or it is not yours to read.", "logEventId")
        return self._told([row], partner)[0][1]

    def events(self, partner: LogPartner, asked: Asked) -> Found:
        """GET LogEvents: by kind and time."""
        page, window = _page(asked, PAGE_MOST), _window(asked)
        mask = self._visible(partner) & self._index.events() & self._index.between(*window)
        if "logEventType" in asked:
            if asked["logEventType"] not in MEMBERS:
                raise Wrong(454, "unknown_type", "There is no such kind of event.", "logEventType")
            mask &= self._index.of_kind(asked["logEventType"])
        rows = self._index.rows(mask)
        shown = [{"logEventId": name, "logEvent": jws} for name, jws in self._told(_part(rows, page), partner)]
        return _list("logEventContainers", shown, len(rows))

    def event_ids(self, partner: LogPartner, asked: Asked) -> Found:
        """GET LogEventIds: of a call or an incident."""
        mask = self._named(partner, asked)
        page = _page(asked, PAGE_MOST * 10)
        rows = self._index.rows(mask & self._index.events())
        names = [log_id(self._index.at(row)[0], self.domain) for row in _part(rows, page)]
        return _list("logEventIds", names, len(rows))

    def call_ids(self, partner: LogPartner, asked: Asked) -> Found:
        """GET CallIds: of an incident, or by time."""
        return self._ids(partner, asked, "callIds", lambda mask: map(self._call_id, self._index.calls_in(mask)))

    def incident_ids(self, partner: LogPartner, asked: Asked) -> Found:
        """GET IncidentIds: by time."""
        return self._ids(
            partner, asked, "incidentIds", lambda mask: map(self._incident_id, self._index.incidents_in(mask))
        )

    def _ids(self, partner: LogPartner, asked: Asked, name: str, of: Callable[[Mask], Any]) -> Found:
        mask, page, window = self._named(partner, asked), _page(asked, PAGE_MOST * 10), _window(asked)
        if "area" in asked:
            raise Wrong(467, "bad_geoshape", "Searching by area is not offered here.", "area")
        found = list(of(mask & self._index.between(*window)))
        return _list(name, _part(found, page), len(found))

    def agency_ids(self, partner: LogPartner, asked: Asked) -> Found:
        """GET AgencyIds: who had to do with a call or an incident."""
        if not {"callId", "incidentId"} & set(asked):
            raise Wrong(454, "missing", "Say of which call or incident.", "callId")
        mask, page = self._named(partner, asked), _page(asked, PAGE_MOST * 10)
        rows = self._index.rows(mask & self._index.events())
        agencies = list(dict.fromkeys(self._agency(entry) for entry in self._entries(rows)))
        return _list("agencyIds", _part(agencies, page), len(agencies))

    def conversation(self, partner: LogPartner, asked: Asked) -> Found:
        """GET Conversations: the text of a call, for people; a string of HTML in which nothing of a caller is code."""
        if "callId" not in asked:
            raise Wrong(454, "missing", "Say of which call.", "callId")
        mask = self._named(partner, asked)
        written = np.zeros(len(mask), bool)
        for kind in SHOWS:
            written |= self._index.of_kind(kind)
        lines = [line for entry in self._entries(self._index.rows(mask & written)) if (line := _line(entry))]
        if not lines:
            raise Wrong(464, "no_text", "Nothing was written in this call.", "callId")
        return f'<!doctype html><meta charset="utf-8"><ol>{"".join(lines)}</ol>'

    # -- what is entitled ---------------------------------------------------------------------------------------------

    def _visible(self, partner: LogPartner) -> Mask:
        return self._index.visible(
            partner.name, partner.reads, partner.agencies, self._recent(), sight=partner.caller_data
        )

    def _named(self, partner: LogPartner, asked: Asked) -> Mask:
        """Visible rows of the call and the incident that are named; an unknown one is not told from a hidden one."""
        mask = self._visible(partner)
        if "callId" in asked:
            mask = mask & self._index.of_call(asked["callId"])
        if "incidentId" in asked:
            mask = mask & self._index.of_incident(asked["incidentId"])
        if not mask.any() and {"callId", "incidentId"} & set(asked):
            field = "callId" if "callId" in asked else "incidentId"
            raise Wrong(404, "unknown_id", "There is no such call or incident, or it is not yours to read.", field)
        return mask

    def _entries(self, rows: list[int]) -> list[AnyEntry]:
        return self._log.at([self._index.at(row)[0] for row in rows])

    def _told(self, rows: list[int], partner: LogPartner) -> list[tuple[str, Jws]]:
        """Identifier and signed event of each row."""
        out = []
        for row, entry in zip(rows, self._entries(rows), strict=True):
            out.append((log_id(entry.position, self.domain), self._one(row, entry, partner)))
        return out

    def _one(self, row: int, entry: AnyEntry, partner: LogPartner) -> Jws:
        fact = entry.fact
        if isinstance(fact, EventLogged):
            text = fact.signed or fact.signed_place or fact.signed_words
            return Jws.of_compact(text) if text else self._sign(_left_of(fact))
        _, call, incident = self._index.at(row)
        members = self._ours.members(entry, str(call or ""), str(incident or ""), seen=partner.caller_data)
        return self._sign(members or {})

    def _sign(self, members: Members) -> Jws:
        return self._signer.sign(msgspec.json.encode(members))

    def _agency(self, entry: AnyEntry) -> str:
        if isinstance(entry.fact, EventLogged):
            return entry.fact.agency
        members = self._ours.members(entry, "", "", seen=False) or {}
        return str(members.get("agencyId", self.domain))

    def _call_id(self, code: int) -> str:
        return uid("callid", our_id(str(code)), self.domain) if code > 0 else self._index.calls.stated(code)

    def _incident_id(self, code: int) -> str:
        return uid("incidentid", our_id(str(code)), self.domain) if code > 0 else self._index.incidents.stated(code)


_PAGE, _TIMES = ("limit", "start"), ("startTime", "endTime")
ROUTES: dict[str, tuple[_Route, tuple[str, ...]]] = {
    "LogEvents": (Library.events, (*_PAGE, *_TIMES, "logEventType")),
    "LogEventIds": (Library.event_ids, (*_PAGE, "callId", "incidentId")),
    "CallIds": (Library.call_ids, (*_PAGE, *_TIMES, "incidentId", "area")),
    "IncidentIds": (Library.incident_ids, (*_PAGE, *_TIMES, "area")),
    "AgencyIds": (Library.agency_ids, (*_PAGE, "callId", "incidentId")),
    "Conversations": (Library.conversation, ("callId",)),
}
"""Lists, and the arguments each one knows."""


def _left_of(fact: EventLogged) -> Members:
    """What stays of a neighbour's event when the people in it were erased; signed by us, for its signature is gone."""
    told = {
        "logEventType": fact.event,
        "timestamp": stamp(fact.said_at),
        "elementId": fact.element,
        "agencyId": fact.agency,
        "callId": fact.call_id,
        "incidentId": fact.incident_id,
    }
    return {name: value for name, value in told.items() if value} | {"extension": ERASED}


def _line(entry: AnyEntry) -> str:
    fact = entry.fact
    if isinstance(fact, LinkMessage):
        who, body, at = "outgoing" if fact.by else "incoming", fact.text or fact.phrase, fact.at
    elif fact.signed_words:
        members = msgspec.json.decode(payload_of(Jws.of_compact(fact.signed_words)), type=dict[str, Any])
        who, body, at = members["direction"], members["text"], fact.said_at
    else:
        return ""
    if body.startswith(("MESSAGE ", "MSRP ")):  # the whole message was logged: its words come after the headers
        body = body.replace("\r\n", "\n").partition("\n\n")[2]
    if not body:
        return ""
    return f'<li><time>{stamp(at)}</time> <b>{who}</b> <span dir="auto">{html.escape(body)}</span></li>'


def _list(name: str, shown: list[Any], total: int) -> dict[str, Any]:
    return {"count": len(shown), "totalCount": total, name: shown}


def _part(found: list[Any], page: Page) -> list[Any]:
    return found[page.start - 1 : page.start - 1 + page.limit]


def _page(asked: Asked, most: int) -> Page:
    told = {}
    for name, usual, least in (("start", 1, 1), ("limit", most, 0)):
        text = asked.get(name, str(usual))
        if not (text.isascii() and text.isdecimal() and len(text) <= 10 and least <= int(text) <= WHOLE_MOST):
            raise Wrong(454, "bad_number", f"It must be a whole number from {least}.", name)
        told[name] = int(text)
    return Page(told["start"], min(told["limit"], most))


def _window(asked: Asked) -> tuple[float | None, float | None]:
    told: list[float | None] = []
    for name in _TIMES:
        at = instant(asked[name]) if name in asked else None
        if name in asked and at is None:
            raise Wrong(465, "bad_timestamp", "It is not a date and time with its offset.", name)
        told.append(at)
    since, until = told
    if since is not None and until is not None and until < since:
        raise Wrong(466, "end_before_start", "endTime comes before startTime.", "endTime")
    return since, until
