"""Asking a location server (HELD: RFC 5985, 6155, 6753), client side: requests to bytes, answers to structs.

A request is built for a live call and for nothing else: `Asking.call` says which, and without it nothing is built. It
is not sent along. What an answer refers to is fetched by a gateway, which decides whom it talks to.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal, TypeAlias

import msgspec
from lxml import etree

from tocsin.facts.values import PERSONAL, Instant, PersonalText
from tocsin.standards.flaws import Flaw, Flaws, Unusable, shown
from tocsin.standards.pidf_lo import PidfLo, read_presence
from tocsin.standards.xml import Element, children, instant_of, local, read_xml, space, text_of

HELD = "urn:ietf:params:xml:ns:geopriv:held"
HELD_ID = "urn:ietf:params:xml:ns:geopriv:held:id"
CONTENT_TYPE = "application/held+xml"
MOST_REFERENCES = 16

LocationType: TypeAlias = Literal["any", "civic", "geodetic", "locationURI"]
ResponseTime: TypeAlias = Literal["emergencyRouting", "emergencyDispatch"] | int
DeviceKind: TypeAlias = Literal["tel", "uri", "ip"]

ERROR_CODES: dict[str, str] = {
    "requestError": "The server could not read our request.",
    "xmlError": "The server found our XML to be wrong.",
    "generalLisError": "The server failed.",
    "locationUnknown": "The server does not know where the device is.",
    "unsupportedMessage": "The server does not know this kind of request.",
    "timeout": "The server had no location in the time we gave it.",
    "cannotProvideLiType": "The server has no location of the kind we asked for.",
    "notLocatable": "The server cannot locate this device.",
    "badIdentifier": "The server does not know the device by the identity we gave.",
}
"""RFC 5985 §6.3; badIdentifier is of RFC 6155."""

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TEL = re.compile(r"\+?[0-9]{3,15}\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[\x21-\x7e]{1,2000}\Z")


class Device(msgspec.Struct, frozen=True):
    """Which device a request is about (RFC 6155 §3): `tel` is written as a tel URI."""

    kind: DeviceKind
    value: PersonalText


class Asking(msgspec.Struct, frozen=True):
    """One locationRequest. Without a `device` it asks where the sender is, or what a location reference stands for."""

    call: str
    """The live call this is for. Stays here: it is not in the bytes."""
    device: Device | None = None
    response_time: ResponseTime = "emergencyDispatch"
    """A purpose, or milliseconds (RFC 5985 §6.1)."""
    types: tuple[LocationType, ...] = ("geodetic", "civic")
    exact: bool = False


class Reference(msgspec.Struct, frozen=True):
    """A place to ask again (RFC 6753). Whoever holds the URI can ask: it is as personal as the answer."""

    uri: Annotated[str, PERSONAL]
    expires_at: Instant | None


class HeldAnswer(msgspec.Struct, frozen=True):
    """A locationResponse: by value, by reference, or both. Both empty: `flaws` says so."""

    pidf: tuple[PidfLo, ...] = ()
    references: tuple[Reference, ...] = ()
    flaws: tuple[Flaw, ...] = ()


class HeldError(msgspec.Struct, frozen=True):
    """The server said no. `text` is ours; `messages` are the server's, (language, text)."""

    code: str
    text: str
    messages: tuple[tuple[str, str], ...] = ()
    flaws: tuple[Flaw, ...] = ()

    def message(self, *languages: str) -> str:
        """The server's words in the first of `languages` it has, else its first, else ours."""
        for wanted in languages:
            for language, text in self.messages:
                if language.lower().split("-")[0] == wanted.lower().split("-")[0]:
                    return text
        return self.messages[0][1] if self.messages else self.text


def build_request(asking: Asking) -> bytes | Unusable:
    """Bytes of one locationRequest; with no live call, or an identity that is none, a named refusal."""
    if not asking.call.strip():
        return Unusable("no_call", "call", "A device is located for a live call only.")
    if isinstance(asking.response_time, int) and not 0 <= asking.response_time <= 600_000:
        return Unusable("bad_argument", "responseTime", "It is between 0 and 600,000 milliseconds.")
    if not asking.types or (asking.types != ("any",) and "any" in asking.types):
        return Unusable("bad_argument", "locationType", "It is `any` alone, or some of the others.")
    root = etree.Element(f"{{{HELD}}}locationRequest", nsmap={None: HELD})  # type: ignore[dict-item]
    root.set("responseTime", str(asking.response_time))
    kinds = etree.SubElement(root, f"{{{HELD}}}locationType", exact="true" if asking.exact else "false")
    kinds.text = " ".join(asking.types)
    if asking.device is not None:
        refused = _identify(root, asking.device)
        if refused is not None:
            return refused
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _identify(root: Element, device: Device) -> Unusable | None:
    holder = etree.SubElement(root, f"{{{HELD_ID}}}device", nsmap={None: HELD_ID})  # type: ignore[dict-item]
    bad = Unusable("bad_argument", device.kind, f"It is not the {device.kind} of a device.")
    if device.kind == "ip":
        try:
            address = ipaddress.ip_address(device.value)
        except ValueError:
            return bad
        etree.SubElement(holder, f"{{{HELD_ID}}}ip", v=str(address.version)).text = str(address)
        return None
    value = device.value if device.kind == "uri" else re.sub(r"[ ().-]", "", device.value)
    if not (_URI if device.kind == "uri" else _TEL).match(value):
        return bad
    etree.SubElement(holder, f"{{{HELD_ID}}}uri").text = value if device.kind == "uri" else f"tel:{value}"
    return None


def parse_answer(data: bytes) -> HeldAnswer | HeldError | Unusable:
    """Read what a server answered: a locationResponse, an error, or a bare PIDF-LO (RFC 6753 §3, fetched with GET)."""
    root = read_xml(data)
    if isinstance(root, Unusable):
        return root
    name = local(root)
    if name == "presence":
        return HeldAnswer(pidf=(read_presence(root),))
    flaws = Flaws()
    if name in ("locationResponse", "error") and space(root) != HELD:
        flaws.add(name, "unknown_element", f"Its namespace is {shown(space(root), 60) or 'missing'}; it is read.")
    if name == "locationResponse":
        return _answer(root, flaws)
    if name == "error":
        return _error(root, flaws)
    return Unusable("not_held", name, f"Its root element is {name}: no answer of a location server.")


def _answer(root: Element, flaws: Flaws) -> HeldAnswer:
    pidf: list[PidfLo] = []
    references: list[Reference] = []
    for part in children(root):
        if local(part) == "presence":
            pidf.append(read_presence(part))
        elif local(part) == "locationUriSet":
            references += _references(part, flaws)
    if not pidf and not references:
        flaws.add("locationResponse", "no_location", "It has neither a location nor a reference to one.")
    if len(references) > MOST_REFERENCES:
        flaws.add("locationUriSet", "repeated", f"It has {len(references)} references; {MOST_REFERENCES} are kept.")
    return HeldAnswer(tuple(pidf), tuple(references[:MOST_REFERENCES]), flaws.all())


def _references(part: Element, flaws: Flaws) -> list[Reference]:
    said = part.get("expires")
    if said is None:
        flaws.add("locationUriSet", "bad_time", "It does not say when it expires (expires).")
    expires_at = None if said is None else instant_of(said, "expires", flaws)
    found = []
    for element in children(part, "locationURI"):
        uri = text_of(element, 2_000)
        if not _URI.match(uri):
            flaws.add("locationURI", "unknown_value", f"{shown(uri)} is not a URI; it is left out.")
            continue
        if not uri.lower().startswith("https:"):
            flaws.add(
                "locationURI", "reference_not_https", "It is not fetched over HTTPS, so anybody may read or change it."
            )
        found.append(Reference(uri, expires_at))
    return found


def _error(root: Element, flaws: Flaws) -> HeldError:
    code = shown(root.get("code") or "", 60)
    if code not in ERROR_CODES:
        flaws.add("code", "unknown_code", f"{code or 'Nothing'} is no code of RFC 5985 or 6155.")
    messages = [(shown(part.get(_LANG) or "", 20), text_of(part, 300)) for part in children(root, "message")]
    text = ERROR_CODES.get(code, "The server refused, and gave a reason we do not know.")
    return HeldError(code, text, tuple(messages[:20]), flaws.all())
