"""Incidents opened over HTTP by 64 clients on PostgreSQL, each durable before it is acknowledged; then verified.

`python bench/orders_postgres.py [DIR]`: a private server with fsync on, its files in DIR (default: here), which must be
on the disk that matters.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from common import Server, note, say, spread_ms
from log_postgres import server_module
from orders import SECONDS, load
from tocsin.log.postgres import PostgresLog

CLIENTS = 64


def main() -> None:
    module = server_module()
    bin_dir = module.programs()
    if bin_dir is None:
        note("PostgreSQL's server (15 or later) is not on this machine: nothing was measured")
        return
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else Path.cwd(), prefix="pgo-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as somebody else where we are root
        tempfile.tempdir = folder
        database = module.Server.make(bin_dir)
        database.settings |= {"shared_buffers": "128MB"}
        database.start()
        try:
            measure(Path(folder) / "data", database.conninfo)
        finally:
            database.remove()


def measure(data: Path, store: str) -> None:
    """One load on one node."""
    server = Server(data, "--store", store)
    try:
        note(f"opening incidents with {CLIENTS} clients on PostgreSQL for {SECONDS:.0f} s")
        took, elapsed = asyncio.run(load(server.port, CLIENTS, "pg"))
    finally:
        server.stop()
    log = PostgresLog.open(store, "centre", read_only=True)
    flaws = log.verify()
    log.close()
    per_s = round(len(took) / elapsed)
    say(
        f"incidents opened over HTTP on PostgreSQL, durable, {CLIENTS} clients", per_s=per_s, flaws=len(flaws),
        **spread_ms(took),
    )  # fmt: skip


if __name__ == "__main__":
    main()
