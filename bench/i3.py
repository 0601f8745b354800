"""The door for neighbours over a year: the first look, pages and lists afterwards, and events logged a second.

`python bench/i3.py [--facts 200000]`: processor seconds of one core; answers are folded, opened and signed, not sent.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from common import note, say
from start import entries, fill
from tocsin.cli.keys_at import keys_at
from tocsin.gateways.i3_ask import Library
from tocsin.log.sqlite import SqliteLog
from tocsin.settings import LogPartner
from tocsin.standards.i3_log import parse, stamp
from tocsin.standards.jws import Jws, Signer, prove, read

DOMAIN = "centre.example"
CALL = f"urn:emergency:uid:callid:000000001000:{DOMAIN}"
READER = LogPartner("reader", (DOMAIN,), (), None, "shared", ("fire",), True)


def took(work: Any) -> tuple[float, Any]:
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def reading(log: SqliteLog, facts_n: int) -> None:
    library = Library(log, DOMAIN, Signer(bytes(32)), lambda: 0.0)
    first_s, found = took(lambda: library.answer(READER, "v1/LogEvents", {"limit": "1"}))
    say("first look at the record", facts=facts_n, events=found["totalCount"], cpu_s=round(first_s, 2))
    middle = str(found["totalCount"] // 2)
    for name, asked in (
        ("LogEvents", {"limit": "100", "start": middle}),
        ("LogEventIds", {"callId": CALL}),
        ("IncidentIds", {}),
    ):
        times = sorted(
            took(lambda way=name, given=asked: library.answer(READER, f"v1/{way}", given))[0] for _ in range(9)
        )
        say(f"{name} afterwards", n=9, p50_ms=round(times[4] * 1e3, 1), max_ms=round(times[8] * 1e3, 1))


def writing(count: int = 3_000) -> None:
    """What an event costs before it is an order: three members read, one signature proven, every member checked."""
    key = ed25519.Ed25519PrivateKey.generate()
    signer = Signer(key.private_bytes_raw())
    event = {
        "logEventType": "CallStartLogEvent", "timestamp": stamp(1.76e9), "elementId": DOMAIN, "agencyId": DOMAIN,
        "callId": CALL, "callIdSip": "f81d4fae@a.example", "direction": "incoming", "from": "tel:+35699123456",
    }  # fmt: skip
    bodies = [msgspec.json.encode(signer.sign(msgspec.json.encode(event | {"to": str(n)}))) for n in range(count)]

    def work() -> None:
        for body in bodies:
            jws = read(body)
            assert isinstance(jws, Jws)
            parse(prove(jws, [key.public_key()]).payload)  # type: ignore[union-attr]

    spent_s, _ = took(work)
    say("events read and proven", n=count, per_s=round(count / spent_s))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=200_000)
    options = parser.parse_args()
    writing()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-i3-") as folder:
        data = Path(folder)
        with keys_at(data, "", "centre", make=True) as keys:
            log = SqliteLog.open(data / "decisions.db", "centre", codec=keys.codec)
            note(f"writing {options.facts:,} facts")
            fill(log, entries(options.facts), options.facts)
            reading(log, options.facts)
            log.close()


if __name__ == "__main__":
    main()
