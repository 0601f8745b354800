"""The access matrix: every route × every role and machine × every agency × every state of an incident, for leaks.

A real server's parts on a real store, with a clock of its own. Every field that names or places a caller holds a word
or a number found nowhere else (a canary), other ones for each incident; every byte of every answer is searched for
those that its reader must not see. Routes come from the table: one that nobody knows how to ask fails here.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import itertools
import re
import time
import urllib.parse
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, get_args

import msgspec

from tocsin.access.roles import ROLES
from tocsin.domain import orders as o
from tocsin.domain.decide_glass import OPEN_S
from tocsin.domain.orders import ORDER_KINDS, Order
from tocsin.facts.values import Move
from tocsin.web.door import Route
from tocsin.web.routes import ROUTES

from .asgi import Answer, Client, Stream
from .matrix_world import AGENCIES, NOW, TYPES, Case, Kind, World, place, point, running

CANARY = re.compile(
    rb"(?<![\w-])zq(?P<what>[a-z]+)(?P<word>\d+)|\+35899900(?P<number>\d\d)\d|"
    rb"(?<![\d.])(?:35\.90|14\.50)(?P<degrees>\d\d)(?:314|271|357|257|223)\d*"
)
"""A word, a telephone number, or a position more exact than a few metres; and of which incident it is."""
SIGNED = re.compile(rb"[A-Za-z0-9_-]{60,}")
"""What may be base64url: events are signed as such."""
MISSING_HERE = {"/assets/{path:path}": "the tests' console has no files of its own"}
"""Routes that answer 200 to nobody in this world, and why."""


class Sees(Protocol):
    """Whoever looks."""

    @property
    def name(self) -> str:
        """For messages."""

    def sees(self, case: Case, what: str) -> Kind | str:
        """As what they may see this of a case; empty: they may not."""


class Observer(msgspec.Struct):
    """Somebody who looks: a person by role, or a machine by scopes; of an agency, or of the whole centre."""

    role: str
    agency: str
    client: Client
    bearer: str = ""
    unit: str = ""
    glass: frozenset[int] = frozenset()
    """Cases whose glass it has broken."""

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
        if case.number in self.glass:
            return {"words", "exact"}
        if self.role == "field_unit":
            return {"words", "exact"} if case.unit and case.unit == self.unit else set()
        if self.role not in ("call_taker", "dispatcher", "supervisor", "machine"):
            return set()
        shared = state.shared == "live" and {state.owner, self.agency} == {"fire", "ems"}
        if self.agency not in ("", state.owner) and not shared:
            return set()
        return {"words"} if state.age_h > 72 else {"words", "exact"}

    def sees(self, case: Case, what: str) -> Kind | str:
        """As what this may be seen."""
        kind: Kind = "exact" if what in ("degrees", "street") else "words"
        return kind if kind in self.allowed(case) else ""


class Leak(msgspec.Struct, frozen=True):
    """Something was seen by whom it must not be."""

    observer: str
    asked: str
    incident: str
    found: str


class Matrix(World):
    """One world, its incidents and observers, and the walk through every route."""

    def __init__(self, *made: Any) -> None:
        super().__init__(*made)
        self.observers: list[Observer] = []
        self.leaks: list[Leak] = []
        self.seen: set[tuple[str, int, Kind | str]] = set()
        """What was found where it is allowed: a matrix that finds nothing anywhere would prove nothing."""
        self.answered: dict[str, set[int]] = {}
        self.asked = 0

    def people(self) -> None:
        """One observer for each role and agency, machines, and nobody."""
        access, now = self.app.access, time.time()
        access.add_account("spare", None, ["auditor"], now)  # whom administrators may change and shut out
        live = {case.state.owner: case.unit for case in self.incidents if case.state.name.endswith(" live")}
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
            await self.through_glass(observer)
        self.clock.now += OPEN_S
        for observer in self.observers:
            observer.glass = frozenset()
            await self.about_incidents(observer)
        for observer in self.observers:
            await self.ask(observer, "DELETE", "/api/session")

    async def through_glass(self, observer: Observer) -> None:
        """Whoever may breaks the glass of what they do not see whole: that case opens, and nothing else."""
        shut = [case for case in self.incidents if observer.allowed(case) != {"words", "exact"}]
        if observer.role not in ("call_taker", "dispatcher", "supervisor", "auditor") or not shut:
            return
        answer = await self.ask(observer, "POST", f"/api/incidents/{shut[0].incident}/glass", {"why": "the matrix"})
        assert answer.status == 200, (observer.name, answer.raw)
        observer.glass = frozenset((shut[0].number,))
        await self.about_incidents(observer)
        assert (observer.name, shut[0].number, "exact") in self.seen, "nothing was opened"

    async def about_incidents(self, observer: Observer) -> None:
        """Every route that is limited to what is seen, once more."""
        for route in ROUTES:
            if route.limit == "seen" and route.method == "GET" and route.media != "text/event-stream":
                await self.visit(observer, route)

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
            "/api/incidents/": [case.incident for case in self.incidents],
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
            return {"id": f"w{next(self.keys)}", "order": {"kind": "receive_call", "line": ""}, "seen": 10**9}
        return body

    async def ask(self, observer: Observer, method: str, path: str, body: Any = None) -> Answer:
        """One request; its answer searched."""
        self.asked += 1
        answer = await observer.client.ask(method, path, body, **observer.headers)
        self.look(observer, f"{method} {path}", answer.raw)
        return answer

    def look(self, who: Sees, asked: str, raw: bytes) -> None:
        """Search bytes, and what is signed in them, for what this one must not see."""
        for found in CANARY.finditer(raw + b" ".join(_unsigned(raw))):
            number = int(found["word"] or found["number"] or found["degrees"])
            case = self.by_number.get(number)
            if case is None:
                continue
            what = found["what"].decode() if found["what"] else "number" if found["number"] else "degrees"
            kind = who.sees(case, what)
            if kind:
                self.seen.add((who.name, number, kind))
            else:
                self.leaks.append(Leak(who.name, asked, case.state.name, found[0].decode()))

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
        for case in self.incidents:
            if not case.state.age_h:
                await self.give(o.NoteIncident(case.incident, case.word("live")))
                await self.give(o.RelocateIncident(case.incident, place(case, "hence")))
                await self.app.desk.report([Move(case.unit, self.clock.now + 1, *point(case))])
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
                body = {"id": f"o{next(self.keys)}", "order": order_about(kind, case)}
                answer = await self.ask(observer, "POST", "/api/orders", body)
                if kind not in OF_NOBODY and answer.status == 200:
                    self.leaks.append(Leak(observer.name, f"order {kind}", case.state.name, "it was done"))


OF_NOBODY = {"close_road", "reopen_road", "divert_hospital", "reopen_hospital", "report_hospital"}
"""Orders that are about no incident and no unit."""

KNOWN: dict[str, Any] = {
    "q": "street", "lat": 35.904, "lon": 14.503, "since": NOW - 500_000, "until": NOW + 100_000, "why": "the+matrix",
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


def _unsigned(raw: bytes) -> Iterator[bytes]:
    for found in SIGNED.findall(raw):
        with suppress(binascii.Error, ValueError):
            yield base64.urlsafe_b64decode(found + b"=" * (-len(found) % 4))


def order_about(kind: str, case: Case) -> dict[str, Any]:
    """The smallest readable order of a kind, about this incident."""
    place = {"lat": 35.9, "lon": 14.5}
    known = {
        "line": "112", "call": case.call, "incident": case.incident or "none", "other": "none",
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


@asynccontextmanager
async def matrix(folder: Path) -> AsyncIterator[Matrix]:
    """A furnished world with everybody in it."""
    async with running(folder) as (app, clock):
        made = Matrix(app, clock)
        await made.furnish()
        made.people()
        yield made
