"""What callers say, read from `sayings.toml`. Refuses to know who answers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from random import Random

import msgspec


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to tell of it. `{address}` in a line is where the caller says it is."""

    language: str
    summary: str
    lines: tuple[str, ...]


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A type of incident as callers tell it: how frequent, how many patients and further callers it brings."""

    type: str
    weight: float
    sayings: tuple[Saying, ...]
    patients: float = 0.0
    """Chance that somebody is taken to a hospital."""
    calls: float = 0.0
    """Chance of each further caller."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that is no emergency; `text` is what the call-taker writes."""

    language: str
    lines: tuple[str, ...]
    text: str


class Sayings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    names: dict[str, tuple[str, ...]]
    information: tuple[Question, ...]
    types: tuple[Told, ...]

    def pick_type(self, dice: Random) -> Told:
        """A type, by weight."""
        return dice.choices(self.types, [told.weight for told in self.types])[0]

    def pick_name(self, language: str, dice: Random) -> str:
        """A name a caller may have, sometimes none."""
        return dice.choice(self.names.get(language, ("",)))


@cache
def sayings() -> Sayings:
    """The packaged sayings."""
    return msgspec.toml.decode(files("tocsin.sim").joinpath("sayings.toml").read_bytes(), type=Sayings)


def spoken(lines: tuple[str, ...], address: str) -> tuple[str, ...]:
    """Lines with the address in them."""
    return tuple(line.replace("{address}", address) for line in lines)
