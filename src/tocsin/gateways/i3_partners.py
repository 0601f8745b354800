"""Who may log with us and read: their public keys, the names they may speak for, and what they are entitled to.

Keys come from files an operator put there and from nowhere else. Refuses to know what an event says.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tocsin.settings import LogPartner, SettingsError
from tocsin.standards.i3_log import Code, LogEvent, NotLogged
from tocsin.standards.jws import Jws, PublicKey, Unproven, prove

_KEY_MOST_B = 65_536


class Partners:
    """All partners, their keys read. Raises SettingsError for a file that holds no key of a kind that is used."""

    def __init__(self, partners: Sequence[LogPartner]) -> None:
        self.by_name = {partner.name: partner for partner in partners}
        self._keys: list[PublicKey] = []
        self._owners: list[LogPartner] = []
        for partner in partners:
            for path in partner.keys:
                self._keys.append(load_key(path))
                self._owners.append(partner)

    def signer(self, jws: Jws) -> tuple[LogPartner, bytes] | NotLogged:
        """Who signed it, and what; or why it is nobody's."""
        proven = prove(jws, self._keys)
        if isinstance(proven, Unproven):
            return NotLogged(_CODES[proven.name], proven.name, proven.text, proven.field)
        return self._owners[proven.key], proven.payload

    def bearer(self, header: bytes) -> LogPartner | None:
        """Whose token it is. Every token is compared, so that time tells nothing."""
        found = None
        for partner in self.by_name.values():
            if partner.token and hmac.compare_digest(header, b"Bearer " + partner.token.encode()):
                found = partner
        return found


_CODES: dict[str, Code] = {
    "malformed": 460,
    "unsigned": 438,
    "unknown_algorithm": 438,
    "unknown_critical": 438,
    "wrong_signature": 434,
}


def load_key(path: Path) -> PublicKey:
    """The public key in a PEM file, bare or in a certificate. Raises SettingsError."""
    try:
        with path.open("rb") as file:
            raw = file.read(_KEY_MOST_B)
        bare = b"BEGIN CERTIFICATE" not in raw
        key: object = load_pem_public_key(raw) if bare else x509.load_pem_x509_certificate(raw).public_key()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingsError(f"{path}: is not a public key or certificate in PEM") from None
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise SettingsError(f"{path}: the keys are of Ed25519, Ed448 or P-256")


def may_say(partner: LogPartner, event: LogEvent) -> NotLogged | None:
    """An event is signed by the element or the agency it names, and by nobody else (NENA-STA-010.3 §5.10)."""
    named = {"elementId": event.element, "agencyId": event.agency, "agencyAgentId": event.agent.partition("@")[2]}
    for field, domain in named.items():
        if domain and not any(_within(domain, one) for one in partner.domains):
            return NotLogged(434, "not_the_signer", "Whoever signed it does not speak for this name.", field)
    return None


def _within(domain: str, of: str) -> bool:
    domain, of = domain.lower(), of.lower()
    return domain == of or domain.endswith(f".{of}")
