"""What a bundle takes from the write side, as of one checkpoint and in bounded memory.

Ballots of a round still open are withheld: of them only position and leaf hash leave the database.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

from application.log import canonical
from application.log.cosigned import CosignedCheckpoints
from application.log.entry import entry_bytes
from application.log.reader import LogEmpty, SignedCheckpoint
from application.log.tiles import TILE_WIDTH, TilePath, encode_bundle
from application.storage.database import Datastore
from domain.conclusion import Conclusion

_LINES: Final = 2_000
"""Written in one piece, or read at a time."""

_NEWEST: Final[LiteralString] = "SELECT size, root, note FROM dauys.checkpoints ORDER BY size DESC LIMIT 1"
_ROUNDS: Final[LiteralString] = """
SELECT originator_id AS round_id, convert_from(state, 'UTF8')::json ->> 'paper_digest' AS paper_digest,
    NOT EXISTS (
        SELECT FROM dauys.events ended WHERE ended.originator_id = opened.originator_id
        AND ended.topic IN ('round.voting_closed.v1', 'round.cancelled.v1')
    ) AS is_open
FROM dauys.events opened WHERE topic = 'round.voting_opened.v1' ORDER BY notification_id
"""
_CONCLUSIONS: Final[LiteralString] = """
SELECT convert_from(state, 'UTF8')::json #>> '{finding,document_digest}' AS digest
FROM dauys.events WHERE originator_id = %s ORDER BY originator_version
"""
_KIOSKS: Final[LiteralString] = """
SELECT originator_id::text AS kiosk_id, convert_from(state, 'UTF8')::json ->> 'public_key' AS public_key,
    coalesce(delivered, 0) AS delivered, coalesce(recorded, 0) AS recorded
FROM dauys.events LEFT JOIN dauys.kiosk_progress ON kiosk_id = originator_id
WHERE topic = 'kiosk.enrolled.v1' ORDER BY notification_id
"""
_ENTRIES: Final[LiteralString] = """
SELECT notification_id AS position, originator_id, originator_version, topic, leaf,
    CASE WHEN topic = 'ballot.cast.v1' AND convert_from(state, 'UTF8')::json ->> 'round_id' = ANY(%(open)s::text[])
        THEN NULL ELSE state END AS state
FROM dauys.events WHERE notification_id <= %(size)s ORDER BY notification_id
"""
_WITHHELD: Final[LiteralString] = (
    "SELECT position, leaf FROM (" + _ENTRIES + ") AS entries WHERE state IS NULL ORDER BY position"
)
_CREDENTIALS: Final[LiteralString] = """
SELECT unit, text AS credential
FROM dauys.credentials, rtrim(translate(encode(credential, 'base64'), '+/', '-_'), '=') AS text
WHERE round_id = %s ORDER BY unit COLLATE "C", text COLLATE "C"
"""


@dataclass(frozen=True, slots=True)
class BundledRound:
    """A round whose voting has opened. `conclusions`: SHA-256 of every document that its conclusion ever named, the first first."""

    round_id: UUID
    paper_digest: str
    is_open: bool
    conclusions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a bundle stands on. `kiosks`: canonical JSON of every enrolled one's key and counts."""

    checkpoint: SignedCheckpoint
    rounds: tuple[BundledRound, ...]
    kiosks: bytes


def read_standing(snapshot: Connection[DictRow]) -> Standing:
    """All of one moment, if `snapshot` is a transaction that sees one; LogEmpty before the first event."""
    newest = snapshot.execute(_NEWEST).fetchone()
    if newest is None:
        raise LogEmpty
    return Standing(
        SignedCheckpoint(newest["size"], newest["root"], newest["note"]),
        tuple(
            BundledRound(conclusions=_conclusions(snapshot, row["round_id"]), **row)
            for row in snapshot.execute(_ROUNDS).fetchall()
        ),
        canonical.encode(snapshot.execute(_KIOSKS).fetchall()),
    )


def _conclusions(snapshot: Connection[DictRow], round_id: UUID) -> tuple[str, ...]:
    named = snapshot.execute(_CONCLUSIONS, [Conclusion.create_id(round_id)]).fetchall()
    return tuple(dict.fromkeys(row["digest"] for row in named if row["digest"]))


class Contents:
    """The long lists behind a standing, streamed; `checkpoints` and `withheld` count the lines streamed so far.

    `note`: the standing's checkpoint with the cosignatures it has by now, which is also its line in the list of checkpoints.
    """

    def __init__(self, datastore: Datastore, standing: Standing) -> None:
        self._datastore = datastore
        self._size = standing.checkpoint.size
        self._log = {
            "size": self._size,
            "open": [str(each.round_id) for each in standing.rounds if each.is_open],
        }
        self._cosigned = CosignedCheckpoints(datastore)
        [checkpoint] = self._cosigned.page(self._size - 1, 1)
        self.note = checkpoint.note
        self.checkpoints = 0
        self.withheld = 0

    def entry_tiles(self, progress: Callable[[int], object]) -> Iterator[tuple[TilePath, bytes]]:
        """Every C2SP entry bundle, a withheld entry in it as one of length 0; `progress` is told how many entries."""
        with self._datastore.rows(_ENTRIES, self._log) as rows:
            for index in range(-(-self._size // TILE_WIDTH)):
                tile = TilePath(None, index, TilePath(None, index).width_in(self._size))
                yield tile, encode_bundle(_entry(row) for row in islice(rows, tile.width))
                progress(tile.width)

    def withheld_lines(self) -> Iterator[bytes]:
        with self._datastore.rows(_WITHHELD, self._log) as rows:
            for row in rows:
                self.withheld += 1
                yield canonical.encode({"leaf": row["leaf"].hex(), "position": row["position"]}) + b"\n"

    def checkpoint_lines(self) -> Iterator[bytes]:
        after = 0
        while before := [each for each in self._cosigned.page(after, _LINES) if each.size < self._size]:
            self.checkpoints += len(before)
            yield from (_checkpoint_line(each.size, each.note) for each in before)
            after = before[-1].size
        self.checkpoints += 1
        yield _checkpoint_line(self._size, self.note)

    def credential_lines(self, round_id: UUID) -> Iterator[bytes]:
        yield b"unit,credential\n"
        with self._datastore.rows(_CREDENTIALS, [round_id]) as rows:
            for row in rows:
                yield f"{row['unit']},{row['credential']}\n".encode()


def in_pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Many lines at a time, because each piece of a file costs a turn of hashing and packing."""
    lines = iter(lines)
    while piece := b"".join(islice(lines, _LINES)):
        yield piece


def _checkpoint_line(size: int, note: str) -> bytes:
    return canonical.encode({"note": note, "size": size}) + b"\n"


def _entry(row: dict[str, Any]) -> bytes:
    if row["state"] is None:
        return b""
    return entry_bytes(
        row["position"], row["originator_id"], row["originator_version"], row["topic"], row["state"]
    )
