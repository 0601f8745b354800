"""What the caller's page says and hears. Everything it says is bounded here; what is not named here is refused."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from tocsin.domain.orders_caller_links import Said as Words
from tocsin.domain.phrases import CallerPhrase
from tocsin.facts.caller_links import MediaForm, Tongue
from tocsin.facts.values import Latitude, Longitude

# What no record can hold and no screen shows; and the two marks that make a line read as another (UTR 36).
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ufffe\uffff\ud800-\udfff]")


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the page says."""


class Opening(Form, frozen=True):
    """The phone's language, or the one its owner chose."""

    tongue: Tongue


class Placed(Form, frozen=True):
    """One position as the browser has it. `age_s` by the phone's own clock, which may be wrong by years."""

    lat: Latitude
    lon: Longitude
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
    age_s: Annotated[float, msgspec.Meta(ge=0, le=3_600)] = 0.0
    altitude_m: Annotated[float, msgspec.Meta(ge=-1_000, le=20_000)] | None = None
    speed_mps: Annotated[float, msgspec.Meta(ge=0, le=400)] | None = None
    heading_deg: Annotated[float, msgspec.Meta(ge=0, le=360)] | None = None


class Saying(Form, frozen=True):
    """One message. `id` is the page's own: sent twice, written once."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{1,24}$")]
    text: Words = ""
    phrase: CallerPhrase | None = None


class Asking(Form, frozen=True):
    """What was seen last."""

    after: Annotated[int, msgspec.Meta(ge=0)] = 0


class Said(msgspec.Struct, frozen=True):
    """One message as the page shows it; `mine`: the caller's own."""

    n: int
    mine: bool
    text: str


class State(msgspec.Struct, frozen=True):
    """How things stand with the link. `ended` says why it is over; '' while it is not."""

    sharing: bool
    left_s: int
    last: int
    messages: tuple[Said, ...]
    ended: str = ""


class Opened(msgspec.Struct, frozen=True):
    """The device's secret, told to it alone, and how things stand."""

    device: str
    state: State


class Taken(msgspec.Struct, frozen=True):
    """It is recorded."""

    taken: bool = True


class Showed(msgspec.Struct, frozen=True):
    """How many bytes are there; `done`: it was made anew and the desk sees it."""

    have: int
    done: bool = False
    form: MediaForm | None = None


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why not."""

    name: str
    why: str = ""


def clean(text: str) -> str:
    """A message in characters that a record and a screen can hold: nobody in need is refused for one they typed."""
    return _UNFIT.sub(" ", text).strip()
