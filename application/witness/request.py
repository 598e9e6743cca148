"""The body of `add-checkpoint` (c2sp.org/tlog-witness): the old size, a consistency proof, a blank line, the checkpoint."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from application.log.merkle import MAX_TREE_HEIGHT
from application.log.note import HASH_BASE64, MAX_NOTE_BYTES

MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 4_096
"""A checkpoint, and at most 63 hashes of 45 characters behind an old size."""

_SIZE = re.compile(rb"0|[1-9][0-9]{0,18}")
_REQUEST = re.compile(
    rf"old (?P<old>0|[1-9][0-9]{{0,18}})\n(?P<path>(?:{HASH_BASE64}\n){{0,{MAX_TREE_HEIGHT}}})\n(?P<note>.+)",
    re.DOTALL,
)


class RequestInvalid(ValueError):  # noqa: N818 - reads as the answer it is
    """Not the body of an add-checkpoint request; the message says why."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The claim that the tree of `note`, a signed checkpoint, extends the tree of `old_size` leaves, by the proof `path`."""

    old_size: int
    path: tuple[bytes, ...]
    note: str


def format_request(old_size: int, path: Iterable[bytes], note: str) -> bytes:
    hashes = "".join(f"{b64encode(node).decode()}\n" for node in path)
    return f"old {old_size}\n{hashes}\n{note}".encode()


def parse_request(body: bytes) -> AddCheckpoint:
    """The claim as made, nothing of it verified; RequestInvalid when the body is not one."""
    try:
        match = _REQUEST.fullmatch(body.decode())
    except UnicodeDecodeError:
        match = None
    if match is None or int(match["old"]) >> MAX_TREE_HEIGHT:
        raise RequestInvalid("not an old size, at most 63 hashes, an empty line and a checkpoint")
    path = tuple(b64decode(line) for line in match["path"].splitlines())
    return AddCheckpoint(int(match["old"]), path, match["note"])


def parse_size(body: bytes) -> int | None:
    """The size in a 409's body of type text/x.tlog.size; None when there is none."""
    if not body.endswith(b"\n") or not _SIZE.fullmatch(body[:-1]) or int(body) >> MAX_TREE_HEIGHT:
        return None
    return int(body)
