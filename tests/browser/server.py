"""The real server for the browser tests, in a process of its own: `server.py DATA REGION PORT`. Prints its address."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from tocsin.app import App, build, serve
from tocsin.domain import orders
from tocsin.facts.values import Place
from tocsin.gateways.callers.sms_printer import PrinterSms
from tocsin.settings import load_settings

PASSWORD = "correct horse battery"
UNITS = (
    ("E1", "engine", "fire"),
    ("E2", "engine", "fire"),
    ("M1", "ambulance", "ambulance"),
    ("M2", "ambulance", "ambulance"),
    ("P1", "patrol", "police"),
)


async def furnish(app: App) -> None:
    for i, (unit, kind, agency) in enumerate(UNITS):
        home = Place(35.9005 + i * 0.001, 14.5005 + i * 0.001, "Mill Fire")
        caps = ("police",) if agency == "police" else (kind, "als")
        for n, order in enumerate(
            (orders.RegisterUnit(unit, kind, agency, caps, home, 2, "Mill Fire"), orders.UnitOnDuty(unit, 3))
        ):
            await app.desk.give(order, by="test", key=f"furnish-{unit}-{n}")


def write(path: Path, message: str) -> None:
    with path.open("a") as out:
        out.write(message + "\n")


def main() -> None:
    data, region, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    callers = {"sms": {"way": "printer"}}
    app = build(load_settings(data=data, port=port, region=region, centre_mode="exercise", callers=callers))
    assert app.callers
    app.callers.sending.sms = PrinterSms(lambda message: write(data / "sms.txt", message))
    known = {account.name for account in app.access.accounts()}
    for name in ("ana", "bo"):
        if name not in known:
            app.access.add_account(name, PASSWORD, ("dispatcher", "supervisor"), time.time())
    if "root" not in known:
        app.access.add_account("root", PASSWORD, ("administrator",), time.time())

    async def beside(_: App) -> None:
        if not app.desk.picture().board.rows.units:
            await furnish(app)
        print(f"ready at {address[0]}", flush=True)  # noqa: T201
        await asyncio.Event().wait()

    address: list[str] = []
    asyncio.run(serve(app, ready=address.append, beside=beside))


if __name__ == "__main__":
    main()
