"""Short proofs about a Merkle tree: this entry is in it, this tree grew from that one. Pure; refuses to know a store.

RFC 6962 §2.1.1 and §2.1.2 say how proofs are made, RFC 9162 §2.1.3.2 and §2.1.4.2 how they are checked. Entries are
counted from 0 here, as the standard does; position p of a log is entry p - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeAlias

from tocsin.log.hashes import HASH_BYTES, node_hash
from tocsin.log.port import LogError

Node: TypeAlias = Callable[[int, int], bytes]
"""(height, index) -> hash of the perfect subtree over entries index·2^height … (index+1)·2^height - 1."""

EMPTY_ROOT = sha256(b"").digest()


class ProofError(LogError):
    """A proof that does not prove what it is said to; or one that cannot exist."""


def range_hash(node: Node, start: int, end: int) -> bytes:
    """Merkle tree hash of entries start … end-1, a range that occurs in the standard's own recursion."""
    count = end - start
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0 and start % count == 0:
        return node(count.bit_length() - 1, start // count)
    middle = start + _split(count)
    return node_hash(range_hash(node, start, middle), range_hash(node, middle, end))


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """That entry `index` is in the tree of `size` entries: the hashes beside its path, from the leaf up.

    Raises ProofError when the tree has no such entry.
    """
    if not 0 <= index < size:
        raise ProofError(f"there is no entry {index} in a tree of {size}")
    proof, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_hash(node, middle, end))
            end = middle
        else:
            proof.append(range_hash(node, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(node: Node, old: int, new: int, *, whole: bool = False) -> list[bytes]:
    """That the tree of `new` entries begins with the tree of `old`. Raises ProofError for sizes that do not fit.

    `whole` also gives the hash that the standard leaves out because the checker has it, so that the proof shows both
    roots to somebody who trusts neither (`both_roots`).
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} entries cannot have grown from one of {old}")
    if old in (0, new):
        return []
    proof, start, end, known = [], 0, new, not whole
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_hash(node, middle, end))
            end = middle
        else:
            proof.append(range_hash(node, start, middle))
            start, known = middle, False
    if not known:
        proof.append(range_hash(node, start, end))
    return proof[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofError unless `proof` shows that the entry with hash `leaf` is number `index` of `size` under `root`.

    RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size:
        raise ProofError(f"there is no entry {index} in a tree of {size}")
    _whole_hashes([leaf, root, *proof])
    at, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if at & 1 or at == last:
            found = node_hash(other, found)
            at, last = _up_to_a_right_child(at, last)
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the inclusion proof is too short")
    if found != root:
        raise ProofError("the inclusion proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofError unless `proof` shows that the tree of `new` entries begins with that of `old`.

    RFC 9162 §2.1.4.2. A tree of nothing is the beginning of every tree, and its proof is empty.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} entries cannot have grown from one of {old}")
    if old in (0, new):
        if proof:
            raise ProofError("the consistency proof is too long")
        if old_root != (new_root if old == new else EMPTY_ROOT):
            raise ProofError("the roots differ, and a proof between trees of these sizes is empty")
        return
    whole = [old_root, *proof] if old & (old - 1) == 0 else proof
    first, second = both_roots(old, new, whole)
    if first != old_root:
        raise ProofError("the consistency proof leads to another old root")
    if second != new_root:
        raise ProofError("the consistency proof leads to another new root")


def both_roots(old: int, new: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees that a whole consistency proof leads to, 0 < old < new. Raises ProofError."""
    if not 0 < old < new:
        raise ProofError(f"there is no proof between trees of {old} and {new} entries")
    _whole_hashes(proof)
    if not proof:
        raise ProofError("the consistency proof is too short")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = proof[0]
    for other in proof[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if at & 1 or at == last:
            first, second = node_hash(other, first), node_hash(other, second)
            at, last = _up_to_a_right_child(at, last)
        else:
            second = node_hash(second, other)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the consistency proof is too short")
    return first, second


def _up_to_a_right_child(at: int, last: int) -> tuple[int, int]:
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _whole_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError(f"a hash of the proof does not have {HASH_BYTES} bytes")
