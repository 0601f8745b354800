"""A server for the benches: the real one, with accounts made and, if asked, units that move once a second.

`python bench/server.py DATA [--units N] [--moving N] [--incidents N] [--region DIR] [--store ADDRESS]`
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time
from pathlib import Path

from common import PASSWORD, STAFF, place
from tocsin.app import App, build, serve
from tocsin.domain import orders
from tocsin.facts.values import Move, Place
from tocsin.settings import load_settings


async def furnish(app: App, units: int, incidents: int) -> None:
    """Units on duty and incidents open, through the desk like everything else."""
    work: list[orders.AnyOrder] = []
    for i in range(units):
        kind = ("engine", "ambulance", "police")[i % 3]
        work.append(orders.RegisterUnit(f"U{i}", kind, kind, (kind,), Place(**place(i)), 2, "Station"))
        work.append(orders.UnitOnDuty(f"U{i}", 3))
    types = [kind.code for kind in app.desk.catalogue.types]
    for i in range(incidents):
        work.append(orders.OpenIncident(types[i % len(types)], None, Place(**place(i)), (), "smoke from the roof"))
    for first in range(0, len(work), 256):
        batch = [app.desk.give(o, by="bench", key=f"f{first + j}") for j, o in enumerate(work[first : first + 256])]
        await asyncio.gather(*batch)


async def move(app: App, n: int) -> None:
    """`n` units drive in circles and say so once a second."""
    while n:
        now = time.time()
        angle = now / 10
        await app.desk.report(
            [
                Move(f"U{i}", now, 35.9 + 0.02 * math.sin(angle + i), 14.45 + 0.02 * math.cos(angle + i), 12.0, 90.0)
                for i in range(n)
            ]
        )
        await asyncio.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--units", type=int, default=0)
    parser.add_argument("--moving", type=int, default=0)
    parser.add_argument("--incidents", type=int, default=0)
    parser.add_argument("--region", type=Path)
    parser.add_argument("--store", default="")
    options = parser.parse_args()
    words = {"data": options.data, "port": 0, "region": options.region, "store": options.store}
    app = build(load_settings(**words, centre_mode="exercise"))
    known = {account.name for account in app.access.accounts()}
    for name in STAFF:
        if name not in known:
            app.access.add_account(name, PASSWORD, ("dispatcher", "supervisor"), time.time())

    async def beside(_: App) -> None:
        await furnish(app, options.units, options.incidents)
        print(f"ready at {address[0]}", flush=True)
        await move(app, options.moving)
        await asyncio.Event().wait()

    address: list[str] = []
    asyncio.run(serve(app, ready=address.append, beside=beside))


if __name__ == "__main__":
    main()
