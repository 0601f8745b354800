"""NENA i3 log events: every kind is known, every mistake has its code, name and member."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.standards.i3_log import (
    MEANING,
    MOST_B,
    LogEvent,
    NotLogged,
    instant,
    is_agent,
    is_domain,
    parse,
    stamp,
    uid,
    uid_of,
)
from tocsin.standards.i3_types import HOLDS, MEMBERS, NEEDS_CALL, PLACES, SHOWS, WORDS

SAMPLES = Path(__file__).parents[1] / "samples" / "i3"
CALL = "urn:emergency:uid:callid:a56e556d871:bcf.ng911.example"
INCIDENT = "urn:emergency:uid:incidentid:a56e556d871:bcf.ng911.example"
GOOD = {
    "logEventType": "CallStateChangeLogEvent",
    "timestamp": "2026-03-10T11:00:01.25-05:00",
    "elementId": "bcf.ng911.example",
    "agencyId": "psap.ng911.example",
    "callId": CALL,
    "callIdSip": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@osp.example",
    "state": "Ringing",
    "direction": "incoming",
}
EXAMPLES = {"text": "x", "texts": ["1"], "whole": 1, "object": {}, "objects": [{"type": "a", "value": "b"}]}


def with_(**changes: Any) -> bytes:
    return msgspec.json.encode({name: value for name, value in (GOOD | changes).items() if value is not None})


def whole(kind: str) -> dict[str, Any]:
    """An event of this kind with every member that it may have."""
    told = {name: EXAMPLES[HOLDS.get(name, "text")] for name in MEMBERS[kind]}
    told |= {name: (WORDS.get((kind, name)) or WORDS.get(("", name)) or (told[name],))[0] for name in told}
    told |= {name: GOOD[name] for name in ("timestamp", "elementId", "agencyId", "callIdSip") if name in told}
    ids = {name: INCIDENT for name in told if name in ("incidentId", "mergeIncidentId", "linkedIncidentId")}
    more = {"callId": CALL, "agencyAgentId": "ana@ng911.example", "ipAddressPort": "192.0.2.1:5061"}
    return told | ids | more | {"logEventType": kind}


@pytest.mark.parametrize("kind", MEMBERS)
def test_every_kind_of_event_is_read_with_all_its_members(kind):
    event = parse(msgspec.json.encode(whole(kind)))
    assert isinstance(event, LogEvent), event
    assert (event.kind, event.call, event.agent) == (kind, CALL, "ana@ng911.example")


@pytest.mark.parametrize("kind", MEMBERS)
def test_every_member_that_must_be_there_is_missed_by_name(kind):
    told = whole(kind)
    must = [name for name, needed in MEMBERS[kind].items() if needed] + (["callId"] if kind in NEEDS_CALL else [])
    for name in must:
        found = parse(msgspec.json.encode({key: value for key, value in told.items() if key != name}))
        assert isinstance(found, NotLogged), name
        assert (found.code, found.name, found.field) == (460, "missing", name)


@pytest.mark.parametrize("kind", MEMBERS)
def test_no_member_holds_another_kind_of_thing(kind):
    told = whole(kind)
    for name in MEMBERS[kind]:
        for wrong in (None, 1.5, True, [1], {"a": []} if HOLDS.get(name) not in ("object",) else "a"):
            found = parse(msgspec.json.encode(told | {name: wrong}))
            assert isinstance(found, NotLogged), (name, wrong)
            assert found.field in (name, "logEventType")


def test_the_sets_name_kinds_that_there_are():
    assert set(MEMBERS) >= NEEDS_CALL | PLACES | SHOWS
    assert not PLACES & SHOWS


WRONG: list[tuple[bytes, int, str, str]] = [
    (b"", 460, "malformed", "payload"),
    (b"[]", 460, "malformed", "payload"),
    (b'"x"', 460, "malformed", "payload"),
    (b"\xff\xfe", 460, "malformed", "payload"),
    (b"[" * 40_000, 460, "malformed", "payload"),
    (b'{"a":' * 10_000, 460, "malformed", "payload"),
    (b" " * (MOST_B + 1), 461, "too_big", "payload"),
    (with_(logEventType=None), 460, "missing", "logEventType"),
    (with_(logEventType="CallStateChangeLogEventt"), 460, "unknown_type", "logEventType"),
    (with_(logEventType=7), 460, "unknown_type", "logEventType"),
    (with_(clientAssignedIdentifier=123), 460, "wrong_type", "clientAssignedIdentifier"),
    (with_(agencyPositionId=123), 460, "wrong_type", "agencyPositionId"),
    (with_(surprise="x"), 460, "unknown_member", "surprise"),
    (with_(direction="sideways"), 460, "unknown_word", "direction"),
    (with_(callId=None), 460, "missing", "callId"),
    (with_(extension={"evil": 1}), 462, "extension_not_approved", "extension.evil"),
    (with_(extension={"banned": 1}), 463, "extension_disallowed", "extension.banned"),
    *(
        (with_(timestamp=f"{text}"), 460, "bad_timestamp", "timestamp")
        for text in (
            "20155-08-21T12:58:03.01-05:00", "2015-13-21T12:58:03.01-05:00", "2015-12-32T12:58:03.01-05:00",
            "2015-12-21T24:58:03.01-05:00", "2015-12-21T12:60:03.01-05:00", "2015-12-21T12:58:61.01-05:00",
            "2015-12-21T12:58:03.01-13:00", "2015-02-30T12:58:03.01-05:00", "2015-12-21T12:58:03", "", "now",
            "2015-12-21 12:58:03Z",
        )
    ),
    *(
        (with_(**{name: text}), 460, "bad_identifier", name)
        for name in ("elementId", "agencyId")
        for text in ("bcf#.ng911.te$t", "bcf..ng911.example", ".ng911.example", "x" * 64 + ".example", "localhost", "")
    ),
    (with_(elementId="a." * 130 + "example"), 460, "bad_identifier", "elementId"),
    *(
        (with_(agencyAgentId=text), 460, "bad_identifier", "agencyAgentId")
        for text in ("ana@ng911.te$t", "ng911.example", "ana@@a.example", ".ana@a.example", "ana@", "@a.example")
    ),
    *(
        (with_(callId=text), 460, "bad_identifier", "callId")
        for text in (
            "urn:emergency:uid:callidd:123456789qwerty:bcf.ng911.example",
            "urn:emergency:uid:callid:123456789:bcf.ng911.example",
            "urn:emergency:uid:callid:123456789qwertyuiop1234567890qwertyui:bcf.ng911.example",
            "urn:emergency:uid:callid:123456789qwertyuiop:bcf.ng911..example",
            "urn:emergency:uid:callid:123456789qwertyuiop::bcf.ng911.example",
            INCIDENT, "", "12",
        )
    ),
    (with_(incidentId=CALL), 460, "bad_identifier", "incidentId"),
    *(
        (with_(callIdSip=text), 460, "bad_identifier", "callIdSip")
        for text in ("", "f81d@4fae@osp.example", "a b", "x" * 129, "f81d,4fae@osp.example")
    ),
    *(
        (with_(ipAddressPort=text), 460, "bad_identifier", "ipAddressPort")
        for text in ("192.168.64..15:8080", "192.168.64.15:65536", "192.168.64.256:1", "[::1", "", "a b.example:1")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "code", "name", "field"), WRONG)
def test_what_is_wrong_is_told_by_code_name_and_member(payload, code, name, field):
    found = parse(payload, frozenset({"known"}), frozenset({"banned"}))
    assert isinstance(found, NotLogged)
    assert (found.code, found.name, found.field) == (code, name, field)
    assert found.text
    assert code in MEANING


@pytest.mark.parametrize(
    "changes",
    [
        {"clientAssignedIdentifier": "\n"}, {"clientAssignedIdentifier": "'"}, {"agencyPositionId": "("},
        {"extension": {"known": {"deep": [1]}}}, {"extension": {}}, {"ipAddressPort": "[2001:db8::1]:5061"},
        {"ipAddressPort": "bcf.ng911.example"}, {"ipAddressPort": "192.0.2.1"}, {"agencyAgentId": "a.b+c@x.example"},
        {"callIdSip": None, "callIdSIP": "f81d4fae@osp.example"}, {"timestamp": "2026-03-10T11:00:01Z"},
    ],
)  # fmt: skip
def test_what_is_odd_and_right_is_read(changes):
    assert isinstance(parse(with_(**changes), frozenset({"known"})), LogEvent)


def test_times_and_identifiers_come_back_as_they_went():
    assert instant("2026-03-10T11:00:01.25-05:00") == 1_773_158_401.25
    assert instant(stamp(1_773_158_401.25)) == 1_773_158_401.25
    assert uid_of(uid("callid", "000000000012", "a.example"), "callid") == ("000000000012", "a.example")
    assert uid_of(CALL, "logid") is None
    assert [is_domain("a.example"), is_domain("a"), is_agent("x@a.example")] == [True, False, True]


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_every_golden_sample_is_read(file):
    told = msgspec.json.decode(file.read_bytes())
    assert told.pop("SOURCE")
    event = parse(msgspec.json.encode(told))
    assert isinstance(event, LogEvent), event
    assert event.kind == file.stem


def test_there_is_a_sample_of_each_kind_that_recorders_send_most():
    assert len(list(SAMPLES.glob("*.json"))) >= 8


@given(st.binary(max_size=400))
def test_any_bytes_are_an_event_or_a_named_no(payload):
    assert isinstance(parse(payload), LogEvent | NotLogged)


@given(st.dictionaries(st.sampled_from(sorted({n for m in MEMBERS.values() for n in m})), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.sampled_from([CALL, INCIDENT, *MEMBERS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3), max_leaves=8,
)))  # fmt: skip
def test_any_members_are_an_event_or_a_named_no(told):
    assert isinstance(parse(msgspec.json.encode(told)), LogEvent | NotLogged)
