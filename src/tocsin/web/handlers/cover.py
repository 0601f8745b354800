"""Coverage over HTTP: the number, and the cells of a map layer."""

from __future__ import annotations

from typing import Any

from tocsin.views.cover import CellsView, CoverView
from tocsin.web.ask import Ask
from tocsin.web.problems import not_found


async def coverage(ask: Ask) -> CoverView:
    """Share of the demand that free units are expected to reach in time, and what leaves with each of them."""
    return ask.view.coverage()


async def cells(ask: Ask) -> CellsView:
    """Every cell of a group with the share of it that is served in time: what a map shades."""
    found = ask.site.desk.standby.cells(ask.query.group)
    if found is None:
        raise not_found("Coverage of such a group is not known here.", "group")
    return found


async def destination(ask: Ask) -> Any:
    """Every hospital for this unit's patient: chosen or passed over, and why."""
    needs = [word for part in ask.query.needs.split(",") if (word := part.strip())]
    return await ask.view.destination(ask.path["id"], needs)
