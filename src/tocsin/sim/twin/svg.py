"""Plots drawn by hand as SVG: few marks, words beside them, legible in black and white. Knows numbers and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import msgspec

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 16, 48
INKS = ("#1f4e79", "#b3541e", "#3b7a57", "#7a3b69", "#6b6b00", "#444444", "#0f7c8a", "#a3243b")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4", "12 4", "4 4", "10 2")
CHARACTER = 6.4
"""Width of a character of a label, on average."""
DROPS = (0, *(side * n * 14 for n in range(1, 9) for side in (1, -1)))
"""How far below its mark a label may stand."""
SHAPES = ("circle", "square", "diamond", "triangle", "cross")


class Mark(msgspec.Struct, frozen=True):
    """A point with its name; ringed when it stands out."""

    x: float
    y: float
    name: str
    ringed: bool = False


class Axis(msgspec.Struct, frozen=True):
    """A scale from `low` to `high` with round ticks."""

    label: str
    low: float
    high: float

    @classmethod
    def around(cls, label: str, values: Sequence[float], zero: bool = False) -> Axis:
        """Wide enough for the values, with air."""
        known = [v for v in values if math.isfinite(v)] or [0.0, 1.0]
        low, high = (min(0.0, *known) if zero else min(known)), (max(0.0, *known) if zero else max(known))
        air = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
        return cls(label, 0.0 if zero and low == 0.0 else low - air, high + air)

    def ticks(self) -> list[float]:
        """About five round numbers."""
        step = 10 ** math.floor(math.log10((self.high - self.low) / 4))
        step = next(step * k for k in (1, 2, 2.5, 5, 10) if (self.high - self.low) / (step * k) <= 6)
        first = math.ceil(self.low / step - 1e-9)
        return [round(i * step, 10) for i in range(first, math.floor(self.high / step + 1e-9) + 1)]


def _x(axis: Axis, value: float) -> float:
    return round(LEFT + (value - axis.low) / (axis.high - axis.low) * (WIDTH - LEFT - RIGHT), 2)


def _y(axis: Axis, value: float) -> float:
    return round(HEIGHT - BOTTOM - (value - axis.low) / (axis.high - axis.low) * (HEIGHT - TOP - BOTTOM), 2)


def _frame(x: Axis, y: Axis, inside: Sequence[str], title: str) -> str:
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>',
    ]
    for tick in x.ticks():
        at = _x(x, tick)
        parts.append(f'<path class="grid" d="M{at} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{at}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{tick:g}</text>')
    for tick in y.ticks():
        at = _y(y, tick)
        parts.append(f'<path class="grid" d="M{LEFT} {at}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end">{tick:g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x.label)}</text>')
    parts.append(
        f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(y.label)}</text>"
    )
    return "\n".join([*parts, *inside, "</svg>"])


def scatter(marks: Sequence[Mark], x_label: str, y_label: str, title: str) -> str:
    """Points with names; ringed ones are on the Pareto line, which is drawn through them."""
    x, y = Axis.around(x_label, [m.x for m in marks]), Axis.around(y_label, [m.y for m in marks])
    best = sorted((m.x, m.y) for m in marks if m.ringed)
    inside = []
    at = [(_x(x, mark.x), _y(y, mark.y)) for mark in marks]
    taken = [(a - 9, b - 9, a + 9, b + 9) for a, b in at]
    if len(best) > 1:
        line = " ".join(f"{_x(x, a)},{_y(y, b)}" for a, b in best)
        inside.append(f'<polyline points="{line}" fill="none" stroke="#999" stroke-dasharray="4 3"/>')
    for nth, mark in enumerate(marks):
        a, b, ink = _x(x, mark.x), _y(y, mark.y), INKS[nth % len(INKS)]
        inside.append(f'<circle cx="{a}" cy="{b}" r="5" fill="{ink}"/>')
        if mark.ringed:
            inside.append(f'<circle cx="{a}" cy="{b}" r="9" fill="none" stroke="{ink}" stroke-width="1.5"/>')
        left, top = _room_for(mark.name, a, b, taken)
        inside.append(f'<text x="{left:.1f}" y="{top + 11:.1f}">{escape(short(mark.name))}</text>')
    return _frame(x, y, inside, title)


def short(name: str, most: int = 32) -> str:
    """A name that fits beside a plot."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


Box = tuple[float, float, float, float]


def _room_for(name: str, a: float, b: float, taken: list[Box]) -> tuple[float, float]:
    """Left and top of a label near (a, b) that hides neither a mark nor another label; remembers it in `taken`."""
    wide, tall = CHARACTER * len(short(name)), 14.0
    tries = [(side, drop) for drop in DROPS for side in (12.0, -12.0 - wide)]
    boxes = [(a + side, b - 7 + drop, a + side + wide, b - 7 + drop + tall) for side, drop in tries]
    inside = [box for box in boxes if box[0] >= LEFT and box[2] <= WIDTH and TOP <= box[1] <= HEIGHT - BOTTOM - tall]
    free = [box for box in inside if not any(_overlap(box, other) for other in taken)]
    box = (free or inside or boxes)[0]
    taken.append(box)
    return box[0], box[1]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def lines(series: Sequence[tuple[str, Sequence[tuple[float, float]]]], x_label: str, y_label: str, title: str) -> str:
    """Named lines, each with a dash of its own."""
    x = Axis.around(x_label, [a for _, points in series for a, _ in points], zero=True)
    y = Axis.around(y_label, [b for _, points in series for _, b in points], zero=True)
    inside = []
    for nth, (name, points) in enumerate(series):
        ink, dash = INKS[nth % len(INKS)], DASHES[nth % len(DASHES)]
        line = " ".join(f"{_x(x, a)},{_y(y, b)}" for a, b in points)
        inside.append(
            f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="1.8" stroke-dasharray="{dash}"/>'
        )
        at = HEIGHT - BOTTOM - 12 - 16 * (len(series) - 1 - nth)
        edge = WIDTH - RIGHT - 40 - CHARACTER * max(len(short(one)) for one, _ in series)
        inside.append(
            f'<path d="M{edge} {at - 4}h28" stroke="{ink}" stroke-width="1.8" stroke-dasharray="{dash}"/>'
            f'<text x="{edge + 34}" y="{at}">{escape(short(name))}</text>'
        )
    return _frame(x, y, inside, title)


def intervals(rows: Sequence[tuple[str, float, float | None, float | None]], label: str, title: str) -> str:
    """Means with intervals, one row each, against a line at 0."""
    values = [v for _, mean, low, high in rows for v in (mean, low, high) if v is not None]
    x, tall = Axis.around(label, [0.0, *values]), 40 + 26 * len(rows) + 30
    inside = [f'<svg viewBox="0 0 {WIDTH} {tall}" role="img" aria-label="{escape(title)}">']
    left = 220

    def at(value: float) -> float:
        return round(left + (value - x.low) / (x.high - x.low) * (WIDTH - RIGHT - left), 2)

    for tick in x.ticks():
        inside.append(f'<path class="grid" d="M{at(tick)} 10V{tall - 44}"/>')
        inside.append(f'<text x="{at(tick)}" y="{tall - 28}" text-anchor="middle">{tick:g}</text>')
    inside.append(f'<path class="axis" d="M{at(0)} 10V{tall - 44}"/>')
    for nth, (name, mean, low, high) in enumerate(rows):
        y = 28 + 26 * nth
        inside.append(f'<text x="{left - 12}" y="{y + 4}" text-anchor="end">{escape(short(name))}</text>')
        if low is not None and high is not None:
            inside.append(
                f'<path d="M{at(low)} {y}H{at(high)}M{at(low)} {y - 5}v10M{at(high)} {y - 5}v10" class="axis"/>'
            )
        inside.append(f'<circle cx="{at(mean)}" cy="{y}" r="4.5" fill="{INKS[0]}"/>')
    inside.append(f'<text x="{(left + WIDTH - RIGHT) / 2}" y="{tall - 8}" text-anchor="middle">{escape(label)}</text>')
    return "\n".join([*inside, "</svg>"])


def places(
    x: Sequence[float],
    y: Sequence[float],
    size: Sequence[float],
    value: Sequence[float],
    crosses: Sequence[int],
    title: str,
) -> str:
    """A map of circles: area by size, darkness by value from 0 to 1; crosses where stations are."""
    wide, tall = 640, 520
    low_x, high_x, low_y, high_y = min(x), max(x), min(y), max(y)
    scale = min((wide - 40) / ((high_x - low_x) or 1), (tall - 40) / ((high_y - low_y) or 1))
    most = max(size) or 1.0
    out = [f'<svg viewBox="0 0 {wide} {tall}" role="img" aria-label="{escape(title)}">']
    points = [(20 + (a - low_x) * scale, tall - 20 - (b - low_y) * scale) for a, b in zip(x, y, strict=True)]
    for (a, b), s, v in zip(points, size, value, strict=True):
        light = 92 - 72 * min(1.0, max(0.0, v))
        radius = 2 + 12 * math.sqrt(s / most)
        out.append(
            f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{radius:.1f}" fill="hsl(15 70% {light:.0f}%)" stroke="#777" '
            'stroke-width="0.5"/>'
        )
    for nth in crosses:
        a, b = points[nth]
        out.append(f'<path d="M{a - 5:.1f} {b:.1f}h10M{a:.1f} {b - 5:.1f}v10" stroke="#000" stroke-width="1.6"/>')
    return "\n".join([*out, "</svg>"])
