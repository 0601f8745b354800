"""The access matrix: every route × every role and machine × every agency × every state of an incident, for leaks.

A real server's parts on a real store, with a clock of its own. Every field that names or places a caller holds a word
or a number found nowhere else (a canary), other ones for each incident; every byte of every answer is searched for
those that its reader must not see. Routes come from the table: one that nobody knows how to ask fails here.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
import urllib.parse
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from tocsin.access.roles import ROLES
from tocsin.app import App, build
from tocsin.domain import orders as o
from tocsin.domain import orders_caller_links as links
from tocsin.domain.orders import ORDER_KINDS, Order
from tocsin.domain.orders_locations import ReportLocation
from tocsin.facts.shapes import Circle
from tocsin.facts.values import Move
from tocsin.settings import Centre, Settings
from tocsin.web.door import Route
from tocsin.web.routes import ROUTES
from tocsin.web.site import build_web

from .asgi import Answer, Client, Stream

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
TYPES = {"fire": "FIRE-OUTSIDE", "ems": "MED-ILLNESS"}
Kind = Literal["words", "exact"]
CANARY = re.compile(
    rb"zq(?P<what>[a-z]+)(?P<word>\d+)|\+35899900(?P<number>\d\d)\d|(?<![\d.])(?:60|24)\.(?P<degrees>\d\d)\d\d+"
)
"""A word, a telephone number, or a position more exact than about a kilometre; and of which incident it is."""
MISSING_HERE = {
    "/api/region": "there is no map", "/map/basemap.pmtiles": "there is no map", "/api/coverage/cells": "no map",
    "/api/places/nearest": "there is no map", "/transparency.json": "this centre does not publish",
}  # fmt: skip
"""Routes that answer 200 to nobody in this world, and why."""


class State(msgspec.Struct, frozen=True):
    """One incident of the matrix."""

    name: str
    owner: str
    age_h: float
    """Hours since it was closed; 0: live."""
    shared: Literal["", "live", "time", "ordered", "closed"] = ""
    """With the other agency, and how that ended."""


STATES = tuple(
    State(f"{owner} {name}", owner, age_h, shared)
    for owner in TYPES
    for name, age_h, shared in (
        ("live", 0.0, ""), ("recent", 1.0, ""), ("old", 100.0, ""), ("shared", 0.0, "live"),
        ("share over", 0.0, "time"), ("share ended", 0.0, "ordered"), ("share closed", 1.0, "closed"),
    )
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

    def word(self, what: str) -> str:
        """The canary of a field."""
        return f"zq{what}{self.number}"

    @property
    def place(self) -> dict[str, Any]:
        """Its exact place."""
        n = self.number
        return {"lat": float(f"60.{n}314159"), "lon": float(f"24.{n}271828"), "text": self.word("street")}


class Observer(msgspec.Struct):
    """Somebody who looks: a person by role, or a machine by scopes; of an agency, or of the whole centre."""

    role: str
    agency: str
    client: Client
    bearer: str = ""
    unit: str = ""

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.role}@{self.agency or 'centre'}"

    @property
    def headers(self) -> dict[str, str | None]:
        """What a machine sends along."""
        return {"authorization": f"Bearer {self.bearer}"} if self.bearer else {}

    def allowed(self, case: Case) -> set[Kind]:
        """What this observer may see of an incident, by the rules of docs/how-to/agencies.md, written out once more."""
        state = case.state
        if self.role == "field_unit":
            return {"words", "exact"} if case.unit and case.unit == self.unit else set()
        if self.role not in ("call_taker", "dispatcher", "supervisor", "machine"):
            return set()
        shared = state.shared == "live" and {state.owner, self.agency} == {"fire", "ems"}
        if self.agency not in ("", state.owner) and not shared:
            return set()
        return {"words"} if state.age_h > 72 else {"words", "exact"}


class Leak(msgspec.Struct, frozen=True):
    """Something was seen by whom it must not be."""

    observer: str
    asked: str
    incident: str
    found: str


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


class Matrix:
    """One world, its incidents and observers, and the walk through every route."""

    def __init__(self, app: App, clock: Clock) -> None:
        self.app, self.clock = app, clock
        self.web = build_web(app.site)
        self.cases = [Case(state, 11 + 2 * n) for n, state in enumerate(STATES)]
        self.by_number = {case.number: case for case in self.cases}
        self.observers: list[Observer] = []
        self.leaks: list[Leak] = []
        self.seen: set[tuple[str, int, Kind]] = set()
        """What was found where it is allowed: a matrix that finds nothing anywhere would prove nothing."""
        self.answered: dict[str, set[int]] = {}
        self.asked = 0
        self._keys = itertools.count()

    # -- the world --------------------------------------------------------------------------------------------------

    async def give(self, order: Any, by: str = "chief") -> list[Any]:
        """An order that must be done; its facts."""
        done = await self.app.desk.give(order, by=by, key=f"m{next(self._keys)}")
        assert hasattr(done, "entries"), (order, done)
        return [entry.fact for entry in done.entries]

    async def furnish(self) -> None:
        """Every incident in its state; those closed long ago first."""
        order = sorted(self.cases, key=lambda case: -case.state.age_h)
        for case in order:
            self.clock.now = NOW - case.state.age_h * 3_600.0
            await self._make(case)
        self.clock.now = NOW
        for case in self.cases:
            if case.state.shared == "time":
                await self._share(case, NOW + 5)
        self.clock.now = NOW + 10
        await self.give(o.RaiseAlarms(), by="clock")
        await self._shown()

    async def _make(self, case: Case) -> None:
        n, now, state = case.number, self.clock.now, case.state
        (call,) = await self.give(o.ReceiveCall("112", f"+35899900{n}1", case.word("name"), _place(case), now - 30))
        case.call = call.call
        await self.give(o.AnswerCall(case.call))
        shape = Circle(float(f"60.{n}3577215"), float(f"24.{n}2577215"), 20.0)
        report = ReportLocation("aml", case.call, shape=shape, text=case.word("said"), floor=case.word("floor"),
                                raw=case.word("raw"), fixed_at=now - 20)  # fmt: skip
        await self.give(report, by="aml")
        await self.give(o.NoteCall(case.call, case.word("cried")))
        opened = o.OpenIncident(TYPES[state.owner], None, _place(case), (case.call,), case.word("summary"))
        case.incident = (await self.give(opened))[0].incident
        (link,) = await self.give(links.SendCallerLink(case.call))
        await self.give(links.IssueLink(link.link, f"{n:064d}"), by="callers")
        await self.give(links.OpenLink(link.link, f"{n:064x}", "en"), by="callers")
        await self.give(links.ShareLink(link.link), by="callers")
        await self.give(links.HearCaller(link.link, case.word("chat")), by="callers")
        case.link = link.link
        await self.give(links.ShowMedia(link.link, case.media, "photo", 9, 1, 1, f"{n:064x}"), by="callers")
        await self.give(o.NoteIncident(case.incident, case.word("note")))
        await self._work(case)

    async def _work(self, case: Case) -> None:
        state, unit = case.state, f"{case.state.owner[0].upper()}{case.number}"
        home = msgspec.convert({"lat": 61.5, "lon": 25.5}, o.Place)
        await self.give(o.RegisterUnit(unit, "car", state.owner, ("engine",), home, 1))
        await self.give(o.UnitOnDuty(unit, 2, (case.word("crew"),)))
        await self.give(o.DispatchUnits(case.incident, (unit,)))
        await self.app.desk.report([Move(unit, self.clock.now, case.place["lat"], case.place["lon"])])
        await self.give(o.StampUnit(unit, "on_scene"))
        case.unit = unit
        if state.shared in ("live", "ordered", "closed"):
            await self._share(case, None)
        if state.shared == "ordered":
            await self.give(o.EndSharing(case.incident, _other(state.owner), case.word("ending")))
        if state.age_h:
            await self.give(o.StampUnit(unit, "available"))
            await self.app.desk.report([Move(unit, self.clock.now + 1, home.lat, home.lon)])
            await self.give(o.CloseIncident(case.incident, "handled", case.word("closing")))
            case.unit = ""

    async def _share(self, case: Case, until: float | None) -> None:
        await self.give(o.ShareIncident(case.incident, _other(case.state.owner), case.word("sharing"), until))

    async def _shown(self) -> None:
        self.app.site.showing._media = FakeMedia()  # type: ignore[union-attr,assignment]

    def people(self) -> None:
        """One observer for each role and agency, machines, and nobody."""
        access, now = self.app.access, time.time()
        access.add_account("spare", None, ["auditor"], now)  # whom administrators may change and shut out
        live = {case.state.owner: case.unit for case in self.cases if case.state.name.endswith(" live")}
        for role, agency in itertools.product(ROLES, AGENCIES):
            name, unit = f"{role}-{agency or 'centre'}", live.get(agency, live["fire"]) if role == "field_unit" else ""
            access.add_account(name, None, [role], now, agency=agency, unit=unit)
            session: Any = access.sign_in_by_link(str(access.sign_in_link(name, now)), "", now)
            client = Client(self.web)
            client.token, client.csrf = session.token, session.csrf
            self.observers.append(Observer(role, agency, client, unit=unit))
        for agency in AGENCIES:
            made: Any = access.tokens.add(
                f"m-{agency or 'centre'}", ["read_board", "read_record", "read_media"], 9, "x", now, agency=agency
            )
            self.observers.append(Observer("machine", agency, Client(self.web), bearer=made[0]))
        self.observers.append(Observer("nobody", "", Client(self.web)))

    # -- the walk ---------------------------------------------------------------------------------------------------

    async def walk(self) -> None:
        """Ask everything as everybody, then once more while things happen."""
        for observer in self.observers:
            for route in ROUTES:
                if route.media != "text/event-stream" and (route.method, route.path) != ("DELETE", "/api/session"):
                    await self.visit(observer, route)
            await self.search(observer)
        await self.listen()
        for observer in self.observers:
            await self.orders(observer)
        for observer in self.observers:
            await self.ask(observer, "DELETE", "/api/session")

    async def visit(self, observer: Observer, route: Route) -> None:
        """One route, about everything there is."""
        for path in self.addresses(route):
            body = BODIES.get((route.method, route.path), {}) if route.body is not None else None
            for filled in body if isinstance(body, list) else [body]:
                answer = await self.ask(observer, route.method, path, self._filled(filled))
                self.answered.setdefault(route.path, set()).add(answer.status)

    def addresses(self, route: Route) -> Iterator[str]:
        """Every address of a route in this world. Raises where nobody said how it is filled."""
        query = QUERIES.get(route.path)
        if query is None:
            needed = [field.name for field in msgspec.structs.fields(route.query) if field.required]
            query = ["&".join(f"{name}={KNOWN[name]}" for name in needed)]
        for path in self._paths(route):
            yield from (f"{path}?{one}" if one else path for one in query)

    def _paths(self, route: Route) -> list[str]:
        path = route.path
        holes = re.findall(r"\{[^}]+\}", path)
        if not holes:
            return [path]
        fillings = {
            "/api/incidents/": [case.incident for case in self.cases],
            "/api/calls/": [case.call for case in self.cases],
            "/api/units/": list(self.app.desk.board.units),
            "/api/media/": [case.media for case in self.cases],
            "/api/accounts/": ["spare"],
            "/tile/": ["0/000", "0/000.p/9", "entries/000"],
            "/assets/": ["index.js"],
        }
        found = next((values for start, values in fillings.items() if path.startswith(start)), None)
        assert found or route.limit != "seen", f"say in tests/web/matrix.py which ids there are for {path}"
        found = found or ["none"]
        return [path.replace(holes[0], urllib.parse.quote(value, safe="/")) for value in found]

    def _filled(self, body: Any) -> Any:
        if body == "orders":
            return {"id": f"w{next(self._keys)}", "order": {"kind": "receive_call", "line": ""}, "seen": 10**9}
        return body

    async def ask(self, observer: Observer, method: str, path: str, body: Any = None) -> Answer:
        """One request; its answer searched."""
        self.asked += 1
        answer = await observer.client.ask(method, path, body, **observer.headers)
        self.look(observer, f"{method} {path}", answer.raw)
        return answer

    def look(self, observer: Observer, asked: str, raw: bytes) -> None:
        """Search bytes for what this observer must not see."""
        for found in CANARY.finditer(raw):
            number = int(found["word"] or found["number"] or found["degrees"])
            case = self.by_number.get(number)
            if case is None:
                continue
            exact = found["degrees"] is not None or found["what"] == b"street"
            kind: Kind = "exact" if exact else "words"
            if kind in observer.allowed(case):
                self.seen.add((observer.name, number, kind))
            else:
                self.leaks.append(Leak(observer.name, asked, case.state.name, found[0].decode()))

    async def search(self, observer: Observer) -> None:
        """Searching the record must not tell that a word is there, by finding it where it is not shown."""
        for case in self.cases:
            for kind, word in (("words", "summary"), ("words", "note"), ("exact", "street")):
                path = f"/api/incidents?status=any&why=matrix&q={case.word(word)}"
                answer = await self.ask(observer, "GET", path)
                if answer.status == 200 and answer.json() and kind not in observer.allowed(case):
                    self.leaks.append(Leak(observer.name, path, case.state.name, "found by a word that is not shown"))

    async def listen(self) -> None:
        """Every tail, from where it stands, while words are written about every live incident."""
        open_: list[tuple[Observer, Stream]] = []
        for observer in self.observers:
            picture = await observer.client.ask("GET", "/api/board", **observer.headers)
            for after in (0, self.app.desk.position()):
                stream = await observer.client.stream(f"/api/tail?after={after}", **observer.headers)
                self.answered.setdefault("/api/tail", set()).add(stream.status)
                assert (stream.status == 200) == (picture.status == 200), observer.name
                open_.append((observer, stream))
        for case in self.cases:
            if not case.state.age_h:
                await self.give(o.NoteIncident(case.incident, case.word("live")))
                await self.give(o.RelocateIncident(case.incident, _place(case, "hence")))
                await self.app.desk.report([Move(case.unit, self.clock.now + 1, *_point(case))])
        self.app.desk._tail.announce_tracks(list(self.app.desk.tracks.latest.values()), self.clock.now)
        await asyncio.sleep(0.05)
        for observer, stream in open_:
            raw = b""
            while not stream.parts.empty():
                raw += stream.parts.get_nowait() or b""
            self.look(observer, "GET /api/tail", raw)
            if stream.status == 200:
                assert raw.count(b"event: facts") > 5, observer.name
            await stream.close()

    async def orders(self, observer: Observer) -> None:
        """Every kind of order about what an agency does not own: refused, and the answer tells nothing.

        By those who may give them: others are refused by their role before anything is looked at.
        """
        if not observer.agency or observer.role not in ("supervisor", "administrator"):
            return
        for case in self.cases:
            if case.state.owner == observer.agency or case.state.shared == "live":
                continue
            for kind in ORDER_KINDS:
                body = {"id": f"o{next(self._keys)}", "order": order_about(kind, case)}
                answer = await self.ask(observer, "POST", "/api/orders", body)
                if kind not in OF_NOBODY and answer.status == 200:
                    self.leaks.append(Leak(observer.name, f"order {kind}", case.state.name, "it was done"))


OF_NOBODY = {"close_road", "reopen_road", "divert_hospital", "reopen_hospital", "report_hospital"}
"""Orders that are about no incident and no unit."""

KNOWN: dict[str, Any] = {
    "q": "street", "lat": 60.2, "lon": 24.9, "since": NOW - 500_000, "until": NOW + 100_000, "why": "the+matrix",
    "issuer": "https://id.example.org", "subject": "none",
}  # fmt: skip
QUERIES: dict[str, list[str]] = {
    "/api/incidents": ["", "status=closed&limit=500", "status=any&limit=500&why=matrix"],
    "/api/incidents/{id}/timeline": ["", "why=the+matrix"],
    "/api/units/{id}/trail": ["minutes=1440"],
    "/api/looks": ["limit=500"],
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/orders"): ["orders"],
    ("POST", "/api/calls/{id}/together"): [{"type": "FIRE-OUTSIDE", "words": "zqcried"}],
    ("POST", "/api/looks"): [{"what": "position", "call": str(n)} for n in range(1, 16)],
}


def order_about(kind: str, case: Case) -> dict[str, Any]:
    """The smallest readable order of a kind, about this incident."""
    place = {"lat": 60.1, "lon": 24.9}
    known = {
        "line": "112", "call": case.call, "incident": case.incident, "other": case.incident,
        "unit": case.unit or "none",
        "units": [case.unit or "none"], "text": "x", "reason": "abandoned" if kind == "release_call" else "x",
        "type": TYPES[case.state.owner], "disposition": "handled", "unit_kind": "car", "agency": case.state.owner,
        "capabilities": ["engine"], "home": place, "place": place, "crew_count": 1, "status": "en_route",
        "post": "Bridge", "hospital": "none", "wait_s": 60, "closure": "none", "reference": "1",
        "alarm": f"long_on_scene:{case.unit}", "proposal": f"{case.incident}-1", "subject": f"incident:{case.incident}",
        "link": case.link, "outcome": "reached",
    }  # fmt: skip
    (struct,) = [one for one in get_args(Order) if one.__struct_config__.tag == kind]
    required = struct.__struct_fields__[: len(struct.__struct_fields__) - len(struct.__struct_defaults__)]
    return {"kind": kind, **{name: known[name] for name in required}}


def _other(agency: str) -> str:
    return "ems" if agency == "fire" else "fire"


def _place(case: Case, more: str = "") -> Any:
    place = dict(case.place)
    if more:
        place["lat"], place["lon"] = _point(case)
    return msgspec.convert(place, o.Place)


def _point(case: Case) -> tuple[float, float]:
    return float(f"60.{case.number}2236"), float(f"24.{case.number}2236")


@asynccontextmanager
async def matrix(folder: Path) -> AsyncIterator[Matrix]:
    """A furnished world with everybody in it."""
    plans = folder / "plans.toml"
    plans.write_text(PLANS)
    clock = Clock()
    app = build(Settings(data=folder / "data", plans=plans, centre=Centre("north", "North", "exercise")), clock)
    try:
        await app.desk.start("north", "North", "exercise")
        try:
            app.desk.listeners.clear()  # no SMS gateway here: the matrix opens callers' links itself
            made = Matrix(app, clock)
            await made.furnish()
            made.people()
            yield made
        finally:
            await app.desk.stop()
    finally:
        app.close()
