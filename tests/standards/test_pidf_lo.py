"""Location objects: every shape, every address, and each thing that can be wrong with them, by the element's name."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standards.samples import DEG, FLAT, RAD, SHARED, SOLID, M, circle, civic, needs_shared, polygon, presence

from tocsin.facts.confidence import UNSTATED, Confidence
from tocsin.facts.shapes import ArcBand, Circle, Ellipse, Ellipsoid, Point, Polygon, Prism, Sphere
from tocsin.facts.values import Place
from tocsin.standards.civic import CIVIC_EXT
from tocsin.standards.flaws import Unusable
from tocsin.standards.pidf_lo import MOST_PLACES, PidfLo, Rules, parse
from tocsin.standards.pidf_write import write

RING = ((38.70, -9.10), (38.70, -9.20), (38.80, -9.20))
CORNERS = ("38.70 -9.10", "38.70 -9.20", "38.80 -9.20", "38.70 -9.10")


def flaws(document) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.what) for flaw in document.flaws]


def shape(info: str):
    """The one shape of a document without a flaw."""
    document = parse(presence(info))
    assert document.flaws == ()
    ((found,),) = [place.shapes for place in document.located]
    return found


def oval(kind: str, pos: str, *parts: str, srs: str = FLAT) -> str:
    return f'<gs:{kind} srsName="{srs}"><gml:pos>{pos}</gml:pos>{"".join(parts)}</gs:{kind}>'


def part(name: str, value: object, unit: str = M) -> str:
    return f"<gs:{name} {unit}>{value}</gs:{name}>"


AXES = (part("semiMajorAxis", 40), part("semiMinorAxis", 20))
TURNED = (part("semiMajorAxis", 20), part("semiMinorAxis", 40))
FOREIGN = "<Circle xmlns='x' srsName='EPSG:4326'><pos>1 2</pos><radius>3</radius></Circle>"
PRISM = f'<gs:Prism srsName="{SOLID}"><gs:base>{polygon(*(f"{c} 12" for c in CORNERS), srs=SOLID)}</gs:base>'


@pytest.mark.parametrize(
    ("info", "wanted"),
    [
        (f'<gml:Point srsName="{FLAT}"><gml:pos>38.7 -9.1</gml:pos></gml:Point>', Point(38.7, -9.1)),
        (f'<gml:Point srsName="{SOLID}"><gml:pos>38.7 -9.1 12</gml:pos></gml:Point>', Point(38.7, -9.1, 12.0)),
        (circle(), Circle(38.7, -9.1, 30.0)),
        (circle(radius="\n 3.0e1 "), Circle(38.7, -9.1, 30.0)),
        (polygon(*CORNERS), Polygon(RING)),
        (polygon(*CORNERS, kind="posList"), Polygon(RING)),
        (polygon(*(f"{c} 5" for c in CORNERS), srs=SOLID, kind="posList"), Polygon(RING, 5.0)),
        (oval("Sphere", "38.7 -9.1 12", part("radius", 30), srs=SOLID), Sphere(38.7, -9.1, 12.0, 30.0)),
        (oval("Ellipse", "38.7 -9.1", *AXES, part("orientation", 45, DEG)), Ellipse(38.7, -9.1, 40.0, 20.0, 45.0)),
        (
            oval("Ellipse", "38.7 -9.1", *AXES, part("orientation", math.pi, RAD)),
            Ellipse(38.7, -9.1, 40.0, 20.0, 180.0),
        ),
        (
            oval("Ellipsoid", "38.7 -9.1 5", *AXES, part("verticalAxis", 9), part("orientation", 45, DEG), srs=SOLID),
            Ellipsoid(38.7, -9.1, 5.0, 40.0, 20.0, 9.0, 45.0),
        ),
        (
            oval(
                "ArcBand",
                "38.7 -9.1",
                part("innerRadius", 1000),
                part("outerRadius", 2000),
                part("startAngle", 20, DEG),
                part("openingAngle", 60, DEG),
            ),
            ArcBand(38.7, -9.1, 1000.0, 2000.0, 20.0, 60.0),
        ),
        (f"{PRISM}{part('height', 3)}</gs:Prism>", Prism(RING, 12.0, 3.0)),
        (circle(srs="epsg:4326"), Circle(38.7, -9.1, 30.0)),
        (circle(srs="http://www.opengis.net/def/crs/EPSG/0/4326"), Circle(38.7, -9.1, 30.0)),
    ],
)
def test_every_shape_is_read_latitude_first(info, wanted):
    assert shape(info) == wanted


@pytest.mark.parametrize(
    ("info", "flaw", "left"),
    [
        (circle(srs="urn:ogc:def:crs:EPSG::27700"), ("Circle", "wrong_srs"), None),
        (circle(srs="urn:ogc:def:crs:OGC::CRS84"), ("Circle", "wrong_srs"), None),
        (circle(srs=""), ("Circle", "srs_missing"), Circle(38.7, -9.1, 30.0)),
        (circle("38.7"), ("pos", "bad_coordinates"), None),
        (circle("here there"), ("pos", "bad_coordinates"), None),
        (circle("nan -9.1"), ("pos", "bad_coordinates"), None),
        (circle("98.7 -9.1"), ("pos", "out_of_range"), None),
        (circle("38.7 -190"), ("pos", "out_of_range"), None),
        (circle("38.7 -9.1 4"), ("pos", "wrong_dimension"), Circle(38.7, -9.1, 30.0)),
        (circle(srs=SOLID), ("pos", "wrong_dimension"), Circle(38.7, -9.1, 30.0)),
        (circle(radius="-30"), ("radius", "negative_length"), Point(38.7, -9.1)),
        (circle(radius="wide"), ("radius", "bad_number"), Point(38.7, -9.1)),
        (circle(radius="inf"), ("radius", "bad_number"), Point(38.7, -9.1)),
        (circle(radius=""), ("radius", "bad_length"), Point(38.7, -9.1)),
        (circle(radius="2e6"), ("radius", "out_of_range"), Circle(38.7, -9.1, 1_000_000.0)),
        (circle(unit='uom="foot"'), ("radius", "unknown_unit"), Point(38.7, -9.1)),
        (polygon(*CORNERS[:3]), ("Polygon", "ring_open"), None),
        (polygon(*CORNERS[:2], CORNERS[0]), ("Polygon", "ring_short"), None),
        (polygon(CORNERS[0]), ("Polygon", "ring_short"), None),
        (polygon(), ("pos", "bad_coordinates"), None),
        (polygon("1 1", "1 1", "1 1", "1 1", "1 1"), ("Polygon", "ring_short"), None),
        (polygon(*CORNERS[:3], "38.75 -9.05"), ("Polygon", "ring_open"), Polygon((*RING, (38.75, -9.05)))),
        (
            oval("Ellipse", "38.7 -9.1", *TURNED, part("orientation", 10, DEG)),
            ("semiMinorAxis", "axes_swapped"),
            Ellipse(38.7, -9.1, 40.0, 20.0, 100.0),
        ),
        (oval("Ellipse", "38.7 -9.1", AXES[0]), ("semiMinorAxis", "bad_length"), Circle(38.7, -9.1, 40.0)),
        (oval("ArcBand", "38.7 -9.1", part("innerRadius", 5)), ("outerRadius", "bad_length"), None),
        (
            oval("ArcBand", "38.7 -9.1", part("outerRadius", 9)),
            ("startAngle", "bad_length"),
            ArcBand(38.7, -9.1, 0.0, 9.0, 0.0, 360.0),
        ),
        ('<gml:LineString srsName="x"/>', ("LineString", "unknown_element"), None),
        (FOREIGN, ("Circle", "unknown_element"), Circle(1.0, 2.0, 3.0)),
        ("<mystery/>", ("mystery", "unknown_element"), None),
        ("", ("location-info", "no_location"), None),
    ],
)  # fmt: skip
def test_a_flawed_shape_is_named_and_the_caller_is_kept_where_possible(info, flaw, left):
    document = parse(presence(info))
    assert isinstance(document, PidfLo)
    assert flaw in flaws(document)
    assert document.first_shape == left
    assert (("location-info", "no_location") in flaws(document)) == (left is None)


def test_a_hole_is_not_part_of_the_outline():
    hole = "<gml:interior><gml:LinearRing><gml:pos>0 0</gml:pos></gml:LinearRing></gml:interior></gml:Polygon>"
    document = parse(presence(polygon(*CORNERS).replace("</gml:Polygon>", hole)))
    assert document.first_shape == Polygon(RING)
    assert flaws(document) == [("interior", "unknown_element")]


@pytest.mark.parametrize(
    ("said", "wanted", "flaw"),
    [
        ('<con:confidence pdf="normal">68</con:confidence>', Confidence(68.0, "normal", True), None),
        ("<con:confidence>unknown</con:confidence>", Confidence(None, "unknown", True), None),
        ('<con:confidence pdf="rectangular">99</con:confidence>', Confidence(99.0, "rectangular", True), None),
        ("<con:confidence>0</con:confidence>", Confidence(None, "unknown", True), "bad_confidence"),
        ("<con:confidence>nan</con:confidence>", Confidence(None, "unknown", True), "bad_confidence"),
        ('<con:confidence pdf="x">9</con:confidence>', Confidence(9.0, "unknown", True), "bad_confidence"),
        ("<con:confidence>9</con:confidence>" * 2, Confidence(9.0, "unknown", True), "repeated"),
        ("", UNSTATED, None),
    ],
)  # fmt: skip
def test_confidence(said, wanted, flaw):
    document = parse(presence(circle() + said))
    assert document.located[0].confidence == wanted
    assert flaws(document) == ([("confidence", flaw)] if flaw else [])


def test_method_time_rules_and_movement():
    rest = (
        "<gp:usage-rules><gp:retransmission-allowed>yes</gp:retransmission-allowed>"
        "<gp:retention-expiry>2026-03-01T12:00:00+01:00</gp:retention-expiry></gp:usage-rules><gp:method>Cell</gp:method>"
    )
    moving = "<dyn:Dynamic><dyn:speed>12.5</dyn:speed><dyn:heading>270 3</dyn:heading></dyn:Dynamic>"
    document = parse(presence(circle() + moving, rest, "<timestamp>2026-03-01T11:00:00Z</timestamp>"))
    (place,) = document.located
    assert document.flaws == ()
    assert (place.method, place.at, place.speed_mps, place.heading_deg) == ("Cell", 1772362800.0, 12.5, 270.0)
    assert place.rules == Rules(True, 1772362800.0, "")
    assert parse(presence(circle())).located[0].rules == Rules(False, None)


@pytest.mark.parametrize(
    ("said", "flaw", "at"),
    [
        ("2026-03-01T11:00:00", "zone_missing", 1772362800.0),
        ("yesterday", "bad_time", None),
        ("2026-03-01", "bad_time", None),
        ("2026-13-01T11:00:00Z", "bad_time", None),
    ],
)
def test_a_bad_time_is_named(said, flaw, at):
    document = parse(presence(circle(), after=f"<timestamp>{said}</timestamp>"))
    assert flaws(document) == [("timestamp", flaw)]
    assert document.located[0].at == at


@pytest.mark.parametrize(
    ("inside", "label"),
    [
        ("<ca:country>US</ca:country><ca:A1>CA</ca:A1><ca:A3>San Francisco</ca:A3><ca:PRD>N</ca:PRD><ca:RD>Turk</ca:RD>"
         "<ca:STS>St</ca:STS><ca:HNO>123</ca:HNO><ca:HNS>A</ca:HNS><ca:PC>94102</ca:PC><ca:FLR>3</ca:FLR>",
         "123 A N Turk St, floor 3, San Francisco, CA, 94102, US"),
        ("<ca:country>PT</ca:country><ca:A3>Lisboa</ca:A3><ca:RD>Rua do Ouro</ca:RD><ca:HNO>12</ca:HNO>"
         "<ca:NAM>Café Sol</ca:NAM>", "Café Sol, Rua do Ouro 12, Lisboa, PT"),
        ("<ca:A6>Broadway</ca:A6><ca:HNO>5</ca:HNO>", "Broadway 5"),
        (f'<e:PN xmlns:e="{CIVIC_EXT}">1234</e:PN><ca:RD>A1</ca:RD>', "A1, pole 1234"),
        ('<ca:RD>Cross</ca:RD><x:bridge xmlns:x="http://canals.example.com">7</x:bridge>', "Cross, bridge 7"),
        ("<ca:LMK>مستشفى الملك</ca:LMK>", "مستشفى الملك"),
    ],
)  # fmt: skip
def test_an_address_reads_on_one_line(inside, label):
    document = parse(presence(civic(inside)))
    assert document.flaws == ()
    assert document.located[0].civic[0].label == label


@pytest.mark.parametrize(
    ("said", "allowed", "flawed"), [("maybe", False, True), ("1", True, False), ("No", False, False)]
)
def test_only_a_yes_lets_a_location_be_passed_on(said, allowed, flawed):
    rule = f"<gp:usage-rules><gp:retransmission-allowed>{said}</gp:retransmission-allowed></gp:usage-rules>"
    document = parse(presence(circle(), rule))
    assert document.located[0].rules.retransmission_allowed is allowed
    assert flaws(document) == ([("retransmission-allowed", "unknown_value")] if flawed else [])


def test_every_field_is_kept_under_its_own_name():
    inside = "<ca:HNO>1</ca:HNO><ca:HNO>2</ca:HNO><ca:NEW>x</ca:NEW><e:HNP xmlns:e='urn:e'>P</e:HNP><ca:A1> </ca:A1>"
    document = parse(presence(civic(inside, "pt")))
    (address,) = document.located[0].civic
    assert [(f.name, f.text) for f in address.fields] == [("HNO", "1"), ("HNO", "2"), ("NEW", "x"), ("HNP", "P")]
    assert (address.get("HNP"), address.get("HNP", "urn:e"), address.get("HNP", "urn:f")) == ("P", "P", "")
    assert (address.language, flaws(document)) == ("pt", [("HNO", "repeated"), ("NEW", "unknown_element")])
    assert ("RD", "text_cut") in flaws(parse(presence(civic(f"<ca:RD>{'x' * 400}</ca:RD>"))))


def test_an_empty_address_is_no_location():
    document = parse(presence(civic("")))
    assert flaws(document) == [("civicAddress", "no_location"), ("location-info", "no_location")]


def test_locations_keep_the_documents_order():
    document = parse(presence(circle() + polygon(*CORNERS) + civic("<ca:RD>A</ca:RD>")))
    assert [type(found) for found in document.located[0].shapes] == [Circle, Polygon]
    assert document.first_shape == Circle(38.7, -9.1, 30.0)


def test_too_many_locations_are_cut_and_told():
    one = presence(circle()).decode()
    start, end = one.index("<tuple"), one.index("</presence>")
    document = parse((one[:start] + one[start:end] * (MOST_PLACES + 1) + one[end:]).encode())
    assert len(document.located) == MOST_PLACES
    assert ("presence", "repeated") in flaws(document)


def test_too_many_shapes_are_cut_and_told():
    document = parse(presence(circle() * (MOST_PLACES + 1)))
    assert len(document.located[0].shapes) == MOST_PLACES
    assert flaws(document) == [("Circle", "repeated")]


@pytest.mark.parametrize("data", [b"<html/>", b"<locationResponse/>"])
def test_what_is_no_presence_is_refused(data):
    refused = parse(data)
    assert isinstance(refused, Unusable)
    assert refused.name == "not_pidf"


PLACES = st.builds(
    Place, st.floats(-90, 90), st.floats(-180, 180), radius_m=st.one_of(st.just(0.0), st.floats(0.01, 1_000_000))
)


@given(PLACES, st.integers(0, 4_000_000_000), st.booleans())
def test_what_we_write_we_read(place, at, onward):
    rules = Rules(onward, float(at + 60))
    document = parse(write(place, float(at), "pres:one@example.org", "GPS", rules, Confidence(90.0, "normal", True)))
    assert document.flaws == ()
    (there,) = document.located
    (found,) = there.shapes
    assert (found.lat, found.lon) == pytest.approx((place.lat, place.lon), abs=1e-7)
    assert getattr(found, "radius_m", 0.0) == pytest.approx(place.radius_m, abs=0.006)
    assert (there.at, there.method, there.rules, document.entity) == (at, "GPS", rules, "pres:one@example.org")
    assert there.confidence == Confidence(90.0, "normal", True)


def test_nothing_is_passed_on_unless_somebody_says_so():
    assert parse(write(Place(1.0, 2.0), 0.0, "pres:x")).located[0].rules == Rules(False, None)


@pytest.mark.parametrize(
    ("place", "at", "entity", "field"),
    [
        (Place(91.0, 0.0), 0.0, "pres:x", "place"),
        (Place(float("nan"), 0.0), 0.0, "pres:x", "place"),
        (Place(1.0, 0.0), 1e300, "pres:x", "at"),
        (Place(1.0, 0.0), 0.0, "pres:\x00", "text"),
    ],
)
def test_what_cannot_be_written_is_refused(place, at, entity, field):
    refused = write(place, at, entity)
    assert isinstance(refused, Unusable)
    assert (refused.name, refused.field) == ("bad_argument", field)


KINDS = {"Circle": Circle, "Ellipse": Ellipse, "Polygon": Polygon, "Point": Point, "Civic": None, "ArcBand": ArcBand}


@needs_shared
def test_outside_documents_are_what_their_names_say():
    seen = 0
    for path in sorted((SHARED / "pidf_lo").glob("*.xml")):
        document = parse(path.read_bytes())
        assert isinstance(document, PidfLo), path.name
        assert document.flaws == (), path.name
        wanted = {kind for name, kind in KINDS.items() if name in path.stem}
        found = {type(form) for place in document.located for form in place.shapes}
        found |= {None} if any(place.civic for place in document.located) else set()
        assert found == wanted, path.name
        seen += 1
    assert seen >= 9
    old = parse((SHARED / "pidf_lo" / "RFC5491TuplePointLocation.xml").read_bytes())
    assert old.first_shape == Point(37.775, pytest.approx(-122.419444, abs=1e-6))
