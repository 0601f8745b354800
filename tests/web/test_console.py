"""The built console as files: compressed, cached where names bear a hash, and nothing outside its folder."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tocsin.web.console import Console
from tocsin.web.problems import No


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for the web")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html>" + "<p>night shift</p>" * 50)
    (static / "assets" / "app-1a2b.js").write_text("let a = 1;\n" * 200)
    return static


def test_a_named_file_is_cached_for_good_and_the_page_never(folder: Path) -> None:
    console = Console(folder)
    asset = dict(console.file("assets/app-1a2b.js", b"", b"", forever=True).headers)
    assert b"immutable" in asset[b"cache-control"]
    assert asset[b"content-type"] == b"text/javascript; charset=utf-8"
    assert dict(console.page(b"", b"").headers)[b"cache-control"] == b"no-cache"


def test_text_is_compressed_for_whoever_reads_it_so(folder: Path) -> None:
    plain = Console(folder).page(b"", b"")
    small = Console(folder).page(b"gzip, br", b"")
    assert (b"content-encoding", b"gzip") in small.headers
    assert zlib.decompress(small.body, 31) == plain.body
    assert len(small.body) < len(plain.body)


def test_a_known_page_is_not_sent_again_until_it_changes(folder: Path) -> None:
    console = Console(folder)
    etag = dict(console.page(b"", b"").headers)[b"etag"]
    assert console.page(b"", etag).status == 304
    (folder / "index.html").write_text("built anew")
    assert console.page(b"", etag).body == b"built anew"


ABSENT = [
    "../secret.txt",
    "assets/../../secret.txt",
    "assets",
    "",
    "nothing.js",
    "a\0b",
    "a" * 300,
    "a/" * 5_000,
    "\ud800",
]


@pytest.mark.parametrize("name", ABSENT)
def test_nothing_outside_is_served(folder: Path, name: str) -> None:
    with pytest.raises(No) as said:
        Console(folder).file(name, b"", b"")
    assert said.value.status == 404


def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    (folder / "assets" / "out.txt").symlink_to(folder.parent / "secret.txt")
    with pytest.raises(No):
        Console(folder).file("assets/out.txt", b"", b"")


def test_without_a_console_the_page_says_how_to_build_it(tmp_path: Path) -> None:
    assert b"make console" in Console(tmp_path / "absent").page(b"gzip", b"").body
