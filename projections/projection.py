"""What a projection is: a name, the columns of its one table, and set-based SQL that applies a stretch of the log to it.

A projection knows the log and nothing else, not even its own position, so that it can be filled anew beside the one that serves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

HAPPENED: Final[LiteralString] = """
WITH happened AS (
    SELECT originator_id, notification_id AS position, topic, convert_from(state, 'UTF8')::jsonb AS state
    FROM dauys.events
    WHERE topic <> 'ballot.cast.v1' AND topic = ANY(%(topics)s)
        AND notification_id > %(after)s AND notification_id <= %(until)s
)
"""
"""The step's events of `topics`, read through the index of rare topics however many ballots lie between them."""


@dataclass(frozen=True, slots=True)
class Step:
    """Positions `after` + 1 … `until` of the log, to be applied to `table` in the cursor's transaction."""

    cursor: Cursor[tuple[Any, ...]]
    table: Identifier
    after: int
    until: int

    def execute(self, statement: LiteralString, **parameters: Any) -> Cursor[tuple[Any, ...]]:
        """Run a statement that names the table `{table}` and the step's bounds `%(after)s` and `%(until)s`."""
        bounds = {"after": self.after, "until": self.until}
        return self.cursor.execute(SQL(statement).format(table=self.table), parameters | bounds)


@dataclass(frozen=True, slots=True)
class Projection:
    """`apply` gets the steps in log order, each once; any split of the log into steps leaves the same rows."""

    name: LiteralString
    columns: LiteralString
    apply: Callable[[Step], None]
    counts_ballots: bool = False
    """Whether ballots by themselves, before their round is closed, change its rows."""
