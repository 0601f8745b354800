"""XML from strangers, read with the doors shut: no DTD, no entities, no network, limits on size, depth and count.

Refuses to know any vocabulary. lxml is used with everything optional off; a DTD is refused before the parser sees it,
which is why only encodings that can be searched for one are read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from tocsin.facts.values import Instant
from tocsin.standards.flaws import Flaws, Unusable, shown

LARGEST = 262_144
DEEPEST = 48
MOST_ELEMENTS = 5_000
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,200}\?>")
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "iso-8859-1": "latin-1"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

Element = etree._Element


def read_xml(data: bytes) -> Element | Unusable:
    """Root element of one document, or why not."""
    if len(data) > LARGEST:
        return Unusable("too_large", "document", f"It is longer than {LARGEST} bytes.")
    if not data.strip():
        return Unusable("empty", "document", "There is nothing in it.")
    text = _decoded(data)
    if isinstance(text, Unusable):
        return text
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Unusable("dtd_forbidden", "DOCTYPE", "Documents with a DTD or entities of their own are refused unread.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text, count=1).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        return _not_xml(str(error))
    return _measured(root)


def _not_xml(said: str) -> Unusable:
    if "Excessive depth" in said:
        return _too_deep("document")
    return Unusable("not_xml", "document", shown(said, 160) or "It is not XML.")


def _too_deep(field: str) -> Unusable:
    return Unusable("too_deep", field, f"Elements stand in one another more than {DEEPEST} deep.")


def _decoded(data: bytes) -> str | Unusable:
    bom, encoding = next(((bom, name) for bom, name in _BOMS if data.startswith(bom)), (b"", ""))
    if not encoding:
        declared = _DECLARED.match(data)
        name = declared.group(1).decode().lower() if declared else "utf-8"
        if name not in _ENCODINGS:
            return Unusable("bad_encoding", "encoding", f"Documents in {name} are not read; UTF-8 is.")
        encoding = _ENCODINGS[name]
    try:
        return data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        return Unusable("bad_encoding", "encoding", f"It is not {encoding} at byte {error.start}.")


def _measured(root: Element) -> Element | Unusable:
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST:
            return _too_deep(local(element))
        if count > MOST_ELEMENTS:
            return Unusable("too_many_elements", local(element), f"It has more than {MOST_ELEMENTS} elements.")
    return root


def local(element: Element) -> str:
    """Name without namespace, safe to show."""
    return shown(etree.QName(element).localname, 60) if isinstance(element.tag, str) else "(none)"


def space(element: Element) -> str:
    """Namespace of an element's name."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def children(element: Element, name: str = "") -> Iterator[Element]:
    """Child elements in order, of this local name if one is given."""
    for child in element:
        if isinstance(child.tag, str) and (not name or etree.QName(child).localname == name):
            yield child


def child(element: Element, name: str) -> Element | None:
    """First child of this local name."""
    return next(children(element, name), None)


def text_of(element: Element | None, limit: int = 200) -> str:
    """All text inside, as one safe line."""
    if element is None:
        return ""
    taken, length = [], 0
    for piece in element.itertext():
        taken.append(str(piece))
        length += len(taken[-1])
        if length > 8 * limit:
            break
    return shown("".join(taken).strip(), limit)


def instant(element: Element | None, flaws: Flaws) -> Instant | None:
    """xs:dateTime as an instant; without a zone it is taken as UTC and flagged."""
    said = text_of(element, 60)
    return instant_of(said, local(element), flaws) if element is not None and said else None


def instant_of(said: str, field: str, flaws: Flaws) -> Instant | None:
    """The same from an attribute's value."""
    try:
        at = datetime.fromisoformat(said.strip()) if "T" in said else None
        if at is not None and at.tzinfo is None:
            flaws.add(field, "zone_missing", f"{shown(said)} names no time zone; it is read as UTC.")
            at = at.replace(tzinfo=UTC)
        if at is not None:
            return at.timestamp()
    except (ValueError, OverflowError):
        pass
    flaws.add(field, "bad_time", f"{shown(said)} is not a date and time.")
    return None


def stamp(at: Instant) -> str:
    """An instant as xs:dateTime in UTC, to the second; fractions are kept when there are any."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
