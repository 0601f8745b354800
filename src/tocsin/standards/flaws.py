"""What can be wrong with a message: a flaw (kept, used, visible) or unusable (a named no). Decides for nobody."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, TypeAlias, get_args

import msgspec

FlawName: TypeAlias = Literal[
    "after_signature",
    "axes_swapped",
    "bad_character",
    "bad_confidence",
    "bad_coordinates",
    "bad_header",
    "bad_identity",
    "bad_language",
    "bad_length",
    "bad_number",
    "bad_time",
    "decimal_comma",
    "empty_attribute",
    "malformed_attribute",
    "negative_length",
    "no_fix_with_position",
    "no_location",
    "out_of_range",
    "reference_not_https",
    "repeated",
    "ring_open",
    "ring_short",
    "srs_missing",
    "text_cut",
    "time_in_seconds",
    "unexpected_port",
    "unknown_attribute",
    "unknown_code",
    "unknown_element",
    "unknown_unit",
    "unknown_value",
    "unknown_version",
    "unsigned",
    "version_contradicted",
    "wrong_dimension",
    "wrong_length",
    "wrong_srs",
    "zero_position",
    "zone_missing",
]

UnusableName: TypeAlias = Literal[
    "bad_argument",
    "bad_encoding",
    "dtd_forbidden",
    "empty",
    "forged",
    "no_call",
    "not_aml",
    "not_held",
    "not_pidf",
    "not_xml",
    "too_deep",
    "too_large",
    "too_many_elements",
    "unsigned",
]

FLAW_NAMES: tuple[str, ...] = get_args(FlawName)
UNUSABLE_NAMES: tuple[str, ...] = get_args(UnusableName)


class Flaw(msgspec.Struct, frozen=True):
    """Something in a message is not as its standard has it. The rest of the message is used."""

    field: str
    """Attribute or element it is about, by the sender's own name."""
    what: FlawName
    text: str
    """A sentence for the person who reads it."""


class Unusable(msgspec.Struct, frozen=True):
    """Nothing can be used: why, and which field made it so. The caller stores the raw message."""

    name: UnusableName
    field: str
    text: str


class Flaws:
    """Collects flaws while a message is read; more than `LIMIT` add nothing a person would read."""

    LIMIT = 64

    def __init__(self) -> None:
        self._found: list[Flaw] = []

    def add(self, field: str, what: FlawName, text: str) -> None:
        """Remember one flaw."""
        if len(self._found) < self.LIMIT:
            self._found.append(Flaw(shown(field, 60) or "(unnamed)", what, text))

    def all(self) -> tuple[Flaw, ...]:
        """Everything found, in order."""
        return tuple(self._found)


_SPACES = re.compile(r"\s+")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def shown(text: str, limit: int = 40) -> str:
    """One line of text, safe to show: no control or direction-turning characters, spaces folded, cut to `limit`."""
    # Twice the limit is enough to fill it; the rest of a hostile megabyte is not looked at.
    kept = "".join(" " if char.isspace() else char for char in text[: 2 * limit + 16] if _shows(char))
    line = _SPACES.sub(" ", kept).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _shows(char: str) -> bool:
    return char.isspace() or (unicodedata.category(char) not in ("Cc", "Cs") and char not in _TURNING)
