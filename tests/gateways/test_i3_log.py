"""The door for recorders and neighbours: signed or not taken, kept byte for byte, read by those entitled to it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.desk.hall import desk_on
from tests.web.asgi import Answer, Client

from tocsin.facts.neighbours import EventLogged
from tocsin.gateways.i3_log import I3Log, aside
from tocsin.log.memory import MemoryLog
from tocsin.settings import LoggingService, LogPartner
from tocsin.standards.jws import Jws, payload_of

DOMAIN = "tocsin.example.org"
TOKEN = "the recorder's token"
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
