"""A whole server: the caller's page beside the console; a picture opened, told to the access log, erased."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.gateways.callers.lobby import Phone, jpeg, token_in
from tests.web.asgi import Client

from tocsin.app import App, build
from tocsin.domain import orders as o
from tocsin.domain.orders_caller_links import SendCallerLink
from tocsin.domain.orders_privacy import ErasePersonal
from tocsin.domain.refusals import Refusal
from tocsin.facts.values import Place
from tocsin.gateways.callers.sms_printer import PrinterSms
from tocsin.settings import Callers, Centre, Settings, SmsPrinter

Test = Callable[["Open"], Awaitable[None]]


class Open:
    """A server, and what its gateway sent."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.messages: list[str] = []
        assert app.callers
        app.callers.sending.sms = PrinterSms(self.messages.append)

    async def give(self, *orders: o.AnyOrder) -> None:
        for n, order in enumerate(orders):
            done = await self.app.desk.give(order, by="ana", key=f"{self.app.desk.position()}-{n}")
            assert not isinstance(done, Refusal), done

    async def phone(self) -> Phone:
        """A caller with a link, opened."""
        await self.give(o.ReceiveCall("112", "+351 912 345 678"), o.AnswerCall("1"), SendCallerLink("1"))
        assert self.app.callers
        while self.app.callers.sending._tasks:
            await asyncio.gather(*self.app.callers.sending._tasks)
        phone = Phone(self.app.web, token_in(self.messages[0]))
        assert (await phone.open()).status == 200
        return phone

    def at_desk(self, role: str, agency: str = "") -> Client:
        """Somebody signed in."""
        access, now, client = self.app.access, time.time(), Client(self.app.web)
        more = {"agency": agency} if agency else {}
        access.add_account(f"{role}{agency}", "correct horse battery", [role], now, **more)
        session = access.sign_in_by_link(str(access.sign_in_link(f"{role}{agency}", now)), "", now)
        client.token, client.csrf = session.token, session.csrf  # type: ignore[union-attr]
        return client


def served(folder: Path, test: Test, setting: Callers | None = Callers(SmsPrinter())) -> None:  # noqa: B008
    async def run() -> None:
        app = build(Settings(data=folder, port=0, centre=Centre("north", "North", "exercise"), callers=setting))
        await app.desk.start("north", "North", "exercise")
        assert app.callers
        watching = asyncio.create_task(app.callers.watch("https://desk.example.org"))
        try:
            await test(Open(app))
        finally:
            watching.cancel()
            await app.desk.stop()
            app.close()

    asyncio.run(run())


def test_a_picture_is_opened_at_the_desk_told_to_the_access_log_and_gone_when_erased(tmp_path):
    async def test(server: Open) -> None:
        phone = await server.phone()
        assert server.messages[0].startswith("SMS to +351912345678: 112: tap this link")
        assert "https://desk.example.org/c#" in server.messages[0]
        await phone.show(jpeg(320, 240))
        (row,) = server.app.desk.board.caller_links.values()
        path = f"/api/media/{row.media[0].id}"
        dispatcher, auditor = server.at_desk("dispatcher"), server.at_desk("auditor")
        shown = await dispatcher.ask("GET", path)
        assert (shown.status, shown.headers["content-type"], shown.raw[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
        assert shown.headers["cache-control"] == "no-store"
        assert len(shown.raw) == row.media[0].size_b
        looks = (await auditor.ask("GET", "/api/looks?what=media")).json()
        assert [(one["by"], one["why"], one["call"], one["stated"]) for one in looks] == [
            ("dispatcher", "taking call 1", "1", True)
        ]
        assert (await dispatcher.ask("GET", "/api/media/none")).status == 404
        assert (await server.at_desk("administrator").ask("GET", path)).status == 403
        assert (await Client(server.app.web).ask("GET", path)).status == 401
        assert (await phone.client.ask("GET", path)).status == 401
        place = Place(1.0, 2.0)
        await server.give(o.OpenIncident("MED-ILLNESS", place=place, calls=("1",)))
        incident = server.app.desk.room.calls["1"].incident
        await server.give(o.CloseIncident(incident, "handled"))
        assert (await dispatcher.ask("GET", f"{path}?why=complaint%2012")).status == 200
        looks = (await auditor.ask("GET", "/api/looks?what=media")).json()
        assert (looks[0]["why"], looks[0]["incident"], looks[0]["stated"]) == ("complaint 12", incident, False)
        await server.give(ErasePersonal(f"incident:{incident}", ("media",)))
        assert (await dispatcher.ask("GET", f"{path}?why=complaint%2012")).status == 404
        assert not [file for file in (tmp_path / "data" / "media").rglob("*") if file.is_file()]
        told = await server.app.desk.timeline(incident)
        said = [entry for entry in told.entries if entry.fact.__struct_config__.tag == "link.shown"]  # type: ignore[union-attr]
        assert said[0].erased

    served(tmp_path / "data", test)


def test_a_broken_glass_shows_its_incidents_pictures_alone_and_each_look_has_its_reason(tmp_path):
    async def test(server: Open) -> None:
        await (await server.phone()).show(jpeg(320, 240))
        (row,) = server.app.desk.board.caller_links.values()
        path = f"/api/media/{row.media[0].id}"
        await server.give(
            *(o.OpenIncident("MED-ILLNESS", place=Place(1.0, 2.0), calls=calls) for calls in (("1",), ()))
        )
        incident = server.app.desk.room.calls["1"].incident
        other = str(int(incident) + 1)
        server.app.access.add_account("pia", None, ["call_taker"], time.time(), agency="police")
        auditor, pia = server.at_desk("auditor"), server.at_desk("pia")
        for reader, status, name in ((auditor, 403, "not_permitted"), (pia, 404, "not_found")):
            await reader.ask("POST", f"/api/incidents/{other}/glass", {"why": "another one"})
            before = await reader.ask("GET", path)
            assert (before.status, before.json()["name"]) == (status, name)
            assert (await reader.ask("GET", "/api/media/none")).status == status
            await reader.ask("POST", f"/api/incidents/{incident}/glass", {"why": "complaint 12"})
            assert [(await reader.ask("GET", path)).status for _ in range(2)] == [200, 200]
        looks = (await auditor.ask("GET", "/api/looks?what=media")).json()
        told = [(one["by"], one["why"], one["incident"], one["call"], one["stated"]) for one in looks]
        assert told == [
            (who, "broken glass: complaint 12", incident, "1", False) for who in ("pia", "pia", "auditor", "auditor")
        ]

    served(tmp_path / "data", test)


def test_without_the_setting_there_is_no_page_and_the_order_says_so(tmp_path):
    async def test(server: Open) -> None:
        assert server.app.callers
        server.app.callers.sending.sms = None
        assert (await Client(server.app.web).ask("GET", "/c")).status == 404
        await server.give(o.ReceiveCall("112", "+351 912 345 678"), SendCallerLink("1"))
        while server.app.callers.sending._tasks:
            await asyncio.gather(*server.app.callers.sending._tasks)
        (row,) = server.app.desk.board.caller_links.values()
        assert (row.status, row.why, row.text) == ("ended", "not_sent", "no_gateway")

    served(tmp_path / "data", test, setting=None)


@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "supervisor"])
def test_everybody_at_the_desk_may_send_a_link_and_nobody_may_speak_as_the_caller(tmp_path, role):
    async def test(server: Open) -> None:
        client = server.at_desk(role)
        await server.give(o.ReceiveCall("112", "+351 912 345 678"))
        sent = {"kind": "send_caller_link", "call": "1", "tongue": "sw"}
        assert (await client.ask("POST", "/api/orders", {"id": "a", "order": sent})).status == 200
        for order in (
            {"kind": "issue_link", "link": "K1", "token": "a" * 64},
            {"kind": "open_link", "link": "K1", "device": "a" * 64, "tongue": "en"},
            {"kind": "hear_caller", "link": "K1", "text": "I am fine"},
            {"kind": "stop_link", "link": "K1", "why": "caller"},
        ):
            answer = await client.ask("POST", "/api/orders", {"id": order["kind"], "order": order})
            assert answer.status in (400, 422), answer.raw

    served(tmp_path / "data", test)
