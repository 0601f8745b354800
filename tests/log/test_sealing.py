"""What is sealed stays sealed: nobody's words stand in a store, boxes open only where they belong, erased is gone."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.facts.test_golden import EXAMPLES, example
from tests.log.entries import HARD_TEXTS, T0, a_call, a_note, entry

from tocsin.facts.base import Entry
from tocsin.facts.calls import CallNoted
from tocsin.facts.personal import NOWHERE, blanked, kept_apart, personal_fields, subject_of
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.union import FACT_TYPES
from tocsin.log.codec import CODEC, Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.keyring_sqlite import SqliteKeys
from tocsin.log.master import MasterKey
from tocsin.log.memory import MemoryLog
from tocsin.log.port import LogError
from tocsin.log.sqlite import SqliteLog

PERSONAL_KINDS = [t.__struct_config__.tag for t in FACT_TYPES if personal_fields(t)]
SECRET = "Rita Borg of 14 Old Bakery Street"


@pytest.fixture
def keys(tmp_path):
    store = SqliteKeys(tmp_path / "keys.db", "north")
    yield store
    store.close()


@pytest.fixture
def ring(keys):
    return KeyRing(keys, MasterKey.new(), "north")


@pytest.fixture
def codec(ring):
    return Codec(sealer=ring)


def greps(folder, text: str) -> list[str]:
    """Files of a folder that hold these words, as written or as JSON escapes them."""
    sought = {text.encode(), msgspec.json.encode(text)[1:-1]}
    return [p.name for p in sorted(folder.rglob("*")) if p.is_file() and any(s in p.read_bytes() for s in sought)]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_fact_reads_back_as_it_was_written(codec, kind):
    assert codec.decode(12, codec.encode(example(kind))) == example(kind)


@pytest.mark.parametrize("kind", PERSONAL_KINDS)
def test_no_personal_value_stands_in_the_stored_bytes(codec, kind):
    raw = codec.encode(example(kind))
    told = msgspec.to_builtins(EXAMPLES[kind])
    own = {name for names in kept_apart(type(EXAMPLES[kind])).values() for name in names}
    for name in own & told.keys():  # what a later release added is not in the first example
        value = msgspec.json.encode(told[name]).strip(b'"[]{}')
        assert value not in raw or len(value) < 4, "a single figure may stand there by chance"
    assert msgspec.json.decode(raw)["fact"].keys() & own == set()


@pytest.mark.parametrize("kind", PERSONAL_KINDS)
def test_every_personal_fact_is_about_somebody_so_that_it_has_a_key(kind):
    assert subject_of(EXAMPLES[kind]), f"{kind} bears personal data and no call, report, incident or unit"


@pytest.mark.parametrize("kind", PERSONAL_KINDS)
def test_without_the_key_a_fact_reads_with_nobody_in_it(codec, kind):
    raw = codec.encode(example(kind))
    read = CODEC.decode(12, raw)
    assert read.erased
    assert read.fact == blanked(EXAMPLES[kind])
    CODEC.check(12, raw)


@given(text=st.text())
def test_any_text_is_sealed_and_opened_exactly(text):
    codec = Codec(sealer=KeyRing(Pocket(), MasterKey.new(), "north"))
    one = entry(1, CallNoted(T0, "C1", text))
    try:
        raw = codec.encode(one)
    except LogError:
        return  # half a character: refused by name, as without a seal
    assert codec.decode(1, raw) == one


def test_what_is_erased_is_gone_and_the_rest_is_not(codec, ring):
    kept, gone = codec.encode(a_note(1, "smoke")), codec.encode(a_note(2, SECRET))
    assert ring.erase(erased(["record/call:C2"]), T0) == 1
    assert codec.decode(1, kept).fact.text == "smoke"
    read = codec.decode(2, gone)
    assert (read.fact.text, read.erased) == ("", True)
    codec.check(2, gone)


def test_kinds_of_data_are_erased_apart(codec, ring):
    raw = codec.encode(a_call(1))
    ring.erase(erased(["position/call:C1"]), T0)
    read = codec.decode(1, raw)
    assert (read.fact.number, read.fact.place, read.erased) == ("+356 2122 0000", None, True)
    ring.erase(erased(["record/call:C1"]), T0)
    assert codec.decode(1, raw).fact.number == ""


def test_a_required_place_that_is_erased_says_so(codec, ring):
    raw = codec.encode(example("call.located"))
    ring.erase(erased(["position/call:C-1"]), T0)
    assert codec.decode(1, raw).fact.place == NOWHERE


def test_after_an_erasure_new_words_about_the_same_call_get_a_new_key(codec, ring):
    codec.encode(a_note(1, "first"))
    ring.erase(erased(["record/call:C1"]), T0)
    raw = codec.encode(Entry(2, T0, "ana", "o", 1, CallNoted(T0, "C1", "second")))
    assert codec.decode(2, raw).fact.text == "second"


def test_words_said_after_an_erasure_outlive_its_being_done_again(codec, ring):
    """As every start does, which reads all that was ever erased."""
    before = codec.encode(a_note(1, "first"))
    ring.erase({"record/call:C1": 2}, T0)
    after = codec.encode(Entry(3, T0, "ana", "o", 1, CallNoted(T0, "C1", "second")))
    assert ring.erase({"record/call:C1": 2}, T0) == 0
    assert codec.decode(1, before).erased
    assert codec.decode(3, after).fact.text == "second"
    assert ring.erase({"record/call:C1": 4}, T0) == 1
    assert codec.decode(3, after).erased


def test_nothing_is_sealed_with_a_key_that_is_about_to_be_destroyed(codec, ring):
    """The erasure is recorded, and its keys are there still: they could not be destroyed yet, or not on this node."""
    codec.encode(a_note(1, "first"))
    codec.encode(Entry(2, T0, "ana", "e", 1, PersonalErased(T0, "call:C1", ("call",), ("record/call:C1",), "request")))
    after = codec.encode(Entry(3, T0, "ana", "o", 1, CallNoted(T0, "C1", "second")))
    assert ring.erase({"record/call:C1": 2}, T0) == 1
    assert codec.decode(3, after).fact.text == "second"
    again = codec.encode(Entry(4, T0, "ana", "o", 1, CallNoted(T0, "C1", "third")))
    assert codec.decode(4, again).fact.text == "third"


def test_a_node_reads_no_more_with_a_key_that_another_node_destroyed_first():
    master, keys = MasterKey.new(), Pocket()
    here, there = (KeyRing(keys, master, "north") for _ in range(2))
    raw = Codec(sealer=here).encode(a_note(1, SECRET))
    here.settle()
    assert Codec(sealer=there).decode(1, raw).fact.text == SECRET
    here.erase_now({"record/call:C1": 2})
    there.erase_now({"record/call:C1": 2})
    assert Codec(sealer=there).decode(1, raw).erased


def test_whose_keys_they_are_is_written_down_before_the_entries_are():
    """A node that dies after its write leaves no key that another cannot find."""
    keys = Pocket()
    log = MemoryLog("north", codec=Codec(sealer=KeyRing(keys, MasterKey.new(), "north")))
    log.append([a_note(1, SECRET)], 0)
    assert len(keys.numbers_of(["record/call:C1"])) == 1


def test_a_box_opens_only_beside_its_own_fact(codec):
    one, other = (msgspec.json.decode(codec.encode(a_note(n, f"note {n}"))) for n in (1, 2))
    moved = msgspec.json.encode({**one, "sealed": other["sealed"]})
    with pytest.raises(LogError, match="entry 1 cannot be read: what is sealed in it was altered"):
        codec.decode(1, moved)


def test_a_box_of_another_centre_does_not_open(keys):
    master = MasterKey.new()
    raw = Codec(sealer=KeyRing(keys, master, "north")).encode(a_note(1, "smoke"))
    with pytest.raises(LogError, match="wrapped under another master key"):
        Codec(sealer=KeyRing(keys, master, "south")).decode(1, raw)


def test_another_master_key_opens_nothing_and_says_why(codec, keys):
    raw = codec.encode(a_note(1, "smoke"))
    with pytest.raises(LogError, match="another master key"):
        Codec(sealer=KeyRing(keys, MasterKey.new(), "north")).decode(1, raw)


def test_old_and_sealed_entries_are_read_together(codec):
    rows = [(1, CODEC.encode(a_note(1, "open"))), (2, codec.encode(a_note(2, "sealed")))]
    assert [e.fact.text for e in codec.decode_all(rows)] == ["open", "sealed"]


def test_whole_store_holds_nobody_s_words_and_verifies_after_an_erasure(tmp_path, codec, ring):
    log = SqliteLog.open(tmp_path / "decisions.db", "north", codec=codec)
    told = [a_call(1), *(a_note(n, f"{SECRET} {text}") for n, text in enumerate(HARD_TEXTS, 2))]
    log.append(told, 0)
    before = log.head()
    assert greps(tmp_path, SECRET) == [], "sealed while it is kept"
    assert [e.fact for e in log.read()] == [e.fact for e in told]
    ring.erase(erased([f"{mark}/call:C{n}" for n in range(20) for mark in ("record", "position")]), T0)
    assert all(e.erased for e in log.read())
    assert log.verify([before]) == []
    log.close()
    assert greps(tmp_path, SECRET) == []


def test_nothing_of_an_erased_key_is_left_in_the_file_or_its_journal(tmp_path, codec, ring, keys):
    codec.encode(a_note(1, "smoke"))
    ring.settle()
    wrapped = keys.wrapped(keys.numbers_of(["record/call:C1"])[0])
    assert any(wrapped in p.read_bytes() for p in tmp_path.glob("keys.db*"))
    ring.erase(erased(["record/call:C1"]), T0)
    assert not any(wrapped in p.read_bytes() for p in tmp_path.glob("keys.db*"))


def test_whose_a_key_is_can_be_read_from_the_log_again(tmp_path, keys):
    master = MasterKey.new()
    forgetful = Forgetful(keys)
    codec = Codec(sealer=KeyRing(forgetful, master, "north"))
    log = SqliteLog.open(tmp_path / "decisions.db", "north", codec=codec)
    log.append([a_call(1), a_note(2, "smoke")], 0)
    assert keys.numbers_of(["record/call:C1", "record/call:C2"]) == []
    ring = KeyRing(keys, master, "north")
    ring.learn(log, codec)
    assert len(keys.numbers_of(["record/call:C1", "position/call:C1", "record/call:C2"])) == 3
    ring.erase(erased(["record/call:C2"]), T0)
    log.close()
    again = SqliteLog.open(tmp_path / "decisions.db", "north", codec=Codec(sealer=ring))
    assert [e.erased for e in again.read()] == [False, True]
    again.close()


def test_rotating_the_master_key_changes_every_wrapping_and_no_word(codec, keys):
    old, new = MasterKey.new(), MasterKey.new()
    raw = Codec(sealer=KeyRing(keys, old, "north")).encode(a_note(1, "smoke"))
    count = keys.rewrap(lambda wrapped: new.wrap(old.unwrap(wrapped, b"north"), b"north"), new.mark)
    assert keys.marks() == {new.mark: count}
    assert Codec(sealer=KeyRing(keys, new, "north")).decode(1, raw).fact.text == "smoke"


def test_a_server_that_runs_on_after_a_rotation_makes_no_keys_that_the_new_master_key_does_not_open(keys):
    old, new = MasterKey.new(), MasterKey.new()
    running = Codec(sealer=KeyRing(keys, old, "north", ahead=1))
    raw = running.encode(a_note(1, "smoke"))
    keys.rewrap(lambda wrapped: new.wrap(old.unwrap(wrapped, b"north"), b"north"), new.mark)
    with pytest.raises(LogError, match=f"wrapped under master key {new.mark.hex()}"):
        running.encode(a_note(2, "fire"))
    assert set(keys.marks()) == {new.mark}
    assert Codec(sealer=KeyRing(keys, new, "north")).decode(1, raw).fact.text == "smoke"


def test_master_key_files_are_their_owner_s_alone(tmp_path):
    path = tmp_path / "master.key"
    master = MasterKey.new()
    master.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert MasterKey.load(path).mark == master.mark
    with pytest.raises(LogError, match="never written over"):
        master.save(path)
    path.chmod(0o644)
    with pytest.raises(LogError, match="others may read"):
        MasterKey.load(path)
    path.chmod(0o600)
    path.write_text("not a key")
    with pytest.raises(LogError, match="not a master key"):
        MasterKey.load(path)


def erased(names, position=1_000):
    """Names erased by a fact at this position."""
    return dict.fromkeys(names, position)


class Pocket:
    """Keys in memory, for one test at a time."""

    def __init__(self):
        self.kept, self.names = {}, {}

    def make(self, wrapped, mark):
        first = len(self.kept) + 1
        self.kept.update(enumerate(wrapped, first))
        return list(range(first, first + len(wrapped)))

    def bind(self, bound):
        self.names.update({one.number: (one.name, one.position) for one in bound})

    def bound_up_to(self):
        return 0

    def numbers_of(self, names):
        return [number for number, (name, _) in self.names.items() if name in names]

    def wrapped(self, number):
        return self.kept.get(number)

    def marks(self):
        return {}

    def other_marks(self, _mark):
        return []

    def erase(self, names, at):
        found = [number for number, (name, position) in self.names.items() if position < names.get(name, 0)]
        return sum(self.kept.pop(number, None) is not None for number in found)


class Forgetful:
    """A store whose bindings a power cut took."""

    def __init__(self, keys):
        self._keys = keys

    def bind(self, bound):
        pass

    def __getattr__(self, name):
        return getattr(self._keys, name)
