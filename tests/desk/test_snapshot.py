"""Snapshot + tail = everything folded anew, whatever happened; and a snapshot that may not be believed is not."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from tests.desk.hall import Clock, Ticks, encode, plain, same_as_fresh
from tests.world import CATALOGUE, OPENED, T0, entries_of, story

from tocsin.desk import snapshot
from tocsin.desk.desk import Desk
from tocsin.desk.snapshot import FILE, KEY, MAGIC, NONCE_B, Folded, Snapshots
from tocsin.facts.privacy import PersonalErased
from tocsin.log.master import FILE as MASTER
from tocsin.log.master import SNAPSHOT, MasterKey
from tocsin.log.memory import MemoryLog
from tocsin.log.port import LogError
from tocsin.log.sqlite import SqliteLog


def logged(seed: int, count: int, centre: str = "north", log=None):
    log = log or MemoryLog(centre)
    entries = story(random.Random(seed), count)
    log.append(entries, 0)
    return log


def folded(log, until: int | None = None) -> Folded:
    state = Folded()
    for entry in log.read(0, until):
        state.fold(entry)
    return state


@for_all(seed=st.integers(0, 10**9), share=st.floats(0, 1))
def test_snapshot_and_tail_are_a_fresh_fold(tmp_path_factory, seed, share):
    log = logged(seed, 150)
    keep = Snapshots(tmp_path_factory.mktemp("s"), log)
    split = max(1, int(log.position() * share))
    keep.write(folded(log, split))
    state = keep.load()
    assert state is not None
    assert state == folded(log, split)
    for entry in log.read(split):
        state.fold(entry)
    fresh = folded(log)
    assert state == fresh
    assert encode(plain(state.room)) == encode(fresh.room)  # also in its order
    assert encode(plain(state.board)) == encode(fresh.board)


def test_a_desk_that_begins_with_a_snapshot_is_the_desk_that_folded_everything(tmp_path, monkeypatch):
    log = logged(7, 400)
    Snapshots(tmp_path, log).write(folded(log, log.position() - 40))
    read: list[int] = []
    plain = MemoryLog.read

    def spied(self, after=0, limit=None):
        if self is log:
            read.append(after)
        return plain(self, after, limit)

    monkeypatch.setattr(MemoryLog, "read", spied)

    async def run(snapshots) -> Desk:
        desk = Desk(log, MemoryLog("north", durable=False), CATALOGUE, Clock(T0 + 10**6))
        desk.sleep = Ticks().sleep
        desk.snapshots = snapshots
        await desk.start("north", "North", "exercise")
        await desk.stop()
        return desk

    anew = asyncio.run(run(None))
    assert read[0] == 0
    read.clear()
    quick = asyncio.run(run(Snapshots(tmp_path, log)))
    assert min(read) == log.position() - 40
    assert quick.board == anew.board
    assert quick._timelines == anew._timelines
    same_as_fresh(quick, log)


def _flip(at: int) -> Callable[[bytes], bytes]:
    return lambda raw: raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda _: b"", "another format"),
        (lambda raw: raw.replace(b"snapshot 3", b"snapshot 2"), "another format"),
        (lambda raw: raw[:-1], "not made here, or was changed"),
        (_flip(len(MAGIC)), "not made here, or was changed"),
        (_flip(len(MAGIC) + NONCE_B + 6), "not made here, or was changed"),
        (_flip(-5), "not made here, or was changed"),
    ],
)
def test_a_forged_snapshot_is_refused(tmp_path, caplog, harm, why):
    log = logged(1, 60)
    keep = Snapshots(tmp_path, log)
    keep.write(folded(log))
    file = tmp_path / FILE
    file.write_bytes(harm(file.read_bytes()))
    assert keep.load() is None
    assert why in caplog.text
    assert keep.renew() == folded(log)
    assert keep.load() == folded(log)


def test_there_is_no_snapshot_before_the_keys_of_all_who_are_erased_in_it_are_gone(tmp_path):
    """Whoever begins from it reads of nobody who was erased before. Found by the simulation of faults."""
    log = MemoryLog("north")
    log.append(entries_of(OPENED, PersonalErased(T0, "call:1", ("call",), ("record/call:1",), "request")), 0)
    keep, told = Snapshots(tmp_path, log), []

    def fails(_keys):
        raise LogError("the keys cannot be reached")

    keep.destroy = fails
    with pytest.raises(LogError, match="cannot be reached"):
        keep.renew()
    assert keep.load() is None
    keep.destroy = told.append
    keep.renew()
    assert told == [{"record/call:1": 2}]
    assert keep.load() == folded(log)


def test_a_snapshot_of_another_node_is_refused(tmp_path, caplog):
    log = logged(1, 60)
    Snapshots(tmp_path, log).write(folded(log))
    (tmp_path / KEY).write_bytes(bytes(32))
    assert Snapshots(tmp_path, log).load() is None
    assert "not made here" in caplog.text


def test_a_snapshot_of_another_history_is_refused(tmp_path, caplog):
    log = logged(1, 60)
    Snapshots(tmp_path, log).write(folded(log))
    assert Snapshots(tmp_path, logged(2, 60)).load() is None
    assert Snapshots(tmp_path, MemoryLog("north")).load() is None  # put back from before it was made
    assert caplog.text.count("the chain at its position is another") == 2
    assert Snapshots(tmp_path, logged(1, 60, "south")).load() is None
    assert "of centre 'north'" in caplog.text


def test_a_snapshot_of_other_code_is_refused(tmp_path, caplog, monkeypatch):
    log = logged(1, 60)
    Snapshots(tmp_path, log).write(folded(log))
    monkeypatch.setattr(snapshot, "code", lambda: "another")
    assert Snapshots(tmp_path, log).load() is None
    assert "another release made it" in caplog.text


def test_every_field_that_is_folded_stands_in_the_snapshot():
    """A field that cannot be written would be lost at the next start: better that it fails here."""
    kinds = (
        Folded,
        *(field.type for field in msgspec.structs.fields(Folded) if hasattr(field.type, "__struct_fields__")),
    )
    for kind in kinds:
        own = set(vars(kind())) if hasattr(kind(), "__dict__") else set()
        assert own == set(), f"{kind.__name__} has state beside its fields: {own}"


def test_the_command_keeps_a_picture_that_the_server_begins_with(tmp_path):
    from click.testing import CliRunner

    from tocsin.cli import main

    with_log = SqliteLog.open(tmp_path / "decisions.db", "north")
    logged(3, 120, log=with_log)
    result = CliRunner().invoke(main, ["log", "snapshot", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"folded {with_log.position()} entries")
    secret = MasterKey.load(tmp_path / MASTER).derive(SNAPSHOT)
    assert Snapshots(tmp_path, with_log, secret).load() == folded(with_log)
    assert Snapshots(tmp_path, with_log).load() is None, "the folder's own key alone opens nothing"
    assert b"Rua do Ouro" not in (tmp_path / FILE).read_bytes()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    assert (tmp_path / KEY).stat().st_mode & 0o077 == 0
    with_log.close()


def test_the_keeper_has_one_made_when_enough_has_come(tmp_path):
    from tocsin.desk.snapshot_keeper import keep_snapshots

    made = tmp_path / "made"

    async def run() -> None:
        at = [10]
        keeping = asyncio.create_task(
            keep_snapshots(
                lambda: at[0], 5, ["sh", "-c", f"echo $WORD >> {made}"], {"WORD": "x"}, every=10, look_s=0.01
            )
        )
        await asyncio.sleep(0.05)
        assert not made.exists()
        at[0] = 16
        async with asyncio.timeout(30):
            while not made.exists():
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    asyncio.run(run())
    assert made.read_text() == "x\n"
