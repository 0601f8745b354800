"""Calls that belong together, on published nights over San Francisco's real calls, and what a burst costs a call-taker.

How a night is lived through: bench/linking_nights.py. What anybody could reach on it: bench/linking_ideal.py (`by`).

`recall`: of the calls whose incident is open, the share for which the right one is proposed for the one key (rank 1 and
`likely`). `wrong`: of all calls, the share for which another one is; a call about something new that is given any
proposal for the one key counts here too. `listed`: the right one is among the five shown. `recall_at_0.1_percent`: the
recall had the threshold been set, knowing the truth of this very night, where wrong ones are just 0.1 %. Stages: the
place alone, place and words, all three. Weights were fitted on the tuned seeds over January 2017, in the first wording
alone; reported are other seeds over April 2020 (`--tuned`: leave those alone). `neighbours`: 2 % of incidents with a
look-alike beside them (the generator's default), as the record has them, or 8 %. `wording`: what was tuned on, or other
words for the same things. `learned`: after a month of other nights; otherwise each month begins with nothing learned.
`attributes`: with the packaged attributes, or with plain words alone.
"""

from __future__ import annotations

import random
import sys
import time
from typing import Literal

import msgspec

from common import note, rank, say, spread_ms
from linking_ideal import Ideal
from linking_nights import CALLS, IdealNight, Night, Tally, background, merged
from tocsin.domain.belonging import Scene
from tocsin.domain.evidence import Draft, Known, spot_of
from tocsin.domain.grouping import Waiting, grouped
from tocsin.domain.lexicon import Lexicon
from tocsin.domain.numbers import digits
from tocsin.facts.values import Place
from tocsin.settings import load_attributes, load_catalogue
from tocsin.sim.together import Background, SaidCall, World, night, told

TUNED = (1, 2, 3, 4, 5, 6)
SEEDS = (11, 12, 13)
STAGES = ("place", "place and words", "all")


class Run(msgspec.Struct):
    """Which nights, and who listens."""

    month: str
    seeds: tuple[int, ...]
    by: Literal["ours", "ideal"] = "ours"
    stage: str = "all"
    learned: bool = False
    """After a month of other nights, as a desk recalls what has been; otherwise with nothing learned at all."""
    attributes: bool = True
    """With the packaged attributes; otherwise plain words alone."""


def crowd(lexicon: Lexicon, n: int = 500) -> None:
    """How long one question takes with so many incidents open; every tenth call has no place at all."""
    calls = night(background("2020-04")[: n * 2], 1, World(bursts_per_day=0.0))
    firsts = [call for call in calls if call.kind == "first"][:n]
    known = [
        Known(c.incident, c.type, calls[-1].at - 600.0, (spot_of(c.place),), (lexicon.heard(c.words),))  # type: ignore[arg-type]
        for c in firsts
    ]
    scene, seconds = Scene(known, lexicon), []
    for i, call in enumerate(calls[:2_000]):
        spot = spot_of(call.place) if i % 10 else None
        began = time.process_time()
        scene.rank(Draft(calls[-1].at, spot, call.type, lexicon.heard(call.words), digits(call.number)))
        seconds.append(time.process_time() - began)
    began = time.process_time()
    Scene(known, lexicon)
    say("linking: one question, 500 incidents open", **spread_ms(seconds), p95_ms=round(rank(seconds, 0.95) * 1e3, 2),
        scene_ms=round((time.process_time() - began) * 1e3, 2))  # fmt: skip


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
        began = time.process_time()
        found = grouped(waiting, Scene((), lexicon))
        seconds.append(time.process_time() - began)
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


def nights(things: dict[str, list[Background]], lexicon: Lexicon, run: Run, world: World) -> None:
    """One line of the report: all seeds of a run, by ours or by the ideal."""
    whole, seconds = Tally(by_kind={}, shares=[]), []
    for seed in run.seeds:
        calls = night(things[run.month], seed, world)
        record = things[run.month]
        other = next(record for month, record in things.items() if month != run.month)
        if run.by == "ideal":
            per_s = len(record) / (record[-1].at - record[0].at)
            lived: Night = IdealNight(calls, lexicon, seed, Ideal(other, told(world.wording), world, per_s))
        else:
            lived = Night(calls, lexicon if run.attributes else Lexicon(load_catalogue()), seed, run.stage)
            if run.learned:
                lived.usual = Night(night(other, seed + 100, world), lexicon, seed).live().usual
        lived.live()
        seconds += lived.seconds
        whole = merged(whole, lived.tally)
    say(f"linking: San Francisco {run.month}, {run.stage}", by=run.by, seeds=list(run.seeds),
        use="tuned on" if run.month == "2017-01" else "reported", learned=run.learned, attributes=run.attributes,
        neighbours=world.look_alike, wording=world.wording,
        **whole.figures(), p99_cpu_ms=spread_ms(seconds)["p99_ms"] if seconds else None)  # fmt: skip


def main() -> None:
    if not CALLS.exists():
        note("San Francisco is not beside this checkout (../shared/regions/san_francisco): nothing to measure")
        cost()
        return
    lexicon = Lexicon(load_catalogue(), load_attributes())
    things = {month: background(month) for month in ("2017-01", "2020-04")}
    only_tuned = "--tuned" in sys.argv
    for by in ("ours", "ideal"):
        nights(things, lexicon, Run("2017-01", TUNED, by), World())
    if only_tuned:
        return
    for alike in (0.02, 0.0, 0.08):
        for wording in ("first", "other"):
            for by in ("ours", "ideal"):
                nights(things, lexicon, Run("2020-04", SEEDS, by), World(look_alike=alike, wording=wording))
    for wording in ("first", "other"):
        nights(things, lexicon, Run("2020-04", SEEDS, learned=True), World(wording=wording))
        nights(things, lexicon, Run("2020-04", SEEDS, attributes=False), World(wording=wording))
    for stage in STAGES[:-1]:
        nights(things, lexicon, Run("2020-04", SEEDS, "ours", stage), World())
    crowd(lexicon)
    bursts(lexicon)
    cost()


if __name__ == "__main__":
    main()
