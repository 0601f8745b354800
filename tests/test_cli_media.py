"""Pictures that callers showed are in a backup, sealed; a drill opens each; they move with the record."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.access import Access
from tocsin.cli import main
from tocsin.cli.keys_at import keys_at
from tocsin.facts.base import Entry
from tocsin.facts.caller_links import LinkMedia
from tocsin.facts.privacy import PersonalErased
from tocsin.log.backup import open_files, seal_files
from tocsin.log.media import Media, MediaFolder
from tocsin.log.port import LogError, Receipt
from tocsin.log.sqlite import SqliteLog

T0 = 1_700_000_000.0
PICTURES = {"1": b"\xff\xd8 a hallway" * 999, "2": b"\xff\xd8 a stair" * 999}


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def data(tmp_path) -> Path:
    """A centre whose record names a picture of call 1 and one of call 2."""
    folder = tmp_path / "data"
    folder.mkdir()
    with keys_at(folder, "", "north", make=True) as keys:
        log = SqliteLog.open(folder / "decisions.db", "north", codec=keys.codec)
        media = Media(MediaFolder(folder / "media"), keys.ring, log.position)
        for n, (call, raw) in enumerate(PICTURES.items(), start=1):
            media.put(call, f"m{call}", raw)
            digest = sha256(raw).hexdigest()
            fact = LinkMedia(T0, f"K{n}", call, f"m{call}", "photo", len(raw), 8, 8, 0.0, digest)
            log.append([Entry(n, T0, "callers", f"o{n}", 0, fact)], n - 1, [Receipt("callers", f"o{n}", b"d", n, n)])
        log.close()
        keys.ring.settle()
    Access.open(folder / "accounts.db").close()
    run("keys", "new", tmp_path / "backup.key")
    return folder


def shown(folder: Path, master: Path) -> dict[str, bytes | None]:
    with keys_at(folder, "", "north", master, make=False) as keys:
        media = Media(MediaFolder(folder / "media"), keys.ring)
        return {call: media.get(call, f"m{call}") for call in PICTURES}


def drilled(name: Path, data: Path, code: int = 0) -> dict:
    key = name.with_name("backup.key")
    return json.loads(
        run("backup", "drill", name, "--key", key, "--master-key", data / "master.key", "--json", code=code)
    )


def counts(told: dict) -> tuple[bool, int, int]:
    return told["clean"], told["pictures"], told["pictures_missing"]


def test_a_backup_carries_what_callers_showed_sealed_and_a_drill_opens_it(data, tmp_path):
    key = ("--key", tmp_path / "backup.key")
    (data / "media" / "2" / "half.part").write_bytes(b"half a picture")
    run("backup", "make", "--data", data, "-o", tmp_path / "monday", *key)
    assert counts(drilled(tmp_path / "monday", data)) == (True, 2, 0)
    run("backup", "restore", tmp_path / "monday", "-o", tmp_path / "again", *key)
    assert shown(tmp_path / "again", data / "master.key") == PICTURES
    assert sorted(MediaFolder(tmp_path / "again" / "media").names()) == [("1", "m1"), ("2", "m2")]
    for call, raw in PICTURES.items():
        assert raw[:20] not in (tmp_path / "again" / "media" / call / f"m{call}").read_bytes()


def test_an_erased_picture_is_not_missed_and_a_lost_one_is(data, tmp_path):
    key = ("--key", tmp_path / "backup.key")
    with keys_at(data, "", "north", make=False) as keys:
        keys.store.erase({"media/call:2": 9}, T0)
    MediaFolder(data / "media").remove("2", "m2")
    run("backup", "make", "--data", data, "-o", tmp_path / "tuesday", *key)
    assert counts(drilled(tmp_path / "tuesday", data)) == (True, 1, 0)
    MediaFolder(data / "media").remove("1", "m1")
    run("backup", "make", "--data", data, "-o", tmp_path / "wednesday", *key)
    assert counts(drilled(tmp_path / "wednesday", data, code=1)) == (False, 0, 1)


def test_a_picture_shown_after_an_erasure_is_in_the_backup(data, tmp_path):
    with keys_at(data, "", "north", make=False) as keys:
        log = SqliteLog.open(data / "decisions.db", "north", codec=keys.codec)
        media = Media(MediaFolder(data / "media"), keys.ring, log.position)
        erased = PersonalErased(T0, "call:1", ("media",), ("media/call:1",), "request", "", "1")
        log.append([Entry(3, T0, "eva", "e", 0, erased)], 2, [Receipt("eva", "e", b"d", 3, 3)])
        raw = b"\xff\xd8 another hallway" * 999
        keys.ring.retire({"media/call:1": 3})
        media.put("1", "m3", raw)
        fact = LinkMedia(T0, "K3", "1", "m3", "photo", len(raw), 8, 8, 0.0, sha256(raw).hexdigest())
        log.append([Entry(4, T0, "callers", "o4", 0, fact)], 3, [Receipt("callers", "o4", b"d", 4, 4)])
        for _ in range(2):
            media.forget({"media/call:1": 3})
        log.close()
        keys.ring.settle()
    assert sorted(MediaFolder(data / "media").names()) == [("1", "m3"), ("2", "m2")]
    run("backup", "make", "--data", data, "-o", tmp_path / "late", "--key", tmp_path / "backup.key")
    assert counts(drilled(tmp_path / "late", data)) == (True, 2, 0)


def test_without_keys_a_drill_counts_pictures_that_nobody_can_open(data, tmp_path):
    run("backup", "make", "--data", data, "-o", tmp_path / "m", "--key", tmp_path / "backup.key")
    (tmp_path / "m.keys").unlink()
    assert counts(drilled(tmp_path / "m", data)) == (True, 2, 0)


@pytest.mark.parametrize("name", ["../out", "media/../../out", "media/.hidden", "a/b/c/d", "media//x"])
def test_a_backup_that_would_put_a_file_elsewhere_is_refused(tmp_path, name):
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "in").mkdir()
    seal_files([(name, tmp_path / "a")], tmp_path / "b", b"k" * 32)
    with pytest.raises(LogError, match="which no backup of ours does"):
        open_files(tmp_path / "b", tmp_path / "in", b"k" * 32)
    assert not list((tmp_path / "in").iterdir())


def test_pictures_move_to_a_database_with_the_record_and_are_backed_up_from_there(data, tmp_path, postgres_server):
    postgres_server.execute("CREATE DATABASE showing")
    conninfo = postgres_server.conninfo.replace("/postgres?", "/showing?")
    try:
        assert "2 pictures copied" in run("log", "copy", data, conninfo)
        assert "pictures" not in run("log", "copy", data, conninfo)
        run("keys", "copy", data, conninfo)
        run("backup", "make", "--store", conninfo, "-o", tmp_path / "m", "--key", tmp_path / "backup.key")
        assert counts(drilled(tmp_path / "m", data)) == (True, 2, 0)
        run("backup", "restore", tmp_path / "m", "-o", tmp_path / "again", "--key", tmp_path / "backup.key")
        assert shown(tmp_path / "again", data / "master.key") == PICTURES
    finally:
        postgres_server.execute("DROP DATABASE showing WITH (FORCE)")
