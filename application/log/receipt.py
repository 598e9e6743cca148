"""Receipts: a C2SP `tlog-proof` (c2sp.org/tlog-proof), the offline proof that one entry is in the log.

Text in this order: header, optional extra data, index, inclusion path with a base64 hash a line, blank line, checkpoint.
"""

import re
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Iterable
from dataclasses import dataclass

from application.log.merkle import MAX_TREE_HEIGHT, ProofInvalid, verify_inclusion
from application.log.note import (
    BASE64,
    HASH_BASE64,
    MAX_NOTE_BYTES,
    Checkpoint,
    NoteInvalid,
    Verifier,
    open_checkpoint,
)

MAX_RECEIPT_CHARACTERS = MAX_NOTE_BYTES + 65_536
"""A checkpoint, a path of at most 63 hashes and some 60,000 characters of extra data."""

_HEADER = "c2sp.org/tlog-proof@v1\n"
_RECEIPT = re.compile(
    rf"{re.escape(_HEADER)}(?:extra (?P<extra>{BASE64})\n)?"
    r"index (?P<index>0|[1-9][0-9]{0,18})\n"
    rf"(?P<path>(?:{HASH_BASE64}\n){{0,{MAX_TREE_HEIGHT}}})\n"
    r"(?P<checkpoint>.+)",
    re.DOTALL,
)


class ReceiptInvalid(ValueError):  # noqa: N818 - reads as the answer it is
    """The text is not a receipt, or does not prove that the entry is in the log; the message says why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The claim that some entry lies at `index` (from 0) of the tree that `checkpoint`, a signed note, commits to."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""
    """Unauthenticated data of whoever passed the receipt on; never trust it."""


def format_receipt(index: int, path: Iterable[bytes], checkpoint: str) -> str:
    """`path` from the leaf's sibling upwards; `checkpoint` verbatim as signed."""
    return f"{_HEADER}index {index}\n{b''.join(map(b2a_base64, path)).decode()}\n{checkpoint}"


def parse_receipt(text: str) -> Receipt:
    """The claim as made, nothing verified; ReceiptInvalid when the text is not one."""
    if len(text) > MAX_RECEIPT_CHARACTERS:
        raise ReceiptInvalid("the receipt is too long")
    if not (match := _RECEIPT.fullmatch(text)):
        raise ReceiptInvalid("not a tlog-proof")
    path = tuple(b64decode(line) for line in match["path"].splitlines())
    return Receipt(int(match["index"]), path, match["checkpoint"], b64decode(match["extra"] or ""))


def verify_receipt(receipt: Receipt, leaf: bytes, verifier: Verifier) -> Checkpoint:
    """The signed checkpoint under which the entry with leaf hash `leaf` is in `verifier`'s log, or ReceiptInvalid."""
    try:
        checkpoint = open_checkpoint(receipt.checkpoint, verifier)
        verify_inclusion(leaf, receipt.index, checkpoint.size, receipt.path, checkpoint.root)
    except (NoteInvalid, ProofInvalid) as invalid:
        raise ReceiptInvalid(str(invalid)) from invalid
    return checkpoint
