"""Signing in by another provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636), state and nonce.

Talks to the configured issuer and what its own document names, over https (or this machine), without redirects, with a
bound on time and size. Signatures by joserfc, claims by authlib. Refuses to know accounts: it answers who somebody is.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import secrets
import ssl
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tocsin.access.identities import Known
from tocsin.settings import Provider

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by a key pair; never `none`, and never a secret shared with us."""
KEPT_S, AGAIN_S = 3_600.0, 60.0
TIMEOUT_S, LARGEST_B = 8.0, 262_144
HERE = ("localhost", "127.0.0.1", "::1")

Fetch = Callable[[str, bytes | None, dict[str, str]], bytes]
_form = {"content-type": "application/x-www-form-urlencoded"}


class ProviderFault(Exception):  # noqa: N818 - named for what happened
    """Signing in came to nothing: `name` and a sentence."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class Secret(msgspec.Struct, frozen=True):
    """What is kept between the two halves."""

    provider: str
    state: str
    nonce: str
    verifier: str


class _Document(msgspec.Struct, frozen=True):
    """What is read of the provider's own description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str = ""


class Started(NamedTuple):
    """Where the browser goes, and what to keep."""

    url: str
    secret: Secret


class OpenID:
    """One provider. Methods block; an event loop calls them in a thread."""

    def __init__(self, provider: Provider, clock: Callable[[], float] = time.time, fetch: Fetch | None = None) -> None:
        self.provider, self._clock, self._fetch = provider, clock, fetch or fetched
        self._document: tuple[float, _Document] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def start(self, back: str) -> Started:
        """Where to send a browser that wants to sign in and shall come back to `back`. Raises ProviderFault."""
        secret = Secret(self.provider.name, *(secrets.token_urlsafe(32) for _ in range(3)))
        query = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": back,
            "scope": " ".join(dict.fromkeys(("openid", *self.provider.scopes))),
            "state": secret.state,
            "nonce": secret.nonce,
            "code_challenge": create_s256_code_challenge(secret.verifier),
            "code_challenge_method": "S256",
        }
        there = self._described().authorization_endpoint
        return Started(f"{there}{'&' if '?' in there else '?'}{urlencode(query)}", secret)

    def finish(self, secret: Secret, given: dict[str, str], back: str) -> Known:
        """Who came back, with what the provider gave them along. Raises ProviderFault."""
        # First, because some leave the state out when they refuse (RFC 6749 §4.1.2.1 does not let them).
        if error := given.get("error"):
            raise ProviderFault("provider_refused", f"The provider refused: {error[:80]}.")
        if not hmac.compare_digest(secret.state.encode(), given.get("state", "").encode("utf-8", "surrogatepass")):
            raise ProviderFault("provider_state", "This answer belongs to no sign-in that was begun here.")
        if given.get("iss", self.provider.issuer) != self.provider.issuer:  # RFC 9207
            raise ProviderFault("provider_token", "The answer came from another issuer.")
        tokens = self._tokens(given.get("code", ""), secret.verifier, back)
        return self._known(self._claims(tokens, secret.nonce))

    def _tokens(self, code: str, verifier: str, back: str) -> _Tokens:
        own = self.provider
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        headers = dict(_form)
        if own.client_secret:
            pair = f"{urlencode({'': own.client_id})[1:]}:{urlencode({'': own.client_secret})[1:]}"
            headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            body["client_id"] = own.client_id
        raw = self._get(self._described().token_endpoint, urlencode(body).encode(), headers)
        told: _Tokens = _read(raw, _Tokens, "its token answer")
        return told

    def _claims(self, tokens: _Tokens, nonce: str) -> dict[str, Any]:
        """What the ID token says, once all of it is checked (OpenID Connect Core 1.0 §3.1.3.7)."""
        own = self.provider
        try:
            token = self._decoded(tokens.id_token)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {"iss": {"essential": True, "value": own.issuer}, "aud": {"essential": True, "value": own.client_id}},
                {"nonce": nonce, "client_id": own.client_id, "access_token": tokens.access_token},
            )
            claims.validate(int(self._clock()), int(own.skew_s))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            text = " ".join(str(error).split())[:160] or type(error).__name__
            raise ProviderFault("provider_token", f"The provider's token does not hold: {text}.") from None
        return dict(claims)

    def _decoded(self, raw: str) -> jwt.Token:
        """With the keys at hand, or once with fresh ones: providers change theirs."""
        try:
            return jwt.decode(raw, self._key_set(KEPT_S), list(ALGORITHMS))
        except (JoseError, ValueError):
            return jwt.decode(raw, self._key_set(AGAIN_S), list(ALGORITHMS))

    def _key_set(self, kept_s: float) -> KeySet:
        now = time.monotonic()
        if self._keys is None or now - self._keys[0] >= kept_s:
            told = _read(self._get(self._described().jwks_uri), dict[str, Any], "its keys")
            self._keys = now, KeySet.import_key_set(told)
        return self._keys[1]

    def _described(self) -> _Document:
        now = time.monotonic()
        if self._document is None or now - self._document[0] >= KEPT_S:
            raw = self._get(self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
            told = _read(raw, _Document, "its description")
            if told.issuer != self.provider.issuer:
                raise ProviderFault("provider_token", f"The provider says that it is {told.issuer[:120]!r}.")
            self._document = now, told
        return self._document[1]

    def _get(self, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        try:
            return self._fetch(url, body, headers or {})
        except (OSError, http.client.HTTPException, ValueError) as error:
            text = f"The provider cannot be reached: {' '.join(str(error).split())[:120]}."
            raise ProviderFault("provider_unreachable", text) from None

    def _known(self, claims: dict[str, Any]) -> Known:
        own = self.provider
        subject, name = str(claims["sub"]), str(claims.get(own.name_claim) or "")
        if not name:
            raise ProviderFault("provider_token", f"The provider does not say {own.name_claim!r}.")
        roles = tuple(role for said, role in own.roles.items() if said in _values(claims.get(own.roles_claim)))
        agencies = [agency for said, agency in own.agencies.items() if said in _values(claims.get(own.agency_claim))]
        if own.agencies and not agencies:
            raise ProviderFault("provider_token", f"The provider says no agency in {own.agency_claim!r}.")
        return Known(own.issuer, subject, name, str(claims.get("name") or name), roles, agencies[0] if agencies else "")


def _values(claim: Any) -> tuple[str, ...]:
    """A claim's values: a list, or words between blanks."""
    if isinstance(claim, list):
        return tuple(str(one) for one in claim)
    return tuple(claim.split()) if isinstance(claim, str) else ()


def _read(raw: bytes, kind: Any, what: str) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ProviderFault("provider_token", f"The provider's answer cannot be read ({what}): {error}.") from None


def fetched(url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
    """One request: https (or this machine), no redirects, bounded. Raises OSError, HTTPException, ValueError."""
    there = urlsplit(url)
    host = there.hostname or ""
    if there.scheme == "https":
        con: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, there.port, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    elif there.scheme == "http" and host in HERE:
        con = http.client.HTTPConnection(host, there.port, timeout=TIMEOUT_S)
    else:
        raise ValueError("only https, or this machine")
    try:
        path = (there.path or "/") + (f"?{there.query}" if there.query else "")
        con.request("POST" if body is not None else "GET", path, body, {"accept": "application/json", **headers})
        answer = con.getresponse()
        raw = answer.read(LARGEST_B + 1)
    finally:
        con.close()
    if answer.status != 200 or len(raw) > LARGEST_B:
        raise ValueError(f"it answered {answer.status}")
    return raw
