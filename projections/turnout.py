"""Turnout: ballots per round, unit and hour. All that the world sees of a vote while it is open.

The first and last position of each are kept for those who look, after closing, whether hours stand in the log's order.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from projections.projection import Projection, Step

# jsonb_to_record reads each ballot once, for all its members.
_COUNT: Final[LiteralString] = """
INSERT INTO {table} AS kept (round_id, unit, hour, ballots, first, last)
SELECT ballot.round_id, ballot.unit, ballot.timestamp, count(*), min(notification_id), max(notification_id)
FROM dauys.events,
    jsonb_to_record(convert_from(state, 'UTF8')::jsonb) AS ballot (round_id uuid, unit text, "timestamp" timestamptz)
WHERE topic = 'ballot.cast.v1' AND notification_id > %(after)s AND notification_id <= %(until)s
GROUP BY 1, 2, 3
ON CONFLICT (round_id, unit, hour) DO UPDATE SET ballots = kept.ballots + excluded.ballots,
    first = least(kept.first, excluded.first), last = greatest(kept.last, excluded.last)
"""


def _apply(step: Step) -> None:
    step.execute(_COUNT)


TURNOUT: Final = Projection(
    "turnout",
    """
    round_id uuid,
    unit text,
    hour timestamptz,
    ballots bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (round_id, unit, hour)
    """,
    _apply,
    counts_ballots=True,
)


@dataclass(frozen=True, slots=True)
class HourOfTurnout:
    """`ballots` cast in a unit (KATO) in the hour that begins at `hour`."""

    unit: str
    hour: datetime
    ballots: int


def by_hour(connection: Connection[Any], round_id: UUID) -> list[HourOfTurnout]:
    """By unit, then hour."""
    with connection.cursor(row_factory=class_row(HourOfTurnout)) as cursor:
        return cursor.execute(
            'SELECT unit, hour, ballots FROM dauys_read.turnout WHERE round_id = %s ORDER BY unit COLLATE "C", hour',
            [round_id],
        ).fetchall()
