"""Has what callers show made anew in a process of its own, and keeps it sealed. No byte of theirs is decoded in here.

Two at a time, at the lowest priority, against the clock: a hostile film costs a call nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from contextlib import suppress

import msgspec

from tocsin.facts.caller_links import MediaForm
from tocsin.gateways.callers.uploads import NotTaken

AT_ONCE = 2
WAITING = 16
PATIENCE_S = {"photo": 20.0, "clip": 120.0}
MOST_MADE_B = 12_000_000
STATUS = {"unknown_format": 415, "too_many_pixels": 413, "unavailable": 415}


class Made(msgspec.Struct, frozen=True):
    """A picture or clip that nobody outside wrote a byte of."""

    form: MediaForm
    raw: bytes
    width: int
    height: int
    duration_s: float

    @property
    def sha256(self) -> str:
        """Of the bytes, hexadecimal."""
        return hashlib.sha256(self.raw).hexdigest()


class _About(msgspec.Struct):
    no: str = ""
    width: int = 0
    height: int = 0
    duration_s: float = 0.0


class Maker:
    """Starts a process for each picture or clip."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def make(self, form: MediaForm, raw: bytes) -> Made:
        """The same, made anew. Raises NotTaken."""
        if self._waiting >= WAITING:
            raise NotTaken(503, "busy")
        self._waiting += 1
        try:
            async with self._turn:
                return await _made(form, raw)
        finally:
            self._waiting -= 1


async def _made(form: MediaForm, raw: bytes) -> Made:
    command = (sys.executable, "-I", "-m", "tocsin.gateways.callers.decode", form)
    # Nothing of our own environment: a master key may stand there.
    child = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env={"PATH": os.defpath}, cwd="/", close_fds=True, limit=MOST_MADE_B,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_S[form]):
            told, _ = await child.communicate(raw)
    except TimeoutError:
        raise NotTaken(422, "broken") from None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    line, _, made = told.partition(b"\n")
    try:
        about = msgspec.json.decode(line, type=_About)
    except msgspec.MsgspecError:  # a limit ended it
        raise NotTaken(422, "broken") from None
    if about.no or not made or len(made) > MOST_MADE_B:
        raise NotTaken(STATUS.get(about.no, 422), about.no or "broken")
    return Made(form, made, about.width, about.height, about.duration_s)
