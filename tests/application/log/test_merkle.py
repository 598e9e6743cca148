"""Trees, paths and proofs against RFC 6962 written down naively, as its recursive definitions."""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    GrowingTree,
    OutsideTree,
    ProofInvalid,
    consistency_path,
    inclusion_path,
    is_subtree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
)

LEAVES = [leaf_hash(b"%d" % n) for n in range(300)]

# The eight entries that Certificate Transparency implementations have tested with since 2012, and their root.
CT_ENTRIES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
CT_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

sizes = st.integers(1, len(LEAVES))


def half(count: int) -> int:
    """Largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def mth(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) <= 1:
        return leaves[0] if leaves else EMPTY_ROOT
    k = half(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def naive_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = half(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), mth(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), mth(leaves[:k])]


def naive_proof(start: int, end: int, leaves: Sequence[bytes], *, known: bool = True) -> list[bytes]:
    """PROOF of RFC 6962 §2.1.2 where `start` is 0, in the form generalised to any subtree [start, end)."""
    if (start, end) == (0, len(leaves)):
        return [] if known else [mth(leaves)]
    k = half(len(leaves))
    if end <= k:
        return [*naive_proof(start, end, leaves[:k], known=known), mth(leaves[k:])]
    known = known and start >= k
    return [*naive_proof(max(start - k, 0), end - k, leaves[k:], known=known), mth(leaves[:k])]


@cache
def stored_subtree(level: int, index: int) -> bytes:
    return mth(LEAVES[index << level : (index + 1) << level])


def grown(size: int, seed_size: int = 0) -> GrowingTree:
    """A tree of `size` leaves, grown anew from the frontier it had at `seed_size`."""
    seed = GrowingTree(Frontier(0, ()))
    for leaf in LEAVES[:seed_size]:
        seed.append(leaf)
    tree = GrowingTree(Frontier.from_bytes(seed_size, seed.frontier().to_bytes()))
    for leaf in LEAVES[seed_size:size]:
        tree.append(leaf)
    return tree


def test_the_root_of_certificate_transparencys_eight_entries() -> None:
    tree = GrowingTree(Frontier(0, ()))
    for entry in CT_ENTRIES:
        tree.append(leaf_hash(bytes.fromhex(entry)))
    assert tree.root().hex() == CT_ROOT


def test_a_tree_without_leaves_has_the_hash_of_nothing_as_its_root() -> None:
    assert grown(0).root() == grown(0).frontier().root() == EMPTY_ROOT


@forall(sizes, st.data())
def test_growth_from_any_frontier_gives_the_recursive_root_and_paths(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    seed_size = data.draw(st.integers(0, index))
    tree = grown(size, seed_size)
    assert tree.size == size
    assert tree.root() == tree.frontier().root() == mth(LEAVES[:size])
    path = tree.inclusion_path(index)
    assert path == naive_path(index, LEAVES[:size])
    verify_inclusion(LEAVES[index], index, size, path, tree.root())


@pytest.mark.parametrize("seed_size", range(18))
def test_paths_asked_for_between_appends_are_of_the_size_at_that_time(seed_size: int) -> None:
    tree = grown(seed_size, seed_size)
    for size, leaf in enumerate(LEAVES[seed_size:36], start=seed_size + 1):
        tree.append(leaf)
        for index in range(seed_size, size):
            assert tree.inclusion_path(index) == naive_path(index, LEAVES[:size])
        assert tree.root() == mth(LEAVES[:size])


@forall(sizes, st.data())
def test_completed_subtrees_are_those_that_end_after_the_seed(size: int, data: st.DataObject) -> None:
    seed_size, level = data.draw(st.integers(0, size)), data.draw(st.integers(0, 10))
    expected = [stored_subtree(level, index) for index in range(seed_size >> level, size >> level)]
    assert list(grown(size, seed_size).completed(level)) == expected


@forall(sizes, st.data())
def test_served_paths_are_the_recursive_ones(size: int, data: st.DataObject) -> None:
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert inclusion_path(index, size, stored_subtree) == naive_path(index, LEAVES[:size])
    proof = consistency_path(first, size, stored_subtree)
    assert proof == naive_proof(0, first, LEAVES[:size])
    verify_consistency(first, mth(LEAVES[:first]), size, mth(LEAVES[:size]), proof)


@forall(sizes, st.data())
def test_every_subtree_is_shown_to_be_part_of_the_tree_and_no_other_passes_for_it(
    size: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.sampled_from([end for end in range(start + 1, size + 1) if is_subtree(start, end)]))
    leaves = LEAVES[:size]
    proof = naive_proof(start, end, leaves)
    verify_subtree_consistency(start, end, mth(leaves[start:end]), size, mth(leaves), proof)
    forged = [*leaves[start : end - 1], leaf_hash(b"forged")]
    with pytest.raises(ProofInvalid):
        verify_subtree_consistency(start, end, mth(forged), size, mth(leaves), proof)


@forall(sizes, st.data())
def test_a_proof_of_another_leaf_or_place_or_with_a_flipped_bit_is_refused(
    size: int, data: st.DataObject
) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    root, path = mth(LEAVES[:size]), naive_path(index, LEAVES[:size])
    if other != index:
        with pytest.raises(ProofInvalid):
            verify_inclusion(LEAVES[other], index, size, path, root)
        with pytest.raises(ProofInvalid):
            verify_inclusion(LEAVES[index], other, size, path, root)
    if path:
        at, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        path[at] = (int.from_bytes(path[at]) ^ 1 << bit).to_bytes(32)
        with pytest.raises(ProofInvalid):
            verify_inclusion(LEAVES[index], index, size, path, root)


@forall(sizes, st.data())
def test_a_log_that_changed_an_old_leaf_has_no_proof_of_consistency(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, first - 1))
    forged = [*LEAVES[:changed], leaf_hash(b"forged"), *LEAVES[changed + 1 : size]]
    with pytest.raises(ProofInvalid):
        verify_consistency(first, mth(LEAVES[:first]), size, mth(forged), naive_proof(0, first, forged))


def test_an_inner_node_does_not_pass_for_a_leaf_of_a_smaller_tree() -> None:
    left, right = mth(LEAVES[:2]), mth(LEAVES[2:4])
    with pytest.raises(ProofInvalid):
        verify_inclusion(leaf_hash(left), 0, 2, [right], node_hash(left, right))


@pytest.mark.parametrize("index", [-1, 0, 4, 8])
def test_a_tree_gives_paths_only_for_the_leaves_appended_to_it(index: int) -> None:
    with pytest.raises(OutsideTree, match="outside_tree"):
        grown(8, seed_size=5).inclusion_path(index)


@pytest.mark.parametrize(("first", "size"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_no_consistency_path_from_nothing_or_from_the_future(first: int, size: int) -> None:
    with pytest.raises(OutsideTree):
        consistency_path(first, size, stored_subtree)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_inclusion_path_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(OutsideTree):
        inclusion_path(index, size, stored_subtree)


@pytest.mark.parametrize(
    ("size", "data"), [(3, b"x" * 32), (3, b"x" * 65), (1, b"x" * 31), (0, b"x"), (-1, b"x" * 32)]
)
def test_stored_bytes_that_cannot_be_the_frontier_are_refused(size: int, data: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(size, data)
