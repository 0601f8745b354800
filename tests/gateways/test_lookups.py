"""What is looked up when a call rings, and that nothing else is; the location server is a hostile one."""

from __future__ import annotations

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from tests.desk.hall import give, with_desk
from tests.standards.samples import circle, presence

from tocsin.domain import orders as o
from tocsin.facts.shapes import Circle
from tocsin.gateways.held_client import LARGEST_B, Unanswered, ask
from tocsin.gateways.lookups import Lookups, read_lines
from tocsin.log.memory import MemoryLog
from tocsin.settings import LocationServer, SettingsError

HELD = b'<locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held">%b</locationResponse>'
VALUE = HELD % presence(circle()).partition(b"?>")[2]


class Lis:
    """A location server that answers as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[tuple[str, str, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.asked.append((self.command, self.path, body))
                status, raw, headers = outer.answers.get(self.path, (404, b"", {}))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def settings(self, **more: Any) -> LocationServer:
        return LocationServer(f"{self.base}/held", **more)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def lis():
    server = Lis()
    yield server
    server.close()


def referring(*uris: str) -> bytes:
    inside = "".join(f"<locationURI>{uri}</locationURI>" for uri in uris)
    return HELD % f'<locationUriSet expires="2030-01-01T00:00:00Z">{inside}</locationUriSet>'.encode()


def test_a_location_comes_by_value_or_by_reference(lis):
    lis.answers["/held"] = 200, VALUE, {}
    (found,) = ask(lis.settings(), "1", "+351912345678")
    assert found.first_shape == Circle(38.7, -9.1, 30.0)
    lis.answers["/held"] = 200, referring(f"{lis.base}/ref?x=1"), {}
    lis.answers["/ref?x=1"] = 200, presence(circle("38.8 -9.2")), {}
    (found,) = ask(lis.settings(), "1", "+351912345678")
    assert found.first_shape.lat == 38.8
    assert [(method, path) for method, path, _ in lis.asked[1:]] == [("POST", "/held"), ("GET", "/ref?x=1")]
    assert b"tel:+351912345678" in lis.asked[0][2]


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ((302, b"", {"location": "https://elsewhere.example/held"}), "redirected"),
        ((200, b"x" * (LARGEST_B + 1), {}), "too_large"),
        ((200, b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', {}), "dtd_forbidden"),
        ((200, b"<html/>", {}), "not_held"),
        ((500, b"sorry", {}), "unreachable"),
        ((200, HELD % b"", {}), "no_location"),
        ((200, b'<error xmlns="urn:ietf:params:xml:ns:geopriv:held" code="notLocatable"/>', {}), "notLocatable"),
        ((200, referring("https://169.254.169.254/latest"), {}), "bad_reference"),
        ((200, referring("http://elsewhere.example/x"), {}), "bad_reference"),
        ((200, referring("file:///etc/passwd"), {}), "bad_reference"),
    ],
)
def test_whatever_the_server_does_it_is_a_named_no(lis, answer, name):
    lis.answers["/held"] = answer
    with pytest.raises(Unanswered) as why:
        ask(lis.settings(), "1", "912345678")
    assert why.value.name == name


def test_without_a_call_nothing_is_asked(lis):
    with pytest.raises(Unanswered) as why:
        ask(lis.settings(), "", "912345678")
    assert (why.value.name, lis.asked) == ("no_call", [])


def test_nobody_listens(lis):
    settings = lis.settings()
    lis.server.server_close()
    with pytest.raises(Unanswered) as why:
        ask(settings, "1", "912345678")
    assert why.value.name in ("unreachable", "timeout")


def test_a_ringing_call_has_its_line_and_its_device_looked_up(lis):
    lis.answers["/held"] = 200, VALUE, {}
    lines = {"2345678": [("912345678", "Rua do Ouro 12", Circle(38.7, -9.1, 20.0))]}

    async def test(desk: Any) -> None:
        lookups = Lookups(desk, lines, lis.settings())
        await give(desk, o.ReceiveCall("112", "+351 912 345 678"), o.ReceiveCall("112"), by="machine:exchange")
        async with asyncio.timeout(30):
            while len(desk.call("1").reports) < 2:
                await asyncio.sleep(0.01)
        assert [row.source for row in desk.call("1").reports] == ["registered", "held"]
        assert desk.call("1").reports[0].text == "Rua do Ouro 12"
        assert len(lis.asked) == 1
        lookups.close()

    with_desk(MemoryLog("north"), test)


def test_a_number_that_a_person_typed_gives_no_place(lis):
    lis.answers["/held"] = 200, VALUE, {}
    lines = {"2345678": [("912345678", "Rua do Ouro 12", Circle(38.7, -9.1, 20.0))]}

    async def test(desk: Any) -> None:
        lookups = Lookups(desk, lines, lis.settings())
        await give(desk, o.ReceiveCall("112", "+351 912 345 678"), by="ana")
        await give(desk, o.ReceiveCall("112", "+351 912 345 678"), by="machine:exchange")
        async with asyncio.timeout(30):  # what the second asks comes after what the first would have asked
            while len(desk.call("2").reports) < 2:
                await asyncio.sleep(0.01)
        assert desk.call("1").reports == ()
        assert len(lis.asked) == 1
        lookups.close()

    with_desk(MemoryLog("north"), test)


def test_the_file_of_lines(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text("number,address,lat,lon,radius_m\n+351 21 234 5678,Rua do Ouro 12,38.7,-9.1,\n2100,Desk,,,\n")
    lines = read_lines(path)
    assert lines["2345678"][0][1] == "Rua do Ouro 12"
    assert lines["2100"][0][2] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "columns number and address"),
        ("number,address\nnobody,x\n", "line 2: number"),
        ("number,address,lat,lon\n2100,x,99,9\n", "line 2: lat"),
    ],
)
def test_a_mistake_in_the_file_of_lines_is_named(tmp_path, text, words):
    path = tmp_path / "lines.csv"
    path.write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_lines(path)
