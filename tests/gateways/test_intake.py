"""Where callers are, as partners send it: signed or not taken, recorded once, told to nobody."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.hall import give, with_desk
from tests.standards.samples import AML_1, AML_2, AML_NO_FIX, FORM, SHARED, circle, needs_shared, presence
from tests.web.asgi import Answer, Client
from tests.world import given as told
from tests.world import room_of

from tocsin.domain import orders as o
from tocsin.domain.decide import decide
from tocsin.domain.refusals import Refusal
from tocsin.facts.locations import LocationReported
from tocsin.gateways.intake import Intake, beside
from tocsin.gateways.reading import READERS, Message, Read, Unread
from tocsin.log.memory import MemoryLog
from tocsin.settings import Partner
from tocsin.standards.aml_https import sign
from tocsin.standards.gsm7 import pack

KEY = "a key of this partner"
WAYS = ("aml", "sms", "pidf", "cell", "registered")
PARTNER = Partner("carrier", WAYS, KEY)
NUMBER = "+351912345678"
BEARER = f"Bearer {KEY}"


class Wire:
    """A desk with its intake, and a partner's client."""

    def __init__(self, desk: Any, partner: Partner = PARTNER) -> None:
        self.desk = desk
        self.intake = Intake(desk, (partner,))
        self.client = Client(beside(None, self.intake))  # type: ignore[arg-type]

    async def send(self, way: str, raw: bytes, bearer: str = BEARER, name: str = "carrier") -> Answer:
        return await self.client.ask("POST", f"/intake/{way}/{name}", raw=raw, authorization=bearer)

    async def json(self, way: str, body: Any) -> Answer:
        return await self.send(way, msgspec.json.encode(body))

    def refused(self) -> dict[str, int]:
        return {name: n for count in self.desk.tally.view().partners for name, n in count.refused.items()}


def at_desk(test: Any, partner: Partner = PARTNER) -> None:
    async def run(desk: Any) -> None:
        wire = Wire(desk, partner)
        try:
            await test(wire)
        finally:
            wire.intake.close()

    with_desk(MemoryLog("north"), run)


def test_a_signed_form_stands_with_its_call():
    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", "0912 345 678"))
        answer = await wire.send("aml", sign(FORM, KEY.encode()))
        assert (answer.status, answer.json()) == (200, {"taken": True, "repeated": False})
        (row,) = wire.desk.call("1").reports
        assert (row.source, row.origin, row.spot.radius_m, row.percent) == ("aml", "carrier", 25.5, 68.27)

    at_desk(test)


def test_a_report_that_comes_first_waits_for_its_call_and_is_on_no_screen():
    async def test(wire: Wire) -> None:
        await wire.send("aml", sign(FORM, KEY.encode()))
        assert wire.desk.board.calls == {}
        await give(wire.desk, o.ReceiveCall("112", "+351 911 111 111"), o.ReceiveCall("112", "00351912345678"))
        assert [len(wire.desk.call(call).reports) for call in ("1", "2")] == [0, 1]

    at_desk(test)


@pytest.mark.parametrize(
    ("raw", "status", "name"),
    [
        (sign(FORM, b"another key"), 403, "forged"),
        (sign(FORM, KEY.encode()).replace(b"38.71667", b"38.80000"), 403, "forged"),
        (FORM, 403, "unsigned"),
        (b"x" * 300_000, 413, "too_large"),
        (sign(b"a" * 20_000, KEY.encode()), 413, "too_large"),
        (sign(b"v=1&location_latitude=1&location_longitude=1", KEY.encode()), 422, "caller_missing"),
        (b"", 422, "empty"),
    ],
)
def test_what_is_not_taken_is_counted_with_its_reason(raw, status, name):
    async def test(wire: Wire) -> None:
        before = wire.desk.position()
        answer = await wire.send("aml", raw)
        assert (answer.status, answer.json()["name"]) == (status, name)
        assert wire.refused() == {name: 1}
        assert wire.desk.tally.view().latest[0].name == name
        assert wire.desk.position() == before

    at_desk(test)


def test_a_replay_is_recorded_once_and_counted():
    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        raw = sign(FORM, KEY.encode())
        answers = [(await wire.send("aml", raw)).json()["repeated"] for _ in range(3)]
        assert answers == [False, True, True]
        assert len(wire.desk.call("1").reports) == 1
        (count,) = wire.desk.tally.view().partners
        assert (count.taken, count.repeated) == (1, 2)

    at_desk(test)


def test_only_partners_come_in_and_only_their_own_way():
    async def test(wire: Wire) -> None:
        body = msgspec.json.encode({"from": NUMBER, "text": AML_1})
        assert (await wire.send("sms", body, bearer="Bearer wrong")).json()["name"] == "wrong_key"
        assert (await wire.send("sms", body, bearer="")).status == 403
        assert (await wire.send("sms", body, name="nobody")).status == 404
        assert (await wire.send("cell", body)).status == 404
        assert (await wire.client.ask("GET", "/intake/sms/carrier")).status == 405

    at_desk(test, Partner("carrier", ("sms",), KEY))


def test_sms_in_text_and_in_data_and_one_that_is_no_aml():
    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        await wire.json("sms", {"from": NUMBER, "text": AML_1})
        await wire.json("sms", {"from": NUMBER, "data": base64.b64encode(pack(AML_2)).decode()})
        await wire.json("sms", {"from": NUMBER, "text": "help me, I cannot speak"})
        rows = wire.desk.call("1").reports
        assert [row.spot is not None for row in rows] == [True, True, False]
        assert [flaw.what for flaw in rows[2].flaws] == ["not_aml"]
        facts = [entry.fact for entry in wire.desk._log.read()]
        raws = [fact.raw for fact in facts if isinstance(fact, LocationReported)]
        assert raws[2] == "help me, I cannot speak"
        assert not any("356938035643809" in raw or "268010000000000" in raw for raw in raws)

    at_desk(test)


def test_no_fix_is_recorded_and_has_no_spot():
    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        await wire.json("sms", {"from": NUMBER, "text": AML_NO_FIX})
        (row,) = wire.desk.call("1").reports
        assert row.spot is None

    at_desk(test)


def test_location_objects_cells_and_lines():
    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        answer = await wire.client.ask(
            "POST", "/intake/pidf/carrier?call=1", raw=presence(circle()), authorization=BEARER
        )
        assert answer.status == 200
        arc = {"type": "arc_band", "lat": 38.7, "lon": -9.1, "inner_radius_m": 500, "outer_radius_m": 2000,
               "start_angle_deg": 30, "opening_angle_deg": 120}  # fmt: skip
        assert (await wire.json("cell", {"number": NUMBER, "shape": arc, "percent": 95})).status == 200
        await wire.json("registered", {"call": "1", "text": "Rua do Ouro 12"})
        rows = wire.desk.call("1").reports
        assert [row.source for row in rows] == ["pidf_lo", "cell", "registered"]
        assert len(rows[1].spot.outline) > 10
        assert (rows[2].spot, rows[2].text) == (None, "Rua do Ouro 12")
        hostile = b'<!DOCTYPE x [<!ENTITY a "b">]><presence/>'
        await wire.client.ask("POST", "/intake/pidf/carrier?call=1", raw=hostile, authorization=BEARER)
        assert wire.desk.call("1").reports[3].flaws[0].what == "dtd_forbidden"

    at_desk(test)


def test_about_a_call_that_is_over_nothing_is_taken():
    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER), o.ReleaseCall("1", "abandoned"))
        answer = await wire.json("cell", {"call": "1", "shape": {"type": "point", "lat": 1, "lon": 2}})
        assert (answer.status, answer.json()["name"]) == (409, "call_ended")

    at_desk(test)


def test_no_answer_of_any_way_in_tells_where_anybody_is_or_whether_they_call():
    """The number of somebody who calls and of somebody who does not: the same answer, and no place in it."""

    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        await wire.send("aml", sign(FORM, KEY.encode()))
        for way in WAYS:
            answers = []
            for number in (NUMBER, "+351900000000"):
                body = {"number": number, "from": number}
                path = f"/intake/{way}/carrier?number={number.replace('+', '%2B')}"
                answers.append(await wire.client.ask("POST", path, body, authorization=BEARER))
            assert answers[0].status == answers[1].status, way
            assert answers[0].raw == answers[1].raw, way
            assert set(answers[0].json()) <= {"taken", "repeated", "name", "text", "field"}
            assert b"38.7" not in answers[0].raw

    at_desk(test)


ANY = st.one_of(
    st.binary(max_size=400),
    st.sampled_from([FORM, sign(FORM, KEY.encode()), presence(circle()), AML_1.encode()]).flatmap(
        lambda raw: st.integers(0, len(raw)).map(lambda at: raw[:at] + b"\x00\xff" + raw[at + 1 :])
    ),
    st.text(max_size=200).map(lambda text: msgspec.json.encode({"from": NUMBER, "text": text, "number": text})
                              if text.isprintable() else text.encode("utf-8", "replace")),
)  # fmt: skip


@given(st.sampled_from(WAYS), ANY, st.binary(max_size=60))
def test_whatever_arrives_is_read_or_refused_and_what_is_read_may_be_recorded(way, body, query):
    read = READERS[way](Message(body, query, Partner("carrier", WAYS, KEY, unsigned_ok=True), b""))
    assert isinstance(read, Read | Unread)
    for order in read.orders if isinstance(read, Read) else ():
        decided = decide(room_of(), order, told())
        assert not isinstance(decided, Refusal) or decided.name in ("unknown_call", "caller_missing")


@needs_shared
def test_every_outside_aml_message_is_taken_and_none_without_a_fix_is_plotted():
    rows = msgspec.json.decode((SHARED / "aml" / "aml_vectors.json").read_bytes())
    assert len(rows) > 5
    for row in rows:
        read = READERS["sms"](Message(msgspec.json.encode({"from": NUMBER, "text": row["input"]}), b"", PARTNER, b""))
        if isinstance(read, Unread):
            assert row["expect"] == "error", row["id"]
            continue
        (order,) = read.orders
        assert not isinstance(decide(room_of(), order, told()), Refusal)
        if "pm=N" in row["input"]:
            assert order.shape is None
        if row["expect"] == "ok":
            assert not order.flaws, row["id"]


def test_whatever_a_person_must_know_of_is_told_without_saying_who_or_where():
    """Refused, flawed, without a fix, waiting, expired: each is seen with its field, none says a number or a place."""

    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        await wire.json("sms", {"from": NUMBER, "text": AML_1.replace("pm=G", "pm=Z")})
        await wire.json("sms", {"from": NUMBER, "text": AML_NO_FIX})
        await wire.json("sms", {"from": "+351911111111", "text": AML_1})
        await wire.send("aml", sign(FORM, b"another key"))
        view = wire.desk.tally.view()
        assert [(one.name, one.field) for one in view.latest] == [("forged", "hmac")]
        _, no_fix, flawed = view.odd
        assert [one.call for one in view.odd] == ["", "1", "1"]
        assert (no_fix.fix, no_fix.raw) == (False, True)
        assert "pm" in [flaw.field for flaw in flawed.flaws]
        told = msgspec.json.encode(wire.desk.tally.view()).decode()
        assert not any(word in told for word in ("911111111", "912345678", "38.7", "9.133"))
        await give(wire.desk, o.ReceiveCall("112", "+351 911 111 111"))
        assert wire.desk.tally.view().odd[0].call == "2"
        await wire.json("sms", {"from": "+351922222222", "text": AML_1})
        wire.desk.now.at += 400.0
        await wire.desk._moment(1)
        assert [one.expired for one in wire.desk.tally.view().odd[:2]] == [True, False]

    at_desk(test)


def test_a_length_beyond_the_earth_is_recorded_and_the_picture_goes_on():
    """Whatever a partner says of a cell, the fold must not stop at it: not now, and not at the next start."""

    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        band = {"type": "arc_band", "lat": 0.0, "lon": 0.5, "inner_radius_m": 90, "outer_radius_m": 1e308,
                "start_angle_deg": 1e300, "opening_angle_deg": 90}  # fmt: skip
        oval = {
            "type": "ellipse",
            "lat": 1.0,
            "lon": 1.0,
            "semi_major_m": 1e308,
            "semi_minor_m": 0,
            "orientation_deg": 1e308,
        }
        for shape in (band, oval):
            assert (await wire.json("cell", {"number": NUMBER, "shape": shape})).status == 200
        for at in (-1.0, 1e308):
            answer = await wire.json("cell", {"number": NUMBER, "at": at})
            assert (answer.status, answer.json()["field"]) == (400, "at")
        assert wire.desk.board.position == wire.desk.position()
        assert [row.spot.radius_m < 30_000_000 for row in wire.desk.call("1").reports] == [True, True]

    at_desk(test)
