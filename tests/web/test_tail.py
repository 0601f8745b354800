"""The tail: picture plus tail is the fresh picture, whatever happens between; slow and revoked screens are let go."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import msgspec
import pytest

from tocsin.desk.tail import Frame
from tocsin.views.wire import Picture, TailFacts, TailTracks
from tocsin.web import tail as tail_module
from tocsin.web.framer import Framer, sse

from .asgi import Client, Stream
from .conftest import Run, World

TABLES = ("calls", "incidents", "units", "alarms", "closures", "hospitals", "caller_links")


class Screen:
    """What a console keeps: rows by id, latest positions, the place to resume from. Its fold is: replace, or delete."""

    def __init__(self, picture: dict[str, Any]) -> None:
        self.rows: dict[str, dict[str, Any]] = {table: dict(picture["board"]["rows"][table]) for table in TABLES}
        self.position: int = picture["board"]["position"]
        self.tracks = {move[0]: move for move in picture["tracks"]}

    def hear(self, event: dict[str, Any]) -> None:
        data = event["data"]
        if event["event"] == "facts":
            positions = [entry["position"] for entry in data["entries"]]
            assert positions == list(range(self.position + 1, data["position"] + 1))
            assert int(event["id"]) == data["position"]
            self.position = data["position"]
            for table in TABLES:
                for key, row in data["rows"][table].items():
                    if row is None:
                        self.rows[table].pop(key, None)
                    else:
                        self.rows[table][key] = row
        elif event["event"] == "tracks":
            self.tracks |= {move[0]: move for move in data["moves"]}

    async def until(self, stream: Stream, position: int) -> None:
        while self.position < position:
            event = await stream.event()
            assert event is not None
            assert event["event"] != "reset"
            self.hear(event)


async def a_busy_minute(world: World, client: Client, dice: random.Random, turns: int) -> None:
    """Orders of many kinds, in an order that the dice decide; refusals are part of life."""
    place = {"lat": 60.17, "lon": 24.94}
    for _ in range(turns):
        rows = (await client.ask("GET", "/api/board")).json()["board"]["rows"]
        calls, incidents = list(rows["calls"]) or ["-"], list(rows["incidents"]) or ["-"]
        units, closures = list(rows["units"]), list(rows["closures"]) or ["-"]
        call, incident, unit = dice.choice(calls), dice.choice(incidents), dice.choice(units)
        orders: list[dict[str, Any]] = [
            {"kind": "receive_call", "line": "112"},
            {"kind": "answer_call", "call": call},
            {"kind": "note_call", "call": call, "text": "a man fell"},
            {"kind": "release_call", "call": call, "reason": "abandoned"},
            {"kind": "open_incident", "type": "FIRE-OUTSIDE", "place": place},
            {"kind": "attach_call", "call": call, "incident": incident},
            {"kind": "note_incident", "incident": incident, "text": "smoke"},
            {"kind": "dispatch_units", "incident": incident, "units": [unit]},
            {"kind": "stamp_unit", "unit": unit, "status": dice.choice(["en_route", "on_scene", "available"])},
            {"kind": "divert_unit", "unit": unit, "incident": incident},
            {"kind": "close_incident", "incident": incident, "disposition": "handled"},
            {"kind": "close_road", "place": place},
            {"kind": "reopen_road", "closure": dice.choice(closures)},
        ]
        order = dice.choice(orders)
        answer = await world.order(client, order.pop("kind"), **order)
        assert answer.status in (200, 409), answer.raw
        world.clock.now += dice.choice([0, 1, 30])


@pytest.mark.parametrize("seed", range(6))
def test_picture_and_tail_are_the_fresh_picture(run: Run, seed: int) -> None:
    async def test(world: World) -> None:
        dice = random.Random(seed)
        client = world.client("chief")
        for unit in ("E1", "E2", "E3"):
            await world.unit(client, unit)
        await a_busy_minute(world, client, dice, 15)
        screen = Screen((await client.ask("GET", "/api/board")).json())
        after = screen.position
        for cut in range(3):
            # The first life of the screen names its place in the query, the others in the header, as browsers do.
            more = {} if cut == 0 else {"last_event_id": str(screen.position)}
            await a_busy_minute(world, client, dice, 8)
            stream = await client.stream(f"/api/tail?after={after}", **more)
            assert stream.status == 200
            busy = asyncio.create_task(a_busy_minute(world, client, dice, 20))
            await screen.until(stream, after + 1 + cut * 5)
            await busy
            if cut < 2:
                await stream.close()
        await screen.until(stream, world.desk.position())
        await stream.close()
        fresh = (await client.ask("GET", "/api/board")).json()["board"]
        assert screen.position == fresh["position"]
        assert screen.rows == fresh["rows"]
        assert sum(len(rows) for rows in screen.rows.values()) > 5

    run(test)


def test_positions_come_along_and_a_new_screen_has_the_latest(run: Run) -> None:
    async def test(world: World) -> None:
        chief, crew = world.client("chief"), world.client("field_unit")
        await world.unit(chief, "E1")
        stream = await chief.stream(f"/api/tail?after={world.desk.position()}")
        await crew.ask("POST", "/api/tracks", {"moves": [["E1", world.clock(), 60.2, 24.9, 9.0, 45.0]]})
        screen = Screen((await chief.ask("GET", "/api/board")).json())
        screen.tracks = {}
        while not screen.tracks:
            screen.hear(await stream.event() or {})
        await stream.close()
        assert list(screen.tracks.values()) == (await chief.ask("GET", "/api/board")).json()["tracks"]

    run(test)


def test_what_is_said_has_the_types_that_are_promised(run: Run) -> None:
    async def test(world: World) -> None:
        chief = world.client("chief")
        await world.incident(chief)
        stream = await chief.stream("/api/tail?after=0")
        event = await stream.event()
        assert event is not None
        assert msgspec.convert(event["data"], TailFacts).position == world.desk.position()
        event = await stream.event()
        assert event is not None
        assert event["id"] is None
        assert msgspec.convert(event["data"], TailTracks).moves == ()
        await stream.close()
        picture = msgspec.json.decode((await chief.ask("GET", "/api/board")).raw, type=Picture)
        assert picture == world.desk.picture()

    run(test)


def test_a_place_ahead_of_the_log_is_told_to_load_the_board(run: Run) -> None:
    async def test(world: World) -> None:
        stream = await world.client("chief").stream("/api/tail?after=1000000")
        event = await stream.event()
        assert event is not None
        assert (event["event"], event["data"]) == ("reset", {"position": world.desk.position()})
        await stream.close()

    run(test)


@pytest.mark.parametrize(("path", "more"), [
    ("/api/tail?after=-1", {}), ("/api/tail?after=x", {}), ("/api/tail?since=1", {}),
    ("/api/tail", {"last_event_id": "x"}), ("/api/tail", {"last_event_id": "9" * 40}),
])  # fmt: skip
def test_a_place_that_is_none_is_refused(run: Run, path: str, more: dict[str, str]) -> None:
    async def test(world: World) -> None:
        answer = await world.client("chief").ask("GET", path, **more)
        assert answer.status in (400, 422)
        assert answer.json()["field"] in ("after", "since", "Last-Event-ID")

    run(test)


def test_a_screen_that_does_not_read_is_cut_off_and_hinders_nobody(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail_module, "STALL_S", 0.2)

    async def test(world: World) -> None:
        chief = world.client("chief")
        after = world.desk.position()
        asleep, awake = [await chief.stream(f"/api/tail?after={after}") for _ in range(2)]
        asleep.gate.clear()
        screen = Screen((await chief.ask("GET", "/api/board")).json())
        for _ in range(20):
            await world.incident(chief)
        await screen.until(awake, world.desk.position())
        assert asleep.task is not None
        await asyncio.wait_for(asleep.task, 5)
        heard = [asleep.parts.get_nowait() for _ in range(asleep.parts.qsize())]
        assert heard[-1] is None, "it was not cut off"
        assert not any(b"event: facts" in part for part in heard if part)
        await awake.close()
        again = await chief.stream("/api/tail", last_event_id=str(after))
        late = Screen({"board": {"rows": {table: {} for table in TABLES}, "position": after}, "tracks": []})
        await late.until(again, world.desk.position())
        assert len(late.rows["incidents"]) == 20
        await again.close()

    run(test)


async def ended(stream: Stream) -> None:
    while await stream.event() is not None:
        pass
    assert stream.task is not None
    await asyncio.wait_for(stream.task, 2)


def test_a_revoked_session_loses_its_tail_within_seconds(run: Run) -> None:
    async def test(world: World) -> None:
        leaving, demoted, staying = world.client("dispatcher"), world.client("call_taker"), world.client("supervisor")
        streams = [await who.stream("/api/tail?after=0") for who in (leaving, demoted, staying)]
        await leaving.ask("DELETE", "/api/session")
        world.access.set_roles("call_taker", ["auditor"])
        await asyncio.wait_for(asyncio.gather(ended(streams[0]), ended(streams[1])), 6)
        assert streams[2].task is not None
        assert not streams[2].task.done()
        await streams[2].close()

    run(test)


def test_a_screen_that_leaves_is_noticed_and_one_that_stays_is_ended_when_the_server_stops(run: Run) -> None:
    async def test(world: World) -> None:
        chief = world.client("chief")
        before = asyncio.all_tasks()
        stream = await chief.stream("/api/tail?after=0")
        assert asyncio.all_tasks() - before
        await stream.close()
        async with asyncio.timeout(30):  # the look that a screen is may still be on its way to the record
            while asyncio.all_tasks() - before:
                await asyncio.sleep(0.01)
        stream = await chief.stream("/api/tail?after=0")
        world.site.stopping.set()
        await asyncio.wait_for(ended(stream), 3)

    run(test)


def test_a_frame_is_framed_once_for_all_screens() -> None:
    framer = Framer(2)
    first, second, third = (Frame("facts", n, b'{"n":%d}' % n) for n in range(3))
    raw = framer(first)
    assert raw == b'id: 0\nevent: facts\ndata: {"n":0}\n\n'
    assert framer(first) is raw
    framer(second)
    assert framer(first) is raw
    framer(third)
    assert framer(first) is not raw
    assert sse(Frame("pulse", None, b"{}")) == b"event: pulse\ndata: {}\n\n"
