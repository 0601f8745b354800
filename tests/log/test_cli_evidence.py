"""`tocsin log copy`, proofs, keys, publishing and witnesses, as a person types them."""

from __future__ import annotations

import json
import sqlite3
import stat

import pytest
from click.testing import CliRunner

from tocsin.cli.log import log as log_command
from tocsin.log.codec import CODEC
from tocsin.log.hashes import leaf_hash
from tocsin.log.sqlite import SqliteLog

from .entries import a_note, a_track, entries, receipts_of
from .test_verify import rehash


def run(*arguments):
    return CliRunner().invoke(log_command, [str(argument) for argument in arguments])


@pytest.fixture
def data(tmp_path):
    """A data directory with 300 decisions and some tracks."""
    folder = tmp_path / "data"
    folder.mkdir()
    decisions = SqliteLog.open(folder / "decisions.db", "north")
    decisions.append(entries(1, 300), 0, receipts_of(*entries(1, 300)))
    tracks = SqliteLog.open(folder / "tracks.db", "north", durable=False)
    tracks.append([a_track(n) for n in range(1, 11)], 0)
    decisions.close()
    tracks.close()
    return folder


def grow(data, first, last):
    log = SqliteLog.open(data / "decisions.db", "north")
    log.append(entries(first, last), first - 1, receipts_of(*entries(first, last)))
    log.close()


def forge(data, changed):
    """As somebody with the file in hand and patience does it: everything made to fit."""
    log = SqliteLog.open(data / "decisions.db", "north")
    rows = list(log.rows())
    rows[changed - 1] = rows[changed - 1]._replace(raw=CODEC.encode(a_note(changed, "never said")))
    tip = rehash(rows)
    log.close()
    with sqlite3.connect(data / "decisions.db") as con:
        con.execute("DELETE FROM entries")
        con.executemany("INSERT INTO entries VALUES ('north', ?, ?, ?, ?)", rows)
        con.execute("UPDATE heads SET chain = ?, peaks = ?", (tip.chain, tip.pack()))
    con.close()


class TestCopy:
    def test_a_whole_centre_moves_to_postgresql_and_back(self, data, postgres_shelf, tmp_path):
        address = postgres_shelf.server.conninfo
        there = run("copy", data, address)
        assert there.exit_code == 0, there.output
        assert "north, decisions: 300 entries copied" in there.output
        assert "north, tracks: 10 entries copied" in there.output
        assert run("verify", address).output.count(": clean,") == 2
        back = tmp_path / "back"
        back.mkdir()
        assert run("copy", address, back).exit_code == 0
        for name in ("decisions.db", "tracks.db"):
            one, other = (
                SqliteLog.open(folder / name, "north", durable=name[0] == "d", read_only=True)
                for folder in (data, back)
            )
            assert list(one.rows()) == list(other.rows())
            assert list(one.receipts()) == list(other.receipts())
            assert one.head() == other.head()
            one.close()
            other.close()

    def test_again_takes_over_what_is_new(self, data, tmp_path):
        target = tmp_path / "copy.db"
        only = data / "decisions.db"
        assert "300 entries copied" in run("copy", only, target).output
        grow(data, 301, 305)
        assert "5 entries copied, 305 in all" in run("copy", only, target).output
        assert "0 entries copied, 305 in all" in run("copy", only, target).output

    def test_another_record_is_refused(self, data, tmp_path):
        other = SqliteLog.open(tmp_path / "other.db", "north")
        other.append([a_note(1, "another night")], 0)
        other.close()
        result = run("copy", data / "decisions.db", tmp_path / "other.db")
        assert (result.exit_code, result.output.count("\n")) == (2, 1)
        assert "other entries than the source" in result.output

    def test_a_log_of_tracks_does_not_go_where_decisions_are(self, data, tmp_path):
        run("copy", data / "decisions.db", tmp_path / "copy.db")
        result = run("copy", data / "tracks.db", tmp_path / "copy.db")
        assert result.exit_code == 2
        assert "durable decisions" in result.output

    @pytest.mark.parametrize("source", ["nowhere", "postgresql://ana:geheim@127.0.0.1:1/none"])
    def test_a_source_that_is_not_there_is_one_line(self, tmp_path, source):
        result = run("copy", source, tmp_path / "copy.db")
        assert (result.exit_code, result.output.count("\n")) == (2, 1)
        assert "geheim" not in result.output
        assert not (tmp_path / "copy.db").exists()

    def test_without_the_extra_it_says_what_to_install(self, monkeypatch, data):
        monkeypatch.setattr("builtins.__import__", _without("psycopg", __import__))
        result = run("copy", data, "postgresql://127.0.0.1/none")
        assert result.exit_code == 2
        assert "tocsin[postgres]" in result.output


def _without(name, real):
    def refuse(wanted, globals_=None, locals_=None, fromlist=(), level=0):
        if wanted == "tocsin.log" and fromlist and "postgres" in fromlist:
            raise ImportError(f"no module named {name}")
        return real(wanted, globals_, locals_, fromlist, level)

    return refuse


class TestProofs:
    def proof(self, data, tmp_path, *asked):
        result = run("verify", data / "decisions.db", *asked)
        assert result.exit_code == 0, result.output
        file = tmp_path / "proof.json"
        file.write_text(result.stdout)  # the proof alone: words go to standard error
        return file

    def test_of_an_entry_convinces_somebody_without_the_log(self, data, tmp_path):
        file = self.proof(data, tmp_path, "--inclusion", 17)
        said = json.loads(file.read_text())
        assert (said["proof"], said["position"], said["size"]) == ("inclusion", 17, 300)
        line = run("export", data, "--after", 16).stdout.splitlines()[0]
        entry = tmp_path / "entry.json"
        entry.write_text(line)
        result = run("check", file, "--root", said["root"], "--entry", entry)
        assert (result.exit_code, result.output.startswith("proven: entry 17")) == (0, True), result.output
        entry.write_text(line.replace("smoke", "steam"))
        assert run("check", file, "--entry", entry).exit_code == 1
        assert run("check", file, "--root", "00" * 32).exit_code == 1

    def test_of_growth_convinces_too(self, data, tmp_path):
        root = json.loads(run("verify", data / "decisions.db", "--json").output)["root"]
        grow(data, 301, 700)
        file = self.proof(data, tmp_path, "--consistency", f"300:{root}")
        assert json.loads(file.read_text())["old_root"] == root
        assert run("check", file).exit_code == 0
        assert run("check", file, "--entry", file).exit_code == 1

    @pytest.mark.parametrize("field", ["leaf", "root", "position", "size", "hashes"])
    def test_a_proof_changed_in_any_place_is_not_believed(self, data, tmp_path, field):
        file = self.proof(data, tmp_path, "--inclusion", 17)
        said = json.loads(file.read_text())
        said[field] = {
            "leaf": "00" * 32, "root": "00" * 32, "position": 18, "size": 30, "hashes": said["hashes"][:-1],
        }[field]  # fmt: skip
        file.write_text(json.dumps(said))
        result = run("check", file)
        assert result.exit_code == 1
        assert result.output.startswith("not proven: ")

    @pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"proof":"inclusion"}'])
    def test_what_is_no_proof_is_said(self, tmp_path, content):
        file = tmp_path / "proof.json"
        file.write_bytes(content)
        assert run("check", file).exit_code == 2

    def test_hashes_that_are_none_are_said(self, data, tmp_path):
        file = self.proof(data, tmp_path, "--inclusion", 17)
        file.write_text(file.read_text().replace('"root":"', '"root":"zz'))
        result = run("check", file)
        assert (result.exit_code, "no proof" in result.output) == (2, True)

    def test_a_noted_root_that_does_not_fit_is_said(self, data):
        root = json.loads(run("verify", data / "decisions.db", "--json").output)["root"]
        grow(data, 301, 310)
        forge(data, 7)
        assert run("verify", data / "decisions.db").exit_code == 0, "a careful forgery fits itself"
        result = run("verify", data / "decisions.db", "--consistency", f"300:{root}")
        assert result.exit_code == 1
        assert "it does not begin as was noted" in result.output

    @pytest.mark.parametrize("old", ["0", "-1", "x", "5:", "5:zz", "5:" + "0" * 63])
    def test_a_position_that_is_none_is_refused(self, data, old):
        assert run("verify", data, "--consistency", old).exit_code == 2

    def test_beyond_the_end_there_is_nothing_to_prove(self, data):
        assert run("verify", data, "--inclusion", 301).exit_code == 2
        assert run("verify", data, "--consistency", 301).exit_code == 1

    def test_no_proof_is_printed_for_a_flawed_log(self, data):
        with sqlite3.connect(data / "decisions.db") as con:
            con.execute("UPDATE entries SET raw = replace(raw, 'smoke', 'steam') WHERE position = 4")
        con.close()
        result = run("verify", data, "--inclusion", 17)
        assert result.exit_code == 1
        assert '"proof"' not in result.output


@pytest.fixture
def keys(tmp_path):
    """(key file, public key) of the centre."""
    result = run("key", "new", tmp_path / "key", "--name", "north")
    assert result.exit_code == 0, result.output
    return tmp_path / "key", result.output.strip()


class TestKeys:
    def test_a_new_key_is_its_owners_alone(self, keys, tmp_path):
        file, public = keys
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert public.startswith("north+")
        assert run("key", "show", file).output.strip() == public
        assert "PRIVATE" not in run("key", "show", file).output

    def test_is_not_written_over(self, keys):
        before = keys[0].read_bytes()
        assert run("key", "new", keys[0], "--name", "north").exit_code == 2
        assert keys[0].read_bytes() == before

    def test_a_name_that_cannot_be_one_makes_no_file(self, tmp_path):
        assert run("key", "new", tmp_path / "k", "--name", "the north").exit_code == 2
        assert not (tmp_path / "k").exists()


class TestWatching:
    def test_an_honest_centre_and_then_a_forged_one(self, data, keys, tmp_path):
        file, public = keys
        folder, memory = tmp_path / "public", tmp_path / "memory"
        watch = ("witness", folder, "--key", public, "--memory", memory)
        assert run("publish", data, folder, "--signing-key", file).output.startswith("north: 300 entries, root ")
        assert "first time: 300" in run(*watch).output
        assert "as it was" in run(*watch).output
        grow(data, 301, 600)
        run("publish", data, folder, "--signing-key", file)
        assert "nothing altered" in run(*watch).output
        forge(data, 7)
        refused = run("publish", data, folder, "--signing-key", file)
        assert (refused.exit_code, "it was altered" in refused.output) == (2, True)
        other = tmp_path / "other"  # a centre that forgets what it signed
        run("publish", data, other, "--signing-key", file)
        result = run("witness", other, "--key", public, "--memory", memory)
        assert result.exit_code == 1
        assert "REWRITTEN" in result.output
        evidence = next(memory.glob("evidence-*.json"))
        judged = run("judge", evidence, "--key", public)
        assert (judged.exit_code, judged.output.startswith("proven: north signed two histories")) == (0, True)

    def test_cosigning(self, data, keys, tmp_path):
        file, public = keys
        folder, memory = tmp_path / "public", tmp_path / "memory"
        run("publish", data, folder, "--signing-key", file)
        watch = ("witness", folder, "--key", public, "--memory", memory)
        assert run(*watch, "--cosign", file).exit_code == 2
        run("key", "new", tmp_path / "w", "--name", "ombud.example", "--witness")
        assert run(*watch, "--cosign", tmp_path / "w").exit_code == 0
        assert "— ombud.example " in (memory / "cosigned").read_text()
        assert run("publish", data, folder, "--signing-key", tmp_path / "w").exit_code == 2

    def test_of_a_database(self, data, keys, tmp_path, postgres_shelf):
        address = postgres_shelf.server.conninfo
        run("copy", data, address)
        result = run("publish", address, tmp_path / "public", "--signing-key", keys[0])
        assert result.exit_code == 0, result.output
        assert run("verify", address, "--inclusion", 17).exit_code == 0
        assert run("export", address).stdout == run("export", data).stdout

    @pytest.mark.parametrize("key", ["", "north", "north+00000000+AAAA"])
    def test_a_key_that_is_none_is_refused(self, tmp_path, key):
        result = run("witness", tmp_path, "--key", key, "--memory", tmp_path / "m")
        assert result.exit_code == 2
        assert "not a public key" in result.output

    def test_nothing_can_be_said_is_one_line(self, keys, tmp_path):
        for place in (tmp_path, tmp_path / "nowhere", "http://127.0.0.1:1"):
            result = run("witness", place, "--key", keys[1], "--memory", tmp_path / "m")
            assert (result.exit_code, result.output.count("\n")) == (2, 1)
        (tmp_path / "x.json").write_text("{}")
        assert run("judge", tmp_path / "x.json", "--key", keys[1]).exit_code == 2

    def test_exported_bytes_are_the_leaves_that_witnesses_remember(self, data, keys, tmp_path):
        run("publish", data, tmp_path / "public", "--signing-key", keys[0])
        run("witness", tmp_path / "public", "--key", keys[1], "--memory", tmp_path / "memory")
        leaves = (tmp_path / "memory/leaves").read_bytes()
        for n, line in enumerate(run("export", data).stdout_bytes.splitlines()):
            raw = b"{" + line.split(b",", 1)[1].rsplit(b',"leaf"', 1)[0] + b"}"
            assert leaf_hash(raw) == leaves[n * 32 : n * 32 + 32]
