"""Byte ranges as map tiles ask for them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tocsin.web.files import CHUNK_B, RangedFile, span
from tocsin.web.problems import No


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (b"", None),
        (b"bytes=0-9", (0, 10)),
        (b"bytes=5-", (5, 100)),
        (b"bytes=-7", (93, 100)),
        (b"bytes=-700", (0, 100)),
        (b"bytes=90-900", (90, 100)),
        (b"bytes=99-99", (99, 100)),
        (b"bytes=9-3", None),
        (b"bytes=0-1,5-6", None),
        (b"lines=0-1", None),
        (b"bytes=-", None),
        (b"bytes=a-b", None),
    ],
)
def test_a_range_is_read(asked: bytes, found: tuple[int, int] | None) -> None:
    assert span(asked, 100) == found


@pytest.mark.parametrize("asked", [b"bytes=100-", b"bytes=100-200", b"bytes=-0"])
def test_a_range_outside_is_refused_with_the_size(asked: bytes) -> None:
    with pytest.raises(No) as said:
        span(asked, 100)
    assert said.value.status == 416
    assert (b"content-range", b"bytes */100") in said.value.headers


def read(path: Path, method: str = "GET", **asked: str) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in asked.items()]
    scope = {"type": "http", "method": method, "headers": headers}
    asyncio.run(RangedFile(path, "application/vnd.pmtiles")(scope, None, send))  # type: ignore[arg-type]
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(part["body"] for part in sent[1:])


@pytest.fixture
def tiles(tmp_path: Path) -> Path:
    path = tmp_path / "basemap.pmtiles"
    path.write_bytes(bytes(range(256)) * 2_048 + b"end")
    assert path.stat().st_size > 2 * CHUNK_B
    return path


def test_parts_and_the_whole_are_the_bytes_on_disk(tiles: Path) -> None:
    raw = tiles.read_bytes()
    assert read(tiles)[::2] == (200, raw)
    status, headers, part = read(tiles, range="bytes=1000-300999")
    assert (status, part) == (206, raw[1_000:301_000])
    assert headers[b"content-range"] == b"bytes 1000-300999/%d" % len(raw)
    assert headers[b"content-length"] == b"300000"
    assert read(tiles, range="bytes=-3")[2] == b"end"


def test_an_unchanged_file_is_not_sent_again(tiles: Path) -> None:
    etag = read(tiles)[1][b"etag"].decode()
    assert read(tiles, if_none_match=etag)[::2] == (304, b"")
    assert read(tiles, range="bytes=0-1", if_range=etag)[0] == 206
    tiles.write_bytes(b"built anew")
    assert read(tiles, range="bytes=0-1", if_range=etag)[::2] == (200, b"built anew")


def test_head_says_the_length_and_sends_nothing(tiles: Path) -> None:
    status, headers, body = read(tiles, "HEAD")
    assert (status, body) == (200, b"")
    assert headers[b"content-length"] == b"%d" % tiles.stat().st_size
