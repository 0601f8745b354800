"""Plots say what they show: labels hide no mark and no other label, long names stay inside."""

from __future__ import annotations

import re

from tocsin.sim.twin import svg


def boxes(drawn: str) -> list[tuple[float, float, float, float]]:
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)">([^<]+)</text>', drawn)
    return [(float(x), float(y) - 11, float(x) + svg.CHARACTER * len(name), float(y) + 3) for x, y, name in found]


def test_names_of_marks_that_lie_together_do_not_lie_on_each_other():
    marks = [svg.Mark(5 + n % 3 * 0.01, 7 + n * 0.01, f"Scenario number {n}", n == 0) for n in range(6)]
    marks += [svg.Mark(9.0, 9.0, "The one that is far away at the right edge of the picture, with a long name")]
    drawn = svg.scatter(marks, "late", "mean", "picture")
    told = boxes(drawn)
    assert len(told) == 7
    for n, (left, top, right, bottom) in enumerate(told):
        assert left >= svg.LEFT
        assert right <= svg.WIDTH
        for other in told[:n]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (n, other)


def test_the_legend_of_lines_is_as_wide_as_its_longest_name():
    name = "A scenario with a name that is far too long for any legend"
    drawn = svg.lines([(name, [(0.0, 0.0), (9.0, 100.0)]), ("b", [(0.0, 0.0), (9.0, 90.0)])], "x", "y", "picture")
    assert svg.short(name) in drawn
    assert name not in drawn
    assert max(right for _, _, right, _ in boxes(drawn)) <= svg.WIDTH
