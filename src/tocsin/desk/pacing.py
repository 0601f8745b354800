"""The pace in force: which learned file a desk drives by, who said yes to it, and the way back.

One file in the data folder is in force; every file that ever was is kept beside it. The roads at that pace are made for
the hours that are now, and swapped in one breath.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tocsin.facts.values import Instant
from tocsin.geo.pace import MAP, Pace
from tocsin.geo.pace_file import Applied, PaceError, PaceFile, read, text

if TYPE_CHECKING:
    from tocsin.geo.roads import Roads

IN_FORCE, KEPT = "travel.toml", "travel"
LOOK_EVERY_S = 2.0
_say = logging.getLogger(__name__)


def in_force(data: Path) -> PaceFile | None:
    """What is in force in a data folder; None: the map's own speeds. Raises PaceError."""
    path = data / IN_FORCE
    return read(path) if path.exists() else None


def kept(data: Path) -> list[Path]:
    """Every file that ever was in force here, the oldest first."""
    return sorted((data / KEPT).glob("[0-9]*.toml"))


def apply(data: Path, told: PaceFile | None, applied: Applied) -> Path:
    """Put `told` in force (None: the map's own speeds again) and keep it. Answers the file that is kept."""
    (data / KEPT).mkdir(mode=0o700, exist_ok=True)
    before = kept(data)
    number = int(before[-1].name.split("-")[0]) + 1 if before else 1
    if told is None:
        path = data / KEPT / f"{number:04d}-map.toml"
        _write(path, f"# Back to the map's own speeds, by {applied.by} at {applied.at}.\n")
        (data / IN_FORCE).unlink(missing_ok=True)
        return path
    told = msgspec.structs.replace(told, applied=applied)
    path = data / KEPT / f"{number:04d}-{told.name}.toml"
    _write(path, text(told))
    _write(data / IN_FORCE, text(told))
    return path


def previous(data: Path) -> PaceFile | None:
    """What was in force before what is now; None: the map's own speeds. Raises PaceError."""
    files = kept(data)[:-1]
    if not files or files[-1].name.endswith("-map.toml"):
        return None
    return read(files[-1])


def _write(path: Path, words: str) -> None:
    """Whole or not at all."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


class Pacing:
    """The roads of a region at the pace in force. One thread asks; the file may change at any time."""

    def __init__(self, roads: Roads, data: Path | None = None) -> None:
        self._roads = roads
        self._path = data / IN_FORCE if data else None
        self._stamp: tuple[int, int] | None = None
        self._looked_at = -LOOK_EVERY_S
        self._made: dict[int, Roads] = {}
        self.pace: Pace = MAP
        self.file: PaceFile | None = None
        self.problem = ""
        """Why the file in force is not driven by, in one line."""

    def at(self, now: Instant) -> tuple[Roads, Pace, int]:
        """Roads at the pace of this hour, the pace, and which of HOURS it is."""
        self.look()
        hours = self.pace.hours(now)
        made = self._made.get(hours)
        if made is None:
            if len(self._made) > 1:  # the hour before may still be asked for by a clock that lags
                self._made.clear()
            from tocsin.geo.paced import paced  # here: it brings all that searches roads

            made = self._made[hours] = paced(self._roads, self.pace.factor[:, hours])
        return made, self.pace, hours

    def look(self) -> None:
        """Read the file anew when it has changed. A bad one is said and the pace stays as it was."""
        if self._path is None or time.monotonic() - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = time.monotonic()
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            file = read(self._path) if stamp else None
        except PaceError as error:
            self.problem = str(error)
            _say.error("travel times stay as they were: %s", error)
            return
        self.file, self.pace, self.problem = file, file.pace() if file else MAP, ""
        self._made = {}
        _say.info("travel times: %s", describe(file))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size


def describe(file: PaceFile | None) -> str:
    """One line: what travel times are made of."""
    if file is None:
        return "the map's own speeds (nothing learned is in force)"
    yes = f", yes by {file.applied.by} at {file.applied.at}" if file.applied else ""
    return (
        f"learned from {file.learned.drives:,} drives, {file.learned.since} to {file.learned.until} ({file.name}){yes}"
    )
