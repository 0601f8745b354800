"""Every route × role × agency × state of an incident: nobody sees what is not theirs. And a leak would be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tocsin.desk import view as view_module
from tocsin.desk.tail import Tail
from tocsin.desk.view import View
from tocsin.gateways import intake
from tocsin.gateways.callers import forms
from tocsin.gateways.callers.site import CallersSite
from tocsin.gateways.i3_ask import Library, Wrong
from tocsin.gateways.i3_index import Index
from tocsin.gateways.i3_ours import number_of
from tocsin.gateways.i3_partners import Partners
from tocsin.gateways.intake import Intake
from tocsin.views.board_glass import broken
from tocsin.views.eyes import Eyes
from tocsin.web.routes import ROUTES

from .matrix import Matrix, matrix
from .matrix_doors import Doors

Test = Callable[[Matrix], Coroutine[Any, Any, None]]


def walk(folder: Path, test: Test) -> None:
    async def whole() -> None:
        async with matrix(folder) as made:
            await test(made)

    asyncio.run(whole())


def test_nobody_sees_what_is_not_theirs(tmp_path: Path) -> None:
    async def test(made: Matrix) -> None:
        doors = Doors(made)
        await doors.walk()
        assert doors.unseen() == []
        assert {way for way in doors.ways() if 200 not in made.answered.get(way, ())} == set()
        await made.walk()
        assert made.leaks == []
        # What may be seen was seen: the search would have found it.
        for observer in made.observers:
            for case in made.cases:
                for kind in observer.allowed(case):
                    assert (observer.name, case.number, kind) in made.seen, (observer.name, case.state.name, kind)
        silent = {
            path
            for path in {route.path for route in ROUTES if route.method == "GET" and route.listed}
            if 200 not in made.answered.get(path, ())
        }
        assert silent == set(), "a route that nobody could ask proves nothing"

    walk(tmp_path, test)


Plant = Callable[[pytest.MonkeyPatch], None]
PLANTED: dict[str, tuple[Plant, str, str]] = {
    "an agency sees every incident": (
        lambda patch: patch.setattr(Eyes, "row", lambda _self, _row: True), "supervisor", "fire",
    ),
    "an agency is told of every entry": (
        lambda patch: patch.setattr(Eyes, "fact", lambda _self, _fact: True), "supervisor", "ems",
    ),
    "old places stay exact": (
        lambda patch: patch.setattr(View, "_exact", lambda _self, _row: True), "supervisor", "",
    ),
    "an auditor reads words": (
        lambda patch: patch.setattr(view_module, "without_words", lambda row: row), "auditor", "",
    ),
    "an auditor reads words of entries": (
        lambda patch: patch.setattr(view_module, "entry_with", lambda entry, **_: entry), "auditor", "",
    ),
    "a search looks in what is not shown": (
        lambda patch: patch.setattr(
            view_module, "on_record", lambda rows, told, *more: [told(one) for one in on_record_raw(rows, *more)]
        ), "auditor", "",
    ),
    "a tail goes back for ever": (
        lambda patch: patch.setattr(Tail, "recent_s", property(lambda _s: 1e12, lambda _s, _v: None), raising=False),
        "dispatcher", "",
    ),
    "pictures are everybody's": (
        lambda patch: patch.setattr(View, "of_call", lambda *_: True), "dispatcher", "police",
    ),
    "a sharing lasts for ever": (
        lambda patch: patch.setattr("tocsin.views.board_sharing._without", lambda row, _agency: row.shares),
        "dispatcher", "fire",
    ),
    "ways to any incident": (
        lambda patch: patch.setattr(View, "routes", lambda self, incident: self._desk.routes(incident)),
        "dispatcher", "police",
    ),
    "a glass stays broken": (
        lambda patch: patch.setattr("tocsin.web.ask.broken", lambda *asked: broken(*asked[:3], 0.0)),
        "dispatcher", "police",
    ),
    "a broken glass opens everything": (
        lambda patch: patch.setattr("tocsin.web.ask.broken", lambda board, who, _incident, _now: board.glass.get(who)),
        "auditor", "",
    ),
    "pictures need no glass": (
        lambda patch: patch.setattr("tocsin.web.handlers.media.hold_to_glass", lambda *_: None), "auditor", "",
    ),
    "units are everybody's": (
        lambda patch: patch.setattr(Eyes, "unit", lambda _self, _row: True), "dispatcher", "police",
    ),
}  # fmt: skip
"""Leaks planted on purpose: what is broken, and who comes to see too much."""


def on_record_raw(rows: Any, *more: Any) -> Any:
    """The search before it was told what is shown."""
    from tocsin.views.on_record import on_record

    return on_record(rows, lambda row: row, *more)


@pytest.mark.parametrize("name", PLANTED)
def test_a_leak_planted_on_purpose_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    plant, role, agency = PLANTED[name]
    plant(monkeypatch)

    async def test(made: Matrix) -> None:
        made.observers = [one for one in made.observers if (one.role, one.agency) == (role, agency)]
        await made.walk()
        assert made.leaks, "nobody noticed"

    walk(tmp_path, test)


def everything(self: CallersSite, link: str) -> Any:
    """A caller's page that shows all callers' messages."""
    state = PLAIN_STATE(self, link)
    rows = self._desk.board.caller_links.values()
    said = tuple(forms.Said(one.n, not one.by, one.text) for row in rows for one in row.messages)
    return msgspec.structs.replace(state, messages=said)


PLAIN_STATE = CallersSite._state
PLAIN_VISIBLE = Index.visible


async def whose(self: Intake, partner: Any, way: str, body: bytes, read: Any) -> Any:
    """Intake that says whose call it was."""
    rows = self._desk.board.calls.values()
    name = next((row.caller for row in rows if row.number == read.orders[0].number), "")
    return intake.Answer(200, intake.Turned("taken", name))


def anybody(self: Partners, _header: bytes) -> Any:
    """A logging service that reads to whoever asks."""
    return self.by_name["all-sighted"]


def hidden_is_counted(self: Index, name: str, reads: str, agencies: Any, since: float, *, sight: bool) -> Any:
    """Whoever may read something reads of every agency."""
    return PLAIN_VISIBLE(self, name, "all" if reads == "shared" else reads, agencies, since, sight=sight)


def no_longer_recent(self: Index, may: Any, rows: Any, since: float) -> None:
    """Places are told for ever."""


AT_DOORS: dict[str, tuple[str, Plant]] = {
    "any phone may have a link": (
        "callers", lambda patch: patch.setattr("tocsin.gateways.callers.site.hmac.compare_digest", lambda *_: True),
    ),
    "a link opens after its end": (
        "callers", lambda patch: patch.setattr("tocsin.gateways.callers.site.over", lambda *_: ""),
    ),
    "a caller reads all messages": ("callers", lambda patch: patch.setattr(CallersSite, "_state", everything)),
    "intake says who calls": ("intake", lambda patch: patch.setattr(Intake, "_give", whose)),
    "intake takes any key": ("intake", lambda patch: patch.setattr("tocsin.gateways.intake._knows", lambda *_: True)),
    "any token reads the log": ("logging", lambda patch: patch.setattr(Partners, "bearer", anybody)),
    "a neighbour reads of every agency": ("logging", lambda patch: patch.setattr(Index, "visible", hidden_is_counted)),
    "callers' data needs no entitlement": (
        "logging", lambda patch: patch.setattr("tocsin.gateways.i3_index._sight", lambda _kind: 0),
    ),
    "places are told for ever": ("logging", lambda patch: patch.setattr(Index, "_forget_places", no_longer_recent)),
    "what is hidden is told from what is not there": (
        "logging", lambda patch: patch.setattr("tocsin.gateways.i3_ask.Library.event", told_apart),
    ),
}  # fmt: skip
"""Leaks planted at the doors beside the site."""


PLAIN_EVENT = Library.event


def told_apart(self: Library, partner: Any, name: str, asked: Any) -> Any:
    """An event by its number; a hidden one says that it is."""
    number = number_of(name, "logid", self.domain)
    row = self._index.row_of(int(number)) if number else None
    if row is not None and not self._visible(partner)[row]:
        raise Wrong(404, "hidden_event", "It is not yours to read.", "logEventId")
    return PLAIN_EVENT(self, partner, name, asked)


@pytest.mark.parametrize("name", AT_DOORS)
def test_a_leak_planted_at_a_door_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    door, plant = AT_DOORS[name]
    plant(monkeypatch)

    async def test(made: Matrix) -> None:
        await getattr(Doors(made), door)()
        assert made.leaks, "nobody noticed"

    walk(tmp_path, test)
