"""What a machine's token may be allowed: permissions by name, or groups of them. Pure.

A token never holds what only the program itself may do, nor the right to manage accounts: a machine that makes
administrators would be one key for every door.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.access.people import AccessRefusal
from tocsin.access.roles import PERMISSIONS

NEVER = frozenset({"manage_accounts", "erase_personal", "release_hold", "break_glass", "review_looks"})

GROUPS: dict[str, tuple[str, ...]] = {
    "watch": ("read_board",),
    "record": ("read_record",),
    "calls": ("receive_call", "answer_call", "locate_call", "note_call", "release_call", "attach_call"),
    "incidents": ("open_incident", "note_incident", "relocate_incident", "reclassify_incident", "link_incidents"),
    "units": ("stamp_unit", "unit_on_duty", "unit_off_duty", "unit_at_station", "report_positions"),
    "hospitals": ("divert_hospital", "reopen_hospital", "report_hospital"),
}
"""Names for what a kind of machine needs: a screen, a recorder, a telephone exchange, a neighbour's desk, vehicles."""


def scopes_there_are() -> tuple[str, ...]:
    """Every scope a token may be given: the groups first."""
    return (*GROUPS, *(name for name, holders in PERMISSIONS.items() if holders and name not in NEVER))


def permissions_in(scopes: Sequence[str]) -> frozenset[str]:
    """What these scopes allow; a scope that is none any more allows nothing."""
    may = {one for scope in scopes for one in GROUPS.get(scope, (scope,))}
    return frozenset(may & (PERMISSIONS.keys() - NEVER))


def refuse_scopes(scopes: Sequence[str]) -> AccessRefusal | None:
    """A token needs at least one scope, and only such as there are."""
    if not scopes:
        return AccessRefusal("no_scope", "A token needs at least one scope.", "scopes")
    known = scopes_there_are()
    strange = next((scope for scope in scopes if scope not in known), None)
    if strange is None:
        return None
    return AccessRefusal("unknown_scope", f"There is no scope {strange!r}; there are {', '.join(known)}.", "scopes")
