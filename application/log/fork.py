"""Proofs that a log has signed two histories: a file that holds against the log without trusting who found it.

JSON `{"format":"dauys.fork.v1","kind","verifier","earlier","later","root","path"}`, described in docs/witnesses.md. The log's key
has signed both notes, so either it lied or somebody else has the key.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from application.log.merkle import ProofInvalid, verify_consistency
from application.log.note import MAX_NOTE_BYTES, Checkpoint, NoteInvalid, Verifier, open_checkpoint

MAX_FORK_BYTES = 4 * MAX_NOTE_BYTES
"""Two notes as JSON, and a path."""

FORMAT = "dauys.fork.v1"


class ForkInvalid(ValueError):  # noqa: N818 - reads as the answer it is
    """The file proves no fork; the message says why."""


class ForkKind(StrEnum):
    SAME_SIZE = "same_size"
    """Two roots of one size."""
    REWRITTEN = "rewritten"
    """The later tree holds, at the earlier one's size, another root: `root`, which `path` leads to the later root."""
    UNPROVEN = "unproven"
    """The log could not show that the later tree extends the earlier one. Suspicious; not a proof."""


class Fork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`verifier`: the log's verifier key; `earlier`, `later`: signed checkpoints, the smaller first; `root`, `path`: in hex."""

    kind: ForkKind
    verifier: str
    earlier: str
    later: str
    root: str = ""
    path: tuple[str, ...] = ()
    format: str = FORMAT


def same_size(verifier: Verifier, one: str, other: str) -> Fork:
    return Fork(ForkKind.SAME_SIZE, str(verifier), one, other)


def rewritten(verifier: Verifier, earlier: str, later: str, root: bytes, path: Sequence[bytes]) -> Fork:
    return Fork(
        ForkKind.REWRITTEN, str(verifier), earlier, later, root.hex(), tuple(node.hex() for node in path)
    )


def unproven(verifier: Verifier, earlier: str, later: str) -> Fork:
    return Fork(ForkKind.UNPROVEN, str(verifier), earlier, later)


def encode_fork(fork: Fork) -> bytes:
    return msgspec.json.format(msgspec.json.encode(fork)) + b"\n"


def check_fork(data: bytes) -> tuple[Verifier, Checkpoint, Checkpoint]:
    """Whose key has signed which two contradicting checkpoints; ForkInvalid if the file does not prove that."""
    if len(data) > MAX_FORK_BYTES:
        raise ForkInvalid(f"longer than {MAX_FORK_BYTES} bytes")
    try:
        fork = msgspec.json.decode(data, type=Fork)
        log = Verifier.parse(fork.verifier)
        earlier, later = open_checkpoint(fork.earlier, log), open_checkpoint(fork.later, log)
        root, path = bytes.fromhex(fork.root), [bytes.fromhex(node) for node in fork.path]
    except (msgspec.MsgspecError, NoteInvalid, ValueError) as wrong:
        raise ForkInvalid(f"not a proof of a fork: {wrong}") from None
    if fork.format != FORMAT:
        raise ForkInvalid("of another format or version")
    if fork.kind is ForkKind.UNPROVEN:
        raise ForkInvalid(
            "the log did not show that one checkpoint extends the other, which proves nothing yet"
        )
    if fork.kind is ForkKind.SAME_SIZE:
        if earlier.size != later.size or earlier.root == later.root:
            raise ForkInvalid("the checkpoints do not contradict each other")
        return log, earlier, later
    try:
        verify_consistency(earlier.size, root, later.size, later.root, path)
    except ProofInvalid as invalid:
        raise ForkInvalid(f"the path proves nothing about the later checkpoint: {invalid}") from None
    if root == earlier.root:
        raise ForkInvalid("the later checkpoint extends the earlier one")
    return log, earlier, later
