"""Tables a twin is fed from: nodes, drive matrices, names of nodes, calls. Each mistake is told by file, line, field.

Reads; refuses to know what a policy is.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from tocsin.sim.twin.errors import ScenarioError
from tocsin.sim.twin.model import TwinCall

T = TypeVar("T")
TRUE, FALSE = frozenset({"true", "1", "yes", "y"}), frozenset({"false", "0", "no", "n", ""})


class Rows(msgspec.Struct, frozen=True):
    """A CSV file with a header. Lines count as an editor does: the header is line 1."""

    file: Path
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]

    def column(self, name: str) -> int:
        """Where a column stands. Raises ScenarioError."""
        if name not in self.header:
            raise ScenarioError(
                self.file, 1, name, "there is no such column", f"the columns are {', '.join(self.header[:12])}"
            )
        return self.header.index(name)

    def cells(self, name: str) -> Iterator[tuple[int, str]]:
        """(line, text) of a column."""
        at = self.column(name)
        for line, cells in self.rows:
            yield line, cells[at].strip()


def read_rows(file: Path) -> Rows:
    """The file as text cells. Every row has as many cells as the header. Raises ScenarioError."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text)
            header = tuple(cell.strip() for cell in next(reader, ()))
            rows = tuple((reader.line_num, cells) for cells in reader if cells)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ScenarioError(file, None, "", f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not header:
        raise ScenarioError(file, 1, "", "is empty", "a header line with the names of the columns comes first")
    for line, cells in rows:
        if len(cells) != len(header):
            raise ScenarioError(file, line, "", f"has {len(cells)} cells", f"the header has {len(header)}")
    return Rows(file, header, rows)


def number(file: Path, line: int, field: str, text: str, least: float = -math.inf) -> float:
    """A finite number, at least `least`. Raises ScenarioError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < least:
        wanted = "a number" if least == -math.inf else f"a number of {least:g} or more"
        raise ScenarioError(file, line, field, f"'{text}' is not {wanted}")
    return value


def truth(file: Path, line: int, field: str, text: str) -> bool:
    """true or false, in the ways files say it. Raises ScenarioError."""
    word = text.lower()
    if word not in TRUE | FALSE:
        raise ScenarioError(file, line, field, f"'{text}' is neither yes nor no", "write true or false")
    return word in TRUE


class Nodes(msgspec.Struct, frozen=True):
    """Places calls come from: flat metres or degrees, and a weight of demand each."""

    names: tuple[str, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    weight: tuple[float, ...]
    degrees: bool = False
    """x is longitude and y latitude, in degrees."""


def read_nodes(file: Path, columns: Mapping[str, str]) -> Nodes:
    """Nodes of a CSV; `columns` names the columns for name, x and y (or lon and lat), weight. Raises ScenarioError."""
    table = read_rows(file)
    degrees = "lat" in columns
    names = tuple(text for _, text in table.cells(columns.get("name", "name")))
    for (line, text), nth in zip(table.cells(columns.get("name", "name")), range(len(names)), strict=True):
        if not text or text in names[:nth]:
            raise ScenarioError(file, line, "name", f"'{text}' is empty or stands twice", "every node has its own name")
    x, y = (columns.get("lon", "lon"), columns["lat"]) if degrees else (columns.get("x", "x"), columns.get("y", "y"))
    weight = columns.get("weight")
    weights = _numbers(table, weight, 0.0) if weight else (1.0,) * len(names)
    if not names or sum(weights) <= 0:
        raise ScenarioError(file, None, weight or "name", "adds up to nothing", "at least one node needs demand")
    return Nodes(names, _numbers(table, x), _numbers(table, y), weights, degrees)


def _numbers(table: Rows, name: str, least: float = -math.inf) -> tuple[float, ...]:
    return tuple(number(table.file, line, name, text, least) for line, text in table.cells(name))


def read_matrix(file: Path, names: tuple[str, ...], scale: float) -> list[list[float]]:
    """A square table named along both edges, cells times `scale`, in the order of `names`. Raises ScenarioError."""
    table = read_rows(file)
    missing = [name for name in names if name not in table.header[1:]]
    if missing:
        raise ScenarioError(file, 1, missing[0], "has no column", "every node needs a column and a row")
    order = [table.header.index(name) for name in names]
    by_name = {cells[0].strip(): (line, cells) for line, cells in table.rows}
    out = []
    for name in names:
        if name not in by_name:
            raise ScenarioError(file, None, name, "has no row", "every node needs a column and a row")
        line, cells = by_name[name]
        out.append([number(file, line, table.header[at], cells[at], 0.0) * scale for at in order])
    return out


def read_places(file: Path, column: str, numbers: Mapping[str, int]) -> list[int]:
    """Node numbers from a column of node names, line by line. Raises ScenarioError."""
    return [place(file, line, column, text, numbers) for line, text in read_rows(file).cells(column)]


def place(file: Path, line: int, field: str, text: str, numbers: Mapping[str, int]) -> int:
    """The number of a node's name; '4128.0' is 4128. Raises ScenarioError."""
    known = numbers.get(text, numbers.get(text.removesuffix(".0")))
    if known is None:
        raise ScenarioError(file, line, field, f"'{text}' is not a node", "write a name that the file of nodes has")
    return known


def single(file: Path, parse: Callable[[Path, int, str, str], T]) -> list[T]:
    """A file of one column, parsed line by line; its header may say anything. Raises ScenarioError."""
    table = read_rows(file)
    return [parse(file, line, table.header[-1], cells[-1].strip()) for line, cells in table.rows]


def read_trace(
    files: Mapping[str, Path], numbers: Mapping[str, int], start: float = 0.0, minute: float = 60.0
) -> list[TwinCall]:
    """Calls from one file a quantity, one line a call: gap_min, place, scene_min, to_hospital, hand_over_min.

    Times in minutes; the gap is that since the call before, the first one's since `start` (an instant in seconds).
    `minute`: how long one is in the calls; 1 leaves every number as the file has it.
    Raises ScenarioError where a file has fewer lines than the first.
    """

    def minutes(file: Path, line: int, field: str, text: str) -> float:
        return number(file, line, field, text, 0.0)

    def node(file: Path, line: int, field: str, text: str) -> int:
        return place(file, line, field, text, numbers)

    gap_min = single(files["gap_min"], minutes)
    at_node, scene_min = single(files["place"], node), single(files["scene_min"], minutes)
    to_hospital = single(files["to_hospital"], truth)
    hand_over_min = single(files["hand_over_min"], minutes)
    for field, found in (("place", at_node), ("scene_min", scene_min), ("to_hospital", to_hospital),
                         ("hand_over_min", hand_over_min)):  # fmt: skip
        if len(found) != len(gap_min):
            wrong = f"has {len(found)} calls"
            raise ScenarioError(files[field], None, field, wrong, f"{files['gap_min'].name} has {len(gap_min)}")
    out, passed_min = [], 0.0
    rows = zip(gap_min, at_node, scene_min, to_hospital, hand_over_min, strict=True)
    for gap, where, scene, hospital, hand_over in rows:
        passed_min += gap
        out.append(TwinCall(start + passed_min * minute, where, scene * minute, hospital, hand_over * minute))
    return out
