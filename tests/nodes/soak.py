"""A city on two nodes and a pair of databases, whose people never stop, while nodes and primaries are killed.

`python -m tests.nodes.soak [--minutes 60] [--seed 1]`: a report at the end, for people on standard error, as one
JSON object on standard output. Ends with 1 when anything that was acknowledged is not in the log, once, where it was
said to be; when a screen missed a fact or shows another picture than a fresh one; when a vehicle's position was taken
and is not recorded; when somebody is told of who asked to be forgotten; when the log does not verify; when a rule of
the room was broken; or when a node printed a stack trace, which is then in the report.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click
from tests.log.postgres_server import programs
from tests.nodes import promises
from tests.nodes.chaos import Spirit
from tests.nodes.city import City, Streets
from tests.nodes.cluster import Node, Pair, Screen, paired, until

from tocsin.log.master import VARIABLE, MasterKey

SCREENS = 4


def note(words: str) -> None:
    """For whoever watches."""
    click.echo(f"{time.strftime('%H:%M:%S')} {words}", err=True)


def rank(values: list[float], share: float) -> float:
    """Nearest-rank percentile; 0 of none."""
    return round(sorted(values)[max(0, -(-len(values) * share // 1).__int__() - 1)], 3) if values else 0.0


class Soak:
    """One run."""

    def __init__(self, pair: Pair, folder: Path, seed: int) -> None:
        streets = Streets(folder, seed)
        self.pair, self.seed = pair, seed
        (folder / "centre.toml").write_text('[callers.sms]\nway = "printer"\n')
        more = ("--region", str(streets.path), "--config", str(folder / "centre.toml"))
        self.nodes = [Node(folder / name, pair.address, more=more) for name in "ab"]
        self.logs = [node.log for node in self.nodes]
        self.city = City(pair.address, lambda: list(self.nodes), streets, seed)
        self.screens = [Screen(self.nodes[n % 2], self.city.chief) for n in range(SCREENS)]
        self.spirit = Spirit(pair, self.nodes, self.screens, seed)
        self.broken: list[str] = []
        self.facts, self.tracks = 0, {}

    def run(self, minutes: float, every_s: float) -> dict[str, Any]:
        """The storm, the calm, and what is left of the promises."""
        begun = time.monotonic()
        try:
            self.city.start()
            until(lambda: len(self.city.takers[0].acknowledged) > 10, "a city at work", 120)
            ends = begun + minutes * 60
            self.spirit.run(ends, every_s, lambda what: self._note(what, time.monotonic() - begun))
            time.sleep(max(0.0, ends - time.monotonic()))
            note("it calms down")
            self._judge()
        except AssertionError as never:
            self.broken += [str(never), *(log.read_text()[-3_000:] for log in self.logs)]
        finally:
            self._end()
        return self._report((time.monotonic() - begun) / 60)

    def _note(self, what: str, at_s: float) -> None:
        """What dies, and whether the city is at work."""
        done = sum(len(one.acknowledged) for one in self.city.everybody)
        waiting, hands = self.city.rings.qsize(), sum(len(one.open) for one in self.city.takers)
        note(f"{what} at {at_s:.0f} s; {done} orders, {waiting} calls ring, {hands} incidents in hand")

    def _judge(self) -> None:
        self.city.close()
        person, said = self.city.chief, self.city.radio.last()
        promises.calm(self.nodes, person, self.screens)
        self.broken += promises.pictures(self.nodes, person, self.screens)
        self.broken += promises.last_positions(self.nodes, person, self.screens, said, self.pair.address)
        self.broken += promises.erasures(self.nodes, self.city)
        self.broken += promises.shown(self.nodes, self.city, self.pair.address)
        found, self.facts = promises.faults_of(self.pair.address, self.city.everybody, self.screens)
        radio = self.city.radio
        lost, self.tracks = promises.tracks_of(self.pair.address, radio.taken, radio.sent, self.spirit.deaths)
        self.broken += found + lost

    def _end(self) -> None:
        for one in self.city.everybody:
            one.ended = True
        for screen in self.screens:
            screen.close()
        stopped = [node.stop() for node in self.nodes]
        self.broken += [f"a node ended with {code}" for code in stopped if code]
        self.broken += promises.traces(self.logs)

    def _report(self, minutes: float) -> dict[str, Any]:
        city, spirit = self.city, self.spirit
        took = [value for one in city.everybody for value in one.took_s]
        return {
            "name": "soak",
            "seed": self.seed,
            "minutes": round(minutes, 1),
            "units": len(city.vehicles),
            "facts": self.facts,
            "acknowledged": sum(len(one.acknowledged) for one in city.everybody),
            "answers": dict(sum((one.answers for one in city.everybody), Counter())),
            "closed": sum(len(one.closed) for one in city.takers),
            "erased": len(city.eraser.erased),
            "shown": len(city.phones.shown),
            "tracks": self.tracks,
            "order_s": {"n": len(took), "p50": rank(took, 0.5), "p99": rank(took, 0.99)},
            "killed": dict(spirit.kills),
            "live_after_promotion_s": {"n": len(spirit.fail_over_s), "max": rank(spirit.fail_over_s, 1.0)},
            "lost_s": {"n": len(spirit.lost_s), "max": rank(spirit.lost_s, 1.0)},
            "screens_resumed": sum(screen.connects - 1 for screen in self.screens),
            "said": promises.said(self.logs),
            "broken": self.broken,
        }


def main() -> int:
    """Run it and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=20.0, metavar="SECONDS", help="between misfortunes")
    words = parser.parse_args()
    bin_dir = programs()
    if bin_dir is None:
        note("PostgreSQL's server (15 or later) is not on this machine: nothing was proved")
        return 2
    os.environ[VARIABLE] = MasterKey.new().line()  # one for all nodes
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, paired(bin_dir) as pair:
        note("a city is laid out")
        told = Soak(pair, Path(folder), words.seed).run(words.minutes, words.every)
    for name, value in told.items():
        note(f"  {name}: {value}")
    note("every promise was kept" if not told["broken"] else f"BROKEN: {told['broken']}")
    click.echo(json.dumps(told))
    return 1 if told["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
