"""Reports of callers' places, folded into the row where the call now is: its own, or its incident's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

from msgspec.structs import replace

from tocsin.facts import calls, locations
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.shapes import Circle, Point, Shape, Sphere
from tocsin.facts.union import DecisionFact
from tocsin.geo.spread import spread
from tocsin.views.board_state import BoardState
from tocsin.views.rows import CallRow, IncidentRow
from tocsin.views.rows_locations import AreaRow, ReportRow, Spot

SHOWN = 12
"""Reports a row carries, the newest of each kind; all of them stand in the timeline."""
CORNERS = 24


def reported(board: BoardState, fact: locations.LocationReported, _by: str) -> None:
    """Shown with its call; one that waits is shown nowhere."""
    row = ReportRow(
        fact.report, fact.call, fact.source, fact.method, fact.origin, fact.at, fact.fixed_at, _spot(fact.shape),
        fact.confidence.percent, fact.text, fact.floor, fact.flaws, fact.late,
    )  # fmt: skip
    if fact.call:
        _add(board, row)
    else:
        board.waiting[fact.report] = row


def matched(board: BoardState, fact: locations.LocationMatched, _by: str) -> None:
    """Its call has come."""
    row = board.waiting.pop(fact.report, None)
    if row is not None:
        _add(board, replace(row, call=fact.call))


def expired(board: BoardState, fact: locations.LocationExpired, _by: str) -> None:
    """No call came."""
    board.waiting.pop(fact.report, None)


def estimated(board: BoardState, fact: locations.AreaEstimated, _by: str) -> None:
    """The latest estimate of a call stands."""
    area = AreaRow(
        fact.estimate, fact.call, fact.at, fact.lat, fact.lon, fact.radius_m, fact.areas, fact.certainty, fact.share,
        fact.used, fact.disagree, fact.replaced,
    )  # fmt: skip
    others = tuple(known for known in _shown(board, fact.call)[1] if known.call != fact.call)
    _put(board, fact.call, areas=(*others, area))


def taken(board: BoardState, fact: locations.PlaceTaken, _by: str) -> None:
    """The place of a call rests on reports: it says nothing of its own about them."""
    if fact.call in board.calls:
        board.calls[fact.call] = replace(board.calls[fact.call], taken=fact.basis)


def attached(row: IncidentRow, call: CallRow | None) -> IncidentRow:
    """What was reported about a call goes with it to its incident."""
    if call is None or not (call.reports or call.areas):
        return row
    return replace(row, reports=_newest((*row.reports, *call.reports)), areas=(*row.areas, *call.areas))


def erased(row: IncidentRow, fact: PersonalErased) -> IncidentRow:
    """What is left of its reports, as a node reads them that starts now: the incident may be opened again."""
    reports, areas = row.reports, row.areas
    if "position" in fact.kinds:
        reports = tuple(replace(one, spot=None, floor="") for one in reports)
        areas = tuple(replace(one, lat=0.0, lon=0.0, areas=()) for one in areas)
    if "record" in fact.kinds:
        reports = tuple(replace(one, text="") for one in reports)
    return replace(row, reports=reports, areas=areas)


def touches(homes: dict[str, str], fact: DecisionFact) -> str:
    """The incident whose row a report changes; empty: its call's own."""
    if isinstance(fact, locations.LocationReported | locations.LocationMatched | locations.AreaEstimated):
        return homes.get(fact.call, "")
    return ""


def went(homes: dict[str, str], fact: calls.CallAttached) -> None:
    """Where a call's later reports belong."""
    homes[fact.call] = fact.incident


def crowded(alike: Mapping[str, Hashable], most: int) -> list[str]:
    """Which reports, given oldest first with what makes them alike, leave room for `most`: the oldest of the commonest.
    A phone that says every few seconds where it is must not push the network's cell out, nor a flood of flaws a fix."""
    left = dict(alike)
    while len(left) > most:
        counts = Counter(left.values())
        commonest = max(counts.values())
        del left[next(report for report, kind in left.items() if counts[kind] == commonest)]
    return [report for report in alike if report not in left]


def _newest(rows: tuple[ReportRow, ...]) -> tuple[ReportRow, ...]:
    gone = crowded({row.id: (row.call, row.source, row.spot is None) for row in rows}, SHOWN)
    return tuple(row for row in rows if row.id not in gone)


def _shown(board: BoardState, call: str) -> tuple[tuple[ReportRow, ...], tuple[AreaRow, ...]]:
    home = board.homes.get(call)
    row: CallRow | IncidentRow | None = board.calls.get(call)
    if home is not None:
        row = board.incidents.get(home) or board.closed.get(home)
    return (row.reports, row.areas) if row is not None else ((), ())


def _add(board: BoardState, row: ReportRow) -> None:
    _put(board, row.call, reports=_newest((*_shown(board, row.call)[0], row)))


def _put(board: BoardState, call: str, **changes: Any) -> None:
    home = board.homes.get(call)
    if home is None:
        if call in board.calls:
            board.calls[call] = replace(board.calls[call], **changes)
        return
    rows = board.incidents if home in board.incidents else board.closed
    if home in rows:
        rows[home] = replace(rows[home], **changes)


def _spot(shape: Shape | None) -> Spot | None:
    if shape is None:
        return None
    drawn = spread(shape, CORNERS)
    outline = () if isinstance(shape, Point | Circle | Sphere) else drawn.outline
    return Spot(drawn.lat, drawn.lon, drawn.radius_m, outline)
