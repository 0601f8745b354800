"""For a call that rings: the address on file for its line, and what a location server says of it. For no other reason.

Nobody can ask here: what starts a look-up is `call.received` in the record, said by the telephone exchange's token, and
its result is an order about that call. A call that a person wrote down starts none: else a number that was typed would
give a place.
Each look-up runs in a thread of a few; more than `WAITING` wait, and the rest is counted as not asked.
"""

from __future__ import annotations

import asyncio
import csv
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tocsin.access.people import MACHINE
from tocsin.desk.busy import Busy
from tocsin.desk.desk import Desk
from tocsin.desk.tally import Refused
from tocsin.domain.numbers import same_number, tail
from tocsin.domain.orders_locations import ReportLocation
from tocsin.domain.refusals import Refusal
from tocsin.facts.calls import CallReceived
from tocsin.facts.shapes import Circle, Point, Shape
from tocsin.facts.union import AnyEntry
from tocsin.gateways.held_client import Unanswered, ask
from tocsin.gateways.reading import tidy
from tocsin.gateways.reports import of_pidf
from tocsin.settings import LocationServer, SettingsError

WAITING = 64
THREADS = 4
FILE, SERVER = "lines", "location-server"
_say = logging.getLogger(__name__)
Line = tuple[str, str, Shape | None]
"""Number, address, place."""


class Lookups:
    """Hears calls ring at a desk and looks their lines up."""

    def __init__(
        self, desk: Desk, lines: Mapping[str, list[Line]] | None = None, server: LocationServer | None = None
    ) -> None:
        self._desk = desk
        self._lines = lines or {}
        self._server = server
        self._threads = ThreadPoolExecutor(THREADS, "lookups")
        self._tasks: set[asyncio.Task[None]] = set()
        if self._lines or server:
            desk.listeners.append(self._hear)

    def close(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hear(self, entry: AnyEntry) -> None:
        fact = entry.fact
        if not isinstance(fact, CallReceived) or not fact.number or not entry.by.startswith(MACHINE):
            return
        if len(self._tasks) >= WAITING:
            self._refused("busy", "Too many look-ups are waiting; this call's line was not looked up.")
            return
        task = asyncio.get_running_loop().create_task(self._look(fact.call, fact.number))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, call: str, number: str) -> None:
        for known, text, shape in self._lines.get(tail(number), ()):
            if same_number(known, number):
                order = ReportLocation("registered", call, shape=shape, text=text, origin=FILE)
                await self._give(order, FILE, f"{call}-line")
                break
        if self._server is not None:
            await self._ask(self._server, call, number)

    async def _ask(self, server: LocationServer, call: str, number: str) -> None:
        try:
            loop = asyncio.get_running_loop()
            documents = await loop.run_in_executor(self._threads, ask, server, call, number)
        except Unanswered as why:
            self._refused(why.name, str(why))
            return
        orders = [order for document in documents for order in of_pidf(document, "held", SERVER, "", call=call)]
        for n, order in enumerate(orders[:8]):
            await self._give(tidy(order), SERVER, f"{call}-held-{n}")

    async def _give(self, order: ReportLocation, by: str, key: str) -> None:
        """The call may have ended while we asked: then nobody needs the answer, and it is not kept."""
        try:
            done = await self._desk.give(order, by=by, key=key)
        except Busy as busy:
            self._refused(busy.name, str(busy))
            return
        if isinstance(done, Refusal):
            self._refused(done.name, done.text)
            return
        self._desk.tally.took(
            by, order.source, repeated=done.repeated, flawed=bool(order.flaws), fix=order.shape is not None
        )

    def _refused(self, name: str, text: str) -> None:
        self._desk.tally.refused(Refused(self._desk.now(), SERVER, "held", name, "", text, 0))


def read_lines(path: Path) -> dict[str, list[Line]]:
    """A centre's file of lines: CSV with number, address, lat, lon, radius_m (the last three may be empty), by the tail
    of the number. Raises SettingsError naming the line."""
    found: dict[str, list[Line]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"number", "address"} <= set(rows.fieldnames or ()):
                raise SettingsError(
                    f"{path}: its first line must name the columns number and address (lat, lon, radius_m)"
                )
            for n, row in enumerate(rows, 2):
                line = row["number"] or "", (row["address"] or "")[:200], _shape(path, n, row)
                if not tail(line[0]):
                    raise SettingsError(f"{path}: line {n}: number: '{line[0][:40]}' has no digits")
                found.setdefault(tail(line[0]), []).append(line)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None
    return found


def _shape(path: Path, n: int, row: Mapping[str, str | None]) -> Shape | None:
    said = [row.get(name) or "" for name in ("lat", "lon", "radius_m")]
    if not said[0] and not said[1]:
        return None
    try:
        lat, lon, radius_m = (float(value or 0) for value in said)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180 and 0 <= radius_m <= 1_000_000):
            raise ValueError
    except ValueError:
        raise SettingsError(f"{path}: line {n}: lat, lon, radius_m: {', '.join(said)} is no place") from None
    return Circle(lat, lon, radius_m) if radius_m else Point(lat, lon)
