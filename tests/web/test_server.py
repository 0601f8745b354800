"""What only sockets can show: bytes that are no HTTP, screens that vanish or sleep, an end that waits for nobody."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import resource
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tocsin.web import protocol
from tocsin.web import tail as tail_module
from tocsin.web.server import FILES, PortTaken, listen, room_for_connections

from .live import Live, served

HEALTHY = {"ok": True, "looks_owed": 0, "glass_broken": 0, "reviews_owed": None}
"""Nobody minds this server: it has not counted."""


@pytest.fixture
def live(accounts: Path, tmp_path: Path) -> Iterator[Live]:
    path = tmp_path / "accounts.db"
    shutil.copy(accounts, path)
    with served(path) as one:
        yield one


def signed_in(live: Live, account: str = "chief") -> dict[str, str]:
    client = live.world.client(account)
    return {"Cookie": f"tocsin_session={client.token}", "X-Tocsin-CSRF": client.csrf}


def ask(live: Live, method: str, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=10)
    raw = None if body is None else json.dumps(body).encode()
    connection.request(method, path, raw, {**headers, **({"Content-Type": "application/json"} if raw else {})})
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, json.loads(said) if said else None


def open_tail(live: Live, headers: dict[str, str], room: int | None = None) -> socket.socket:
    sock = socket.socket()
    if room:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    sock.settimeout(10)
    sock.connect(("127.0.0.1", live.port))
    lines = [f"GET /api/tail?after=0 HTTP/1.1\r\nHost: localhost\r\nCookie: {headers['Cookie']}\r\n\r\n"]
    sock.sendall("".join(lines).encode())
    return sock


def heard_until(sock: socket.socket, wanted: bytes) -> bytes:
    found = b""
    while wanted not in found:
        part = sock.recv(65_536)
        if not part:
            break
        found += part
    return found


def note(live: Live, headers: dict[str, str], key: str, text: str) -> int:
    order = {"kind": "receive_call", "line": "112", "caller": text[:200]}
    return ask(live, "POST", "/api/orders", headers, {"id": key, "order": order})[0]


def test_an_order_is_seen_on_another_screen(live: Live) -> None:
    headers = signed_in(live)
    with open_tail(live, headers) as screen:
        assert b"text/event-stream" in heard_until(screen, b"\r\n\r\n")
        assert note(live, headers, "k", "الطابق الثالث") == 200
        assert b'"caller":"\xd8\xa7' in heard_until(screen, b"call.received")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /api/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_what_is_no_http_gets_a_problem_and_harms_nobody(live: Live, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as sock:
        sock.sendall(raw)
        said = heard_until(sock, b"}")
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b'"name":"' in said
    assert ask(live, "GET", "/api/health", {})[1] == HEALTHY | {"position": live.world.desk.position()}


def sent_until_refused(live: Live, begun: bytes, more: bytes, pieces: int = 200) -> int:
    """How many pieces could be sent."""
    sent = 0
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(("127.0.0.1", live.port), timeout=10) as sock,
    ):
        sock.sendall(begun)
        while sent < pieces:
            sock.sendall(more)
            sent += 1
    return sent


ENDLESS = {
    "one header": (b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX: ", b"a" * 65_536),
    "many headers": (b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n" * 10_000),
    "an address": (b"GET /", b"a" * 65_536),
    "trailers": (
        b"POST /api/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"X: y\r\n" * 10_000,
    ),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_a_head_without_end_is_refused_and_not_kept(live: Live, what: str) -> None:
    assert sent_until_refused(live, *ENDLESS[what]) < 200


def test_a_head_that_is_too_large_is_told_so(live: Live) -> None:
    begun = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX: "
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as sock:
        sock.sendall(begun + b"a" * (protocol.HEAD_B + 1 - len(begun)))
        said = heard_until(sock, b"}")
    assert said.startswith(b"HTTP/1.1 431 ")
    assert b'"name":"too_large"' in said


def test_requests_that_wait_on_one_connection_are_bounded(live: Live) -> None:
    one = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", live.port), timeout=2) as sock:
        sock.sendall(one * 2 * protocol.PIPELINED)
        said = b""
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while part := sock.recv(65_536):
                said += part
    assert said.count(b"HTTP/1.1 200") < 2 * protocol.PIPELINED


def test_a_stray_line_break_keeps_no_connection_open(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "ARRIVAL_S", 0.3)
    with socket.create_connection(("127.0.0.1", live.port), timeout=8) as sock:
        sock.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard_until(sock, b"}")
        sock.sendall(b"\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert sock.recv(1) == b""


def test_a_body_said_to_be_large_is_refused_before_it_is_sent(live: Live) -> None:
    headers = signed_in(live)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(
        [
            "POST /api/orders HTTP/1.1",
            "Host: localhost",
            *lines,
            "Content-Type: application/json",
            "Content-Length: 9999999",
        ]
    )
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as sock:
        sock.sendall(head.encode() + b"\r\n\r\n{")
        assert heard_until(sock, b"}").startswith(b"HTTP/1.1 413 ")


def tails(live: Live) -> int:
    return sum("Tail._pump" in repr(task) for task in asyncio.all_tasks(live.server.servers[0].get_loop()))


def wait_until(live: Live, count: int) -> bool:
    import time

    ends = time.monotonic() + 8
    while tails(live) != count and time.monotonic() < ends:
        time.sleep(0.02)
    return tails(live) == count


def test_a_screen_that_vanishes_is_let_go(live: Live) -> None:
    headers = signed_in(live)
    with open_tail(live, headers) as screen:
        heard_until(screen, b"\r\n\r\n")
        assert wait_until(live, 1)
    assert wait_until(live, 0)


def test_a_screen_that_sleeps_is_cut_while_others_hear_everything(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail_module, "STALL_S", 0.5)
    headers = signed_in(live)
    flood = b"x" * 1_000_000
    desk = live.world.desk
    loop = live.server.servers[0].get_loop()
    with open_tail(live, headers, room=4_096) as asleep, open_tail(live, headers) as awake:
        heard_until(asleep, b"event:")
        heard_until(awake, b"event:")
        assert wait_until(live, 2)
        from tocsin.desk.tail import Frame

        for _ in range(12):
            loop.call_soon_threadsafe(desk._tail._add, Frame("tracks", None, b'"%b"' % flood))
            heard_until(awake, b'x"\n\n')
        assert wait_until(live, 1)
        assert note(live, headers, "k", "still here") == 200
        assert b"still here" in heard_until(awake, b"still here")


def test_the_server_ends_promptly_while_screens_follow(accounts: Path, tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    shutil.copy(accounts, path)
    with served(path) as live:
        screen = open_tail(live, signed_in(live))
        heard_until(screen, b"event:")
        live.server.should_exit = True
        said = b""
        while part := screen.recv(65_536):
            said += part
        assert said.endswith(b"0\r\n\r\n"), "the tail did not end properly"
        screen.close()


HALF = [b"", b"POST /api/orders HTTP/1.1\r\nHost: loc", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"]


@pytest.mark.parametrize("begun", HALF)
def test_a_request_that_never_comes_whole_is_given_up(
    live: Live, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "ARRIVAL_S", 0.3)
    there = socket.create_connection(("127.0.0.1", live.port), timeout=8)
    with there as sock, open_tail(live, signed_in(live)) as screen:
        sock.sendall(begun)
        with contextlib.suppress(ConnectionResetError):
            assert b"HTTP/1.1 200" not in heard_until(sock, b"never said")
        heard_until(screen, b"event: pulse")
        assert wait_until(live, 1), "a screen that only listens was given up too"


def test_where_every_connection_is_taken_the_longest_silent_makes_room(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = signed_in(live)
    with contextlib.ExitStack() as crowd:
        screen = crowd.enter_context(open_tail(live, headers))
        heard_until(screen, b"event:")
        monkeypatch.setattr(protocol.DeskProtocol, "room", 5)
        address = ("127.0.0.1", live.port)
        silent = [crowd.enter_context(socket.create_connection(address, timeout=8)) for _ in range(8)]
        assert note(live, headers, "k", "still answered") == 200
        assert b"still answered" in heard_until(screen, b"still answered"), "who is listening is not silent"
        with contextlib.suppress(ConnectionResetError):
            assert silent[0].recv(1) == b""


def test_there_is_room_for_fewer_connections_than_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
        room = room_for_connections()
        granted = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert granted == min(FILES, hard)
    assert 0 < room < granted


def test_a_taken_port_is_told_in_one_line(live: Live) -> None:
    with pytest.raises(PortTaken, match=rf"port {live.port}: Address already in use; choose another with --port"):
        listen("127.0.0.1", live.port)
    with pytest.raises(PortTaken, match=r"cannot listen on no\.such\.host\.invalid"):
        listen("no.such.host.invalid", 0)
