"""What a region says of itself: the first file read when one is opened, the last one written when one is built."""

from pathlib import Path

import msgspec

from tocsin.geo.errors import RegionError

FORMAT = "tocsin-region"
VERSION = 1
FILE = "manifest.json"


class Manifest(msgspec.Struct, frozen=True):
    """A region's label. `bbox` is (west, south, east, north) in degrees; `left_out` says how much and why.

    `counts` are of the roads, `places` of the search index, `drawn` of the basemap.
    """

    format: str
    version: int
    name: str
    bbox: tuple[float, float, float, float]
    counts: dict[str, int]
    resources: dict[str, int]
    places: dict[str, int]
    drawn: dict[str, int]
    road_km: dict[str, float]
    left_out: dict[str, int]
    source_name: str
    source_sha256: str
    source_bytes: int
    built_at: str  # UTC, ISO 8601
    credit: str = "© OpenStreetMap contributors, ODbL 1.0"


class _Version(msgspec.Struct):
    format: str
    version: int


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest into a region folder."""
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def read_manifest(folder: Path) -> Manifest:
    """Read a region's manifest; RegionError when the folder is no region, or one this version cannot read."""
    if not folder.is_dir():
        raise RegionError(f"{folder}: no such region folder")
    try:
        raw = (folder / FILE).read_bytes()
        told = msgspec.json.decode(raw, type=_Version)
        if told.format != FORMAT:
            raise RegionError(f"{folder}: not a region ({FILE} says format {told.format!r})")
        if told.version != VERSION:
            raise RegionError(
                f"{folder}: built in format version {told.version}, this program reads {VERSION}; "
                "build it again with: tocsin region build"
            )
        return msgspec.json.decode(raw, type=Manifest)
    except FileNotFoundError as error:
        raise RegionError(f"{folder}: not a region ({FILE} is missing)") from error
    except (OSError, msgspec.DecodeError) as error:
        raise RegionError(f"{folder}: {FILE} cannot be read: {error}") from error


def is_region(folder: Path) -> bool:
    """Whether a folder looks like a region of any version."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=_Version).format == FORMAT
    except (OSError, msgspec.DecodeError):
        return False
