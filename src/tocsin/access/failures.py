"""Counting what went wrong, so that guessing stops. Knows keys and instants, refuses to know what was tried.

A key is an account's name or a remote address. When too many failures fall within FAILURES_WITHIN_S the key is locked
for LOCKED_S. What is refused because of a lock is not counted again: a lock always ends.
"""

from __future__ import annotations

import ipaddress

from tocsin.access.people import FAILURES_WITHIN_S, LOCKED_S, Instant
from tocsin.access.tables import Con


def account_key(name: str) -> str:
    """The key of an account, whether or not it exists: a lock must not tell."""
    return f"account {name}"


def remote_key(remote: str) -> str:
    """The key of an address; a whole IPv6 /64 is one, because whoever has one address of it has them all."""
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return f"remote {remote.encode('ascii', 'replace').decode()[:100]}"
    if address.version == 6:
        return f"remote {ipaddress.ip_network((int(address) >> 64 << 64, 64))}"
    return f"remote {address}"


def locked_until(con: Con, key: str, now: Instant) -> Instant | None:
    """When the lock on this key ends; None when there is none."""
    row = con.execute("SELECT until FROM locks WHERE who = ? AND until > ?", (key, now)).fetchone()
    return None if row is None else float(row[0])


def count_failure(con: Con, key: str, limit: int, now: Instant) -> None:
    """Write a failure down, and lock the key when it was one too many. Old failures and locks are swept out."""
    con.execute("DELETE FROM failures WHERE at <= ?", (now - FAILURES_WITHIN_S,))
    con.execute("DELETE FROM locks WHERE until <= ?", (now,))
    con.execute("INSERT INTO failures (who, at) VALUES (?, ?)", (key, now))
    if con.execute("SELECT count(*) FROM failures WHERE who = ?", (key,)).fetchone()[0] >= limit:
        con.execute(
            "INSERT INTO locks (who, until) VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET until = excluded.until",
            (key, now + LOCKED_S),
        )
        forget_failures(con, key)


def forget_failures(con: Con, key: str) -> None:
    """A success wipes the slate."""
    con.execute("DELETE FROM failures WHERE who = ?", (key,))


def unlock(con: Con, key: str) -> None:
    """An administrator lifts a lock."""
    con.execute("DELETE FROM locks WHERE who = ?", (key,))
    forget_failures(con, key)
