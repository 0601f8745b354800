"""The caller's page as it is sent: one file, everything in it, the same bytes for everybody who speaks a language.

Put together once from what stands in `page/`. Its script and style are allowed by their hash and nothing else is: no
other script, no frame, no form, no address but this server's own. Knows no link and no caller.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from functools import cached_property
from importlib.resources import files

from tocsin.facts.caller_links import TONGUES, Tongue

LARGEST_B = 30_000
_INDENT = re.compile(r"^[ \t]+|[ \t]*$|^\s*//.*$", re.MULTILINE)

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"x-robots-tag", b"noindex, nofollow"),
)


class Pages:
    """The page in each language, plain and compressed."""

    @cached_property
    def plain(self) -> dict[Tongue, bytes]:
        """By language."""
        return {tongue: self._made(tongue) for tongue in TONGUES}

    @cached_property
    def small(self) -> dict[Tongue, bytes]:
        """The same, gzipped."""
        return {tongue: gzip.compress(raw, 9, mtime=0) for tongue, raw in self.plain.items()}

    @cached_property
    def policy(self) -> bytes:
        """The Content-Security-Policy. `unsafe-inline` counts only where a browser is too old to know hashes."""
        script, style = _hash(self._script), _hash(self._style)
        return (
            f"default-src 'none'; script-src '{script}' 'unsafe-inline'; style-src '{style}' 'unsafe-inline'; "
            "connect-src 'self'; img-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ).encode()

    def page(self, languages: bytes, encodings: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """The page for somebody who reads these languages (Accept-Language, RFC 9110, 12.5.4), and its headers."""
        tongue = best(languages.decode("latin-1"))
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", self.policy),
            (b"content-language", tongue.encode()),
            (b"vary", b"accept-language, accept-encoding"),
        ]
        if b"gzip" in encodings:
            return self.small[tongue], [*headers, (b"content-encoding", b"gzip")]
        return self.plain[tongue], headers

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = json.loads(_file("words.json"))
        return found

    @cached_property
    def _style(self) -> str:
        return _INDENT.sub("", _file("page.css")).replace("\n", "")

    @cached_property
    def _script(self) -> str:
        words = json.dumps(self._words, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        lines = (line for line in _INDENT.sub("", _file("page.js")).split("\n") if line)
        return "\n".join(lines).replace("{words}", words)

    def _made(self, tongue: Tongue) -> bytes:
        words = self._words[tongue]
        page = _file("page.html").strip()
        for name, said in (
            ("{lang}", tongue), ("{dir}", "rtl" if tongue == "ar" else "ltr"), ("{title}", words["t"]),
            ("{desk}", words["desk"]), ("{js}", f"{words['js']} {words['again']}"),
            ("{css}", self._style), ("{js_code}", self._script),
        ):  # fmt: skip
            page = page.replace(name, said)
        return page.encode()


def best(accepted: str) -> Tongue:
    """The language of ours that is most wanted; English where none is."""
    wanted: list[tuple[float, int, str]] = []
    for n, part in enumerate(accepted[:500].split(",")):
        name, _, weight = part.partition(";")
        try:
            q = float(weight.strip().removeprefix("q=") or 1.0)
        except ValueError:
            q = 0.0
        wanted.append((-q, n, name.strip().lower().partition("-")[0]))
    for q, _, name in sorted(wanted):
        for tongue in TONGUES:
            if q < 0 and name == tongue:
                return tongue
    return "en"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _file(name: str) -> str:
    return files("tocsin.gateways.callers").joinpath("page", name).read_text(encoding="utf-8")
