"""The Merkle tree of the public log: RFC 6962 §2.1 hashing, growth from a frontier, proofs and their verification.

A *subtree* (level, index) is perfect: it covers leaves [index·2^level, (index+1)·2^level). Only perfect subtrees are ever
stored; the ragged right edge of a tree is derived from them for one size and thrown away. A tree holds under 2^63 leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from domain.errors import Refused

HASH_BYTES = 32
MAX_TREE_HEIGHT = 63
"""Longest inclusion path, in hashes: positions are PostgreSQL bigints."""

EMPTY_ROOT = sha256().digest()

GetSubtree = Callable[[int, int], bytes]
"""(level, index) → hash of that perfect subtree, which the caller knows to lie inside the tree."""


class ProofInvalid(ValueError):  # noqa: N818 - reads as the answer it is
    """The proof does not show what it claims; the message says why."""


class OutsideTree(Refused):
    """A proof was asked for a leaf or an earlier size that the tree does not have. Facts: what was asked, `size`."""

    code: ClassVar[str] = "outside_tree"


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Root over 2^k hashes of sibling subtrees of one level."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed to append to a tree: its size and its maximal perfect subtrees, left to right."""

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.size < 1 << MAX_TREE_HEIGHT or len(self.hashes) != self.size.bit_count():
            raise ValueError("a frontier has one hash per set bit of its size")
        if any(len(hash_) != HASH_BYTES for hash_ in self.hashes):
            raise ValueError("a frontier hash is 32 bytes")

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "Frontier":
        """Inverse of `to_bytes`; ValueError when `data` cannot be the frontier of a tree of `size` leaves."""
        return cls(size, tuple(data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)))

    def to_bytes(self) -> bytes:
        return b"".join(self.hashes)

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in self.hashes[-2::-1]:
            root = node_hash(left, root)
        return root


class GrowingTree:
    """A tree grown in memory from a stored frontier: appends, roots, and paths of the leaves appended here.

    Holds about two hashes per appended leaf. Not thread-safe.
    """

    def __init__(self, frontier: Frontier) -> None:
        self.seed_size = self.size = frontier.size
        # Per level, the known subtrees as one gapless run; `_first` is the index of the first of them.
        self._first = [self.size >> level for level in range(MAX_TREE_HEIGHT + 1)]
        self._known: list[list[bytes]] = [[] for _ in self._first]
        hashes = iter(frontier.hashes)
        for level in range(self.size.bit_length() - 1, -1, -1):
            if self.size >> level & 1:
                self._known[level].append(next(hashes))
                self._first[level] -= 1
        self._edges: list[bytes] = []  # for the present size; empty: not computed

    def append(self, leaf: bytes) -> None:
        """Append a leaf by its hash."""
        self._edges = []
        index, level, node = self.size, 0, leaf
        self._known[0].append(node)
        while index & 1:
            node = node_hash(self._known[level][-2], node)
            index, level = index >> 1, level + 1
            self._known[level].append(node)
        self.size += 1

    def root(self) -> bytes:
        return self._edge(self.size.bit_length()) or EMPTY_ROOT

    def frontier(self) -> Frontier:
        levels = range(self.size.bit_length() - 1, -1, -1)
        return Frontier(
            self.size, tuple(self._known[level][-1] for level in levels if self.size >> level & 1)
        )

    def completed(self, level: int) -> Sequence[bytes]:
        """Subtrees of `level` completed since the seed, in order; the first has index `seed_size >> level`."""
        return self._known[level][(self.seed_size >> level) - self._first[level] :]

    def inclusion_path(self, index: int) -> list[bytes]:
        """Path of the leaf at `index`, which was appended here, in the tree of the present size.

        Every sibling is at hand: one that ends left of the seed is a frontier hash, all others grew here.
        """
        if not self.seed_size <= index < self.size:
            raise OutsideTree(index=index, size=self.size)
        return _climb(0, index, self.size, self._subtree, self._edge)

    def _subtree(self, level: int, index: int) -> bytes:
        return self._known[level][index - self._first[level]]

    def _edge(self, level: int) -> bytes:
        if not self._edges:
            self._edges = _ragged_edges(self.size, self._subtree)
        return self._edges[level]


def root_of(size: int, get_subtree: GetSubtree) -> bytes:
    """MTH(D[size]) of RFC 6962 §2.1: the root of the first `size` leaves."""
    return _ragged_edges(size, get_subtree)[-1] or EMPTY_ROOT


def inclusion_path(index: int, size: int, get_subtree: GetSubtree) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 §2.1.1, leaf's sibling first; `OutsideTree` unless 0 ≤ index < size."""
    if not 0 <= index < size:
        raise OutsideTree(index=index, size=size)
    return _climb(0, index, size, get_subtree, lambda level: _ragged_edges(size, get_subtree)[level])


def consistency_path(first: int, size: int, get_subtree: GetSubtree) -> list[bytes]:
    """PROOF(first, D[size]) of RFC 6962 §2.1.2; `OutsideTree` unless 0 < first ≤ size."""
    if not 0 < first <= size:
        raise OutsideTree(first=first, size=size)
    if first == size:
        return []
    # Both trees share the last maximal subtree of the first; its way up holds all that the two roots differ by.
    level = (first & -first).bit_length() - 1
    index = (first >> level) - 1
    climb = _climb(level, index, size, get_subtree, lambda level: _ragged_edges(size, get_subtree)[level])
    return [get_subtree(level, index), *climb] if index else climb


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """The tree of `size` leaves under `root` has the leaf hash `leaf` at `index` (RFC 9162 §2.1.3.2), or ProofInvalid."""
    if not 0 <= index < size:
        raise ProofInvalid("the index lies outside the tree")
    node = leaf
    for (_, on_left), sibling in _turns_with(path, index, size - 1):
        node = node_hash(sibling, node) if on_left else node_hash(node, sibling)
    if len(leaf) != HASH_BYTES or node != root:
        raise ProofInvalid("the path does not lead from the leaf to the root")


def verify_consistency(size1: int, root1: bytes, size2: int, root2: bytes, path: Sequence[bytes]) -> None:
    """The tree (`size1`, `root1`) is a prefix of (`size2`, `root2`) (RFC 9162 §2.1.4.2), or ProofInvalid.

    An earlier tree without leaves is refused: every tree extends it, so it shows nothing.
    """
    if size1 == 0:
        raise ProofInvalid("an empty tree is a prefix of every tree")
    verify_subtree_consistency(0, size1, root1, size2, root2, path)


def is_subtree(start: int, end: int) -> bool:
    """Whether leaves [start, end) are a node of some RFC 6962 tree: `start` is a multiple of the power of two ≥ length."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def verify_subtree_consistency(
    start: int, end: int, subtree_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Leaves [start, end) of the tree (`size`, `root`) hash to `subtree_root`, or ProofInvalid.

    The general form of RFC 9162 §2.1.4.2, which is `start` = 0 (draft-ietf-plants-merkle-tree-certs, subtree proofs).
    """
    if 0 <= start == end <= size:  # no leaves: nothing to compare with `root`
        if path or subtree_root != EMPTY_ROOT:
            raise ProofInvalid("an empty subtree has the empty root and no path")
        return
    if not is_subtree(start, end) or end > size:
        raise ProofInvalid("a tree of this size has no such subtree")
    last, level = end - 1, 0
    while start >> level < last >> level and (end == size or last >> level & 1):
        level += 1
    # The climb starts at the last node that both trees share: the subtree itself, or the path's first hash.
    nodes = path if start >> level < last >> level else [subtree_root, *path]
    old = new = nodes[0] if nodes else b""
    for (up, on_left), sibling in _turns_with(nodes[1:], last >> level, (size - 1) >> level):
        new = node_hash(sibling, new) if on_left else node_hash(new, sibling)
        if on_left and start >> level + up < last >> level + up:
            old = node_hash(sibling, old)
    if old != subtree_root or new != root:
        raise ProofInvalid("the path does not lead to both roots")


def _turns_with(path: Sequence[bytes], index: int, last: int) -> Iterator[tuple[tuple[int, bool], bytes]]:
    """The siblings on the way from node `index` of a level that ends with node `last` up to the root.

    Each as ((levels climbed, sibling is on the left), sibling); ProofInvalid when the path has not one hash for each.
    """
    turns = [
        (up, bool(index >> up & 1))
        for up in range(last.bit_length())
        if index >> up & 1 or index >> up < last >> up  # else the last node of its level moves up alone
    ]
    if len(path) != len(turns) or any(len(sibling) != HASH_BYTES for sibling in path):
        raise ProofInvalid("the path has not the right number of 32-byte hashes")
    return zip(turns, path, strict=True)


def _climb(
    level: int, index: int, size: int, get_subtree: GetSubtree, get_edge: Callable[[int], bytes]
) -> list[bytes]:
    """Siblings from subtree (level, index) up to the root; at most one of them, asked of `get_edge`, is ragged."""
    path = []
    for at_level in range(level, (size - 1).bit_length()):
        sibling, end = index ^ 1, size >> at_level
        if sibling < end:
            path.append(get_subtree(at_level, sibling))
        elif sibling == end and size % (1 << at_level):
            path.append(get_edge(at_level))
        index >>= 1
    return path


def _ragged_edges(size: int, get_subtree: GetSubtree) -> list[bytes]:
    """Per level up to the root's: hash over the leaves right of its last perfect subtree, b"" where there are none."""
    edges = [b""]
    for level in range(size.bit_length()):
        edge = edges[-1]
        if size >> level & 1:
            last = get_subtree(level, (size >> level) - 1)
            edge = node_hash(last, edge) if edge else last
        edges.append(edge)
    return edges
