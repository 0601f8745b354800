"""A whole server, its folder searched byte by byte: sealed while kept, gone when erased, and the record still whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tocsin.app import App, AppError, build
from tocsin.cli import main
from tocsin.domain.orders import (
    AnswerCall,
    CancelUnit,
    CloseIncident,
    DispatchUnits,
    NoteCall,
    OpenIncident,
    ReceiveCall,
    RegisterUnit,
    UnitOnDuty,
)
from tocsin.domain.orders_privacy import ErasePersonal
from tocsin.domain.refusals import Refusal
from tocsin.facts.values import Place
from tocsin.log.master import FILE as MASTER
from tocsin.log.master import VARIABLE, MasterKey
from tocsin.log.sqlite import SqliteLog
from tocsin.settings import Centre, Settings

NUMBER, NAME, WORDS, ADDRESS = "+35679123456", "Zita Farrugia", "he takes insulin", "187 Mill Lane"
SECRETS = (NUMBER, NAME, WORDS, ADDRESS, "14.5142738")


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", port=0, centre=Centre("north", "North", "exercise"))


async def give(app: App, *orders) -> None:
    for n, order in enumerate(orders):
        answer = await app.desk.give(order, by="ana", key=f"{app.desk.position()}-{n}")
        assert not isinstance(answer, Refusal), answer


def served(settings: Settings, *orders) -> App:
    """The desk after these orders, stopped."""

    async def run() -> App:
        app = build(settings)
        await app.desk.start("north", "North", "exercise")
        await give(app, *orders)
        await app.desk.stop()
        app.close()
        return app

    return asyncio.run(run())


def told(folder: Path) -> set[str]:
    """Which of the secrets stand anywhere in the folder, as text or as JSON escapes it."""
    data = b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {secret for secret in SECRETS if secret.encode() in data or msgspec.json.encode(secret)[1:-1] in data}


A_CALL = (
    ReceiveCall("112", NUMBER, NAME, Place(35.9, 14.5142738, how="caller")),
    AnswerCall("1"),
    NoteCall("1", WORDS),
    OpenIncident("MED-ILLNESS", place=Place(35.9, 14.5142738, ADDRESS, "address"), calls=("1",), summary=WORDS),
)


def closed(app: App) -> str:
    return next(iter(app.desk.board.incidents or app.desk.board.closed))


def test_while_it_is_kept_nobody_s_words_stand_in_the_folder_and_every_screen_shows_them(house: Settings) -> None:
    app = served(house, *A_CALL)
    row = app.desk.board.incidents[closed(app)]
    assert (row.summary, row.place.text) == (WORDS, ADDRESS)
    assert told(house.data) == set()
    again = served(house)
    assert again.desk.board.incidents[row.id] == row


def test_what_is_erased_is_gone_from_the_picture_the_timeline_and_the_folder(house: Settings) -> None:
    incident = closed(served(house, *A_CALL))
    app = served(house, CloseIncident(incident, "handled", WORDS), ErasePersonal(f"incident:{incident}"))
    row = app.desk.board.closed[incident]
    assert (row.summary, row.place.how, row.erased) == ("", "erased", True)
    assert told(house.data) == set()

    async def read() -> tuple:
        app = build(house)
        await app.desk.start()
        timeline = await app.desk.timeline(incident)
        await app.desk.stop()
        app.close()
        return timeline.entries, app.desk.board.closed[incident]

    entries, again = asyncio.run(read())
    assert again == row
    kinds = [entry.fact.__struct_config__.tag for entry in entries]
    assert {"call.received", "call.noted", "incident.opened", "incident.closed", "personal.erased"} <= set(kinds)
    assert all(entry.by == "ana" for entry in entries), "who decided is still told"
    assert not any(secret in str(msgspec.to_builtins(entries)) for secret in SECRETS)
    assert next(entry for entry in entries if entry.fact.__struct_config__.tag == "call.noted").erased


@pytest.mark.parametrize("agency", ["", "fire"])
def test_whoever_resumes_after_an_erasure_is_told_no_more_than_the_record_still_says(
    house: Settings, agency: str
) -> None:
    async def told_from(app: App, after: int) -> str:
        async for frame in app.desk.tail_of(agency).follow(after, app.desk.now()):
            return frame.data.decode()
        raise AssertionError("a tail does not end")

    async def run() -> tuple[str, str]:
        app = build(house)
        await app.desk.start("north", "North", "exercise")
        app.desk.tail_of(agency)
        home = Place(35.9, 14.5)
        await give(app, RegisterUnit("E1", "pumper", "fire", (), home), UnitOnDuty("E1", 4), *A_CALL)
        incident = closed(app)
        seen = app.desk.position()
        await give(app, DispatchUnits(incident, ("E1",)), CancelUnit("E1"))
        before = await told_from(app, seen)
        await give(app, CloseIncident(incident, "handled", WORDS), ErasePersonal(f"incident:{incident}"))
        after = await told_from(app, seen)
        await app.desk.stop()
        app.close()
        return before, after

    before, after = asyncio.run(run())
    assert WORDS in before
    assert not any(secret in after for secret in SECRETS)


def test_the_record_verifies_before_and_after_an_erasure_without_any_key(house: Settings) -> None:
    app = served(house, *A_CALL)
    path = house.data / "decisions.db"
    log = SqliteLog.open(path, "north", read_only=True)
    before = log.head()
    assert log.verify() == []
    log.close()
    incident = closed(app)
    served(house, CloseIncident(incident, "handled"), ErasePersonal(f"incident:{incident}"))
    log = SqliteLog.open(path, "north", read_only=True)
    assert log.verify([before]) == []
    log.close()


def test_an_erasure_whose_keys_could_not_be_destroyed_is_done_at_the_next_start(
    house: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = closed(served(house, *A_CALL))
    monkeypatch.setattr("tocsin.log.keyring.KeyRing.erase_now", lambda _ring, _names: 0)
    served(house, CloseIncident(incident, "handled"), ErasePersonal(f"incident:{incident}"))
    assert readable(house, incident) == {WORDS}
    monkeypatch.undo()
    served(house)
    assert readable(house, incident) == set()


def readable(house: Settings, incident: str) -> set[str]:
    """What the keys at hand still tell of an incident's summary."""
    app = build(house)
    opened = [e.fact for e in app.desk._log.read() if e.fact.__struct_config__.tag == "incident.opened"]
    app.close()
    return {fact.summary for fact in opened if fact.incident == incident} - {""}


def test_another_master_key_is_one_line_at_the_start(house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    served(house, *A_CALL)
    monkeypatch.setenv(VARIABLE, MasterKey.new().line())
    with pytest.raises(AppError, match="the keys were wrapped under master key"):
        build(house)
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(AppError, match=f"{VARIABLE}: this is not a master key"):
        build(house)


def test_keys_without_their_master_key_are_not_left_for_a_new_one(house: Settings) -> None:
    served(house, *A_CALL)
    (house.data / MASTER).rename(house.data.parent / "away.key")
    with pytest.raises(AppError, match="name its file with --master-key"):
        build(house)
    assert not (house.data / MASTER).exists()


def test_a_start_from_a_snapshot_shows_everybody_and_nobody_who_was_erased(house: Settings) -> None:
    incident = closed(served(house, *A_CALL))
    row = served(house).desk.board.incidents[incident]
    snapshot(house)
    assert told(house.data) == set()
    app = served(house)
    assert app.desk.snapshot_at > 0, "begun from the snapshot"
    assert app.desk.board.incidents[incident] == row
    served(house, CloseIncident(incident, "handled"), ErasePersonal(f"incident:{incident}"))
    snapshot(house)
    assert served(house).desk.board.closed[incident].erased
    assert told(house.data) == set()


def snapshot(house: Settings) -> None:
    result = CliRunner().invoke(main, ["log", "snapshot", str(house.data)])
    assert result.exit_code == 0, result.output
