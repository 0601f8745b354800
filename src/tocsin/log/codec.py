"""The names on disk: entries to bytes and back. Knows every fact's stored name, refuses to know how bytes are kept.

The stored bytes are JSON in the field order of `Stored`: {"recorded_at","by","order","seen","fact":{"kind",…}}. The
position is not among them: it is a column of its own, bound by the hash chain. Bytes, once written, stay;
a fact of an older release is *upcast* when read: `UPCASTS` maps its kind to a function from the old raw fact to a newer
one. Upcasts run until the kind is a current one, so a chain of renames needs one short function each. A kind that keeps
its name but changed a field stands in the table too; its function then runs on every such fact and must leave the
current shape as it is.

Where a sealer is given, what names or places a person is taken out of the fact and put, sealed, beside it:
{…,"fact":{"kind",…},"sealed":[[key,mark,box],…]}. One box a kind of personal data; a box that cannot be opened any more
leaves blanks in the fact, and the entry says so. Everything else stays in the open, bound to its boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, cast

import msgspec

from tocsin.facts.base import Entry, FactBase
from tocsin.facts.personal import blanks, kept_apart, subject_of
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.union import FACT_TYPES, AnyEntry
from tocsin.facts.values import Instant, Position
from tocsin.log.port import LogError

RawFact: TypeAlias = dict[str, Any]
Upcast: TypeAlias = Callable[[RawFact], RawFact]

UPCASTS: dict[str, Upcast] = {}
"""Old kind -> how to say it today. Empty until a release changes a fact; every old golden file must still decode."""

MAX_UPCASTS = 100
_SEALED = b',"sealed":[['
"""Cannot stand inside a text: there, quotes are escaped."""


class Box(msgspec.Struct, frozen=True, array_like=True):
    """Sealed bytes, the number of the key that opens them, and what kind of personal data they are."""

    key: int
    mark: str
    sealed: bytes


class Sealer(Protocol):
    """Whatever keeps the keys. `bound` is what the box is tied to: it opens beside those bytes and nowhere else."""

    def seal(self, mark: str, subject: str, plain: bytes, bound: bytes, position: Position) -> Box:
        """Seal under the key of this kind and person, made where there is none. Raises LogError."""
        ...

    def open(self, box: Box, bound: bytes) -> bytes | None:
        """What was sealed, or None when its key is gone or not at hand. Raises LogError for a box that was altered."""
        ...

    def retire(self, names: Mapping[str, Position]) -> None:
        """Seal nothing that comes after these positions with a key of these names that was used before them."""
        ...

    def settle(self) -> None:
        """Have it written down whose keys have been used. Raises LogError."""
        ...


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


class _Outer(msgspec.Struct, omit_defaults=True):
    """An entry whose fact is not looked into."""

    recorded_at: Instant
    by: str
    order: str
    seen: Position
    fact: msgspec.Raw
    sealed: tuple[Box, ...] = ()

    @property
    def bound(self) -> bytes:
        """What a box is tied to: all that stands in the open."""
        return b"\n".join((self.by.encode(), self.order.encode(), repr(self.recorded_at).encode(), bytes(self.fact)))


class Codec:
    """Entries of the given fact types to bytes and back. Thread-safe; one instance, `CODEC`, serves all."""

    def __init__(
        self,
        fact_types: Sequence[type] = FACT_TYPES,
        upcasts: Mapping[str, Upcast] = UPCASTS,
        sealer: Sealer | None = None,
    ) -> None:
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
        self._outer = msgspec.json.Decoder(_Outer)
        self._fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._sealer = sealer

    def encode(self, entry: AnyEntry) -> bytes:
        """The bytes to store. Raises LogError for what would not read back equal: nothing unreadable enters a log."""
        try:
            raw = self._encoder.encode(self._stored(entry.recorded_at, entry.by, entry.order, entry.seen, entry.fact))
            back = self._one.decode(raw)
        except (msgspec.MsgspecError, UnicodeError, TypeError, OverflowError) as error:
            raise LogError(f"{_name(entry.fact)} cannot be stored: {error}") from error
        if back.fact != entry.fact or back.recorded_at != entry.recorded_at:
            raise LogError(f"{_name(entry.fact)} cannot be stored: it would read back as something else")
        return raw if self._sealer is None else self._seal(self._sealer, entry, raw)

    def settle(self) -> None:
        """Before entries become durable in a store that others share: whose keys they are sealed with is known there,
        so that whoever erases somebody finds all of them. Raises LogError."""
        if self._sealer is not None:
            self._sealer.settle()

    def decode(self, position: Position, raw: bytes) -> AnyEntry:
        """One entry; raises LogError that names the position and what is wrong."""
        return self.decode_all([(position, raw)])[0]

    def decode_all(self, rows: Sequence[tuple[Position, bytes]]) -> list[AnyEntry]:
        """Many entries at once, in the order given: one pass of one decoder, row by row only when that fails."""
        if any(_SEALED in raw for _, raw in rows):
            return self._decode_sealed(rows)
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
        """Raises LogError, as `decode` does, for bytes that cannot be read; quicker, for it keeps nothing.

        What is sealed is not opened: a record is checked by whoever holds no key, and after an erasure too.
        """
        if _SEALED in raw:
            raw = self._opened(position, raw, None)[0]
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

    # -- what is sealed -----------------------------------------------------------------------------------------------

    def boxes(self, position: Position, raw: bytes) -> tuple[str, tuple[Box, ...]]:
        """Whom the boxes of an entry are about (`call:12`), and the boxes; nobody and none where nothing is sealed."""
        if _SEALED not in raw:
            return "", ()
        fact = self.decode_all([(position, self._opened(position, raw, None)[0])])[0].fact
        return subject_of(fact), self._outer.decode(raw).sealed

    def _seal(self, sealer: Sealer, entry: AnyEntry, raw: bytes) -> bytes:
        if isinstance(entry.fact, PersonalErased):
            sealer.retire(dict.fromkeys(entry.fact.keys, entry.position))
        kind: type = type(entry.fact)
        apart = kept_apart(kind)
        subject = subject_of(entry.fact) if apart else ""
        if not subject:
            return raw
        outer = self._outer.decode(raw)
        fields = self._fields.decode(outer.fact)
        taken = {mark: {n: fields.pop(n) for n in names if n in fields} for mark, names in apart.items()}
        outer.fact = msgspec.Raw(self._encoder.encode(fields))
        bound = outer.bound
        outer.sealed = tuple(
            sealer.seal(mark, subject, self._encoder.encode(told), bound, entry.position)
            for mark, told in taken.items()
            if told
        )
        return self._encoder.encode(outer)

    def _decode_sealed(self, rows: Sequence[tuple[Position, bytes]]) -> list[AnyEntry]:
        opened = [
            self._opened(position, raw, self._sealer) if _SEALED in raw else (raw, False) for position, raw in rows
        ]
        entries = self.decode_all([(row[0], raw) for row, (raw, _) in zip(rows, opened, strict=True)])
        return [
            msgspec.structs.replace(entry, erased=True) if erased else entry
            for entry, (_, erased) in zip(entries, opened, strict=True)
        ]

    def _opened(self, position: Position, raw: bytes, sealer: Sealer | None) -> tuple[bytes, bool]:
        """The bytes as if nothing had been sealed, and whether blanks stand in them."""
        try:
            outer = self._outer.decode(raw)
            told, erased = [], False
            for box in outer.sealed:
                plain = sealer.open(box, outer.bound) if sealer else None
                erased |= plain is None
                told.append(plain or b"{}")
            fact = _joined(bytes(outer.fact), told)
            if erased:
                fact = self._with_blanks(fact)
        except (msgspec.MsgspecError, UnicodeError, LogError) as error:
            raise LogError(f"entry {position} cannot be read: {error}") from error
        outer.fact, outer.sealed = msgspec.Raw(fact), ()
        return self._encoder.encode(outer), erased

    def _with_blanks(self, fact: bytes) -> bytes:
        fields = self._fields.decode(fact)
        fact_type = self._kinds.get(msgspec.json.decode(fields.get("kind", b'""')))
        missing = blanks(fact_type) if fact_type else {}
        return self._encoder.encode({**missing, **fields})

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


def _joined(fact: bytes, told: Sequence[bytes]) -> bytes:
    """The fields of a fact and of what was told beside it, as one JSON object."""
    for plain in told:
        if len(plain) > len(b"{}"):
            fact = fact[:-1] + b"," + plain[1:]
    return fact


def _name(fact: object) -> str:
    config = getattr(fact, "__struct_config__", None)
    return str(config.tag) if config is not None and config.tag else type(fact).__name__


CODEC = Codec()
