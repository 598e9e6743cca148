"""What stands in a projection's rows, and how far it has come."""

from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Identifier

import projections
from projections.following import follow
from projections.projection import Projection

Rows = list[tuple[Any, ...]]
MANY = 1_000_000


def rows(connection: Connection[Any], projection: Projection) -> Rows:
    """All of them as served, in one order."""
    return rows_in(connection, Identifier("dauys_read", projection.name))


def rows_in(connection: Connection[Any], table: Composable) -> Rows:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(SQL("SELECT t.*::text FROM {} AS t ORDER BY 1").format(table)).fetchall()


def follow_all(connection: Connection[Any], most_events: int = MANY) -> None:
    for projection in projections.ALL:
        while follow(connection, projection, most_events):
            pass
