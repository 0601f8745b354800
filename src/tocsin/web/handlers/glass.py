"""Breaking the glass: an incident opened without the right to it, at once, for a quarter of an hour, and loudly."""

from __future__ import annotations

import secrets
from typing import Any

from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.refusals import Refusal
from tocsin.facts.glass import GlassBroken
from tocsin.facts.looks import Looked
from tocsin.web import looking
from tocsin.web.ask import Ask
from tocsin.web.bodies_looks import GlassOpened


async def break_glass(ask: Ask) -> Any:
    """Open the incident. In the access log first, then in the record with an alarm; help waits for neither store."""
    why, incident, desk = looking.reason(ask.body.why), ask.path["id"], ask.site.desk
    if desk.incident(incident) is None:
        return Refusal("unknown_incident", f"there is no incident {incident}", "incident", {"incident": incident})
    look = Looked(desk.now(), "glass", why, incident=incident)
    await ask.site.looks.work(look, by=ask.who.account, seen=desk.position(), each=True)
    done = await desk.give(BreakGlass(incident, why), by=ask.who.account, key=f"glass-{secrets.token_hex(8)}")
    if isinstance(done, Refusal):
        return done
    fact = next(entry.fact for entry in done.entries if isinstance(entry.fact, GlassBroken))
    return GlassOpened(fact.incident, fact.until)
