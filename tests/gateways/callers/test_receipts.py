"""Delivery receipts of SMS gateways: each word by its meaning, forged and unknown ones refused by name, and seen."""

from __future__ import annotations

import asyncio
import base64
import socket
import struct
import threading
from typing import Any

import msgspec
import pytest
from tests.desk.hall import give, with_desk
from tests.web.asgi import Answer, Client

from tocsin.domain import orders as o
from tocsin.gateways.callers import receipts
from tocsin.gateways.callers.callers import Callers
from tocsin.gateways.callers.receipts import Receipt, meant, read_callback, read_smpp
from tocsin.gateways.callers.sms_smpp_receipts import SmppReceipts
from tocsin.gateways.intake import Intake, beside
from tocsin.gateways.reading import Unread
from tocsin.log.memory import MemoryLog
from tocsin.settings import Callers as Setting
from tocsin.settings import Partner, SmsSmpp

KEY = "a-key-of-this-gateway"
GATEWAY = Partner("operator", ("receipt",), KEY)
NESTED = Partner(
    "operator", ("receipt",), KEY, receipt_reference="results.0.messageId", receipt_state="results.0.s.name"
)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(receipts, "QUICK_S", 0.02)


def at_desk(test: Any, partner: Partner = GATEWAY) -> None:
    """A desk with one link, handed to `operator` as message m-77; and the gateway's client."""

    async def run(desk: Any) -> None:
        intake = Intake(desk, (partner,))
        client = Client(beside(None, intake))  # type: ignore[arg-type]

        async def send(raw: bytes, bearer: str = f"Bearer {KEY}", name: str = "operator") -> Answer:
            return await client.ask("POST", f"/intake/receipt/{name}", raw=raw, authorization=bearer)

        try:
            await give(desk, o.ReceiveCall("112", "+351912345678"), o.AnswerCall("1"), o.SendCallerLink("1"))
            await give(desk, o.PassLink("K1", "operator", "m-77"))
            await test(desk, send)
        finally:
            intake.close()

    with_desk(MemoryLog("north"), run)


def row(desk: Any) -> Any:
    return desk.board.caller_links["K1"]


@pytest.mark.parametrize(
    ("raw", "state", "why"),
    [
        (b'{"reference": "m-77", "status": "delivered"}', "delivered", None),
        (b'{"messageId": "m-77", "status": "DELIVRD"}', "delivered", None),
        (b"MessageSid=m-77&MessageStatus=undelivered&To=%2B351912345678", "failed", "undeliverable"),
        (b"id=m-77&stat=EXPIRED", "failed", "expired"),
        (b'{"id": "m-77", "state": "REJECTD"}', "failed", "rejected"),
        (b'{"id": "m-77", "state": "failed"}', "failed", "unknown"),
    ],
)
def test_a_receipt_stands_with_its_link(raw, state, why):
    async def test(desk: Any, send: Any) -> None:
        answer = await send(raw)
        assert (answer.status, answer.json()) == (200, {"taken": True, "repeated": False})
        assert (row(desk).delivery, row(desk).delivery_why, row(desk).status) == (state, why, "passed")
        before = desk.position()
        assert (await send(raw)).json()["repeated"] is True
        assert (await send(raw + b" ")).status == 200, "the same again in other bytes"
        assert desk.position() == before

    at_desk(test)


def test_fields_stand_where_the_settings_say():
    async def test(desk: Any, send: Any) -> None:
        body = {"results": [{"messageId": "m-77", "s": {"name": "DELIVERED"}}], "id": "another", "state": "failed"}
        assert (await send(msgspec.json.encode(body))).status == 200
        assert row(desk).delivery == "delivered"

    at_desk(test, NESTED)


@pytest.mark.parametrize(
    ("raw", "bearer", "status", "name"),
    [
        (b'{"id": "m-77", "state": "delivered"}', "Bearer another", 403, "wrong_key"),
        (b'{"id": "m-77", "state": "delivered"}', "", 403, "wrong_key"),
        (b'{"id": "m-78", "state": "delivered"}', f"Bearer {KEY}", 404, "unknown_receipt"),
        (b'{"id": "m-77", "state": "great"}', f"Bearer {KEY}", 422, "unknown_value"),
        (b'{"state": "delivered"}', f"Bearer {KEY}", 400, "malformed"),
        (b'{"id": ["m-77"], "state": "delivered"}', f"Bearer {KEY}", 400, "malformed"),
        (b'{"id": "%s", "state": "delivered"}' % (b"m" * 900), f"Bearer {KEY}", 400, "malformed"),
        (b"[" * 100_000, f"Bearer {KEY}", 400, "malformed"),
        (b"\xff\xfe", f"Bearer {KEY}", 400, "malformed"),
        (b"", f"Bearer {KEY}", 400, "malformed"),
        (b"x" * 300_000, f"Bearer {KEY}", 413, "too_large"),
    ],
)
def test_what_is_forged_unknown_or_unreadable_is_refused_by_name_and_seen(raw, bearer, status, name):
    async def test(desk: Any, send: Any) -> None:
        before = desk.position()
        answer = await send(raw, bearer)
        assert (answer.status, answer.json()["name"]) == (status, name)
        assert [(one.way, one.name) for one in desk.tally.view().latest] == [("receipt", name)]
        assert desk.position() == before
        assert row(desk).delivery is None

    at_desk(test)


def test_one_gateway_says_nothing_of_anothers_messages():
    async def test(desk: Any, send: Any) -> None:
        assert (await send(b'{"id": "m-77", "state": "failed"}', name="other")).json()["name"] == "unknown_receipt"
        assert row(desk).delivery is None

    at_desk(test, Partner("other", ("receipt",), KEY))


def test_a_callback_that_can_only_say_basic():
    async def test(desk: Any, send: Any) -> None:
        basic = base64.b64encode(f"operator:{KEY}".encode()).decode()
        assert (await send(b'{"id": "m-77", "state": "delivered"}', f"Basic {basic}")).status == 200

    at_desk(test)


def test_one_under_way_is_taken_and_says_nothing_yet_and_a_quick_one_waits_for_its_message():
    async def test(desk: Any, send: Any) -> None:
        assert (await send(b'{"id": "m-77", "state": "queued"}')).status == 200
        assert row(desk).delivery is None
        await give(desk, o.ReceiveCall("112", "+351911111111"), o.SendCallerLink("2"))
        receipts.QUICK_S = 0.3
        quick = asyncio.create_task(send(b'{"id": "m-78", "state": "delivered"}'))
        await asyncio.sleep(0.05)
        await give(desk, o.PassLink("K2", "operator", "m-78"))
        assert (await quick).status == 200
        assert desk.board.caller_links["K2"].delivery == "delivered"

    at_desk(test)


def test_a_receipt_after_the_link_has_ended_is_still_written_down():
    async def test(desk: Any, send: Any) -> None:
        await give(desk, o.EndCallerLink("K1"))
        assert (await send(b'{"id": "m-77", "state": "failed"}')).status == 200
        assert (row(desk).status, row(desk).delivery) == ("ended", "failed")

    at_desk(test)


@pytest.mark.parametrize(
    ("text", "reference", "state", "read"),
    [
        ("id:77 sub:001 dlvrd:001 submit date:2611261200 done date:2611261201 stat:DELIVRD err:000 text:x", "", None,
         Receipt(("77", "4d", "4D", "119"), "delivered")),
        ("id:1A stat:UNDELIV err:001", "", None, Receipt(("1A", "26"), "failed", "undeliverable")),
        ("", "abc1", 2, Receipt(("abc1", "43969"), "delivered")),
        ("id:z-1 stat:EXPIRED", "z-1", 8, Receipt(("z-1",), "failed", "rejected")),
        ("id:9 stat:ENROUTE", "", None, Receipt(("9", "9", "9", "9"), None)),
    ],
)  # fmt: skip
def test_receipts_as_centres_write_them(text, reference, state, read):
    assert read_smpp(text, reference, state) == read


def test_a_callers_own_answer_is_no_receipt():
    assert read_smpp("please hurry") == Unread(
        "not_a_receipt", "id", "A message came in that is no receipt; nothing here reads answers."
    )
    assert isinstance(meant(("1",), "constructor"), Unread)
    assert isinstance(read_callback(GATEWAY, b"{"), Unread)


# -- a centre that delivers receipts -----------------------------------------------------------------------------------

BIND_RECEIVER, BIND_RECEIVER_R, DELIVER, DELIVER_R = 1, 0x80000001, 5, 0x80000005


class Centre(threading.Thread):
    """Takes one receiver and delivers these messages to it: (esm_class, short_message, further parameters)."""

    def __init__(self, *messages: tuple[int, bytes, bytes]) -> None:
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.messages, self.answered = messages, 0

    def run(self) -> None:
        peer, _ = self.server.accept()
        with peer:
            _, command, _, sequence = struct.unpack(">IIII", peer.recv(16, socket.MSG_WAITALL))
            assert command == BIND_RECEIVER
            peer.recv(4096)
            peer.sendall(struct.pack(">IIII", 23, BIND_RECEIVER_R, 0, sequence) + b"centre\0")
            for n, (kind, text, more) in enumerate(self.messages, 1):
                body = b"\0" + b"\1\1351912345678\0" + b"\1\1112\0" + bytes((kind, 0, 0)) + b"\0\0" + bytes(4)
                body += bytes((len(text),)) + text + more
                peer.sendall(struct.pack(">IIII", 16 + len(body), DELIVER, 0, n) + body)
                while True:
                    head = struct.unpack(">IIII", peer.recv(16, socket.MSG_WAITALL))
                    peer.recv(head[0] - 16, socket.MSG_WAITALL)
                    if head[1] == DELIVER_R:
                        self.answered += 1
                        break


def tlv(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value


def test_a_receiver_hears_receipts_answers_each_and_tells_a_callers_answer_apart():
    pytest.importorskip("smpplib", reason="the extra `sms` is not installed")
    centre = Centre(
        (4, b"id:77 stat:DELIVRD err:000", b""),
        (4, b"", tlv(0x001E, b"abc1\0") + tlv(0x0427, b"\x05")),
        (0, b"id:77 stat:DELIVRD, said the caller", b""),
    )
    centre.start()
    heard: list[Any] = []
    receiver = SmppReceipts(SmsSmpp("127.0.0.1", "a", "b", centre.port, timeout_s=2), heard.append, 0.05)
    receiver.start()
    centre.join(10)
    receiver.close()
    centre.server.close()
    assert centre.answered == 3
    assert [getattr(one, "state", None) or one.name for one in heard] == ["delivered", "failed", "not_a_receipt"]
    assert heard[1].references[0] == "abc1"


def test_a_receipt_by_smpp_is_recorded_or_counted():
    async def test(desk: Any, send: Any) -> None:
        setting = Setting(SmsSmpp("127.0.0.1", "a", "b", receipts=True, name="operator"))
        callers = Callers(desk, None, setting)  # type: ignore[arg-type]
        try:
            await callers.receipt("operator", Receipt(("zz", "m-77"), "failed", "expired"))
            assert row(desk).delivery_why == "expired"
            await callers.receipt("operator", Receipt(("forged",), "delivered"))
            await callers.receipt("operator", Unread("not_a_receipt", "id", "no"))
            names = [(one.way, one.name) for one in desk.tally.view().latest]
            assert names == [("smpp", "not_a_receipt"), ("smpp", "unknown_receipt")]
        finally:
            callers.close()

    at_desk(test)
