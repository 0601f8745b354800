"""Signatures: by known keys, by the rule of the key, written in one way. Everything else is a named no."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tocsin.standards.jws import MOST_HEADER_B, Jws, Proven, Signer, Unproven, payload_of, prove, read

# SOURCE: RFC 8037 appendix A.4 (Ed25519 signature example), put into the flattened form of RFC 7515 §7.2.2.
RFC_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC_8037 = Jws(
    "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    "eyJhbGciOiJFZERTQSJ9",
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
)
# SOURCE: RFC 7515 appendix A.3 (ES256).
RFC_7515_X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
RFC_7515_Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
RFC_7515 = Jws(
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    "eyJhbGciOiJFUzI1NiJ9",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
)


def unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


ED = ed25519.Ed25519PrivateKey.generate()
ED448 = ed448.Ed448PrivateKey.generate()
P256 = ec.generate_private_key(ec.SECP256R1())
RFC_KEY = ed25519.Ed25519PublicKey.from_public_bytes(unbase64(RFC_X))
RFC_P256 = ec.EllipticCurvePublicNumbers(
    int.from_bytes(unbase64(RFC_7515_X), "big"), int.from_bytes(unbase64(RFC_7515_Y), "big"), ec.SECP256R1()
).public_key()


def made(header: Any, payload: bytes = b"{}", key: Any = ED) -> Jws:
    protected = b64(header if isinstance(header, bytes) else msgspec.json.encode(header))
    told = b64(payload)
    return Jws(told, protected, b64(key.sign(f"{protected}.{told}".encode())))


def name_of(found: Proven | Unproven) -> str:
    return found.name if isinstance(found, Unproven) else "proven"


@pytest.mark.parametrize(
    ("jws", "key", "payload"),
    [(RFC_8037, RFC_KEY, b"Example of Ed25519 signing"), (RFC_7515, RFC_P256, b'{"iss":"joe"')],
    ids=["RFC 8037 A.4", "RFC 7515 A.3"],
)
def test_the_examples_of_the_standards_are_proven(jws, key, payload):
    found = prove(jws, [key])
    assert isinstance(found, Proven)
    assert found.payload.startswith(payload)


def test_ours_is_proven_by_our_public_key_and_named_by_its_thumbprint():
    signer = Signer(bytes(range(32)))
    jws = signer.sign(b'{"a":1}')
    assert prove(jws, [ED.public_key(), signer.public]) == Proven(b'{"a":1}', 1)
    assert payload_of(jws) == b'{"a":1}'
    assert signer.jwk["x"] == b64(signer.public.public_bytes_raw())
    assert msgspec.json.decode(unbase64(jws.protected)) == {"alg": "EdDSA", "kid": signer.thumbprint}
    assert Jws.of_compact(jws.compact) == jws


def test_the_thumbprint_is_that_of_the_standard():
    # SOURCE: RFC 8037 appendix A.3. The key of A.1 is the private key of these examples.
    secret = unbase64("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    assert Signer(secret).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_ed448_is_eddsa_too():
    assert name_of(prove(made({"alg": "EdDSA"}, key=ED448), [ED448.public_key()])) == "proven"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"alg": "none"}, "unsigned"),
        ({"alg": "None"}, "unknown_algorithm"),
        ({"alg": "HS256"}, "unknown_algorithm"),
        ({"alg": "RS256"}, "unknown_algorithm"),
        ({"alg": "ES256"}, "wrong_signature"),  # another algorithm than the key's
        ({"alg": "EdDSA", "crit": ["exp"]}, "unknown_critical"),
        ({"alg": "EdDSA", "crit": []}, "unknown_critical"),
        ({"alg": "EdDSA", "b64": False}, "unknown_critical"),
        ({"alg": ["EdDSA"]}, "malformed"),
        ({}, "malformed"),
        ([], "malformed"),
        (b"\xff", "malformed"),
        (b"{" * 9_000, "malformed"),
        ({"alg": "EdDSA", "x5c": ["A" * MOST_HEADER_B]}, "malformed"),
        ({"alg": "EdDSA", "kid": "../../etc", "jku": "https://evil.example", "x5c": ["evil"]}, "proven"),
    ],
)
def test_a_header_says_nothing_but_the_algorithm_and_that_must_be_the_keys(header, why):
    assert name_of(prove(made(header), [ED.public_key()])) == why


def test_a_public_key_is_no_secret_to_sign_with():
    """The classic confusion: an HMAC under the bytes of the public key."""
    raw = ED.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    protected, told = b64(b'{"alg":"HS256"}'), b64(b"{}")
    mac = hmac.HMAC(raw, hashes.SHA256())
    mac.update(f"{protected}.{told}".encode())
    assert name_of(prove(Jws(told, protected, b64(mac.finalize())), [ED.public_key()])) == "unknown_algorithm"


def test_what_was_changed_or_signed_by_somebody_else_is_not_proven():
    jws = made({"alg": "EdDSA"}, b'{"a":1}')
    keys = [ED.public_key(), P256.public_key()]
    for other in (
        Jws(b64(b'{"a":2}'), jws.protected, jws.signature),
        Jws(jws.payload, b64(b'{"alg":"EdDSA" }'), jws.signature),
        Jws(jws.payload, jws.protected, b64(bytes(64))),
        Jws(jws.payload, jws.protected, ""),
        made({"alg": "EdDSA"}, key=ed25519.Ed25519PrivateKey.generate()),
    ):
        assert name_of(prove(other, keys)) == "wrong_signature"
    assert name_of(prove(jws, [])) == "wrong_signature"


@pytest.mark.parametrize("r_s", [bytes(64), b"\xff" * 64, bytes(63), b"\x01" * 65, b""])
def test_a_signature_of_odd_numbers_is_not_proven(r_s):
    protected, told = b64(b'{"alg":"ES256"}'), b64(b"{}")
    assert name_of(prove(Jws(told, protected, b64(r_s)), [P256.public_key()])) == "wrong_signature"


@pytest.mark.parametrize("harm", [lambda t: t + "=", lambda t: t + "\n", lambda t: t[:-1] + "/", lambda t: f" {t}"])
@pytest.mark.parametrize("part", ["payload", "protected", "signature"])
def test_base64url_has_one_spelling_so_that_a_replay_has_one_key(part, harm):
    jws = made({"alg": "EdDSA"}, b'{"a":1}')
    other = msgspec.structs.replace(jws, **{part: harm(getattr(jws, part))})
    assert name_of(prove(other, [ED.public_key()])) == "malformed"


def test_the_last_bits_of_base64_that_mean_nothing_must_be_zero():
    jws = made({"alg": "EdDSA"}, b'{"a":1}')  # 64 bytes of signature: 86 characters, four spare bits
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = jws.signature[:-1] + alphabet[alphabet.index(jws.signature[-1]) + 1]
    assert unbase64(twin) == unbase64(jws.signature)
    assert name_of(prove(Jws(jws.payload, jws.protected, twin), [ED.public_key()])) == "malformed"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"a"', b"{}", b"\xff", b"[" * 50_000, b'{"payload":"","protected":""}',
        b'{"payload":"","protected":"","signature":1}', b'{"payload":"","protected":"","signature":"","header":{}}',
        b'{"payload":"","signatures":[]}',
    ],
)  # fmt: skip
def test_what_is_no_flattened_signature_is_refused_by_its_field(body):
    found = read(body)
    assert isinstance(found, Unproven)
    assert found.name == "malformed"
    assert found.field


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    assert isinstance(read(body), Jws | Unproven)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_three_texts_prove_nothing(payload, protected, signature):
    assert isinstance(prove(Jws(payload, protected, signature), [ED.public_key(), P256.public_key()]), Unproven)
