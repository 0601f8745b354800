"""Building a region from an OpenStreetMap file, whole or not at all.

Everything is written into a hidden sibling folder and renamed into place at the end; whatever goes wrong, nothing
half-built is left and an older region in the same place stays. Refuses to know bars, colours and exit codes.
"""

import datetime
import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.geo.assemble import build_roads
from tocsin.geo.errors import RegionError
from tocsin.geo.graph import save
from tocsin.geo.manifest import FORMAT, VERSION, Manifest, is_region, write_manifest
from tocsin.geo.osm import check_source, osm_errors
from tocsin.geo.progress import Progress
from tocsin.geo.region import PLACES, RESOURCES, ROADS
from tocsin.geo.resources import save_resources
from tocsin.geo.resources_find import find_resources

_CHUNK = 1 << 20


def build_region(source: Path, out: Path, progress: Progress, *, force: bool = False) -> Manifest:
    """Build `source` (any OSM file) into the region folder `out` and return its manifest.

    RegionError, one clear line, when the source is missing, cut off, not OSM, without roads or mostly broken, or when
    `out` cannot be written, holds something else, or holds a region already and `force` is not set.
    """
    check_source(source)
    _check_out(out, force)
    with _fresh_folder(out) as folder:
        manifest = _fill(source, folder, out.resolve().name, progress)
        _put_in_place(folder, out)
    return manifest


def _check_out(out: Path, force: bool) -> None:
    if not out.exists():
        return
    if out.is_dir() and not any(out.iterdir()):
        return
    if not out.is_dir() or not is_region(out):
        raise RegionError(f"{out}: exists and is not a region; nothing was touched")
    if not force:
        raise RegionError(f"{out}: holds a region already; give --force to replace it")


@contextmanager
def _fresh_folder(out: Path) -> Iterator[Path]:
    """A hidden folder next to `out`, gone afterwards unless it was moved into place."""
    parent = out.resolve().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.building-", dir=parent))
    except OSError as error:
        raise RegionError(f"{parent}: cannot be written: {error.strerror}") from error
    try:
        yield folder
    except OSError as error:
        raise RegionError(f"{out}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(source: Path, folder: Path, name: str, progress: Progress) -> Manifest:
    from tocsin.geo.basemap import BasemapError, build_basemap
    from tocsin.geo.places import PlacesError
    from tocsin.geo.places.build import build_places

    sha256, size = _digest(source, progress)
    roads = build_roads(source, progress)
    save(roads.graph, folder / ROADS)
    progress.stage("finding stations, hospitals, hydrants", None)
    resources = find_resources(source, progress)
    save_resources(resources, folder / RESOURCES)
    with osm_errors(source):
        try:
            places = build_places(source, folder / PLACES, progress)
            drawn = build_basemap(source, folder, roads.bbox, progress)
        except (PlacesError, BasemapError) as error:
            raise RegionError(f"{source}: {error}") from error
    manifest = Manifest(
        format=FORMAT,
        version=VERSION,
        name=name,
        bbox=roads.bbox,
        counts=roads.counts,
        places=places,
        drawn=drawn,
        resources=dict(sorted(Counter(one.kind for one in resources).items())),
        road_km=roads.km_by_class,
        left_out=roads.left_out,
        source_name=source.name,
        source_sha256=sha256,
        source_bytes=size,
        built_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    write_manifest(manifest, folder)
    return manifest


def _digest(source: Path, progress: Progress) -> tuple[str, int]:
    """SHA-256 and size of the source."""
    progress.stage("reading the file", float(source.stat().st_size))
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            progress.advance(len(chunk))
    return digest.hexdigest(), size


def _put_in_place(folder: Path, out: Path) -> None:
    """Rename the finished folder to `out`; an older region steps aside first and comes back if the rename fails."""
    umask = os.umask(0)
    os.umask(umask)
    folder.chmod(0o777 & ~umask)  # mkdtemp makes it private
    if not out.exists():
        folder.rename(out)
        return
    aside = folder.with_name(folder.name + ".old")
    out.rename(aside)
    try:
        folder.rename(out)
    except OSError:
        aside.rename(out)
        raise
    shutil.rmtree(aside, ignore_errors=True)
