"""The rules in force over HTTP: run cards, terms, rest, and the pace of drives. Read only."""

from __future__ import annotations

import asyncio

from tocsin.desk.pace_now import pace_view
from tocsin.views.rules import PlansPage, RulesView
from tocsin.web.ask import Ask


async def rules(ask: Ask) -> RulesView:
    """What decides who is proposed. The plan file on the disk is checked anew each time."""
    site = ask.site
    plans = await asyncio.to_thread(site.plans.page) if site.plans else PlansPage("none")
    ground = site.desk.ground
    if ground is not None:
        await ground.look()
    return RulesView(site.desk.now(), plans, pace_view(ground))
