"""Which service a caller asked for: service URNs (RFC 5031, 8147, NENA's) as incident groups. Decides no type."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import msgspec

Group: TypeAlias = Literal["fire", "hazard", "medical", "police", "rescue"]

_URN = re.compile(r"urn:(?:service|(?:nena|emergency):service):([a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)*)\Z", re.IGNORECASE)
_GROUPS: dict[str, Group] = {
    "sos.ambulance": "medical",
    "sos.physician": "medical",
    "sos.poison": "medical",
    "sos.fire": "fire",
    "sos.gas": "hazard",
    "sos.marine": "rescue",
    "sos.mountain": "rescue",
    "sos.ecall": "rescue",
    "sos.police": "police",
    "responder.coast_guard": "rescue",
    "responder.ems": "medical",
    "responder.fire": "fire",
    "responder.mountain_rescue": "rescue",
    "responder.poison_control": "medical",
    "responder.police": "police",
}


class Service(msgspec.Struct, frozen=True):
    """What a service URN asks for."""

    name: str
    """Labels after `service:`, in lower case, without `test.`."""
    group: Group | None
    """None: help of any kind, or none we group (sos, sos.animal-control, psap)."""
    emergency: bool
    """Whether it asks for emergency help at all."""
    test: bool = False
    """A test call (RFC 6881): answered, never dispatched."""
    manual: bool | None = None
    """eCall (RFC 8147): set off by hand, by the car, or not an eCall."""


def service_of(urn: str) -> Service | None:
    """Read a service URN; None when it is none. A service we do not know counts as the nearest one above it."""
    found = _URN.match(urn.strip()[:200])
    if found is None:
        return None
    name = found.group(1).lower()
    test = name.startswith("test.")
    labels = name.removeprefix("test.").split(".")
    name = ".".join(labels)
    tops = [".".join(labels[:count]) for count in range(len(labels), 0, -1)]
    group = next((_GROUPS[top] for top in tops if top in _GROUPS), None)
    ecall = labels[:2] == ["sos", "ecall"] and len(labels) > 2
    return Service(name, group, labels[0] in ("sos", "responder"), test, labels[2] == "manual" if ecall else None)
