"""Messages of our own for the tests of other people's languages, and where the outside ones lie."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "standards"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/standards is absent: no outside messages here")

AML_1 = 'A"ML=1;lt=+38.71667;lg=-9.13333;rd=25;top=20260301120000;lc=68;pm=G;si=268010000000000;ei=356938035643809;'
AML_1 += "mcc=268;mnc=01;ml=128"
AML_2 = 'A"ML=2;en=112;et=1772366400;lo=38.71667,-9.13333,25.5;lt=-12;lc=68;lz=102.5,3;ls=W;ei=356938035643809;'
AML_2 += "nc=26801;hc=26803;lg=pt-PT"
AML_NO_FIX = (
    'A"ML=1;lt=+00.00000;lg=+000.00000;rd=N;top=20260301120000;lc=0;pm=N;si=268010000000000;ei=356938035643809;'
)
AML_NO_FIX += "mcc=268;mnc=01;ml=128"
FORM = (
    b"v=1&device_number=%2B351912345678&location_latitude=38.71667&location_longitude=-9.13333"
    b"&location_time=1772366400000&location_accuracy=25.5&location_source=GPS&location_confidence=0.6827"
    b"&location_floor=2&device_imei=356938035643809&device_imsi=268010000000000&cell_network_mcc=268&cell_network_mnc=01"
    b"&device_languages=pt-PT,en&emergency_number=112&source=CALL&time=1772366388000"
)

_SPACES = (
    'xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" '
    'xmlns:con="urn:ietf:params:xml:ns:geopriv:conf" xmlns:dyn="urn:ietf:params:xml:ns:pidf:geopriv10:dynamic" '
    'xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"'
)
FLAT, SOLID = "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:EPSG::4979"
M, DEG, RAD = (f'uom="urn:ogc:def:uom:EPSG::{code}"' for code in (9001, 9102, 9101))


def presence(info: str, rest: str = "", after: str = "") -> bytes:
    """A PIDF-LO whose location-info holds `info`."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><presence {_SPACES} entity="pres:x@example.org"><tuple id="t"><status>'
        f"<gp:geopriv><gp:location-info>{info}</gp:location-info>{rest}</gp:geopriv></status>{after}</tuple></presence>"
    ).encode()


def circle(pos: str = "38.7 -9.1", radius: str = "30", srs: str = FLAT, unit: str = M) -> str:
    return f'<gs:Circle srsName="{srs}"><gml:pos>{pos}</gml:pos><gs:radius {unit}>{radius}</gs:radius></gs:Circle>'


def polygon(*corners: str, srs: str = FLAT, kind: str = "pos") -> str:
    inside = (
        "".join(f"<gml:pos>{c}</gml:pos>" for c in corners)
        if kind == "pos"
        else f"<gml:posList>{' '.join(corners)}</gml:posList>"
    )
    ring = f"<gml:exterior><gml:LinearRing>{inside}</gml:LinearRing></gml:exterior>"
    return f'<gml:Polygon srsName="{srs}">{ring}</gml:Polygon>'


def civic(inside: str, lang: str = "en") -> str:
    return f'<ca:civicAddress xml:lang="{lang}">{inside}</ca:civicAddress>'
