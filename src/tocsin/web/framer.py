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
    """Frames to bytes, remembering the latest few: the screens of an audience ask for one frame in one moment."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._known: dict[int, tuple[Frame, bytes]] = {}

    def __call__(self, frame: Frame) -> bytes:
        """The frame's bytes, the same object for every screen."""
        known = self._known.get(id(frame))
        if known is not None:  # it is held here, so that nothing else can have its id
            return known[1]
        raw = sse(frame)
        if len(self._known) >= self._size:
            del self._known[next(iter(self._known))]
        self._known[id(frame)] = frame, raw
        return raw
