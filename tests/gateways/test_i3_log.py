"""The door for recorders and neighbours: signed or not taken, kept byte for byte, read by those entitled to it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.hall import desk_on, give
from tests.web.asgi import Answer, Client
from tests.world import HERE, HOME, T0, room_of, taken
from tests.world import closed as ended
from tests.world import opened as begun

from tocsin.cli.keys_at import keys_at
from tocsin.desk.busy import Busy
from tocsin.desk.looks import Looks
from tocsin.domain import orders as o
from tocsin.domain.evolve import evolve
from tocsin.domain.orders_locations import ReportLocation
from tocsin.domain.orders_privacy import ErasePersonal
from tocsin.domain.refusals import Refusal
from tocsin.facts.base import Entry
from tocsin.facts.caller_links import LinkMessage
from tocsin.facts.calls import CallAttached, CallReleased
from tocsin.facts.neighbours import EventLogged
from tocsin.facts.privacy import KINDS
from tocsin.gateways.i3_ask import ROUTES
from tocsin.gateways.i3_log import LIMIT_B, I3Log, aside
from tocsin.gateways.i3_partners import load_key
from tocsin.log.memory import MemoryLog
from tocsin.log.sqlite import SqliteLog
from tocsin.settings import LoggingService, LogPartner, SettingsError
from tocsin.standards.i3_log import NotLogged, parse, stamp
from tocsin.standards.jws import Jws, Unproven, payload_of, prove

DOMAIN = "tocsin.example.org"
TOKEN = "the-token-of-the-recorder"
V1 = "/i3/Logging/v1"
CALL = f"urn:emergency:uid:callid:000000000001:{DOMAIN}"
INCIDENT = f"urn:emergency:uid:incidentid:000000000001:{DOMAIN}"
FOREIGN_CALL = "urn:emergency:uid:callid:a56e556d871:bcf.neighbour.example"
KEY = ed25519.Ed25519PrivateKey.generate()
EVENT = {
    "logEventType": "CallStartLogEvent",
    "timestamp": "2026-09-21T14:13:20.500+00:00",
    "elementId": "rec1.recorder.example",
    "agencyId": "recorder.example",
    "callId": FOREIGN_CALL,
    "callIdSip": "f81d4fae-7dec@osp.example",
    "direction": "incoming",
    "from": "tel:+35699123456",
}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw_sign(key: Any, signed: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return key.sign(signed)


def signed(event: Any, key: Any = KEY, alg: str = "EdDSA", **header: Any) -> dict[str, str]:
    """A flattened JWS as a recorder makes it."""
    protected = b64(msgspec.json.encode({"alg": alg, **header}))
    payload = b64(event if isinstance(event, bytes) else msgspec.json.encode(event))
    return {
        "payload": payload,
        "protected": protected,
        "signature": b64(raw_sign(key, f"{protected}.{payload}".encode())),
    }


def pem(path: Path, key: Any) -> Path:
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


class Wire:
    """A desk with its door, a recorder that writes, and readers of each kind."""

    def __init__(self, desk: Any, log: Any, folder: Path, *more: LogPartner, **settings: Any) -> None:
        self.desk = desk
        recorder = LogPartner("recorder", ("recorder.example",), (pem(folder / "k.pem", KEY),), TOKEN)
        self.door = I3Log(desk, log, LoggingService(DOMAIN, (recorder, *more), **settings), bytes(32))
        self.client = Client(aside(None, self.door))

    async def post(self, body: Any) -> Answer:
        return await self.client.ask("POST", f"{V1}/LogEvents", body)

    async def get(self, path: str, token: str = TOKEN) -> Answer:
        return await self.client.ask("GET", f"{V1}/{path}", authorization=f"Bearer {token}")

    async def page(self, path: str, token: str = TOKEN) -> Any:
        answer = await self.get(path, token)
        assert answer.status == 200, answer.raw
        return answer.json()

    async def events(self, path: str = "LogEvents", token: str = TOKEN) -> list[Any]:
        found = (await self.page(path, token))["logEventContainers"]
        return [opened(one["logEvent"]) for one in found]


def opened(jws: dict[str, str]) -> Any:
    return msgspec.json.decode(payload_of(Jws(**jws)))


@pytest.fixture
def at_door(tmp_path: Path) -> Callable[..., None]:
    def run(test: Any, *partners: LogPartner, **settings: Any) -> None:
        async def go() -> None:
            log = MemoryLog("north")
            async with desk_on(log) as desk:
                wire = Wire(desk, log, tmp_path, *partners, **settings)
                try:
                    await test(wire)
                finally:
                    wire.door.close()

        asyncio.run(go())

    return run


def test_an_event_is_kept_as_a_fact_and_read_back_byte_for_byte(at_door):
    async def test(wire: Wire) -> None:
        body = signed(EVENT)
        answer = await wire.post(body)
        assert answer.status == 201
        name = answer.json()
        assert name == f"urn:emergency:uid:logid:000000000002:{DOMAIN}"
        (entry,) = wire.desk._log.read(1)
        assert isinstance(entry.fact, EventLogged)
        assert (entry.by, entry.fact.partner, entry.fact.event) == ("i3:recorder", "recorder", "CallStartLogEvent")
        assert (entry.fact.call_id, entry.fact.call) == (FOREIGN_CALL, "")
        assert (await wire.page(f"LogEvents/{name}")) == body
        assert (await wire.page("LogEvents"))["logEventContainers"] == [{"logEventId": name, "logEvent": body}]

    at_door(test)


# -- as an attacker ---------------------------------------------------------------------------------------------------

STRANGER = ed25519.Ed25519PrivateKey.generate()
HS256 = {"protected": b64(b'{"alg":"HS256"}')}
NONE = {"protected": b64(b'{"alg":"none"}'), "signature": ""}
ATTACKS: list[tuple[str, Any, int, str, str]] = [
    ("nobody's key", signed(EVENT, STRANGER), 434, "wrong_signature", "signature"),
    ("alg none", signed(EVENT) | NONE, 438, "unsigned", "alg"),
    ("alg none, signed", signed(EVENT, alg="none"), 438, "unsigned", "alg"),
    ("key confusion", signed(EVENT) | HS256, 438, "unknown_algorithm", "alg"),
    ("another rule", signed(EVENT, alg="ES256"), 434, "wrong_signature", "signature"),
    ("a key in the header", signed(EVENT, STRANGER, jwk={"kty": "OKP"}), 434, "wrong_signature", "signature"),
    ("changed", signed(EVENT) | {"payload": b64(msgspec.json.encode(EVENT | {"to": "x"}))}, 434, "wrong_signature", ""),
    ("somebody else's element", signed(EVENT | {"elementId": "a.bank.example"}), 434, "not_the_signer", "elementId"),
    ("somebody else's agency", signed(EVENT | {"agencyId": "police.example"}), 434, "not_the_signer", "agencyId"),
    ("somebody else's agent", signed(EVENT | {"agencyAgentId": "a@b.example"}), 434, "not_the_signer", "agencyAgentId"),
    ("a name that only ends alike", signed(EVENT | {"agencyId": "evilrecorder.example"}), 434, "not_the_signer", ""),
    ("our own name", signed(EVENT | {"elementId": DOMAIN}), 434, "not_the_signer", "elementId"),
    ("deep", signed(b'{"a":' * 10_000), 460, "malformed", "payload"),
    ("big", signed(EVENT | {"to": "x" * 66_000}), 461, "too_big", "payload"),
    ("huge", {"payload": "A" * (LIMIT_B + 1)}, 461, "too_big", "body"),
    ("unknown kind", signed(EVENT | {"logEventType": "DropTableLogEvent"}), 460, "unknown_type", "logEventType"),
    ("extension", signed(EVENT | {"extension": {"x": 1}}), 462, "extension_not_approved", "extension.x"),
    ("banned", signed(EVENT | {"extension": {"rec:audio": 1}}), 463, "extension_disallowed", "extension.rec:audio"),
    ("an unprotected header", signed(EVENT) | {"header": {"alg": "none"}}, 460, "malformed", "body"),
    ("no object", [1], 460, "malformed", "body"),
    ("a text", "x", 460, "malformed", "body"),
]


@pytest.mark.parametrize(("name", "body", "code", "why", "field"), ATTACKS, ids=[one[0] for one in ATTACKS])
def test_what_is_not_a_partners_event_is_refused_by_code_name_and_field(at_door, name, body, code, why, field):
    async def test(wire: Wire) -> None:
        before = wire.desk.position()
        answer = await wire.post(body)
        assert (answer.status, answer.json()["name"]) == (code, why)
        assert answer.json()["field"].startswith(field)
        assert wire.desk.position() == before
        assert [one.name for one in wire.desk.tally.view().latest] == [why]

    at_door(test, extensions=("known",), extensions_refused=("rec:audio",))


def test_a_replay_is_done_once_and_has_the_answer_it_had(at_door):
    async def test(wire: Wire) -> None:
        body = signed(EVENT)
        answers = [(await wire.post(body)).json() for _ in range(3)]
        assert len(set(answers)) == 1
        assert wire.desk.position() == 2
        assert (await wire.page("LogEvents"))["totalCount"] == 1

    at_door(test)


def test_the_same_event_said_by_another_partner_is_its_own(at_door, tmp_path):
    other = ec.generate_private_key(ec.SECP256R1())
    partner = LogPartner("other", ("recorder.example",), (pem(tmp_path / "o.pem", other),), "the other's token")

    async def test(wire: Wire) -> None:
        await wire.post(signed(EVENT))
        assert (await wire.post(signed(EVENT, other, "ES256"))).status == 201
        assert [entry.fact.partner for entry in wire.desk._log.read(1)] == ["recorder", "other"]
        assert (await wire.page("LogEvents", "the other's token"))["totalCount"] == 1

    at_door(test, partner)


def test_ed448_keys_and_certificates_are_keys(at_door, tmp_path):
    key = ed448.Ed448PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rec.other.example")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    build = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    build = build.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    (tmp_path / "c.pem").write_bytes(build.sign(key, None).public_bytes(Encoding.PEM))
    partner = LogPartner("other", ("other.example",), (tmp_path / "c.pem",))

    async def test(wire: Wire) -> None:
        told = EVENT | {"elementId": "rec.other.example", "agencyId": "other.example"}
        assert (await wire.post(signed(told, key))).status == 201

    at_door(test, partner)


@pytest.mark.parametrize("held", [b"", b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n", b"\x00" * 100])
def test_a_key_file_that_holds_no_key_stops_the_start_in_one_line(tmp_path, held):
    (tmp_path / "k.pem").write_bytes(held)
    with pytest.raises(SettingsError, match=r"k\.pem: is not a public key or certificate"):
        load_key(tmp_path / "k.pem")
    weak = (
        ec.generate_private_key(ec.SECP192R1()) if hasattr(ec, "SECP192R1") else ec.generate_private_key(ec.SECP384R1())
    )
    with pytest.raises(SettingsError, match="Ed25519, Ed448 or P-256"):
        load_key(pem(tmp_path / "weak.pem", weak))
    with pytest.raises(SettingsError, match="No such file"):
        load_key(tmp_path / "absent.pem")


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper()])
def test_nobody_reads_without_a_token(at_door, token):
    async def test(wire: Wire) -> None:
        for path in ("LogEvents", "LogEventIds", "CallIds", "IncidentIds", "AgencyIds", "Conversations", "x/y"):
            answer = await wire.get(path, token)
            assert (answer.status, answer.json()["name"]) == (401, "wrong_token")
        mute = await wire.client.ask("GET", f"{V1}/LogEvents")
        assert mute.status == 401

    at_door(test)


def test_only_what_there_is_can_be_asked(at_door):
    async def test(wire: Wire) -> None:
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
            assert (await wire.client.ask(method, f"{V1}/LogEvents")).status == 405
        assert (await wire.client.ask("POST", f"{V1}/CallIds", {})).status == 405
        for path in ("Nothing", "LogEvents/a/b", "", "../Versions"):
            assert (await wire.get(path)).status == 404
        versions = await wire.client.ask("GET", "/i3/Logging/Versions")
        assert versions.json()["versions"] == [
            {"major": 1, "minor": 2, "serviceInfo": {"requiredAlgorithms": ["EdDSA"]}}
        ]
        assert versions.json()["fingerprint"] == wire.door.signer.thumbprint

    at_door(test)


TIMES = (
    "%20", "20155-08-21T12%3A58%3A03.01-05%3A00", "2015-13-21T12%3A58%3A03.01-05%3A00", "2015-12-32T12%3A58%3A03Z",
    "2015-12-21T24%3A58%3A03Z", "2015-12-21T12%3A60%3A03Z", "2015-12-21T12%3A58%3A61Z",
    "2015-12-21T12%3A58%3A03-13%3A00",
    "2015-02-30T12%3A58%3A03Z", "",
)  # fmt: skip
NUMBERS = ("test", "", "%20", "18446744073709551616", "-9223372036854775809", "-1", "1.5", "0x1", "%C2%B2")
QUERIES: list[tuple[str, int, str]] = [
    *((f"LogEvents?{name}={text}", 454, name) for name in ("limit", "start") for text in NUMBERS),
    *((f"IncidentIds?{name}={text}", 454, name) for name in ("limit", "start") for text in NUMBERS),
    *((f"LogEvents?{name}={text}", 465, name) for name in ("startTime", "endTime") for text in TIMES),
    *((f"CallIds?{name}={text}", 465, name) for name in ("startTime", "endTime") for text in TIMES),
    ("LogEvents?start=0", 454, "start"),
    ("LogEvents?logEventType=CallProcessLogEventt", 454, "logEventType"),
    ("LogEvents?startTime=2026-01-02T00%3A00%3A00Z&endTime=2026-01-01T00%3A00%3A00Z", 466, "endTime"),
    ("LogEvents?limit=1&limit=2", 454, "query"),
    ("LogEvents?callId=x", 454, "callId"),
    ("LogEvents?limit", 454, "query"),
    ("LogEvents?limit=%FF", 454, "query"),
    ("LogEventIds?callId=12", 404, "callId"),
    ("LogEventIds?callId=", 404, "callId"),
    (f"LogEventIds?incidentId={CALL}", 404, "incidentId"),
    ("AgencyIds", 454, "callId"),
    ("Conversations", 454, "callId"),
    ("Conversations?callId=x", 404, "callId"),
    ("LogEvents/test123", 404, "logEventId"),
    (f"LogEvents/urn:emergency:uid:logid:999999999999:{DOMAIN}", 404, "logEventId"),
    ("LogEvents/urn:emergency:uid:logid:000000000002:other.example", 404, "logEventId"),
    (f"LogEvents/urn:emergency:uid:logid:000000000001:{DOMAIN}", 404, "logEventId"),  # the centre's opening: no event
    (f"LogEvents/urn:emergency:uid:logid:0000000000002:{DOMAIN}", 404, "logEventId"),
    ("CallIds?area=test", 467, "area"),
    ("IncidentIds?area=", 467, "area"),
]  # fmt: skip


def test_a_bad_question_is_refused_by_code_and_argument(at_door):
    async def test(wire: Wire) -> None:
        await wire.post(signed(EVENT))
        for path, code, field in QUERIES:
            answer = await wire.get(path)
            assert (answer.status, answer.json()["field"]) == (code, field), path

    at_door(test)


@given(st.sampled_from(sorted(ROUTES)), st.binary(max_size=60))
def test_any_query_has_an_answer(tmp_path_factory, name, query):
    folder = tmp_path_factory.mktemp("q")

    async def go() -> None:
        log = MemoryLog("north")
        async with desk_on(log) as desk:
            wire = Wire(desk, log, folder)
            scope = wire.client.scope("GET", f"{V1}/{name}", {"authorization": f"Bearer {TOKEN}"})
            answer = await wire.client._send({**scope, "query_string": query}, b"")
            assert answer.status in (200, 404, 454, 464, 465, 466, 467)
            wire.door.close()

    asyncio.run(go())


# -- who may read what ------------------------------------------------------------------------------------------------

READERS = (
    LogPartner("fire", ("fire.example",), (), "the token of fire", "shared", ("fire",)),
    LogPartner("fire-and-callers", ("fire.example",), (), "fire with callers", "shared", ("fire",), True),
    LogPartner("police", ("police.example",), (), "the token of police", "shared", ("police",)),
    LogPartner("auditor", ("audit.example",), (), "the auditor's token", "all"),
    LogPartner("state", ("state.example",), (), "the state's token", "all", (), True),
)
FIRE, FIRE_SEES, POLICE, AUDITOR, STATE = (reader.token or "" for reader in READERS)


async def a_night(wire: Wire) -> None:
    """Two calls: one becomes an incident of the fire brigade, one is released; and recorders say what they heard."""
    desk = wire.desk
    await give(desk, o.RegisterUnit("E1", "engine", "fire", ("engine",), HOME), o.UnitOnDuty("E1", 4))
    await give(desk, o.ReceiveCall("112-1", "+356 9912 3456"), o.AnswerCall("1"), o.NoteCall("1", "third floor"))
    await give(desk, o.OpenIncident("FIRE", place=HERE, calls=("1",)), o.DispatchUnits("1", ("E1",)))
    await give(desk, o.ReceiveCall("112-2", "+356 7777 7777"), o.AnswerCall("2"), o.ReleaseCall("2", "information"))
    await give(desk, ReportLocation("pidf_lo", "1", raw="<presence>35.9 14.5</presence>", origin="lis"))
    for body in (
        EVENT | {"callId": CALL, "incidentId": INCIDENT},
        {
            **EVENT,
            "logEventType": "MessageLogEvent",
            "text": "<b>help</b> us",
            "callId": CALL,
            "from": None,
            "to": None,
        },
        EVENT,
    ):
        told = {name: value for name, value in body.items() if value is not None}
        assert (await wire.post(signed(told))).status == 201


def kinds(events: list[Any]) -> list[str]:
    return [event["logEventType"].removesuffix("LogEvent") for event in events]


def test_a_partner_reads_what_it_is_entitled_to_and_nothing_else(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        own = ["CallStart", "Message", "CallStart"]
        ours = ["CallStart", "CallStateChange", "CallProcess", "AdditionalAgency"]
        second = ["CallStart", "CallStateChange", "CallEnd"]
        told = {
            token: kinds(await wire.events(token=token)) for token in (TOKEN, FIRE, FIRE_SEES, POLICE, AUDITOR, STATE)
        }
        assert told == {
            TOKEN: own,
            FIRE: ours,
            FIRE_SEES: [*ours, "LocationResponse", *own[:2]],
            POLICE: [],
            AUDITOR: [*ours, *second],
            STATE: [*ours, *second, "LocationResponse", *own],
        }

    at_door(test, *READERS)


def test_no_word_of_a_caller_goes_to_whoever_may_not_see_callers(at_door):
    """The whole of every answer is searched, signatures opened."""

    async def test(wire: Wire) -> None:
        await a_night(wire)
        for token in (FIRE, AUDITOR, POLICE):
            said = ""
            for path in (*ROUTES, *(f"{name}?callId={CALL}" for name in ("LogEventIds", "AgencyIds", "Conversations"))):
                answer = await wire.get(path, token)
                said += answer.raw.decode()
                found = answer.json()
                for one in found.get("logEventContainers", ()) if isinstance(found, dict) else ():
                    said += str(opened(one["logEvent"]))
            for word in ("9912", "7777", "third floor", "35.9", "help", "35699123456", "Rua do Ouro"):
                assert word not in said
        assert "35699123456" in str(await wire.events(token=STATE)) + str(await wire.events(token=TOKEN))
        assert "tel:+35699123456" in str(await wire.events(token=STATE))

    at_door(test, *READERS)


def test_what_is_hidden_is_not_told_from_what_is_not_there(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        shown = (await wire.page("LogEvents", STATE))["logEventContainers"]
        mine = {one["logEventId"] for one in (await wire.page("LogEvents", FIRE))["logEventContainers"]}
        never = (await wire.get(f"LogEvents/urn:emergency:uid:logid:000000099999:{DOMAIN}", FIRE)).raw
        for one in shown:
            answer = await wire.get(f"LogEvents/{one['logEventId']}", FIRE)
            assert answer.status == (200 if one["logEventId"] in mine else 404)
            assert answer.status == 200 or answer.raw == never
        hidden = await wire.get(f"LogEventIds?callId={CALL}", POLICE)
        absent = await wire.get(f"LogEventIds?callId={CALL.replace('1:', '9:')}", POLICE)
        assert (hidden.status, hidden.raw) == (absent.status, absent.raw)

    at_door(test, *READERS)


def test_naming_an_incident_in_an_event_opens_nothing_of_it(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        assert kinds(await wire.events()) == ["CallStart", "Message", "CallStart"]
        ids = await wire.page(f"LogEventIds?incidentId={INCIDENT}")
        assert ids["totalCount"] == 2
        assert (await wire.page(f"AgencyIds?incidentId={INCIDENT}"))["agencyIds"] == ["recorder.example"]

    at_door(test)


def test_ours_are_signed_by_us_and_bear_the_identifiers_of_call_and_incident(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        containers = (await wire.page("LogEvents", FIRE))["logEventContainers"]
        for one in containers:
            assert not isinstance(prove(Jws(**one["logEvent"]), [wire.door.signer.public]), Unproven)
            assert not isinstance(parse(payload_of(Jws(**one["logEvent"]))), NotLogged)
        start, state, process, agency = (opened(one["logEvent"]) for one in containers)
        assert start == {
            "logEventType": "CallStartLogEvent", "timestamp": stamp(T0), "elementId": DOMAIN, "agencyId": DOMAIN,
            "callId": CALL, "incidentId": INCIDENT, "direction": "incoming", "standardPrimaryCallType": "emergency",
            "to": "112-1",
        }  # fmt: skip
        assert (state["state"], process["incidentId"], agency["agencyId"]) == ("Answered", INCIDENT, f"fire.{DOMAIN}")

    at_door(test, *READERS)


def test_lists_are_paged_and_filtered(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        every = await wire.page("LogEvents", STATE)
        assert every["count"] == every["totalCount"] == 11
        pages = [await wire.page(f"LogEvents?start={start}&limit=4", STATE) for start in (1, 5, 9, 13)]
        assert [page["count"] for page in pages] == [4, 4, 3, 0]
        assert {page["totalCount"] for page in pages} == {11}
        assert [one for page in pages for one in page["logEventContainers"]] == every["logEventContainers"]
        assert (await wire.page("LogEvents?limit=0", STATE))["logEventContainers"] == []
        assert kinds(await wire.events("LogEvents?logEventType=CallEndLogEvent", STATE)) == ["CallEnd"]
        assert (await wire.page("LogEvents?logEventType=HookflashLogEvent", STATE))["totalCount"] == 0
        at = stamp(T0).replace(":", "%3A").replace("+", "%2B")
        assert len(await wire.events(f"LogEvents?startTime={at}&endTime={at}", STATE)) == 8
        assert (await wire.page("LogEvents?startTime=2100-01-01T00%3A00%3A00Z", STATE))["totalCount"] == 0
        assert (await wire.page("CallIds", STATE))["callIds"] == [CALL, CALL.replace("1:", "2:"), FOREIGN_CALL]
        assert (await wire.page(f"CallIds?incidentId={INCIDENT}", STATE))["callIds"] == [CALL]
        assert (await wire.page("IncidentIds", STATE))["incidentIds"] == [INCIDENT]
        assert (await wire.page(f"LogEventIds?callId={FOREIGN_CALL}", STATE))["count"] == 1
        assert (await wire.page(f"LogEventIds?callId={CALL}", STATE))["count"] == 7
        agencies = (await wire.page(f"AgencyIds?callId={CALL}", STATE))["agencyIds"]
        assert agencies == [DOMAIN, f"fire.{DOMAIN}", "recorder.example"]

    at_door(test, *READERS)


def test_a_conversation_is_html_in_which_nothing_of_a_caller_is_code(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        page = await wire.page(f"Conversations?callId={CALL}", STATE)
        assert "&lt;b&gt;help&lt;/b&gt; us" in page
        assert "<b>help" not in page
        silent = await wire.get(f"Conversations?callId={FOREIGN_CALL}")
        assert (silent.status, silent.json()["name"]) == (464, "no_text")

    at_door(test, *READERS)


def test_what_is_recorded_later_stands_in_the_next_answer(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        assert len(await wire.events(token=FIRE)) == 4
        await give(wire.desk, o.StampUnit("E1", "available"), o.CloseIncident("1", "DONE"))
        assert kinds(await wire.events(token=FIRE))[-1] == "IncidentClear"

    at_door(test, *READERS)


# -- people are erased, looks are recorded ----------------------------------------------------------------------------


def test_an_event_is_sealed_and_erased_with_its_people_and_leaves_a_stub_that_we_sign(tmp_path):
    message = EVENT | {"logEventType": "MessageLogEvent", "text": "my name is Rita"}
    message = {name: value for name, value in message.items() if name != "from"}
    day = int(T0 // 86_400)

    async def go() -> None:
        with keys_at(tmp_path, "", "north", make=True) as keys:
            log = SqliteLog.open(tmp_path / "decisions.db", "north", codec=keys.codec)
            async with desk_on(log) as desk:
                desk.eraser.destroy = keys.ring.erase_now
                wire = Wire(desk, log, tmp_path)
                for body in (EVENT, message):
                    assert (await wire.post(signed(body))).status == 201
                before = await wire.events()
                assert [event.get("from") or event.get("text") for event in before] == [EVENT["from"], message["text"]]
                order = ErasePersonal(f"partner:recorder:{day}", ("media",))
                assert not isinstance((await give(desk, order))[0], Refusal)
                start, stub = await wire.events()
                assert start == before[0], "another kind of data was erased"
                assert stub == {
                    "logEventType": "MessageLogEvent", "timestamp": "2026-09-21T14:13:20.500+00:00",
                    "elementId": EVENT["elementId"], "agencyId": EVENT["agencyId"], "callId": FOREIGN_CALL,
                    "extension": {"tocsin": {"erased": True}},
                }  # fmt: skip
                assert (await wire.get(f"Conversations?callId={FOREIGN_CALL}")).status == 464
                wire.door.close()
            assert log.verify() == []
            log.close()

    asyncio.run(go())
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("decisions.db*"))
    for text in (b64(b"my name is Rita")[4:16], "35699123456", b64(msgspec.json.encode(EVENT))[40:80]):
        assert text.encode() not in stored


@pytest.mark.parametrize(
    ("call", "incident", "kept"),
    [
        ("", "", {"record": f"partner:recorder:{int(T0 // 86_400)}"}),
        ("1", "1", {}),  # it goes on
        ("2", "", {"call": "call:2"}),
        ("", "2", {"record": "incident:2"}),
    ],
)
def test_what_a_neighbour_said_of_people_has_an_end(call, incident, kept):
    facts = (taken("1"), begun("1"), CallAttached(T0, "1", "1"), taken("2"), CallReleased(T0, "2", "information"))
    room = room_of(*facts, begun("2"), ended("2"))
    for kind in KINDS:
        room.kept(kind).clear()
    evolve(room, EventLogged(T0 + 5, "recorder", "x", "a.b", "a.b", T0, call, incident, signed="s"))
    assert {kind: next(iter(room.kept(kind))) for kind in ("call", "record") if room.kept(kind)} == kept


def test_a_look_of_a_partner_stands_in_the_access_log_before_it_is_answered(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        looked = MemoryLog("looks", kind="looks")
        wire.door.looks = Looks(looked, lambda: T0)
        await wire.events(token=STATE)
        await wire.page(f"LogEventIds?incidentId={INCIDENT}", STATE)
        await wire.page(f"Conversations?callId={CALL}", STATE)
        assert (await wire.get("LogEvents?start=0", STATE)).status == 454
        facts = [(entry.by, entry.fact) for entry in looked.read()]
        told = [(by, fact.what, fact.incident, fact.call, fact.via) for by, fact in facts]
        assert told == [
            ("i3:state", "export", "", "", "i3 LogEvents"),
            ("i3:state", "export", "1", "", "i3 LogEventIds"),
            ("i3:state", "export", "", "1", "i3 Conversations"),
        ]
        assert [fact.count for _, fact in facts] == [11, 7, 1]

        async def refuse(*_: Any, **__: Any) -> int:
            raise Busy("not_recorded", "full")

        wire.door.looks.record = refuse
        answer = await wire.get("LogEvents", STATE)
        assert (answer.status, answer.json()["name"]) == (503, "not_recorded")

    at_door(test, *READERS)


def test_what_is_written_on_a_callers_page_is_in_the_conversation(at_door):
    async def test(wire: Wire) -> None:
        await a_night(wire)
        said = (
            LinkMessage(T0, "K1", "1", 1, "ana", "where <exactly>?"),
            LinkMessage(T0, "K1", "1", 2, "", "behind the door"),
        )
        log = wire.desk._log
        for fact in said:
            log.append([Entry(log.position() + 1, T0, "x", f"m{fact.n}", 0, fact)], log.position())
        page = await wire.page(f"Conversations?callId={CALL}", STATE)
        assert '<b>outgoing</b> <span dir="auto">where &lt;exactly&gt;?</span>' in page
        assert '<b>incoming</b> <span dir="auto">behind the door</span>' in page
        messages = await wire.events("LogEvents?logEventType=MessageLogEvent", STATE)
        assert [(one["direction"], one["text"]) for one in messages[-2:]] == [
            ("outgoing", "where <exactly>?"), ("incoming", "behind the door"),
        ]  # fmt: skip
        assert kinds(await wire.events(token=FIRE)).count("Message") == 0

    at_door(test, *READERS)
