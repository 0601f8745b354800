"""Frames of the desk as bytes of the wire (server-sent events, HTML standard §9.2), each made once for all screens."""

from __future__ import annotations

from tocsin.desk.tail import Frame


def sse(frame: Frame) -> bytes:
    """A frame as the bytes of one event."""
    head = f"event: {frame.event}\n"
    if frame.position is not None and frame.event == "facts":
        head = f"id: {frame.position}\n{head}"
    return b"".join((head.encode(), b"data: ", frame.data, b"\n\n"))


class Framer:
    """Frames to bytes, remembering the latest few: every screen asks for the same frame in the same moment."""

    def __init__(self, size: int = 16) -> None:
        self._slots: list[tuple[Frame | None, bytes]] = [(None, b"")] * size
        self._next = 0

    def __call__(self, frame: Frame) -> bytes:
        """The frame's bytes, the same object for every screen."""
        for known, raw in self._slots:
            if known is frame:
                return raw
        raw = sse(frame)
        self._slots[self._next] = (frame, raw)
        self._next = (self._next + 1) % len(self._slots)
        return raw
