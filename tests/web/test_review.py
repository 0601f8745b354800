"""The weekly review and what a centre publishes: drawn once, judged by another, counts without names."""

from __future__ import annotations

from typing import Any

from tocsin.desk.looks_counted import week_of
from tocsin.web.handlers.review import SAMPLE, draw

from .asgi import Client
from .conftest import T0, Run, World

WEEK_S = 7 * 86_400.0


async def a_week_of_looks(world: World, times: int) -> str:
    """Somebody reads a closed incident again and again, and breaks one glass; then it is next week."""
    desk = world.client("dispatcher")
    incident = await world.incident(desk)
    await world.done(desk, "close_incident", incident=incident, disposition="handled")
    for _ in range(times):
        await desk.ask("GET", f"/api/incidents/{incident}/timeline?why=complaint")
    await world.client("auditor").ask("POST", f"/api/incidents/{incident}/glass", {"why": "complaint 12"})
    world.clock.now += WEEK_S
    return incident


async def reviewed(world: World, who: str = "supervisor") -> Any:
    answer = await world.client(who).ask("GET", "/api/looks/review")
    assert answer.status == 200, answer.raw
    return answer.json()


def test_a_sample_is_drawn_once_and_every_broken_glass_is_in_it(run: Run) -> None:
    async def test(world: World) -> None:
        await a_week_of_looks(world, 30)
        first = await reviewed(world)
        assert (first["week"], first["of"]) == (week_of(T0), 30)
        assert [one["always"] for one in first["looks"]] == [True] + [False] * SAMPLE
        assert first["looks"][0]["look"]["what"] == "glass"
        assert await reviewed(world, "auditor") == first
        drawn = [one["look"]["position"] for one in first["looks"][1:]]
        counted = world.site.looks.counted.catch_up()
        assert list(draw(counted.single[first["week"]], first["seed"])) == drawn

    run(test)


def test_a_quiet_week_has_little_to_review(run: Run) -> None:
    async def test(world: World) -> None:
        assert (await reviewed(world))["looks"] == []

    run(test)


def test_a_supervisor_judges_in_a_word_and_nobody_their_own(run: Run) -> None:
    async def test(world: World) -> None:
        await a_week_of_looks(world, 2)
        position = (await reviewed(world))["looks"][1]["look"]["position"]
        form = {"look": position, "mark": "question", "word": "asked the lead"}
        boss, chief = world.client("supervisor"), world.client("chief")
        assert (await world.client("auditor").ask("POST", "/api/looks/reviews", form)).json()["name"] == "not_permitted"
        assert (await boss.ask("POST", "/api/looks/reviews", form)).status == 200
        found = (await reviewed(world))["looks"][1]
        assert (found["mark"], found["word"], found["reviewed_by"]) == ("question", "asked the lead", "supervisor")
        await boss.ask("GET", "/api/incidents?status=any&why=my+own")
        (own,) = (await boss.ask("GET", "/api/looks?what=search")).json()
        refused = await boss.ask("POST", "/api/looks/reviews", {**form, "look": own["position"]})
        assert (refused.status, refused.json()["name"]) == (403, "own_look")
        assert (await chief.ask("POST", "/api/looks/reviews", {**form, "look": own["position"]})).status == 200
        for none in (10_000, position + 10_000):
            gone = await boss.ask("POST", "/api/looks/reviews", {**form, "look": none})
            assert (gone.status, gone.json()["field"]) == (404, "look")

    run(test)


def test_a_centre_publishes_counts_if_it_wants_to(run: Run) -> None:
    async def test(world: World) -> None:
        incident = await a_week_of_looks(world, 3)
        anybody = Client(world.app)
        assert (await anybody.ask("GET", "/transparency.json")).status == 404
        world.site.publish_looks = True
        answer = await anybody.ask("GET", "/transparency.json")
        (week,) = answer.json()["weeks"]
        assert (week["week"], week["looks"]["timeline"], week["looks"]["glass"]) == (week_of(T0), 3, 1)
        for name in ("dispatcher", "auditor", "complaint"):
            assert name not in answer.raw.decode()
        assert f'"{incident}"' not in answer.raw.decode()

    run(test)


async def owed(world: World) -> Any:
    await world.site.minder._count()
    return (await Client(world.app).ask("GET", "/api/health")).json()["reviews_owed"]


def test_a_week_that_nobody_reviewed_waits_and_is_counted_for_anybody(run: Run) -> None:
    async def test(world: World) -> None:
        assert (await Client(world.app).ask("GET", "/api/health")).json()["reviews_owed"] is None
        await a_week_of_looks(world, 30)
        assert await owed(world) == SAMPLE + 1
        world.clock.now += WEEK_S
        boss = world.client("supervisor")
        last = await reviewed(world)
        assert (last["looks"], last["owed"]) == ([], {week_of(T0): SAMPLE + 1})
        older = (await boss.ask("GET", f"/api/looks/review?week={week_of(T0)}")).json()
        assert len(older["looks"]) == SAMPLE + 1
        form = {"look": older["looks"][0]["look"]["position"], "mark": "fine", "word": ""}
        assert (await boss.ask("POST", "/api/looks/reviews", form)).status == 200
        assert await owed(world) == SAMPLE
        world.clock.now += 4 * WEEK_S
        assert await owed(world) == 0  # let go: a fifth week is reviewed by asking for it alone

    run(test)


def test_a_week_that_has_not_ended_or_that_nobody_knows_is_refused(run: Run) -> None:
    async def test(world: World) -> None:
        boss = world.client("supervisor")
        for week, status in ((week_of(T0), 422), ("2019-W01", 404), ("last", 400), ("2026-W4", 400)):
            answer = await boss.ask("GET", f"/api/looks/review?week={week}")
            assert (answer.status, answer.json()["field"]) == (status, "week"), week

    run(test)


def test_broken_glass_is_counted_until_a_supervisor_takes_it(run: Run) -> None:
    async def test(world: World) -> None:
        incident = await world.incident(world.client("dispatcher"))
        await world.client("auditor").ask("POST", f"/api/incidents/{incident}/glass", {"why": "complaint 12"})
        assert (await Client(world.app).ask("GET", "/api/health")).json()["glass_broken"] == 1
        boss = world.client("supervisor")
        (alarm,) = (await boss.ask("GET", "/api/board")).json()["board"]["rows"]["alarms"]
        await world.done(boss, "acknowledge_alarm", alarm=alarm)
        assert (await Client(world.app).ask("GET", "/api/health")).json()["glass_broken"] == 0

    run(test)
