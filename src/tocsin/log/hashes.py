"""The arithmetic of evidence: leaves, a hash chain, a Merkle tree head. Knows bytes, refuses to know facts or stores.

Leaves and tree follow RFC 6962 §2.1: leaf = SHA-256(0x00 ‖ bytes), node = SHA-256(0x01 ‖ left ‖ right), the empty tree
is SHA-256 of nothing. The chain is chain_n = SHA-256(chain_{n-1} ‖ leaf_n), from a genesis that names the centre, so
that one centre's log can never be passed off as another's. The chain is cheap to continue; the tree gives short proofs.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

HASH_BYTES = 32


def leaf_hash(raw: bytes) -> bytes:
    """RFC 6962 leaf hash of the stored bytes of one entry."""
    return sha256(b"\x00" + raw).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def chain_hash(before: bytes, leaf: bytes) -> bytes:
    """The next link of the chain."""
    return sha256(before + leaf).digest()


def genesis(centre: str) -> bytes:
    """The chain before the first entry of this centre's log."""
    return sha256(b"tocsin log " + centre.encode()).digest()


class Tip:
    """The growing end of a log: position, chain, and the peaks of its Merkle tree, largest first. Adding is O(log n).

    The peaks are the roots of the perfect subtrees that n leaves decompose into, one for each 1 in the binary n.
    """

    __slots__ = ("chain", "peaks", "position")

    def __init__(self, position: int, chain: bytes, peaks: Iterable[bytes]) -> None:
        self.position = position
        self.chain = chain
        self.peaks = list(peaks)
        if len(self.peaks) != position.bit_count():
            raise ValueError(f"{position} leaves have {position.bit_count()} peaks, not {len(self.peaks)}")

    @classmethod
    def empty(cls, centre: str) -> Tip:
        """The tip of a log without entries."""
        return cls(0, genesis(centre), ())

    @classmethod
    def unpack(cls, position: int, chain: bytes, packed: bytes) -> Tip:
        """From what `pack` gave; raises ValueError when the lengths do not fit."""
        if not isinstance(position, int) or position < 0 or not isinstance(packed, bytes):
            raise ValueError("its row holds something else than a position and hashes")
        if len(packed) != HASH_BYTES * position.bit_count():
            raise ValueError(f"{len(packed)} bytes are not the peaks of {position} leaves")
        return cls(position, chain, (packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES)))

    def pack(self) -> bytes:
        """The peaks as bytes, to be stored beside position and chain."""
        return b"".join(self.peaks)

    def copy(self) -> Tip:
        """A tip that grows on its own from here."""
        return Tip(self.position, self.chain, self.peaks)

    def add(self, leaf: bytes) -> None:
        """Grow by one leaf."""
        self.follow(leaf, chain_hash(self.chain, leaf))

    def follow(self, leaf: bytes, chain: bytes) -> None:
        """Grow by one leaf whose link of the chain is known already."""
        self.chain = chain
        size, peaks = self.position, self.peaks
        self.position = size + 1
        while size & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)

    def root(self) -> bytes:
        """RFC 6962 Merkle tree head over all leaves so far."""
        if not self.peaks:
            return sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root
