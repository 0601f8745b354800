"""Has snapshots made now and then, by a process of its own: folding a year must not hold up an order."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence

from tocsin.facts.values import Position

EVERY = 20_000
"""Entries after which a new one is made: that many are folded in a few tenths of a second at the next start."""
LOOK_S = 30.0

_say = logging.getLogger(__name__)


async def keep_snapshots(
    position: Callable[[], Position],
    kept: Position,
    command: Sequence[str],
    more: Mapping[str, str],
    every: int = EVERY,
    look_s: float = LOOK_S,
    stale: Callable[[], bool] = lambda: False,
) -> None:
    """For as long as the task lives: run `command` (with `more` in its environment) when `every` entries have come.

    `kept` is the position of the snapshot there is; `stale` asks for the next at once, because somebody in it was
    erased. A failure is said, and tried again after as many more entries.
    """
    while True:
        if position() - kept >= every or stale():
            kept = position()
            await _run(command, more)
        await asyncio.sleep(look_s)


async def _run(command: Sequence[str], more: Mapping[str, str]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **more},
        )
    except OSError as error:
        _say.warning("no snapshot was made: %s", error)
        return
    try:
        said = (await process.communicate())[0].decode(errors="replace").strip()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        _say.warning("no snapshot was made: %s", said[-500:])
    else:
        _say.info("snapshot: %s", said)
