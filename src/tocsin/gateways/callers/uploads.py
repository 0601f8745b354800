"""Pictures and clips on their way in, in pieces: a poor network loses a piece and not a film. In memory, in bounds.

One upload a link; a second one takes the first one's place. What is not finished in time is let go of.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tocsin.facts.caller_links import MediaForm

PIECE_B = 131_072
PHOTO_B = 12_000_000
CLIP_B = 24_000_000
ALL_B = 120_000_000
"""Of all uploads together."""
IDLE_S = 90.0


class NotTaken(Exception):  # noqa: N818 - named for what happened
    """A piece was not taken: status and name."""

    def __init__(self, status: int, name: str) -> None:
        super().__init__(name)
        self.status, self.name = status, name


class _Coming(msgspec.Struct):
    upload: str
    form: MediaForm
    total: int
    at: float
    raw: bytearray


class Uploads:
    """What is coming in, by link."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._coming: dict[str, _Coming] = {}

    def piece(self, link: str, upload: str, offset: int, total: int, raw: bytes) -> int:
        """Take the piece at `offset`; answers how much is there. One sent twice is taken once. Raises NotTaken."""
        self._forget()
        known = self._coming.get(link)
        if known is None or known.upload != upload:
            known = self._begin(link, upload, offset, total, raw)
        have = len(known.raw)
        if total != known.total or offset > have or have + len(raw) > known.total + max(0, have - offset):
            raise NotTaken(409, "out_of_order")
        known.raw += raw[have - offset :]
        known.at = self._clock()
        return len(known.raw)

    def finished(self, link: str) -> tuple[MediaForm, bytes] | None:
        """Form and bytes of an upload that is whole. It stays until it is dropped: its last piece may come again."""
        known = self._coming.get(link)
        if known is None or len(known.raw) < known.total:
            return None
        return known.form, bytes(known.raw)

    def drop(self, link: str) -> None:
        """It was kept or refused, or the link is over."""
        self._coming.pop(link, None)

    def _begin(self, link: str, upload: str, offset: int, total: int, raw: bytes) -> _Coming:
        self._coming.pop(link, None)
        if offset:
            raise NotTaken(409, "out_of_order")
        form = form_of(raw)
        if form is None:
            raise NotTaken(415, "unknown_format")
        if not 0 < total <= (PHOTO_B if form == "photo" else CLIP_B):
            raise NotTaken(413, "too_large")
        if total + sum(each.total for each in self._coming.values()) > ALL_B:
            raise NotTaken(503, "busy")
        known = self._coming[link] = _Coming(upload, form, total, self._clock(), bytearray())
        return known

    def _forget(self) -> None:
        old = [link for link, each in self._coming.items() if self._clock() - each.at > IDLE_S]
        for link in old:
            del self._coming[link]


def form_of(raw: bytes) -> MediaForm | None:
    """What the first bytes say it is; whatever was said of it is not asked. SVG, GIF and all else: nothing of ours."""
    if raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"):
        return "photo"
    if raw[4:8] == b"ftyp" and raw[8:12] not in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"):
        return "clip"
    return "clip" if raw.startswith(b"\x1a\x45\xdf\xa3") else None
