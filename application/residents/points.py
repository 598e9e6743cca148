"""Where a round's proposals are to be, as their authors marked it: the newest mark of each, read from the log."""

from typing import Final, LiteralString
from uuid import UUID

from application.storage.database import Datastore
from domain.marks import Point
from domain.proposal import Proposal

MOST: Final = 3_000

_POINTS: Final[LiteralString] = """
SELECT proposal_id, (point ->> 'latitude')::integer AS latitude, (point ->> 'longitude')::integer AS longitude
FROM (
    SELECT DISTINCT ON (marked.originator_id) marked.originator_id AS proposal_id,
        convert_from(marked.state, 'UTF8')::jsonb -> 'marks' -> 'point' AS point
    FROM dauys.events AS marked
    JOIN dauys.events AS submitted ON submitted.originator_id = marked.originator_id AND submitted.originator_version = 1
    WHERE marked.topic = %s AND convert_from(submitted.state, 'UTF8')::jsonb ->> 'round_id' = %s
    ORDER BY marked.originator_id, marked.originator_version DESC
) AS newest WHERE jsonb_typeof(point) = 'object' LIMIT %s
"""


def points_of(datastore: Datastore, round_id: UUID) -> dict[UUID, Point]:
    """By proposal; those without a point are left out."""
    with datastore.get_connection() as connection:
        rows = connection.execute(_POINTS, [Proposal.Marked.TOPIC, str(round_id), MOST]).fetchall()
    return {row["proposal_id"]: Point(row["latitude"], row["longitude"]) for row in rows}
