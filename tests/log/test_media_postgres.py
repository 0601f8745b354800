"""Pictures in a shared database: any node shows what came in through another, and any erases it for all."""

from __future__ import annotations

import pytest

from tocsin.log.keyring import KeyRing
from tocsin.log.master import MasterKey
from tocsin.log.media import Media, MediaFolder, copy_media
from tocsin.log.port import LogError

PICTURE = b"a picture of a hallway" * 99


@pytest.fixture
def blobs(postgres_shelf):
    """Two nodes' stores on one database, and one of another centre."""
    from tocsin.log.media_postgres import PostgresMedia

    postgres_shelf.open()
    nodes = [PostgresMedia(postgres_shelf.server.conninfo, centre) for centre in ("north", "north", "south")]
    yield nodes
    for node in nodes:
        node.close()


@pytest.fixture
def media(blobs, postgres_server):
    from tocsin.log.keyring_postgres import PostgresKeys

    master, keys = MasterKey.new(), [PostgresKeys(postgres_server.conninfo, "north") for _ in range(2)]
    rings = [KeyRing(each, master, "north") for each in keys]
    yield [(Media(blob, ring), ring) for blob, ring in zip(blobs, rings, strict=False)]
    for each in keys:
        each.close()
    postgres_server.execute("DROP SCHEMA tocsin_keys CASCADE")


def test_what_one_node_took_another_shows_until_either_erases_it(media, blobs, postgres_server):
    (here, _), (there, late) = media
    here.put("12", "aa", PICTURE)
    here.put("13", "bb", PICTURE)
    assert there.get("12", "aa") == PICTURE
    raw = blobs[1].read("12", "aa")
    assert PICTURE[:22] not in raw, "it is sealed"
    there.forget({"media/call:12": 9})
    assert here.get("12", "aa") is None
    assert list(blobs[0].names()) == [("13", "bb")]
    assert postgres_server.execute("SELECT count(*) FROM tocsin.media WHERE call = '12'") == [(0,)]
    blobs[0].write("12", "aa", raw)
    assert Media(blobs[0], KeyRing(late._store, late._master, "north")).get("12", "aa") is None, "its key is gone too"


def test_what_is_shown_after_an_erasure_stays_whoever_erases_again(media, blobs):
    (here, ring), (there, late) = media
    erased = {"media/call:12": 9}
    here.put("12", "aa", PICTURE)
    there.put("12", "bb", PICTURE)
    ring.retire(erased)
    late.retire(erased)
    here.position = lambda: 9
    here.put("12", "cc", PICTURE)  # before anybody came round to destroying keys
    for node in (there, here, there):
        node.forget(erased)
        assert list(blobs[0].names()) == [("12", "cc")]
    assert [node.get("12", "cc") for node in (here, there)] == [PICTURE, PICTURE]
    there.forget({"media/call:12": 10})
    assert list(blobs[0].names()) == []


def test_a_damaged_picture_holds_up_no_erasure(media, blobs):
    (here, _), (there, _) = media
    here.put("12", "bb", PICTURE)
    blobs[0].write("12", "aa", b"\x93 half a picture")
    there.forget({"media/call:12": 9})
    assert list(blobs[0].names()) == [("12", "aa")]


def test_a_picture_under_another_call_is_not_opened(media, blobs):
    (here, _), _ = media
    here.put("12", "aa", PICTURE)
    blobs[0].write("13", "aa", blobs[0].read("12", "aa"))
    with pytest.raises(LogError):
        here.get("13", "aa")


def test_a_node_that_starts_sweeps_nothing_that_another_is_about_to_record(media, blobs, postgres_server):
    (here, _), (there, _) = media
    here.put("12", "aa", PICTURE)
    assert there.sweep(lambda _media: False) == 0
    postgres_server.execute("UPDATE tocsin.media SET kept_at = now() - interval '2 hours'")
    here.put("12", "bb", PICTURE)
    assert there.sweep(lambda _media: False) == 1
    assert list(blobs[0].names()) == [("12", "bb")]


def test_centres_in_one_database_do_not_see_each_other(blobs):
    north, _, south = blobs
    north.write("12", "aa", b"sealed")
    assert south.read("12", "aa") is None
    south.remove("12", "aa")
    assert north.read("12", "aa") == b"sealed"


def test_one_of_a_calls_pictures_is_removed_and_removing_nothing_is_harmless(blobs):
    blobs[0].write("12", "aa", b"1")
    blobs[0].write("12", "bb", b"2")
    blobs[0].write("12", "bb", b"3")
    blobs[1].remove("12", "aa")
    blobs[1].remove("12", "aa")
    assert (blobs[0].read("12", "aa"), blobs[0].read("12", "bb")) == (None, b"3")


def test_blobs_are_copied_from_files_and_back_once(blobs, tmp_path):
    first, again = MediaFolder(tmp_path / "a"), MediaFolder(tmp_path / "b")
    first.write("12", "aa", b"sealed")
    (tmp_path / "a" / "12" / "bb.part").write_bytes(b"half")
    assert [copy_media(first, blobs[0]), copy_media(first, blobs[1]), copy_media(blobs[0], again)] == [1, 0, 1]
    assert again.read("12", "aa") == b"sealed"
    assert list(again.names()) == [("12", "aa")]


def test_a_database_that_is_gone_is_said_in_one_line(tmp_path):
    from tocsin.log.media_postgres import PostgresMedia

    blobs = PostgresMedia(f"postgresql://tocsin@/postgres?host={tmp_path}", "north")
    for work in (lambda: blobs.read("1", "a"), lambda: blobs.write("1", "a", b"")):
        with pytest.raises(LogError, match="cannot be reached"):
            work()
