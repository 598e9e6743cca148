"""What the log shows the world: checkpoints, tiles, entries, inclusion and consistency proofs, each from indexed reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, ClassVar, LiteralString
from uuid import UUID

from psycopg.rows import tuple_row

from application.log import merkle
from application.log.entry import entry_bytes
from application.log.receipt import format_receipt
from application.log.tiles import TILE_HEIGHT, TILE_WIDTH, TilePath, subtrees_from_tiles
from application.storage.database import Datastore
from domain.errors import Refused

_WITHHELD: LiteralString = """
WITH open_rounds AS (
    SELECT opened.originator_id::text AS round_id FROM dauys.events opened
    WHERE opened.topic = 'round.voting_opened.v1' AND NOT EXISTS (
        SELECT FROM dauys.events ended WHERE ended.originator_id = opened.originator_id
        AND ended.topic IN ('round.voting_closed.v1', 'round.cancelled.v1'))
)
SELECT 1 FROM dauys.events JOIN open_rounds ON convert_from(state, 'UTF8')::jsonb ->> 'round_id' = open_rounds.round_id
WHERE notification_id > %s AND notification_id <= %s AND topic = 'ballot.cast.v1' LIMIT 1
"""


FULL_TILES_REMEMBERED = 2_048
"""16 MiB a process; a full tile never changes, so the tiles of the paths that people ask for are read once."""
ROOTS_REMEMBERED = 512
"""4 MiB a process; tiles above the leaves that were not full yet under some checkpoint: so many roots never change either."""


class _TileNotFull(Exception):  # noqa: N818 - keeps what may still change out of the memory
    pass


class LogEmpty(Refused):
    """Nothing is recorded yet, so there is no checkpoint."""

    code: ClassVar[str] = "log_empty"


class NoSuchTile(Refused):
    code: ClassVar[str] = "no_such_tile"


class NoSuchCheckpoint(Refused):
    code: ClassVar[str] = "no_such_checkpoint"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as signed: `note` is the C2SP signed note, byte for byte."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its position; `bytes_` are the bytes that were hashed."""

    position: int
    originator_id: UUID
    version: int
    topic: str
    state: bytes

    @property
    def bytes_(self) -> bytes:
        return entry_bytes(self.position, self.originator_id, self.version, self.topic, self.state)

    @property
    def leaf(self) -> bytes:
        return merkle.leaf_hash(self.bytes_)


class LogReader:
    """Read-only; every method is one snapshot of an append-only log, so any number of readers agree."""

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore
        self._full_tile = lru_cache(FULL_TILES_REMEMBERED)(self._read_full_tile)
        self._roots = lru_cache(ROOTS_REMEMBERED)(self._read_roots)

    def checkpoint(self) -> SignedCheckpoint:
        """The newest one."""
        return self._checkpoint(
            "SELECT size, root, note FROM dauys.checkpoints ORDER BY size DESC LIMIT 1", LogEmpty()
        )

    def checkpoint_of(self, position: int) -> SignedCheckpoint:
        """The first one that covers `position`: the one its receipt was given under."""
        return self._checkpoint(
            "SELECT size, root, note FROM dauys.checkpoints WHERE size >= %s ORDER BY size LIMIT 1",
            merkle.OutsideTree(position=position),
            position,
        )

    def checkpoint_at(self, size: int) -> SignedCheckpoint:
        """The one of exactly this size."""
        return self._checkpoint(
            "SELECT size, root, note FROM dauys.checkpoints WHERE size = %s",
            NoSuchCheckpoint(size=size),
            size,
        )

    def size(self) -> int:
        """The newest position; 0 on an empty log."""
        rows = self._rows("SELECT coalesce(max(size), 0) FROM dauys.checkpoints")
        return int(rows[0][0])

    def tile(self, level: int, number: int, width: int) -> bytes:
        """`width` hashes of tile (level, number), 32 bytes each; NoSuchTile when the log has not grown that far."""
        if TilePath(level, number).width_in(self.size()) < width:
            raise NoSuchTile(level=level, number=number, width=width)
        return self._hashes(level, number, width)

    def entries(self, after: int, until: int) -> Iterator[Entry]:
        """The entries at positions after+1 … until, in order, streamed."""
        query = (
            "SELECT notification_id, originator_id, originator_version, topic, state FROM dauys.events"
            " WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id"
        )
        with self._datastore.rows(query, (after, until)) as rows:
            for row in rows:
                yield Entry(
                    row["notification_id"],
                    row["originator_id"],
                    row["originator_version"],
                    row["topic"],
                    row["state"],
                )

    def entries_of(self, originator_id: UUID, after: int, most: int) -> list[Entry]:
        """At most `most` entries of one thing behind position `after`, in order."""
        rows = self._rows(
            "SELECT notification_id, originator_id, originator_version, topic, state FROM dauys.events"
            " WHERE originator_id = %s AND notification_id > %s ORDER BY originator_version LIMIT %s",
            originator_id,
            after,
            most,
        )
        return [Entry(*row) for row in rows]

    def bundle(self, after: int, width: int) -> list[bytes]:
        """The `width` entries behind position `after`; NoSuchTile when the log has not grown that far."""
        entries = [entry.bytes_ for entry in self.entries(after, after + width)]
        if len(entries) != width:
            raise NoSuchTile(number=after // TILE_WIDTH, width=width)
        return entries

    def is_withheld(self, after: int, until: int) -> bool:
        """Whether one of these entries is a ballot of a round whose voting has not ended."""
        return bool(self._rows(_WITHHELD, after, until))

    def receipt(self, position: int) -> str:
        """The C2SP tlog-proof of the entry at `position`, the same bytes every time: under the first checkpoint that covers it."""
        checkpoint = self.checkpoint_of(position)
        path = merkle.inclusion_path(position - 1, checkpoint.size, self._subtrees(checkpoint.size))
        return format_receipt(position - 1, path, checkpoint.note)

    def consistency_path(self, first: int, size: int) -> list[bytes]:
        """RFC 6962 consistency proof between two sizes of this log."""
        if size > self.size():
            raise merkle.OutsideTree(size=size)
        return merkle.consistency_path(first, size, self._subtrees(size))

    def root(self, size: int) -> bytes:
        """The root of the first `size` entries, from their stored hashes; OutsideTree unless 0 ≤ size ≤ the log's."""
        if not 0 <= size <= self.size():
            raise merkle.OutsideTree(size=size)
        return merkle.root_of(size, self._subtrees(size))

    def position_of(self, originator_id: UUID, version: int = 1) -> int | None:
        rows = self._rows(
            "SELECT notification_id FROM dauys.events WHERE originator_id = %s AND originator_version = %s",
            originator_id,
            version,
        )
        return int(rows[0][0]) if rows else None

    def position_between(self, lowest: UUID, highest: UUID, topic: str) -> int | None:
        """Of the one thing that began with an event of this topic and has its id between these; None if it is not one."""
        rows = self._rows(
            "SELECT notification_id FROM dauys.events WHERE originator_id BETWEEN %s AND %s"
            " AND originator_version = 1 AND topic = %s LIMIT 2",
            lowest,
            highest,
            topic,
        )
        return int(rows[0][0]) if len(rows) == 1 else None

    def _subtrees(self, size: int) -> merkle.GetSubtree:
        """Of the tree of the first `size` entries."""

        @cache  # one path meets the same tile at every height below it
        def read(level: int, number: int) -> bytes:
            return self._hashes(level, number, TilePath(level, number).width_in(size))

        return subtrees_from_tiles(read)

    def _hashes(self, level: int, number: int, width: int) -> bytes:
        """`width` hashes of a tile: of one row when it is full by now, else a range of the level below."""
        if level and width < TILE_WIDTH:
            return self._roots(level, number, width)
        try:
            return self._full_tile(level, number)[: width * merkle.HASH_BYTES]
        except _TileNotFull:
            return self._read_leaves(number, width)

    def _read_full_tile(self, level: int, number: int) -> bytes:
        rows = self._rows("SELECT hashes FROM dauys.tiles WHERE level = %s AND number = %s", level, number)
        if not rows:
            raise _TileNotFull
        return bytes(rows[0][0])

    def _read_roots(self, level: int, number: int, width: int) -> bytes:
        query: LiteralString = (
            "SELECT root FROM dauys.tiles WHERE level = %s AND number >= %s AND number < %s ORDER BY number"
        )
        start = number << TILE_HEIGHT
        return b"".join(row[0] for row in self._rows(query, level - 1, start, start + width))

    def _read_leaves(self, number: int, width: int) -> bytes:
        query: LiteralString = (
            "SELECT leaf FROM dauys.events"
            " WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id"
        )
        start = number << TILE_HEIGHT
        return b"".join(row[0] for row in self._rows(query, start, start + width))

    def _checkpoint(self, query: LiteralString, missing: Refused, *parameters: Any) -> SignedCheckpoint:
        rows = self._rows(query, *parameters)
        if not rows:
            raise missing
        size, root, note = rows[0]
        return SignedCheckpoint(size, root, note)

    def _rows(self, query: LiteralString, *parameters: Any) -> list[tuple[Any, ...]]:
        with (
            self._datastore.get_connection() as connection,
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(query, parameters, prepare=True).fetchall()
