"""A centre that is honest, a centre that is not, and what a witness outside can say of each."""

from __future__ import annotations

import http.server
import os
import shutil
import threading
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.log.codec import CODEC
from tocsin.log.memory import MemoryLog
from tocsin.log.notes import Checkpoint, Note, NoteError, PrivateKey
from tocsin.log.port import LogError
from tocsin.log.tiles import NoTile
from tocsin.log.tiles_published import Published
from tocsin.log.witness import Seen, Witness
from tocsin.log.witness_evidence import Evidence
from tocsin.log.witness_source import Folder, Web, source_at

from .entries import a_call, a_note, entries

KEY = PrivateKey("north", 1, b"\x01" * 32)
OMBUD = PrivateKey("ombud.example/w", 4, b"\x02" * 32)
SIZES = [1, 255, 256, 257, 600]


def a_log(count: int, changed: int | None = None) -> MemoryLog:
    log = MemoryLog("north")
    lines = entries(1, count)
    if changed is not None:
        lines[changed - 1] = a_note(changed, "never said")
    log.append(lines, 0)
    return log


class Centre:
    """A centre with a folder that the world can read. `publish` shows a log in it, whatever was shown before."""

    def __init__(self, path):
        self.folder = path / "public"
        self.folder.mkdir()
        self._path = path
        self._times = 0

    def publish(self, log) -> None:
        self._times += 1
        memory = self._path / f"memory-{self._times}"  # a dishonest centre forgets what it signed
        memory.mkdir()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        Published(log, [KEY], memory).write_to(self.folder)


@pytest.fixture
def centre(tmp_path):
    return Centre(tmp_path)


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "witness"


def witness(centre, memory, **how):
    return Witness(memory, Folder(centre.folder), [KEY.public], **how)


def test_an_honest_centre_is_followed_as_it_grows(centre, memory):
    seen = []
    for size in (1, 1, 255, 256, 257, 600, 600, 1_000):
        centre.publish(a_log(size))
        outcome = witness(centre, memory).look()
        assert outcome.fine
        seen.append((outcome.seen, outcome.old, outcome.new))
    assert [one[0] for one in seen] == [
        Seen.FIRST, Seen.SAME, Seen.GROWN, Seen.GROWN, Seen.GROWN, Seen.GROWN, Seen.SAME, Seen.GROWN,
    ]  # fmt: skip
    assert seen[-1][1:] == (600, 1_000)
    assert (memory / "leaves").stat().st_size == 1_000 * 32


def test_an_empty_log_is_followed_too(centre, memory):
    centre.publish(MemoryLog("north"))
    assert witness(centre, memory).look().fine
    centre.publish(a_log(3))
    assert witness(centre, memory).look().fine


@pytest.mark.parametrize("old", SIZES)
@pytest.mark.parametrize("more", [0, 1, 300])
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_one_altered_entry_is_proven(centre, memory, old, more, where):
    changed = {"first": 1, "middle": (old + 1) // 2, "last": old}[where]
    centre.publish(a_log(old))
    witness(centre, memory).look()
    centre.publish(a_log(old + more, changed))
    outcome = witness(centre, memory).look()
    assert outcome.seen is Seen.REWRITTEN
    if more:
        assert f"from entry {changed} on" in outcome.words
    assert "two histories" in Evidence.decode(outcome.evidence.read_bytes()).judge([KEY.public])


def test_the_accused_tree_is_not_believed_and_is_accused_again(centre, memory):
    centre.publish(a_log(300))
    witness(centre, memory).look()
    for _ in range(2):
        centre.publish(a_log(400, 10))
        assert witness(centre, memory).look().seen is Seen.REWRITTEN
    centre.publish(a_log(400))
    assert witness(centre, memory).look() [:3] == (Seen.GROWN, 300, 400)  # fmt: skip


def test_entries_cut_off_the_end_are_noticed(centre, memory):
    centre.publish(a_log(300))
    witness(centre, memory).look()
    centre.publish(a_log(290))
    outcome = witness(centre, memory).look()
    assert (outcome.seen, outcome.fine) == (Seen.SHORTER, False)
    assert "10 entries that were signed are gone" in outcome.words


@pytest.mark.parametrize("new", [1, 256, 290])
def test_a_shorter_tree_with_an_altered_entry_is_proven(centre, memory, new):
    centre.publish(a_log(300))
    witness(centre, memory).look()
    centre.publish(a_log(new, 1))
    outcome = witness(centre, memory).look()
    assert outcome.seen is Seen.REWRITTEN
    assert Evidence.decode(outcome.evidence.read_bytes()).judge([KEY.public])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.data())
def test_no_rewriting_is_overlooked_and_no_growth_is_accused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("centre")
    centre, memory = Centre(path), path / "witness"
    old = data.draw(st.integers(1, 600), label="old")
    new = data.draw(st.integers(1, 700), label="new")
    changed = data.draw(st.none() | st.integers(1, min(old, new)), label="changed")
    centre.publish(a_log(old))
    witness(centre, memory).look()
    centre.publish(a_log(new, changed))
    outcome = witness(centre, memory).look()
    if changed is not None:
        assert outcome.seen is Seen.REWRITTEN
        Evidence.decode(outcome.evidence.read_bytes()).judge([KEY.public])
    else:
        assert outcome.seen is (Seen.SHORTER if new < old else Seen.SAME if new == old else Seen.GROWN)


def test_no_word_of_a_caller_leaves_the_centre(centre, memory):
    log = MemoryLog("north")
    log.append([a_call(1), a_note(2, "Rita says the stairs are on fire")], 0)
    centre.publish(log)
    witness(centre, memory).look(OMBUD)
    files = [file for folder in (centre.folder, memory) for file in folder.rglob("*") if file.is_file()]
    assert len(files) == 5
    for file in files:
        content = file.read_bytes()
        assert b"Rita" not in content
        assert b"2122" not in content
    with pytest.raises(NoTile):
        Folder(centre.folder).fetch("tile/entries/000.p/2")
    published = Published(log, [KEY], centre.folder)
    with pytest.raises(NoTile, match="personal"):
        published.bytes_for("tile/entries/000.p/2")
    assert b"Rita" in published.entries_for("tile/entries/000.p/2")


def test_a_checkpoint_under_another_key_or_name_says_nothing(centre, memory):
    centre.publish(a_log(3))
    stranger = PrivateKey("north", 1, b"\x09" * 32)
    with pytest.raises(NoteError, match="not signed by a key that you trust"):
        Witness(memory, Folder(centre.folder), [stranger.public]).look()
    with pytest.raises(NoteError, match="not of 'south'"):
        witness(centre, memory, origin="south").look()
    assert not (memory / "checkpoint").exists()


def flip(file):
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("harm", ["flipped", "short", "missing", "no checkpoint"])
@pytest.mark.parametrize("first", [True, False])
def test_tiles_that_do_not_fit_their_checkpoint_accuse_nobody(centre, memory, harm, first):
    if not first:
        centre.publish(a_log(255))
        witness(centre, memory).look()
    centre.publish(a_log(300))
    tile = centre.folder / "tile/0/001.p/44"
    if harm == "flipped":
        flip(tile)
    elif harm == "short":
        tile.write_bytes(tile.read_bytes()[:-32])
    elif harm == "missing":
        tile.unlink()
    else:
        (centre.folder / "checkpoint").unlink()
    with pytest.raises(LogError):
        witness(centre, memory).look()
    assert not list(memory.glob("evidence*"))
    centre.publish(a_log(301))
    assert witness(centre, memory).look().fine


def test_a_partial_tile_that_has_been_filled_since_is_taken_from_the_full_one(centre, memory):
    centre.publish(a_log(600))
    (centre.folder / "tile/0/002.p/88").rename(centre.folder / "kept")
    full = centre.folder / "tile/0/002"
    full.write_bytes((centre.folder / "kept").read_bytes() + b"\x00" * 168 * 32)
    shutil.rmtree(centre.folder / "tile/0/002.p")
    assert witness(centre, memory).look().seen is Seen.FIRST


@pytest.mark.parametrize("size", [10**18, 2**62])
def test_a_boastful_checkpoint_costs_one_look(centre, memory, size):
    centre.publish(a_log(3))
    boast = Checkpoint("north", size, b"\x00" * 32).note().signed([KEY])
    (centre.folder / "checkpoint").write_bytes(boast.bytes())
    with pytest.raises(NoTile):
        witness(centre, memory).look()


def test_a_checkpoint_that_makes_no_sense_accuses_nobody(centre, memory):
    """A tree of nothing has one root only; what is signed here is no history at all."""
    centre.publish(a_log(3))
    witness(centre, memory).look()
    nonsense = Checkpoint("north", 0, b"\x07" * 32).note().signed([KEY])
    (centre.folder / "checkpoint").write_bytes(nonsense.bytes())
    with pytest.raises(LogError):
        witness(centre, memory).look()
    assert not list(memory.glob("evidence*"))


@pytest.mark.parametrize("file", ["checkpoint", "leaves"])
def test_a_memory_that_was_harmed_says_so_and_accuses_nobody(centre, memory, file):
    centre.publish(a_log(300))
    witness(centre, memory).look()
    flip(memory / file)
    with pytest.raises(LogError, match="remembered"):
        witness(centre, memory)


def test_a_kept_root_that_was_harmed_costs_nothing(centre, memory):
    centre.publish(a_log(600))
    witness(centre, memory).look()
    flip(memory / "roots")
    centre.publish(a_log(700))
    assert witness(centre, memory).look().fine


def test_hashes_that_were_written_but_not_yet_believed_are_forgotten(centre, memory):
    centre.publish(a_log(300))
    witness(centre, memory).look()
    with (memory / "leaves").open("ab") as file:  # as a power cut between leaves and checkpoint leaves them
        file.write(os.urandom(1_000))
    centre.publish(a_log(400))
    assert witness(centre, memory).look().seen is Seen.GROWN


class TestEvidence:
    def evidence(self, centre, memory) -> Evidence:
        centre.publish(a_log(300))
        witness(centre, memory).look()
        centre.publish(a_log(400, 10))
        return Evidence.decode(witness(centre, memory).look().evidence.read_bytes())

    def test_needs_the_centres_key(self, centre, memory):
        with pytest.raises(NoteError, match="not signed"):
            self.evidence(centre, memory).judge([OMBUD.public])

    def test_of_honest_growth_is_refused(self, centre, memory):
        evidence = self.evidence(centre, memory)
        centre.publish(a_log(400))
        watching = witness(centre, memory)
        watching.look()
        honest = evidence._replace(
            later=(centre.folder / "checkpoint").read_bytes(), proof=watching.tiles().consistency(300, 400, whole=True)
        )
        with pytest.raises(LogError, match="nothing was rewritten"):
            honest.judge([KEY.public])

    def test_with_a_made_up_proof_is_refused(self, centre, memory):
        evidence = self.evidence(centre, memory)
        for proof in ([], evidence.proof[:-1], [os.urandom(32), *evidence.proof[1:]], [b"x", *evidence.proof[1:]]):
            with pytest.raises(LogError):
                evidence._replace(proof=proof).judge([KEY.public])

    def test_about_two_logs_is_refused(self, centre, memory):
        other = Checkpoint("south", 400, b"\x00" * 32).note().signed([KEY])
        with pytest.raises(LogError, match="two logs"):
            self.evidence(centre, memory)._replace(later=other.bytes()).judge([KEY.public])

    def test_twice_the_same_checkpoint_is_refused(self, centre, memory):
        evidence = self.evidence(centre, memory)
        with pytest.raises(LogError, match="nothing was rewritten"):
            evidence._replace(later=evidence.earlier).judge([KEY.public])

    @pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"earlier":1,"later":2,"proof":3}', b"\xff"])
    def test_that_is_none_is_refused(self, data):
        with pytest.raises(LogError, match="no evidence"):
            Evidence.decode(data)


class TestPublished:
    def published(self, log, tmp_path, **how) -> Published:
        (tmp_path / "signed").mkdir(exist_ok=True)
        return Published(log, how.pop("keys", [KEY]), tmp_path / "signed", **how)

    def test_signs_where_the_log_stands_and_signs_anew_only_when_it_grew(self, shelf, tmp_path):
        log = shelf.open()
        log.append(entries(1, 300), 0)
        published = self.published(log, tmp_path)
        first = published.checkpoint()
        assert Checkpoint.read(Note.parse(first).text) == Checkpoint("north", 300, log.head().root)
        written = (tmp_path / "signed/checkpoint").stat().st_mtime_ns
        assert published.checkpoint() == first
        assert (tmp_path / "signed/checkpoint").stat().st_mtime_ns == written
        log.append(entries(301, 302), 300)
        assert Checkpoint.read(Note.parse(published.checkpoint()).text).size == 302
        assert published.bytes_for("checkpoint") == published.checkpoint()
        assert len(published.bytes_for("tile/0/001.p/46")) == 46 * 32

    def test_gives_out_no_tile_that_no_checkpoint_speaks_of(self, tmp_path):
        log = a_log(300)
        published = self.published(log, tmp_path)
        with pytest.raises(NoTile):
            published.bytes_for("tile/0/000")
        published.checkpoint()
        log.append(entries(301, 302), 300)
        with pytest.raises(NoTile):
            published.bytes_for("tile/0/001.p/46")
        with pytest.raises(NoTile):
            published.entries_for("tile/entries/001.p/46")
        assert published.bytes_for("tile/0/001.p/44")
        again = self.published(log, tmp_path)
        assert again.bytes_for("tile/0/001.p/44")
        with pytest.raises(NoTile):
            again.bytes_for("tile/0/001.p/46")

    @pytest.mark.parametrize(("count", "changed", "words"), [(400, 10, "it was altered"), (290, None, "cut short")])
    def test_never_signs_two_histories(self, tmp_path, count, changed, words):
        self.published(a_log(300), tmp_path).checkpoint()
        with pytest.raises(LogError, match=words):
            self.published(a_log(count, changed), tmp_path)

    def test_never_signs_two_histories_within_one_run(self, shelf, tmp_path):
        log = shelf.open()
        log.append(entries(1, 300), 0)
        published = self.published(log, tmp_path)
        signed = published.checkpoint()
        rows = shelf.rows(log)
        rows[9] = rows[9]._replace(raw=CODEC.encode(a_note(10, "never said")))
        from .test_verify import rehash

        tip = rehash(rows)
        shelf.put(log, rows)
        shelf.put_head(log, tip)
        log.append(entries(301, 301), 300)
        with pytest.raises(LogError, match=r"altered|do not give"):
            published.checkpoint()
        assert (tmp_path / "signed/checkpoint").read_bytes() == signed

    def test_a_new_key_takes_over_while_the_old_one_is_known(self, tmp_path):
        self.published(a_log(3), tmp_path).checkpoint()
        new = PrivateKey("north", 1, b"\x05" * 32)
        with pytest.raises(NoteError, match="not signed"):
            self.published(a_log(4), tmp_path, keys=[new])
        both = Note.parse(self.published(a_log(4), tmp_path, keys=[KEY, new]).checkpoint())
        assert both.check([new.public, KEY.public]) == [KEY.public, new.public]

    def test_another_origin_is_refused_in_the_same_folder(self, tmp_path):
        self.published(a_log(3), tmp_path).checkpoint()
        with pytest.raises(LogError, match=r"not of 'example\.org/north'"):
            self.published(a_log(3), tmp_path, origin="example.org/north")

    def test_writes_only_what_is_new(self, tmp_path):
        folder = tmp_path / "public"
        log = a_log(600)
        published = self.published(log, tmp_path)
        folder.mkdir()
        published.write_to(folder)
        before = {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}
        log.append(entries(601, 602), 600)
        published.write_to(folder)
        after = {file for file in folder.rglob("*") if file.is_file()}
        assert {str(file.relative_to(folder)) for file in after - before.keys()} == {"tile/0/002.p/90"}
        assert [str(f.relative_to(folder)) for f in before if f.stat().st_mtime_ns != before[f]] == ["checkpoint"]

    def test_takes_over_the_signatures_of_witnesses_it_knows(self, centre, memory, tmp_path):
        log = a_log(300)
        published = self.published(log, tmp_path)
        published.write_to(centre.folder)
        witness(centre, memory).look(OMBUD)
        note = (memory / "cosigned").read_bytes()
        with pytest.raises(NoteError, match="knows none of the witnesses"):
            published.add_cosignatures(note, [KEY.public])
        assert published.add_cosignatures(note, [OMBUD.public]) == 1
        assert published.add_cosignatures(note, [OMBUD.public]) == 0
        both = Note.parse(published.checkpoint())
        assert both.check([KEY.public, OMBUD.public]) == [KEY.public, OMBUD.public]
        assert self.published(log, tmp_path).checkpoint() == both.bytes()
        log.append(entries(301, 301), 300)
        published.checkpoint()
        with pytest.raises(NoteError, match="another checkpoint"):
            published.add_cosignatures(note, [OMBUD.public])


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        elif self.path.startswith("/broken/"):
            self.send_error(500)
        else:
            super().do_GET()

    def log_message(self, *_args):
        pass


@pytest.fixture
def server(centre):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(centre.folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_centre_is_followed_over_http(centre, memory, server):
    for size in (300, 700):
        centre.publish(a_log(size))
        assert Witness(memory, source_at(server + "/"), [KEY.public]).look().fine
    centre.publish(a_log(800, 5))
    assert Witness(memory, source_at(server), [KEY.public]).look().seen is Seen.REWRITTEN


def test_what_the_web_refuses_is_said(server):
    with pytest.raises(NoTile, match="there is no"):
        Web(server).fetch("tile/9/000")
    with pytest.raises(LogError, match="answered 500"):
        Web(server + "/broken").fetch("x")
    with pytest.raises(LogError, match="302"):
        Web(server + "/moved").fetch("x")
    with pytest.raises(LogError, match="refused"):
        Web("http://127.0.0.1:1").fetch("checkpoint")


def test_a_place_that_is_neither_folder_nor_web_is_said(tmp_path):
    for place in ("ftp://example.org", "file:///etc", str(tmp_path / "nowhere")):
        with pytest.raises(LogError, match="neither"):
            source_at(place)


def test_an_answer_that_never_ends_is_cut_off(centre, memory):
    centre.publish(a_log(3))
    (centre.folder / "checkpoint").write_bytes(b"x" * 1_000_001)
    with pytest.raises(LogError, match="far too long"):
        witness(centre, memory).look()
