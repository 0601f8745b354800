"""Names under which this server answers, in one form. Looks nothing up."""

from __future__ import annotations

from collections.abc import Iterable

ALWAYS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def bare_host(raw: str) -> str:
    """The host of a Host header without its port, lower-case; `[::1]:80` is `[::1]` (RFC 9110 §7.2)."""
    host = raw.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def known_hosts(names: Iterable[str]) -> frozenset[str]:
    """Names as operators write them (`Desk.example.org:443`, `::1`) in the form of `bare_host`, and our own."""
    return ALWAYS | {bare_host(f"[{name}]" if name.count(":") > 1 and "[" not in name else name) for name in names}
