"""The names on disk: entries to bytes and back. Knows every fact's stored name, refuses to know how bytes are kept.

The stored bytes are JSON in the field order of `Stored`: {"recorded_at","by","order","seen","fact":{"kind",…}}. The
position is not among them: it is a column of its own, bound by the hash chain. Bytes, once written, stay;
a fact of an older release is *upcast* when read: `UPCASTS` maps its kind to a function from the old raw fact to a newer
one. Upcasts run until the kind is a current one, so a chain of renames needs one short function each. A kind that keeps
its name but changed a field stands in the table too; its function then runs on every such fact and must leave the
current shape as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import msgspec

from tocsin.facts.base import Entry, FactBase
from tocsin.facts.union import FACT_TYPES, AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.port import LogError

RawFact: TypeAlias = dict[str, Any]
Upcast: TypeAlias = Callable[[RawFact], RawFact]

UPCASTS: dict[str, Upcast] = {}
"""Old kind -> how to say it today. Empty until a release changes a fact; every old golden file must still decode."""

MAX_UPCASTS = 100


class _Mark(msgspec.Struct):
    """The little of an entry that tells whose order it comes from."""

    by: str
    order: str


class _Stamp(msgspec.Struct):
    """The little of an entry that retention needs."""

    recorded_at: Instant


class _Loose(msgspec.Struct, frozen=True):
    """An entry whose fact is not understood yet."""

    recorded_at: Instant
    by: str
    order: str
    seen: Position
    fact: RawFact


class Codec:
    """Entries of the given fact types to bytes and back. Thread-safe; one instance, `CODEC`, serves all."""

    def __init__(self, fact_types: Sequence[type] = FACT_TYPES, upcasts: Mapping[str, Upcast] = UPCASTS) -> None:
        union: Any = fact_types[0]
        for fact_type in fact_types[1:]:
            union = union | fact_type
        stored = msgspec.defstruct(
            "Stored",
            [("recorded_at", Instant), ("by", str), ("order", str), ("seen", Position), ("fact", union)],
            frozen=True,
        )
        self._union = union
        self._upcasts = upcasts
        self._stored: Callable[..., Any] = stored
        self._kinds = {str(t.__struct_config__.tag): t for t in cast("Sequence[Any]", fact_types)}
        self._revisited = tuple(self._kinds[kind] for kind in upcasts if kind in self._kinds)
        self._encoder = msgspec.json.Encoder()
        self._one: msgspec.json.Decoder[Any] = msgspec.json.Decoder(stored)
        self._many: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[stored])  # type: ignore[valid-type]
        self._loose = msgspec.json.Decoder(_Loose)
        self._stamp = msgspec.json.Decoder(_Stamp)
        self._mark = msgspec.json.Decoder(_Mark)

    def encode(self, entry: AnyEntry) -> bytes:
        """The bytes to store. Raises LogError for what would not read back equal: nothing unreadable enters a log."""
        try:
            raw = self._encoder.encode(self._stored(entry.recorded_at, entry.by, entry.order, entry.seen, entry.fact))
            back = self._one.decode(raw)
        except (msgspec.MsgspecError, UnicodeError, TypeError, OverflowError) as error:
            raise LogError(f"{_name(entry.fact)} cannot be stored: {error}") from error
        if back.fact != entry.fact or back.recorded_at != entry.recorded_at:
            raise LogError(f"{_name(entry.fact)} cannot be stored: it would read back as something else")
        return raw

    def decode(self, position: Position, raw: bytes) -> AnyEntry:
        """One entry; raises LogError that names the position and what is wrong."""
        return self.decode_all([(position, raw)])[0]

    def decode_all(self, rows: Sequence[tuple[Position, bytes]]) -> list[AnyEntry]:
        """Many entries at once, in the order given: one pass of one decoder, row by row only when that fails."""
        try:
            stored = self._many.decode(b"[" + b",".join([raw for _, raw in rows]) + b"]")
        except (msgspec.MsgspecError, UnicodeError):
            return [self._slowly(position, raw) for position, raw in rows]
        if len(stored) != len(rows):
            return [self._slowly(position, raw) for position, raw in rows]
        if self._revisited:
            return [self._again(row, s) for row, s in zip(rows, stored, strict=True)]
        return [
            Entry(row[0], s.recorded_at, s.by, s.order, s.seen, s.fact) for row, s in zip(rows, stored, strict=True)
        ]

    def check(self, position: Position, raw: bytes) -> None:
        """Raises LogError, as `decode` does, for bytes that cannot be read; quicker, for it keeps nothing."""
        try:
            fact = self._one.decode(raw).fact
        except (msgspec.MsgspecError, UnicodeError):
            self._slowly(position, raw)
            return
        if self._revisited and isinstance(fact, self._revisited):
            self._slowly(position, raw)

    def recorded_at(self, position: Position, raw: bytes) -> Instant:
        """When this entry was recorded, without reading the rest."""
        try:
            return self._stamp.decode(raw).recorded_at
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise LogError(f"entry {position} cannot be read: {error}") from error

    def whose(self, position: Position, raw: bytes) -> tuple[str, str]:
        """Who gave the order that this entry comes from, and its key, without reading the rest. Raises LogError."""
        try:
            mark = self._mark.decode(raw)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise LogError(f"entry {position} cannot be read: {error}") from error
        return mark.by, mark.order

    def _again(self, row: tuple[Position, bytes], stored: Any) -> AnyEntry:
        if isinstance(stored.fact, self._revisited):
            return self._slowly(*row)
        return Entry(row[0], stored.recorded_at, stored.by, stored.order, stored.seen, stored.fact)

    def _slowly(self, position: Position, raw: bytes) -> AnyEntry:
        try:
            loose = self._loose.decode(raw)
            fact: FactBase = msgspec.convert(self._upcast(position, loose.fact), self._union)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise LogError(f"entry {position} cannot be read: {error}") from error
        return Entry(position, loose.recorded_at, loose.by, loose.order, loose.seen, fact)

    def _upcast(self, position: Position, fact: RawFact) -> RawFact:
        """Say an old fact as today's. Each kind's upcast runs once, so one that keeps its name ends too."""
        seen: set[str] = set()
        kind = str(fact.get("kind", ""))
        while kind in self._upcasts and kind not in seen and len(seen) < MAX_UPCASTS:
            seen.add(kind)
            try:
                fact = self._upcasts[kind](dict(fact))
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise LogError(f"entry {position} cannot be read: as {kind!r} it is not whole ({error!r})") from error
            kind = str(fact.get("kind", ""))
        if kind not in self._kinds:
            raise LogError(f"entry {position} is of a kind this release does not know: {kind!r}")
        return fact


def _name(fact: object) -> str:
    config = getattr(fact, "__struct_config__", None)
    return str(config.tag) if config is not None and config.tag else type(fact).__name__


CODEC = Codec()
