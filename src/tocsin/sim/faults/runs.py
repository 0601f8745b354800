"""Many seeds, on every core; what breaks is told with the words that play it again. Refuses to know how it is shown."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tocsin.sim.faults.world import Report, run_seed

CHUNK = 10
LONG_EVERY = 50
"""One seed of so many is a long one: rare things need time to meet."""


def is_long(seed: int) -> bool:
    """Whether this seed is a long one. A property of the seed, so that it plays again as it was."""
    return seed % LONG_EVERY == LONG_EVERY - 1


def one(seed: int) -> Report:
    """One seed, as every run plays it."""
    return run_seed(seed, long=is_long(seed))


def run_seeds(seeds: Iterable[int], processes: int | None = None) -> Iterator[Report]:
    """Each seed's report, in the order of the seeds."""
    processes = processes or os.cpu_count() or 1
    if processes == 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(one, seeds, chunksize=CHUNK)


def commit() -> str:
    """The commit that is at work; empty outside a checkout. `+` where files were changed since."""
    git = partial(subprocess.run, capture_output=True, text=True, cwd=Path(__file__).parent, check=False, timeout=10)
    try:
        found = git(["git", "rev-parse", "--short", "HEAD"])
        changed = git(["git", "status", "--porcelain", "--", "."]).stdout.strip() if not found.returncode else ""
    except OSError:
        return ""
    return found.stdout.strip() + ("+" if changed else "") if not found.returncode else ""


def again(report: Report, at: str) -> str:
    """The command that plays a seed again."""
    words = f"tocsin sim faults --seeds {report.seed} --trace"
    return f"git checkout {at} && {words}" if at and not at.endswith("+") else words


Told = Callable[[Report], None]
