"""The world of the access matrix: every state an incident or a call can be in, and canaries in all that is said of it.

A real server's parts on a real store and a small map, with a clock of its own. Every field that names or places a
caller holds a word or a number found nowhere else (a canary), other ones for each incident.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.browser import town
from tests.gateways.test_i3_log import pem

from tocsin.app import App, build
from tocsin.domain import orders as o
from tocsin.domain import orders_caller_links as links
from tocsin.domain.orders_locations import ReportLocation
from tocsin.facts.shapes import Circle
from tocsin.facts.values import Move
from tocsin.gateways.callers.sending import hash_of
from tocsin.geo.build import build_region
from tocsin.geo.progress import Quiet
from tocsin.settings import Callers, Centre, LoggingService, LogPartner, Partner, Settings, SmsPrinter

NOW = 1_800_000_000.0
AGENCIES = ("", "fire", "ems", "police")
PLANS = """
[[agencies]]
name = "fire"
groups = ["fire"]
[[agencies]]
name = "ems"
groups = ["medical"]
[[agencies]]
name = "police"
"""
TYPES = {"fire": "FIRE-OUTSIDE", "ems": "MED-ILLNESS", "": "FIRE-OUTSIDE"}
Kind = Literal["words", "exact"]
HOME = msgspec.convert({"lat": 35.90495, "lon": 14.5006}, o.Place)
DOMAIN = "north.example.org"
CARRIER, NARROW = "the key of the carrier", "the key of the narrow one"
RECORDER = ed25519.Ed25519PrivateKey.generate()


class State(msgspec.Struct, frozen=True):
    """One incident of the matrix, or a call of none."""

    name: str
    owner: str
    """Whose incident; empty: it is a call alone."""
    age_h: float
    """Hours since it was closed; 0: live."""
    shared: Literal["", "live", "time", "ordered", "closed"] = ""
    """With the other agency, and how that ended."""


STATES = (
    *(
        State(f"{owner} {name}", owner, age_h, shared)
        for owner in ("fire", "ems")
        for name, age_h, shared in (
            ("live", 0.0, ""), ("recent", 1.0, ""), ("old", 100.0, ""), ("shared", 0.0, "live"),
            ("share over", 0.0, "time"), ("share ended", 0.0, "ordered"), ("share closed", 1.0, "closed"),
        )
    ),
    State("call live", "", 0.0),
    State("call lost", "", 1.0),
)  # fmt: skip


class Case(msgspec.Struct):
    """An incident as it was made: its ids, and what must not be seen by whom."""

    state: State
    number: int
    incident: str = ""
    call: str = ""
    unit: str = ""
    link: str = ""

    @property
    def media(self) -> str:
        """The id of its picture."""
        return f"M{self.number}"

    @property
    def token(self) -> str:
        """What opens the caller's link."""
        return f"token{self.number:017d}"

    @property
    def device(self) -> str:
        """The secret of the phone that opened it."""
        return f"device{self.number:016d}"

    @property
    def phone(self) -> str:
        """The caller's number."""
        return f"+35899900{self.number}1"

    def word(self, what: str) -> str:
        """The canary of a field."""
        return f"zq{what}{self.number}"

    @property
    def place(self) -> dict[str, Any]:
        """Its exact place."""
        n = self.number
        return {"lat": float(f"35.90{n}314159"), "lon": float(f"14.50{n}271828"), "text": self.word("street")}


class Clock:
    """Time stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW - 101 * 3_600.0

    def __call__(self) -> float:
        return self.now


class FakeMedia:
    """Pictures that are words."""

    def get(self, call: str, media: str) -> bytes:
        """The picture."""
        return f"zqphoto{media[1:]}".encode()


class World:
    """The server and its incidents."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.app, self.clock = app, clock
        self.web = app.web
        self.cases = [Case(state, 11 + 2 * n) for n, state in enumerate(STATES)]
        self.incidents = [case for case in self.cases if case.state.owner]
        self.by_number = {case.number: case for case in self.cases}
        self.keys = itertools.count()

    async def give(self, order: Any, by: str = "chief") -> list[Any]:
        """An order that must be done; its facts."""
        done = await self.app.desk.give(order, by=by, key=f"m{next(self.keys)}")
        assert hasattr(done, "entries"), (order, done)
        return [entry.fact for entry in done.entries]

    async def furnish(self) -> None:
        """Every incident in its state; those closed long ago first."""
        for case in sorted(self.cases, key=lambda case: -case.state.age_h):
            self.clock.now = NOW - case.state.age_h * 3_600.0
            await self._make(case)
        self.clock.now = NOW
        for case in self.cases:
            if case.state.shared == "time":
                await self._share(case, NOW + 5)
        self.clock.now = NOW + 10
        await self.give(o.RaiseAlarms(), by="clock")
        self.app.site.showing._media = FakeMedia()  # type: ignore[union-attr,assignment]

    async def _make(self, case: Case) -> None:
        n, now, state = case.number, self.clock.now, case.state
        (call,) = await self.give(o.ReceiveCall("112", case.phone, case.word("name"), place(case), now - 30))
        case.call = call.call
        if state.name != "call lost":
            await self.give(o.AnswerCall(case.call))
        shape = Circle(float(f"35.90{n}3577215"), float(f"14.50{n}2577215"), 20.0)
        report = ReportLocation("aml", case.call, shape=shape, text=case.word("said"), floor=case.word("floor"),
                                raw=case.word("raw"), fixed_at=now - 20)  # fmt: skip
        await self.give(report, by="aml")
        await self.give(o.NoteCall(case.call, case.word("cried")))
        if state.owner:
            opened = o.OpenIncident(TYPES[state.owner], None, place(case), (case.call,), case.word("summary"))
            case.incident = (await self.give(opened))[0].incident
        await self._linked(case)
        if state.owner:
            await self.give(o.NoteIncident(case.incident, case.word("note")))
            await self._work(case)
        elif state.age_h:
            await self.give(o.ReleaseCall(case.call, "abandoned", case.word("gone")))

    async def _linked(self, case: Case) -> None:
        (link,) = await self.give(links.SendCallerLink(case.call))
        case.link = link.link
        await self.give(links.IssueLink(link.link, hash_of(case.token)), by="callers")
        await self.give(links.OpenLink(link.link, hash_of(case.device), "en"), by="callers")
        await self.give(links.ShareLink(link.link), by="callers")
        await self.give(links.HearCaller(link.link, case.word("chat")), by="callers")
        await self.give(links.TellCaller(link.link, case.word("told")))
        await self.give(links.ShowMedia(link.link, case.media, "photo", 9, 1, 1, f"{case.number:064x}"), by="callers")

    async def _work(self, case: Case) -> None:
        state, unit = case.state, f"{case.state.owner[0].upper()}{case.number}"
        await self.give(o.RegisterUnit(unit, "car", state.owner, ("engine",), HOME, 1))
        await self.give(o.UnitOnDuty(unit, 2, (case.word("crew"),)))
        await self.give(o.DispatchUnits(case.incident, (unit,)))
        await self.app.desk.report([Move(unit, self.clock.now, case.place["lat"], case.place["lon"])])
        await self.give(o.StampUnit(unit, "en_route" if state.shared == "live" else "on_scene"))
        case.unit = unit
        if state.shared in ("live", "ordered", "closed"):
            await self._share(case, None)
        if state.shared == "ordered":
            await self.give(o.EndSharing(case.incident, other(state.owner), case.word("ending")))
        if state.age_h:
            await self.give(o.StampUnit(unit, "available"))
            await self.app.desk.report([Move(unit, self.clock.now + 1, HOME.lat, HOME.lon)])
            await self.give(o.CloseIncident(case.incident, "handled", case.word("closing")))
            case.unit = ""

    async def _share(self, case: Case, until: float | None) -> None:
        await self.give(o.ShareIncident(case.incident, other(case.state.owner), case.word("sharing"), until))


def other(agency: str) -> str:
    """Who helps."""
    return "ems" if agency == "fire" else "fire"


def place(case: Case, more: str = "") -> Any:
    """Where it is; `more`: and a little on."""
    found = dict(case.place)
    if more:
        found["lat"], found["lon"] = point(case)
    return msgspec.convert(found, o.Place)


def point(case: Case) -> tuple[float, float]:
    """A little on."""
    return float(f"35.90{case.number}2236"), float(f"14.50{case.number}2236")


READERS_OF_LOG = {
    "recorder": ("own", (), False),
    "fire-blind": ("shared", ("fire",), False),
    "fire-sighted": ("shared", ("fire",), True),
    "ems-sighted": ("shared", ("ems",), True),
    "nobodys": ("shared", ("mountain",), True),
    "all-blind": ("all", (), False),
    "all-sighted": ("all", (), True),
}
"""Partners at the logging service: what each reads, of which agencies, and whether with callers' data."""


def settings(folder: Path) -> Settings:
    """Every door there is, open."""
    plans = folder / "plans.toml"
    plans.write_text(PLANS)
    key = pem(folder / "recorder.pem", RECORDER)
    partners = [
        LogPartner(name, (f"{name}.example",), (key,) if name == "recorder" else (), token_of(name),
                   reads, agencies, sighted)  # type: ignore[arg-type]
        for name, (reads, agencies, sighted) in READERS_OF_LOG.items()
    ]  # fmt: skip
    carriers = (
        Partner("carrier", ("aml", "sms", "pidf", "cell", "registered"), CARRIER),
        Partner("narrow", ("cell",), NARROW),
    )
    return Settings(
        data=folder / "data", plans=plans, centre=Centre("north", "North", "exercise"), region=region(folder),
        callers=Callers(SmsPrinter(), "https://north.example.org"), intake=carriers,
        logging_service=LoggingService(DOMAIN, tuple(partners)), publish_looks=True,
    )  # fmt: skip


def token_of(partner: str) -> str:
    """What bears a partner at the logging service out."""
    return f"the-token-of-{partner}"


def region(folder: Path) -> Path:
    """The small town's map, built."""
    town.write(folder / "town.osm.pbf")
    build_region(folder / "town.osm.pbf", folder / "town", Quiet())
    return folder / "town"


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[App, Clock]]:
    """The server's parts, started, and its clock."""
    clock = Clock()
    app = build(settings(folder), clock)
    try:
        await app.desk.start("north", "North", "exercise")
        try:
            app.desk.listeners.remove(app.callers.sending._hear)  # type: ignore[union-attr]
            # The matrix opens callers' links itself.
            yield app, clock
        finally:
            await app.site.looks.stop()
            await app.desk.stop()
    finally:
        app.close()
