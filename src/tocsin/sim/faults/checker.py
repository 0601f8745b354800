"""The invariants, checked after every fact by somebody who trusts nobody: keeps own books, told by the store itself.

Each has a name. The first one that breaks ends the world; the seed that broke it plays it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from typing import Any

import msgspec

from tocsin.domain.evolve import evolve
from tocsin.domain.room import Room
from tocsin.facts import (
    assignments,
    caller_links,
    calls,
    glass,
    incidents,
    locations,
    privacy,
    roads,
    sharing,
)
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.codec import CODEC, Codec
from tocsin.log.hashes import chain_hash, genesis, leaf_hash
from tocsin.log.keyring import name_of
from tocsin.log.media import MARK, Media
from tocsin.log.port import Row
from tocsin.sim.faults.blobs import plain_of
from tocsin.sim.faults.sights import Sights
from tocsin.sim.faults.store import CENTRE
from tocsin.views.board import BoardFold
from tocsin.views.wire import Done

INVARIANTS = {
    "positions": "every fact has the next position; a screen is told every one of them, in order",
    "acknowledged": "what was acknowledged stands in the log, whole, where it was said to stand",
    "once": "an order is done once, however often and to whomever it was sent",
    "no_means_no": "what was refused, or said not to be recorded, is not in the log",
    "one_unit_one_incident": "a unit is on one incident at a time",
    "numbers": "no two calls, incidents, closures or reports bear the same number",
    "time": "no fact is recorded before the one in front of it",
    "picture": "a picture at a position shows what is durable up to it, and nothing else",
    "tail": "picture and tail are the fresh picture, on every screen",
    "visible": "an agency's screen holds no word, number or row that the agency must not see",
    "room": "what a desk decides in is what the log holds",
    "evidence": "the chain follows, the tree verifies, and every head noted on the way is proved",
    "erased": "what was erased is told by nobody any more; what was not is told to the letter",
    "alive": "once the storm is over, every node serves, every order is answered, every screen has come to the end",
}

COUNTED = (
    (privacy.PersonalErased, "erasures"),
    (privacy.HoldPlaced, "holds"),
    (sharing.IncidentShared, "shares"),
    (sharing.SharingEnded, "shares ended"),
    (glass.GlassBroken, "glass broken"),
    (caller_links.LinkMedia, "pictures"),
)
FREED = (assignments.UnitAvailable, assignments.UnitCancelled)
NUMBERED = (
    (calls.CallReceived, "call"),
    (incidents.IncidentOpened, "incident"),
    (locations.LocationReported, "report"),
    (roads.RoadClosed, "closure"),
)

_dump = msgspec.json.Encoder(order="deterministic").encode
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Broken(Exception):  # noqa: N818 - it is what became of an invariant
    """An invariant does not hold."""

    def __init__(self, invariant: str, text: str) -> None:
        super().__init__(f"{invariant}: {text}")
        self.invariant, self.text = invariant, text


class Tries(msgspec.Struct):
    """What became of the copies of one order."""

    open: int = 0
    """Those nobody has said a sure no to."""
    told: bool = False


class Checker:
    """Keeps the books of one world. Methods raise Broken."""

    def __init__(self, rows: Callable[[], Sequence[Row]], *, pictures: bool = True) -> None:
        """`pictures`: keep every one there ever was; too many of a log of hours."""
        self._keeps = pictures
        self.entries: list[AnyEntry] = []
        self.pictures: list[Any] = [_decode(_encode(BoardFold().picture()))]
        """The picture at each position, from the beginning."""
        self.board, self.room = BoardFold(), Room()
        self.sights = Sights()
        self.chain = genesis(CENTRE)
        self._rows = rows
        self._on: dict[str, str] = {}
        self._named: set[str] = set()
        self._done: dict[tuple[str, str], tuple[Position, Position]] = {}
        self._recorded_at: Instant = 0.0
        self._tries: dict[tuple[str, str], Tries] = {}
        self.erased: dict[str, Position] = {}
        """Name of a key -> position of the fact that it was destroyed."""
        self.acknowledged = self.refused = 0
        self.happened: Counter[str] = Counter()
        """Facts that an invariant is about, by kind."""

    @property
    def position(self) -> Position:
        """Where the log stands."""
        return len(self.entries)

    # -- after every group that became durable ----------------------------------------------------------------------

    def appended(self, entries: Sequence[AnyEntry]) -> None:
        """The store holds these now."""
        rows = self._rows()
        if len(rows) != self.position + len(entries):
            raise Broken("positions", f"the store holds {len(rows)} entries, not {self.position + len(entries)}")
        for entry in entries:
            self._one(entry, rows[self.position])
        self.happened.update(name for entry in entries for kind, name in COUNTED if isinstance(entry.fact, kind))
        shown = (entry.fact for entry in entries if isinstance(entry.fact, caller_links.LinkMedia))
        self.happened["pictures after an erasure"] += sum(_key(fact) in self.erased for fact in shown)
        self._groups(entries)

    def _one(self, entry: AnyEntry, row: Row) -> None:
        if not entry.position == row.position == self.position + 1:
            raise Broken("positions", f"{entry.position} (kept as {row.position}) follows {self.position}")
        if entry.recorded_at < self._recorded_at:
            raise Broken("time", f"{entry.position} is recorded {self._recorded_at - entry.recorded_at} s back")
        self._recorded_at = entry.recorded_at
        self.chain = chain_hash(self.chain, leaf_hash(row.raw))
        if row.chain != self.chain:
            raise Broken("evidence", f"the chain breaks at {entry.position}")
        self._number(entry)
        self._assigned(entry)
        self.entries.append(entry)
        self._forget(entry)
        self.board.fold(entry)
        evolve(self.room, entry.fact)
        if self._keeps:
            self.pictures.append(_decode(_encode(self.board.picture())))
            self.sights.fold(entry)

    def _number(self, entry: AnyEntry) -> None:
        fact = entry.fact
        for kind, name in NUMBERED:
            if isinstance(fact, kind):
                number = f"{name} {getattr(fact, name)}"
                if number in self._named:
                    raise Broken("numbers", f"{number} at {entry.position} is not the first")
                self._named.add(number)

    def _assigned(self, entry: AnyEntry) -> None:
        fact, on = entry.fact, self._on
        if isinstance(fact, assignments.UnitDispatched):
            if fact.unit in on:
                raise Broken("one_unit_one_incident", f"{fact.unit}: sent to {fact.incident}, on {on[fact.unit]}")
            on[fact.unit] = fact.incident
        elif isinstance(fact, assignments.UnitDiverted):
            if on.get(fact.unit) != fact.incident:
                raise Broken("one_unit_one_incident", f"{fact.unit}: diverted from {fact.incident}, not on it")
            on[fact.unit] = fact.to
        elif isinstance(fact, FREED) and on.pop(fact.unit, "") != fact.incident:
            raise Broken("one_unit_one_incident", f"{fact.unit}: left {fact.incident}, not on it")

    def _groups(self, entries: Sequence[AnyEntry]) -> None:
        first: dict[tuple[str, str], Position] = {}
        for entry in entries:
            key = entry.by, entry.order
            if key in self._done:
                raise Broken("once", f"{key} at {entry.position} was done before, at {self._done[key][0]}")
            first.setdefault(key, entry.position)
        for key, begun in first.items():
            last = max(entry.position for entry in entries if (entry.by, entry.order) == key)
            self._done[key] = begun, last

    # -- what people are told ---------------------------------------------------------------------------------------

    def answered(self, by: str, key: str, done: Done) -> None:
        """Somebody was told that it is done."""
        self.acknowledged += 1
        self._tries[by, key].told = True
        found = self._done.get((by, key))
        if not done.entries:
            return
        if found is None or done.position > self.position:
            raise Broken("acknowledged", f"{key} was said to stand at {done.position} of {self.position}")
        if (done.entries[0].position, done.position) != found:
            raise Broken("once", f"{key} stands at {found}, and was said to stand at {done.position}")
        for entry in done.entries:
            if self.plain(entry) != self.plain(self.entries[entry.position - 1]) and not entry.erased:
                raise Broken("acknowledged", f"{key}: {entry.position} was told as {entry.fact}")

    def sent(self, by: str, key: str) -> None:
        """A copy of an order is on its way: until it is answered, it may be done."""
        self._tries.setdefault((by, key), Tries()).open += 1

    def said_no(self, by: str, key: str, *, sure: bool) -> None:
        """Somebody was told no; `sure`: and that nothing was changed."""
        self.refused += 1
        tries = self._tries[by, key]
        tries.open -= sure

    @staticmethod
    def plain(entry: AnyEntry) -> bytes:
        """An entry, to be compared."""
        return CODEC.encode(entry)

    # -- what screens show ------------------------------------------------------------------------------------------

    def shown(self, who: str, picture: Any, invariant: str, agency: str = "", now: Instant | None = None) -> None:
        """A picture on a screen, fetched `now` or folded from the tail; of an agency, or of the whole centre.

        What is over by the clock is in no picture that is fetched; it may stand a moment longer on a screen.
        """
        position = picture["position"]
        if position > self.position:
            raise Broken("picture", f"{who} shows {position}; the log stands at {self.position}")
        fresh = self.pictures[position]
        if agency:
            over = self.sights.over(agency, position, now)
            whole, most = fresh["rows"], self.sights.through(agency, position, fresh, over if now else frozenset())
            shown = ((t, name) for t, rows in picture["rows"].items() for name in rows)
            extra = [f"{t}.{name}" for t, name in shown if name in whole[t] and name not in most["rows"][t]]
            if extra:
                raise Broken("visible", f"{who} of {agency} at {position} shows {', '.join(extra)}")
            fresh = self.sights.through(agency, position, fresh, over)
            picture = picture if now else self.sights.through(agency, position, picture, over)
        if picture != fresh:
            raise Broken(invariant, f"{who} at {position}: {difference(picture, fresh)}")

    def overheard(
        self, who: str, agency: str, position: Position, raw: bytes, told: Sequence[Position] = (),
        now: Instant | None = None,
    ) -> None:  # fmt: skip
        """All that came to an agency's screen, as it came: a picture at this position, `now`, or a frame up to it."""
        if position > self.position or any(not 0 < at <= position for at in told):
            raise Broken("picture", f"{who} is told of {told} up to {position}; the log stands at {self.position}")
        over = self.sights.over(agency, position, now) if now else frozenset()
        leaked = self.sights.leaked(agency, position, raw, over)
        leaked += self.sights.hidden(agency, position, [self.entries[at - 1] for at in told])
        if leaked:
            raise Broken("visible", f"{who} of {agency} at {position} is told {', '.join(leaked)}")

    def lingers(self, picture: Any, agency: str, now: Instant) -> set[str]:
        """Incidents on an agency's screen whose sharing is over by the clock of whoever serves it."""
        over = self.sights.over(agency, picture["position"], now)
        return {name for name in picture["rows"]["incidents"] if f"incident:{name}" in over}

    # -- personal data ----------------------------------------------------------------------------------------------

    def _forget(self, entry: AnyEntry) -> None:
        if isinstance(entry.fact, privacy.PersonalErased):
            for name in entry.fact.keys:
                self.erased[name] = entry.position

    def readable(self, codec: Codec, rows: Sequence[Row], who: str) -> None:
        """Read by this codec, every entry says all that was not erased, and nothing that was."""
        told = codec.decode_all([(row.position, row.raw) for row in rows])
        for row, entry in zip(rows, told, strict=True):
            subject, boxes = codec.boxes(row.position, row.raw)
            names = [name_of(box.mark, subject) for box in boxes]
            gone = [name for name in names if self.erased.get(name, 0) > row.position]
            if entry.erased != bool(gone):
                was = "can be read" if gone else "cannot be read"
                raise Broken("erased", f"{who}: {row.position} {was} ({', '.join(names)}; erased: {gone})")
            if not gone and self.plain(entry) != self.plain(self.entries[row.position - 1]):
                raise Broken("erased", f"{who}: {row.position} reads back as {entry.fact}")

    def should_be_gone(self, keys: Container[int], rows: Sequence[Row], codec: Codec) -> list[str]:
        """Names whose keys were said to be destroyed, and are there still, for an entry before that."""
        left = []
        for row in rows:
            subject, boxes = codec.boxes(row.position, row.raw)
            for box in boxes:
                name = name_of(box.mark, subject)
                if box.key in keys and self.erased.get(name, 0) > row.position:
                    left.append(f"{name} of {row.position}")
        return left

    def shows(self, media: Media, who: str) -> None:
        """Every picture that the record names and that was not erased is there, whole; and no other."""
        for entry in self.entries:
            fact = entry.fact
            if isinstance(fact, caller_links.LinkMedia):
                raw = media.get(fact.call, fact.media)
                gone = self.erased.get(_key(fact), 0) > entry.position
                if raw != (None if gone else plain_of(fact.media)):
                    was = "can be seen" if raw else "is not there"
                    raise Broken("erased", f"{who}: picture {fact.media} of {entry.position} {was} (erased: {gone})")

    # -- once the storm is over -------------------------------------------------------------------------------------

    def settled(self, position: Position) -> None:
        """What can only be said at the end."""
        if position != self.position:
            raise Broken("acknowledged", f"the log stands at {position}, {self.position} were durable")
        for key, tries in self._tries.items():
            if not tries.open and not tries.told and key in self._done:
                raise Broken("no_means_no", f"{key}: all were told no, and it stands at {self._done[key][0]}")

    def decides_in(self, who: str, room: Room) -> None:
        """The room of a desk that has heard everything."""
        told, fresh = _dump(thawed(room)), _dump(self.room)
        if told != fresh:
            raise Broken("room", f"{who}: {difference(_decode(told), _decode(fresh))}")

    def glass_at(self, who: str, board: BoardFold) -> None:
        """Who broke which glass, and until when: as the record says."""
        told, fresh = (
            {account: {incident: one.until for incident, one in opened.items()} for account, opened in side.items()}
            for side in (board.glass, self.board.glass)
        )
        if told != fresh:
            raise Broken("visible", f"{who}: glass is broken by {told}, should be {fresh}")


def _key(fact: caller_links.LinkMedia) -> str:
    return name_of(MARK, f"call:{fact.call}")


def thawed(room: Room) -> Room:
    """The same, with all that a snapshot left frozen decoded."""
    own = {name: getattr(room, name) for name in room.__struct_fields__}
    parts: dict[str, Any] = {name: dict(part.items()) if isinstance(part, dict) else part for name, part in own.items()}
    return Room(**parts)


def difference(told: Any, fresh: Any, path: str = "") -> str:
    """The first place where two pictures differ."""
    if isinstance(told, dict) and isinstance(fresh, dict):
        for key in [*fresh, *(k for k in told if k not in fresh)]:
            if told.get(key, "nothing") != fresh.get(key, "nothing"):
                return difference(told.get(key, "nothing"), fresh.get(key, "nothing"), f"{path}.{key}")
    return f"{path.lstrip('.')} is {told!r}, should be {fresh!r}"[:400]
