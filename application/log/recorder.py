"""The event store that is also the public log: events, leaf hashes, tiles and the signed checkpoint, one transaction.

- One writer at a time: every transaction locks `log_writer` before it reads the head. Positions are dense from 1, in commit order.
- Readers never wait, and a reader that tails by position never misses an event.
- A crash before COMMIT leaves nothing; after it, everything: there is no state in which an event is stored and not in the tree.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import unwrap
from typing import Any, Final, LiteralString
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Connection, Cursor, InternalError
from psycopg.rows import DictRow, tuple_row

from application.log.entry import entry_bytes
from application.log.merkle import Frontier, GrowingTree, leaf_hash
from application.log.note import LogSigner, sign_checkpoint
from application.log.receipt import format_receipt
from application.log.tiles import TILE_HEIGHT, completed_tiles
from application.storage.arrays import bigint_array, bytea_array, text_array, uuid_array
from application.storage.database import Datastore

_LOCK: Final[LiteralString] = "LOCK TABLE dauys.log_writer IN EXCLUSIVE MODE"
_HEAD: Final[LiteralString] = "SELECT size, frontier FROM dauys.checkpoints ORDER BY size DESC LIMIT 1"
_INSERT_EVENTS: Final[LiteralString] = """
INSERT INTO dauys.events (notification_id, originator_id, originator_version, topic, state, leaf)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::bytea[])
"""
_INSERT_TILE: Final[LiteralString] = (
    "INSERT INTO dauys.tiles (level, number, hashes, root) VALUES (%s, %s, %b, %b)"
)
_INSERT_CHECKPOINT: Final[LiteralString] = (
    "INSERT INTO dauys.checkpoints (size, root, frontier, note) VALUES (%s, %b, %b, %s)"
)
_LEAVES: Final[LiteralString] = (
    "SELECT leaf FROM dauys.events WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id"
)
_ROOTS: Final[LiteralString] = (
    "SELECT root FROM dauys.tiles WHERE level = %s AND number >= %s AND number < %s ORDER BY number"
)


class LogTransaction:
    """The one open write: append events, then ask for their receipts. Not thread-safe; ends with its `with` block."""

    def __init__(self, connection: Connection[DictRow], signer: LogSigner) -> None:
        self._connection = connection
        self._signer = signer
        self._head = self.execute(_HEAD, row_factory=tuple_row)
        self._tree: GrowingTree | None = None
        self.note = ""
        """The signed checkpoint over everything appended, once the transaction has ended; empty if nothing was."""

    def execute(self, query: LiteralString, parameters: Sequence[Any] = (), **cursor: Any) -> Cursor[Any]:
        """Run a statement inside the transaction, behind the lock; its result is fetched when it is asked for."""
        asking: Cursor[Any] = self._connection.cursor(**cursor)
        return asking.execute(query, parameters, prepare=True)

    @property
    def tree(self) -> GrowingTree:
        if self._tree is None:
            row = self._head.fetchone()
            self._tree = GrowingTree(Frontier.from_bytes(row[0], row[1]) if row else Frontier(0, ()))
        return self._tree

    def append(self, stored_events: Sequence[StoredEvent]) -> list[int]:
        """Give the events the next positions and store them; IntegrityError if one is there already."""
        first = self.tree.size + 1
        leaves = [
            leaf_hash(
                entry_bytes(
                    position, _uuid(event.originator_id), event.originator_version, event.topic, event.state
                )
            )
            for position, event in enumerate(stored_events, start=first)
        ]
        # Only now: one entry too large must not leave its neighbours' leaves in the tree without their events.
        for leaf in leaves:
            self.tree.append(leaf)
        positions = list(range(first, self.tree.size + 1))
        self.execute(
            _INSERT_EVENTS,
            (
                bigint_array(positions),
                uuid_array(_uuid(event.originator_id) for event in stored_events),
                bigint_array(event.originator_version for event in stored_events),
                text_array(event.topic for event in stored_events),
                bytea_array(event.state for event in stored_events),
                bytea_array(leaves),
            ),
        )
        return positions

    def receipt(self, position: int) -> str:
        """The C2SP tlog-proof of an event appended here, under this transaction's checkpoint; valid once it has committed."""
        return format_receipt(position - 1, self.tree.inclusion_path(position - 1), self.note)

    def seal(self) -> None:
        """Store the tiles that are now full and the signed checkpoint; nothing when nothing was appended."""
        tree = self._tree
        if tree is None or tree.size == tree.seed_size:
            return
        for level, number in completed_tiles(tree.seed_size, tree.size):
            hashes = self._tile_hashes(tree, level, number)
            above = TILE_HEIGHT * (level + 1)
            root = tree.completed(above)[number - (tree.seed_size >> above)]
            self.execute(_INSERT_TILE, (level, number, b"".join(hashes), root))
        root = tree.root()
        self.note = sign_checkpoint(tree.size, root, self._signer)
        self.execute(_INSERT_CHECKPOINT, (tree.size, root, tree.frontier().to_bytes(), self.note))

    def _tile_hashes(self, tree: GrowingTree, level: int, number: int) -> list[bytes]:
        """The 256 hashes of a tile just completed: those before this transaction from the store, the rest from the tree."""
        start, stop = number << TILE_HEIGHT, (number + 1) << TILE_HEIGHT
        grown_from = tree.seed_size >> (TILE_HEIGHT * level)
        stored: list[bytes] = []
        if start < grown_from:
            query = (_LEAVES, (start, grown_from)) if level == 0 else (_ROOTS, (level - 1, start, grown_from))
            stored = [row[0] for row in self.execute(*query, row_factory=tuple_row).fetchall()]
        grown = tree.completed(TILE_HEIGHT * level)
        return stored + list(grown[max(start, grown_from) - grown_from : stop - grown_from])


class LogRecorder(PostgresApplicationRecorder):
    """`eventsourcing`'s recorder on our tables.

    Writes are not repeated here: after a lost connection the caller can't know whether they were stored, and asks again
    with a command that records nothing twice.
    """

    def __init__(self, datastore: Datastore, signer: LogSigner) -> None:
        super().__init__(datastore, events_table_name="events")
        self._signer = signer

    # The library asks a database that is away ten times over, and each time takes as long as a connection may; we ask once.
    select_events = unwrap(PostgresApplicationRecorder.select_events)

    def create_table(self) -> None:
        """Nothing: `dauys migrate` makes the tables, once."""

    @contextmanager
    def writing(self, *, notify: bool = True) -> Iterator[LogTransaction]:
        """The log, locked for this process until the block ends, then committed; an exception rolls everything back.

        `notify=False` leaves out NOTIFY, which takes a lock across the whole cluster; tailing readers that poll don't need it.
        """
        with self.datastore.get_connection() as connection, self.writing_on(connection, notify=notify) as log:
            yield log

    @contextmanager
    def writing_on(self, connection: Connection[DictRow], *, notify: bool = True) -> Iterator[LogTransaction]:
        """`writing` on a connection that the caller has, on which no transaction is open."""
        with _one_transaction(connection):
            connection.execute(_LOCK)
            transaction = LogTransaction(connection, self._signer)
            yield transaction
            transaction.seal()
            if notify and transaction.note:
                connection.execute("NOTIFY events")

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Store all or none; their positions. IntegrityError when one of them is already there."""
        if not stored_events:
            return []
        with self.writing() as transaction:
            return transaction.append(stored_events)


@contextmanager
def _one_transaction(connection: Connection[DictRow]) -> Iterator[None]:
    """Two round trips: BEGIN with what is asked first, and all that is written with COMMIT.

    psycopg's own `transaction()` waits for the answer to BEGIN, and once more before it sends COMMIT, behind the lock.
    """
    try:
        with connection.pipeline():
            connection.execute("BEGIN", prepare=False)
            yield
            committed = connection.execute("COMMIT", prepare=False)
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise
    # Of a transaction that has failed, PostgreSQL answers ROLLBACK to COMMIT, and no error.
    if committed.statusmessage != "COMMIT":
        raise InternalError(f"COMMIT was answered by {committed.statusmessage}")


def _uuid(originator_id: UUID | str) -> UUID:
    return originator_id if isinstance(originator_id, UUID) else UUID(originator_id)
