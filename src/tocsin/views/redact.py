"""What is left out of rows and entries for whom: callers' words for an auditor, exact places once they are old. Pure.

Which fields name or place a person is said by their marks in `facts`; nothing here knows a field by name but those
whose words are an address.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

from msgspec.structs import replace

from tocsin.facts.locations import LocationReported
from tocsin.facts.personal import NOWHERE, blanked, blanks, kept_apart
from tocsin.facts.union import AnyEntry
from tocsin.facts.values import Place
from tocsin.views.rows import IncidentRow

T = TypeVar("T")
HIDDEN = Place(0.0, 0.0, how="hidden")
"""What stands for a place that is not shown to whoever looks."""
COARSE_DEG = 0.02
"""About 2 km north to south: a quarter, no house."""
COARSE_M = 2_000.0


def coarse(place: Place) -> Place:
    """Somewhere around there: the middle of a square of a fixed grid, without words."""
    if place.how in ("erased", "hidden"):
        return place
    lat, lon = (round((math.floor(v / COARSE_DEG) + 0.5) * COARSE_DEG, 6) for v in (place.lat, place.lon))
    return Place(max(-90.0, min(90.0, lat)), max(-180.0, min(180.0, lon)), "", "coarse", COARSE_M)


def without_words(thing: T) -> T:
    """A row or a fact with nobody in it: no name, number, place, word of a caller or of a note."""
    out = blanked(thing)
    changes = {name: HIDDEN for name in out.__struct_fields__ if getattr(out, name) == NOWHERE != getattr(thing, name)}
    hidden: T = replace(out, **changes) if changes else out
    return hidden


def without_exact(fact: T) -> T:
    """A fact whose places are coarse, and whose other positions of callers are gone."""
    kind: Any = type(fact)
    marks, empty = kept_apart(kind), blanks(kind)
    own = {name: mark for mark, names in marks.items() for name in names}
    changes: dict[str, Any] = {}
    for name, mark in own.items():
        value = getattr(fact, name)
        if isinstance(value, Place):
            changes[name] = coarse(value)
        elif mark == "position":
            changes[name] = empty[name] if name in empty else _default(kind, name)
    if isinstance(fact, LocationReported):
        changes["text"] = ""  # an address, or words for a place
    softened: T = replace(fact, **changes) if changes else fact  # type: ignore[type-var]
    return softened


def _default(kind: Any, name: str) -> Any:
    fields = kind.__struct_fields__
    return kind.__struct_defaults__[fields.index(name) - len(fields)]


def row_without_exact(row: IncidentRow) -> IncidentRow:
    """An incident of which only the quarter is shown."""
    return replace(row, place=coarse(row.place), reports=(), areas=(), callers=())


def entry_with(entry: AnyEntry, *, words: bool, exact: bool) -> AnyEntry:
    """An entry as it is told."""
    fact = entry.fact if exact else without_exact(entry.fact)
    fact = fact if words else without_words(fact)
    return entry if fact is entry.fact else replace(entry, fact=fact)
