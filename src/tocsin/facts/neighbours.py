"""What recorders and neighbouring centres logged here: kept as they signed it. Refuses to know what it says."""

from __future__ import annotations

from typing import Annotated

from tocsin.facts.base import FactBase
from tocsin.facts.values import PERSONAL_MEDIA, PERSONAL_POSITION, Instant, PersonalText


class EventLogged(FactBase, tag="neighbour.event_logged", frozen=True):
    """Something happened at `element`, as it says itself (NENA-STA-010.3 §4.12.3). Signed: byte for byte as it came.

    The signed text stands in one of three fields, by how long what it may hold is kept.
    """

    partner: str
    event: str
    """Kind of event, such as `CallStartLogEvent`."""
    element: str
    agency: str
    said_at: Instant
    """When it happened, by the element's clock."""
    call: str = ""
    """Our call or incident, where it names one of ours."""
    incident: str = ""
    call_id: str = ""
    """The identifiers as they came: `urn:emergency:uid:callid:…`."""
    incident_id: str = ""
    signed: PersonalText = ""
    signed_place: Annotated[str, PERSONAL_POSITION] = ""
    """Of kinds of event that may place a caller."""
    signed_words: Annotated[str, PERSONAL_MEDIA] = ""
    """Of kinds of event that are what a caller wrote."""
