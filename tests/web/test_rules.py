"""The rules in force over HTTP: for the desk's people, with the pace that drives are reckoned by."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from tests.geo.maps import cross
from tests.geo.test_pace_file import made as pace_file

from tocsin.desk.ground import Ground
from tocsin.desk.pace_now import pace_view
from tocsin.desk.pacing import apply
from tocsin.geo.pace import GROUPS, HOURS
from tocsin.geo.pace_file import Applied

from .conftest import Run, World


def test_whoever_works_at_the_desk_reads_them(run: Run) -> None:
    async def test(world: World) -> None:
        answer = await world.client("dispatcher").ask("GET", "/api/rules")
        assert answer.status == 200
        view = answer.json()
        assert view["plans"]["source"] == "none"
        assert view["pace"]["source"] == "none"
        assert (await world.client("auditor").ask("GET", "/api/rules")).status == 403
        assert (await world.client().ask("GET", "/api/rules")).status == 401

    run(test)


def test_the_pace_says_who_agreed_and_what_it_is(tmp_path: Path) -> None:
    assert pace_view(None).source == "none"
    ground = Ground(SimpleNamespace(roads=cross().roads(tmp_path)), tmp_path)  # type: ignore[arg-type]
    assert pace_view(ground).source == "map"
    apply(tmp_path, pace_file(), Applied("ana", "2026-03-01T10:00:00Z"))
    ground.pacing._looked_at = -100.0
    ground.pacing.look()
    view = pace_view(ground)
    ground.close()
    assert (view.source, view.applied_by, view.applied_at) == ("learned", "ana", "2026-03-01T10:00:00Z")
    assert (view.hours, len(view.rows)) == (HOURS, 2 * len(GROUPS))
    assert {row.siren for row in view.rows} == {True, False}
    assert view.error_s is not None
