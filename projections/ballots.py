"""The ballots of a round whose voting has closed, streamed for download; of an open round there are none to be had here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import scalar_row

from domain.ballot_form import Choices

_CLOSED_BALLOTS: Final[LiteralString] = """
SELECT ballot.choices
FROM dauys.events AS opened
    JOIN dauys.events AS closed USING (originator_id)
    JOIN dauys.events AS cast_then ON cast_then.topic = 'ballot.cast.v1'
        AND cast_then.notification_id > opened.notification_id AND cast_then.notification_id < closed.notification_id,
    jsonb_to_record(convert_from(cast_then.state, 'UTF8')::jsonb) AS ballot (round_id uuid, choices jsonb)
WHERE opened.originator_id = %(round_id)s AND opened.topic = 'round.voting_opened.v1'
    AND closed.topic = 'round.voting_closed.v1' AND ballot.round_id = %(round_id)s
ORDER BY sha256(convert_to(cast_then.originator_id::text, 'UTF8'))
"""
_CHUNK_BALLOTS: Final = 2_000


@contextmanager
def of_closed_round(connection: Connection[Any], round_id: UUID) -> Iterator[Iterator[Choices]]:
    """The choices of each, always in the same order, by a hash: it tells nothing about when a ballot was cast."""
    with connection.transaction(), connection.cursor("ballots", row_factory=scalar_row) as cursor:
        cursor.itersize = _CHUNK_BALLOTS
        cursor.execute(_CLOSED_BALLOTS, {"round_id": round_id})
        yield iter(cursor)
