"""Rows of calls from a CSV, plain or gzipped. What cannot be read is counted and named: row, field, why.

Refuses to know maps, units' kinds and days.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tocsin.facts.values import Instant
from tocsin.sim.replay.mapping import TIMES, Mapping, ReplayError, load_mapping

WORDS = ("type", "priority", "unit", "unit_type", "station", "area", "disposition", "address")


class CallRow(msgspec.Struct, frozen=True):
    """One row: a call, and usually one unit's response to it. Instants in seconds UTC, None where the file is empty."""

    row: int
    id: str
    date: str
    """Local date it was received, YYYY-MM-DD."""
    received: Instant
    since_midnight_s: float
    """Local time of day it was received."""
    lat: float | None
    lon: float | None
    address: str
    type: str
    priority: str
    unit: str
    unit_type: str
    als: bool
    station: str
    area: str
    entry: Instant | None
    dispatched: Instant | None
    en_route: Instant | None
    on_scene: Instant | None
    left_scene: Instant | None
    at_hospital: Instant | None
    available: Instant | None
    disposition: str
    in_map: bool | None
    """None: the file does not say."""
    order_issue: str
    """The first stage that is earlier than one before it, as the file says or as its times show."""


class BadRow(msgspec.Struct, frozen=True):
    """A row that was left out. `row` counts as a spreadsheet does: the header is row 1."""

    row: int
    field: str
    why: str


class Read(msgspec.Struct, frozen=True):
    """Everything read from one file."""

    rows: list[CallRow]
    bad: list[BadRow]
    mapping: Mapping


class _BadError(Exception):
    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def read_calls(path: Path, columns: str | None = None) -> Read:
    """Read a file. `columns` as `load_mapping` takes it. Raises ReplayError, one line."""
    rows: list[CallRow] = []
    bad: list[BadRow] = []
    with _text(path) as text:
        records = _Records(_lines(text, path), path)
        mapping = load_mapping(columns, records.header)
        parse = _Parser(records.header, mapping)
        for number, cells in records:
            try:
                rows.append(parse(number, cells))
            except _BadError as problem:
                bad.append(BadRow(number, problem.field, str(problem)))
    bad = sorted([*bad, *records.bad], key=lambda one: one.row)
    if not rows:
        first = f": row {bad[0].row}, {bad[0].field}: {bad[0].why}" if bad else ""
        raise ReplayError(f"{path}: no row could be read{first}")
    return Read(rows, bad, mapping)


def _text(path: Path) -> io.TextIOWrapper:
    try:
        with path.open("rb") as probe:
            zipped = probe.read(2) == b"\x1f\x8b"
        raw = gzip.open(path, "rb") if zipped else path.open("rb")  # noqa: SIM115 - the caller's `with` closes it
    except OSError as error:
        raise ReplayError(f"{path}: cannot be read: {error.strerror or error}") from None
    # surrogateescape: one row in another encoding is one bad row, not the end of the file.
    return io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="")


def _lines(text: io.TextIOWrapper, path: Path) -> Iterator[str]:
    try:
        yield from text
    except (OSError, EOFError, zlib.error) as error:
        raise ReplayError(f"{path}: is damaged or cut off: {error}") from None


class _Records:
    """Records of a CSV by row number; `bad` gathers what was no record."""

    def __init__(self, lines: Iterator[str], path: Path) -> None:
        first = next(lines, "")
        if not first.strip():
            raise ReplayError(f"{path}: is empty; a CSV with a header row is needed")
        delimiter = max(",;\t", key=first.count)
        self.header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
        twice = next((name for name in self.header if name and self.header.count(name) > 1), None)
        if twice:
            raise ReplayError(f"{path}: two columns are called '{twice}'")
        self.bad: list[BadRow] = []
        self._reader = csv.reader(lines, delimiter=delimiter)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        number = 1
        while True:
            number += 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as problem:
                self.bad.append(BadRow(number, "the row", str(problem)))
                continue
            if not cells:
                continue
            if len(cells) != len(self.header):
                self.bad.append(BadRow(number, "the row", f"has {len(cells)} cells, the header {len(self.header)}"))
                continue
            yield number, cells


class _Parser:
    """Cells to a CallRow."""

    def __init__(self, header: list[str], mapping: Mapping) -> None:
        self._at = {field: header.index(column) for field, column in mapping.columns.items()}
        try:
            self._zone = ZoneInfo(mapping.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ReplayError(f"zone: there is no time zone '{mapping.zone}'") from None

    def __call__(self, number: int, cells: list[str]) -> CallRow:
        def text(field: str) -> str:
            value = cells[self._at[field]].strip() if field in self._at else ""
            if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
                raise _BadError(field, "is not UTF-8 text")
            return value

        when = {field: self._instant(field, text(field)) for field in TIMES}
        received, local = when.pop("received") or (None, None)
        if not text("id"):
            raise _BadError("id", "is empty")
        if received is None or local is None:
            raise _BadError("received", "is empty")
        lat, lon = _degrees("lat", text("lat"), 90.0), _degrees("lon", text("lon"), 180.0)
        if (lat is None or lon is None) and not text("address"):
            raise _BadError("lat", "no latitude and longitude, and no address")
        fields: dict[str, Any] = {field: found[0] if found else None for field, found in when.items()}
        issue = text("order_issue") or _out_of_order({"received": received, **fields})
        fields |= {field: text(field) for field in WORDS}
        fields |= {"id": text("id"), "date": local.date().isoformat(), "received": received, "lat": lat, "lon": lon}
        fields["since_midnight_s"] = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
        fields["als"] = bool(_truth(text("als")))
        fields["in_map"] = _truth(text("in_map")) if "in_map" in self._at else None
        return CallRow(row=number, order_issue=issue, **fields)

    def _instant(self, field: str, value: str) -> tuple[Instant, datetime] | None:
        if not value:
            return None
        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            raise _BadError(field, f"'{value[:40]}' is not a time like 2017-01-03T08:15:00-08:00") from None
        if when.tzinfo is None:
            when = when.replace(tzinfo=self._zone)
        try:
            return when.astimezone(UTC).timestamp(), when
        except (OverflowError, ValueError):
            raise _BadError(field, f"'{value[:40]}' is not a time on this calendar") from None


def _degrees(field: str, value: str, limit: float) -> float | None:
    if not value:
        return None
    try:
        degrees = float(value)
    except ValueError:
        raise _BadError(field, f"'{value[:40]}' is not a number of degrees") from None
    if not -limit <= degrees <= limit:
        raise _BadError(field, f"{value[:40]} is not between {-limit:g} and {limit:g}")
    return degrees


def _truth(value: str) -> bool | None:
    word = value.lower()
    return True if word in ("true", "t", "yes", "y", "1") else False if word in ("false", "f", "no", "n", "0") else None


def _out_of_order(stages: dict[str, Instant | None]) -> str:
    latest = float("-inf")
    for field in TIMES:
        at = stages[field]
        if at is not None:
            if at < latest:
                return field
            latest = at
    return ""
