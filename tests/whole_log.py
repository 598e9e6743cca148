"""The check at the end of any test that wrote to the log: everything the log promises, recomputed from the stored entries alone.

Nothing of `application.log` is used but the opening of signed notes, so a fault there cannot hide itself.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow, namedtuple_row

from application.log.note import Verifier, open_checkpoint
from application.storage.database import Datastore

TILE = 256


def check_whole_log(datastore: Datastore, verifier: Verifier) -> int:
    """Assert that all of the log is sound, in one snapshot; its size.

    Positions are dense, versions contiguous, every leaf is its entry's, every tile and every signed checkpoint its leaves'.
    """
    with datastore.get_connection() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return check_log(connection, verifier)


def check_log(connection: Connection[Any], verifier: Verifier) -> int:
    """As `check_whole_log`, in the caller's snapshot."""
    events = _rows(connection, "SELECT * FROM dauys.events ORDER BY notification_id")
    assert [event.notification_id for event in events] == list(range(1, len(events) + 1))
    _check_versions(events)
    leaves = [sha256(b"\x00" + entry_of(event)).digest() for event in events]
    assert [event.leaf for event in events] == leaves

    tree = Tree(leaves)
    checkpoints = _rows(connection, "SELECT * FROM dauys.checkpoints ORDER BY size")
    assert (checkpoints[-1].size if checkpoints else 0) == len(leaves)
    for checkpoint in checkpoints:
        opened = open_checkpoint(checkpoint.note, verifier)
        assert (opened.size, opened.root) == (checkpoint.size, checkpoint.root)
        assert checkpoint.root == tree.root(checkpoint.size)
        assert checkpoint.frontier == b"".join(tree.frontier(checkpoint.size))

    tiles = _rows(connection, "SELECT * FROM dauys.tiles ORDER BY level, number")
    assert [tuple(tile) for tile in tiles] == list(tree.full_tiles())
    return len(leaves)


def entry_of(event: Any) -> bytes:
    """The entry of a row of `events`, spelled out a second time."""
    state: bytes = event.state
    head = f'{{"id":"{event.originator_id}","position":{event.notification_id},"state":'
    topic = json.dumps(event.topic, ensure_ascii=False)
    return head.encode() + state + f',"topic":{topic},"version":{event.originator_version}}}'.encode()


class Tree:
    """RFC 6962 by its definition: all perfect subtrees of some leaves, a level at a time."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.levels = [leaves]
        while len(below := self.levels[-1]) > 1:
            pairs = zip(below[::2], below[1::2], strict=False)
            self.levels.append([sha256(b"\x01" + left + right).digest() for left, right in pairs])

    def frontier(self, size: int) -> list[bytes]:
        """Roots of the perfect subtrees that the first `size` leaves fall into, left to right."""
        return [self.levels[k][(size >> k) - 1] for k in reversed(range(size.bit_length())) if size >> k & 1]

    def root(self, size: int) -> bytes:
        *left, root = self.frontier(size)
        for hash_ in reversed(left):
            root = sha256(b"\x01" + hash_ + root).digest()
        return root

    def full_tiles(self) -> Iterator[tuple[int, int, bytes, bytes]]:
        """(level, number, hashes, root) of every tile that is full."""
        for level, row in enumerate(self.levels[::8]):
            for number in range(len(row) // TILE):
                hashes = row[number * TILE : (number + 1) * TILE]
                yield level, number, b"".join(hashes), self.levels[level * 8 + 8][number]


def _check_versions(events: list[Any]) -> None:
    last: dict[UUID, int] = {}
    for event in events:
        assert event.originator_version == last.get(event.originator_id, 0) + 1
        last[event.originator_id] = event.originator_version


def _rows(connection: Connection[DictRow], query: LiteralString) -> list[Any]:
    cursor: Any = connection.cursor(row_factory=namedtuple_row)
    rows: list[NamedTuple] = cursor.execute(query).fetchall()
    return rows
