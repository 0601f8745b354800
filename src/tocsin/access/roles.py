"""Who may do what: one table. Knows names of roles and permissions, refuses to know accounts, orders or routes.

An order is permitted under its own kind. A permission that is not in the table is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

Role: TypeAlias = Literal["call_taker", "dispatcher", "supervisor", "field_unit", "auditor", "administrator"]
"""What a person is here to do. A person may hold several; every permission of each is theirs."""

Grant: TypeAlias = Literal["all", "own"]
"""`own`: only for the unit of the account; whoever lets the request in must hold it to that."""

ROLES: tuple[Role, ...] = get_args(Role)

_DESK: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")
_DISPATCH: tuple[Role, ...] = ("dispatcher", "supervisor")

_HOLDERS: dict[str, tuple[Role, ...]] = {
    **dict.fromkeys(("receive_call", "answer_call", "locate_call", "note_call", "release_call", "attach_call"), _DESK),
    **dict.fromkeys(("detach_call", "mark_silent", "call_back", "close_call_back"), _DESK),
    **dict.fromkeys(("open_incident", "note_incident", "relocate_incident", "reclassify_incident"), _DESK),
    **dict.fromkeys(("link_incidents", "acknowledge_alarm"), _DESK),
    **dict.fromkeys(("close_incident", "reopen_incident"), _DISPATCH),
    **dict.fromkeys(("dispatch_units", "divert_unit", "cancel_unit"), _DISPATCH),
    **dict.fromkeys(("close_road", "reopen_road"), _DISPATCH),
    **dict.fromkeys(("stamp_unit", "unit_on_duty", "unit_off_duty", "unit_at_station"), _DISPATCH),
    **dict.fromkeys(("send_caller_link", "end_caller_link", "tell_caller"), _DESK),
    "erase_personal": ("administrator",),
    "hold_personal": ("supervisor", "administrator"),
    "release_hold": ("administrator",),
    **dict.fromkeys(("raise_level", "explain_choice", "accept_proposal", "dismiss_proposal"), _DISPATCH),
    **dict.fromkeys(("move_up_unit", "unit_at_post", "call_home_unit", "decline_move"), _DISPATCH),
    **dict.fromkeys(("divert_hospital", "reopen_hospital", "report_hospital"), _DISPATCH),
    **dict.fromkeys(("share_incident", "end_sharing"), _DISPATCH),
    "register_hospital": ("supervisor", "administrator"),
    "register_unit": ("supervisor", "administrator"),
    "open_centre": (),  # given by the program itself
    "erase_due": (),
    "report_location": (),  # given by gateways
    "state_estimate": (),
    **dict.fromkeys(("issue_link", "pass_link", "open_link", "share_link"), ()),  # given by the caller's page
    **dict.fromkeys(("hear_caller", "show_media", "stop_link", "report_delivery"), ()),
    "log_event": (),
    "raise_alarms": (),  # given by the clock
    "propose_change": (),
    "lapse_proposal": (),
    "read_board": _DESK,
    "read_record": (*_DESK, "auditor"),
    "read_media": _DESK,  # an auditor reads the trail, and not what callers said or showed
    "break_glass": (*_DESK, "auditor"),
    "read_looks": ("supervisor", "auditor"),
    "review_looks": ("supervisor",),
    "read_field": (),
    "report_positions": (),
    "manage_accounts": ("administrator",),
}

_OWN = frozenset(
    {
        "stamp_unit",
        "unit_on_duty",
        "unit_off_duty",
        "unit_at_station",
        "unit_at_post",
        "note_incident",
        "read_field",
        "report_positions",
    }
)
"""What a field unit may do, for its own unit and the incident that unit is assigned to."""


def _grants(permission: str) -> dict[str, Grant]:
    grants: dict[str, Grant] = dict.fromkeys(_HOLDERS[permission], "all")
    return grants | {"field_unit": "own"} if permission in _OWN else grants


PERMISSIONS: dict[str, dict[str, Grant]] = {permission: _grants(permission) for permission in _HOLDERS}
"""Permission -> role -> how far it goes."""


def may(roles: Iterable[str], permission: str) -> Grant | None:
    """How far somebody with these roles may go: `all`, `own` or not at all (None, which is false)."""
    grants = PERMISSIONS.get(permission, {})
    found = {grants.get(role) for role in roles}
    return "all" if "all" in found else "own" if "own" in found else None


def granted(roles: Iterable[str], scopes: frozenset[str] | None, permission: str) -> Grant | None:
    """The same for a person with roles, or for a machine with scopes: those go all the way or not at all."""
    if scopes is None:
        return may(roles, permission)
    return "all" if permission in scopes else None


def permissions_of(roles: Iterable[str]) -> dict[str, Grant]:
    """Everything somebody with these roles may do, and how far."""
    held = tuple(roles)
    return {permission: grant for permission in PERMISSIONS if (grant := may(held, permission)) is not None}
