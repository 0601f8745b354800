"""Goes where a partner's message points for a location (RFC 6753): its own hosts, https, one step, for a live call.

Follows nothing for a number nobody calls from, and no host that the partner's settings do not name. In threads of its
own, few at a time: a slow server of one partner delays no other message and never a call.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import msgspec

from tocsin.desk.desk import Desk
from tocsin.desk.tally import Refused
from tocsin.domain.decide_locations import caller, locatable
from tocsin.domain.orders_locations import ReportLocation
from tocsin.domain.refusals import Refusal
from tocsin.facts.locations import ReportFlaw
from tocsin.facts.values import Instant
from tocsin.gateways.held_client import MOST_FETCHED, Unanswered, fetch
from tocsin.gateways.reading import Pointing, Read, tidy
from tocsin.gateways.reports import MOST_PLACES, kept, of_pidf
from tocsin.settings import LocationServer, Partner
from tocsin.standards.held import Reference
from tocsin.standards.pidf_lo import PidfLo

THREADS = 2
IN_HAND = 8
TIMEOUT_S = 6.0
"""For all references of one message together."""
WAY = "reference"
FIELD = "locationURI"


class References:
    """Fetches what partners' messages point at, for a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._threads = ThreadPoolExecutor(THREADS, "references")
        self._in_hand = 0

    def close(self) -> None:
        """Fetch no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def follow(self, partner: Partner, pointing: Pointing, about: str) -> Read | None:
        """The places, or one report that says by name why there is none; None when too many are in hand."""
        if self._in_hand >= IN_HAND:
            return None
        self._in_hand += 1
        try:
            found = await self._fetched(partner, pointing)
        except Unanswered as why:
            self._failed(partner, pointing, why)
            return Read((_unfollowed(partner, pointing, why),), f"{about} {why.name}")
        finally:
            self._in_hand -= 1
        return _read(partner, pointing, about, found)

    async def _fetched(self, partner: Partner, pointing: Pointing) -> list[PidfLo]:
        if not self._live(pointing):
            raise Unanswered("no_call", "Nobody calls from there now: a device is located for a live call only.")
        if not partner.location_hosts:
            raise Unanswered("bad_reference", "No host of this partner is in the settings.")
        loop, now = asyncio.get_running_loop(), self._desk.now()
        return await loop.run_in_executor(self._threads, fetch_first, partner, pointing.references, now)

    def _live(self, pointing: Pointing) -> bool:
        room = self._desk.room
        if pointing.call:
            return not isinstance(locatable(room, pointing.call), Refusal)
        return bool(caller(room, pointing.number, self._desk.now()))

    def _failed(self, partner: Partner, pointing: Pointing, why: Unanswered) -> None:
        size_b = len(pointing.raw)
        self._desk.tally.refused(Refused(self._desk.now(), partner.name, WAY, why.name, FIELD, str(why), size_b))


def fetch_first(partner: Partner, references: tuple[Reference, ...], now: Instant) -> list[PidfLo]:
    """What the first reference that answers stands for. Blocks, `TIMEOUT_S` at most. Raises the last Unanswered."""
    deadline, why = time.monotonic() + TIMEOUT_S, Unanswered("no_location", "There is no reference.")
    for reference in references[:MOST_FETCHED]:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            break
        hosts = partner.location_hosts
        try:
            if reference.expires_at is not None and reference.expires_at < now:
                raise Unanswered("expired", "The reference has expired.")
            return fetch(LocationServer(f"https://{hosts[0]}", hosts=hosts, timeout_s=left_s), reference.uri)
        except Unanswered as error:
            why = error
    raise why


def _read(partner: Partner, pointing: Pointing, about: str, found: list[PidfLo]) -> Read:
    """A reference asked again may say another place: what was found is part of what tells messages apart."""
    said, call, number = pointing.raw, pointing.call, pointing.number
    orders = [of_pidf(document, "pidf_lo", partner.name, said, call=call, number=number) for document in found]
    places = tuple(tidy(order) for order in list(chain(*orders))[:MOST_PLACES])
    return Read(places, f"{about} {hashlib.sha256(msgspec.json.encode(places)).hexdigest()}")


def _unfollowed(partner: Partner, pointing: Pointing, why: Unanswered) -> ReportLocation:
    flaw = ReportFlaw(FIELD, why.name, str(why))
    order = ReportLocation(
        "pidf_lo", pointing.call, pointing.number, origin=partner.name, flaws=(flaw,), raw=kept(pointing.raw)
    )
    return tidy(order)
