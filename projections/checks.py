"""The register of comparisons between the tally and a recount of the log. A difference is a fault of ours and must not exist."""

from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

CHECKS: Final[LiteralString] = """
CREATE TABLE IF NOT EXISTS dauys_read.tally_checks (
    round_id uuid PRIMARY KEY,
    generation integer NOT NULL,
    differs integer NOT NULL
);
COMMENT ON COLUMN dauys_read.tally_checks.differs IS 'projects whose tally is not what a recount of the log gives'
"""
_DUE: Final[LiteralString] = """
SELECT DISTINCT round_id, generation, closed.notification_id
FROM dauys_read.tally JOIN dauys.events AS closed ON originator_id = round_id AND topic = 'round.voting_closed.v1',
    dauys_read.generations AS served
WHERE served.projection = 'tally' AND served.serving AND NOT EXISTS (
    SELECT FROM dauys_read.tally_checks AS done
    WHERE done.round_id = tally.round_id AND done.generation = served.generation)
"""
_KEEP: Final[LiteralString] = """
INSERT INTO dauys_read.tally_checks (round_id, generation, differs) VALUES (%s, %s, %s)
ON CONFLICT (round_id) DO UPDATE SET generation = excluded.generation, differs = excluded.differs
"""


def due(connection: Connection[Any]) -> list[tuple[UUID, int, int]]:
    """Rounds whose tally has not been compared since it was computed, its generation, and the position voting closed at."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(_DUE).fetchall()


def keep(connection: Connection[Any], round_id: UUID, generation: int, differs: int) -> None:
    connection.execute(_KEEP, [round_id, generation, differs])


def differing(connection: Connection[Any]) -> int:
    """Projects whose tally differs, of all rounds compared; the metric that must stay 0."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT coalesce(sum(differs), 0)::bigint FROM dauys_read.tally_checks")
        return int(rows.fetchall()[0][0])


def of_round(connection: Connection[Any], round_id: UUID) -> int | None:
    """Projects of the round whose tally differs; None until it has been compared."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "SELECT differs FROM dauys_read.tally_checks WHERE round_id = %s", [round_id]
        ).fetchone()
    return row[0] if row else None
