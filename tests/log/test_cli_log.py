"""`tocsin log` as a person types it."""

from __future__ import annotations

import json
import sqlite3

import pytest
from click.testing import CliRunner

from tocsin.cli.log import log as log_command
from tocsin.log.hashes import leaf_hash

from .entries import a_note, a_track, entries, receipts_of


@pytest.fixture
def data(sqlite_shelf, tmp_path):
    sqlite_shelf.open().append(entries(1, 9), 0, receipts_of(*entries(1, 9)))
    sqlite_shelf.open(durable=False).append([a_track(1)], 0)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(log_command, [str(argument) for argument in arguments])


def test_a_clean_directory_is_called_clean_and_its_head_is_printed(data, sqlite_shelf):
    result = run("verify", data)
    assert result.exit_code == 0, result.output
    head = sqlite_shelf.open().head()
    assert f"9:{head.chain.hex()}" in result.output
    assert head.root.hex() in result.output
    assert result.output.count(": clean,") == 2


def test_the_printed_head_is_taken_back(data):
    said = json.loads(run("verify", data / "decisions.db", "--json").output)
    assert said["clean"] is True
    noted = f"{said['position']}:{said['chain']}"
    assert run("verify", data, "--head", noted).exit_code == 0
    wrong = run("verify", data, "--head", f"8:{said['chain']}", "--head", noted)
    assert wrong.exit_code == 1
    assert "entry 8: the head noted here has another chain" in wrong.output


def test_flaws_are_listed_and_the_exit_code_tells(data):
    with sqlite3.connect(data / "decisions.db") as con:
        con.execute("UPDATE entries SET raw = replace(raw, 'smoke', 'steam') WHERE position = 4")
        con.execute("DELETE FROM entries WHERE position = 6")
    con.close()
    result = run("verify", data)
    assert result.exit_code == 1
    assert "entry 4: its bytes were changed" in result.output
    assert "entry 6: it is missing" in result.output
    assert "copy it as it is before anything else" in result.output
    said = json.loads(run("verify", data, "--json").output.splitlines()[0])
    assert [flaw["position"] for flaw in said["flaws"]] == [4, 6]


def test_an_altered_entry_is_exported_as_it_is_and_said_to_be_altered(data, tmp_path):
    assert run("export", data, "-o", tmp_path / "clean.jsonl").exit_code == 0
    with sqlite3.connect(data / "decisions.db") as con:
        con.execute("UPDATE entries SET raw = replace(raw, 'smoke', 'steam') WHERE position = 4")
    con.close()
    result = run("export", data, "-o", tmp_path / "record.jsonl")
    assert result.exit_code == 1
    assert "one of them does not give the leaf hash" in result.output
    assert len((tmp_path / "record.jsonl").read_text().splitlines()) == 9


LAST = 2**63 - 1
HIDDEN = {
    "a row at the end of all positions": f"INSERT INTO entries SELECT centre, {LAST}, raw, leaf, chain FROM entries",
    "a beginning let go as if it were of tracks": "UPDATE heads SET durable = 0",
}


@pytest.mark.parametrize("what", HIDDEN)
def test_what_was_hidden_well_is_found(data, what):
    with sqlite3.connect(data / "decisions.db") as con:
        con.execute(HIDDEN[what] + (" WHERE position = 4" if "INSERT" in HIDDEN[what] else ""))
    con.close()
    result = run("verify", data)
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit), result.output


def test_a_head_that_is_no_number_is_one_clear_line(data):
    with sqlite3.connect(data / "decisions.db") as con:
        con.execute("UPDATE heads SET position = 'nine'")
    con.close()
    result = run("verify", data)
    assert result.exit_code == 2
    assert "the head of the log is damaged" in result.output


@pytest.mark.parametrize("head", ["", "9", "9:", "9:zz", "x:" + "0" * 64, "-1:" + "0" * 64, "9:" + "0" * 63])
def test_a_head_that_is_none_is_refused(data, head):
    result = run("verify", data, "--head", head)
    assert result.exit_code == 2
    assert "is not a head" in result.output


@pytest.mark.parametrize("command", ["verify", "export"])
def test_what_cannot_be_read_is_one_clear_line(tmp_path, command):
    empty = run(command, tmp_path)
    missing = run(command, tmp_path / "nowhere")
    (tmp_path / "decisions.db").write_text("no database " * 500)
    foreign = run(command, tmp_path)
    for result in (empty, missing, foreign):
        assert result.exit_code == 2
        assert result.output.startswith("Error: ")
        assert result.output.count("\n") == 1


def test_a_folder_without_its_record_is_not_called_clean(data):
    (data / "decisions.db").unlink()
    result = run("verify", data)
    assert (result.exit_code, result.output) == (
        2,
        f"Error: {data}: decisions.db, the record, is missing; tracks.db is there\n",
    )


def test_several_centres_want_a_name(data, sqlite_shelf):
    sqlite_shelf.open("south").append(entries(1, 2), 0, receipts_of(*entries(1, 2)))
    assert run("verify", data).output.count(": clean,") == 3
    assert "--centre" in run("verify", data, "--head", "1:" + "0" * 64).output
    assert "--centre" in run("export", data).output
    assert run("export", data, "--centre", "south").stdout.count("\n") == 2
    assert "no log of centre 'west'" in run("verify", data, "--centre", "west").output


def test_exports_every_entry_with_its_position_and_leaf(data, sqlite_shelf):
    log = sqlite_shelf.open()
    log.append([a_note(10, "حريق 🔥\x00")], 9)
    result = run("export", data)
    lines = result.stdout_bytes.splitlines()
    assert [json.loads(line)["position"] for line in lines] == list(range(1, 11))
    assert json.loads(lines[-1])["fact"]["text"] == "حريق 🔥\x00"
    for line, row in zip(lines, log.rows(), strict=True):
        raw = b"{" + line.split(b",", 1)[1].rsplit(b',"leaf"', 1)[0] + b"}"
        assert raw == row.raw
        assert json.loads(line)["leaf"] == leaf_hash(raw).hex()


def test_exports_to_a_file_from_a_position(data):
    out = data / "export.jsonl"
    assert run("export", data, "-o", out, "--after", "7").exit_code == 0
    assert [json.loads(line)["position"] for line in out.read_bytes().splitlines()] == [8, 9]


def test_an_export_that_fails_leaves_no_half_file(data):
    with sqlite3.connect(data / "decisions.db") as con:
        con.execute("DELETE FROM entries WHERE position = 6")
    con.close()
    result = run("export", data, "-o", data / "export.jsonl")
    assert result.exit_code == 2
    assert "entry 6 is missing" in result.output
    assert [file for file in data.iterdir() if "export" in file.name] == []
    assert run("export", data, "-o", data / "no" / "where").exit_code == 2
