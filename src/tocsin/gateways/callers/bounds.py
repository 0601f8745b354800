"""How much of a picture or clip is taken and kept, and what its decoding may cost. Numbers and a word for no."""

from __future__ import annotations

SIDE_PX = 1_600
"""Longest side of a kept photo."""
MOST_PX = 50_000_000
"""More pixels are not even begun."""
CLIP_SIDE_PX = 640
CLIP_MOST_PX = 9_000_000
CLIP_S = 20.0
"""Seconds of a clip that are kept."""
CLIP_FPS = 15
MEMORY_B = {"photo": 700_000_000, "clip": 1_600_000_000}
CPU_S = {"photo": 12, "clip": 90}
FORMATS = ("JPEG", "PNG", "WEBP")


class No(Exception):  # noqa: N818 - a word, not a fault
    """Why it is not taken: `broken`, `too_many_pixels`, `unknown_format`, `unavailable`."""
