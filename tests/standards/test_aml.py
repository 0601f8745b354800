"""AML by SMS: what is tidy, what is flagged and used, what is refused, and what is never plotted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standards.samples import AML_1, AML_2, AML_NO_FIX, SHARED, needs_shared

from tocsin.facts.confidence import UNSTATED, Confidence
from tocsin.facts.shapes import Circle, Point
from tocsin.standards.aml import LONGEST_SMS, parse_data, parse_text
from tocsin.standards.aml_report import AmlReport
from tocsin.standards.flaws import Unusable
from tocsin.standards.gsm7 import pack, unpack


def flaws(report) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.what) for flaw in report.flaws]


def said(**changes: str) -> str:
    """AML_1 with some attributes said otherwise; ml fits again unless it is one of them."""
    pairs = dict(part.split("=", 1) for part in AML_1.split(";"))
    pairs |= {key: value for key, value in changes.items() if value is not None}
    for key in [key for key, value in changes.items() if value is None]:
        del pairs[key]
    if "ml" not in changes:
        pairs["ml"] = "0"
        text = ";".join(f"{k}={v}" for k, v in pairs.items())
        pairs["ml"] = str(len(text) + 2)
    return ";".join(f"{k}={v}" for k, v in pairs.items())


def test_a_tidy_message_of_version_1():
    report = parse_text(said(), number="+351912345678")
    assert report.flaws == ()
    assert report.missing == ()
    assert report.shape == Circle(38.71667, -9.13333, 25.0)
    assert (report.version, report.method, report.network, report.number) == (1, "gnss", "268-01", "+351912345678")
    assert report.confidence == Confidence(68.0, "unknown", stated=True)
    assert report.positioned_at == 1772366400.0


def test_version_2_means_other_things_by_lt_and_lg():
    report = parse_text(AML_2)
    assert report.flaws == ()
    assert report.shape == Circle(38.71667, -9.13333, 25.5)
    assert (report.called_at, report.positioned_at) == (1772366400.0, 1772366388.0)
    assert (report.languages, report.method, report.dialled) == (("pt-PT",), "wifi", "112")
    assert (report.network, report.home_network) == ("268-01", "268-03")
    assert (report.altitude_m, report.vertical_m) == (102.5, 3.0)


@pytest.mark.parametrize(
    "text",
    [
        AML_NO_FIX,
        said(rd="N"),
        said(pm="N"),
        said(lt="+00.00000", lg="+000.00000"),
        said(lt="+00.00000", lg="+000.00000", rd="N", pm="N"),
        AML_2.replace("lo=38.71667,-9.13333,25.5", "lo=0.0,0.0,0"),
        AML_2.replace("ls=W", "ls=N"),
        AML_2.replace("lo=38.71667,-9.13333,25.5;", ""),
    ],
)
def test_no_fix_is_never_plotted(text):
    report = parse_text(text)
    assert isinstance(report, AmlReport)
    assert report.shape is None
    assert not report.has_fix


def test_a_tidy_no_fix_has_no_flaw():
    report = parse_text(said(lt="+00.00000", lg="+000.00000", rd="N", pm="N", lc="0"))
    assert (report.flaws, report.method, report.confidence.percent) == ((), "none", None)


def test_on_the_equator_or_on_greenwich_is_a_place():
    assert parse_text(said(lt="+00.00000")).shape == Circle(0.0, -9.13333, 25.0)
    assert parse_text(said(lg="+000.00000")).shape == Circle(38.71667, 0.0, 25.0)


@pytest.mark.parametrize(
    ("changes", "flaw", "shape"),
    [
        ({"ml": "10"}, ("ml", "wrong_length"), Circle(38.71667, -9.13333, 25.0)),
        ({"kl": "23"}, ("kl", "unknown_attribute"), Circle(38.71667, -9.13333, 25.0)),
        ({"top": "20260301"}, ("top", "bad_time"), Circle(38.71667, -9.13333, 25.0)),
        ({"top": "20261341250000"}, ("top", "bad_time"), Circle(38.71667, -9.13333, 25.0)),
        ({"pm": "Z"}, ("pm", "unknown_value"), Circle(38.71667, -9.13333, 25.0)),
        ({"lc": "99.9"}, ("lc", "bad_confidence"), Circle(38.71667, -9.13333, 25.0)),
        ({"lc": "101"}, ("lc", "bad_confidence"), Circle(38.71667, -9.13333, 25.0)),
        ({"si": "abc"}, ("si", "bad_identity"), Circle(38.71667, -9.13333, 25.0)),
        ({"ei": "1"}, ("ei", "bad_identity"), Circle(38.71667, -9.13333, 25.0)),
        ({"mcc": "2680"}, ("mcc", "bad_identity"), Circle(38.71667, -9.13333, 25.0)),
        ({"rd": "-5"}, ("rd", "negative_length"), Point(38.71667, -9.13333)),
        ({"rd": "far"}, ("rd", "bad_number"), Point(38.71667, -9.13333)),
        ({"rd": "9000000"}, ("rd", "out_of_range"), Circle(38.71667, -9.13333, 1_000_000.0)),
        ({"lt": "+38,71667"}, ("lt", "decimal_comma"), Circle(38.71667, -9.13333, 25.0)),
        ({"lt": "+g4.7d397"}, ("lt", "bad_number"), None),
        ({"lt": "+91.00000"}, ("lt", "out_of_range"), None),
        ({"lg": "-180.50000"}, ("lg", "out_of_range"), None),
        ({"lt": "nan"}, ("lt", "bad_number"), None),
        ({"pm": "N"}, ("lt", "no_fix_with_position"), None),
        ({"lt": "+0.0", "lg": "0.0"}, ("lt", "zero_position"), None),
        ({'A"ML': "7"}, ('A"ML', "unknown_version"), Circle(38.71667, -9.13333, 25.0)),
        ({'A"ML': "2"}, ('A"ML', "version_contradicted"), Circle(38.71667, -9.13333, 25.0)),
    ],
)
def test_a_flawed_message_is_flagged_kept_and_used(changes, flaw, shape):
    report = parse_text(said(**changes))
    assert flaws(report) == [flaw]
    assert report.shape == shape
    assert report.network == ("" if "mcc" in changes else "268-01")


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (said().replace(";rd", ";a==;rd").replace("ml=128", "ml=132"), ("a", "malformed_attribute")),
        (said().replace(";rd", ";novalue;rd"), ("novalue", "malformed_attribute")),
        (said().replace(";rd", ";=5;rd"), ("(unnamed)", "malformed_attribute")),
        (said().replace(";rd", ";;rd"), ("(empty)", "empty_attribute")),
        (said().replace(";rd", ";lt=+10.0;rd"), ("lt", "repeated")),
        (said().replace('A"ML', "A”ML"), ('A"ML', "bad_header")),
        (AML_2.replace("lg=pt-PT", "lg=+9.1"), ("lg", "bad_language")),
        (AML_2.replace("38.71667,-9.13333,25.5", "38.71667"), ("lo", "bad_coordinates")),
        (AML_2.replace("nc=26801", "nc=x"), ("nc", "bad_identity")),
        (AML_2.replace('A"ML=2', 'A"ML=1'), ('A"ML', "version_contradicted")),
        (said() + "\ufffd;x=1", ("message", "bad_character")),
    ],
)
def test_odd_spelling_is_named(text, flaw):
    assert flaw in flaws(parse_text(text))


def test_a_missing_attribute_is_told_and_is_no_flaw():
    report = parse_text(said(lt=None))
    assert (report.flaws, report.missing, report.shape) == ((), ("lt",), None)
    assert parse_text(said(lc=None)).confidence == UNSTATED


def test_without_its_header_a_message_is_read_as_what_it_is():
    report = parse_text(said().split(";", 1)[1].rsplit(";", 1)[0])
    assert (report.version, report.missing, report.flaws) == (0, ('A"ML', "ml"), ())
    assert report.has_fix
    assert parse_text(AML_2.split(";", 1)[1]).shape == Circle(38.71667, -9.13333, 25.5)


@pytest.mark.parametrize(
    ("message", "name", "field"),
    [
        ("", "empty", "message"),
        (b"\r\n \n", "empty", "message"),
        ("On my way, mum", "not_aml", 'A"ML'),
        ("x" * (LONGEST_SMS + 1), "too_large", "message"),
        (b"\xff" * 100, "not_aml", 'A"ML'),
    ],
)
def test_what_is_no_aml_is_refused_by_name(message, name, field):
    refused = parse_text(message)
    assert isinstance(refused, Unusable)
    assert (refused.name, refused.field) == (name, field)


@pytest.mark.parametrize("text", [said(), AML_2, AML_NO_FIX, 'A"ML=1;' + "lt=1;" * 7])
def test_data_and_text_say_the_same(text):
    by_text, by_data = parse_text(text), parse_data(pack(text))
    assert by_data.form == "data_sms"
    assert (by_data.shape, by_data.flaws, by_data.positioned_at) == (
        by_text.shape,
        by_text.flaws,
        by_text.positioned_at,
    )


def test_a_header_with_ports_is_taken_off_and_looked_at():
    ports = bytes([6, 5, 4, 0x0B, 0x84, 0x23, 0xF0])
    assert parse_data(ports + pack(said()), port=2948).flaws == ()
    assert flaws(parse_data(ports + pack(said()), port=7)) == [("port", "unexpected_port")]


@given(st.text(alphabet='A"ML=1;abc@£_ΔñüE{}[]~^|\\€ \n', max_size=60))
def test_packed_text_comes_back(text):
    # A last @ or carriage return in the eighth place is padding by TS 23.038 §6.1.2.3.1: nobody can tell.
    assert unpack(pack(text)).rstrip("@\r") == text.rstrip("@\r")


def test_packing_is_that_of_the_specification():
    assert pack("hellohello").hex() == "e8329bfd4697d9ec37"
    assert unpack(bytes.fromhex("9b32")) == "\x1b"[:0] + "€"


def test_who_subscribes_and_which_handset_are_not_kept():
    report = parse_text(said(), pairing_key=b"today")
    kept = repr(report)
    assert "268010000000000" not in kept
    assert "35693803564380" not in kept
    assert report.pairing == parse_text(AML_2, pairing_key=b"today").pairing != ""
    assert report.pairing != parse_text(AML_2, pairing_key=b"tomorrow").pairing
    assert parse_text(said()).pairing == ""
    with_software_version = parse_text(said(ei="3569380356438012"), pairing_key=b"today")
    assert with_software_version.pairing == report.pairing
    assert parse_text(said(ei="356938035643817"), pairing_key=b"today").pairing != report.pairing


@needs_shared
def test_outside_messages_are_as_labelled():
    """`error` is that parser's view: here such a message is flagged, the reason naming the field."""
    vectors = json.loads((SHARED / "aml" / "aml_vectors.json").read_text(encoding="utf-8"))
    named = {
        "gg-invalidMessageLength": "ml",
        "gg-unknownAttribute": "kl",
        "gg-incorrectDateFormat": "top",
        "gg-unknownPositioningMethod": "pm",
        "gg-invalidLatitude": "lt",
        "gg-invalidLevelOfConfidence": "lc",
        "gg-invalidAttributePair": "a",
        "gg-invalidAttribute": "(empty)",
    }
    assert len(vectors) >= 15
    for vector in vectors:
        report = parse_text(vector["input"])
        assert isinstance(report, AmlReport), vector["id"]
        fields = {named[vector["id"]]} if vector["expect"] == "error" else set()
        assert {flaw.field for flaw in report.flaws} == fields, vector["id"]
        assert report.has_fix == (vector["id"] not in ("gg-noLatitude", "gg-invalidLatitude")), vector["id"]
