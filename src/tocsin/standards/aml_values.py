"""Values of AML attributes: strict about meaning, forgiving about spelling. Knows no message as a whole."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from tocsin.facts.confidence import UNSTATED, Confidence
from tocsin.facts.shapes import Circle, Point
from tocsin.facts.values import Instant
from tocsin.standards.aml_report import Method, PersonalSpot
from tocsin.standards.flaws import Flaws, shown

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{0,15})?\Z")
_STAMP = re.compile(r"[0-9]{14}\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}\Z")
_NETWORK = re.compile(r"[0-9]{3}-?[0-9]{2,3}\Z")
_FURTHEST_M = 1_000_000.0
_FIRST, _LAST = 0.0, 4_102_444_800.0  # 1970 to 2100: anything else is no time of a call

METHODS: dict[str, Method] = {
    "g": "gnss", "w": "wifi", "c": "cell", "f": "fused", "u": "unknown", "n": "none",
    "gps": "gnss", "gnss": "gnss", "wifi": "wifi", "wi-fi": "wifi", "cell": "cell",
    "fused": "fused", "unknown": "unknown", "none": "none",
}  # fmt: skip


class Values:
    """The attributes of one message, each read at most once. What is wrong goes to `flaws`."""

    def __init__(self, pairs: Iterable[tuple[str, str]], flaws: Flaws) -> None:
        self.flaws = flaws
        self._said: dict[str, str] = {}
        for key, value in pairs:
            if key in self._said:
                flaws.add(key, "repeated", "It is said more than once; the first is used.")
            else:
                self._said[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._said

    def text(self, key: str, limit: int = 60) -> str:
        """The value as one safe line; "" when it is not there."""
        return shown(self._said.get(key, ""), limit)

    def missing(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of `keys` that the message does not have."""
        return tuple(key for key in keys if key not in self._said)

    def unknown(self, known: frozenset[str]) -> None:
        """Flag every attribute that is not `known`."""
        for key in self._said:
            if key not in known:
                self.flaws.add(key, "unknown_attribute", f"{shown(key, 30)} is not an attribute of this form.")

    def number(self, key: str, low: float, high: float) -> float | None:
        """A decimal number from `low` to `high`; None when absent or not one."""
        said = self._said.get(key, "").strip()
        return None if not said else number(said, key, low, high, self.flaws)

    def accuracy_m(self, key: str) -> float | None:
        """Radius in metres; 0 means unknown (as ELS has it), N means no fix. None for both."""
        said = self._said.get(key, "").strip()
        if said.upper() in ("", "N"):
            return None
        return accuracy_m(said, key, self.flaws)

    def says_no_fix(self, key: str) -> bool:
        """Whether a radius stands as N."""
        return self._said.get(key, "").strip().upper() == "N"

    def stamp(self, key: str) -> Instant | None:
        """Instant from yyyyMMddHHmmss in UTC."""
        said = self._said.get(key, "").strip()
        if not said:
            return None
        try:
            if not _STAMP.match(said):
                raise ValueError
            at = datetime.strptime(said, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
            if not _FIRST < at < _LAST:
                raise ValueError
        except ValueError:
            self.flaws.add(key, "bad_time", f"{shown(said)} is not a time as yyyyMMddHHmmss.")
            return None
        return at

    def epoch(self, key: str, per_second: float) -> Instant | None:
        """Instant from a count since 1970 of seconds (1) or milliseconds (1000)."""
        said = self._said.get(key, "").strip()
        if not said:
            return None
        if not re.fullmatch(r"[0-9]{1,14}(?:\.0*)?", said):
            self.flaws.add(key, "bad_time", f"{shown(said)} is not a count since 1970.")
            return None
        count = float(said)
        if per_second > 1 and 0 < count < 1e11:
            self.flaws.add(key, "time_in_seconds", "Milliseconds are expected; this looks like seconds and is used so.")
            return count
        if not _FIRST < count / per_second < _LAST:
            self.flaws.add(key, "bad_time", f"{shown(said)} is not a time a call could have.")
            return None
        return count / per_second

    def method(self, key: str) -> Method:
        """How the handset found its place."""
        said = self._said.get(key, "").strip()
        if said and said.lower() not in METHODS:
            self.flaws.add(key, "unknown_value", f"{shown(said)} is no method of positioning we know.")
        return METHODS.get(said.lower(), "unknown")

    def percent(self, key: str, whole: float = 100.0) -> Confidence:
        """Confidence from 0 to `whole` (100 or 1); none said is the default, unstated."""
        said = self._said.get(key, "").strip()
        if not said:
            return UNSTATED
        value = number(said, key, 0.0, 100.0, self.flaws, "bad_confidence")
        if value is None:
            return UNSTATED
        if whole == 1.0:
            if value > 1.0:
                self.flaws.add(key, "bad_confidence", f"{shown(said)} is above 1; it is used as a percentage.")
            value = value if value > 1.0 else value * 100.0
        elif not said.isdigit():
            self.flaws.add(key, "bad_confidence", f"{shown(said)} is not a whole percentage.")
        return Confidence(percent=value or None, stated=True)

    def network(self, country: str, network: str) -> str:
        """Country and network code as 268-01; "" when either is missing or wrong."""
        codes = []
        for key, digits in ((country, r"[0-9]{3}"), (network, r"[0-9]{2,3}")):
            said = self._said.get(key, "").strip()
            if said and not re.fullmatch(digits, said):
                self.flaws.add(key, "bad_identity", f"{shown(said, 12)} is not a code of a country or network.")
            codes.append(said if re.fullmatch(digits, said) else "")
        return "-".join(codes) if all(codes) else ""

    def joined_network(self, key: str) -> str:
        """The same from one value of five or six digits."""
        said = self._said.get(key, "").strip()
        if not said:
            return ""
        if not _NETWORK.match(said):
            self.flaws.add(key, "bad_identity", f"{shown(said, 12)} is not a code of a country and network.")
            return ""
        return f"{said[:3]}-{said[3:].lstrip('-')}"

    def languages(self, key: str) -> tuple[str, ...]:
        """Language tags, most wanted first."""
        tags = [tag.strip() for tag in self._said.get(key, "").split(",")[:20] if tag.strip()]
        for tag in tags:
            if not _LANGUAGE.match(tag):
                self.flaws.add(key, "bad_language", f"{shown(tag, 20)} is not a language tag.")
        return tuple(tag.replace("_", "-") for tag in tags if _LANGUAGE.match(tag))

    def pairing(self, subscriber: str, handset: str, key: bytes) -> str:
        """Check both numbers, keep neither. With a key: a keyed digest of the handset's, good for this key's life."""
        for name, digits in ((subscriber, r"[0-9]{6,15}"), (handset, r"[0-9]{14,16}")):
            said = self._said.get(name, "").strip()
            if said and not re.fullmatch(digits, said):
                self.flaws.add(name, "bad_identity", "It is not a number of this kind.")
        said = self._said.get(handset, "").strip()
        # The fifteenth digit is a check digit and the sixteenth a software version: forms differ in which they send.
        usable = key and re.fullmatch(r"[0-9]{14,16}", said)
        return hmac.digest(key, said[:14].encode(), "sha256").hex()[:32] if usable else ""


def number(said: str, field: str, low: float, high: float, flaws: Flaws, name: str = "out_of_range") -> float | None:
    """A decimal number from `low` to `high`, else a flaw and None. A decimal comma is read and flagged."""
    if not _NUMBER.match(said):
        flaws.add(field, "bad_confidence" if name == "bad_confidence" else "bad_number", f"{shown(said)} is no number.")
        return None
    if "," in said:
        flaws.add(field, "decimal_comma", f"{shown(said)} has a comma for its decimal point.")
    value = float(said.replace(",", "."))
    if not low <= value <= high:
        what = f"{shown(said)} does not lie between {low:g} and {high:g}."
        flaws.add(field, "bad_confidence" if name == "bad_confidence" else "out_of_range", what)
        return None
    return value


def accuracy_m(said: str, field: str, flaws: Flaws) -> float | None:
    """Radius in metres, at most 1,000 km; 0 is "unknown" and None."""
    value = number(said, field, -1e15, 1e15, flaws)
    if value is None:
        return None
    if value < 0:
        flaws.add(field, "negative_length", f"{shown(said)} is below zero.")
        return None
    if value > _FURTHEST_M:
        flaws.add(field, "out_of_range", f"{shown(said)} m is more than 1,000 km; 1,000 km is used.")
    return min(value, _FURTHEST_M) or None


def spot(
    lat: float | None, lon: float | None, radius_m: float | None, no_fix: bool, flaws: Flaws, at: str
) -> PersonalSpot:
    """Where, or None when the handset had no fix; `at` names the attribute a doubt is about.

    0, 0 is what an empty position looks like. It lies in the sea off Ghana and is never plotted.
    """
    if lat is None or lon is None:
        return None
    zero = lat == 0.0 and lon == 0.0
    if no_fix:
        if not zero:
            flaws.add(
                at, "no_fix_with_position", "The handset says that it had no fix, and gives a position: not plotted."
            )
        return None
    if zero:
        flaws.add(at, "zero_position", "0, 0 is no place a call comes from: not plotted.")
        return None
    return Point(lat, lon) if radius_m is None else Circle(lat, lon, radius_m)
