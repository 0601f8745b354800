"""Bodies, queries and answers that only HTTP knows: sessions, accounts, the region in brief. Knows no handler."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.facts.centre import Mode
from tocsin.facts.values import Instant, Latitude, Longitude, Move, Place, Position
from tocsin.views.rows import IncidentRow, UnitRow

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Secret: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
Roles: TypeAlias = Annotated[tuple[str, ...], msgspec.Meta(max_length=10)]
Limit: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=500)]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a client sends; a field that is not known is said to be so."""


class Nothing(Form, frozen=True):
    """A query without parameters."""


class Anything(Form, frozen=True, forbid_unknown_fields=False):
    """A page's own query: the page reads it (`?lang=pt`), the server does not care."""


class SignIn(Form, frozen=True):
    """Name and password, or the secret of a one-time link."""

    name: Annotated[str, msgspec.Meta(max_length=64)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    link: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class SessionView(msgspec.Struct, frozen=True):
    """Who is signed in, and where. `csrf` goes into the X-Tocsin-CSRF header of whatever changes something."""

    account: str
    display: str
    roles: tuple[str, ...]
    unit: str
    """The unit of a field account, or empty."""
    language: str
    csrf: str
    mode: Mode
    centre: str
    name: str
    """The centre's name."""
    agency: str = ""
    """Whose eyes these are; empty: the whole centre's."""


class Health(msgspec.Struct, frozen=True):
    """The server answers, and its log stands at `position`. The counts say what waits for a supervisor, of nobody."""

    ok: bool
    position: Position
    looks_owed: int = 0
    """Looks and changes of accounts that the access log has not taken yet."""
    glass_broken: int = 0
    """Incidents opened without the right to them, of which no supervisor has taken the alarm."""
    reviews_owed: int | None = None
    """Looks of the last weeks that no supervisor has reviewed; null: not counted yet."""


class AfterQuery(Form, frozen=True):
    """Where to resume: the position of the last fact seen. The Last-Event-ID header, when there, goes first."""

    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    view: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    """What the picture at hand was of, as it said; when that is not what is seen now, the picture is fetched again."""


class IncidentsQuery(Form, frozen=True):
    """Which incidents. `closed`: those that ended, the latest end first (the open ones are on the board already).

    `any`: every one there ever was, the latest opened first; `q` finds words in what stands in its row, and `before`
    goes on where a page ended: incidents opened earlier than this instant.
    """

    status: Literal["closed", "any"] = "closed"
    limit: Limit = 50
    q: Annotated[str, msgspec.Meta(max_length=200)] = ""
    before: Annotated[float, msgspec.Meta(ge=0)] = 1e11
    why: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Asked for with `any`: it stands in the access log."""


class TrailQuery(Form, frozen=True):
    """How far back."""

    minutes: Annotated[float, msgspec.Meta(gt=0, le=1_440)] = 10.0


class PlacesQuery(Form, frozen=True):
    """What was typed, and near where."""

    q: Annotated[str, msgspec.Meta(max_length=200)]
    lat: Latitude | None = None
    lon: Longitude | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 8


class NearestQuery(Form, frozen=True):
    """A point."""

    lat: Latitude
    lon: Longitude


class DestinationQuery(Form, frozen=True):
    """What the patient needs, separated by commas; nothing said: what the incident's type needs."""

    needs: Annotated[str, msgspec.Meta(max_length=200)] = ""


class CellsQuery(Form, frozen=True):
    """Which group of units; none named: the first."""

    group: Annotated[str, msgspec.Meta(max_length=64)] = ""


class DayQuery(Form, frozen=True):
    """From `since` (included) to `until` (excluded), seconds UTC."""

    since: Instant
    until: Instant


class DraftForm(Form, frozen=True):
    """A call as far as it is typed: the place taken so far, an incident type, words."""

    place: Place | None = None
    type: Annotated[str, msgspec.Meta(max_length=64)] = ""
    words: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class MovesForm(Form, frozen=True):
    """Reported positions of one's own unit."""

    moves: Annotated[tuple[Move, ...], msgspec.Meta(min_length=1, max_length=600)]


class Accepted(msgspec.Struct, frozen=True):
    """How many positions were taken."""

    accepted: int


class Field(msgspec.Struct, frozen=True):
    """What a field unit may see: itself and the incident it is on."""

    unit: UnitRow | None
    incident: IncidentRow | None
    position: Position
    now: Instant


class ResourceView(msgspec.Struct, frozen=True):
    """A station, hospital, hydrant or defibrillator on the map."""

    kind: str
    name: str
    lat: Latitude
    lon: Longitude


class RegionView(msgspec.Struct, frozen=True):
    """The built map in brief; bbox is west, south, east, north in degrees."""

    name: str
    bbox: tuple[float, float, float, float]
    attribution: str
    has_basemap: bool
    resources: tuple[ResourceView, ...]


class CosignForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The current checkpoint with a witness's signature under it, as `tocsin log witness --cosign` writes it."""

    note: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]


class Cosigned(msgspec.Struct, frozen=True):
    """How many signatures were new."""

    new: int


class WitnessView(msgspec.Struct, frozen=True):
    """Somebody outside whose signature the centre shows; `cosigned_at` is null while the checkpoint lacks it."""

    name: str
    key: str
    cosigned_at: int | None = None


class RecordView(msgspec.Struct, frozen=True):
    """Where the record stands now, the last signed checkpoint, and the keys to check it with. Hashes in hexadecimal."""

    centre: str
    position: Position
    chain: str
    root: str
    keys: tuple[str, ...]
    origin: str = ""
    signed_size: Position = 0
    signed_root: str = ""
    checkpoint: str = ""
    witnesses: tuple[WitnessView, ...] = ()
    trouble: str = ""
    """Why nothing is signed, if so: the record is not what was signed before."""


class HeadView(msgspec.Struct, frozen=True):
    """Where the decisions log stands, hashes in hexadecimal: noted elsewhere, it proves the past later."""

    centre: str
    position: Position
    chain: str
    root: str


class NewAccount(Form, frozen=True):
    """A new account. What names, passwords and roles may be is said when one is refused."""

    name: Name
    roles: Roles
    password: Secret | None = None
    display: Annotated[str, msgspec.Meta(max_length=200)] = ""
    unit: Annotated[str, msgspec.Meta(max_length=64)] = ""
    language: Annotated[str, msgspec.Meta(max_length=16)] = "en"
    agency: Annotated[str, msgspec.Meta(max_length=64)] = ""


class AccountChange(Form, frozen=True):
    """What to change; what is left out stays."""

    display: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    roles: Roles | None = None
    unit: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    language: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    disabled: bool | None = None
    password: Secret | None = None
    agency: Annotated[str, msgspec.Meta(max_length=64)] | None = None
