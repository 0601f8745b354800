"""A partner points at a location: followed to its own hosts for a live call, and every attack is a named no."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.desk.hall import give
from tests.gateways.test_intake import BEARER, KEY, NUMBER, Wire, at_desk
from tests.gateways.test_lookups import VALUE, Lis, referring
from tests.standards.samples import circle, presence

from tocsin.domain import orders as o
from tocsin.gateways import references
from tocsin.gateways.held_client import LARGEST_B
from tocsin.settings import Partner

PARTNER = Partner("carrier", ("pidf",), KEY, location_hosts=("127.0.0.1",))


@pytest.fixture
def lis() -> Iterator[Lis]:
    server = Lis()
    yield server
    server.close()


async def push(wire: Wire, raw: bytes, query: str = "?number=%2B351912345678") -> Any:
    return await wire.client.ask("POST", f"/intake/pidf/carrier{query}", raw=raw, authorization=BEARER)


def flaws(wire: Wire) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.what) for row in wire.desk.call("1").reports for flaw in row.flaws]


def pushed(raw: bytes, partner: Partner = PARTNER, query: str = "?number=%2B351912345678") -> tuple[Any, Any, Any]:
    """The answer, the flaws in the record and what the tally refused, when a call of that number rings."""
    seen: list[Any] = []

    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        answer = await push(wire, raw, query)
        seen.extend((answer, flaws(wire), wire.refused()))

    at_desk(test, partner)
    return tuple(seen)  # type: ignore[return-value]


@pytest.mark.parametrize("answer", [presence(circle("38.8 -9.2")), VALUE])
@pytest.mark.parametrize("query", ["?call=1", "?number=%2B351912345678"])
def test_a_reference_of_a_live_call_becomes_its_place(lis: Lis, answer: bytes, query: str) -> None:
    lis.answers["/ref"] = 200, answer, {}

    async def test(wire: Wire) -> None:
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        answers = [(await push(wire, referring(f"{lis.base}/ref"), query)).json() for _ in range(2)]
        assert answers == [{"taken": True, "repeated": False}, {"taken": True, "repeated": True}]
        (row,) = wire.desk.call("1").reports
        assert (row.source, row.origin, row.flaws) == ("pidf_lo", "carrier", ())
        assert row.spot is not None
        assert [method for method, _, _ in lis.asked] == ["GET", "GET"]
        lis.answers["/ref"] = 200, presence(circle("38.9 -9.3")), {}
        assert (await push(wire, referring(f"{lis.base}/ref"), query)).json()["repeated"] is False
        assert len(wire.desk.call("1").reports) == 2

    at_desk(test, PARTNER)


def test_a_response_by_value_needs_no_fetching(lis: Lis) -> None:
    answer, flawed, refused = pushed(VALUE)
    assert (answer.status, flawed, refused, lis.asked) == (200, [], {}, [])


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ((302, b"", {"location": "http://127.0.0.1/other"}), "redirected"),
        ((200, b"x" * (LARGEST_B + 1), {}), "too_large"),
        ((200, referring("https://127.0.0.1/ref"), {}), "refers_on"),
        ((200, b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', {}), "dtd_forbidden"),
        ((200, b"<html/>", {}), "not_held"),
        ((404, b"", {}), "unreachable"),
    ],
)
def test_a_hostile_answer_is_a_flaw_by_name_and_is_counted(lis: Lis, answer: Any, name: str) -> None:
    lis.answers["/ref"] = answer
    told, flawed, refused = pushed(referring(f"{lis.base}/ref"))
    assert told.json() == {"taken": True, "repeated": False}
    assert (flawed, refused) == ([("locationURI", name)], {name: 1})
    assert len(lis.asked) == 1


@pytest.mark.parametrize(
    "uri",
    [
        "https://169.254.169.254/latest",
        "http://elsewhere.example/x",
        "https://127.0.0.1@elsewhere.example/x",
        "https://127.0.0.1.elsewhere.example/x",
        "file:///etc/passwd",
        "http://localhost/x",
        "pres:somebody@127.0.0.1",
    ],
)
def test_another_host_is_never_talked_to(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setattr("tocsin.gateways.held_client._connect", lambda *_: pytest.fail("it was talked to"))
    told, flawed, refused = pushed(referring(uri))
    assert (told.status, flawed, refused) == (200, [("locationURI", "bad_reference")], {"bad_reference": 1})


def test_without_hosts_in_the_settings_nothing_is_followed(lis: Lis) -> None:
    _, flawed, _ = pushed(referring(f"{lis.base}/ref"), msgspec.structs.replace(PARTNER, location_hosts=()))
    assert (flawed, lis.asked) == ([("locationURI", "bad_reference")], [])


def test_nobody_is_located_who_does_not_call(lis: Lis) -> None:
    async def test(wire: Wire) -> None:
        answer = await push(wire, referring(f"{lis.base}/ref"))
        assert (answer.json(), lis.asked) == ({"taken": True, "repeated": False}, [])
        assert wire.refused() == {"no_call": 1}
        await give(wire.desk, o.ReceiveCall("112", NUMBER))
        assert flaws(wire) == [("locationURI", "no_call")]

    at_desk(test, PARTNER)


def test_an_expired_reference_is_not_asked(lis: Lis) -> None:
    _, flawed, _ = pushed(referring(f"{lis.base}/ref").replace(b"2030-", b"1970-"))
    assert (flawed, lis.asked) == ([("locationURI", "expired")], [])


def drip(listener: socket.socket, over: threading.Event) -> None:
    """Sends headers a byte at a time for as long as it is let."""
    connection, _ = listener.accept()
    with connection:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
            while not over.wait(0.05):
                connection.sendall(b"x")
        except OSError:
            return


def test_a_server_that_drips_its_headers_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "TIMEOUT_S", 0.3)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener, over), daemon=True)
        thread.start()
        _, flawed, refused = pushed(referring(f"http://127.0.0.1:{listener.getsockname()[1]}/ref"))
        over.set()
        thread.join()
    assert (flawed, refused) == ([("locationURI", "timeout")], {"timeout": 1})


def test_too_many_at_once_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch, lis: Lis) -> None:
    monkeypatch.setattr(references, "IN_HAND", 0)
    told, flawed, refused = pushed(referring(f"{lis.base}/ref"))
    assert (told.status, told.json()["name"], flawed, refused) == (503, "busy", [], {"busy": 1})
