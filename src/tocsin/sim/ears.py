"""Ears of the invented world: everything recorded, heard through the same tail as any screen hears it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from tocsin.desk.desk import Desk
from tocsin.facts.base import Entry
from tocsin.views.wire import TailFacts

Heard: TypeAlias = Entry[Any]
"""An entry whose kind of fact the listener chose."""
_facts = msgspec.json.Decoder(TailFacts)


class Ears:
    """Tells each entry, in order, to whoever asked to hear that kind of fact."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[type, list[Callable[[Heard], None]]] = {}
        self._all: list[Callable[[Heard], None]] = []
        self._heard = desk.position()
        self._new = asyncio.Event()

    def on(self, kind: type[Any], tell: Callable[[Heard], None]) -> None:
        """Hear facts of one kind."""
        self._told.setdefault(kind, []).append(tell)

    def on_any(self, tell: Callable[[Heard], None]) -> None:
        """Hear every fact, before those who hear one kind."""
        self._all.append(tell)

    async def listen(self) -> None:
        """Hear until cancelled."""
        async for frame in self._desk.follow(self._heard):
            if frame.event == "reset":
                self._heard = max(self._heard, frame.position or 0)
            elif frame.event == "facts":
                told = _facts.decode(frame.data)
                for entry in told.entries:
                    self._tell(entry)
                self._heard = told.position
            else:
                continue
            self._new.set()

    def _tell(self, entry: Heard) -> None:
        for tell in self._all:
            tell(entry)
        for tell in self._told.get(type(entry.fact), ()):
            tell(entry)

    async def settled(self) -> None:
        """Wait until everything the desk has announced was heard."""
        while self._heard < self._desk.position():
            self._new.clear()
            await self._new.wait()
