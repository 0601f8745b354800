"""Orders about who else may see an incident: mutual aid, with an end."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tocsin.domain.order_base import Key, OrderBase, Text
from tocsin.facts.values import Instant


class ShareIncident(OrderBase, tag="share_incident", frozen=True):
    """Let another agency see it until an instant, or until it is closed. Shared again: the new end stands."""

    incident: Key
    agency: Key
    reason: Annotated[Text, msgspec.Meta(description="why they need to see it")]
    until: Instant | None = None


class EndSharing(OrderBase, tag="end_sharing", frozen=True):
    """They see it no more, unless it is their own."""

    incident: Key
    agency: Key
    reason: Text = ""
