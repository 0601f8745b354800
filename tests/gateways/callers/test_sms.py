"""SMS gateways: by HTTP, by SMPP 3.4 against a small SMS centre, one that shows; and what each failure is called."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from tocsin.gateways.callers.sms import NotSent, gateway_of, plain_number
from tocsin.gateways.callers.sms_http import HttpSms
from tocsin.gateways.callers.sms_printer import PrinterSms
from tocsin.gateways.callers.sms_smpp import SmppSms
from tocsin.settings import Settings, SettingsError, SmsHttp, SmsPrinter, SmsSmpp, load_settings

TEXT = '112: "tap" {number} \\ ação 🔵 https://x/c#abc'


@contextmanager
def http_gateway(
    status: int = 200, answer: bytes = b'{"messages": [{"id": "m-77"}]}', delay: float = 0
) -> Iterator[Any]:
    """An HTTP gateway that remembers what it got."""
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            if status in (301, 302):
                self.send_header("location", "https://evil.example/")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send?key=1", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


FIELDS = {"to": "{number}", "body": {"text": "{text}", "flags": ["x", 1, True]}}


def test_http_json_is_laid_out_as_the_settings_say_and_encoded_whole():
    with http_gateway() as (url, got):
        sms = HttpSms(SmsHttp(url, FIELDS, headers={"Authorization": "Bearer abc"}, reference="messages.0.id"))
        assert sms.send("+351912345678", TEXT) == "m-77"
    (headers, raw) = got[0]
    assert json.loads(raw) == {"to": "+351912345678", "body": {"text": TEXT, "flags": ["x", 1, True]}}
    assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer abc", "application/json")


def test_http_form():
    with http_gateway(201, b"OK") as (url, got):
        assert HttpSms(SmsHttp(url, {"n": "00{number}", "t": "{text}"}, "form")).send("351", TEXT) == ""
    assert parse_qs(got[0][1].decode()) == {"n": ["00351"], "t": [TEXT]}


@pytest.mark.parametrize(
    ("status", "name"), [(400, "rejected"), (401, "rejected"), (500, "rejected"), (302, "rejected")]
)
def test_http_that_says_no_is_not_sent(status, name):
    with http_gateway(status, b"+351912345678 is unknown") as (url, _), pytest.raises(NotSent) as no:
        HttpSms(SmsHttp(url, FIELDS)).send("+351912345678", "x")
    assert no.value.name == name
    assert "912345678" not in str(no.value), "what a gateway says may hold the number"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:1/", "unreachable"),
        ("http://sms.example.org/", "unreachable"),
        ("https://127.0.0.1:1/", "unreachable"),
    ],
)
def test_http_that_cannot_be_reached_or_is_not_private(url, name):
    with pytest.raises(NotSent) as no:
        HttpSms(SmsHttp(url, FIELDS, timeout_s=2)).send("+351912345678", "x")
    assert no.value.name == name


def test_http_that_does_not_answer_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(NotSent) as no:
        HttpSms(SmsHttp(f"http://127.0.0.1:{deaf.getsockname()[1]}/", FIELDS, timeout_s=0.2)).send("1", "x")
    assert no.value.name == "timeout"


# -- SMPP ------------------------------------------------------------------------------------------------------------

BIND, BIND_R, SUBMIT, SUBMIT_R, UNBIND, UNBIND_R = 2, 0x80000002, 4, 0x80000004, 6, 0x80000006
ENQUIRE, ENQUIRE_R = 0x15, 0x80000015


class Smsc(threading.Thread):
    """As much of an SMS centre (SMPP 3.4) as one transmitter needs: bind, submit, unbind, and a question in between."""

    def __init__(self, *, bind: int = 0, submit: int = 0, deaf: bool = False) -> None:
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.bind_status, self.submit_status, self.deaf = bind, submit, deaf
        self.submitted: list[bytes] = []
        self.bound: list[bytes] = []
        self.commands: list[int] = []

    def run(self) -> None:
        try:
            peer, _ = self.server.accept()
        except OSError:
            return
        with peer:
            while head := self._exact(peer, 16):
                length, command, _, sequence = struct.unpack(">IIII", head)
                body = self._exact(peer, length - 16)
                self.commands.append(command)
                if not self._answer(peer, command, sequence, body):
                    return

    def _answer(self, peer: socket.socket, command: int, sequence: int, body: bytes) -> bool:
        if command == BIND:
            self.bound = body.split(b"\0")[:2]
            self._say(peer, BIND_R, self.bind_status, sequence, b"centre\0")
        elif command == SUBMIT:
            self.submitted.append(body)
            if not self.deaf:
                self._say(peer, ENQUIRE, 0, 900 + len(self.submitted), b"")
                self._say(peer, SUBMIT_R, self.submit_status, sequence, b"abc%d\0" % len(self.submitted))
        elif command == UNBIND:
            self._say(peer, UNBIND_R, 0, sequence, b"")
            return False
        return True

    @staticmethod
    def _say(peer: socket.socket, command: int, status: int, sequence: int, body: bytes) -> None:
        peer.sendall(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)

    @staticmethod
    def _exact(peer: socket.socket, count: int) -> bytes:
        raw = b""
        while len(raw) < count:
            try:
                part = peer.recv(count - len(raw))
            except OSError:
                return b""
            if not part:
                return b""
            raw += part
        return raw


@contextmanager
def smsc(**how: Any) -> Iterator[Smsc]:
    pytest.importorskip("smpplib", reason="the extra `sms` is not installed")
    centre = Smsc(**how)
    centre.start()
    try:
        yield centre
    finally:
        centre.server.close()
        centre.join(5)


def setting(centre: Smsc, **more: Any) -> SmsSmpp:
    return SmsSmpp("127.0.0.1", "tocsin", "secret", centre.port, source="112", timeout_s=2, **more)


def test_smpp_binds_submits_answers_questions_and_unbinds():
    with smsc() as centre:
        assert SmppSms(setting(centre)).send("+351912345678", "tap https://x/c#abc") == "abc1"
    assert centre.bound == [b"tocsin", b"secret"]
    (body,) = centre.submitted
    assert b"351912345678\0" in body
    assert b"+351" not in body
    assert b"112\0\x01\x01351912345678\0" in body  # international, E.164 (SMPP 3.4, 5.2.5, 5.2.6)
    assert body.endswith(b"tap https://x/c#abc")
    assert ENQUIRE_R in centre.commands
    assert centre.commands[-1] == UNBIND


def test_smpp_sends_a_long_text_of_any_script_in_parts():
    with smsc() as centre:
        text = "اضغط على هذا الرابط لترينا مكانك. ينتهي مع انتهاء مكالمتك. https://desk.example.org/c#" + "x" * 22
        assert SmppSms(setting(centre)).send("0912345678", text) == "abc1"
    assert len(centre.submitted) == 2
    parts = [body[body.index(b"\x05\x00\x03") :] for body in centre.submitted]
    assert [part[4:6] for part in parts] == [b"\x02\x01", b"\x02\x02"]
    assert "".join(part[6:].decode("utf-16-be") for part in parts) == text


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ({"bind": 0x0E}, "rejected"),
        ({"submit": 0x0B}, "rejected"),
        ({"submit": 0x58}, "rejected"),
        ({"deaf": True}, "timeout"),
    ],
)
def test_smpp_that_refuses_or_says_nothing_is_not_sent(how, name):
    with smsc(**how) as centre, pytest.raises(NotSent) as no:
        SmppSms(setting(centre)).send("+351912345678", "x")
    assert no.value.name == name


def test_smpp_that_is_not_there_is_unreachable():
    pytest.importorskip("smpplib", reason="the extra `sms` is not installed")
    with pytest.raises(NotSent) as no:
        SmppSms(SmsSmpp("127.0.0.1", "a", "b", 1, timeout_s=1)).send("1", "x")
    assert no.value.name == "unreachable"


# -- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("+351 912 345 678", "+351912345678"), ("00351 912345678", "+351912345678"), ("912-345-678", "912345678"),
        ("tel:+351912345678;phone-context=x", "+351912345678"), ("+1\r\nX-Evil: 1", "+11"),
        ("sip:+441234@h", "+441234"), ("911'; DROP TABLE", "911"),
    ],
)  # fmt: skip
def test_a_number_is_a_plus_and_digits_and_nothing_else(written, plain):
    assert plain_number(written) == plain


def test_the_printer_shows_it():
    shown: list[str] = []
    assert PrinterSms(shown.append).send("+351", "[bold]x[/bold]") == "1"
    assert shown == ["SMS to +351: [bold]x[/bold]"]


def test_the_settings_name_one_of_three(tmp_path):
    def read(text: str) -> Settings:
        (tmp_path / "s.toml").write_text(text)
        return load_settings(tmp_path / "s.toml")

    first = read(
        '[callers]\nurl = "https://112.example"\nservice = "Emergency 112"\n[callers.sms]\nway = "http"\n'
        'url = "https://sms.example/send"\nfields = { to = "{number}", text = "{text}" }\n'
    )
    assert first.callers
    assert isinstance(gateway_of(first.callers.sms), HttpSms)
    second = read('[callers.sms]\nway = "smpp"\nhost = "smsc"\nsystem_id = "a"\npassword = "b"\nsource_ton = 5\n')
    assert second.callers
    assert isinstance(gateway_of(second.callers.sms), SmppSms)
    third = read('[callers.sms]\nway = "printer"\n')
    assert third.callers
    assert third.callers.sms == SmsPrinter()
    assert isinstance(gateway_of(third.callers.sms), PrinterSms)
    assert read("").callers is None
    for wrong, said in (
        ('way = "pigeon"', "pigeon"),
        ('way = "http"\nurl = "https://x"\nfields = {}\nheaders = { "X:" = "1" }', "headers"),
        ('way = "http"\nurl = "https://x"\nfields = {}\nheaders = { X = "a\\r\\nb" }', "headers"),
        ('way = "smpp"\nhost = "h"\nsystem_id = "a"\npassword = "123456789"', "password"),
    ):
        with pytest.raises(SettingsError, match=said):
            read(f"[callers.sms]\n{wrong}\n")
