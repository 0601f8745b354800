"""JSON Web Signatures as NENA i3 uses them: flattened JSON, one signature, a key that is known beforehand.

RFC 7515 §7.2.2; EdDSA by RFC 8037 §3.1 (Ed25519 and Ed448), ES256 by RFC 7518 §3.4. The algorithm follows from the key
and never from the message, so that no message can have itself checked by the wrong rule; `none` is nobody's algorithm.
A key inside a message (`jwk`, `x5c`, `x5u`, `jku`) is never looked at. Reads no clock and no network.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Literal, TypeAlias

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

PublicKey: TypeAlias = ed25519.Ed25519PublicKey | ed448.Ed448PublicKey | ec.EllipticCurvePublicKey
JwsFault: TypeAlias = Literal["malformed", "unknown_algorithm", "unsigned", "wrong_signature", "unknown_critical"]

MOST_HEADER_B = 16_384
"""Room for a chain of certificates, which nobody here reads."""
_TEXT = re.compile(r"[A-Za-z0-9_-]*")
ALGORITHMS = ("EdDSA", "ES256")


class Jws(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Flattened JSON serialisation without an unprotected header (i3-common, schema Jws)."""

    payload: str
    protected: str
    signature: str

    @property
    def compact(self) -> str:
        """The same in one line (RFC 7515 §7.1)."""
        return f"{self.protected}.{self.payload}.{self.signature}"

    @classmethod
    def of_compact(cls, text: str) -> Jws:
        """From the one line. Raises ValueError."""
        protected, payload, signature = text.split(".")
        return cls(payload, protected, signature)


class _Header(msgspec.Struct):
    """The little of a header that matters. Everything else, certificates too, is passed over."""

    alg: str
    crit: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    b64: bool = True
    kid: Any = None


class Unproven(msgspec.Struct, frozen=True):
    """Why a signature proves nothing."""

    name: JwsFault
    field: str
    text: str


class Proven(msgspec.Struct, frozen=True):
    """What was signed, and by which of the keys offered (its place among them)."""

    payload: bytes
    key: int


def read(body: bytes) -> Jws | Unproven:
    """The three members, or why not."""
    try:
        return msgspec.json.decode(body, type=Jws)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        return Unproven("malformed", path.strip("`.")[:60] or "body", what[:200])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        return Unproven("malformed", "body", f"It is not JSON: {str(error)[:160]}")


def prove(jws: Jws, keys: Iterable[PublicKey]) -> Proven | Unproven:
    """The payload, if one of `keys` signed it; nothing of it is read before."""
    header = _header(jws.protected)
    if isinstance(header, Unproven):
        return header
    payload, signature = _unbase64(jws.payload), _unbase64(jws.signature)
    if payload is None or signature is None:
        return Unproven("malformed", "payload" if payload is None else "signature", "It is not base64url.")
    signed = f"{jws.protected}.{jws.payload}".encode()
    for place, key in enumerate(keys):
        if algorithm_of(key) == header.alg and _verifies(key, signed, signature):
            return Proven(payload, place)
    return Unproven("wrong_signature", "signature", "No key known here made this signature.")


def _header(protected: str) -> _Header | Unproven:
    raw = _unbase64(protected) if len(protected) <= MOST_HEADER_B else None
    if raw is None:
        return Unproven("malformed", "protected", "It is not base64url, or too long.")
    try:
        header = msgspec.json.decode(raw, type=_Header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return Unproven("malformed", "protected", "It is not a header with an algorithm.")
    if header.alg == "none":
        return Unproven("unsigned", "alg", "An event must be signed.")
    if header.alg not in ALGORITHMS:
        return Unproven("unknown_algorithm", "alg", f"The algorithms are {', '.join(ALGORITHMS)}.")
    if header.crit is not msgspec.UNSET or not header.b64:
        return Unproven("unknown_critical", "crit", "No extension of the header is understood here.")
    return header


def algorithm_of(key: PublicKey) -> str:
    """The one algorithm that is used with a key of this kind."""
    return "ES256" if isinstance(key, ec.EllipticCurvePublicKey) else "EdDSA"


def _verifies(key: PublicKey, signed: bytes, signature: bytes) -> bool:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            if len(signature) != 64:
                return False
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        else:
            key.verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


class Signer:
    """Our own hand: Ed25519 from 32 secret bytes."""

    def __init__(self, secret: bytes) -> None:
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
        self.public = self._key.public_key()
        x = _base64(self.public.public_bytes_raw())
        # RFC 7638 §3: the required members in order, no blanks.
        self.thumbprint = _base64(sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest())
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "use": "sig", "alg": "EdDSA", "kid": self.thumbprint}
        self._protected = _base64(msgspec.json.encode({"alg": "EdDSA", "kid": self.thumbprint}))

    def sign(self, payload: bytes) -> Jws:
        """The payload under our signature."""
        told = _base64(payload)
        return Jws(told, self._protected, _base64(self._key.sign(f"{self._protected}.{told}".encode())))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes | None:
    """None for what is not base64url written in the one way it is written (RFC 7515 §2: no padding)."""
    if not _TEXT.fullmatch(text):
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if _base64(data) == text else None


def payload_of(jws: Jws) -> bytes:
    """What was signed, of a signature that was proven before."""
    return _unbase64(jws.payload) or b""
