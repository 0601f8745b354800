"""The best units for all seats at once, exactly: branch and bound over who goes, with coverage lost jointly.

Least empty seats first, then the least cost: each unit's own, plus what leaves with all of them together. That loss is
supermodular (each further unit costs at least what it costs alone), so a set costs at least the sum of its units alone:
the bound everything is cut by. Knows numbers only: candidates are counted 0, 1, 2 …
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from tocsin.domain.seats import Fits, Form, Seat, least_short

EPS = 1e-9
LOOKS = 20_000
"""Losses looked at before the best found so far is taken as it is, and said to be so."""
AT_FIRST = 24
"""Candidates of a seat whose own loss is looked at before the search, for a good first bound."""


class Found(msgspec.Struct, frozen=True):
    """Who sits where."""

    form: Form
    seated: tuple[tuple[int, Seat], ...]
    """Candidates and their seats."""
    short: int
    """Weight of the empty seats."""
    cost: float
    exact: bool
    """False when the search was ended before it had proved that nothing is better."""


class Problem(msgspec.Struct):
    """What the search is handed. `own[i]`: cost of candidate i without coverage, ascending order is not needed."""

    own: Sequence[float]
    fits: Fits
    joint: Callable[[tuple[int, ...]], float]
    """Weighted loss of these candidates together, 0 for none."""
    rank: Sequence[int]
    """Who goes first of equals: lower first."""
    apart: dict[int, tuple[int, ...]] = {}
    """Candidates that cannot go together with this one."""
    linear: bool = False
    """Nothing is lost jointly: the own cost is all there is."""
    looks: int = 0


class _Row(msgspec.Struct):
    """Seats that are alike, and who can fill them: the cheapest alone first."""

    seats: list[Seat]
    who: list[int]
    alone: list[float]

    def cheapest(self, start: int, count: int) -> list[float]:
        return self.alone[start : start + count]


def assign(forms: Sequence[Form], problem: Problem) -> Found:
    """The best way to fill one of `forms`. Of equals, the first form and those who rank first."""
    least = [least_short(form, problem.fits) for form in forms]
    allowed = min(least)
    while True:
        best: Found | None = None
        for form, short in zip(forms, least, strict=True):
            if short <= allowed:
                found = _Search(form, problem, allowed, best.cost if best else None).run()
                best = found or best
        if best:
            return best
        allowed += 1  # two vehicles of one crew: fewer can go than there seemed


class _Search:
    """One form, searched."""

    def __init__(self, form: Form, problem: Problem, allowed: int, below: float | None) -> None:
        self.form, self.problem, self.allowed = form, problem, allowed
        self.best_cost = below
        self.best: tuple[int, float, tuple[tuple[int, int], ...]] | None = None
        self.exact = True
        shorts = [seat.short for seat in form.seats]
        self.empties = min(len(shorts), allowed // min(shorts)) if shorts else 0
        self.alone: dict[int, float] = {}

    def run(self) -> Found | None:
        """The best seating that costs less than what is known, if there is one."""
        rows = self._rows()
        self.ceiling = self._ceiling(rows)
        self.rows = [self._narrow(row, rows) for row in rows]
        self.rows.sort(key=lambda row: len(row.who) - len(row.seats))
        self.after = self._after(self.rows)
        self._fill(0, 0, len(self.rows[0].seats) if self.rows else 0, 0, self.empties, (), 0.0, 0.0)
        if self.best is None:
            return None
        short, cost, chosen = self.best
        return Found(self.form, self._seated(chosen), short, cost, self.exact)

    # -- before the search ------------------------------------------------------------------------------------------

    def _rows(self) -> list[_Row]:
        by: dict[tuple[str, int, int], list[Seat]] = {}
        for seat in self.form.seats:
            by.setdefault((seat.capability, seat.crew_min, seat.short), []).append(seat)
        own, rank = self.problem.own, self.problem.rank
        out = []
        for seats in by.values():
            who = sorted(self.problem.fits(seats[0]), key=lambda i: (own[i], rank[i]))
            out.append(_Row(seats, who, [own[i] for i in who]))
        return out

    def _cost_alone(self, one: int) -> float:
        if self.problem.linear:
            return self.problem.own[one]
        cost = self.alone.get(one)
        if cost is None:
            cost = self.alone[one] = self.problem.own[one] + self.problem.joint((one,))
        return cost

    def _ceiling(self, rows: list[_Row]) -> float:
        """Cost of some good seating; infinite when none with so few empty seats was found at once."""
        ceiling = float("inf") if self.best_cost is None else self.best_cost
        for cost in (self.problem.own.__getitem__, self._cost_alone):
            taken, short = self._greedy(rows, cost)
            if short <= self.allowed:
                total = sum(self.problem.own[i] for i in taken) + self.problem.joint(taken)
                ceiling = min(ceiling, total)
            if self.problem.linear:
                break
        return ceiling

    def _greedy(self, rows: list[_Row], cost: Callable[[int], float]) -> tuple[tuple[int, ...], int]:
        """The cheapest first, each kept that finds a seat, others moving over."""
        pool = sorted({i for row in rows for i in row.who[:AT_FIRST]}, key=lambda i: (cost(i), self.problem.rank[i]))
        seat_of = {i: [n for n, row in enumerate(rows) if i in set(row.who[:AT_FIRST])] for i in pool}
        held: list[list[int]] = [[] for _ in rows]

        def place(one: int, tried: set[int]) -> bool:
            for n in seat_of[one]:
                if n in tried:
                    continue
                tried.add(n)
                if len(held[n]) < len(rows[n].seats):
                    held[n].append(one)
                    return True
                for k, other in enumerate(held[n]):
                    if place(other, tried):
                        held[n][k] = one
                        return True
            return False

        taken: list[int] = []
        for one in pool:
            if not any(other in taken for other in self.problem.apart.get(one, ())) and place(one, set()):
                taken.append(one)
        short = sum(row.seats[0].short * (len(row.seats) - len(who)) for row, who in zip(rows, held, strict=True))
        return tuple(taken), short

    def _least(self, rows: Sequence[_Row], empties: int) -> float:
        """No seating of these rows costs less, with so many seats left empty."""
        items = [cost for row in rows for cost in row.cheapest(0, len(row.seats))]
        free = empties - sum(max(0, len(row.seats) - len(row.who)) for row in rows)
        items.sort()
        return sum(items[: len(items) - free] if free > 0 else items)

    def _narrow(self, row: _Row, rows: list[_Row]) -> _Row:
        """The row without those who cost more than the ceiling even with the cheapest in every other seat."""
        others = [_Row(each.seats[1:], each.who, each.alone) if each is row else each for each in rows]
        rest = self._least([each for each in others if each.seats], self.empties)
        kept: list[tuple[float, int, int]] = []
        for one, own in zip(row.who, row.alone, strict=True):
            if rest + own > self.ceiling + EPS:
                break
            cost = self._cost_alone(one)
            if rest + cost <= self.ceiling + EPS:
                kept.append((cost, self.problem.rank[one], one))
        kept.sort()
        return _Row(row.seats, [one for _, _, one in kept], [cost for cost, _, _ in kept])

    def _after(self, rows: list[_Row]) -> list[list[float]]:
        """By row and by empties left: no seating of the rows from there on costs less."""
        return [[self._least(rows[n:], e) for e in range(self.empties + 1)] for n in range(len(rows) + 1)]

    # -- the search -------------------------------------------------------------------------------------------------

    def _cut(self, bound: float) -> bool:
        """Nothing better lies there. Until something is found, what equals the ceiling may be it."""
        return bound > (self.ceiling + EPS if self.best_cost is None else self.best_cost - EPS)

    def _fill(
        self, n: int, start: int, left: int, short: int, empties: int, chosen: tuple[tuple[int, int], ...],
        own: float, joint: float,
    ) -> None:  # fmt: skip
        """Fill `left` more seats of row `n` from its candidates `start` on, then the rows after it."""
        if n == len(self.rows):
            self._keep(short, own + joint, chosen)
            return
        if left == 0:
            row_next = len(self.rows[n + 1].seats) if n + 1 < len(self.rows) else 0
            self._fill(n + 1, 0, row_next, short, empties, chosen, own, joint)
            return
        row, problem, here = self.rows[n], self.problem, own + joint
        after = self.after[n + 1][empties]
        gone = {i for i, _ in chosen} | {o for i, _ in chosen for o in problem.apart.get(i, ())}
        for k in range(start, len(row.who)):
            one = row.who[k]
            if len(row.who) - k < left - empties:
                break
            if one in gone:
                continue
            more = sum(row.cheapest(k + 1, left - 1)) if left > 1 and not empties else 0.0
            if self._cut(here + row.alone[k] + more + after):
                break
            if problem.looks > LOOKS and self.best is not None:
                self.exact = False
                return
            now = (*chosen, (one, n))
            lost = 0.0 if problem.linear else self._lost(now)
            self._fill(n, k + 1, left - 1, short, empties, now, own + problem.own[one], lost)
        weight = row.seats[0].short * left
        if left <= empties and short + weight <= self.allowed:
            row_next = len(self.rows[n + 1].seats) if n + 1 < len(self.rows) else 0
            if not self._cut(here + self.after[n + 1][empties - left]):
                self._fill(n + 1, 0, row_next, short + weight, empties - left, chosen, own, joint)

    def _lost(self, chosen: tuple[tuple[int, int], ...]) -> float:
        self.problem.looks += 1
        return self.problem.joint(tuple(one for one, _ in chosen))

    def _keep(self, short: int, cost: float, chosen: tuple[tuple[int, int], ...]) -> None:
        if self.best_cost is not None and cost > self.best_cost - EPS:
            return
        self.best_cost, self.best = cost, (short, cost, chosen)
        self.ceiling = min(self.ceiling, cost)

    def _seated(self, chosen: tuple[tuple[int, int], ...]) -> tuple[tuple[int, Seat], ...]:
        free = [list(row.seats) for row in self.rows]
        return tuple((one, free[n].pop(0)) for one, n in chosen)
