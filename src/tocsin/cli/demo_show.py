"""How a demo speaks on a terminal: what was left out, the living status, the two days side by side."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tocsin.desk.desk import Desk
from tocsin.sim.replay.compare import Comparison
from tocsin.sim.replay.day import Left
from tocsin.sim.replay.reader import BadRow
from tocsin.views.day import DayFigures

SHOWN = 5


def show_bad(bad: list[BadRow], rows: int, report: Path, console: Console) -> None:
    """Rows that could not be read: the first few here, all in a file."""
    if not bad:
        return
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("row\tfield\twhy\n" + "".join(f"{b.row}\t{b.field}\t{b.why}\n" for b in bad), encoding="utf-8")
    console.print(f"{len(bad)} of {rows + len(bad)} rows could not be read and are left out; all of them: {report}")
    for one in bad[:SHOWN]:
        console.print(f"  row {one.row}, {one.field}: {one.why}", markup=False)


def show_left(left: Left, console: Console) -> None:
    """What is not replayed, and what was assumed."""
    if left.outside:
        console.print(f"{left.outside} calls of the day lie outside the map and are not replayed.")
    if left.not_found:
        console.print(f"{left.not_found} calls have an address the map does not know and are not replayed.")
    if left.out_of_order:
        console.print(f"{left.out_of_order} rows have times out of order: not counted in the record's figures.")
    for word, count in left.unknown_types.items():
        console.print(f"no type for '{word}' ({count} calls): replayed as assistance", markup=False)
    for how, count in left.placed.items():
        console.print(f"{count} units stand {how}.")


def show_comparison(told: Comparison, console: Console) -> None:
    """The replayed day beside the recorded one."""
    table = Table(title=f"{told.day}: replayed beside recorded", title_justify="left")
    for name in ("interval", "replayed n", "median", "p90", "recorded n", "median", "p90"):
        table.add_column(name, justify="left" if name == "interval" else "right")
    for line in told.lines:
        ours, theirs = line.replayed, line.recorded
        table.add_row(
            line.interval, str(ours.n), clock(ours.median_s), clock(ours.p90_s),
            str(theirs.n), clock(theirs.median_s), clock(theirs.p90_s),
        )  # fmt: skip
    console.print(table)
    for line in told.lines:
        if line.replayed_is != line.recorded_is:
            console.print(f"{line.interval}: replayed is {line.replayed_is}; recorded is {line.recorded_is}")
    console.print(f"calls {told.replayed_calls} replayed, {told.recorded_calls} recorded")
    console.print(f"incidents {told.incidents}, closed {told.closed}")
    console.print("by type: " + ", ".join(f"{kind} {count}" for kind, count in told.by_type.items()))
    console.print("recorded: " + ", ".join(f"{kind} {count}" for kind, count in told.recorded_by_type.items()))


def show_day(day: DayFigures, console: Console) -> None:
    """An invented day's figures."""
    table = Table(title=f"{day.calls} calls, {day.incidents} incidents", title_justify="left")
    for name in ("interval", "n", "median", "p90", "definition"):
        table.add_column(name, justify="left" if name in ("interval", "definition") else "right")
    for one in day.figures:
        table.add_row(one.interval, str(one.n), clock(one.median_s), clock(one.p90_s), one.definition)
    console.print(table)


def clock(seconds: float | None) -> str:
    """Minutes and seconds."""
    return "–" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def status(desk: Desk) -> str:
    """The room in one line."""
    rows = desk.board.units.values()
    out = sum(bool(row.incident) for row in rows)
    ringing = sum(row.status == "ringing" for row in desk.board.calls.values())
    parts = (
        f"{ringing} ringing", f"{len(desk.board.incidents)} incidents open", f"{len(desk.board.closed)} closed",
        f"{out} of {len(rows)} units out", f"{len(desk.board.alarms)} alarms",
    )  # fmt: skip
    return " · ".join(parts)


def as_json(value: object) -> str:
    """One JSON object."""
    return msgspec.json.encode(value).decode()
