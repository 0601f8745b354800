"""A line of a run card in words, read and written: `1 als or 1 ambulance + 1 medic crew 2`. Knows no file."""

from __future__ import annotations

import re

from tocsin.domain.plans import Part, Requirement

MOST = 60
_PART = re.compile(r"(?:(?P<count>\d{1,6})\s+)?(?P<capability>[^\s+]+)(?:\s+crew\s+(?P<crew>\d{1,6}))?")
FORM = "write '2 engine', '1 als or 1 ambulance + 1 medic', or '1 engine crew 4'"


class PlanWordsError(ValueError):
    """The line cannot be read; the message says what would be right."""


def read_requirement(text: str) -> Requirement:
    """The requirement `text` states: ways parted by `or`, units of one way joined by `+`. Raises PlanWordsError."""
    return Requirement(text.strip(), tuple(_option(option) for option in re.split(r"\s+or\s+", text.strip())))


def _option(text: str) -> tuple[Part, ...]:
    return tuple(_part(part.strip()) for part in text.split("+"))


def _part(text: str) -> Part:
    found = _PART.fullmatch(text)
    if found is None or found["capability"].isdecimal() or found["capability"] in ("or", "crew"):
        raise PlanWordsError(f"'{text}' is not a number of units and a capability; {FORM}")
    count, crew = int(found["count"] or 1), int(found["crew"] or 0)
    if not 1 <= count <= MOST:
        raise PlanWordsError(f"'{text}' asks for {count} units; 1 to {MOST} can be asked for")
    if crew > MOST:
        raise PlanWordsError(f"'{text}' asks for a crew of {crew}; at most {MOST} sit in one vehicle")
    return Part(found["capability"], count, crew)
