"""A location object of our own, for answering others: one place as PIDF-LO (RFC 4119, 5491). Knows no person.

The entity is whatever pseudonym the caller hands in; it may be passed on only where `retransmission_allowed` says so.
"""

from __future__ import annotations

import math

from lxml import etree

from tocsin.facts.confidence import Confidence
from tocsin.facts.values import Instant, Place
from tocsin.standards.flaws import Unusable
from tocsin.standards.pidf_lo import PIDF, Rules
from tocsin.standards.pidf_shapes import GML, GS
from tocsin.standards.xml import Element, stamp

GEOPRIV = "urn:ietf:params:xml:ns:pidf:geopriv10"
POLICY = "urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"
CONF = "urn:ietf:params:xml:ns:geopriv:conf"
_NAMES = {None: PIDF, "gp": GEOPRIV, "gbp": POLICY, "gml": GML, "gs": GS, "con": CONF}
_EARLIEST, _LATEST = -62_000_000_000.0, 253_000_000_000.0


def write(
    place: Place,
    at: Instant,
    entity: str,
    method: str = "Manual",
    rules: Rules | None = None,
    confidence: Confidence | None = None,
) -> bytes | Unusable:
    """One document: a circle, or a point when the place states no uncertainty. `rules` default to: not passed on.

    Text XML cannot carry, or a place or time that is none, is refused as `bad_argument` with the field.
    """
    bad = _wrong(place, at, rules or Rules())
    if bad:
        return Unusable("bad_argument", bad, f"{bad} cannot be written.")
    try:
        root = etree.Element(f"{{{PIDF}}}presence", {"entity": entity}, nsmap=_NAMES)  # type: ignore[arg-type]
        holder = _put(root, PIDF, "tuple", id="t1")
        geopriv = _put(_put(holder, PIDF, "status"), GEOPRIV, "geopriv")
        _shape(_put(geopriv, GEOPRIV, "location-info"), place, confidence)
        _rules(_put(geopriv, GEOPRIV, "usage-rules"), rules or Rules())
        _put(geopriv, GEOPRIV, "method", method)
        _put(holder, PIDF, "timestamp", stamp(at))
    except ValueError:
        return Unusable("bad_argument", "text", "There are characters that XML cannot carry.")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _wrong(place: Place, at: Instant, rules: Rules) -> str:
    expiry = rules.retention_expires_at
    if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180 and 0 <= place.radius_m < math.inf):
        return "place"
    if not _EARLIEST < at < _LATEST:
        return "at"
    return "" if expiry is None or _EARLIEST < expiry < _LATEST else "retention_expires_at"


def _shape(info: Element, place: Place, confidence: Confidence | None) -> None:
    space, name = (GS, "Circle") if place.radius_m > 0 else (GML, "Point")
    shape = _put(info, space, name, srsName="urn:ogc:def:crs:EPSG::4326")
    _put(shape, GML, "pos", f"{_plain(place.lat, 7)} {_plain(place.lon, 7)}")
    if place.radius_m > 0:
        _put(shape, GS, "radius", _plain(max(place.radius_m, 0.01), 2), uom="urn:ogc:def:uom:EPSG::9001")
    if confidence is not None and confidence.stated:
        said = "unknown" if confidence.percent is None else _plain(confidence.percent, 4)
        _put(info, CONF, "confidence", said, pdf=confidence.pdf)


def _rules(element: Element, rules: Rules) -> None:
    _put(element, POLICY, "retransmission-allowed", "true" if rules.retransmission_allowed else "false")
    if rules.retention_expires_at is not None:
        _put(element, POLICY, "retention-expiry", stamp(rules.retention_expires_at))
    if rules.note:
        _put(element, POLICY, "note-well", rules.note)


def _put(parent: Element, space: str, name: str, text: str = "", **attributes: str) -> Element:
    element = etree.SubElement(parent, f"{{{space}}}{name}", dict(attributes))
    if text:
        element.text = text
    return element


def _plain(value: float, digits: int) -> str:
    """Decimal without an exponent or trailing zeros: xs:double allows one, old readers do not."""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") or "0"
