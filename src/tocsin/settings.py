"""What an operator may set, from a TOML file and the command line, and the centre's catalogue of incident types.

Every mistake is one line that names the file, the key and what would be right. Opens no store and no socket.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec

from tocsin.domain.checks import plain
from tocsin.domain.lexicon import Attribute
from tocsin.domain.types import Catalogue, Named
from tocsin.facts.centre import Mode

T = TypeVar("T")
PORT = 9110
FIRST_MAX = 1_000_000_000
ADDRESSES = ("postgresql://", "postgres://")
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Domain = Annotated[
    str,
    msgspec.Meta(max_length=253, pattern=r"^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))+$"),
]


class SettingsError(Exception):
    """A setting is wrong; the message is one line for the operator."""


class Centre(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose log this is. Once a log is opened its id and mode stand; a differing setting is refused at start."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = "centre"
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "Centre"
    mode: Mode = "live"


Way: TypeAlias = Literal["aml", "sms", "pidf", "cell", "registered", "receipt"]


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who may send in where callers are: `POST /intake/{way}/{name}`."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
    ways: Annotated[tuple[Way, ...], msgspec.Meta(min_length=1)]
    key: Annotated[str, msgspec.Meta(min_length=16, max_length=200, pattern=r"^[!-~]+$")]
    """Signs its AML forms (HMAC); bears out everything else (Authorization: Bearer)."""
    unsigned_ok: bool = False
    """Keep AML forms that are not signed, and flag them: for a carrier whose handsets do not all sign."""
    sms_port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    """Port that data SMS should come to; another one is flagged."""
    receipt_reference: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """Where in an SMS gateway's callback its number of the message stands: `results.0.messageId`; else the usual names.
    The partner bears the name of the gateway in `[callers.sms]`."""
    receipt_state: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """Likewise, what became of the message."""
    location_hosts: tuple[Word, ...] = ()
    """Hosts its location references may be fetched from, over https. Without one none of them is followed."""


class LogPartner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recorder or a neighbour at the logging service (NENA i3): what it may write, and what it may read."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
    domains: Annotated[tuple[Domain, ...], msgspec.Meta(min_length=1)]
    """Domain names it may speak for: `elementId` and `agencyId` of its events are one of these, or below one."""
    keys: tuple[Path, ...] = ()
    """Files of its public keys or certificates (PEM). Nothing it signs is taken without one."""
    token: Annotated[str, msgspec.Meta(min_length=16, max_length=200, pattern=r"^[!-~]+$")] | None = None
    """Bears it out when it reads (Authorization: Bearer). Without one it reads nothing."""
    reads: Literal["own", "shared", "all"] = "own"
    """own: what it logged itself; shared: and incidents to which units of `agencies` were sent; all: every one."""
    agencies: tuple[Word, ...] = ()
    caller_data: bool = False
    """Whether what names or places a caller is shown to it, in the incidents it may read."""


class LoggingService(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record's door for recorders and neighbours: NENA i3 logging service, `/i3/Logging/v1`."""

    domain: Domain
    """Our own domain name: the end of every identifier we give, and our `elementId` and `agencyId`."""
    partners: Annotated[tuple[LogPartner, ...], msgspec.Meta(min_length=1)]
    extensions: tuple[Word, ...] = ()
    """Members of an event's `extension` that are taken; others are refused (462)."""
    extensions_refused: tuple[Word, ...] = ()
    """Members that are refused by name (463)."""


class LocationServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A server that is asked where the device of a ringing call is (HELD, RFC 5985)."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]+$", max_length=2_000)]
    """https, or http on this machine."""
    key: str = ""
    """Sent as Authorization: Bearer, to this server alone."""
    hosts: tuple[Word, ...] = ()
    """Hosts besides the server's own that a location may be fetched from by reference."""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=30)] = 6.0


class SmsHttp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="way", tag="http"):
    """An SMS gateway that takes messages by HTTP POST. `{number}` and `{text}` are put into the fields."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]+$", max_length=2_000)]
    """https, or http on this machine."""
    fields: dict[str, Any]
    """Names and values of the form, or the JSON object, nested as the gateway wants it."""
    format: Literal["json", "form"] = "json"
    headers: dict[
        Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,64}$")],
        Annotated[str, msgspec.Meta(pattern=r"^[ -~]{1,1000}$")],
    ] = {}
    """Authorization and the like."""
    reference: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """Where in its JSON answer the gateway's number of the message stands: `messages.0.id`."""
    name: Word = "http"
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=30)] = 10.0


class SmsSmpp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="way", tag="smpp"):
    """A carrier's SMS centre, by SMPP 3.4 as a transmitter. Needs the extra `sms`."""

    host: Word
    system_id: Annotated[str, msgspec.Meta(max_length=15, pattern=r"^[ -~]*$")]
    password: Annotated[str, msgspec.Meta(max_length=8, pattern=r"^[ -~]*$")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 2775
    tls: bool = False
    source: Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[ -~]*$")] = ""
    """Who it comes from: a number, or a name of up to 11 letters with `source_ton` 5."""
    source_ton: Annotated[int, msgspec.Meta(ge=0, le=6)] = 0
    source_npi: Annotated[int, msgspec.Meta(ge=0, le=18)] = 0
    receipts: bool = False
    """Ask for delivery receipts, and hear them on a second connection bound as a receiver."""
    name: Word = "smpp"
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=30)] = 10.0


class SmsPrinter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="way", tag="printer"):
    """Sends nothing: messages are shown where the server was started."""


SmsSetting: TypeAlias = SmsHttp | SmsSmpp | SmsPrinter


class Callers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The caller's own page, and how its link is sent. Without it there is no such page and no link."""

    sms: SmsSetting
    url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s#?]{1,80})?$")] = ""
    """What callers reach this server under, as short as it can be: it stands in the message. Without one, this server's
    own address, which a phone elsewhere cannot reach."""
    service: Annotated[str, msgspec.Meta(min_length=1, max_length=30, pattern=r"^[^{}\x00-\x1f\x7f]+$")] = "112"
    """Who writes, as the message begins."""
    behind_proxy: bool = False
    """True where a proxy of ours stands before this server and says in X-Forwarded-For who came; never otherwise."""


_ISSUER = r"^(https://[^\s#?]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s#?]*)?)$"


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody else who says who people are (OpenID Connect), registered there with `<address>/sign-in/<name>/back`."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]
    issuer: Annotated[str, msgspec.Meta(pattern=_ISSUER, max_length=500)]
    """Exactly as the provider says it in its own description and tokens."""
    client_id: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    client_secret: Annotated[str, msgspec.Meta(max_length=500)] = ""
    label: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """What the button says; otherwise the name."""
    scopes: tuple[Word, ...] = ("profile",)
    """Asked for besides `openid`."""
    name_claim: Word = "preferred_username"
    """Becomes the name in the record."""
    roles_claim: Word = "groups"
    roles: dict[str, Literal["call_taker", "dispatcher", "supervisor", "auditor", "administrator"]] = {}
    """A value of that claim, and the role it gives. Nobody has a role that no value gives."""
    agency_claim: str = ""
    agencies: dict[str, str] = {}
    """A value of that claim, and the agency it means; with any, somebody without one is refused."""
    skew_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 60.0
    """How far the two clocks may be apart."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything `tocsin serve` needs to know. Paths in a file are relative to that file."""

    data: Path = Path("data")
    """Folder of the logs and accounts; made when it is not there."""
    store: str = ""
    """A PostgreSQL database (`postgresql://…`) that keeps record and accounts instead of files, for several nodes."""
    host: Word = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = PORT
    """0 takes any free port."""
    region: Path | None = None
    """Folder made by `tocsin region build`; without one there is no map and no road time."""
    catalogue: Path | None = None
    """The centre's own incident types; without one, the packaged defaults."""
    attributes: Path | None = None
    """What callers' words stand for, by attribute; without it, the packaged words (English, Portuguese, Spanish)."""
    aliases: Path | None = None
    """The centre's own names for places (TOML or CSV); read again when it changes. Needs a region."""
    plans: Path | None = None
    """The centre's own response plans; without them the packaged ones, unless the incident types are its own."""
    coverage: Path | None = None
    """The centre's rules of coverage and move-ups; without one, the packaged defaults."""
    hospitals: Path | None = None
    """What the centre knows of hospitals beyond the map: capabilities, beds, what patients of a type need."""
    master_key: Path | None = None
    """File of the key that wraps all keys of personal data; TOCSIN_MASTER_KEY holds the key itself and goes first.
    Without either, `master.key` in the data folder, made when it is not there."""
    secure_cookies: bool = False
    """True where browsers reach this server over https, as they should in earnest."""
    allowed_hosts: tuple[Word, ...] = ()
    """Names under which browsers reach this server, besides localhost and `host`."""
    address: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^/?#\s]{1,200})?$")] = ""
    """What browsers reach this server under (`https://tocsin.example.org`): passkeys belong to it, and providers of
    sign-in send people back to it."""
    centre: Centre = Centre()
    signing_key: Path | None = None
    """Key that signs checkpoints of the record; otherwise `record.key` in the data folder, made at the first start.
    Nodes of one centre should have the same one."""
    origin: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """What the record is called in its checkpoints; otherwise the centre's id."""
    witnesses: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=500)], ...] = ()
    """Public keys of those whose cosignatures are shown with a checkpoint."""
    access_log_days: Annotated[float, msgspec.Meta(ge=30, le=36_525)] = 730
    """How long it is kept who looked at what, and why."""
    publish_looks: bool = False
    """Whether anybody may read how often people's data were looked at, by week and kind (`/transparency.json`)."""
    providers: tuple[Provider, ...] = ()
    """Those besides ourselves who say who people are."""
    intake: tuple[Partner, ...] = ()
    """Those who may send in where callers are."""
    lines: Path | None = None
    """CSV of the centre's lines: number, address, lat, lon, radius_m. Looked up for calls the exchange reports."""
    location_server: LocationServer | None = None
    logging_service: LoggingService | None = None
    """Recorders and neighbours that log with us and read what they may; without it there is no such door."""
    callers: Callers | None = None
    """The caller's own page."""


def load_settings(path: Path | None = None, **given: Any) -> Settings:
    """Settings from `path` (TOML), with what the command line gave (not None) on top. Raises SettingsError."""
    values = _read(path) if path else {}
    if path:
        for key in (
            "data",
            "region",
            "catalogue",
            "attributes",
            "signing_key",
            "aliases",
            "plans",
            "coverage",
            "hospitals",
            "master_key",
            "lines",
        ):
            if isinstance(values.get(key), str):
                values[key] = str(path.parent / values[key])
        _near(path, values.get("logging_service"))
    for key, value in given.items():
        if value is not None:
            _put(values, key, value)
    settings = _convert(values, Settings, str(path) if path else "the command line")
    if settings.store and not settings.store.startswith(ADDRESSES):
        # Never said back: it may hold a password.
        raise SettingsError(f"store: expected an address that begins with {ADDRESSES[0]}")
    door = settings.logging_service
    names = [partner.name for partner in door.partners] if door else []
    for fault in (
        *_repeated("intake", [partner.name for partner in settings.intake]),
        *_repeated("providers", [provider.name for provider in settings.providers]),
        *_repeated("logging_service.partners", names),
    ):
        raise SettingsError(fault)
    return settings


def load_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in `path` (TOML), or the packaged one. Raises SettingsError naming file and key."""
    name = str(path) if path else "the packaged catalogue"
    values = _read(path) if path else _parse(files("tocsin").joinpath("data", "catalogue.toml").read_bytes(), name)
    catalogue = _convert(values, Catalogue, name)
    for fault in _faults(catalogue):
        raise SettingsError(f"{name}: {fault}")
    return catalogue


class _Attributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    attributes: tuple[Attribute, ...]


def load_attributes(path: Path | None = None) -> tuple[Attribute, ...]:
    """The attributes in `path` (TOML), or the packaged ones. Raises SettingsError naming file and key."""
    name = str(path) if path else "the packaged attributes"
    values = _read(path) if path else _parse(files("tocsin").joinpath("data", "attributes.toml").read_bytes(), name)
    found = _convert(values, _Attributes, name).attributes
    for fault in _repeated("attributes", [one.code for one in found]):
        raise SettingsError(f"{name}: {fault}")
    for index, one in enumerate(found):
        if not one.code or ":" in one.code:
            raise SettingsError(f"{name}: attributes[{index}].code: '{one.code}' is empty or has a colon")
    return found


def _faults(catalogue: Catalogue) -> Iterable[str]:
    """What is wrong with a catalogue beyond its shape, each in one line."""
    if not catalogue.types:
        yield "types: at least one incident type is needed; add a [[types]] table"
    if not catalogue.dispositions:
        yield "dispositions: at least one is needed, or no incident could be closed; add a [[dispositions]] table"
    yield from _repeated("types", [kind.code for kind in catalogue.types])
    yield from _repeated("dispositions", [end.code for end in catalogue.dispositions])
    for index, kind in enumerate(catalogue.types):
        yield from _named(f"types[{index}]", kind.code, kind.name)
        if not 1 <= kind.priority <= 5:
            yield f"types[{index}].priority ('{kind.code}'): {kind.priority} is not 1 (most urgent) to 5"
        if not kind.group:
            yield f"types[{index}].group ('{kind.code}'): is empty"
        for at, need in enumerate(kind.needs):
            if not need.capability or not 1 <= need.count <= 60:
                yield f"types[{index}].needs[{at}] ('{kind.code}'): needs a capability and a count of 1 to 60"
        yield from _repeated(f"types[{index}].needs ('{kind.code}')", [need.capability for need in kind.needs])
        yield from _unknown_alike(f"types[{index}].alike ('{kind.code}')", kind.alike, catalogue)
        if not 0 <= kind.seen_from_m <= 20_000:
            yield f"types[{index}].seen_from_m ('{kind.code}'): {kind.seen_from_m:g} is not 0 to 20000 metres"
    for index, end in enumerate(catalogue.dispositions):
        yield from _named(f"dispositions[{index}]", end.code, end.name)
    yield from _faults_of_names("call_back_reasons", catalogue.call_back_reasons)
    yield from _faults_of_names("unit_kinds", catalogue.unit_kinds)
    yield from _faults_of_names("capabilities", catalogue.capabilities)
    yield from _unnamed_needs(catalogue)
    if not 1 <= catalogue.first_incident <= FIRST_MAX:
        yield f"first_incident: {catalogue.first_incident} is not a number of 1 to {FIRST_MAX}"
    for priority in catalogue.siren:
        if not 1 <= priority <= 5:
            yield f"siren: {priority} is not a priority of 1 (most urgent) to 5"
    yield from _spans(catalogue)


def _unknown_alike(where: str, alike: tuple[str, ...], catalogue: Catalogue) -> Iterable[str]:
    for code in alike:
        if catalogue.type(code) is None:
            yield f"{where}: there is no type '{code}'"


def _spans(catalogue: Catalogue) -> Iterable[str]:
    for key, seconds in msgspec.structs.asdict(catalogue.limits).items():
        if not 0 < seconds <= 86_400:
            yield f"limits.{key}: {seconds:g} is not between 0 and 86400 seconds"
    if not 0 <= catalogue.access.recent_h <= 876_600:
        yield f"access.recent_h: {catalogue.access.recent_h:g} is not between 0 and 876600 hours"
    for key, days in msgspec.structs.asdict(catalogue.retention).items():
        if not 1 <= days <= 36_525:
            yield f"retention.{key}: {days:g} is not between 1 and 36525 days"


def _faults_of_names(key: str, named: tuple[Named, ...]) -> Iterable[str]:
    yield from _repeated(key, [one.code for one in named])
    for index, one in enumerate(named):
        yield from _named(f"{key}[{index}]", one.code, one.name)


def _unnamed_needs(catalogue: Catalogue) -> Iterable[str]:
    """A need nobody has a name for is a slip of the pen, and no unit would ever fill it. Old files name nothing."""
    named = {one.code for one in catalogue.capabilities}
    for index, kind in enumerate(catalogue.types):
        for at, need in enumerate(kind.needs):
            if named and need.capability not in named:
                yield (
                    f"types[{index}].needs[{at}] ('{kind.code}'): '{need.capability}' does not stand under"
                    " [[capabilities]]; mend it there or here"
                )


def _named(where: str, code: str, name: dict[str, str]) -> Iterable[str]:
    if not 1 <= len(code) <= 64 or plain(code, "code"):
        yield f"{where}.code: must be 1 to 64 visible characters without blanks around them, not {code!r}"
    if not name.get("en", "").strip():
        yield f"{where}.name ('{code}'): an English name is needed: name.en = \"…\""
    for language, words in name.items():
        if not words.strip():
            yield f"{where}.name.{language} ('{code}'): is empty; write a name or leave the line out"


def _repeated(where: str, codes: list[str]) -> Iterable[str]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield f"{where}: '{code}' stands there twice; every code may stand once"
        seen.add(code)


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    if key.startswith("centre_"):
        centre = values.setdefault("centre", {})
        if isinstance(centre, dict):
            centre[key.removeprefix("centre_")] = value
    else:
        values[key] = value


def _read(path: Path) -> dict[str, Any]:
    try:
        return _parse(path.read_bytes(), str(path))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from None


def _parse(raw: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(f"{name}: is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{name}: is not TOML: {error}") from None


def _near(path: Path, door: Any) -> None:
    """Key files of partners, relative to the settings' file."""
    partners = door.get("partners") if isinstance(door, dict) else None
    for partner in partners if isinstance(partners, list) else []:
        if isinstance(partner, dict) and isinstance(partner.get("keys"), list):
            partner["keys"] = [str(path.parent / key) if isinstance(key, str) else key for key in partner["keys"]]


def _convert(values: dict[str, Any], kind: type[T], name: str) -> T:
    try:
        return msgspec.convert(values, kind, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}: {_explain(str(error), kind)}") from None


def _path(kind: type, value: Any) -> Any:
    """TOML has no paths: text becomes one."""
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise ValueError(f"Expected `str`, got `{type(value).__name__}`")


_KINDS = {
    "int": "a whole number", "float": "a number", "str": "text", "bool": "true or false", "object": "a table",
    "array": "a list", "null": "nothing",
}  # fmt: skip


def _explain(message: str, kind: type[Any]) -> str:
    """msgspec's message with the key first, and the keys there are when one is unknown."""
    what, _, place = message.partition(" - at `$")
    key = place.rstrip("`").removeprefix(".")
    if "unknown field" in what and not key:
        what += "; the keys are " + ", ".join(field.name for field in msgspec.structs.fields(kind))
    if "enum" in what:
        what += "; it is live or exercise"
    what = re.sub(r"`(\w+)`", lambda kind: _KINDS.get(kind[1], f"'{kind[1]}'"), what[0].lower() + what[1:])
    what = what.replace("`", "'")
    return f"{key}: {what}" if key else what
