"""AML by HTTPS: the form, and a signature that is checked before a word is believed."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from tests.standards.samples import FORM

from tocsin.facts.shapes import Circle, Point
from tocsin.standards.aml_https import LARGEST_FORM, MOST_FIELDS, parse_form, sign
from tocsin.standards.aml_report import AmlReport
from tocsin.standards.flaws import Unusable

KEY = b"a key of this centre"
SIGNED = FORM + b"&hmac=" + hmac.new(KEY, FORM, hashlib.sha1).hexdigest().encode()


def flaws(report) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.what) for flaw in report.flaws]


def test_a_tidy_form():
    report = parse_form(FORM)
    assert (report.flaws, report.missing, report.signature) == ((), (), "none")
    assert report.shape == Circle(38.71667, -9.13333, 25.5)
    assert (report.number, report.method, report.floor) == ("+351912345678", "gnss", "2")
    assert (report.positioned_at, report.called_at) == (1772366400.0, 1772366388.0)
    assert report.confidence.percent == pytest.approx(68.27)
    assert report.languages == ("pt-PT", "en")
    assert "356938035643809" not in repr(report)


def test_a_signature_is_checked():
    assert sign(FORM, KEY) == SIGNED
    assert parse_form(SIGNED, KEY).signature == "verified"
    assert parse_form(SIGNED.replace(SIGNED[-40:], SIGNED[-40:].upper()), KEY).signature == "verified"
    assert parse_form(SIGNED).signature == "unchecked"


@pytest.mark.parametrize(
    "body",
    [
        SIGNED.replace(b"38.71667", b"39.71667"),
        SIGNED[:-1] + (b"0" if SIGNED[-1:] != b"0" else b"1"),
        SIGNED[:-40],
        FORM + b"&hmac=\xff\xfe",
        b"hmac=" + SIGNED[-40:],
        FORM + b"&hmac=&hmac=" + SIGNED[-40:],
    ],
)
def test_a_forged_form_is_refused(body):
    refused = parse_form(body, KEY)
    assert isinstance(refused, Unusable)
    assert (refused.name, refused.field) == ("forged", "hmac")


def test_an_unsigned_form_is_refused_where_signatures_are_expected():
    refused = parse_form(FORM, KEY)
    assert isinstance(refused, Unusable)
    assert refused.name == "unsigned"
    kept = parse_form(FORM, KEY, unsigned_ok=True)
    assert flaws(kept) == [("hmac", "unsigned")]
    assert kept.has_fix
    assert isinstance(parse_form(SIGNED.replace(b"38.7", b"39.7"), KEY, unsigned_ok=True), Unusable)


def test_what_stands_after_the_signature_is_not_read():
    report = parse_form(SIGNED.replace(b"&location_floor=2", b"") + b"&location_floor=9", None)
    assert flaws(report) == [("hmac", "after_signature")]
    assert report.floor == ""
    assert parse_form(SIGNED + b"&location_latitude=1", KEY).shape == Circle(38.71667, -9.13333, 25.5)


@pytest.mark.parametrize(
    ("old", "new", "flaw"),
    [
        (b"v=1", b"v=9", ("v", "unknown_version")),
        (b"=GPS", b"=stars", ("location_source", "unknown_value")),
        (b"=0.6827", b"=68.27", ("location_confidence", "bad_confidence")),
        (b"1772366400000", b"1772366400", ("location_time", "time_in_seconds")),
        (b"1772366400000", b"soon", ("location_time", "bad_time")),
        (b"source=CALL", b"source=CALL&colour=red", ("colour", "unknown_attribute")),
        (b"source=CALL", b"source=CALL&v=2", ("v", "repeated")),
        (b"source=CALL", b"source=CALL&nothing", ("nothing", "malformed_attribute")),
        (b"pt-PT,en", b"pt-PT,%FF", ("device_languages", "bad_character")),
        (b"356938035643809", b"35", ("device_imei", "bad_identity")),
    ],
)
def test_a_flawed_form_is_flagged_and_used(old, new, flaw):
    report = parse_form(FORM.replace(old, new))
    assert isinstance(report, AmlReport)
    assert flaw in flaws(report)
    assert report.shape == Circle(38.71667, -9.13333, 25.5)


def test_a_bad_radius_costs_the_radius():
    assert parse_form(FORM.replace(b"accuracy=25.5", b"accuracy=-1")).shape == Point(38.71667, -9.13333)


@pytest.mark.parametrize(
    "body",
    [
        FORM.replace(b"=38.71667", b"=0.0").replace(b"=-9.13333", b"=0.0"),
        FORM.replace(b"=38.71667", b"=0").replace(b"=-9.13333", b"=0").replace(b"GPS", b"unknown"),
        FORM.replace(b"location_latitude=38.71667&", b""),
        FORM.replace(b"=38.71667", b"=north"),
    ],
)
def test_no_fix_is_never_plotted(body):
    report = parse_form(body)
    assert isinstance(report, AmlReport)
    assert report.shape is None


def test_zeros_of_an_empty_form_are_no_flaw_and_zeros_of_a_fix_are():
    zeros = FORM.replace(b"=38.71667", b"=0.0").replace(b"=-9.13333", b"=0.0")
    empty = parse_form(zeros.replace(b"accuracy=25.5", b"accuracy=0"))
    assert (empty.flaws, empty.method) == ((), "none")
    assert flaws(parse_form(zeros)) == [("location_latitude", "zero_position")]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b" ", "empty"),
        (b"x" * (LARGEST_FORM + 1), "too_large"),
        (b"&".join([b"a=1"] * (MOST_FIELDS + 1)), "too_large"),
        (b"hello=world", "not_aml"),
        (b'{"location_latitude": 1}', "not_aml"),
    ],
)
def test_what_is_no_form_of_aml_is_refused_by_name(body, name):
    refused = parse_form(body)
    assert isinstance(refused, Unusable)
    assert refused.name == name
