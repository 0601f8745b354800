"""Permissions as the table of routes uses them, and how far `own` goes. Who holds which is the access table's word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tocsin.access.people import AccessError, Session
from tocsin.access.roles import granted
from tocsin.domain.orders import AcknowledgeAlarm, NoteIncident
from tocsin.facts.watch import alarm_id
from tocsin.views.wire import OrderRequest
from tocsin.web.ask import Ask
from tocsin.web.problems import No, not_permitted

READ_BOARD = "read_board"
READ_RECORD = "read_record"
READ_FIELD = "read_field"
REPORT_POSITIONS = "report_positions"
BREAK_GLASS = "break_glass"
READ_LOOKS = "read_looks"
REVIEW_LOOKS = "review_looks"
READ_MEDIA = "read_media"
MANAGE_ACCOUNTS = "manage_accounts"


def for_order(request: OrderRequest) -> str:
    """The permission an order needs: its own kind."""
    return str(request.order.__struct_config__.tag)


def hold_to_own(ask: Ask, order: Any) -> None:
    """A crew speaks for itself: its own unit, and the incident that unit is on. Raises No 403."""
    own = ask.who.unit
    if isinstance(order, NoteIncident):
        unit = ask.site.desk.unit(own)
        if unit is None or unit.incident != order.incident:
            text = "A field account writes notes only on the incident its unit is on."
            raise not_permitted(text, "order.incident", unit=own)
    elif getattr(order, "unit", None) != own:
        raise not_permitted("A field account reports for its own unit only.", "order.unit", unit=own)


def hold_to_supervisor(ask: Ask, order: Any) -> None:
    """That somebody broke the glass is taken by a supervisor who is signed in, and by nobody else. Raises No 403."""
    broken = isinstance(order, AcknowledgeAlarm) and order.alarm.startswith(alarm_id("glass_broken", ""))
    if broken and "supervisor" not in ask.who.roles:
        text = "Only a supervisor takes the alarm that somebody opened an incident without the right to it."
        raise No(403, "supervisor_needed", text, "order.alarm")
    if broken and order.alarm == alarm_id("glass_broken", ask.who.account):
        text = "Whoever broke the glass does not take its alarm; another supervisor does."
        raise No(403, "own_glass", text, "order.alarm")


def hold_to_glass(ask: Ask, incident: str, permission: str) -> None:
    """Whoever may not, and came this far because they may break the glass, has broken it here. Raises No 403."""
    if ask.grant is None and ask.glass(incident) is None:
        text = "Your roles do not allow this without breaking the glass of its incident."
        raise not_permitted(text, permission=permission, roles=list(ask.who.roles))


def still_may(ask: Ask, permission: str) -> Callable[[], Awaitable[bool]]:
    """A question that can be asked again later: is the session good, may it still do this, and does it see the same?

    While the accounts cannot be reached, whoever was here may stay: nothing new is recorded meanwhile either.
    """

    audience = ask.audience

    async def asked() -> bool:
        try:
            session = await ask.site.machine(ask.token, "") if ask.via else await ask.site.session(ask.token)
        except AccessError:
            return True
        if not isinstance(session, Session) or granted(session.roles, session.scopes, permission) is None:
            return False
        return msgspec.structs.replace(ask, session=session).audience == audience

    return asked
