"""Every way to say no, by name. A refusal is a value: its name, a sentence for a person, and the field it is about."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import msgspec

RefusalName: TypeAlias = Literal[
    "unknown_call",
    "unknown_incident",
    "unknown_unit",
    "unknown_type",
    "unknown_disposition",
    "unknown_alarm",
    "unknown_closure",
    "text_empty",
    "text_not_allowed",
    "place_missing",
    "time_in_future",
    "time_too_old",
    "time_before_previous",
    "call_answered_already",
    "call_not_answered",
    "call_ended",
    "call_twice",
    "call_not_attached",
    "call_settled",
    "call_silent_already",
    "call_not_lost",
    "unknown_reason",
    "incident_closed",
    "incident_not_closed",
    "incident_unchanged",
    "incident_same",
    "incidents_linked_already",
    "units_still_assigned",
    "unit_twice",
    "unit_assigned",
    "unit_not_assigned",
    "unit_off_duty",
    "unit_on_duty_already",
    "unit_understaffed",
    "unit_at_station_already",
    "unit_crew_away",
    "unit_moved_already",
    "unit_not_moved_up",
    "unit_at_post_already",
    "unknown_hospital",
    "hospital_diverted_already",
    "hospital_not_diverted",
    "until_in_past",
    "stage_gone_back",
    "stage_out_of_turn",
    "alarm_acknowledged_already",
    "level_not_higher",
    "level_not_planned",
    "choice_unknown",
    "reason_owed",
    "unknown_proposal",
    "centre_open_already",
    "incident_erased",
    "unknown_subject",
    "subject_open",
    "subject_held",
    "subject_held_already",
    "subject_not_held",
    "erased_already",
    "key_reused",
    "caller_missing",
    "unknown_report",
    "call_without_number",
    "link_open_already",
    "unknown_link",
    "unknown_receipt",
    "link_ended",
    "link_taken",
    "link_not_opened",
    "link_full",
    "unknown_agency",
    "shared_already",
    "not_shared",
    "not_yours",
]

REFUSAL_NAMES: tuple[str, ...] = get_args(RefusalName)


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named no. Nothing was changed."""

    name: RefusalName
    text: str
    field: str = ""
    facts: dict[str, Any] = {}
    """What a screen needs to say it in its own language: ids, statuses, instants."""
