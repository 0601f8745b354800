"""Calls from files: a record of real calls, a plain table, or one file a quantity. Each mistake is told by its place.

A record's own stage times are used where it has them; what it does not say is drawn from the scenario's laws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tocsin.facts.values import Instant
from tocsin.sim.replay.mapping import ReplayError
from tocsin.sim.replay.reader import CallRow, read_calls
from tocsin.sim.replay.record import by_call
from tocsin.sim.twin.demand import Service
from tocsin.sim.twin.files import number, place, read_rows, truth
from tocsin.sim.twin.ground import EARTH_M_PER_DEG, Ground
from tocsin.sim.twin.model import TwinCall
from tocsin.sim.twin.scenario import Loaded

FARTHEST_M = 5_000.0
"""A call farther than this from every node is outside the ground, and is left out with a note."""


def read_table(loaded: Loaded, numbers: Mapping[str, int], start: Instant) -> list[TwinCall]:
    """A CSV with at_min, place, scene_min, and if there are such columns to_hospital, hand_over_min, turnout_min, type.

    `columns` of the scenario may name them otherwise. Raises ScenarioError.
    """
    part = loaded.scenario.calls
    named = part.columns if isinstance(part.columns, dict) else {}
    table = read_rows(loaded.named("calls.file", part.file))

    def cells(field: str, needed: bool = False) -> list[tuple[int, str]]:
        column = named.get(field, field)
        if column not in table.header and not needed and field not in named:
            return []
        return list(table.cells(column))

    def minutes(field: str, needed: bool = False) -> list[float]:
        return [number(table.file, line, field, text, 0.0) * 60 for line, text in cells(field, needed)]

    at = [start + s for s in minutes("at_min", needed=True)]
    nodes = [place(table.file, line, "place", text, numbers) for line, text in cells("place", needed=True)]
    scene, hand_over, turnout = minutes("scene_min", needed=True), minutes("hand_over_min"), minutes("turnout_min")
    hospital = [truth(table.file, line, "to_hospital", text) for line, text in cells("to_hospital")]
    types = [text for _, text in cells("type")]
    n, order = len(at), sorted(range(len(at)), key=at.__getitem__)
    hand_over, turnout, hospital = hand_over or [0.0] * n, turnout or [0.0] * n, hospital or [False] * n
    types = types or ["MEDICAL"] * n
    return [TwinCall(at[i], nodes[i], scene[i], hospital[i], hand_over[i], turnout[i], types[i]) for i in order]


class Nearest:
    """The node nearest to a latitude and longitude."""

    def __init__(self, ground: Ground) -> None:
        self._lat = np.array([p.lat for p in ground.places])
        self._lon = np.array([p.lon for p in ground.places])
        self._narrow = np.cos(np.radians(self._lat.mean()))

    def __call__(self, lat: float, lon: float) -> int:
        """Node number, -1 when all are farther than FARTHEST_M."""
        dx, dy = (self._lon - lon) * self._narrow * EARTH_M_PER_DEG, (self._lat - lat) * EARTH_M_PER_DEG
        m2 = dx * dx + dy * dy
        best = int(m2.argmin())
        return best if m2[best] <= FARTHEST_M**2 else -1


def read_history(loaded: Loaded, ground: Ground, service: Service, seed: int) -> tuple[list[TwinCall], list[str]]:
    """A record of real calls, one a call number, and notes on what was left out. Raises ScenarioError."""
    part = loaded.scenario.calls
    asked = part.columns if isinstance(part.columns, str) else ",".join(f"{k}={v}" for k, v in part.columns.items())
    try:
        read = read_calls(loaded.named("calls.file", part.file), asked or None)
    except ReplayError as error:
        raise loaded.wrong("calls.file", str(error)) from None
    for field in part.where:
        if field not in CallRow.__struct_fields__:
            right = f"the fields are {', '.join(CallRow.__struct_fields__)}"
            raise loaded.wrong(f"calls.where.{field}", "there is no such field", right)
    rows = [row for row in read.rows if all(_word(getattr(row, k)) == v.lower() for k, v in part.where.items())]
    notes = []
    if read.bad:
        first = read.bad[0]
        why = f"row {first.row}, {first.field}: {first.why}"
        notes.append(f"{_many(len(read.bad), 'row')} of {part.file} could not be read, the first {why}")
    calls, outside = _calls(by_call(rows), Nearest(ground), service, seed)
    if outside:
        notes.append(f"{_many(outside, 'call')} of {part.file} outside the ground or without a place: left out")
    if not calls:
        raise loaded.wrong("calls.file", f"none of its {len(read.rows)} rows is a call inside the ground")
    return sorted(calls, key=lambda call: call.at), notes


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _word(value: object) -> str:
    return str(value).lower()


def _calls(
    calls: Mapping[str, Sequence[CallRow]], nearest: Callable[[float, float], int], service: Service, seed: int
) -> tuple[list[TwinCall], int]:
    dice = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(4)]
    scene = service.scene.draw_s(dice[0], len(calls)).tolist()
    hand_over = service.hand_over.draw_s(dice[1], len(calls)).tolist()
    turnout = service.turnout.draw_s(dice[2], len(calls)).tolist()
    out, outside = [], 0
    for nth, rows in enumerate(calls.values()):
        first = min(rows, key=lambda row: (row.dispatched is None, row.dispatched or 0.0))
        node = -1 if first.lat is None or first.lon is None else nearest(first.lat, first.lon)
        if node < 0:
            outside += 1
            continue
        done = first.left_scene if first.left_scene is not None else first.available
        out.append(
            TwinCall(
                first.received,
                node,
                _span(first.on_scene, done, scene[nth]),
                first.at_hospital is not None,
                _span(first.at_hospital, first.available, hand_over[nth]),
                _span(first.dispatched, first.en_route, turnout[nth]),
            )
        )
    return out, outside


def _span(since: Instant | None, until: Instant | None, otherwise_s: float) -> float:
    if since is None or until is None or until < since:
        return otherwise_s
    return until - since
