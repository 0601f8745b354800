"""Standing by: who is free and where, seen from the board, and what a screen is told of coverage.

Looks at the board once a second and lets `coverage` make its picture beside the loop. Gives no orders.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import msgspec

from tocsin.desk.cover_now import GroupNow
from tocsin.desk.coverage import Coverage, Free
from tocsin.desk.moves import Moves
from tocsin.desk.tracks import Tracks
from tocsin.domain.orders import AnyOrder
from tocsin.domain.orders_standby import MoveUpUnit
from tocsin.facts.incidents import IncidentOpened
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant
from tocsin.views.board import BoardFold
from tocsin.views.cover import CellsView, CellView, CoverGroupView, CoverView, MoveView
from tocsin.views.rows import UnitRow

_say = logging.getLogger(__name__)


class Standby:
    """The part of a desk that watches over what is left."""

    def __init__(self, coverage: Coverage, board: BoardFold, tracks: Tracks) -> None:
        self.coverage = coverage
        self._board, self._tracks = board, tracks
        self.moves = Moves(coverage.rules)
        self._new: list[IncidentOpened] = []
        self._preparing: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    def loss(self, units: tuple[str, ...] | list[str]) -> float:
        """Expected covered share of demand that leaves with these units; 0 while coverage is not known."""
        return self.coverage.loss(units)

    def heard(self, entry: AnyEntry) -> None:
        """Where incidents were is where help is asked for."""
        if isinstance(entry.fact, IncidentOpened):
            self._new.append(entry.fact)
        self.moves.heard(entry)
        self.coverage.counted.heard(entry)

    def start(self) -> None:
        """Begin to work out the reach; nobody waits for it."""
        if self.coverage.state == "preparing":
            self._preparing = asyncio.create_task(self.coverage.prepare())

    async def stop(self) -> None:
        """End."""
        self.coverage.close()
        for task in (self._preparing, self._looking):
            if task:
                task.cancel()
        await asyncio.gather(*(task for task in (self._preparing, self._looking) if task), return_exceptions=True)

    def moment(self, now: Instant) -> None:
        """A second has passed: look again, unless the last look is not done."""
        if self.coverage.state == "ready" and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look(now))

    async def _look(self, now: Instant) -> None:
        try:
            await self.look(now)
        except Exception:  # noqa: BLE001 - a number that is late must never stop the clock of alarms
            _say.exception("coverage was not looked at")

    async def look(self, now: Instant) -> None:
        """See who is free, and make the picture of it."""
        demand, new = self.coverage.demand, self._new
        if demand is not None and new:
            self._new = []
            demand.learn([(fact.place.lat, fact.place.lon) for fact in new], [fact.at for fact in new])
        free = {one.unit: one for one in self.free()}
        rows = dict(self._board.units)
        await self.coverage.look(rows, list(free.values()), now)
        seen, reach = self.coverage.now, self.coverage.reach
        if seen is not None and reach is not None:
            await self.coverage.aside(lambda: self.moves.look(seen, reach, rows, free))

    def free(self) -> Iterator[Free]:
        """Every unit that could be sent now, where it stands or is on its way to stand."""
        for row in self._board.units.values():
            if row.status == "available" and row.crew_count >= row.crew_min:
                yield self.spot(row)

    def spot(self, row: UnitRow) -> Free:
        """Where a free unit counts: at the post it was sent to, at its station, else where it was last seen."""
        if row.post and row.post_place is not None:
            return Free(row.id, row.capabilities, row.post_place.lat, row.post_place.lon, True)
        move = self._tracks.latest.get(row.id)
        if row.at_station or move is None:
            return Free(row.id, row.capabilities, row.home.lat, row.home.lon, True)
        return Free(row.id, row.capabilities, move.lat, move.lon, False)

    # -- told to screens ----------------------------------------------------------------------------------------------

    def view(self, now: Instant) -> CoverView:
        """Coverage as a screen shows it."""
        coverage = self.coverage
        seen = coverage.now
        if seen is None or coverage.demand is None or not seen.groups:
            state = "none" if coverage.state == "ready" and seen is not None else coverage.state
            return CoverView(state, coverage.progress, now)
        lost: dict[str, float] = {}
        groups = []
        for share, group in zip(seen.shares, seen.groups, strict=True):
            each = {unit: group.lost((unit,)) for unit in group.reach}
            for unit, part in each.items():
                lost[unit] = lost.get(unit, 0.0) + share * part
            groups.append(_group(group, seen.by_area(group, group.served()), each))
        word, moves = coverage.demand.word(), self.proposals()
        return CoverView("ready", 1.0, seen.at, seen.covered, word, tuple(groups), lost, moves)

    async def figured(self, order: AnyOrder) -> AnyOrder:
        """A move-up with the coverage that the desk itself sees, whatever the screen said: evidence is the server's."""
        if not isinstance(order, MoveUpUnit):
            return order
        told = [(0.0, 0.0)]

        def work() -> None:
            seen, reach = self.coverage.now, self.coverage.reach
            told.append(self.moves.figures(order.unit, order.group, order.place, seen, reach))

        await self.coverage.aside(work)
        return msgspec.structs.replace(order, before=told[-1][0], after=told[-1][1])

    def proposals(self) -> tuple[MoveView, ...]:
        """Moves that stand proposed, except those of units that have been sent since."""
        told = []
        for move in self.moves.shown():
            row = self._board.units.get(move.unit)
            place = self.moves.posts(move.group, self._board.units).get(move.post)
            if row is not None and place is not None and row.status == "available" and row.post != move.post:
                told.append(
                    MoveView(
                        move.group, move.unit, move.post, place, move.drive_s, move.before, move.after, move.why,
                        move.area, row.post,
                    )
                )  # fmt: skip
        return tuple(told)

    def cells(self, group: str) -> CellsView | None:
        """The cells of a group (empty: the first), or None where there is no such group or nothing is known."""
        seen, reach = self.coverage.now, self.coverage.reach
        if seen is None or reach is None:
            return None
        found = next((one for one in seen.groups if group in ("", one.rules.name)), None)
        if found is None:
            return None
        served = found.served()
        cells = []
        for i, weight in enumerate(found.weight):
            south, west, north, east = (round(side, 6) for side in reach.cells.square(i))
            cells.append(CellView(south, west, north, east, round(float(served[i]), 4), float(weight)))
        return CellsView(found.rules.name, seen.at, tuple(cells))


def _group(group: GroupNow, areas: dict[str, float], lost: dict[str, float]) -> CoverGroupView:
    rules = group.rules
    return CoverGroupView(
        rules.name, rules.capability, rules.target_s, len(group.reach), group.busy, group.covered, areas, lost
    )
