"""Every route × role × agency × state of an incident: nobody sees what is not theirs. And a leak would be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tocsin.desk import view as view_module
from tocsin.desk.tail import Tail
from tocsin.desk.view import View
from tocsin.views.eyes import Eyes
from tocsin.web.routes import ROUTES

from .matrix import MISSING_HERE, Matrix, matrix

Test = Callable[[Matrix], Coroutine[Any, Any, None]]


def walk(folder: Path, test: Test) -> None:
    async def whole() -> None:
        async with matrix(folder) as made:
            await test(made)

    asyncio.run(whole())


def test_nobody_sees_what_is_not_theirs(tmp_path: Path) -> None:
    async def test(made: Matrix) -> None:
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
        assert silent == set(MISSING_HERE), "a route that nobody could ask proves nothing"

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
