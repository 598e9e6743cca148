"""Proofs of forks: they hold for real ones, and nobody can make one against an honest log."""

import msgspec
import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from application.log import merkle
from application.log.fork import (
    MAX_FORK_BYTES,
    Fork,
    ForkInvalid,
    ForkKind,
    check_fork,
    encode_fork,
    rewritten,
    same_size,
    unproven,
)
from application.log.note import LogSigner
from tests.memory_log import LOG_SIGNER, MemoryLog

KEY = LOG_SIGNER.verifier
HONEST = MemoryLog().grow(70)
LYING = MemoryLog().grow(5).grow(65, "other")


def of_rewriting(log: MemoryLog, earlier: str, size: int, later_size: int) -> Fork:
    path = merkle.consistency_path(size, later_size, log.subtree)
    return rewritten(KEY, earlier, log.note(later_size), merkle.root_of(size, log.subtree), path)


def test_two_roots_of_one_size_are_a_fork() -> None:
    log, earlier, later = check_fork(encode_fork(same_size(KEY, HONEST.note(9), LYING.note(9))))
    assert (log, earlier.size, later.size) == (KEY, 9, 9)


@forall(st.integers(6, 70), st.integers(6, 70))
def test_a_later_tree_with_another_beginning_is_a_fork(one: int, other: int) -> None:
    if one == other:
        return
    size, later = sorted((one, other))
    proof = of_rewriting(LYING, HONEST.note(size), size, later)
    assert check_fork(encode_fork(proof))[1].root == merkle.root_of(size, HONEST.subtree)


@forall(st.integers(1, 70), st.integers(1, 70))
def test_an_honest_log_cannot_be_accused(one: int, other: int) -> None:
    size, later = sorted((one, other))
    false = [
        same_size(KEY, HONEST.note(size), HONEST.note(later)),
        unproven(KEY, HONEST.note(size), HONEST.note(later)),
        of_rewriting(HONEST, HONEST.note(size), size, later),
        msgspec.structs.replace(of_rewriting(HONEST, HONEST.note(size), size, later), root="00" * 32),
        msgspec.structs.replace(
            of_rewriting(LYING, HONEST.note(size), size, later), later=HONEST.note(later)
        ),
    ]
    for fork in false if size >= 6 else false[:4]:
        with pytest.raises(ForkInvalid):
            check_fork(encode_fork(fork))


def test_a_fork_of_another_key_proves_nothing_about_this_one() -> None:
    forger = MemoryLog(signer=LogSigner(LOG_SIGNER.origin, bytes(32))).grow(9)
    with pytest.raises(ForkInvalid, match="not signed"):
        check_fork(encode_fork(same_size(KEY, HONEST.note(9), forger.note())))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"0" * (MAX_FORK_BYTES + 1),
        b"[" * 100_000,
        encode_fork(
            msgspec.structs.replace(same_size(KEY, HONEST.note(9), LYING.note(9)), format="dauys.fork.v2")
        ),
        encode_fork(msgspec.structs.replace(same_size(KEY, HONEST.note(9), LYING.note(9)), root="xyz")),
        encode_fork(Fork(ForkKind.SAME_SIZE, "nobody", "", "")),
    ],
)
def test_garbage_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ForkInvalid):
        check_fork(data)
