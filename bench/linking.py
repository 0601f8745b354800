"""Calls that belong together, on published nights over San Francisco's real calls, and what a burst costs a call-taker.

Each call of `tocsin.sim.together` is offered as its call-taker has it, with all incidents open then and those closed
within half an hour. The first call about something opens its incident 45 s after it rang; every later one is compared
45 s after it rang, then put where it truly belongs. Incidents stay open for 20 to 90 minutes.

`recall`: of the calls whose incident is open, the share for which the right one is proposed for the one key (rank 1 and
`likely`). `wrong`: of all calls, the share for which another one is; a call about something new that is given any
proposal for the one key counts here too. `listed`: the right one is among the five shown. `recall_at_0.1_percent`: the
recall had the threshold been set, knowing the truth of this very night, where wrong ones are just 0.1 %. Stages: the
place alone, place and words, all three. Constants were chosen on seeds 1 and 2 over January 2017; reported are other
seeds over April 2020. `neighbours`: as the record has them, 2 % of incidents with a look-alike beside them (the
generator's default), or 8 %.
"""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Iterable

import msgspec

from common import SHARED, note, rank, say, spread_ms
from tocsin.domain.belonging import AFTER_CLOSING_S, Belongs, Draft, Known, Scene, spot_of
from tocsin.domain.grouping import Waiting, grouped
from tocsin.domain.numbers import digits
from tocsin.domain.usual import Usual
from tocsin.domain.words import Lexicon
from tocsin.facts.values import Place
from tocsin.settings import load_catalogue
from tocsin.sim.replay.reader import read_calls
from tocsin.sim.together import Background, SaidCall, World, night, without_doubles

CALLS = SHARED / "regions" / "san_francisco" / "calls_unit_responses.csv.gz"
TYPED_S = 45.0
SEEDS = (11, 12, 13)
STAGES = ("place", "place and words", "all")
TUNED = (1, 2)


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
        self.mistakes: list[tuple[SaidCall, Belongs | None]] = []

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
                self.usual.learn(one.known.type, one.known.tokens, len(one.known.called_at))
                del self.open[id_]
            elif now > one.until and one.known.closed_at is None:
                one.known = msgspec.structs.replace(one.known, closed_at=one.until)

    def draft(self, call: SaidCall) -> Draft:
        words = "" if self.stage == "place" else call.words
        return Draft(
            call.at, spot_of(call.place), call.type if self.stage == "all" else "", self.lexicon.tokens(words),
            digits(call.number),
        )  # fmt: skip

    def _offer(self, call: SaidCall) -> None:
        tally, began = self.tally, time.perf_counter()
        found = Scene([one.known for one in self.open.values()], self.lexicon, self.usual).rank(self.draft(call))
        self.seconds.append(time.perf_counter() - began)
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
            wrong = top is not None and not right
            tally.wrong_other += wrong
            if not right:
                self.mistakes.append((call, top))
        elif top is not None and top.incident != call.incident:
            tally.wrong_new += 1
            self.mistakes.append((call, top))

    def _settle(self, call: SaidCall, now: float) -> None:
        """The call-taker does what is true."""
        spot, tokens = spot_of(call.place), self.lexicon.tokens(call.words)
        home = self.open.get(call.incident)
        number = frozenset({digits(call.number)})
        if home is None or home.known.closed_at is not None:
            known = Known(
                call.incident, call.type, now, (spot,) if spot else (), tokens | {f"={call.type}"}, number, (call.at,)
            )  # fmt: skip
            self.open[call.incident] = Open(known, now + self._dice.uniform(1_200.0, 5_400.0))
            return
        known = home.known
        home.known = msgspec.structs.replace(
            known, spots=(*known.spots[:1], *known.spots[-15:], *((spot,) if spot else ())) if len(known.spots) > 1
            else (*known.spots, *((spot,) if spot else ())), tokens=known.tokens | tokens,
            numbers=known.numbers | number, called_at=tuple(sorted((*known.called_at, call.at)))[-17:],
        )  # fmt: skip


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


def crowd(lexicon: Lexicon, n: int = 500) -> None:
    """How long one question takes with so many incidents open."""
    calls = night(background("2020-04")[: n * 2], 1, World(bursts_per_day=0.0))
    firsts = [call for call in calls if call.kind == "first"][:n]
    known = [
        Known(c.incident, c.type, calls[-1].at - 600.0, (spot_of(c.place),), lexicon.tokens(c.words))  # type: ignore[arg-type]
        for c in firsts
    ]
    scene, seconds = Scene(known, lexicon), []
    for call in calls[:2_000]:
        began = time.perf_counter()
        draft = Draft(calls[-1].at, spot_of(call.place), call.type, lexicon.tokens(call.words), digits(call.number))
        scene.rank(draft)
        seconds.append(time.perf_counter() - began)
    began = time.perf_counter()
    Scene(known, lexicon)
    say("linking: one question, 500 incidents open", **spread_ms(seconds), p95_ms=round(rank(seconds, 0.95) * 1e3, 2),
        scene_ms=round((time.perf_counter() - began) * 1e3, 2))  # fmt: skip


def bursts(lexicon: Lexicon) -> None:
    """A burst as the list of calls shows it before an incident is open: rows, and whether the other shows."""
    things = background("2020-04")[:400]
    rows, out, seconds, stray = [], 0, [], 0
    for seed in range(40):
        calls = night(things, 100 + seed, World(bursts_per_day=8.0))
        name = next((c.incident for c in calls if c.incident.startswith("B")), "")
        burst = [c for c in calls if c.incident == name]
        dice = random.Random(seed)
        other = dice.choice([c for c in calls if c.incident[0] == "I" and c.kind == "first"])
        other = msgspec.structs.replace(other, at=burst[20].at, id="odd")
        waiting = [Waiting(c.id, Draft(c.at, spot_of(ringing(c)), number=digits(c.number))) for c in (*burst, other)]
        began = time.perf_counter()
        found = grouped(waiting, Scene((), lexicon))
        seconds.append(time.perf_counter() - began)
        largest = max(found.values(), key=len)
        rows.append(len(found))
        out += "odd" not in largest
        stray += len(burst) - len([c for c in largest if c != "odd"])
    say("linking: a burst of 40 and one other call, phones' positions only", bursts=40, rows_p50=rank(rows, 0.5),
        rows_p90=rank(rows, 0.9), other_stands_out=out, of_burst_apart=round(stray / 40 / 40, 4),
        **spread_ms(seconds))  # fmt: skip


def ringing(call: SaidCall) -> Place:
    """What is known before anybody speaks: the phone's own position, or its cell."""
    place = call.place
    return place if place.how == "caller" else Place(place.lat, place.lon, "", "caller", 30.0)


def cost() -> None:
    """Keystroke-level model (Card, Moran and Newell 1980) of one call-taker's time at the console for a burst of 40.

    K 0.28 s (average typist), M 1.35 s. Presses are those counted in the browser (tests/browser, `burst`,
    `take_a_call`): 12 for the first call with its address and type typed (18 letters more); F2 and F5 for each further
    one. In a burst F2-F5 is one practised unit: one M for the group, none within (rule 2 of the model). Talking is not
    counted: it is the same with or without linking; what is counted is what the console adds to it.
    """
    k, m = 0.28, 1.35
    first, pair = 4 * m + (12 + 18) * k, 2 * k
    say("linking: a burst of 40 at the keyboard", first_s=round(first, 1), further_s=round(m + 39 * pair, 1),
        total_s=round(first + m + 39 * pair + m + pair, 1), goal_s=45.0,
        with_a_look_at_each_s=round(first + 39 * (m + pair), 1), opening_each_s=round(40 * first, 1))  # fmt: skip


def main() -> None:
    if not CALLS.exists():
        note("San Francisco is not beside this checkout (../shared/regions/san_francisco): nothing to measure")
        cost()
        return
    lexicon = Lexicon(load_catalogue())
    runs = [("2017-01", TUNED, "all", 0.02), *(("2020-04", SEEDS, stage, 0.02) for stage in STAGES)]
    runs += [("2020-04", SEEDS, "all", 0.0), ("2020-04", SEEDS, "all", 0.08)]
    things = {month: background(month) for month in ("2017-01", "2020-04")}
    for month, seeds, stage, alike in runs:
        whole, seconds = Tally(by_kind={}, shares=[]), []
        for seed in seeds:
            lived = Night(night(things[month], seed, World(look_alike=alike)), lexicon, seed, stage).live()
            seconds += lived.seconds
            whole = merged(whole, lived.tally)
        use = "tuned on" if seeds == TUNED else "reported"
        say(f"linking: San Francisco {month}, {stage}", seeds=list(seeds), use=use, neighbours=alike, **whole.figures(),
            p99_ms=spread_ms(seconds)["p99_ms"])  # fmt: skip
    crowd(lexicon)
    bursts(lexicon)
    cost()


def merged(one: Tally, other: Tally) -> Tally:
    """Both counts together."""
    kinds = {**one.by_kind}
    for kind, (right, all_) in other.by_kind.items():
        had = kinds.get(kind, [0, 0])
        kinds[kind] = [had[0] + right, had[1] + all_]
    fields = (name for name in Tally.__struct_fields__ if name != "by_kind")
    return Tally(**{name: getattr(one, name) + getattr(other, name) for name in fields}, by_kind=kinds)


if __name__ == "__main__":
    main()
