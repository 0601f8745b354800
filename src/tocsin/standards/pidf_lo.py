"""Location objects (PIDF-LO: RFC 4119, 5139, 5491, 6848, 7459): bytes to structs. Does not choose between places.

Locations keep the document's order: by RFC 5491 §3 the first is the one to act on, and that is the reader's to decide.
Elements of other vocabularies beside the location are passed over; inside it they are flagged.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.facts.confidence import UNSTATED, Confidence, Pdf
from tocsin.facts.shapes import Shape
from tocsin.facts.values import PERSONAL, Instant, PersonalText
from tocsin.standards.civic import CIVIC_SPACES, Civic, read_civic
from tocsin.standards.flaws import Flaw, Flaws, Unusable, shown
from tocsin.standards.pidf_shapes import GEOMETRY_SPACES, SHAPES, geometries, read_shape
from tocsin.standards.xml import Element, child, children, instant, local, read_xml, space, text_of

PIDF = "urn:ietf:params:xml:ns:pidf"
MOST_PLACES = 64
Holder: TypeAlias = Literal["tuple", "device", "person"]
HOLDERS: dict[str, Holder] = {"tuple": "tuple", "device": "device", "person": "person"}
_PDFS: dict[str, Pdf] = {"normal": "normal", "rectangular": "rectangular", "unknown": "unknown"}
_YES, _NO = frozenset(("true", "1", "yes")), frozenset(("false", "0", "no"))


class Rules(msgspec.Struct, frozen=True):
    """What the sender allows (RFC 4119 §2.2.2). Nothing said: no passing on."""

    retransmission_allowed: bool = False
    retention_expires_at: Instant | None = None
    note: str = ""


class Located(msgspec.Struct, frozen=True):
    """One geopriv element: where one tuple, device or person is."""

    holder: Holder
    id: str
    shapes: Annotated[tuple[Shape, ...], PERSONAL]
    """In the document's order."""
    civic: Annotated[tuple[Civic, ...], PERSONAL]
    confidence: Confidence
    method: str = ""
    at: Instant | None = None
    rules: Rules = Rules()
    speed_mps: float | None = None
    heading_deg: float | None = None


class PidfLo(msgspec.Struct, frozen=True):
    """One document. `located` may be empty: then `flaws` says why."""

    entity: PersonalText
    located: tuple[Located, ...]
    flaws: tuple[Flaw, ...] = ()

    @property
    def first_shape(self) -> Shape | None:
        """The geodetic location to act on, if there is one."""
        return next((shape for place in self.located for shape in place.shapes), None)


def parse(data: bytes) -> PidfLo | Unusable:
    """Read one document."""
    root = read_xml(data)
    if isinstance(root, Unusable):
        return root
    if local(root) != "presence":
        return Unusable("not_pidf", local(root), f"Its root element is {local(root)}, not presence.")
    return read_presence(root)


def read_presence(root: Element) -> PidfLo:
    """Read a presence element that stands in another document."""
    flaws = Flaws()
    if space(root) != PIDF:
        flaws.add("presence", "unknown_element", f"Its namespace is {shown(space(root), 60) or 'missing'}; it is read.")
    stated = list(islice(_geoprivs(root), MOST_PLACES + 1))
    located = [_located(holder, geopriv, flaws) for holder, geopriv in stated[:MOST_PLACES]]
    found = [place for place in located if place.shapes or place.civic or place.speed_mps is not None]
    if not found:
        flaws.add("location-info", "no_location", "It says nowhere where.")
    if len(stated) > MOST_PLACES:
        flaws.add(
            "presence", "repeated", f"It has more than {MOST_PLACES} locations; the first {MOST_PLACES} are read."
        )
    return PidfLo(shown(root.get("entity") or "", 200), tuple(found), flaws.all())


def _geoprivs(root: Element) -> Iterator[tuple[Element, Element]]:
    """Each geopriv with the tuple, device or person it is about."""
    for holder in children(root):
        if local(holder) in HOLDERS:
            for part in holder.iterdescendants():
                if isinstance(part.tag, str) and local(part) == "geopriv":
                    yield holder, part


def _located(holder: Element, geopriv: Element, flaws: Flaws) -> Located:
    info = child(geopriv, "location-info")
    reader = _Info(flaws)
    if info is None:
        flaws.add("location-info", "no_location", f"The geopriv of this {local(holder)} has none.")
    else:
        for part in children(info):
            reader.take(part)
    return Located(
        holder=HOLDERS[local(holder)],
        id=shown(holder.get("id") or "", 80),
        shapes=tuple(reader.shapes),
        civic=tuple(reader.civic),
        confidence=reader.confidence or UNSTATED,
        method=text_of(child(geopriv, "method"), 60),
        at=instant(child(holder, "timestamp"), flaws),
        rules=_rules(child(geopriv, "usage-rules"), flaws),
        speed_mps=reader.speed_mps,
        heading_deg=reader.heading_deg,
    )


class _Info:
    """Takes the parts of one location-info."""

    def __init__(self, flaws: Flaws) -> None:
        self.shapes: list[Shape] = []
        self.civic: list[Civic] = []
        self.confidence: Confidence | None = None
        self.speed_mps: float | None = None
        self.heading_deg: float | None = None
        self._flaws = flaws
        self._looked_at = 0

    def take(self, part: Element) -> None:
        """Read one child, whatever it is."""
        name = local(part)
        if name in SHAPES or space(part) in GEOMETRY_SPACES:
            self._geometry(part)
        elif name == "civicAddress":
            if space(part) not in CIVIC_SPACES:
                self._flaws.add(name, "unknown_element", "Its namespace is not that of an address; it is read.")
            address = read_civic(part, self._flaws)
            self.civic += [address] if address else []
        elif name == "confidence":
            self._confidence(part)
        elif name == "Dynamic":
            self.speed_mps = self._number(part, "speed", 0, 1_000)
            self.heading_deg = self._number(part, "heading", -360, 360)
        else:
            self._flaws.add(name, "unknown_element", f"{name} is no location we can read.")

    def _geometry(self, part: Element) -> None:
        found = [part] if local(part) in SHAPES else list(islice(geometries(part), MOST_PLACES))
        if not found:
            self._flaws.add(local(part), "unknown_element", f"{local(part)} is no shape of RFC 5491.")
        self._looked_at += len(found)
        if self._looked_at > MOST_PLACES:
            self._flaws.add(
                local(part), "repeated", f"More than {MOST_PLACES} shapes stand here; the first ones are read."
            )
            return
        for element in found:
            if space(element) not in GEOMETRY_SPACES:
                self._flaws.add(local(element), "unknown_element", "Its namespace is not that of a shape; it is read.")
            shape = read_shape(element, self._flaws)
            self.shapes += [shape] if shape else []

    def _confidence(self, part: Element) -> None:
        if self.confidence is not None:
            self._flaws.add("confidence", "repeated", "It is said more than once; the first is used.")
            return
        pdf = (part.get("pdf") or "unknown").strip()
        if pdf not in _PDFS:
            self._flaws.add("confidence", "bad_confidence", f"{shown(pdf)} is no distribution of RFC 7459.")
        said = text_of(part, 40)
        percent = None
        if said != "unknown":
            percent = _decimal(said)
            if percent is None or not 0 < percent <= 100:
                self._flaws.add(
                    "confidence", "bad_confidence", f"{said or 'Nothing'} is not a percentage; unknown is used."
                )
                percent = None
        self.confidence = Confidence(percent, _PDFS.get(pdf, "unknown"), stated=True)

    def _number(self, part: Element, name: str, low: float, high: float) -> float | None:
        """First number of a child: RFC 5962's headings may carry an elevation after it."""
        said = text_of(child(part, name), 60)
        if not said:
            return None
        value = _decimal(said.split(" ")[0])
        if value is None or not low <= value <= high:
            self._flaws.add(name, "bad_number", f"{shown(said)} is no {name}.")
            return None
        return value


def _decimal(said: str) -> float | None:
    try:
        value = float(said) if said.isascii() and "_" not in said else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < 1e9 else None


def _rules(element: Element | None, flaws: Flaws) -> Rules:
    if element is None:
        return Rules()
    said = text_of(child(element, "retransmission-allowed"), 20).lower()
    if said and said not in _YES | _NO:
        flaws.add("retransmission-allowed", "unknown_value", f"{shown(said)} is neither yes nor no; no is used.")
    expiry = instant(child(element, "retention-expiry"), flaws)
    return Rules(said in _YES, expiry, text_of(child(element, "note-well"), 300))
