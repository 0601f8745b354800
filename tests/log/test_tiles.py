"""Tiles: their paths, their bytes, their memory, and a tree made from them against the definition."""

from __future__ import annotations

import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.log.hashes import Tip, leaf_hash
from tocsin.log.port import LogError
from tocsin.log.proofs import verify_consistency, verify_inclusion
from tocsin.log.tiles import NoTile, TilePath, Tiles, bundle_for, parse_path, tiles_between

from .entries import a_note, entries, entry

HASHES = [leaf_hash(b"%d" % n) for n in range(70_000)]


def leaves(first, count):
    return HASHES[first : first + count]


def roots(*sizes):
    tip, found = Tip.empty("north"), {}
    for n, leaf in enumerate([*HASHES[: max(sizes)], b""]):
        if n in sizes:
            found[n] = tip.root()
        if leaf:
            tip.add(leaf)
    return found


@pytest.fixture(scope="module")
def big():
    """The standard's own example: a tree of 70,000 entries."""
    tiles = Tiles(leaves)
    tiles.grow(70_000, roots(70_000)[70_000])
    return tiles


# SOURCE: C2SP tlog-tiles, "Merkle Tree" and "Partial Tiles".
PATHS = {
    "tile/0/000": TilePath(0, 0, 256),
    "tile/0/x001/x234/067": TilePath(0, 1_234_067, 256),
    "tile/0/x001/x234/067.p/1": TilePath(0, 1_234_067, 1),
    "tile/63/999.p/255": TilePath(63, 999, 255),
    "tile/1/x001/000": TilePath(1, 1000, 256),
    "tile/entries/x001/000.p/17": TilePath(None, 1000, 17),
}


@pytest.mark.parametrize("path", PATHS)
def test_paths_are_read_and_written_as_the_standard_has_them(path):
    assert parse_path(path) == PATHS[path]
    assert str(PATHS[path]) == path


@given(st.integers(0, 63) | st.none(), st.integers(0, 10**12), st.integers(1, 256))
def test_every_tile_has_one_path(level, number, width):
    tile = TilePath(level, number, width)
    assert parse_path(str(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/../0/000",
        "tile/entries",
        "tile/data/000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "tile/0/000.p/1/000",
        "x" * 100_000,
    ],
)
def test_no_other_spelling_is_a_tile(path):
    with pytest.raises(NoTile):
        parse_path(path)


def test_the_standards_example_has_the_tiles_that_it_says(big):
    """273 full level 0 tiles, a partial one of 112; one full level 1 tile, one of 17; one level 2 tile of 1."""
    assert sum(tile.width == 256 for tile in tiles_between(0, 70_000)) == 273
    assert list(tiles_between(0, 70_000))[-1].width == 112
    for level, number, width in [(0, 272, 256), (0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1)]:
        assert len(big.bytes_for(str(TilePath(level, number, width)))) == width * 32
    for level, number, width in [(0, 273, 113), (0, 273, 256), (0, 274, 1), (1, 1, 18), (2, 0, 2), (3, 0, 1)]:
        with pytest.raises(NoTile):
            big.bytes_for(str(TilePath(level, number, width)))


def test_tiles_hold_the_hashes_of_the_definition(big):
    assert big.bytes_for("tile/0/001") == b"".join(HASHES[256:512])
    tip = Tip.empty("x")
    for leaf in HASHES[256 * 256 : 256 * 257]:
        tip.add(leaf)
    assert big.bytes_for("tile/1/001.p/1") == tip.root()
    for leaf in HASHES[:65_536]:
        tip.add(leaf)
    assert big.bytes_for("tile/2/000.p/1") == roots(65_536)[65_536]


def test_a_tile_that_was_not_published_yet_is_not_given_out(big):
    with pytest.raises(NoTile):
        big.bytes_for("tile/0/001", size=511)
    assert len(big.bytes_for("tile/0/001.p/255", size=511)) == 255 * 32
    with pytest.raises(NoTile):
        big.bytes_for("tile/1/000.p/2", size=511)


def test_entries_are_not_among_the_hashes(big):
    with pytest.raises(NoTile, match="personal"):
        big.bytes_for("tile/entries/000")


@given(st.data())
def test_proofs_from_tiles_hold(big, data):
    size = data.draw(st.sampled_from([1, 255, 256, 257, 511, 4_096, 65_535, 65_536, 65_537, 69_999, 70_000]))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    root = big.root(size)
    verify_inclusion(index, size, HASHES[index], root, big.inclusion(index, size))
    verify_consistency(old, size, big.root(old), root, big.consistency(old, size))


@given(st.lists(st.integers(0, 1_500), min_size=1, max_size=6).map(sorted))
def test_a_tree_grown_in_steps_is_the_tree_grown_at_once(sizes):
    tiles, known = Tiles(leaves), roots(*sizes)
    for size in sizes:
        tiles.grow(size, known[size])
        assert tiles.root(size) == known[size]
        if size % 256:
            tile = TilePath(0, size // 256, size % 256)
            assert tiles.bytes_for(str(tile)) == b"".join(HASHES[size - size % 256 : size])


def test_a_tree_does_not_shrink_and_does_not_take_a_wrong_root():
    tiles = Tiles(leaves)
    tiles.grow(600, roots(600)[600])
    with pytest.raises(LogError, match="shrink"):
        tiles.grow(599, roots(599)[599])
    with pytest.raises(LogError, match="do not give its Merkle root"):
        tiles.grow(700, b"\x00" * 32)
    with pytest.raises(NoTile):
        tiles.bytes_for("tile/0/000")
    tiles.grow(700, roots(700)[700])
    assert tiles.bytes_for("tile/0/000")


class Counted:
    def __init__(self):
        self.asked = 0

    def __call__(self, first, count):
        self.asked += count
        return leaves(first, count)


def test_what_was_kept_makes_the_next_start_quick(tmp_path):
    keep, root = tmp_path / "roots", roots(10_000)[10_000]
    Tiles(leaves, keep).grow(10_000, root)
    counted = Counted()
    again = Tiles(counted, keep)
    again.grow(10_000, root)
    assert counted.asked < 256
    assert again.bytes_for("tile/1/000.p/39") == b"".join(again.node(8, n) for n in range(39))
    assert [file.name for file in tmp_path.iterdir()] == ["roots"]


@pytest.mark.parametrize("harm", ["flipped", "torn", "foreign", "longer", "swapped"])
def test_a_kept_file_that_lies_costs_time_and_no_truth(tmp_path, harm):
    keep, known = tmp_path / "roots", roots(10_000, 2_000)
    Tiles(leaves, keep).grow(10_000, known[10_000])
    data = bytearray(keep.read_bytes())
    if harm == "flipped":
        data[100] ^= 1
    elif harm == "torn":
        del data[333:]
    elif harm == "foreign":
        data = bytearray(os.urandom(len(data)))
    elif harm == "longer":
        data += os.urandom(320)
    else:
        data[:32], data[32:64] = data[32:64], data[:32]
    keep.write_bytes(data)
    tiles = Tiles(leaves, keep)
    tiles.grow(10_000, known[10_000])
    assert tiles.bytes_for("tile/1/000.p/2") == grown(600).bytes_for("tile/1/000.p/2")
    early = Tiles(leaves, keep)
    early.grow(2_000, known[2_000])
    assert early.root(2_000) == known[2_000]


def grown(size):
    tiles = Tiles(leaves)
    tiles.grow(size, roots(size)[size])
    return tiles


def test_tiles_of_a_log(shelf):
    log = shelf.open()
    log.append(entries(1, 700), 0)
    tiles = Tiles.of(log)
    tiles.grow(700, log.head().root)
    assert tiles.bytes_for("tile/0/002.p/188") == b"".join(row.leaf for row in shelf.rows(log)[512:])
    log.append(entries(701, 800), 700)
    tiles.grow(800, log.head().root)
    verify_consistency(700, 800, tiles.root(700), log.head().root, tiles.consistency(700))


def test_a_leaf_altered_in_the_store_is_found_before_anything_is_said_of_it(shelf):
    log = shelf.open()
    log.append(entries(1, 300), 0)
    rows = shelf.rows(log)
    rows[10] = rows[10]._replace(leaf=b"\x00" * 32)
    shelf.put(log, rows)
    with pytest.raises(LogError, match="do not give its Merkle root"):
        Tiles.of(log).grow(300, log.head().root)


def test_leaves_are_given_by_position_and_a_missing_one_is_an_error(shelf):
    log = shelf.open()
    log.append(entries(1, 20), 0)
    assert log.leaves(3, 5) == [row.leaf for row in shelf.rows(log)[2:7]]
    assert log.leaves(21, 0) == []
    for first, count in [(0, 1), (20, 2), (21, 1), (-5, 3)]:
        with pytest.raises(LogError, match="not all entries"):
            log.leaves(first, count)


def test_bundles_hold_the_stored_bytes_that_hash_to_the_tile(shelf):
    log = shelf.open()
    log.append([*entries(1, 299), a_note(300, "ع" * 10_000)], 0)
    data, found = bundle_for(log, "tile/entries/001.p/44", 300), []
    while data:
        (length,) = struct.unpack(">H", data[:2])
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    assert found == [row.raw for row in shelf.rows(log)[256:]]
    for path in ("tile/entries/001.p/45", "tile/entries/001", "tile/0/000", "tile/entries/002.p/1"):
        with pytest.raises(NoTile):
            bundle_for(log, path, 300)


def test_an_entry_that_no_bundle_can_hold_is_named(shelf):
    log = shelf.open()
    log.append([entry(1), a_note(2, "x" * 70_000)], 0)
    with pytest.raises(LogError, match="entry 2 is too long"):
        bundle_for(log, "tile/entries/000.p/2", 2)
    assert bundle_for(log, "tile/entries/000.p/1", 2)
