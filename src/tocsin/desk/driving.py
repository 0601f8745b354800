"""Drives: where units stand, how long each needs to a place, and the ways of those who are coming.

Asks the ground, and falls back to straight lines when there is none or it fails. Refuses to know who should go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from tocsin.desk.ground import Ground, Standing, straight, straight_route
from tocsin.desk.tracks import Tracks
from tocsin.domain.orders import AnyOrder, DispatchUnits, DivertUnit
from tocsin.domain.orders_plans import AcceptProposal, ProposeChange
from tocsin.domain.orders_standby import MoveUpUnit
from tocsin.domain.travel import Travel
from tocsin.facts.values import Instant, Place
from tocsin.views.board import BoardFold
from tocsin.views.rows import IncidentRow
from tocsin.views.wire import Route

_say = logging.getLogger(__name__)


class Driving:
    """Travel times over one board and its tracks."""

    def __init__(
        self, ground: Ground | None, board: BoardFold, tracks: Tracks, clock: Callable[[], Instant],
        with_siren: Sequence[int] = (1, 2, 3, 4, 5),
    ) -> None:  # fmt: skip
        self._with_siren = frozenset(with_siren)
        """Priorities that are driven to with lights and siren."""
        self._ground = ground
        self._board = board
        self._tracks = tracks
        self._now = clock

    def standing(self, unit: str) -> Standing:
        """Where a unit is, as far as we know."""
        move = self._tracks.latest.get(unit)
        if move:
            return unit, move.lat, move.lon, move.at
        home = self._board.units[unit].home
        return unit, home.lat, home.lon, None

    def closures(self) -> list[tuple[float, float, float]]:
        """Closed roads: lat, lon, radius in metres."""
        return [(row.place.lat, row.place.lon, row.radius_m) for row in self._board.closures.values()]

    async def travels(self, units: Sequence[str], to: Place, *, siren: bool = True) -> dict[str, Travel]:
        """Unit -> its drive to a place."""
        standing = [self.standing(unit) for unit in units]
        if self._ground is not None:
            try:
                return await self._ground.travels(standing, to, self.closures(), siren=siren)
            except Exception:  # noqa: BLE001 - help is sent whether or not the roads can be searched
                _say.exception("no road times; straight lines instead")
        return {unit[0]: straight(unit, to, siren) for unit in standing}

    async def to(self, units: Sequence[str], row: IncidentRow) -> dict[str, Travel]:
        """Unit -> its drive to an incident, with or without siren as its priority has it."""
        return await self.travels(units, row.place, siren=row.priority in self._with_siren)

    async def before(self, order: AnyOrder) -> dict[str, Travel]:
        """Travel times an order needs before it is decided: the drive is copied into its facts."""
        if isinstance(order, DispatchUnits):
            units: tuple[str, ...] = order.units
        elif isinstance(order, DivertUnit):
            units = (order.unit,)
        elif isinstance(order, ProposeChange):
            units = order.send
        elif isinstance(order, AcceptProposal):
            return await self._proposed(order)
        elif isinstance(order, MoveUpUnit):
            known = [order.unit] if order.unit in self._board.units else []
            return await self.travels(known, order.place, siren=False)
        else:
            return {}
        return await self._to_incident(units, order.incident)

    async def _proposed(self, order: AcceptProposal) -> dict[str, Travel]:
        incident = order.proposal.rpartition("-")[0]
        row = self._board.incidents.get(incident)
        return await self._to_incident(row.proposal.send, incident) if row and row.proposal else {}

    async def _to_incident(self, units: Sequence[str], incident: str) -> dict[str, Travel]:
        row = self._board.incidents.get(incident)
        known = [unit for unit in units if unit in self._board.units]
        return await self.to(known, row) if row and known else {}

    async def routes(self, incident: str) -> tuple[Route, ...]:
        """The ways of those who are coming to an incident."""
        row = self._board.incidents.get(incident)
        coming = [on_it.unit for on_it in row.units if on_it.due_at is not None] if row else []
        return tuple([await self._route(unit, row, incident) for unit in coming if row])

    async def _route(self, unit: str, row: IncidentRow, incident: str) -> Route:
        if self._ground is None:
            return straight_route(self.standing(unit), row.place, incident, self._now())
        siren = row.priority in self._with_siren
        return await self._ground.route(self.standing(unit), row.place, incident, self.closures(), siren=siren)
