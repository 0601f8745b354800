"""The table of who may do what, written out once more by hand, so that a slip of the table is seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.access import PERMISSIONS, ROLES, may, permissions_of
from tocsin.domain import orders

C, D, S, F, U, A = "call_taker", "dispatcher", "supervisor", "field_unit", "auditor", "administrator"
DESK, DISPATCH = {C: "all", D: "all", S: "all"}, {D: "all", S: "all"}
OWN = {F: "own"}

EXPECTED = {
    "receive_call": DESK,
    "answer_call": DESK,
    "locate_call": DESK,
    "note_call": DESK,
    "release_call": DESK,
    "attach_call": DESK,
    "detach_call": DESK,
    "mark_silent": DESK,
    "call_back": DESK,
    "close_call_back": DESK,
    "open_incident": DESK,
    "note_incident": DESK | OWN,
    "relocate_incident": DESK,
    "reclassify_incident": DESK,
    "link_incidents": DESK,
    "acknowledge_alarm": DESK,
    "close_incident": DISPATCH,
    "reopen_incident": DISPATCH,
    "dispatch_units": DISPATCH,
    "divert_unit": DISPATCH,
    "cancel_unit": DISPATCH,
    "close_road": DISPATCH,
    "reopen_road": DISPATCH,
    "stamp_unit": DISPATCH | OWN,
    "unit_on_duty": DISPATCH | OWN,
    "unit_off_duty": DISPATCH | OWN,
    "unit_at_station": DISPATCH | OWN,
    "unit_at_post": DISPATCH | OWN,
    "move_up_unit": DISPATCH,
    "call_home_unit": DISPATCH,
    "decline_move": DISPATCH,
    "divert_hospital": DISPATCH,
    "reopen_hospital": DISPATCH,
    "report_hospital": DISPATCH,
    "share_incident": DISPATCH,
    "end_sharing": DISPATCH,
    "register_hospital": {S: "all", A: "all"},
    "send_caller_link": DESK,
    "end_caller_link": DESK,
    "tell_caller": DESK,
    **{kind: {} for kind in ("issue_link", "pass_link", "open_link", "share_link")},
    **{kind: {} for kind in ("hear_caller", "show_media", "stop_link", "report_delivery")},
    "read_media": DESK,
    "erase_personal": {A: "all"},
    "hold_personal": {S: "all", A: "all"},
    "release_hold": {A: "all"},
    "erase_due": {},
    "report_location": {},
    "state_estimate": {},
    "log_event": {},
    "raise_level": DISPATCH,
    "explain_choice": DISPATCH,
    "accept_proposal": DISPATCH,
    "dismiss_proposal": DISPATCH,
    "propose_change": {},
    "lapse_proposal": {},
    "register_unit": {S: "all", A: "all"},
    "open_centre": {},
    "raise_alarms": {},
    "read_board": DESK,
    "read_record": DESK | {U: "all"},
    "break_glass": DESK | {U: "all"},
    "read_looks": {S: "all", U: "all"},
    "review_looks": {S: "all"},
    "read_field": OWN,
    "report_positions": OWN,
    "manage_accounts": {A: "all"},
}


@pytest.mark.parametrize("permission", sorted(EXPECTED))
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_table_says(permission, role):
    assert may([role], permission) == EXPECTED[permission].get(role)


def test_no_permission_is_left_out():
    assert set(PERMISSIONS) == set(EXPECTED)


def test_every_kind_of_order_has_its_permission():
    kinds = {
        order.__struct_config__.tag
        for order in vars(orders).values()
        if isinstance(order, type) and issubclass(order, orders.OrderBase) and order is not orders.OrderBase
    }
    assert kinds
    assert kinds <= set(PERMISSIONS)


def test_several_roles_add_up_and_all_outweighs_own():
    assert may([F, D], "stamp_unit") == "all"
    assert may([U, A], "read_record") == "all"
    assert may([U, F], "stamp_unit") == "own"


@given(st.lists(st.text(max_size=5), max_size=3), st.sampled_from(sorted(PERMISSIONS)) | st.text(max_size=12))
def test_unknown_roles_and_permissions_are_never_granted(roles, permission):
    assert may(roles, permission) is None
    assert may(ROLES, "x" + permission) is None


@given(st.sets(st.sampled_from(ROLES)))
def test_what_somebody_may_is_listed_as_it_is_judged(roles):
    listed = permissions_of(roles)
    assert all(listed.get(permission) == may(roles, permission) for permission in PERMISSIONS)
