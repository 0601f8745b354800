"""What a message says becomes an order: AML reports and location objects as `report_location`. Talks to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tocsin.domain.orders_locations import RAW_MOST, ReportLocation
from tocsin.facts.locations import LocationSource, ReportFlaw
from tocsin.standards.aml_report import AmlReport
from tocsin.standards.flaws import Flaw, Unusable, shown
from tocsin.standards.pidf_lo import PidfLo

MOST_FLAWS = 64
MOST_PLACES = 8
"""Places of one document that become reports; a ninth adds nothing a person would read."""


def of_aml(report: AmlReport, origin: str, raw: str, number: str = "") -> ReportLocation:
    """One AML message, however it came."""
    return ReportLocation(
        source="aml",
        number=report.number or number,
        shape=report.shape,
        confidence=report.confidence,
        fixed_at=report.positioned_at,
        method=report.method,
        altitude_m=report.altitude_m,
        floor=report.floor,
        speed_mps=report.speed_mps,
        heading_deg=report.heading_deg,
        origin=origin,
        flaws=flaws_of(report.flaws, raw),
        raw=kept(raw),
    )


def of_pidf(
    document: PidfLo, source: LocationSource, origin: str, raw: str, *, call: str = "", number: str = ""
) -> Iterator[ReportLocation]:
    """Every place of a document, in its order; one without a shape when it says none."""
    flaws = flaws_of(document.flaws, raw)
    places = [(place, shape) for place in document.located for shape in place.shapes or (None,)]
    for n, (place, shape) in enumerate(places[:MOST_PLACES]):
        yield ReportLocation(
            source=source,
            shape=shape,
            confidence=place.confidence,
            fixed_at=place.at,
            method=shown(place.method, 60),
            text=shown("; ".join(civic.label for civic in place.civic), 200),
            speed_mps=place.speed_mps,
            heading_deg=place.heading_deg,
            flaws=flaws,
            raw=kept(raw) if n == 0 else "",
            call=call,
            number=number,
            origin=origin,
        )
    if not places:
        yield ReportLocation(source, call, number, origin=origin, flaws=flaws, raw=kept(raw))


def unread(
    why: Unusable, source: LocationSource, origin: str, raw: str, *, call: str = "", number: str = ""
) -> ReportLocation:
    """A partner's message that says nothing we can read, about a caller we know: kept, and seen to be so."""
    flaw = ReportFlaw(shown(why.field, 60) or "message", why.name, why.text)
    return ReportLocation(
        source=source, call=call, number=number, origin=origin, raw=kept(raw), flaws=(flaw, *flaws_of((), raw))
    )


def flaws_of(flaws: Iterable[Flaw], raw: str) -> tuple[ReportFlaw, ...]:
    """The flaws a reader found, and whether the message was cut."""
    found = [ReportFlaw(flaw.field, flaw.what, flaw.text) for flaw in flaws][:MOST_FLAWS]
    if len(raw) > RAW_MOST:
        found.append(ReportFlaw("message", "raw_cut", f"Only {RAW_MOST} of its {len(raw)} characters are kept."))
    return tuple(found)


def kept(raw: str) -> str:
    """The message as it came, without what no store and no screen can hold."""
    return shown_raw(raw[:RAW_MOST])


def shown_raw(raw: str) -> str:
    """Control characters as their pictures (U+2400 …), so that a line stays a line and nothing is lost."""
    return "".join(chr(0x2400 + ord(char)) if ord(char) < 0x20 else _plain(char) for char in raw)


def _plain(char: str) -> str:
    code = ord(char)
    odd = 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code in (0x2028, 0x2029, 0xFFFE, 0xFFFF)
    return "\ufffd" if odd else char
