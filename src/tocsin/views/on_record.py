"""Every incident there ever was, found by what stands in its row: for whoever reads the record afterwards. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import nlargest

from tocsin.domain.types import Catalogue
from tocsin.facts.values import Instant
from tocsin.views.rows import IncidentRow


def on_record(
    rows: Iterable[IncidentRow],
    told: Callable[[IncidentRow], IncidentRow],
    catalogue: Catalogue,
    limit: int,
    words: str = "",
    before: Instant | None = None,
) -> list[IncidentRow]:
    """Up to `limit` incidents, the latest opened first, then by number; opened before `before` (seconds UTC).

    They are answered as `told`, which may only leave out; what is left out is not looked in either, or a search would
    say whether it is there.

    Every one of `words` must begin or stand in the number, type (code or name in any language), place, summary, last
    note, disposition, or who opened it; case does not matter.
    """
    asked = words.casefold().split()
    names = {kind.code: " ".join(kind.name.values()) for kind in catalogue.types}
    found = (
        row
        for row in rows
        if (before is None or row.opened_at < before)
        and (not asked or (_has(row, asked, names) and _has(told(row), asked, names)))
    )
    latest = nlargest(limit, found, key=lambda row: (row.opened_at, len(row.id), row.id))
    return [told(row) for row in latest]


def _has(row: IncidentRow, asked: list[str], names: dict[str, str]) -> bool:
    said = (
        row.id, row.type, names.get(row.type, ""), row.place.text, row.summary, row.last_note, row.disposition,
        row.opened_by, *(on.unit for on in row.units),
    )  # fmt: skip
    text = "\n".join(said).casefold()
    return all(word in text for word in asked)
