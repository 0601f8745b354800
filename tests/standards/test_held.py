"""HELD, client side: requests the schema accepts, every answer read, and no request without a live call."""

from __future__ import annotations

import pytest
from lxml import etree
from tests.standards.samples import SHARED, circle, needs_shared, presence

from tocsin.facts.shapes import Circle, Point
from tocsin.standards.flaws import Unusable
from tocsin.standards.held import ERROR_CODES, Asking, Device, HeldAnswer, HeldError, build_request, parse_answer

NS = 'xmlns="urn:ietf:params:xml:ns:geopriv:held"'
URI = "<locationURI>https://ls.example.org/x</locationURI>"
UNTIL = '<locationUriSet expires="2026-03-01T12:00:00Z">'
ASKINGS = [
    Asking("c1"),
    Asking("c1", types=("any",), exact=True),
    Asking("c1", Device("tel", "+351 912-345-678"), "emergencyRouting", ("geodetic",), True),
    Asking("c1", Device("tel", "112")),
    Asking("c1", Device("uri", "sip:ana@example.org"), 8000, ("civic", "geodetic", "locationURI")),
    Asking("c1", Device("ip", "192.0.2.7"), 0),
    Asking("c1", Device("ip", "2001:DB8::7")),
]


def flaws(answer) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.what) for flaw in answer.flaws]


def answer(inside: str) -> bytes:
    return f"<locationResponse {NS}>{inside}</locationResponse>".encode()


@needs_shared
@pytest.mark.parametrize("asking", ASKINGS)
def test_what_we_ask_fits_the_schema(asking):
    schema = etree.XMLSchema(etree.parse(str(SHARED / "held" / "held.xsd")))
    assert schema.validate(etree.fromstring(build_request(asking))), schema.error_log


@needs_shared
def test_the_schema_would_say_no():
    schema = etree.XMLSchema(etree.parse(str(SHARED / "held" / "held.xsd")))
    asked = build_request(ASKINGS[5])
    for old, new in ((b"emergencyDispatch", b"x"), (b'responseTime="0"', b'responseTime="-1"'), (b'v="4"', b'v="44"')):
        if old in asked:
            assert not schema.validate(etree.fromstring(asked.replace(old, new))), new


@pytest.mark.parametrize(
    ("asking", "pieces"),
    [
        (ASKINGS[0], [b'responseTime="emergencyDispatch"', b'exact="false">geodetic civic<']),
        (ASKINGS[2], [b"<uri>tel:+351912345678</uri>", b"emergencyRouting", b'exact="true">geodetic<']),
        (ASKINGS[4], [b"<uri>sip:ana@example.org</uri>", b'responseTime="8000"', b">civic geodetic locationURI<"]),
        (ASKINGS[5], [b'<ip v="4">192.0.2.7</ip>']),
        (ASKINGS[6], [b'<ip v="6">2001:db8::7</ip>']),
    ],
)
def test_what_we_ask_says_what_we_meant(asking, pieces):
    asked = build_request(asking)
    assert [piece for piece in pieces if piece not in asked] == []
    assert b"c1" not in asked


@pytest.mark.parametrize("call", ["", "  "])
def test_nobody_is_located_without_a_live_call(call):
    refused = build_request(Asking(call, Device("tel", "+351912345678")))
    assert isinstance(refused, Unusable)
    assert (refused.name, refused.field) == ("no_call", "call")


@pytest.mark.parametrize(
    ("asking", "field"),
    [
        (Asking("c1", response_time=-1), "responseTime"),
        (Asking("c1", types=()), "locationType"),
        (Asking("c1", types=("any", "civic")), "locationType"),
        (Asking("c1", Device("tel", "ana")), "tel"),
        (Asking("c1", Device("uri", "no uri")), "uri"),
        (Asking("c1", Device("ip", "300.1.1.1")), "ip"),
        (Asking("c1", Device("uri", "sip:\x00")), "uri"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(asking, field):
    refused = build_request(asking)
    assert isinstance(refused, Unusable)
    assert (refused.name, refused.field) == ("bad_argument", field)


def test_by_value_and_by_reference():
    inside = presence(circle()).decode().split("?>", 1)[1]
    got = parse_answer(
        answer(
            '<locationUriSet expires="2026-03-01T12:00:00Z"><locationURI> https://ls.example.org/x </locationURI>'
            f"<locationURI>http://ls.example.org/y</locationURI></locationUriSet>{inside}"
        )
    )
    assert isinstance(got, HeldAnswer)
    assert got.pidf[0].first_shape == Circle(38.7, -9.1, 30.0)
    assert [ref.uri for ref in got.references] == ["https://ls.example.org/x", "http://ls.example.org/y"]
    assert {ref.expires_at for ref in got.references} == {1772366400.0}
    assert flaws(got) == [("locationURI", "reference_not_https")]


def test_a_dereferenced_location_is_a_presence_document():
    got = parse_answer(presence(circle()))
    assert isinstance(got, HeldAnswer)
    assert got.pidf[0].first_shape == Circle(38.7, -9.1, 30.0)


@pytest.mark.parametrize(
    ("inside", "flaw"),
    [
        ("", ("locationResponse", "no_location")),
        (f"<locationUriSet>{URI}</locationUriSet>", ("locationUriSet", "bad_time")),
        (f'<locationUriSet expires="soon">{URI}</locationUriSet>', ("expires", "bad_time")),
        (f"{UNTIL}<locationURI>x</locationURI></locationUriSet>", ("locationURI", "unknown_value")),
        (f"{UNTIL}{URI * 17}</locationUriSet>", ("locationUriSet", "repeated")),
    ],
)
def test_a_flawed_answer_is_flagged(inside, flaw):
    assert flaw in flaws(parse_answer(answer(inside)))


@pytest.mark.parametrize("code", list(ERROR_CODES))
def test_every_code_of_the_standards_has_words(code):
    got = parse_answer(f'<error {NS} code="{code}"><message xml:lang="en">No.</message></error>'.encode())
    assert isinstance(got, HeldError)
    assert (got.code, got.flaws, got.text) == (code, (), ERROR_CODES[code])


def test_an_unknown_code_is_an_error_all_the_same():
    got = parse_answer(f'<error {NS} code="tired"/>'.encode())
    assert isinstance(got, HeldError)
    assert flaws(got) == [("code", "unknown_code")]
    assert got.message("pt") == got.text != ""


@pytest.mark.parametrize(
    ("wanted", "said"), [(("de",), "Nein"), (("pt", "EN-gb"), "No"), (("pt",), "Non"), ((), "Non")]
)
def test_messages_are_chosen_by_language(wanted, said):
    messages = (("fr", "Non"), ("en-US", "No"), ("de", "Nein"))
    assert HeldError("timeout", "ours", messages).message(*wanted) == said


def test_what_is_no_answer_is_refused():
    refused = parse_answer(b"<html/>")
    assert isinstance(refused, Unusable)
    assert refused.name == "not_held"


@needs_shared
def test_outside_answers_are_as_recorded():
    got = [parse_answer(path.read_bytes()) for path in sorted((SHARED / "held").glob("held_0*.xml"))]
    assert [type(one) for one in got] == [HeldAnswer] * 3 + [HeldError] * 3
    assert [one.flaws for one in got] == [()] * 6
    assert [one.pidf[0].first_shape for one in got[:3]] == [
        Circle(48.21532, 16.29028, 19.0),
        Point(-34.407, 150.88001),
        Circle(-34.407, 150.88001, 30.0),
    ]
    assert got[0].references[0].expires_at == 1542611654.0
    assert got[0].pidf[0].located[0].civic[0].label == "Gallitzinstraße 31, Wien, 1160, AT"
    assert "232077610347784" not in repr(got[0])
    assert (got[4].message("de"), got[5].message("en")) == ("preferred language", "errorMessage")
