"""A civic address (RFC 5139, with the extensions of RFC 6848): its fields in order and one line to read. Knows no map.

Every field is kept under the sender's own name, namespaced ones too; what a name means is only asked for the line.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from tocsin.facts.values import PERSONAL
from tocsin.standards.flaws import Flaws, shown
from tocsin.standards.xml import Element, children, local, space, text_of

CIVIC = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
CIVIC_EXT = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext"
CIVIC_SPACES = frozenset((CIVIC, "urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc"))
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

CA_TYPES = frozenset((
    "country", "A1", "A2", "A3", "A4", "A5", "A6", "PRM", "PRD", "RD", "STS", "POD", "POM", "RDSEC", "RDBR",
    "RDSUBBR", "HNO", "HNS", "LMK", "LOC", "FLR", "NAM", "PC", "BLD", "UNIT", "ROOM", "SEAT", "PLC", "PCN",
    "POBOX", "ADDCODE",
))  # fmt: skip
"""RFC 5139 §3.1 and RFC 4776. RFC 6848 adds PN, MP, STP and HNP in a namespace of their own."""

_STREET = ("PRM", "PRD", "STP", "RD", "STS", "POD", "POM")
_NUMBER = ("HNP", "HNO", "HNS")
_INSIDE = ("BLD", "UNIT", "FLR", "ROOM", "SEAT")
_TOWN = ("A5", "A4", "A3", "A2", "A1")
_SAID_BY_NAME = {
    "BLD": "building",
    "FLR": "floor",
    "ROOM": "room",
    "SEAT": "seat",
    "UNIT": "unit",
    "PN": "pole",
    "MP": "km/mi",
}
_NUMBER_FIRST = frozenset((
    "US", "CA", "GB", "UK", "IE", "AU", "NZ", "FR", "ZA", "IN", "KE", "NG", "GH", "UG", "TZ", "MY", "SG", "PH",
))  # fmt: skip


class CivicField(msgspec.Struct, frozen=True):
    """One field as it was sent."""

    name: str
    text: str
    namespace: str = CIVIC


class Civic(msgspec.Struct, frozen=True):
    """One address."""

    fields: Annotated[tuple[CivicField, ...], PERSONAL]
    label: Annotated[str, PERSONAL]
    """The address on one line."""
    language: str = ""

    def get(self, name: str, namespace: str = "") -> str:
        """Text of the first field of this name; "" when there is none."""
        found = (f.text for f in self.fields if f.name == name and namespace in ("", f.namespace))
        return next(found, "")


def read_civic(element: Element, flaws: Flaws) -> Civic | None:
    """The address a civicAddress holds; None and a flaw when it is empty."""
    fields: list[CivicField] = []
    for part in children(element):
        name, text, where = local(part), text_of(part, 300), space(part)
        if not text:
            continue
        if text.endswith("…"):
            flaws.add(name, "text_cut", "It is longer than 300 characters.")
        if where in CIVIC_SPACES and name not in CA_TYPES:
            flaws.add(name, "unknown_element", f"{name} is no field of a civic address; it is kept.")
        if any(field.name == name and field.namespace == where for field in fields):
            flaws.add(name, "repeated", "It is said more than once; all are kept, the first is shown.")
        fields.append(CivicField(name, text, CIVIC if where in CIVIC_SPACES else shown(where, 120)))
    if not fields:
        flaws.add(local(element), "no_location", "The address is empty.")
        return None
    return Civic(tuple(fields), label(fields), shown(element.get(_LANG) or "", 20))


def label(fields: list[CivicField]) -> str:
    """One line in the order people read: name, house and street, inside, town, post code, country.

    RFC 4119 put the street in A6 where RFC 5139 has RD. Fields of unknown namespaces come last with their names.
    """
    said: dict[str, str] = {}
    for field in fields:
        if field.namespace in (CIVIC, CIVIC_EXT):
            said.setdefault(field.name, field.text)
    street = " ".join(said[name] for name in _STREET if name in said) if "RD" in said else said.get("A6", "")
    if "RD" not in said:
        street = " ".join(part for part in (said.get("PRD"), street, said.get("STS"), said.get("POD")) if part)
    house = " ".join(said[name] for name in _NUMBER if name in said)
    first = said.get("country", "").upper() in _NUMBER_FIRST
    line = [
        said.get("NAM", ""),
        said.get("LMK", ""),
        " ".join(filter(None, (house, street) if first else (street, house))),
    ]
    line += [said.get(name, "") for name in ("RDSEC", "RDBR", "RDSUBBR", "LOC")]
    line += [f"{_SAID_BY_NAME[name]} {said[name]}" for name in (*_INSIDE, "MP", "PN") if name in said]
    line += [said.get(name, "") for name in (*_TOWN, "PC", "country")]
    line += [f"{f.name} {f.text}" for f in fields if f.namespace not in (CIVIC, CIVIC_EXT)]
    kept = dict.fromkeys(part for part in line if part)
    return shown(", ".join(kept), 300)
