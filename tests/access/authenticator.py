"""A passkey's device in software: makes a key, signs what a browser would hand it, and can be told to cheat."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

OURS = "https://tocsin.example.org"
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


class Device:
    """One device with one passkey. `counts` False: as passkeys that are synced do, its counter stays 0."""

    def __init__(
        self, origin: str = "https://tocsin.example.org", *, counts: bool = True, synced: bool = False
    ) -> None:
        self.origin, self.counts = origin, counts
        self.rp_id = ""
        self.flags = PRESENT | VERIFIED | (ELIGIBLE | BACKED_UP if synced else 0)
        self.counter = 0
        self.id = secrets.token_bytes(32)
        self.handle = b""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any], **cheat: Any) -> dict[str, Any]:
        """navigator.credentials.create, as toJSON() has it; attestation `none`."""
        self.rp_id = cheat.get("rp_id", options["rp"]["id"])
        self.handle = base64url_to_bytes(options["user"]["id"])
        attested = self._data(ATTESTED) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._cose()
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": attested})
        client = self._client("webauthn.create", cheat.get("challenge", options["challenge"]))
        return self._credential({"clientDataJSON": bytes_to_base64url(client), "attestationObject": _text(told)})

    def get(self, options: dict[str, Any], **cheat: Any) -> dict[str, Any]:
        """navigator.credentials.get, as toJSON() has it."""
        data = self._data(0)
        client = self._client("webauthn.get", cheat.get("challenge", options["challenge"]))
        signed = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential({
            "clientDataJSON": _text(client), "authenticatorData": _text(data), "signature": _text(signed),
            "userHandle": _text(cheat.get("handle", self.handle)),
        })  # fmt: skip

    def _data(self, more: int) -> bytes:
        self.counter += self.counts
        flags = bytes([self.flags | more])
        return hashlib.sha256(self.rp_id.encode()).digest() + flags + self.counter.to_bytes(4, "big")

    def _cose(self) -> bytes:
        at = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")})

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        name = _text(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def _text(raw: bytes) -> str:
    return bytes_to_base64url(raw)
