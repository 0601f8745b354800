"""Callers' phones: they open the link that came by SMS (nodes print what they send), share where they are, and show a
picture. What was said to be shown is written down, by the number of the upload."""

from __future__ import annotations

import io
import random
import re
import secrets
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from PIL import Image
from tests.nodes.hands import Hand, Nodes

LINK = re.compile(r"SMS to .*/c#([A-Za-z0-9_-]{22})")
TRIES_S = 60.0


class Phones(Hand):
    """All of them, one after the other."""

    def __init__(self, nodes: Nodes, dice: random.Random, logs: list[Path]) -> None:
        super().__init__("phones", nodes, None, dice)
        self.shown: list[str] = []
        """Uploads that were answered with *done*."""
        self._logs, self._read = logs, [0] * len(logs)

    def work(self) -> None:
        waiting: deque[str] = deque()
        while not self.ended:
            waiting.extend(self._messages())
            if waiting:
                self._use(waiting.popleft())
            self.pause(0.2, 0.5)

    def _messages(self) -> Iterator[str]:
        """Links in what nodes have printed since."""
        for i, log in enumerate(self._logs):
            with log.open("rb") as file:
                file.seek(self._read[i])
                raw = file.read()
            whole = raw[: raw.rfind(b"\n") + 1]
            self._read[i] += len(whole)
            yield from LINK.findall(whole.decode())

    def _use(self, token: str) -> None:
        opened = self._post("open", {"x-link": token}, json={"tongue": "en"})
        if opened is None:  # over already, or the answer was lost and with it what proves whose link it is
            return
        heads = {"x-link": token, "x-device": opened["device"]}
        self._post("share", heads, json={})
        self._post("place", heads, json={"lat": 34.0, "lon": -28.0, "accuracy_m": 12.0})
        for _ in range(self.dice.choice((1, 1, 2))):
            raw, upload = _picture(self.dice), secrets.token_hex(8)
            parts = {"x-upload": upload, "x-offset": "0", "x-total": str(len(raw))}
            kind = {"content-type": "application/octet-stream"}
            told = self._post("piece", heads | parts | kind, data=raw)
            if told and told["done"]:
                self.shown.append(upload)

    def _post(self, way: str, heads: dict[str, str], **body: Any) -> Any:
        """Again and again, at one node and the other; None when it is refused, or never answered."""
        until = time.monotonic() + TRIES_S
        while time.monotonic() < until and not self.ended:
            try:
                answer = requests.post(f"{self.node().address}/c/{way}", headers=heads, timeout=30, **body)
                self.answers[f"caller: {answer.status_code}"] += 1
                if answer.status_code == 200:
                    return answer.json()
                # 404: this node has not heard of the link yet.
                if answer.status_code not in (404, 429, 503):
                    return None
            except requests.RequestException:
                self.answers["no answer"] += 1
            time.sleep(0.5)
        return None


def _picture(dice: random.Random) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((dice.randrange(200, 400), 240)).convert("RGB").save(out, "JPEG")
    return out.getvalue()
