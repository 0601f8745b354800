"""Proofs against the vectors next door, against the definition, and against every small lie."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tocsin.log.hashes import leaf_hash, node_hash
from tocsin.log.proofs import (
    EMPTY_ROOT,
    ProofError,
    both_roots,
    consistency_proof,
    inclusion_proof,
    range_hash,
    verify_consistency,
    verify_inclusion,
)

SHARED = Path(__file__).parents[3] / "shared" / "standards" / "merkle"
CASES = sorted(SHARED.rglob("*.json"))
without_vectors = pytest.mark.skipif(not CASES, reason="the Merkle vectors of ../shared/standards are not here")


def vectors(kind):
    found = [case for case in CASES if case.relative_to(SHARED).parts[0] == kind]
    return [pytest.param(case, id="/".join(case.relative_to(SHARED).parts[1:])) for case in found] or [None]


def raw(text):
    return base64.b64decode(text or "")


def tree(count: int):
    """(height, index) -> hash, over the leaves 0, 1, 2 …, straight from the definition."""
    leaves = [leaf_hash(b"%d" % n) for n in range(count)]

    def node(height, index):
        if height == 0:
            return leaves[index]
        return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return node


def by_definition(leaves):
    """RFC 6962 §2.1, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else EMPTY_ROOT
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


@without_vectors
def test_all_vectors_are_looked_at():
    assert len(CASES) == 92
    assert len(vectors("inclusion")) + len(vectors("consistency")) == 92


@without_vectors
@pytest.mark.parametrize("case", vectors("inclusion"))
def test_inclusion_as_the_vectors_have_it(case):
    said = json.loads(case.read_text())
    proof = [raw(one) for one in said["proof"] or ()]

    def check():
        verify_inclusion(said["leafIdx"], said["treeSize"], raw(said["leafHash"]), raw(said["root"]), proof)

    if said["wantErr"]:
        with pytest.raises(ProofError):
            check()
    else:
        check()


@without_vectors
@pytest.mark.parametrize("case", vectors("consistency"))
def test_consistency_as_the_vectors_have_it(case):
    said = json.loads(case.read_text())
    proof = [raw(one) for one in said["proof"] or ()]

    def check():
        verify_consistency(said["size1"], said["size2"], raw(said["root1"]), raw(said["root2"]), proof)

    if said["wantErr"]:
        with pytest.raises(ProofError):
            check()
    else:
        check()


@given(st.integers(0, 70))
def test_the_root_is_the_definitions(size):
    node = tree(size)
    assert range_hash(node, 0, size) == by_definition([node(0, n) for n in range(size)])


@given(st.data())
def test_every_entry_is_proven_and_nothing_else_in_its_place(data):
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(-1, size + 1))
    node = tree(size)
    root, proof = range_hash(node, 0, size), inclusion_proof(node, index, size)
    assert len(proof) <= size.bit_length()
    verify_inclusion(index, size, node(0, index), root, proof)
    if other != index:
        with pytest.raises(ProofError):
            verify_inclusion(other, size, node(0, index), root, proof)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, leaf_hash(b"never said"), root, proof)


@given(st.data())
def test_every_growth_is_proven(data):
    new = data.draw(st.integers(0, 70))
    old = data.draw(st.integers(0, new))
    node = tree(new)
    roots = range_hash(node, 0, old), range_hash(node, 0, new)
    verify_consistency(old, new, *roots, consistency_proof(node, old, new))
    if 0 < old < new:
        assert both_roots(old, new, consistency_proof(node, old, new, whole=True)) == roots


def lies(proof: list[bytes], data):
    """The proof, wrong in one way."""
    how = data.draw(st.sampled_from(["flip", "drop", "add", "swap", "shorten"]))
    assume(proof or how == "add")
    at = data.draw(st.integers(0, max(0, len(proof) - 1)))
    if how == "flip":
        bit = data.draw(st.integers(0, 255))
        changed = int.from_bytes(proof[at], "big") ^ (1 << bit)
        return [*proof[:at], changed.to_bytes(32, "big"), *proof[at + 1 :]]
    if how == "drop":
        return proof[:at] + proof[at + 1 :]
    if how == "add":
        return [*proof[:at], data.draw(st.binary(min_size=32, max_size=32)), *proof[at:]]
    if how == "shorten":
        return [*proof[:at], proof[at][:31], *proof[at + 1 :]]
    assume(at + 1 < len(proof) and proof[at] != proof[at + 1])
    return [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]


@given(st.data())
def test_no_lie_about_an_entry_is_believed(data):
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    node = tree(size)
    proof = lies(inclusion_proof(node, index, size), data)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, node(0, index), range_hash(node, 0, size), proof)


@given(st.data())
def test_no_lie_about_growth_is_believed(data):
    new = data.draw(st.integers(1, 70))
    old = data.draw(st.integers(0, new))
    node = tree(new)
    proof = lies(consistency_proof(node, old, new), data)
    with pytest.raises(ProofError):
        verify_consistency(old, new, range_hash(node, 0, old), range_hash(node, 0, new), proof)


@given(st.data())
def test_a_tree_with_one_entry_changed_did_not_grow_from_the_old_one(data):
    new = data.draw(st.integers(1, 70))
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))
    honest = tree(new)
    leaves = [honest(0, n) for n in range(new)]
    leaves[changed] = leaf_hash(b"never said")

    def forged(height, index):
        return by_definition(leaves[index << height : (index + 1) << height])

    with pytest.raises(ProofError):
        verify_consistency(
            old, new, range_hash(honest, 0, old), range_hash(forged, 0, new), consistency_proof(forged, old, new)
        )


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_no_proof_of_an_entry_that_is_not_there(index, size):
    with pytest.raises(ProofError, match="no entry"):
        inclusion_proof(tree(5), index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (6, 5)])
def test_no_proof_of_growing_backwards(old, new):
    with pytest.raises(ProofError, match="cannot have grown"):
        consistency_proof(tree(6), old, new)


def test_trees_of_one_size_and_trees_of_nothing_need_no_hashes():
    root = range_hash(tree(5), 0, 5)
    verify_consistency(5, 5, root, root, [])
    verify_consistency(0, 5, EMPTY_ROOT, root, [])
    for old_root, new_root, old in [(root, EMPTY_ROOT, 5), (root, root, 0)]:
        with pytest.raises(ProofError, match="roots differ"):
            verify_consistency(old, 5, old_root, new_root, [])


def test_a_proof_too_long_too_short_or_of_no_hashes_is_said_to_be_that():
    node = tree(7)
    root, old = range_hash(node, 0, 7), range_hash(node, 0, 3)
    inclusion, growth = inclusion_proof(node, 2, 7), consistency_proof(node, 3, 7)
    more = bytes(32)
    for wrong, words in (([*inclusion, more], "too long"), (inclusion[:-1], "too short"), ([b"x"] * 3, "32 bytes")):
        with pytest.raises(ProofError, match=words):
            verify_inclusion(2, 7, node(0, 2), root, wrong)
    for wrong, words in (([*growth, more], "too long"), (growth[:-1], "too short"), ([b"x"] * 4, "32 bytes")):
        with pytest.raises(ProofError, match=words):
            verify_consistency(3, 7, old, root, wrong)
