"""Advanced Mobile Location by SMS, versions 1 and 2, text and data (ETSI TS 103 625). Refuses to look anybody up.

Each reader takes one message and returns an AmlReport, flaws and all, or an Unusable with its reason: a caller's
location is worth more than a tidy message. Nothing here raises on input. The HTTPS form is read by aml_https.
"""

from __future__ import annotations

import re

from tocsin.standards.aml_report import AmlReport, Form
from tocsin.standards.aml_values import Values, accuracy_m, number, spot
from tocsin.standards.flaws import Flaws, Unusable, shown
from tocsin.standards.gsm7 import UNKNOWN, split_header, unpack

LONGEST_SMS = 4_096
HEADER = 'A"ML'
_HEADER = re.compile(r"A\W{0,6}ML\Z", re.IGNORECASE)
_WANTED_1 = ("lt", "lg", "rd", "top", "lc", "pm", "si", "ei", "mcc", "mnc", "ml")
_WANTED_2 = ("et", "lo", "lt", "lc", "ls")
_KNOWN_1 = frozenset((*_WANTED_1, HEADER))
_KNOWN_2 = frozenset((*_WANTED_2, HEADER, "en", "lz", "si", "ei", "nc", "hc", "lg", "ml"))


def parse_text(message: str | bytes, number: str = "", pairing_key: bytes = b"") -> AmlReport | Unusable:
    """Read a text SMS. `number` is its sender's; `pairing_key` a secret that lasts as long as calls may be matched."""
    if len(message) > LONGEST_SMS:
        return Unusable("too_large", "message", f"It is longer than {LONGEST_SMS} characters.")
    text = message if isinstance(message, str) else message.decode("utf-8", "replace")
    return _parse(text, "sms", number, pairing_key, Flaws())


def parse_data(
    octets: bytes, number: str = "", pairing_key: bytes = b"", port: int | None = None
) -> AmlReport | Unusable:
    """Read a data SMS: packed 7-bit GSM, with or without a user data header. `port`: the one AML should come to."""
    if len(octets) > LONGEST_SMS:
        return Unusable("too_large", "message", f"It is longer than {LONGEST_SMS} octets.")
    flaws = Flaws()
    came_to, body = split_header(octets)
    if None not in (port, came_to) and port != came_to:
        flaws.add("port", "unexpected_port", f"It came to port {came_to}, not {port}.")
    return _parse(unpack(body), "data_sms", number, pairing_key, flaws)


def _parse(text: str, form: Form, sender: str, pairing_key: bytes, flaws: Flaws) -> AmlReport | Unusable:
    text = text.strip("\r\n\0")
    if not text.strip():
        return Unusable("empty", "message", "There is nothing in it.")
    if UNKNOWN in text:
        flaws.add("message", "bad_character", "Some characters could not be read.")
    pairs = _pairs(text, flaws)
    keys = {key for key, _ in pairs}
    if HEADER not in keys and not ({"lt", "lg"} <= keys or len(keys & _KNOWN_1) >= 3 or "lo" in keys):
        return Unusable("not_aml", HEADER, f"It has neither the header {HEADER} nor attributes of a location.")
    values = Values(pairs, flaws)
    version = _version(values, keys)
    # A message without a header, or with one that contradicts it, is read as what its attributes make it.
    report = _second if version == 2 or (version == 0 and "lo" in keys) else _first
    _check_length(values, text)
    return report(values, form, version, shown(sender, 40), pairing_key)


def _pairs(text: str, flaws: Flaws) -> list[tuple[str, str]]:
    """Attributes in order, keys in lower case. A semicolon at the very end is nothing."""
    found = []
    parts = text.split(";")
    for part in parts[:-1] if not parts[-1].strip() else parts:
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if _HEADER.match(key):
            if key != HEADER:
                flaws.add(HEADER, "bad_header", f"The header is written {shown(key, 12)}.")
            key = HEADER
        elif not part.strip():
            flaws.add("(empty)", "empty_attribute", "Two semicolons have nothing between them.")
            continue
        if not equals or not key or "=" in value:
            flaws.add(key or "(unnamed)", "malformed_attribute", f"{shown(part)} is not a name, one = and a value.")
            continue
        found.append((key if key == HEADER else key.lower()[:40], value))
    return found


def _version(values: Values, keys: set[str]) -> int:
    said = values.text(HEADER, 8)
    if said in ("1", "2"):
        # `lo` stands only in version 2, `rd` only in version 1: they tell what `lt` and `lg` mean here.
        looks = 2 if "lo" in keys and "rd" not in keys else 1 if "rd" in keys and "lo" not in keys else int(said)
        if looks != int(said):
            what = f"It says version {said} and has the attributes of version {looks}; it is read as that."
            values.flaws.add(HEADER, "version_contradicted", what)
        return looks
    if HEADER in values:
        values.flaws.add(HEADER, "unknown_version", f"{said or 'Nothing'} is no version we know.")
    return 0


def _check_length(values: Values, text: str) -> None:
    """`ml` counts the whole message with itself; it flags and never refuses."""
    if "ml" not in values:
        return
    said = values.number("ml", 0, 1e6)
    if said is not None and said != len(text):
        values.flaws.add("ml", "wrong_length", f"It says {said:g} characters and has {len(text)}.")


def _first(values: Values, form: Form, version: int, sender: str, pairing_key: bytes) -> AmlReport:
    """Version 1."""
    method = values.method("pm")
    lat, lon = values.number("lt", -90, 90), values.number("lg", -180, 180)
    no_fix = method == "none" or values.says_no_fix("rd")
    values.unknown(_KNOWN_1)
    return AmlReport(
        form=form,
        version=version,
        number=sender,
        method="none" if no_fix else method,
        shape=spot(lat, lon, values.accuracy_m("rd"), no_fix, values.flaws, "lt"),
        confidence=values.percent("lc"),
        positioned_at=values.stamp("top"),
        network=values.network("mcc", "mnc"),
        pairing=values.pairing("si", "ei", pairing_key),
        missing=values.missing((HEADER, *_WANTED_1)),
        flaws=values.flaws.all(),
    )


def _second(values: Values, form: Form, version: int, sender: str, pairing_key: bytes) -> AmlReport:
    """Version 2: `lt` is seconds from the call to the fix and `lg` a language; the place stands in `lo`."""
    method = values.method("ls")
    lat, lon, radius_m = _location(values)
    called_at, offset_s = values.epoch("et", 1), values.number("lt", -1e6, 1e6)
    altitude_m, vertical_m = _height(values)
    values.unknown(_KNOWN_2)
    return AmlReport(
        form=form,
        version=version,
        number=sender,
        method=method,
        shape=spot(lat, lon, radius_m, method == "none", values.flaws, "lo"),
        confidence=values.percent("lc"),
        positioned_at=None if None in (called_at, offset_s, lat) else (called_at or 0.0) + (offset_s or 0.0),
        called_at=called_at,
        altitude_m=altitude_m,
        vertical_m=vertical_m,
        dialled=values.text("en", 20),
        network=values.joined_network("nc"),
        home_network=values.joined_network("hc"),
        languages=values.languages("lg"),
        pairing=values.pairing("si", "ei", pairing_key),
        missing=values.missing((HEADER, *_WANTED_2)),
        flaws=values.flaws.all(),
    )


def _location(values: Values) -> tuple[float | None, float | None, float | None]:
    """Latitude, longitude, radius from `lo`."""
    said = values.text("lo", 120)
    parts = [part.strip() for part in said.split(",")]
    if not said:
        return None, None, None
    if len(parts) not in (2, 3):
        values.flaws.add("lo", "bad_coordinates", f"{shown(said)} is not a latitude, a longitude and a radius.")
        return None, None, None
    lat = number(parts[0], "lo", -90, 90, values.flaws)
    lon = number(parts[1], "lo", -180, 180, values.flaws)
    return lat, lon, accuracy_m(parts[2], "lo", values.flaws) if len(parts) == 3 and parts[2] else None


def _height(values: Values) -> tuple[float | None, float | None]:
    """Altitude and its uncertainty from `lz`."""
    said = values.text("lz", 60)
    if not said:
        return None, None
    high, _, doubt = (part.strip() for part in said.partition(","))
    altitude_m = number(high, "lz", -20_000, 100_000, values.flaws)
    return altitude_m, number(doubt, "lz", 0, 100_000, values.flaws) if doubt else None
