"""The page itself: small, whole, in every language, and fit for an old phone."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from tests.gateways.callers.lobby import Lobby, in_lobby
from tests.web.asgi import Client

from tocsin.domain.phrases import CALLER_PHRASES, phrase_in
from tocsin.facts.caller_links import TONGUES
from tocsin.gateways.callers.forms import Asking, Opened, Opening, Placed, Said, Saying, Showed, State, Taken, Told
from tocsin.gateways.callers.page_file import LARGEST_B, Pages, best

PAGES = Pages()


@pytest.mark.parametrize("tongue", TONGUES)
def test_it_is_under_thirty_kilobytes_with_everything_in_it(tongue):
    raw = PAGES.plain[tongue]
    assert len(raw) < LARGEST_B == 30_000
    text = raw.decode()
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!\s*["'])""", text), "nothing is fetched"
    assert not re.findall(r"https?://|url\(|@import|import\(", text)
    assert f'<html lang="{tongue}" dir="{"rtl" if tongue == "ar" else "ltr"}">' in text


def test_its_script_is_plain_enough_for_an_old_phone():
    script = PAGES._script
    for new in (r"=>", r"\b(?:let|const|class|async|await)\s", r"`", r"\bfetch\(", r"\?\.", r"\?\?", r"\.\.\.[a-z]"):
        found = [line for line in script.split("\n") if re.search(new, line) and not line.startswith("var W =")]
        assert found == [], new
    assert "innerHTML" not in script
    assert "eval(" not in script


def test_every_language_says_everything():
    english = PAGES._words["en"]
    for tongue in TONGUES:
        words = PAGES._words[tongue]
        assert words.keys() == english.keys()
        for name, said in words.items():
            assert said, (tongue, name)
            holes = re.findall(r"\{\w\}", said) if isinstance(said, str) else []
            assert holes == (re.findall(r"\{\w\}", english[name]) if isinstance(english[name], str) else []), (
                tongue,
                name,
            )
        assert words["q"] == [phrase_in(phrase, tongue) for phrase in CALLER_PHRASES]
        for other in set(TONGUES) - {tongue}:
            assert words["ask"] != PAGES._words[other]["ask"]


@pytest.mark.parametrize("tongue", TONGUES)
def test_without_scripts_it_says_what_to_do(tongue):
    words = PAGES._words[tongue]
    assert f"{words['js']} {words['again']}</p></noscript>" in PAGES.plain[tongue].decode()


def test_only_its_own_script_and_style_are_allowed():
    page = PAGES.plain["en"].decode()
    policy = PAGES.policy.decode()
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>|<{tag}>(.*)$", page, re.S)[:1]
        text = next(filter(None, inside)).removesuffix("</script>")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    for rule in ("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "connect-src 'self'"):
        assert rule in policy


@pytest.mark.parametrize(
    ("accepted", "tongue"),
    [
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"), ("de,ar;q=0.5,en;q=0.4", "ar"), ("EN-us", "en"), ("", "en"), ("tlh", "en"),
        ("*", "en"), ("sw;q=0", "en"), ("fr;q=0.1, es;q=0.9", "es"), ("pt;q=x, ar", "ar"), (",;,;q", "en"),
        ("sw" * 4_000, "en"), ("zh-Hant-TW, sw-KE", "sw"),
    ],
)  # fmt: skip
def test_the_phones_language_is_heard(accepted, tongue):
    assert best(accepted) == tongue


def test_it_is_sent_with_every_lock_on_it(tmp_path):
    async def test(lobby: Lobby) -> None:
        client = Client(lobby.app)
        plain = await client.ask("GET", "/c", accept_language="ar")
        assert plain.raw == PAGES.plain["ar"]
        assert plain.headers["content-language"] == "ar"
        small = await client.ask("GET", "/c/", accept_language="ar", accept_encoding="gzip")
        assert small.headers["content-encoding"] == "gzip"
        assert len(small.raw) < 12_000
        for name, value in (
            ("cache-control", "no-store"), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"), ("x-robots-tag", "noindex, nofollow"),
        ):  # fmt: skip
            assert plain.headers[name] == value
        assert "geolocation=(self)" in plain.headers["permissions-policy"]
        answer = await client.ask("POST", "/c/open", raw=b"{}")
        assert answer.headers["x-content-type-options"] == "nosniff"

    in_lobby(tmp_path, test)


def test_nothing_the_page_may_ask_takes_a_number_or_gives_a_place():
    asked = [name for form in (Opening, Placed, Saying, Asking) for name in form.__struct_fields__]
    told = [name for form in (State, Said, Opened, Taken, Showed, Told) for name in form.__struct_fields__]
    assert not [name for name in asked if re.search(r"number|phone|caller|call\b|name", name)]
    assert not [name for name in told if re.search(r"lat|lon|place|number|call|by\b", name)]
