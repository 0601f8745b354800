"""The tree against published vectors and against the definition itself."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.log.hashes import Tip, chain_hash, genesis, leaf_hash, node_hash

# SOURCE: the Certificate Transparency test vectors: inputs and tree heads for sizes 1 … 8.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SHARED = Path(__file__).parents[3] / "shared" / "standards" / "merkle" / "consistency"


def grow(leaves) -> Tip:
    tip = Tip.empty("north")
    for leaf in leaves:
        tip.add(leaf_hash(leaf))
    return tip


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word: k is the largest power of two smaller than n."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


@pytest.mark.parametrize("size", range(9))
def test_tree_heads_are_the_published_ones(size):
    assert grow(LEAVES[:size]).root().hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_growing_gives_the_head_of_the_definition(leaves):
    assert grow(leaves).root() == by_definition(leaves)


@given(st.lists(st.binary(max_size=8), max_size=40), st.lists(st.binary(max_size=8), max_size=40))
def test_a_packed_tip_goes_on_where_it_stood(before, after):
    tip = grow(before)
    again = Tip.unpack(tip.position, tip.chain, tip.pack())
    for leaf in after:
        again.add(leaf_hash(leaf))
    whole = grow(before + after)
    assert (again.position, again.chain, again.root()) == (whole.position, whole.chain, whole.root())


def test_a_copy_grows_on_its_own():
    tip = grow(LEAVES[:3])
    copy = tip.copy()
    copy.add(leaf_hash(b"more"))
    assert tip.root().hex() == ROOTS[3]


def test_the_chain_binds_order_and_centre():
    one, two = leaf_hash(b"1"), leaf_hash(b"2")
    assert grow([b"1", b"2"]).chain == chain_hash(chain_hash(genesis("north"), one), two)
    assert grow([b"1", b"2"]).chain != grow([b"2", b"1"]).chain
    assert genesis("north") != genesis("south")


@pytest.mark.parametrize(("position", "packed"), [(0, b"\x00" * 32), (1, b""), (3, b"\x00" * 32), (1, b"\x00" * 31)])
def test_peaks_that_do_not_fit_the_size_are_refused(position, packed):
    with pytest.raises(ValueError, match="peaks"):
        Tip.unpack(position, b"", packed)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the Merkle vectors are not at {SHARED.name}: ../shared is absent")
def test_tree_heads_are_those_of_the_happy_paths_next_door():
    heads = {0: ROOTS[0]}
    for file in SHARED.glob("*/happy-path.json"):
        case = json.loads(file.read_text())
        heads[case["size1"]] = base64.b64decode(case["root1"]).hex()
        heads[case["size2"]] = base64.b64decode(case["root2"]).hex()
    assert len(heads) > 2
    assert {size: grow(LEAVES[:size]).root().hex() for size in heads} == heads
