"""Merkle trees: the vectors of Certificate Transparency, and a second implementation written from the RFC's definitions."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core import merkle
from tests.sealing import rfc6962

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(1, 131)
ALTERED_SIZES = [*range(1, 18), 31, 32, 33]

leaves = [merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(130)]
tree = rfc6962.Tree(leaves)

hashes = st.binary(min_size=32, max_size=32)


def alterations(path: list[bytes]) -> Iterator[list[bytes]]:
    """Yield the path with each node flipped in its first and its last bit, each left out, twice, exchanged, one added."""
    for at, node in enumerate(path):
        for flipped in (bytes([node[0] ^ 0x80]) + node[1:], node[:-1] + bytes([node[-1] ^ 1])):
            yield [*path[:at], flipped, *path[at + 1 :]]
        yield [*path[:at], *path[at + 1 :]]
        yield [*path[:at], node, *path[at:]]
        if at:
            yield [*path[: at - 1], node, path[at - 1], *path[at + 1 :]]
    yield [bytes(32), *path]
    yield [*path, bytes(32)]


class TestVectors:
    @pytest.mark.parametrize("size", range(1, 9))
    def test_a_root_is_that_of_certificate_transparency(self, size):
        hashed = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
        assert merkle.root(hashed).hex() == ROOTS[size - 1]
        assert rfc6962.Tree(hashed).mth().hex() == ROOTS[size - 1]

    def test_the_root_of_no_leaves_is_the_hash_of_nothing(self):
        assert merkle.root([]) == merkle.EMPTY_ROOT == sha256(b"").digest() == rfc6962.Tree([]).mth()

    def test_a_leaf_and_a_node_of_the_same_bytes_have_different_hashes(self):
        """Otherwise somebody could pass a node off as a leaf."""
        assert merkle.leaf_hash(leaves[0] + leaves[1]) != merkle.node_hash(leaves[0], leaves[1])
        assert merkle.leaf_hash(b"x") == sha256(b"\x00x").digest()
        assert merkle.node_hash(b"x", b"y") == sha256(b"\x01xy").digest()


class TestAgainstTheRfc:
    def test_roots_of_1_to_130_leaves(self):
        for size in SIZES:
            assert merkle.root(leaves[:size]) == tree.mth(0, size)

    def test_inclusion_of_every_leaf_of_1_to_130(self):
        for size in SIZES:
            held, root = leaves[:size], tree.mth(0, size)
            for position in range(size):
                path = merkle.inclusion_proof(held, position)
                assert path == tree.path(position, 0, size)
                assert merkle.verify_inclusion(leaves[position], position, size, path, root)

    def test_consistency_of_every_older_tree_of_1_to_130(self):
        for size in SIZES:
            held, root = leaves[:size], tree.mth(0, size)
            for older in range(1, size + 1):
                proof = merkle.consistency_proof(held, older)
                assert proof == tree.proof(older, size)
                assert merkle.verify_consistency(older, size, tree.mth(0, older), root, proof)

    @given(st.integers(-1, 9), st.integers(-1, 9), st.lists(hashes, max_size=5), hashes, hashes)
    def test_both_judge_any_proof_alike(self, first, second, path, one, other):
        ours = merkle.verify_inclusion(one, first, second, path, other)
        assert ours == rfc6962.is_included(one, first, second, path, other)
        ours = merkle.verify_consistency(first, second, one, other, path)
        assert ours == rfc6962.is_consistent(first, second, one, other, path)


class TestAlteredInclusion:
    @pytest.mark.parametrize("size", ALTERED_SIZES)
    def test_an_altered_path_leaf_position_or_root_is_refused(self, size):
        root = tree.mth(0, size)
        for position in range(size):
            path, leaf = merkle.inclusion_proof(leaves[:size], position), leaves[position]
            for altered in alterations(path):
                assert not merkle.verify_inclusion(leaf, position, size, altered, root)
            for elsewhere in {*range(-1, size + 2)} - {position}:
                assert not merkle.verify_inclusion(leaf, elsewhere, size, path, root)
                assert not merkle.verify_inclusion(leaves[elsewhere % 130], position, size, path, root)
            assert not merkle.verify_inclusion(leaf, position, size, path, bytes(32))
            assert not merkle.verify_inclusion(leaf, position, size, path, tree.mth(0, size + 1))

    def test_another_size_is_refused_wherever_the_rfc_refuses_it(self):
        """A root alone does not bind the size (three leaves and four share the way from the first); our heads do."""
        let_through = 0
        for size in range(1, 18):
            root = tree.mth(0, size)
            for position in range(size):
                path = merkle.inclusion_proof(leaves[:size], position)
                for other in [other for other in range(20) if other != size]:
                    ours = merkle.verify_inclusion(leaves[position], position, other, path, root)
                    assert ours == rfc6962.is_included(leaves[position], position, other, path, root)
                    let_through += ours
        assert merkle.verify_inclusion(leaves[0], 0, 4, merkle.inclusion_proof(leaves[:3], 0), tree.mth(0, 3))
        assert let_through > 0

    @pytest.mark.parametrize("position", [-1, 5, 6])
    def test_a_position_that_the_tree_does_not_have_has_no_proof(self, position):
        with pytest.raises(IndexError):
            merkle.inclusion_proof(leaves[:5], position)


class TestAlteredConsistency:
    @pytest.mark.parametrize("size", ALTERED_SIZES)
    def test_an_altered_proof_or_root_is_refused(self, size):
        root = tree.mth(0, size)
        for older in range(1, size + 1):
            proof, older_root = merkle.consistency_proof(leaves[:size], older), tree.mth(0, older)
            for altered in alterations(proof):
                assert not merkle.verify_consistency(older, size, older_root, root, altered)
            assert not merkle.verify_consistency(older, size, older_root, bytes(32), proof)
            assert not merkle.verify_consistency(older, size, bytes(32), root, proof)
            if older != size:
                assert not merkle.verify_consistency(older, size, root, older_root, proof)

    def test_other_sizes_are_judged_as_the_rfc_judges_them(self):
        for size in range(1, 14):
            for older in range(1, size + 1):
                proof, older_root, root = tree.proof(older, size), tree.mth(0, older), tree.mth(0, size)
                for first in range(-1, 15):
                    for second in range(-1, 15):
                        ours = merkle.verify_consistency(first, second, older_root, root, proof)
                        assert ours == rfc6962.is_consistent(first, second, older_root, root, proof)

    def test_a_tree_that_was_rewritten_is_not_a_beginning(self):
        """The negative control of all of these: a leaf of the older tree was exchanged."""
        for size in range(2, 20):
            for older in range(1, size):
                rewritten = [*leaves[: older - 1], bytes(32), *leaves[older:size]]
                proof = merkle.consistency_proof(rewritten, older)
                assert not merkle.verify_consistency(older, size, tree.mth(0, older), merkle.root(rewritten), proof)
                assert merkle.verify_consistency(
                    older, size, merkle.root(rewritten[:older]), merkle.root(rewritten), proof
                )

    @pytest.mark.parametrize("older", [-1, 0, 6])
    def test_a_size_that_is_not_an_older_one_has_no_proof(self, older):
        with pytest.raises(ValueError):
            merkle.consistency_proof(leaves[:5], older)
