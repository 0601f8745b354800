"""Names of permissions as the table of routes uses them, and the permission each kind of order needs."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.access import Session, may
from tocsin.views.wire import OrderRequest
from tocsin.web.ask import Ask

READ_BOARD = "read_board"
READ_RECORD = "read_record"
READ_FIELD = "read_field"
REPORT_POSITIONS = "report_positions"
MANAGE_ACCOUNTS = "manage_accounts"
FIELD = "field_unit"


def for_order(request: OrderRequest) -> str:
    """The permission an order needs: its own kind."""
    return str(request.order.__struct_config__.tag)


def field_only(session: Session) -> bool:
    """Whether somebody is here as a field unit and as nothing else."""
    return tuple(session.roles) == (FIELD,)


def still_may(ask: Ask, permission: str) -> Callable[[], bool]:
    """A question that can be asked again later: is the session still good, and may it still do this?"""

    def asked() -> bool:
        session = ask.site.access.session(ask.token, ask.site.desk.now())
        return session is not None and may(session.roles, permission)

    return asked
