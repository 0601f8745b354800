"""Proof of a rewriting, for anybody: two signed checkpoints that cannot both be of one log that only grew.

Needs neither the log nor the witness: the centre's public key is enough. Refuses to accuse on anything less.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tocsin.log.notes import Checkpoint, Note, PublicKey
from tocsin.log.port import LogError
from tocsin.log.proofs import ProofError, both_roots


class Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As it is written down: notes as text, hashes in base64."""

    earlier: str
    later: str
    proof: list[bytes]


class Evidence(NamedTuple):
    """`earlier` was seen first. `proof` is a whole consistency proof from the smaller to the larger tree, which shows
    the root that the larger one gives to the smaller's entries; it is empty for trees of one size."""

    earlier: bytes
    later: bytes
    proof: list[bytes]

    def encode(self) -> bytes:
        """As JSON."""
        stored = Stored(self.earlier.decode(), self.later.decode(), self.proof)
        return msgspec.json.format(msgspec.json.encode(stored), indent=2) + b"\n"

    @classmethod
    def decode(cls, data: bytes) -> Evidence:
        """From JSON. Raises LogError."""
        try:
            stored = msgspec.json.decode(data, type=Stored)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise LogError(f"this is no evidence: {error}") from error
        return cls(stored.earlier.encode(), stored.later.encode(), stored.proof)

    def judge(self, keys: Sequence[PublicKey]) -> str:
        """What is proven, in words. Raises LogError when it is not: nobody is accused on a broken proof."""
        one, other = (self._checkpoint(data, keys) for data in (self.earlier, self.later))
        if one.origin != other.origin:
            raise LogError(f"the checkpoints are of two logs, {one.origin!r} and {other.origin!r}")
        small, large = sorted((one, other), key=lambda checkpoint: checkpoint.size)
        if small.size == large.size:
            found = large.root
        else:
            found, root = both_roots(small.size, large.size, self.proof)
            if root != large.root:
                raise ProofError("the proof does not lead to the root of the larger checkpoint; nothing is proven")
        if found == small.root:
            raise ProofError("the larger tree does begin with the smaller one: nothing was rewritten")
        return (
            f"{one.origin} signed two histories: at {small.size:,} entries with root {small.root.hex()}, "
            f"and at {large.size:,} entries with another beginning, whose root is {found.hex()}"
        )

    @staticmethod
    def _checkpoint(data: bytes, keys: Sequence[PublicKey]) -> Checkpoint:
        note = Note.parse(data)
        note.check(keys)
        return Checkpoint.read(note.text)
