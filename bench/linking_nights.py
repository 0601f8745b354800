"""Nights of calls lived through, call by call: what was proposed, and what was true.

Each call of `tocsin.sim.together` is offered as its call-taker has it, with all incidents open then and those closed
within half an hour. The first call about something opens its incident 45 s after it rang; every later one is compared
45 s after it rang, then put where it truly belongs. Incidents stay open for 20 to 90 minutes.
"""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Iterable

import msgspec

from common import SHARED
from linking_ideal import Ideal
from tocsin.domain.belonging import AFTER_CLOSING_S, LIKELY, POSSIBLE, Scene
from tocsin.domain.evidence import Belongs, Draft, Known, spot_of
from tocsin.domain.lexicon import Lexicon
from tocsin.domain.numbers import digits
from tocsin.domain.usual import Usual
from tocsin.sim.replay.reader import read_calls
from tocsin.sim.together import Background, SaidCall, without_doubles

CALLS = SHARED / "regions" / "san_francisco" / "calls_unit_responses.csv.gz"
TYPED_S = 45.0


class Tally(msgspec.Struct):
    """What was seen."""

    belonging: int = 0
    right: int = 0
    listed: int = 0
    calls: int = 0
    wrong_other: int = 0
    wrong_new: int = 0
    proposed: int = 0
    by_kind: dict[str, list[int]] = {}
    shares: list[tuple[float, bool]] = []
    """Of every first rank: its share of certainty, and whether it is right."""

    def at(self, wrong: float) -> float:
        """The recall at the threshold that lets through just this share of wrong ones."""
        passed = right = best = 0
        for _, is_right in sorted(self.shares, reverse=True):
            right += is_right
            passed += not is_right
            if passed <= wrong * self.calls:
                best = right
        return best / max(1, self.belonging)

    def figures(self) -> dict[str, object]:
        wrong = self.wrong_other + self.wrong_new
        return {
            "calls": self.calls, "belonging": self.belonging,
            "recall": round(self.right / max(1, self.belonging), 4),
            "listed": round(self.listed / max(1, self.belonging), 4),
            "wrong": round(wrong / max(1, self.calls), 5), "wrong_n": wrong,
            "wrong_of_proposals": round(wrong / max(1, self.proposed), 5),
            "wrong_new_n": self.wrong_new, "recall_at_0.1_percent": round(self.at(0.001), 4),
            "recall_by_kind": {kind: round(right / all_, 3) for kind, (right, all_) in sorted(self.by_kind.items())},
        }  # fmt: skip


class Open(msgspec.Struct):
    """An incident as the desk would know it, growing with its calls."""

    known: Known
    until: float


class Night:
    """One night lived through, call by call."""

    def __init__(self, calls: Iterable[SaidCall], lexicon: Lexicon, seed: int, stage: str = "all") -> None:
        self.calls, self.lexicon, self.stage = list(calls), lexicon, stage
        self._dice = random.Random(f"how long {seed}")
        self.open: dict[str, Open] = {}
        self.tally = Tally(by_kind={}, shares=[])
        self.seconds: list[float] = []
        self.usual = Usual()

    def live(self) -> Night:
        queue = [(call.at + TYPED_S, i) for i, call in enumerate(self.calls)]
        heapq.heapify(queue)
        while queue:
            now, i = heapq.heappop(queue)
            self._end(now)
            call = self.calls[i]
            self._offer(call)
            self._settle(call, now)
        return self

    def _end(self, now: float) -> None:
        for id_, one in list(self.open.items()):
            if now > one.until + AFTER_CLOSING_S:
                self.usual.learn(one.known.type, one.known.told, len(one.known.called_at))
                del self.open[id_]
            elif now > one.until and one.known.closed_at is None:
                one.known = msgspec.structs.replace(one.known, closed_at=one.until)

    def draft(self, call: SaidCall) -> Draft:
        words = "" if self.stage == "place" else call.words
        return Draft(
            call.at, spot_of(call.place), call.type if self.stage == "all" else "", self.lexicon.heard(words),
            digits(call.number),
        )  # fmt: skip

    def ask(self, call: SaidCall) -> list[Belongs]:
        """What is proposed, the likeliest first."""
        began = time.process_time()
        found = Scene([one.known for one in self.open.values()], self.lexicon, self.usual).rank(self.draft(call))
        self.seconds.append(time.process_time() - began)
        return found

    def _offer(self, call: SaidCall) -> None:
        tally, found = self.tally, self.ask(call)
        top = found[0] if found and found[0].likely else None
        tally.calls += 1
        tally.proposed += top is not None
        home = self.open.get(call.incident)
        if found and not found[0].closed:
            tally.shares.append((found[0].share, found[0].incident == call.incident))
        if home is not None and home.known.closed_at is None:
            right = top is not None and top.incident == call.incident
            tally.belonging += 1
            tally.right += right
            tally.listed += any(one.incident == call.incident for one in found)
            kind = tally.by_kind.setdefault(call.kind, [0, 0])
            kind[0] += right
            kind[1] += 1
            tally.wrong_other += top is not None and not right
        elif top is not None and top.incident != call.incident:
            tally.wrong_new += 1

    def _settle(self, call: SaidCall, now: float) -> None:
        """The call-taker does what is true."""
        spot, heard = spot_of(call.place), self.lexicon.heard(call.words)
        home = self.open.get(call.incident)
        number = frozenset({digits(call.number)})
        if home is None or home.known.closed_at is not None:
            told = (heard | {f"={call.type}": ""},)
            known = Known(call.incident, call.type, now, (spot,) if spot else (), told, number, (call.at,))
            self.open[call.incident] = Open(known, now + self._dice.uniform(1_200.0, 5_400.0))
            return
        known = home.known
        home.known = msgspec.structs.replace(
            known, spots=(*known.spots[:1], *known.spots[-15:], *((spot,) if spot else ())) if len(known.spots) > 1
            else (*known.spots, *((spot,) if spot else ())), told=(*known.told, heard),
            numbers=known.numbers | number, called_at=tuple(sorted((*known.called_at, call.at)))[-17:],
        )  # fmt: skip


class IdealNight(Night):
    """The same night, asked of the listener who knows the generator by heart."""

    def __init__(self, calls: Iterable[SaidCall], lexicon: Lexicon, seed: int, ideal: Ideal) -> None:
        super().__init__(calls, lexicon, seed)
        self.ideal = ideal

    def ask(self, call: SaidCall) -> list[Belongs]:
        odds = sorted(self.ideal.odds(call, self.open).items(), key=lambda pair: -pair[1])
        found = []
        for id_, share in odds[:5]:
            closed = self.open[id_].known.closed_at is not None
            if share > POSSIBLE:
                found.append(Belongs(id_, share, share >= LIKELY and not closed, (), "", closed))
        return found

    def _settle(self, call: SaidCall, now: float) -> None:
        self.ideal.settle(call)
        super()._settle(call, now)


def merged(one: Tally, other: Tally) -> Tally:
    """Both counts together."""
    kinds = {**one.by_kind}
    for kind, (right, all_) in other.by_kind.items():
        had = kinds.get(kind, [0, 0])
        kinds[kind] = [had[0] + right, had[1] + all_]
    fields = (name for name in Tally.__struct_fields__ if name != "by_kind")
    return Tally(**{name: getattr(one, name) + getattr(other, name) for name in fields}, by_kind=kinds)


def background(month: str) -> list[Background]:
    """San Francisco's calls of a month, each once, without the record's own double entries."""
    read = read_calls(CALLS)
    known: dict[str, Background] = {}
    for row in read.rows:
        wanted = row.date.startswith(month) or (month == "2017-01" and row.date == "2016-12-31")
        if wanted and row.lat is not None and row.lon is not None:
            code = read.mapping.call_types.get(row.type, "SERVICE")
            known.setdefault(row.id, Background(row.received, row.lat, row.lon, code, row.address))
    return without_doubles(list(known.values()))
