"""Hospitals at the desk: those the map and the centre's file know, made known to the record, and where a patient goes.

Reads one file; registers only what has changed. Proposes a destination, never sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from tocsin.desk.cover_file import read_toml
from tocsin.desk.ground import Closed, Ground, Standing, straight
from tocsin.domain.destination import Destination, destinations
from tocsin.domain.orders_standby import RegisterHospital
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.facts.values import Instant, Latitude, Longitude, Place
from tocsin.geo.region import Region
from tocsin.settings import SettingsError
from tocsin.views.board import BoardFold
from tocsin.views.rows import HospitalRow


class HospitalSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the centre's file says of one hospital. Without a place: the map's hospital of that name."""

    name: str
    lat: Latitude | None = None
    lon: Longitude | None = None
    capabilities: tuple[str, ...] = ()
    beds: int = 0


class HospitalRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The centre's file of hospitals. `needs`: by incident type, what its patients need."""

    hospitals: tuple[HospitalSaid, ...] = ()
    needs: dict[str, tuple[str, ...]] = {}
    map: bool = True
    """Also the hospitals that only the map knows."""


class DestinationView(msgspec.Struct, frozen=True):
    """Where a unit should take its patient, at an instant."""

    unit: str
    needs: tuple[str, ...]
    now: Instant
    hospitals: tuple[Destination, ...]


def load_hospitals(path: Path | None) -> HospitalRules:
    """The centre's file, or nothing beyond the map. Raises SettingsError naming file, line and key."""
    if path is None:
        return HospitalRules()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from None
    rules, lines = read_toml(raw, HospitalRules, str(path))
    names = [one.name for one in rules.hospitals]
    for i, one in enumerate(rules.hospitals):
        where = f"{path}, line {lines.get(f'hospitals[{i}].name', lines.get(f'hospitals[{i}]', 1))}"
        if not one.name.strip() or one.name in names[:i]:
            raise SettingsError(f"{where}: hospitals[{i}].name: must be there, and once")
        if (one.lat is None) != (one.lon is None):
            raise SettingsError(f"{where}: hospitals[{i}]: lat and lon come together or not at all")
    return rules


def known_hospitals(rules: HospitalRules, region: Region | None) -> list[RegisterHospital]:
    """An order for each hospital that the map or the file knows. Raises SettingsError where one has no place."""
    out: dict[str, RegisterHospital] = {}
    for one in region.resources if region and rules.map else ():
        if one.kind == "hospital" and one.emergency is not False and one.name:
            name = one.name[:200]
            out.setdefault(name, RegisterHospital(name, Place(one.lat_deg, one.lon_deg, name, "landmark")))
    for said in rules.hospitals:
        known = out.get(said.name)
        if said.lat is not None and said.lon is not None:
            place = Place(said.lat, said.lon, said.name, "registered")
        elif known is not None:
            place = known.place
        else:
            raise SettingsError(f"hospital '{said.name}': the map does not know it; say lat and lon")
        out[said.name] = RegisterHospital(said.name, place, said.capabilities, said.beds)
    return list(out.values())


def changed(orders: Iterable[RegisterHospital], rows: Mapping[str, HospitalRow]) -> list[RegisterHospital]:
    """Those that the board does not show as they are said."""
    return [
        order
        for order in orders
        if (row := rows.get(order.hospital)) is None
        or (row.place, row.capabilities, row.beds) != (order.place, order.capabilities, order.beds)
    ]


class Hospitals:
    """The part of a desk that knows where patients may be taken."""

    def __init__(
        self,
        rules: HospitalRules,
        board: BoardFold,
        ground: Ground | None,
        room: Callable[[], Room],
        standing: Callable[[str], Standing],
        closures: Callable[[], Closed],
        clock: Callable[[], Instant],
    ) -> None:
        self.rules = rules
        self._board, self._ground, self._room = board, ground, room
        self._standing, self._closures, self._now = standing, closures, clock

    def unknown(self) -> list[RegisterHospital]:
        """Orders for what the map and the file say and the record does not."""
        region = self._ground.region if self._ground and self.rules.map else None
        return changed(known_hospitals(self.rules, region), self._board.hospitals)

    async def destination(self, unit: str, needs: Sequence[str]) -> DestinationView | Refusal:
        """Where this unit should take its patient, and why not elsewhere. Needs named here go before the type's."""
        row = self._board.units.get(unit)
        if row is None:
            return Refusal("unknown_unit", f"there is no unit {unit}", "unit", {"unit": unit})
        incident = self._board.incidents.get(row.incident)
        asked = frozenset(tuple(needs) or self.rules.needs.get(incident.type if incident else "", ()))
        places = {one.id: one.place for one in self._board.hospitals.values()}
        standing = self._standing(unit)
        if self._ground is None:
            travels = {name: straight(standing, place, siren=False) for name, place in places.items()}
        else:
            travels = await self._ground.travels_from(standing, places, self._closures())
        now, units = self._now(), self._board.units.values()
        heading = Counter(one.destination for one in units if one.status == "left_scene" and one.id != unit)
        found = destinations(list(self._room().hospitals.values()), asked, travels, heading, now)
        return DestinationView(unit, tuple(sorted(asked)), now, found)
