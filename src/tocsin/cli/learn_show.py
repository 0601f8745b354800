"""What was learned, as tables and charts in letters: before and after, on drives nobody learned from."""

from __future__ import annotations

import math

import numpy as np
from rich.console import Console
from rich.table import Table

from tocsin.geo.learning import Score, Study
from tocsin.geo.pace import GROUPS, HOURS
from tocsin.geo.pace_file import PaceFile, Side

_BAR = 34
_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.25, 1.4, 1.7, 2.0, math.inf)


def summary(console: Console, found: Study, left_out: dict[str, int], by_track: int) -> None:
    """Errors and ranges, over all and by hours, length and siren."""
    console.print(f"[bold]{found.n:,} drives[/bold], {found.after.n:,} of them held out; {by_track:,} began at a track")
    for why, n in sorted(left_out.items(), key=lambda one: -one[1]):
        console.print(f"  left out {n:,}: {why}")
    console.print("On held-out drives, by the map's own speeds → as learned:")
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1))
    for title in ("", "drives", "median error", "bias", "range held", "its width"):
        table.add_column(title, justify="right" if title else "left", no_wrap=True)
    rows = {"all": (found.before, found.after), **found.by_hours, **found.by_length, **found.by_siren}
    for name, two in rows.items():
        table.add_row(name, f"{two[1].n:,}", *_row(*two))
    console.print(table)


def _row(map_s: Score, learned: Score) -> list[str]:
    return [
        f"{map_s.median_abs_s:.0f} → {learned.median_abs_s:.0f} s",
        f"{map_s.bias_s:+.0f} → {learned.bias_s:+.0f} s",
        f"{map_s.held:.0%} → {learned.held:.0%}",
        f"{map_s.width_s:.0f} → {learned.width_s:.0f} s",
    ]


def charts(console: Console, found: Study) -> None:
    """How true times lie around those foretold, as bars."""
    ratio = found.true_s / found.foretold_s
    counts, _ = np.histogram(ratio, bins=np.array(_EDGES))
    console.print("True time over foretold, held-out drives:")
    for low, high, n in zip(_EDGES[:-1], _EDGES[1:], counts.tolist(), strict=True):
        name = f"{low:.2f}-{high:.2f}" if math.isfinite(high) else f"over {low:.2f}"
        console.print(f"  {name:>10}  {'█' * round(_BAR * n / max(1, counts.max()))} {n:,}")


def factors(console: Console, told: PaceFile) -> None:
    """Factors by class and hours, for each way of driving."""
    for title, side in (("with siren", told.siren), ("without siren", told.normal)):
        console.print(_factors(title, side))
    spread = ", ".join(f"{name} ×{one:.2f}" for name, one in zip(HOURS, told.spread_by_hours, strict=True))
    console.print(f"Ranges by hours: {spread}  (hours of {told.zone})", soft_wrap=True)


def _factors(title: str, side: Side) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"Factors on the map's seconds, {title}; {side.start_s:.0f} s to get going"
    table.add_column("")
    for name in HOURS:
        table.add_column(name, justify="right")
    for group in GROUPS:
        table.add_row(group, *(f"{one:.2f}" for one in side.factor[group]))
    if side.drives:
        table.add_row("[dim]drives[/dim]", *(f"[dim]{n:,}[/dim]" for n in side.drives))
    return table
