"""The doors beside the site in the access matrix: caller's page, intake, logging service; by every kind of asker.

Ways come from each door's own table: one that nobody knows how to ask fails here. What is not an answer's to tell is
searched for as at the site; besides, no answer may tell one that is hidden from one that is not there.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from tests.gateways.test_i3_log import EVENT, signed
from tests.standards.samples import FORM, circle, presence

from tocsin.domain.orders_caller_links import TellCaller
from tocsin.gateways.callers.sending import PATH, hash_of
from tocsin.gateways.i3_ask import ROUTES as LISTS
from tocsin.gateways.reading import READERS
from tocsin.standards.aml_https import sign

from .asgi import Answer, Client
from .matrix import Leak, Matrix
from .matrix_world import CARRIER, DOMAIN, NARROW, READERS_OF_LOG, RECORDER, Case, token_of

V1 = "/i3/Logging/v1"
OURS = re.compile(rb"urn:emergency:uid:(?P<kind>callid|incidentid):0*(?P<number>\d+):north\.example\.org")
SAID = ("chat", "told")
"""What the caller's page shows: what they wrote, and what was written to them."""
LOGGED = ("raw", "number", "chat", "told")
"""What the logging service tells those entitled to callers' data: where they are, their number, what was written."""


class Asker(msgspec.Struct):
    """Somebody at one of the doors."""

    name: str
    client: Client
    headers: dict[str, str] = {}
    may: Callable[[Case, str], bool] = lambda _case, _what: False
    enters: bool = False
    """Whether the caller's page answers it at all."""

    def sees(self, case: Case, what: str) -> str:
        """As what this may be seen."""
        return what if self.may(case, what) else ""


class Doors:
    """The walk through every door."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.addresses = iter(range(1, 60_000))
        self.site = matrix.app.callers.site  # type: ignore[union-attr]
        self.askers: dict[str, Asker] = {}

    def client(self) -> Client:
        """From an address of its own: nobody is slowed down for what others tried."""
        n = next(self.addresses)
        return Client(self.matrix.web, f"10.0.{n // 250}.{n % 250}")

    async def ask(self, asker: Asker, method: str, path: str, raw: bytes | None = None, **more: str) -> Answer:
        """One request; its answer searched, and counted under the way it went."""
        self.matrix.asked += 1
        self.askers[asker.name] = asker
        answer = await asker.client.ask(method, path, raw=raw, **{**asker.headers, **more})
        self.matrix.look(asker, f"{method} {path}", answer.raw + repr(answer.headers).encode())
        return answer

    def note(self, way: str, answer: Answer) -> None:
        """What a way answered."""
        self.matrix.answered.setdefault(way, set()).add(answer.status)

    def leak(self, asker: Asker, asked: str, state: str, found: str) -> None:
        """Something was told that is no word."""
        self.matrix.leaks.append(Leak(asker.name, asked, state, found))

    async def walk(self) -> None:
        """Every door, by everybody."""
        await self.intake()
        await self.logging()
        await self.callers()

    def unseen(self) -> list[tuple[str, str, str]]:
        """What may be seen and was not: a search that finds nothing anywhere would prove nothing."""
        return [
            (asker.name, case.state.name, what)
            for asker in self.askers.values()
            for case in self.matrix.cases
            for what in {*SAID, *LOGGED}
            if asker.may(case, what) and (asker.name, case.number, what) not in self.matrix.seen
        ]

    def ways(self) -> set[str]:
        """Every way through every door, from their own tables."""
        page = {PATH, *(f"{PATH}/{way}" for way in self.site._ways)}
        return page | {f"/intake/{way}" for way in READERS} | {*LISTS, "LogEvents one", "Versions"}

    # -- the caller's page --------------------------------------------------------------------------------------------

    def phones(self) -> Iterator[Asker]:
        """Every link by whoever may hold something of it, and those who hold nothing."""
        cases, boss = self.matrix.cases, self.matrix.observers[0].client
        for case, next_ in zip(cases, [*cases[1:], cases[0]], strict=True):
            live = not case.state.age_h
            own = lambda seen, what, case=case, live=live: live and seen is case and what in SAID  # noqa: E731
            caller = self.phone(f"caller {case.number}", case.token, case.device)
            caller.may, caller.enters = own, live
            yield caller
            yield self.phone(f"another phone with link {case.number}", case.token, secrets.token_urlsafe(16))
            yield self.phone(f"link {case.number} alone", case.token)
            yield self.phone(f"the phone of {next_.number} with link {case.number}", case.token, next_.device)
        for name, token in {
            "nobody": "", "an unknown token": "token00000000000000099", "a token's hash": hash_of(cases[0].token),
            "half a token": cases[0].token[:11], "a link's number": cases[0].link, "SQL": "' OR '1'='1' --xxxxxxxx",
            "a device's secret": cases[0].device, "a session": boss.token,
        }.items():  # fmt: skip
            yield self.phone(name, token, cases[0].device)
        dispatcher = self.phone("a dispatcher's browser", "", "")
        dispatcher.headers |= {"cookie": f"tocsin_session={boss.token}", "x_tocsin_csrf": boss.csrf}
        yield dispatcher

    def phone(self, name: str, token: str, device: str = "") -> Asker:
        """Somebody with the page open."""
        heads = {"x_link": token, "x_device": device, "content_type": "application/json"}
        return Asker(name, self.client(), {key: value for key, value in heads.items() if value})

    async def callers(self) -> None:
        """Every way of the page; the end of it last."""
        phones = list(self.phones())
        for way in sorted(self.site._ways, key=lambda way: way == "stop"):
            for phone in phones:
                body, more = PAGE[way]
                answer = await self.ask(phone, "POST", f"{PATH}/{way}", body, **more)
                self.note(f"{PATH}/{way}", answer)
                if answer.status == 200 and not phone.enters:
                    self.leak(phone, f"{PATH}/{way}", "", "it was answered")
            if way == "news":
                await self.news([phone for phone in phones if phone.headers.get("x_link", "").startswith("token")])
        for phone in phones:
            self.note(PATH, await self.ask(phone, "GET", PATH))

    async def news(self, phones: list[Asker]) -> None:
        """All wait at once while the desk writes to each: nobody hears what another is told."""
        waiting = [asyncio.create_task(self.ask(phone, "POST", f"{PATH}/news", b'{"after": 3}')) for phone in phones]
        await asyncio.sleep(0.05)
        for case in self.matrix.cases:
            if not case.state.age_h:
                await self.matrix.give(TellCaller(case.link, case.word("told") + " again"))
        heard = await asyncio.gather(*waiting)
        assert any(b"again" in answer.raw for answer in heard), "nobody heard anything"

    # -- intake -------------------------------------------------------------------------------------------------------

    async def intake(self) -> None:
        """Every way in, by partners and by those who are none; never a word of whether anybody calls."""
        keys = {"carrier": CARRIER, "narrow": NARROW, "a guess": "the key of a guess", "nobody": ""}
        for way in READERS:
            for name, key in keys.items():
                asker = Asker(f"{name} at intake", self.client())
                for partner in ("carrier", "narrow", "stranger"):
                    await self.send(asker, way, partner, key, right=key == keys.get(partner, "no"))

    async def send(self, asker: Asker, way: str, partner: str, key: str, *, right: bool) -> None:
        """The same of every caller there is, and of a number from which nobody calls."""
        told = set()
        for number in ("+351910000001", *(case.phone for case in self.matrix.cases)):
            raw, query = INTAKE[way](number, key)
            heads = {"authorization": f"Bearer {key}"} if key else {}
            path = f"/intake/{way}/{partner}{query}"
            answer = await self.ask(asker, "POST", path, raw, **heads)
            self.note(f"/intake/{way}", answer)
            told.add((answer.status, answer.raw))
            if answer.status == 200 and not right:
                self.leak(asker, path, "", "it was taken")
        if len(told) > 1:
            self.leak(asker, f"/intake/{way}/{partner}", "", f"it tells callers apart: {sorted(told)}")

    # -- the logging service ------------------------------------------------------------------------------------------

    def entitled(self, partner: str, case: Case) -> bool:
        """Whether a partner reads of this case at all, by docs/how-to/let-neighbours-log.md written out once more."""
        reads, agencies, _ = READERS_OF_LOG.get(partner, ("own", (), False))
        return reads == "all" or (reads == "shared" and case.state.owner in agencies)

    def reader(self, partner: str) -> Asker:
        """A partner with its token."""
        _, _, sighted = READERS_OF_LOG[partner]

        def may(case: Case, what: str) -> bool:
            if partner == "recorder":
                return what == "number"  # in what it logged itself
            place_over = what == "raw" and case.state.age_h > 72
            return sighted and self.entitled(partner, case) and what in LOGGED and not place_over

        return Asker(partner, self.client(), {"authorization": f"Bearer {token_of(partner)}"}, may)

    async def logging(self) -> None:
        """What the recorder logs of every call; then every list, and every position there is, by everybody."""
        for case in self.matrix.cases:
            await self.logs(case)
        readers = [self.reader(partner) for partner in READERS_OF_LOG]
        machine = next(one for one in self.matrix.observers if one.role == "machine")
        boss = self.matrix.observers[0].client
        for name, heads in {
            "nobody at the log": {}, "a wrong token": {"authorization": "Bearer the-token-of-nobody"},
            "a machine of the site": {"authorization": f"Bearer {machine.bearer}"},
            "a session of the site": {"cookie": f"tocsin_session={boss.token}"},
            "a session as a token": {"authorization": f"Bearer {boss.token}"},
            "a token without its word": {"authorization": token_of("all-sighted")},
        }.items():  # fmt: skip
            readers.append(Asker(name, self.client(), heads))
        for reader in readers:
            for route, path in self.lists():
                answer = await self.listed(reader, route, path)
                if answer.status == 200 and reader.name not in READERS_OF_LOG and route != "Versions":
                    self.leak(reader, path, "", "it was read")
            await self.each(reader)

    async def logs(self, case: Case) -> None:
        """The recorder's own event of a call: seen by itself, and by those entitled to callers' data."""
        call = f"urn:emergency:uid:callid:{case.call.zfill(12)}:{DOMAIN}"
        event = {**EVENT, "elementId": "rec1.recorder.example", "agencyId": "recorder.example", "callId": call,
                 "from": f"tel:{case.phone[:-1]}9"}  # fmt: skip
        for who, body in (("recorder", signed(event, RECORDER)), ("forged", signed(event))):
            asker = Asker(who, self.client())
            answer = await self.ask(asker, "POST", f"{V1}/LogEvents", msgspec.json.encode(body))
            self.note("LogEvents logged", answer)
            if (answer.status == 201) != (who == "recorder"):
                self.leak(asker, "POST LogEvents", case.state.name, f"{answer.status}")

    def lists(self) -> Iterator[tuple[str, str]]:
        """Every list with every argument it knows, about everything there is."""
        yield "Versions", "/i3/Logging/Versions".removeprefix(V1)
        for name, (_, arguments) in LISTS.items():
            asked = [""]
            asked += ["limit=3&start=2"] if "start" in arguments else []
            asked += ["startTime=2000-01-01T00:00:00Z&endTime=2100-01-01T00:00:00Z"] if "endTime" in arguments else []
            for kind, argument in (("callid", "callId"), ("incidentid", "incidentId")):
                if argument in arguments:
                    numbers = [getattr(case, argument[:-2]) or "999" for case in self.matrix.cases]
                    asked += [f"{argument}=urn:emergency:uid:{kind}:{n.zfill(12)}:{DOMAIN}" for n in (*numbers, "998")]
            yield from ((name, f"{V1}/{name}{'?' if one else ''}{one}") for one in asked)

    async def listed(self, reader: Asker, route: str, path: str) -> Answer:
        """One list. It names nothing that this reader is not entitled to."""
        path = path if path.startswith("/i3") else f"/i3/Logging/{route}"
        answer = await self.ask(reader, "GET", path)
        if reader.name in READERS_OF_LOG:
            self.note(route, answer)
        named = {(found["kind"].decode()[:-2], found["number"].decode()) for found in OURS.finditer(answer.raw)}
        for case in self.matrix.cases:
            ids = {("call", case.call), ("incident", case.incident)}
            own = reader.name == "recorder"  # what it logged bears the call, and the call its incident
            if named & ids and not self.entitled(reader.name, case) and not own:
                self.leak(reader, path, case.state.name, "it is named")
        return answer

    async def each(self, reader: Asker) -> None:
        """Every event by its number: one that is hidden is answered as one that is not there."""
        none = await self.ask(reader, "GET", f"{V1}/LogEvents/urn:emergency:uid:logid:000000999999:{DOMAIN}")
        end = self.matrix.app.desk.position() + 1
        for position in range(1, end, 1 if reader.name in READERS_OF_LOG else 50):
            name = f"urn:emergency:uid:logid:{position:012d}:{DOMAIN}"
            answer = await self.ask(reader, "GET", f"{V1}/LogEvents/{name}")
            self.note("LogEvents one", answer)
            if answer.status != 200 and answer.raw != none.raw:
                self.leak(reader, name, "", "what is hidden is told from what is not there")


PAGE: dict[str, tuple[bytes, dict[str, str]]] = {
    "open": (b'{"tongue": "en"}', {}),
    "share": (b"{}", {}),
    "place": (b'{"lat": 38.7, "lon": -9.1, "accuracy_m": 9}', {}),
    "say": (b'{"id": "m1", "text": "hello"}', {}),
    "news": (b'{"after": 0}', {}),
    "stop": (b"{}", {}),
    "piece": (
        b"\xff\xd8\xff\xe0",
        {"x_upload": "u1", "x_offset": "0", "x_total": "9", "content_type": "application/octet-stream"},
    ),
}
"""What each way of the caller's page is asked with."""


def _json(form: Any) -> tuple[bytes, str]:
    return msgspec.json.encode(form), ""


CELL = {"type": "circle", "lat": 38.7, "lon": -9.1, "radius_m": 900}
INTAKE: dict[str, Callable[[str, str], tuple[bytes, str]]] = {
    "aml": lambda number, key: (sign(FORM.replace(b"351912345678", number[1:].encode()), key.encode()), ""),
    "sms": lambda number, _key: _json({"from": number, "text": "help"}),
    "pidf": lambda number, _key: (presence(circle()), f"?number={number.replace('+', '%2B')}"),
    "cell": lambda number, _key: _json({"number": number, "shape": CELL}),
    "registered": lambda number, _key: _json({"number": number, "text": "12 Mill Lane"}),
}  # fmt: skip
"""What each way in is sent, of a caller's number, with a key."""
