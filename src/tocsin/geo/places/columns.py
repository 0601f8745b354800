"""The file of the index: plain numpy columns in one uncompressed archive, opened without running anything in it.

Refuses to know what the columns mean. Text columns are one UTF-8 block with offsets, cut only when a row is shown.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.geo.places.match import PlacesError

FORMAT = 2
NAME = "places.npz"
Columns = dict[str, NDArray[Any]]


class Texts:
    """A read-only column of texts: `block[start[i]:start[i + 1]]` is row i in UTF-8."""

    def __init__(self, block: bytes, start: NDArray[np.int64]):
        self._block = block
        self._start = start

    def __len__(self) -> int:
        return len(self._start) - 1

    def __getitem__(self, row: int) -> str:
        return self._block[int(self._start[row]) : int(self._start[row + 1])].decode()


def pack(name: str, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Two columns that hold the texts."""
    raw = [text.encode("utf-8", "replace") for text in texts]
    start = np.concatenate([[0], np.cumsum([len(r) for r in raw])]).astype(np.int64)
    return {f"{name}.text": np.frombuffer(b"".join(raw), dtype=np.uint8), f"{name}.start": start}


def unpack(columns: dict[str, NDArray[Any]], name: str) -> Texts:
    """The texts that `pack` wrote under this name."""
    return Texts(columns[f"{name}.text"].tobytes(), columns[f"{name}.start"])


def write(folder: Path, columns: dict[str, NDArray[Any]]) -> None:
    """Write all columns into the folder, as a whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / (NAME + ".half")
    try:
        with half.open("wb") as file:
            np.savez(file, format=np.array(FORMAT), **columns)  # type: ignore[arg-type]
        half.replace(folder / NAME)
    finally:
        half.unlink(missing_ok=True)


def read(folder: Path) -> dict[str, NDArray[Any]]:
    """Read all columns. Raises PlacesError when the file is absent, damaged or of another format."""
    path = folder / NAME
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
    except FileNotFoundError:
        raise PlacesError(f"no index of places at {path}: build the region first") from None
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise PlacesError(f"the index of places at {path} is damaged ({error}): build the region again") from None
    if "format" not in columns or int(columns["format"]) != FORMAT:
        raise PlacesError(f"the index of places at {path} has another format: build the region again")
    return columns
