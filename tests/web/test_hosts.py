"""Which Host headers are answered: those named, in any spelling, and this machine's own."""

from __future__ import annotations

import pytest

from tocsin.web.hosts import bare_host, known_hosts


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("localhost", "localhost"),
        ("LocalHost:9110", "localhost"),
        ("[::1]:9110", "[::1]"),
        ("[FE80::1]", "[fe80::1]"),
        (" desk.example ", "desk.example"),
        ("", ""),
    ],
)
def test_the_port_and_the_case_do_not_matter(raw: str, host: str) -> None:
    assert bare_host(raw) == host


def test_names_of_operators_are_known_in_any_spelling() -> None:
    known = known_hosts(["Desk.Example.org:443", "fe80::1", "[fe80::2]"])
    for header in (
        "desk.example.org",
        "desk.example.org:9110",
        "[fe80::1]:9110",
        "[fe80::2]",
        "localhost",
        "127.0.0.1:1",
    ):
        assert bare_host(header) in known
    for header in ("evil.example", "example.org", "fe80", "", "localhost.evil.example", "127.0.0.1.evil.example"):
        assert bare_host(header) not in known
