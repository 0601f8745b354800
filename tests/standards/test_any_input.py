"""Whatever arrives: every reader answers with a report or a named no, and never with an exception."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standards.samples import AML_1, AML_2, AML_NO_FIX, FORM, circle, civic, polygon, presence

from tocsin.geo.spread import spread
from tocsin.standards.aml import parse_data, parse_text
from tocsin.standards.aml_https import parse_form, sign
from tocsin.standards.aml_report import AmlReport
from tocsin.standards.emergency import Service, service_of
from tocsin.standards.flaws import FLAW_NAMES, UNUSABLE_NAMES, Flaws, Unusable, shown
from tocsin.standards.gsm7 import pack
from tocsin.standards.held import HeldAnswer, HeldError, parse_answer
from tocsin.standards.pidf_lo import PidfLo, parse

HELD = b'<locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held"><locationUriSet expires="2026-03-01T12:00:00Z">'
HELD += b"<locationURI>https://a.example/x</locationURI></locationUriSet></locationResponse>"
DOCUMENTS = [
    presence(circle() + "<con:confidence pdf='normal'>68</con:confidence>"),
    presence(polygon("1 2", "1 3", "2 3", "1 2", kind="posList") + civic("<ca:RD>A</ca:RD>")),
]
READERS: dict[str, tuple[Callable[[bytes], Any], tuple[type, ...], list[bytes]]] = {
    "text": (parse_text, (AmlReport,), [text.encode() for text in (AML_1, AML_2, AML_NO_FIX)]),
    "data": (parse_data, (AmlReport,), [pack(AML_1), pack(AML_2), bytes([6, 5, 4, 1, 2, 3, 4]) + pack(AML_1)]),
    "form": (parse_form, (AmlReport,), [FORM]),
    "signed": (lambda body: parse_form(body, b"k"), (AmlReport,), [sign(FORM, b"k")]),
    "pidf": (parse, (PidfLo,), DOCUMENTS),
    "held": (parse_answer, (HeldAnswer, HeldError), [*DOCUMENTS, HELD]),
}
SAID = """A"ML lt lg rd top lc pm si ei mcc mnc ml lo et lz ls nc hc en = ; , . + - 1 2 38.7 N nan inf 0
1e999 99999999999999999 \ufffd \0 \u202e é"""
WORDS = st.sampled_from(SAID.split())


@st.composite
def mangled(draw: st.DrawFn, samples: list[bytes]) -> bytes:
    """A good message after an accident or two: cut, overwritten, doubled, a piece of another put in."""
    message = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(message)))
        piece = draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b"-", b"9" * 30, b"nan", b"1e99", b"<", b"&", b";"]))
        )
        message[at : at + draw(st.integers(0, 12))] = piece
    return bytes(message)


def check(result: Any, wanted: tuple[type, ...]) -> None:
    """A named no whose name is in the table, or a report that survives being stored and drawn."""
    if isinstance(result, Unusable):
        assert result.name in UNUSABLE_NAMES
        assert result.field
        assert result.text
        return
    assert isinstance(result, wanted)
    assert all(flaw.what in FLAW_NAMES and flaw.field and flaw.text for flaw in result.flaws)
    assert msgspec.json.decode(msgspec.json.encode(result), type=type(result)) == result
    for shape in shapes_in(result):
        seen = spread(shape)
        assert all(math.isfinite(number) for number in (seen.lat, seen.lon, seen.radius_m, seen.area_m2))


def shapes_in(result: Any) -> list[Any]:
    if isinstance(result, AmlReport):
        return [result.shape] if result.shape else []
    documents = result.pidf if isinstance(result, HeldAnswer) else [result] if isinstance(result, PidfLo) else []
    return [shape for one in documents for place in one.located for shape in place.shapes]


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_noise(name, data):
    reader, wanted, _ = READERS[name]
    check(reader(data.draw(st.binary(max_size=300))), wanted)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_accidents(name, data):
    reader, wanted, samples = READERS[name]
    check(reader(data.draw(mangled(samples))), wanted)


@given(st.lists(WORDS, max_size=60))
def test_attributes_in_any_order(words):
    check(parse_text("".join(words)), (AmlReport,))
    check(parse_text('A"ML=1;lt=' + "".join(words)), (AmlReport,))


@given(st.text(max_size=60), st.text(max_size=60))
def test_shapes_with_any_words(pos, radius):
    clean = [shown(text).replace("&", "").replace("<", "") for text in (pos, radius)]
    check(parse(presence(circle(*clean))), (PidfLo,))


@given(st.text(max_size=80))
def test_any_urn(urn):
    found = service_of("urn:service:" + urn)
    assert found is None or isinstance(found, Service)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("filler", [b"\0", b"<a>", b"lt=1;", b"&a=1", b"\xff", b'A"ML=1;'])
def test_a_megabyte_is_refused_for_its_size_before_it_is_read(name, filler):
    refused = READERS[name][0]((filler * 1_000_000)[:1_000_000])
    assert isinstance(refused, Unusable)
    assert refused.name == "too_large"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("text", b";" * 4_096),
        ("text", b'A"ML=1;' + b"x=1;" * 1_000),
        ("data", b"\x1b" * 4_096),
        ("form", b"v=" + b"%41" * 5_000),
        ("pidf", b"<presence " + b" ".join(b'a%d="1"' % at for at in range(20_000)) + b"/>"),
        ("pidf", presence(polygon("1 2 " * 60_000, kind="posList"))),
        ("pidf", presence(circle() * 1_000)),
        ("pidf", presence(civic("<ca:RD>" + "x" * 250_000 + "</ca:RD>"))),
    ],
)
def test_as_large_as_allowed_and_hostile_is_answered(name, message):
    reader, wanted, _ = READERS[name]
    check(reader(message), wanted)


def test_flaws_are_told_up_to_what_a_person_reads():
    assert len(parse_text('A"ML=1;' + ";" * 1_000).flaws) == Flaws.LIMIT


def test_a_name_nobody_can_see_is_still_named():
    assert [flaw.field for flaw in parse_text('A"ML=1;\x00;lt=+1.0').flaws] == ["(unnamed)"]
