"""The table of routes. All derives from it: addresses, access checks, the OpenAPI document, the walk of all roles."""

from __future__ import annotations

from typing import Any

from tocsin.access import Account
from tocsin.access.passkeys import Begun, Passkey
from tocsin.access.people import OpenSession
from tocsin.access.tokens import Token
from tocsin.desk.hospitals import DestinationView
from tocsin.desk.tally import IntakeView
from tocsin.domain.types import Catalogue
from tocsin.facts.values import Move
from tocsin.views.advice import Recommendation
from tocsin.views.cover import CellsView, CoverView
from tocsin.views.day import DayFigures
from tocsin.views.rows import IncidentRow
from tocsin.views.rules import RulesView
from tocsin.views.together import GroupsView, TogetherView
from tocsin.views.wire import (
    Done,
    OrderRequest,
    Picture,
    PlaceMatch,
    TailFacts,
    TailPulse,
    TailReset,
    TailTracks,
    Timeline,
)
from tocsin.views.wire import Route as Way
from tocsin.web import bodies, bodies_access, bodies_looks
from tocsin.web.door import ANYONE, PERSON, SIGNED_IN, Limit, Route
from tocsin.web.handlers import (
    about,
    accounts,
    cover,
    evidence,
    glass,
    ground,
    live,
    looks,
    media,
    own,
    passkeys,
    people,
    providers,
    record,
    review,
    rules,
    together,
    tokens,
    windows,
)
from tocsin.web.permissions import (
    BREAK_GLASS,
    MANAGE_ACCOUNTS,
    READ_BOARD,
    READ_FIELD,
    READ_LOOKS,
    READ_MEDIA,
    READ_RECORD,
    REPORT_POSITIONS,
    REVIEW_LOOKS,
    for_order,
)

EVENTS: dict[str, Any] = {"facts": TailFacts, "tracks": TailTracks, "pulse": TailPulse, "reset": TailReset}


def _get(path: str, permission: str, limit: Limit, handler: Any, answer: Any, summary: str, **more: Any) -> Route:
    return Route("GET", path, permission, limit, handler, answer, summary, **more)


def _page(path: str, handler: Any = windows.page) -> Route:
    more: dict[str, Any] = {"query": bodies.Anything, "media": "text/html", "listed": False, "errors": (404,)}
    return _get(path, ANYONE, "all", handler, None, "The console.", **more)


# It is a table, and is read as one:
# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/orders", for_order, "seen", live.give, Done,
          "Give an order.", body=OrderRequest, errors=(409, 503)),
    Route("POST", "/api/tracks", REPORT_POSITIONS, "self", live.report, bodies.Accepted, "Report one's own positions.",
          body=bodies.MovesForm, errors=(409, 503)),
    _get("/api/board", READ_BOARD, "seen", live.board, Picture, "The picture and its position."),
    _get("/api/tail", READ_BOARD, "seen", live.tail, None, "What happens from a position on.", query=bodies.AfterQuery,
         media="text/event-stream", events=EVENTS),
    _get("/api/field", READ_FIELD, "self", live.field, bodies.Field, "One's own unit and its incident."),
    Route("POST", "/api/calls/{id}/together", READ_BOARD, "seen", together.belongs, TogetherView,
          "Incidents a live call may belong to.", body=bodies.DraftForm, errors=(409,)),
    _get("/api/calls/groups", READ_BOARD, "seen", together.groups, GroupsView,
         "Live calls that seem to be about one thing."),
    Route("POST", "/api/session", ANYONE, "self", people.sign_in, bodies.SessionView, "Sign in.", body=bodies.SignIn,
          errors=(401, 429, 503)),
    _get("/api/session", SIGNED_IN, "self", people.session, bodies.SessionView, "Who is signed in."),
    Route("DELETE", "/api/session", PERSON, "self", people.sign_out, None, "Sign out.", status=204),
    _get("/api/incidents", READ_RECORD, "seen", record.incidents, list[IncidentRow],
         "Closed or all incidents, newest first.",
         query=bodies.IncidentsQuery, errors=(503,)),
    _get("/api/incidents/{id}", READ_RECORD, "seen", record.incident, IncidentRow, "One incident.", errors=(404,)),
    _get("/api/incidents/{id}/timeline", READ_RECORD, "seen", record.timeline, Timeline,
         "All that was recorded about it.",
         query=bodies_looks.WhyQuery, errors=(404, 503)),
    _get("/api/incidents/{id}/export", READ_RECORD, "seen", record.export, None, "The same, to take away.",
         query=bodies_looks.NeedsWhy, media="application/x-ndjson", errors=(404, 503)),
    _get("/api/media/{id}", READ_MEDIA, "seen", media.media, None, "A picture or clip that a caller showed.",
         query=bodies_looks.WhyQuery, media="image/jpeg", errors=(404, 503), glass=True),
    Route("POST", "/api/incidents/{id}/glass", BREAK_GLASS, "self", glass.break_glass, bodies_looks.GlassOpened,
          "Open an incident without the right to it.", body=bodies_looks.GlassForm, errors=(409, 503)),
    _get("/api/looks", READ_LOOKS, "centre", looks.looks, list[bodies_looks.LookView], "Who looked at what, and why.",
         query=bodies_looks.LooksQuery, errors=(503,)),
    _get("/api/looks/review", READ_LOOKS, "centre", review.review, bodies_looks.ReviewView,
         "A week's looks to review.",
         query=bodies_looks.ReviewQuery, errors=(404, 503)),
    Route("POST", "/api/looks/reviews", REVIEW_LOOKS, "centre", review.judge, bodies_looks.ReviewDone, "Judge a look.",
          body=bodies_looks.ReviewForm, errors=(404, 503)),
    _get("/transparency.json", ANYONE, "all", review.counts, bodies_looks.CountsView,
         "How often people were looked at.",
         errors=(404, 503)),
    Route("POST", "/api/looks", READ_BOARD, "seen", looks.opened, bodies_looks.LookNoted,
          "A caller's position was opened.", body=bodies_looks.LookForm, errors=(404, 503), glass=True),
    _get("/api/incidents/{id}/recommendation", READ_BOARD, "seen", record.recommendation, Recommendation,
         "Who should go.",
         errors=(404, 409)),
    _get("/api/incidents/{id}/routes", READ_BOARD, "seen", record.routes, tuple[Way, ...],
         "The way of each unit under way.",
         errors=(404, 409)),
    _get("/api/units/{id}/trail", READ_BOARD, "seen", record.trail, list[Move],
         "Where a unit was.", query=bodies.TrailQuery,
         errors=(404,)),
    _get("/api/places", READ_BOARD, "all", ground.places, list[PlaceMatch], "Find a place by what is typed.",
         query=bodies.PlacesQuery),
    _get("/api/places/nearest", READ_BOARD, "all", ground.nearest, PlaceMatch, "The known place nearest to a point.",
         query=bodies.NearestQuery, errors=(404,)),
    _get("/api/catalogue", SIGNED_IN, "all", ground.catalogue, Catalogue,
         "Incident types, dispositions and time limits."),
    _get("/api/region", SIGNED_IN, "all", ground.region, bodies.RegionView, "The built map in brief.", errors=(404,)),
    _get("/api/units/{id}/destination", READ_BOARD, "seen", cover.destination, DestinationView,
         "Where its patient should go.",
         query=bodies.DestinationQuery, errors=(404, 409)),
    _get("/api/coverage", READ_BOARD, "seen", cover.coverage, CoverView,
         "Expected coverage now, and what each unit holds."),
    _get("/api/coverage/cells", READ_BOARD, "all", cover.cells, CellsView,
         "The same, cell by cell.", query=bodies.CellsQuery,
         errors=(404,)),
    _get("/map/basemap.pmtiles", SIGNED_IN, "all", ground.basemap, None, "The basemap, by byte ranges.",
         media="application/vnd.pmtiles", ranged=True, errors=(404, 416)),
    _get("/api/day", READ_RECORD, "seen", record.day, DayFigures,
         "Response times of a span of time.", query=bodies.DayQuery),
    _get("/api/log/head", READ_RECORD, "all", record.head, bodies.HeadView, "Where the log stands, with its hashes."),
    _get("/api/log/record", READ_RECORD, "all", evidence.record, bodies.RecordView,
         "Where the record stands, and who saw it.",
         errors=(404,)),
    Route("POST", "/api/log/cosignatures", ANYONE, "all", evidence.cosign, bodies.Cosigned,
          "A known witness has signed.",
          body=bodies.CosignForm, errors=(404, 503)),
    _get("/checkpoint", ANYONE, "all", evidence.checkpoint, None,
         "The signed checkpoint of the record.", media="text/plain",
         errors=(404, 503)),
    _get("/tile/{path:path}", ANYONE, "all", evidence.tile, None, "A tile of hashes of the record.",
         media="application/octet-stream", errors=(404, 503)),
    _get("/api/intake", READ_RECORD, "centre", record.intake, IntakeView,
         "What came in by machine, and what was refused."),
    _get("/api/accounts", MANAGE_ACCOUNTS, "centre", accounts.accounts, list[Account], "All accounts."),
    Route("POST", "/api/accounts", MANAGE_ACCOUNTS, "centre", accounts.add_account, Account, "Add an account.",
          body=bodies.NewAccount, errors=(409, 503)),
    Route("PATCH", "/api/accounts/{name}", MANAGE_ACCOUNTS, "centre", accounts.change_account, Account,
          "Change an account.",
          body=bodies.AccountChange, errors=(404, 409, 503)),
    _get("/api/account-choices", MANAGE_ACCOUNTS, "centre", accounts.choices, bodies_access.Choices,
         "What an account may be given."),
    _get("/api/accounts/{name}", MANAGE_ACCOUNTS, "centre", accounts.account, bodies_access.AccountView,
         "One account and its ways in.", errors=(404, 503)),
    Route("POST", "/api/accounts/{name}/link", MANAGE_ACCOUNTS, "centre", accounts.invite, bodies_access.LinkMade,
          "A link that opens it once.", errors=(404, 503)),
    Route("DELETE", "/api/accounts/{name}/sessions", MANAGE_ACCOUNTS, "centre", accounts.end_sessions_of,
          bodies_access.Ended, "End every session of an account.", errors=(404, 503)),
    Route("DELETE", "/api/accounts/{name}/passkeys", MANAGE_ACCOUNTS, "centre", accounts.remove_passkeys, None,
          "Remove all passkeys of an account.", status=204, errors=(404, 409, 503)),
    Route("DELETE", "/api/accounts/{name}/passkeys/{id}", MANAGE_ACCOUNTS, "centre", accounts.remove_passkey_of, None,
          "Remove a passkey of an account.", status=204, errors=(404, 409, 503)),
    Route("POST", "/api/accounts/{name}/identities", MANAGE_ACCOUNTS, "centre", accounts.bind,
          bodies_access.IdentityView, "Bind an account to somebody at another provider.",
          body=bodies_access.IdentityForm, errors=(404, 409, 503)),
    Route("DELETE", "/api/accounts/{name}/identities", MANAGE_ACCOUNTS, "centre", accounts.unbind, None,
          "Unbind it.", query=bodies_access.IdentityQuery, status=204, errors=(404, 409, 503)),
    _get("/api/ways-in", ANYONE, "all", own.ways_in, bodies_access.WaysIn, "What the sign-in page may offer."),
    _get("/api/sessions", PERSON, "self", own.sessions, list[OpenSession], "One's own open sessions."),
    Route("DELETE", "/api/sessions", PERSON, "self", own.end_sessions, bodies_access.Ended,
          "End all of one's sessions but this one.", errors=(503,)),
    Route("DELETE", "/api/sessions/{id}", PERSON, "self", own.end_session, None, "End one of one's sessions.",
          status=204, errors=(404, 503)),
    Route("POST", "/api/password", PERSON, "self", own.change_password, bodies.SessionView, "Change one's password.",
          body=bodies_access.PasswordChange, errors=(503,)),
    _get("/api/passkeys", PERSON, "self", passkeys.passkeys, list[Passkey], "One's own passkeys."),
    Route("POST", "/api/passkeys/begin", PERSON, "self", passkeys.begin_passkey, Begun, "Begin to add a passkey.",
          errors=(409, 503)),
    Route("POST", "/api/passkeys", PERSON, "self", passkeys.add_passkey, Passkey, "Add a passkey.",
          body=bodies_access.PasskeyMade, errors=(409, 503)),
    Route("DELETE", "/api/passkeys/{id}", PERSON, "self", passkeys.remove_passkey, None, "Remove a passkey.",
          status=204, errors=(404, 409, 503)),
    Route("POST", "/api/session/passkey/begin", ANYONE, "all", passkeys.begin_passkey_sign_in, Begun,
          "Begin to sign in by a passkey.", errors=(409, 503)),
    Route("POST", "/api/session/passkey", ANYONE, "self", passkeys.sign_in_by_passkey, bodies.SessionView,
          "Sign in by a passkey.", body=bodies_access.PasskeyAnswer, errors=(401, 409, 429, 503)),
    _get("/api/tokens", MANAGE_ACCOUNTS, "centre", tokens.tokens, bodies_access.TokensView, "All tokens of machines."),
    Route("POST", "/api/tokens", MANAGE_ACCOUNTS, "centre", tokens.add_token, bodies_access.TokenMade, "Make a token.",
          body=bodies_access.NewToken, errors=(409, 503)),
    Route("DELETE", "/api/tokens/{id}", MANAGE_ACCOUNTS, "centre", tokens.revoke_token, Token, "Revoke a token.",
          errors=(404, 503)),
    _get("/api/rules", READ_BOARD, "all", rules.rules, RulesView, "Run cards, terms and pace in force."),
    _get("/api/health", ANYONE, "all", live.health, bodies.Health, "Whether the server answers."),
    _get("/api/openapi.json", ANYONE, "all", about.openapi, None, "This document."),
    _get("/sign-in/{name}", ANYONE, "all", providers.to_provider, None, "Off to a provider of sign-in.", status=303,
         listed=False, errors=(404, 503)),
    _get("/sign-in/{name}/back", ANYONE, "self", providers.from_provider, None, "Back from it.", status=303,
         query=bodies_access.BackQuery, listed=False, errors=(404, 503)),
    _page("/"),
    _page("/desk"),
    _page("/map"),
    _page("/wall"),
    _page("/incidents"),
    _page("/record"),
    _page("/intake"),
    _page("/rules"),
    _page("/access"),
    _page("/account"),
    _page("/accounts"),
    _page("/favicon.svg", windows.top),
    _page("/assets/{path:path}", windows.asset),
)
