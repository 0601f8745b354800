"""What the other routes answer: the board compressed, the record, the ground, the console's pages."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tocsin.access.roles import ROLES
from tocsin.domain.types import Catalogue
from tocsin.facts.values import Place
from tocsin.views.advice import Recommendation
from tocsin.views.day import DayFigures
from tocsin.views.rows import IncidentRow
from tocsin.views.wire import Picture, PlaceMatch, Route, Timeline
from tocsin.web import squeeze
from tocsin.web.bodies import RegionView, ResourceView
from tocsin.web.console import Console

from .asgi import Client
from .conftest import Run, World


class Words:
    """A ground that knows one street and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def search(self, text: str, near: tuple[float, float] | None, limit: int) -> list[PlaceMatch]:
        self.asked.append((text, near, limit))
        return [PlaceMatch(Place(60.1, 24.9, "شارع 7"), "Helsinki", "street")][:limit]

    async def nearest(self, lat: float, lon: float) -> PlaceMatch | None:
        return (await self.search("", (lat, lon), 1))[0] if lat > 0 else None

    def close(self) -> None:
        pass


def test_a_large_board_is_compressed_once_for_whoever_reads_it_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    whole = squeeze.gzipped
    monkeypatch.setattr(squeeze, "gzipped", lambda raw: (made.append(len(raw)), whole(raw))[1])

    async def test(world: World) -> None:
        chief = world.client("chief")
        for _ in range(40):
            await world.incident(chief, summary="smoke from the third floor " * 5)
        plain = await chief.ask("GET", "/api/board")
        small = await asyncio.gather(*(chief.ask("GET", "/api/board", accept_encoding="gzip, br") for _ in range(8)))
        assert len(made) == 1
        assert "content-encoding" not in plain.headers
        for answer in small:
            assert answer.headers["content-encoding"] == "gzip"
            assert int(answer.headers["content-length"]) == len(answer.raw) < len(plain.raw) / 3
            assert msgspec.json.decode(zlib.decompress(answer.raw, 31), type=Picture) == world.desk.picture()
        await world.incident(chief)
        later = await chief.ask("GET", "/api/board", accept_encoding="gzip")
        assert msgspec.json.decode(zlib.decompress(later.raw, 31), type=Picture) == world.desk.picture()

    run(test)


def test_the_record_of_an_incident(run: Run) -> None:
    async def test(world: World) -> None:
        chief, auditor = world.client("chief"), world.client("auditor")
        await world.unit(chief, "E1")
        incident = await world.incident(chief)
        path = f"/api/incidents/{incident}"
        advice = msgspec.json.decode((await chief.ask("GET", f"{path}/recommendation")).raw, type=Recommendation)
        assert [(one.unit, one.chosen) for one in advice.candidates] == [("E1", True)]
        await world.done(chief, "dispatch_units", incident=incident, units=["E1"])
        ways = msgspec.json.decode((await chief.ask("GET", f"{path}/routes")).raw, type=list[Route])
        assert [(way.unit, way.basis) for way in ways] == [("E1", "line")]
        assert (await chief.ask("GET", "/api/incidents")).json() == []
        await world.done(chief, "cancel_unit", unit="E1")
        await world.done(chief, "close_incident", incident=incident, disposition="handled")
        (closed,) = msgspec.json.decode((await chief.ask("GET", "/api/incidents?limit=5")).raw, type=list[IncidentRow])
        assert (closed.id, closed.status) == (incident, "closed")
        assert msgspec.json.decode((await chief.ask("GET", path)).raw, type=IncidentRow) == closed
        timeline = msgspec.json.decode((await auditor.ask("GET", f"{path}/timeline")).raw, type=Timeline)
        kinds = [entry.fact.__struct_config__.tag for entry in timeline.entries]
        assert kinds == ["incident.opened", "unit.dispatched", "unit.cancelled", "incident.closed"]
        assert (await chief.ask("GET", f"{path}/recommendation")).json()["name"] == "incident_closed"
        other = await world.incident(chief)
        found = await auditor.ask("GET", "/api/incidents?status=any&why=audit")
        assert {row["id"] for row in found.json()} == {other, incident}
        assert (await auditor.ask("GET", "/api/incidents?status=any&why=audit&q=nowhere")).json() == []
        assert (await auditor.ask("GET", "/api/incidents?status=any&why=audit&before=1")).json() == []
        assert (await auditor.ask("GET", "/api/board")).status == 403

    run(test)


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/api/incidents/none", 404, "not_found"),
        ("/api/incidents/none/timeline", 404, "unknown_incident"),
        ("/api/incidents/none/recommendation", 404, "unknown_incident"),
        ("/api/incidents/none/routes", 404, "unknown_incident"),
        ("/api/incidents?limit=0", 422, "impossible_value"),
        ("/api/incidents?status=open", 422, "impossible_value"),
        ("/api/units/none/trail", 404, "not_found"),
        ("/api/units/none/trail?minutes=0", 422, "impossible_value"),
        ("/api/day", 400, "malformed"),
        ("/api/day?since=2&until=1", 422, "impossible_value"),
        ("/api/day?since=0&until=1e300", 422, "impossible_value"),
        ("/api/day?since=nan&until=1", 422, "impossible_value"),
        ("/api/places", 400, "malformed"),
        ("/api/places?q=x&lat=1", 422, "impossible_value"),
        ("/api/places/nearest?lat=1&lon=1", 404, "not_found"),
        ("/api/region", 404, "not_found"),
        ("/map/basemap.pmtiles", 404, "not_found"),
        ("/assets/none.js", 404, "unknown_route"),
        ("/assets/../../routes.py", 404, "unknown_route"),
    ],
)
def test_what_is_not_there_or_cannot_be_is_named(run: Run, path: str, status: int, name: str) -> None:
    async def test(world: World) -> None:
        answer = await world.client("chief").ask("GET", path)
        assert (answer.status, answer.json()["name"]) == (status, name)
        assert answer.json()["text"]

    run(test)


def test_the_day_and_the_head_of_the_log(run: Run) -> None:
    async def test(world: World) -> None:
        auditor = world.client("auditor")
        await world.incident(world.client("chief"))
        since, until = world.clock() - 60, world.clock() + 60
        day = msgspec.json.decode(
            (await auditor.ask("GET", f"/api/day?since={since}&until={until}")).raw, type=DayFigures
        )
        assert (day.incidents, day.by_type) == (1, {"FIRE-OUTSIDE": 1})
        head = (await auditor.ask("GET", "/api/log/head")).json()
        known = await world.desk.head()
        assert head == {
            "centre": "north",
            "position": world.desk.position(),
            "chain": known.chain.hex(),
            "root": known.root.hex(),
        }

    run(test)


def test_places_are_found_through_the_ground(run: Run) -> None:
    async def test(world: World) -> None:
        ground = world.desk.ground = Words()  # type: ignore[assignment]
        chief = world.client("chief")
        found = await chief.ask("GET", "/api/places?q=%D8%B4%D8%A7%D8%B1%D8%B9&lat=60&lon=25&limit=3")
        assert found.json()[0]["place"]["text"] == "شارع 7"
        assert ground.asked == [("شارع", (60.0, 25.0), 3)]
        assert (await chief.ask("GET", "/api/places?q=%20")).json() == []
        assert (await chief.ask("GET", "/api/places/nearest?lat=60&lon=25")).json()["detail"] == "Helsinki"
        assert (await chief.ask("GET", "/api/places/nearest?lat=-60&lon=25")).status == 404

    run(test)


def test_the_region_and_its_basemap(run: Run, tmp_path: Path) -> None:
    tiles = tmp_path / "basemap.pmtiles"
    tiles.write_bytes(b"PMTiles" + bytes(1_000))

    async def test(world: World) -> None:
        crew = world.client("field_unit")
        view = RegionView("Town", (1.0, 2.0, 3.0, 4.0), "© somebody", True, (ResourceView("hydrant", "", 2.5, 1.5),))
        world.site.region, world.site.basemap = view, tiles
        assert msgspec.json.decode((await crew.ask("GET", "/api/region")).raw, type=RegionView) == view
        part = await crew.ask("GET", "/map/basemap.pmtiles", range="bytes=0-6")
        assert (part.status, part.raw, part.headers["content-range"]) == (206, b"PMTiles", "bytes 0-6/1007")
        assert "content-security-policy" in part.headers
        beyond = await crew.ask("GET", "/map/basemap.pmtiles", range="bytes=5000-")
        assert (beyond.status, beyond.json()["name"]) == (416, "wrong_range")

    run(test)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_know_the_catalogue(run: Run, role: str) -> None:
    async def test(world: World) -> None:
        said = (await world.client(role).ask("GET", "/api/catalogue")).raw
        assert msgspec.json.decode(said, type=Catalogue) == world.desk.catalogue

    run(test)


def test_every_window_is_the_same_page_for_anybody(run: Run, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Tocsin</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "a-1.js").write_text("1")

    async def test(world: World) -> None:
        world.site.console = Console(tmp_path)
        nobody = Client(world.app)
        pages = [
            await nobody.ask("GET", path) for path in ("/", "/desk", "/map", "/wall", "/incidents", "/desk?lang=pt")
        ]
        assert {page.raw for page in pages} == {b"<!doctype html><title>Tocsin</title>"}
        assert {page.headers["cache-control"] for page in pages} == {"no-cache"}
        assert (await nobody.ask("GET", "/favicon.svg")).headers["content-type"].startswith("image/svg+xml")
        asset = await nobody.ask("GET", "/assets/a-1.js")
        assert (asset.raw, "immutable" in asset.headers["cache-control"]) == (b"1", True)
        known = await nobody.ask("GET", "/", if_none_match=pages[0].headers["etag"])
        assert (known.status, known.raw) == (304, b"")

    run(test)
