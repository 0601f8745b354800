"""Keys, erasing and backups by command, on a folder that a real server wrote."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.test_privacy import A_CALL, closed, house, served, told  # noqa: F401 - house is a fixture

from tocsin.app import locked
from tocsin.cli import main
from tocsin.domain.orders import CloseIncident
from tocsin.log.backup import PIECE_B, open_files, seal_files
from tocsin.log.port import LogError
from tocsin.settings import Settings


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def ended(house: Settings) -> tuple[Path, str]:  # noqa: F811
    incident = closed(served(house, *A_CALL))
    served(house, CloseIncident(incident, "handled"))
    return house.data, incident


def test_erasing_by_command_is_seen_by_the_next_server(ended, house):  # noqa: F811
    data, incident = ended
    assert "erased, entry" in run("privacy", "erase", f"incident:{incident}", "--data", data, "--yes")
    assert served(house).desk.board.closed[incident].erased
    assert "erased_already" in run("privacy", "erase", f"incident:{incident}", "--data", data, "--yes", code=1)


def test_a_hold_stops_an_erasure_until_it_is_released(ended):
    data, incident = ended
    run("privacy", "hold", f"incident:{incident}", "117/2026", "--data", data)
    assert "subject_held" in run("privacy", "erase", f"incident:{incident}", "--data", data, "--yes", code=1)
    run("privacy", "release", f"incident:{incident}", "--data", data)
    run("privacy", "erase", f"incident:{incident}", "--data", data, "--yes")


@pytest.mark.parametrize("subject", ["7", "house:7", "", "incident:"])
def test_a_subject_that_is_none_is_said_to_be(ended, subject):
    assert "incident:1007" in run("privacy", "erase", subject, "--data", ended[0], "--yes", code=2)


def test_nothing_young_is_due(ended):
    assert "0 due, 0 on hold" in run("privacy", "due", "--data", ended[0], "--erase")


def test_the_master_key_is_rotated_and_the_old_one_opens_nothing(ended, house, tmp_path):  # noqa: F811
    data, incident = ended
    before = json.loads(run("keys", "show", "--data", data, "--json"))
    run("keys", "new", tmp_path / "next.key")
    with locked(data):
        assert "stop it first" in run("keys", "rotate", "--data", data, "--new", tmp_path / "next.key", code=2)
    run("keys", "rotate", "--data", data, "--new", tmp_path / "next.key")
    after = json.loads(run("keys", "show", "--data", data, "--json"))
    assert after["keys"] == before["keys"] > 0
    assert after["master_key"] != before["master_key"]
    assert served(house).desk.board.closed[incident].place.text == "187 Mill Lane"
    old = data / "master.key.old"
    assert "wrapped under master key" in run("keys", "show", "--data", data, "--master-key", old, code=2)


def test_a_backup_is_put_back_whole_and_drilled_and_names_nobody(ended, house, tmp_path):  # noqa: F811
    data, incident = ended
    run("keys", "new", tmp_path / "backup.key")
    key = ("--key", tmp_path / "backup.key")
    away = tmp_path / "away"
    away.mkdir()
    run("backup", "make", "--data", data, "-o", away / "monday", *key)
    assert told(away) == set()
    drilled = json.loads(run("backup", "drill", away / "monday", *key, "--master-key", data / "master.key", "--json"))
    assert (drilled["clean"], drilled["erased"]) == (True, 0)
    assert drilled["entries"] > 5
    run("backup", "restore", away / "monday", "-o", tmp_path / "again", *key)
    (data / "master.key").rename(tmp_path / "again" / "master.key")
    again = served(Settings(data=tmp_path / "again", port=0, centre=house.centre))
    assert again.desk.board.closed[incident].summary == "he takes insulin"
    assert "is not empty" in run("backup", "restore", away / "monday", "-o", tmp_path / "again", *key, code=2)
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "again").glob("*.db")} == {0o600}


def test_without_its_keys_a_backup_is_whole_and_tells_of_nobody(ended, tmp_path):
    data, _ = ended
    run("keys", "new", tmp_path / "backup.key")
    run("backup", "make", "--data", data, "-o", tmp_path / "m", "--key", tmp_path / "backup.key")
    (tmp_path / "m.keys").unlink()
    words = ("--key", tmp_path / "backup.key", "--master-key", data / "master.key", "--json")
    drilled = json.loads(run("backup", "drill", tmp_path / "m", *words))
    assert drilled["clean"]
    assert drilled["erased"] == 3


def _flip(at: int):
    return lambda raw: raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


@pytest.mark.parametrize(
    "harm",
    [
        lambda raw: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[: -PIECE_B // 2],
        lambda raw: raw + b"x",
        _flip(30),
        _flip(-1),
        _flip(PIECE_B + 100),
    ],
)
def test_whatever_is_done_to_a_backup_is_found_in_one_line(tmp_path, harm):
    (tmp_path / "a").write_bytes(os.urandom(3 * PIECE_B))
    seal_files([("a", tmp_path / "a")], tmp_path / "b", b"k" * 32)
    (tmp_path / "out").mkdir()
    assert open_files(tmp_path / "b", tmp_path / "out", b"k" * 32) == ["a"]
    assert (tmp_path / "out" / "a").read_bytes() == (tmp_path / "a").read_bytes()
    (tmp_path / "b").write_bytes(harm((tmp_path / "b").read_bytes()))
    with pytest.raises(LogError):
        open_files(tmp_path / "b", tmp_path / "out", b"k" * 32)


def test_another_key_opens_no_backup(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    seal_files([("a", tmp_path / "a")], tmp_path / "b", b"k" * 32)
    with pytest.raises(LogError, match="the key is another one"):
        open_files(tmp_path / "b", tmp_path, b"x" * 32)


def test_a_record_put_back_without_its_keys_says_that_nobody_can_be_named(ended, tmp_path):
    data, _ = ended
    run("keys", "new", tmp_path / "b.key")
    run("backup", "make", "--data", data, "--key", tmp_path / "b.key", "-o", tmp_path / "monday")
    (tmp_path / "monday.keys").unlink()
    said = run("backup", "restore", tmp_path / "monday", "-o", tmp_path / "again", "--key", tmp_path / "b.key")
    assert "nobody can be named or placed" in said
    assert "--master-key" in said
