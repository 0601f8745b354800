"""Calls that belong together, over HTTP. Asked about a live call by its id, never about a telephone number."""

from __future__ import annotations

from typing import Any

from tocsin.views.together import GroupsView
from tocsin.web.ask import Ask


async def belongs(ask: Ask) -> Any:
    """Incidents this live call may belong to, by what is typed so far; each with its reasons. Changes nothing."""
    draft = ask.body
    return ask.view.belongs(ask.path["id"], draft.place, draft.type, draft.words)


async def groups(ask: Ask) -> GroupsView:
    """Live and lost calls that seem to be about one thing, grouped. A view: nothing is merged."""
    return ask.view.groups()
