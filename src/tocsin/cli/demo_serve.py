"""The server under a demo: accounts for every role, where to look, a line of status. Knows no world."""

from __future__ import annotations

import asyncio
import logging
import secrets
import webbrowser
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console

from tocsin.cli.demo_show import status
from tocsin.sim.clock import Clock
from tocsin.sim.common import HandsOn

if TYPE_CHECKING:
    from tocsin.app import App
    from tocsin.geo.region import Region

STATUS_S = 10.0
ACCOUNTS: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("you", "You", ("call_taker", "dispatcher", "supervisor", "administrator"), "", "en"),
    ("taker", "Call-taker", ("call_taker",), "", "en"),
    ("dispatcher", "Dispatcher", ("dispatcher",), "", "en"),
    ("despacho", "Despacho", ("call_taker", "dispatcher"), "", "pt"),
    ("auditor", "Auditor", ("auditor",), "", "en"),
    ("crew", "Crew", ("field_unit",), "first", "en"),
)
"""Name, display, roles, unit (`first`: the fleet's first), language."""


class Asked(msgspec.Struct, frozen=True):
    """What the command line asked for."""

    data: Path
    host: str
    port: int
    open_browser: bool
    map: Path | None
    people: int | None
    seed: int
    speed: float
    hands: HandsOn
    units: int | None
    calls_per_hour: float | None
    fresh: bool
    headless: bool
    hours: float
    calls: Path | None
    day: str | None
    columns: str | None
    stations: Path | None
    send: str
    as_json: bool
    crash: int | None = None


def serve_world(
    asked: Asked,
    folder: Path,
    region: Region,
    clock: Clock,
    name: str,
    beside: Callable[[App, str], Awaitable[None]],
    console: Console,
) -> None:
    """Run the server in `folder` with a world beside it. Raises AppError."""
    from tocsin.app import build
    from tocsin.app import serve as serve_app
    from tocsin.settings import Callers, Centre, Settings, SmsPrinter

    settings = Settings(
        data=folder,
        host=asked.host,
        port=asked.port,
        region=region.path,
        centre=Centre("demo", name, "exercise"),
        callers=Callers(SmsPrinter()),
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    app = build(settings, clock.now, region)
    app.desk.sleep = clock.wall_second
    address: list[str] = []

    async def aside(app: App) -> None:
        try:
            await beside(app, address[0])
        except Exception as failure:
            logging.getLogger(__name__).exception("the invented world failed")
            console.print(f"The invented world has stopped: {failure!r}. The desk stays open; Ctrl-C ends it.")

    with suppress(KeyboardInterrupt):
        asyncio.run(serve_app(app, ready=address.append, beside=aside))
    console.print(f"Stopped. The record stays in {folder}")


def _accounts(app: App) -> str:
    """Accounts for every role, with one new password for all; answers the password."""
    password = secrets.token_urlsafe(12)
    first = next(iter(app.desk.board.units), "")
    for name, display, roles, unit, language in ACCOUNTS:
        if app.access.account(name) is None:
            app.access.add_account(
                name, password, roles, app.site.clock(), display=display, unit=first if unit else "", language=language
            )
        else:
            app.access.set_password(name, password)
    return password


def begin_accounts(app: App) -> asyncio.Task[str]:
    """Begin making the accounts, once the units are known; the answer is their password. Hashing takes a second."""
    return asyncio.create_task(asyncio.to_thread(_accounts, app))


async def tell(
    app: App,
    address: str,
    asked: Asked,
    clock: Clock,
    console: Console,
    known: asyncio.Task[str],
    end: float = float("inf"),
) -> None:
    """Say where to look, then a line of status now and then, while the world lives."""
    living = asyncio.create_task(clock.run(end))
    password = await known
    token = await asyncio.to_thread(app.access.sign_in_link, "you", app.site.clock())
    link = f"{address}/#link={token}" if isinstance(token, str) else address
    console.print(f"\n[bold]{app.desk.name}[/bold] — EXERCISE, nothing here is real\n")
    console.print(f"  Open  {link}", soft_wrap=True, markup=False)
    console.print(f"  (once; afterwards {address}, any of {', '.join(row[0] for row in ACCOUNTS)},", markup=False)
    console.print(f"   password {password})", markup=False)
    console.print("  In the console ? shows every key. The map is at /map, the wall at /wall. Ctrl-C here stops.\n")
    if asked.open_browser:
        webbrowser.open(link)
    while not living.done():
        moment = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m-%d %H:%M:%S")
        if console.is_terminal:
            line = f"{moment} UTC  {status(app.desk)}"
            console.print(f"{line:<100}", end="\r", highlight=False)
        await asyncio.wait([living], timeout=1.0 if console.is_terminal else STATUS_S)
    await living
