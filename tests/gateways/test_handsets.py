"""A form without a number finds its call by the handset that another message named; without one it is nobody's."""

from __future__ import annotations

from typing import Any

from tests.desk.hall import give, with_desk
from tests.gateways.test_intake import KEY, NUMBER, PARTNER, Wire
from tests.standards.samples import AML_1, FORM

from tocsin.domain import orders as o
from tocsin.gateways import handsets
from tocsin.gateways.handsets import Handsets
from tocsin.gateways.intake import Intake
from tocsin.log.memory import MemoryLog
from tocsin.standards.aml_https import sign

NUMBERLESS = sign(FORM.replace(b"device_number=%2B351912345678&", b""), KEY.encode())


def at_desk(test: Any, key: bytes = b"k" * 32) -> None:
    async def run(desk: Any) -> None:
        wire = Wire(desk)
        wire.intake.close()
        wire.intake = Intake(desk, (PARTNER,), key)
        wire.client.app = wire.intake
        try:
            await give(desk, o.ReceiveCall("112", NUMBER))
            await test(wire)
        finally:
            wire.intake.close()

    with_desk(MemoryLog("north"), run)


def test_a_form_without_a_number_finds_the_call_of_its_handset() -> None:
    async def test(wire: Wire) -> None:
        assert (await wire.json("sms", {"from": NUMBER, "text": AML_1})).status == 200
        assert (await wire.send("aml", NUMBERLESS)).status == 200
        first, second = wire.desk.call("1").reports
        assert "number_by_handset" not in [flaw.what for flaw in first.flaws]
        assert ("device_number", "number_by_handset") in [(flaw.field, flaw.what) for flaw in second.flaws]

    at_desk(test)


def test_a_handset_nobody_named_is_nobodys() -> None:
    async def test(wire: Wire) -> None:
        answer = await wire.send("aml", NUMBERLESS)
        assert (answer.status, answer.json()["name"]) == (422, "caller_missing")
        assert (wire.refused(), wire.desk.call("1").reports) == ({"caller_missing": 1}, ())

    at_desk(test)


def test_another_handset_finds_nobody() -> None:
    async def test(wire: Wire) -> None:
        await wire.json("sms", {"from": NUMBER, "text": AML_1.replace("356938035643809", "490154203237518")})
        assert (await wire.send("aml", NUMBERLESS)).status == 422

    at_desk(test)


def test_without_a_key_there_is_no_pairing() -> None:
    async def test(wire: Wire) -> None:
        await wire.json("sms", {"from": NUMBER, "text": AML_1})
        assert (await wire.send("aml", NUMBERLESS)).status == 422

    at_desk(test, b"")


def test_a_handset_is_forgotten_after_minutes_and_the_oldest_first() -> None:
    known = Handsets()
    known.saw("a", "1", 0.0)
    assert (known.number("a", handsets.KEPT_S), known.number("a", handsets.KEPT_S + 1)) == ("1", "")
    known.saw("a", "2", 10.0)
    assert known.number("a", 10.0) == "2"
    for n in range(handsets.MOST):
        known.saw(f"h{n}", "3", 20.0)
    assert (known.number("a", 20.0), known.number("h0", 20.0)) == ("", "3")
