"""One clip made anew with PyAV: every frame decoded and encoded again, in a process of its own (`decode`)."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np

from tocsin.gateways.callers.bounds import CLIP_FPS, CLIP_MOST_PX, CLIP_S, CLIP_SIDE_PX, No


def reencode(raw: bytes, container: str) -> tuple[dict[str, Any], bytes]:
    """WebM of the first video and audio stream. Reads nothing but these bytes: no playlist, no network, no file."""
    out = io.BytesIO()
    with av.open(io.BytesIO(raw), format=container, options={"protocol_whitelist": ""}) as source:
        if not source.streams.video:
            raise No("broken")
        video = source.streams.video[0]
        width, height = video.codec_context.width, video.codec_context.height
        if not width or not height:
            raise No("broken")
        if width * height > CLIP_MOST_PX:
            raise No("too_many_pixels")
        with av.open(out, "w", format="webm") as target:
            made = _Made(source, target, _first(raw, container))
            made.copy()
    if not made.frames:
        raise No("broken")
    return {"width": made.width, "height": made.height, "duration_s": round(made.seconds, 2)}, out.getvalue()


class _Made:
    """A clip on its way from one container to the other."""

    def __init__(self, source: Any, target: Any, size: tuple[int, int]) -> None:
        self.source, self.target = source, target
        self.width, self.height = width, height = size
        self.frames, self.seconds, self._last = 0, 0.0, -1
        self._video = target.add_stream("libvpx", rate=CLIP_FPS)
        self._video.width, self._video.height, self._video.pix_fmt = width, height, "yuv420p"
        self._video.bit_rate = 900_000
        self._video.options = {"deadline": "realtime", "cpu-used": "8"}
        self._video.codec_context.thread_count = 1
        self._sound = None
        self._again = None
        if source.streams.audio:
            self._sound = target.add_stream("libopus", rate=48_000)
            self._sound.bit_rate = 32_000
            self._again = av.AudioResampler(format="s16", layout="mono", rate=48_000)

    def copy(self) -> None:
        """All of it, or its first `CLIP_S` seconds."""
        streams = [self.source.streams.video[0], *self.source.streams.audio[:1]]
        for stream in streams:
            stream.codec_context.thread_count = 1
        begin: float | None = None
        for packet in self.source.demux(streams):
            for frame in packet.decode():
                at = float(frame.time or 0.0)
                begin = at if begin is None else begin
                if at - begin > CLIP_S:
                    return self._end()
                if isinstance(frame, av.VideoFrame):
                    self._see(frame, at - begin)
                elif self._sound is not None:
                    self._hear(frame)
        return self._end()

    def _see(self, frame: Any, at: float) -> None:
        n = int(at * CLIP_FPS)
        if n <= self._last:
            return
        if frame.width * frame.height > CLIP_MOST_PX:  # a stream may change its size on the way
            raise No("too_many_pixels")
        fresh = _upright(frame).reformat(self.width, self.height, "yuv420p")
        fresh.pts, fresh.time_base = n, Fraction(1, CLIP_FPS)
        self._last = n
        self.frames, self.seconds = self.frames + 1, (n + 1) / CLIP_FPS
        self.target.mux(self._video.encode(fresh))

    def _hear(self, frame: Any) -> None:
        frame.pts = None
        for part in self._again.resample(frame) if self._again else ():
            self.target.mux(self._sound.encode(part) if self._sound else [])

    def _end(self) -> None:
        if self._sound is not None:
            for part in self._again.resample(None) if self._again else ():
                self.target.mux(self._sound.encode(part))
            self.target.mux(self._sound.encode(None))
        if self.frames:
            self.target.mux(self._video.encode(None))


def _first(raw: bytes, container: str) -> tuple[int, int]:
    """The size the clip is kept in: as its first frame is seen, which phones say apart from how it is stored."""
    source: Any
    with av.open(io.BytesIO(raw), format=container, options={"protocol_whitelist": ""}) as source:
        frame = next(source.decode(source.streams.video[0]))
        size = (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)
    return _smaller(*size)


def _upright(frame: Any) -> Any:
    """The frame as it is seen. `rotation`: degrees counterclockwise."""
    quarter = int(frame.rotation) // 90 % 4
    if not quarter:
        return frame
    return av.VideoFrame.from_ndarray(
        np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), quarter)), "rgb24"
    )


def _smaller(width: int, height: int) -> tuple[int, int]:
    """Never larger; even, as VP8 wants it."""
    scale = min(1.0, CLIP_SIDE_PX / max(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)
