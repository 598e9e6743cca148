"""Checkpoints with what witnesses have said of them: cosignatures are kept beside the notes and shown under them.

A checkpoint is complete without any. Cosignatures are only ever added, one per witness and size.
"""

from collections.abc import Iterable
from typing import Any, Final, LiteralString

from psycopg.rows import tuple_row

from application.log.cosignature import Cosignature, WitnessVerifier
from application.log.note import MAX_SIGNATURES, NoteInvalid
from application.log.policy import Policy, QuorumMissed
from application.log.reader import LogEmpty, SignedCheckpoint
from application.storage.database import Datastore

MOST_COSIGNATURES: Final = MAX_SIGNATURES - 1
"""Under one checkpoint; with the log's own signature no more than every verifier must accept."""
_CANDIDATES: Final = 100

_CHECKPOINTS: Final[LiteralString] = """
SELECT size, root, note || coalesce((
    SELECT string_agg(line, '' ORDER BY timestamp, witness, key_id) FROM (
        SELECT * FROM dauys.cosignatures WHERE cosignatures.size = checkpoints.size
        ORDER BY timestamp, witness, key_id LIMIT %(most)s
    ) AS given
), '') FROM dauys.checkpoints
"""


class CosignedCheckpoints:
    """Notes here are the log's, byte for byte, followed by the cosignatures known now."""

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    def newest(self) -> SignedCheckpoint:
        """The log's newest, whoever has cosigned it; LogEmpty before the first."""
        found = self._checkpoints("ORDER BY size DESC LIMIT 1")
        if not found:
            raise LogEmpty
        return found[0]

    def page(self, after: int, most: int) -> list[SignedCheckpoint]:
        """The first `most` of those larger than `after`, by size."""
        return self._checkpoints(
            "WHERE size > %(after)s ORDER BY size LIMIT %(limit)s", after=after, limit=most
        )

    def newest_witnessed(self, policy: Policy) -> SignedCheckpoint | None:
        """The newest that satisfies `policy`; None if none of the last hundred cosigned ones does."""
        cosigned = self._checkpoints(
            "WHERE size IN (SELECT DISTINCT size FROM dauys.cosignatures ORDER BY size DESC LIMIT %(limit)s)"
            " ORDER BY size DESC",
            limit=_CANDIDATES,
        )
        for checkpoint in cosigned:
            try:
                policy.check(checkpoint.note)
            except (NoteInvalid, QuorumMissed):
                continue
            return checkpoint
        return None

    def last_size(self, witness: WitnessVerifier) -> int:
        """Size of the largest checkpoint that the witness has cosigned; 0 if none."""
        rows = self._rows(
            "SELECT coalesce(max(size), 0) FROM dauys.cosignatures WHERE witness = %(name)s AND key_id = %(key_id)s",
            name=witness.name,
            key_id=witness.key_id,
        )
        return int(rows[0][0])

    def keep(self, size: int, cosignatures: Iterable[Cosignature]) -> None:
        """Store verified cosignatures on the checkpoint of this size; a witness's second one on it changes nothing."""
        with self._datastore.get_connection() as connection, connection.transaction():
            for given in cosignatures:
                connection.execute(
                    "INSERT INTO dauys.cosignatures (size, witness, key_id, timestamp, line) VALUES (%s, %s, %s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    [size, given.witness.name, given.witness.key_id, given.timestamp, given.line],
                )

    def _checkpoints(self, which: LiteralString, **parameters: int) -> list[SignedCheckpoint]:
        rows = self._rows(_CHECKPOINTS + which, most=MOST_COSIGNATURES, **parameters)
        return [SignedCheckpoint(*row) for row in rows]

    def _rows(self, query: LiteralString, **parameters: Any) -> list[tuple[Any, ...]]:
        with (
            self._datastore.get_connection() as connection,
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(query, parameters, prepare=True).fetchall()
