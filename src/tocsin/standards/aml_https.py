"""Advanced Mobile Location by HTTPS: a form, perhaps signed (ETSI TS 103 625). Bytes in, report out; receives nothing.

The signature is HMAC-SHA1 over every byte before `&hmac=`. What stands after it is signed by nobody and not read.
"""

from __future__ import annotations

import hmac
import re
from urllib.parse import unquote_plus

from tocsin.facts.confidence import Confidence
from tocsin.standards.aml_report import AmlReport, Signature
from tocsin.standards.aml_values import Values, spot
from tocsin.standards.flaws import Flaws, Unusable, shown
from tocsin.standards.gsm7 import UNKNOWN

LARGEST_FORM = 16_384
MOST_FIELDS = 128
_MARK = b"&hmac="
_WANTED = ("location_latitude", "location_longitude", "location_accuracy", "location_time")
_KNOWN = frozenset((
    *_WANTED, "v", "emergency_number", "source", "thunderbird_version", "time", "gt_location_latitude",
    "gt_location_longitude", "location_altitude", "location_altitude_msl", "location_floor", "location_source",
    "location_vertical_accuracy", "location_vertical_accuracy_msl", "location_confidence", "location_certainty",
    "location_bearing", "location_speed", "device_number", "device_model", "device_os", "device_imsi", "device_imei",
    "device_iccid", "device_languages", "cell_carrier", "cell_id", "cell_home_mcc", "cell_home_mnc",
    "cell_network_mcc", "cell_network_mnc", "adr_carcrash_time", "hmac",
))  # fmt: skip


def parse_form(
    body: bytes, key: bytes | None = None, pairing_key: bytes = b"", unsigned_ok: bool = False
) -> AmlReport | Unusable:
    """Read one POST body. With a `key`, a wrong signature is refused as `forged` and none as `unsigned`.

    `unsigned_ok`: keep an unsigned message and flag it instead, for a centre whose handsets do not all sign.
    """
    if len(body) > LARGEST_FORM:
        return Unusable("too_large", "body", f"It is longer than {LARGEST_FORM} bytes.")
    if not body.strip():
        return Unusable("empty", "body", "There is nothing in it.")
    flaws = Flaws()
    signed, found, tail = body.partition(_MARK)
    said, _, after = tail.partition(b"&")
    if after:
        flaws.add(
            "hmac", "after_signature", "Fields stand after the signature, where it does not cover them: not read."
        )
    verdict = _signature(signed, said, bool(found), key)
    if isinstance(verdict, Unusable):
        if not (verdict.name == "unsigned" and unsigned_ok):
            return verdict
        flaws.add("hmac", "unsigned", verdict.text)
        verdict = "none"
    pairs = _pairs(signed, flaws)
    if isinstance(pairs, Unusable):
        return pairs
    if not any(name in _KNOWN for name, _ in pairs):
        return Unusable("not_aml", "location_latitude", "It has no field of an AML form.")
    return _report(Values(pairs, flaws), verdict, pairing_key)


def _signature(signed: bytes, said: bytes, found: bool, key: bytes | None) -> Signature | Unusable:
    if key is None:
        return "unchecked" if found else "none"
    if not found:
        if re.match(rb"hmac=", signed):
            return Unusable("forged", "hmac", "The signature covers nothing.")
        return Unusable("unsigned", "hmac", "It is not signed, and this centre expects signatures.")
    right = hmac.digest(key, signed, "sha1").hex().encode()
    if not hmac.compare_digest(right, said.strip().lower()):
        return Unusable("forged", "hmac", "Its signature does not fit its contents.")
    return "verified"


def sign(form: bytes, key: bytes) -> bytes:
    """The form with its signature: for exercises and tests."""
    return form + _MARK + hmac.digest(key, form, "sha1").hex().encode()


def _pairs(signed: bytes, flaws: Flaws) -> list[tuple[str, str]] | Unusable:
    parts = signed.split(b"&", MOST_FIELDS)
    if len(parts) > MOST_FIELDS:
        return Unusable("too_large", "body", f"It has more than {MOST_FIELDS} fields.")
    pairs = []
    for part in parts:
        name, equals, value = part.decode("utf-8", "replace").partition("=")
        key, text = unquote_plus(name).strip(), unquote_plus(value).strip()
        if UNKNOWN in key + text:
            flaws.add(key, "bad_character", "Some characters could not be read.")
        if not equals or not key:
            flaws.add(key or "(unnamed)", "malformed_attribute", f"{shown(key)} is not a name, one = and a value.")
        else:
            pairs.append((key, text))
    return pairs


def _report(values: Values, signature: Signature, pairing_key: bytes) -> AmlReport:
    version = values.text("v", 8)
    if version not in ("1", "2", ""):
        values.flaws.add("v", "unknown_version", f"{version} is no version we know.")
    lat = values.number("location_latitude", -90, 90)
    lon = values.number("location_longitude", -180, 180)
    method, radius_m = values.method("location_source"), values.accuracy_m("location_accuracy")
    # Without a radius or a source, zeros are how a handset without a fix fills its form.
    empty = lat == 0.0 and lon == 0.0 and (radius_m is None or method == "unknown")
    no_fix = method == "none" or values.says_no_fix("location_accuracy") or empty
    altitude = "location_altitude" if "location_altitude" in values else "location_altitude_msl"
    vertical = altitude.replace("altitude", "vertical_accuracy")
    values.unknown(_KNOWN)
    return AmlReport(
        form="https",
        version=int(version) if version in ("1", "2") else 0,
        number=values.text("device_number", 40),
        method="none" if no_fix else method,
        shape=spot(lat, lon, radius_m, no_fix, values.flaws, "location_latitude"),
        confidence=_confidence(values),
        positioned_at=values.epoch("location_time", 1000),
        called_at=values.epoch("time", 1000),
        altitude_m=values.number(altitude, -20_000, 100_000),
        vertical_m=values.number(vertical, 0, 100_000),
        floor=values.text("location_floor", 20),
        speed_mps=values.number("location_speed", 0, 1_000),
        heading_deg=values.number("location_bearing", 0, 360),
        dialled=values.text("emergency_number", 20),
        network=values.network("cell_network_mcc", "cell_network_mnc"),
        home_network=values.network("cell_home_mcc", "cell_home_mnc"),
        languages=values.languages("device_languages"),
        crashed_at=values.epoch("adr_carcrash_time", 1000),
        pairing=values.pairing("device_imsi", "device_imei", pairing_key),
        signature=signature,
        missing=values.missing(("v", "device_number", *_WANTED)),
        flaws=values.flaws.all(),
    )


def _confidence(values: Values) -> Confidence:
    """`location_confidence` is a share of 1; earlier drafts had `location_certainty` in percent."""
    if "location_confidence" in values or "location_certainty" not in values:
        return values.percent("location_confidence", 1.0)
    return values.percent("location_certainty")
