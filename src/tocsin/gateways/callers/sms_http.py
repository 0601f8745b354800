"""An SMS gateway that takes messages by HTTP: JSON or a form, as the settings lay it out. HTTPS, but to this machine.

Values are put into fields and encoded whole; nothing of a message can become a field, a header or an address.
"""

from __future__ import annotations

import http.client
import ssl
import time
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import msgspec

from tocsin.gateways.callers.sms import NotSent
from tocsin.settings import SmsHttp

HERE = ("localhost", "127.0.0.1", "::1")
LARGEST_B = 65_536


class HttpSms:
    """One gateway."""

    def __init__(self, setting: SmsHttp) -> None:
        self.name = setting.name
        self._setting = setting

    def send(self, number: str, text: str) -> str:
        """One POST. Any 2xx is taken; a redirect is not followed. Raises NotSent."""
        parts = urlsplit(self._setting.url)
        connection = _connect(parts, self._setting.timeout_s)
        body, kind = self._body(number, text)
        headers = {"Content-Type": kind, "Connection": "close", **self._setting.headers}
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, headers)
            with connection.getresponse() as response:
                raw = _received(response, time.monotonic() + self._setting.timeout_s)
        except (OSError, http.client.HTTPException, ValueError) as error:
            name = "timeout" if isinstance(error, TimeoutError) else "unreachable"
            raise NotSent(name, f"{self.name} cannot be reached: {type(error).__name__}") from None
        finally:
            connection.close()
        if not 200 <= response.status < 300:
            raise NotSent("rejected", f"{self.name} answered with status {response.status}")
        return self._reference(raw)

    def _body(self, number: str, text: str) -> tuple[bytes, str]:
        filled = _filled(self._setting.fields, {"{number}": number, "{text}": text})
        if self._setting.format == "form":
            return urlencode(filled).encode(), "application/x-www-form-urlencoded"
        return msgspec.json.encode(filled), "application/json"

    def _reference(self, raw: bytes) -> str:
        found: Any = None
        if self._setting.reference:
            try:
                found = msgspec.json.decode(raw)
                for name in self._setting.reference.split("."):
                    found = found[int(name)] if isinstance(found, list) else found[name]
            except (msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError, ValueError):
                found = None
        return str(found)[:64] if isinstance(found, str | int) and str(found).isprintable() else ""


def _filled(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, words) for one in value]
    if isinstance(value, str):
        for word, said in words.items():
            if word in value:
                return said if value == word else value.replace(word, said)
    return value


def _connect(parts: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=ssl.create_default_context())
    if parts.hostname not in HERE:
        raise NotSent("unreachable", "messages go over HTTPS only")
    return http.client.HTTPConnection(host, parts.port, timeout=timeout_s)


def _received(response: http.client.HTTPResponse, deadline: float) -> bytes:
    raw = b""
    while part := response.read1(8_192):
        raw += part
        if len(raw) > LARGEST_B or time.monotonic() > deadline:
            break
    return raw
