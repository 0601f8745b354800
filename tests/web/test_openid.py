"""Signing in by another provider: a real one from PyPI in a process of its own; tokens that lie are refused by name."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tocsin.settings import Provider
from tocsin.web.openid import OpenID, ProviderFault, Secret, fetched

from .conftest import T0, quick_access
from .live import Live, served

ROLES = {"psap-dispatch": "dispatcher", "psap-lead": "supervisor"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """oidc-provider-mock: a real server of the protocol, whose people are whoever a test says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=1)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the provider did not start"
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def live(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    path = tmp_path_factory.mktemp("openid") / "accounts.db"
    access = quick_access(path)
    access.add_account("root", None, ["administrator"], T0)
    access.close()
    here = Provider("city", issuer, "tocsin", "secret", "City", roles=ROLES, agency_claim="org")  # type: ignore[arg-type]
    gone = Provider("gone", "http://127.0.0.1:9", "tocsin", roles=ROLES)  # type: ignore[arg-type]
    with served(path, providers=(here, gone)) as live:
        yield live


def person(issuer: str, subject: str, **claims: Any) -> None:
    requests.put(f"{issuer}/users/{subject}", json=claims, timeout=10).raise_for_status()


def there(live: Live, browser: requests.Session, name: str = "city") -> str:
    """Off to the provider; where the browser was sent."""
    answer = browser.get(f"{live.address}/sign-in/{name}", allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    return answer.headers["location"]


def allowed(browser: requests.Session, url: str, subject: str, action: str = "") -> str:
    """The person says yes at the provider; where the browser is sent back to."""
    form = {"action": action} if action else {"sub": subject}
    answer = browser.post(url, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def back(browser: requests.Session, url: str) -> str:
    answer = browser.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_person_the_provider_knows_comes_in_with_the_roles_it_gives(live: Live, issuer: str) -> None:
    person(issuer, "u1", preferred_username="Núria", name="Núria Reis", groups=["psap-dispatch", "other"])
    browser = requests.Session()
    sent = there(live, browser)
    asked = parse_qs(urlsplit(sent).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge", "client_id", "redirect_uri"} <= asked.keys()
    assert back(browser, allowed(browser, sent, "u1")) == "/"
    who = browser.get(f"{live.address}/api/session", timeout=10).json()
    assert (who["account"], who["display"], who["roles"]) == ("núria", "Núria Reis", ["dispatcher"])
    assert [one["how"] for one in browser.get(f"{live.address}/api/sessions", timeout=10).json()] == ["provider"]
    # What the provider says later is followed.
    person(issuer, "u1", preferred_username="another name", name="Núria", groups=["psap-lead"])
    again = requests.Session()
    assert back(again, allowed(again, there(live, again), "u1")) == "/"
    who = again.get(f"{live.address}/api/session", timeout=10).json()
    assert (who["account"], who["roles"]) == ("núria", ["supervisor"])


def test_an_answer_is_taken_once_and_from_the_browser_that_asked(live: Live, issuer: str) -> None:
    person(issuer, "u2", preferred_username="bo", groups=["psap-lead"])
    browser, other = requests.Session(), requests.Session()
    returned = allowed(browser, there(live, browser), "u2")
    assert back(other, returned) == "/#problem=ceremony_over"  # a link sent to somebody else
    assert back(browser, returned) == "/"
    assert back(browser, returned) == "/#problem=ceremony_over"
    victim = requests.Session()
    there(live, victim)  # has begun too, and is sent the attacker's answer
    assert back(victim, allowed(other, there(live, other), "u2")) == "/#problem=provider_state"


@pytest.mark.parametrize(
    ("subject", "claims", "problem"),
    [
        ("n1", {"preferred_username": "cy", "groups": ["strangers"]}, "no_role_from_provider"),
        ("n2", {"preferred_username": "root", "groups": ["psap-lead"]}, "name_is_anothers"),
        ("n3", {"groups": ["psap-lead"]}, "provider_token"),
        ("n4", {"preferred_username": "clock", "groups": ["psap-lead"]}, "impossible_name"),
        ("n5", {"preferred_username": "machine:x", "groups": ["psap-lead"]}, "impossible_name"),
    ],
)
def test_whoever_has_no_place_here_is_told_why(
    live: Live, issuer: str, subject: str, claims: Any, problem: str
) -> None:
    person(issuer, subject, **claims)
    browser = requests.Session()
    assert back(browser, allowed(browser, there(live, browser), subject)) == f"/#problem={problem}"
    assert browser.get(f"{live.address}/api/session", timeout=10).status_code == 401


def test_a_person_who_says_no_and_a_provider_that_is_away_are_named(live: Live, issuer: str) -> None:
    browser = requests.Session()
    assert back(browser, allowed(browser, there(live, browser), "", "deny")) == "/#problem=provider_refused"
    assert there(live, browser, "gone") == "/#problem=provider_unreachable"
    assert requests.get(f"{live.address}/sign-in/none", allow_redirects=False, timeout=10).status_code == 404


def test_the_sign_in_page_is_told_which_providers_there_are(live: Live) -> None:
    told = requests.get(f"{live.address}/api/ways-in", timeout=10).json()
    assert told["providers"] == [{"name": "city", "label": "City"}, {"name": "gone", "label": "gone"}]


# -- tokens that lie ---------------------------------------------------------------------------------------------------

NOW = 1_800_000_000
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "k2", "use": "sig"})
HERE = Provider("city", "https://id.example.org", "tocsin", roles=ROLES, agency_claim="org", agencies={"fb": "fire"})  # type: ignore[arg-type]
GOOD = {
    "iss": "https://id.example.org", "sub": "u1", "aud": "tocsin", "exp": NOW + 300, "iat": NOW, "nonce": "n",
    "preferred_username": "ana", "groups": "psap-dispatch x", "org": ["fb"],
}  # fmt: skip


SHARED, NONE = b'{"alg":"HS256","kid":"k1"}', b'{"alg":"none"}'


def finished(claims: dict[str, Any], key: Any = KEY, alg: str = "RS256", raw: str = "", **given: str) -> Any:
    header = {"alg": alg, "kid": getattr(key, "kid", None) or "k1"}
    token = raw or jwt.encode(header, claims, key, [alg])
    pages: dict[str, Any] = {
        "https://id.example.org/.well-known/openid-configuration": {
            "issuer": "https://id.example.org", "authorization_endpoint": "https://id.example.org/a",
            "token_endpoint": "https://id.example.org/t", "jwks_uri": "https://id.example.org/k",
        },
        "https://id.example.org/k": KeySet([KEY, EC]).as_dict(private=False),
        "https://id.example.org/t": {"id_token": token, "access_token": "at", "token_type": "Bearer"},
    }  # fmt: skip
    client = OpenID(HERE, lambda: float(NOW), lambda url, body, headers: json.dumps(pages[url]).encode())
    return client.finish(Secret("city", "s", "n", "v"), {"state": "s", "code": "c", **given}, "https://here/back")


def test_a_token_that_holds_says_who_somebody_is() -> None:
    for key, alg in ((KEY, "RS256"), (KEY, "PS256"), (EC, "ES256")):
        known = finished(GOOD, key, alg)
        assert (known.subject, known.name, known.roles, known.agency) == ("u1", "ana", ("dispatcher",), "fire")
    assert finished({**GOOD, "exp": NOW - 59, "iat": NOW + 59}).name == "ana"  # clocks may be apart a little


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "for somebody else": {"aud": "other"},
    "for several, and no word for whom": {"aud": ["tocsin", "other"]},
    "given to another party": {"azp": "other"},
    "another sign-in's": {"nonce": "m"},
    "no nonce": {"nonce": None},
    "over": {"exp": NOW - 61},
    "from the future": {"iat": NOW + 61},
    "not yet": {"nbf": NOW + 61},
    "nobody": {"sub": None},
    "no name": {"preferred_username": None},
    "no agency": {"org": ["other"]},
    "another access token's": {"at_hash": "AAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_is_refused(lie: str) -> None:
    claims = {name: value for name, value in {**GOOD, **LIES[lie]}.items() if value is not None}
    with pytest.raises(ProviderFault) as refused:
        finished(claims)
    assert refused.value.name == "provider_token"


def test_a_token_signed_by_nobody_or_by_what_everybody_knows_is_refused() -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "k1"})

    def text(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    body = text(json.dumps(GOOD).encode())
    shared = f"{text(SHARED)}.{body}"
    mac = text(hmac.digest(KEY.as_pem(private=False), shared.encode(), "sha256"))
    for given in (
        {"key": stranger},
        {"raw": f"{shared}.{mac}"},
        {"raw": f"{text(NONE)}.{body}."},
        {"raw": "no token"},
    ):
        with pytest.raises(ProviderFault) as refused:
            finished(GOOD, **given)
        assert refused.value.name == "provider_token", given


def test_the_way_back_is_checked_before_anything_is_fetched() -> None:
    wrong = [({"state": "t"}, "provider_state"), ({"state": ""}, "provider_state")]
    wrong += [({"error": "access_denied"}, "provider_refused"), ({"iss": "https://evil"}, "provider_token")]
    for given, name in wrong:
        with pytest.raises(ProviderFault) as refused:
            finished(GOOD, **given)
        assert refused.value.name == name


def test_only_https_or_this_machine_is_asked() -> None:
    for url in ("http://id.example.org/", "ftp://localhost/", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="only https"):
            fetched(url, None, {})
