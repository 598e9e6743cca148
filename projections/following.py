"""Following the log: a projection's rows and its position commit together, or neither does.

- A projection's rows are in tables called generations; the view `dauys_read.<name>` serves one, `generations` holds positions.
- Any number of workers may follow: the position's row is locked, and whoever finds it locked leaves the step to its owner.
- A crash between apply and commit leaves the rows and the position of the step before.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, LiteralString

from psycopg import Connection, Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier

from projections.projection import Projection, Step

SCHEMA: Final = "dauys_read"
_PREPARING: Final = 0x64617579735F72  # "dauys_r"

_GENERATIONS: Final[LiteralString] = """
CREATE TABLE IF NOT EXISTS dauys_read.generations (
    projection text NOT NULL,
    generation integer NOT NULL,
    columns text NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    serving boolean NOT NULL DEFAULT false,
    PRIMARY KEY (projection, generation)
);
COMMENT ON COLUMN dauys_read.generations.columns IS 'SHA-256 of the definition the table was made by';
"""
_CLAIM: Final[LiteralString] = """
SELECT generation, position FROM dauys_read.generations WHERE projection = %s AND serving FOR UPDATE SKIP LOCKED
"""
_NEWEST: Final[LiteralString] = "SELECT coalesce(max(size), 0) FROM dauys.checkpoints"
_ADVANCE: Final[LiteralString] = (
    "UPDATE dauys_read.generations SET position = %s WHERE projection = %s AND generation = %s"
)
_MOVE_ON: Final[LiteralString] = """
WITH ends AS MATERIALIZED (
    SELECT front, newest FROM (
        SELECT max(position) AS front FROM dauys_read.generations WHERE serving AND projection = ANY(%(names)s)
    ) AS foremost, (SELECT coalesce(max(size), 0) AS newest FROM dauys.checkpoints) AS log
    WHERE NOT EXISTS (
        SELECT FROM dauys.events
        WHERE notification_id > front AND notification_id <= newest AND topic <> 'ballot.cast.v1'
    )
), free AS (
    SELECT projection, generation, newest FROM dauys_read.generations, ends
    WHERE serving AND projection = ANY(%(names)s) AND position = front AND position < newest
    FOR UPDATE OF generations SKIP LOCKED
)
UPDATE dauys_read.generations AS kept SET position = newest FROM free
WHERE (kept.projection, kept.generation) = (free.projection, free.generation)
"""
_LAGGING: Final[LiteralString] = """
SELECT projection FROM dauys_read.generations
WHERE serving AND projection = ANY(%s) AND position < (SELECT coalesce(max(size), 0) FROM dauys.checkpoints)
"""
_REACHED: Final[LiteralString] = """
SELECT coalesce(min(position), 0) FROM dauys_read.generations WHERE serving AND projection = ANY(%s)
"""


def prepare(connection: Connection[Any], projections: Iterable[Projection], *tables: LiteralString) -> None:
    """Make what is not there yet, other `tables` by their statements too; safe from many processes at once.

    The connection may be the role's or the owner's. A table made by another definition than today's is replaced by an empty one,
    which workers fill from the log.
    """
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SET LOCAL ROLE dauys_app")
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PREPARING])
        for statements in (_GENERATIONS, *tables):
            cursor.execute(statements)
        for projection in projections:
            made_by = cursor.execute(
                "SELECT columns FROM dauys_read.generations WHERE projection = %s AND serving",
                [projection.name],
            ).fetchone()
            if made_by != (_definition(projection),):
                serve(cursor, projection, create_generation(cursor, projection))


def lagging(connection: Connection[Any], projections: Sequence[Projection]) -> list[Projection]:
    """Those that have something to take.

    Where nothing but ballots has come in, the foremost of those that count none are moved past it together: in the hours of
    voting that is one small transaction, and not one of each projection. It looks at what is new and no further back, so one
    that has been failing for a million ballots costs the others nothing.
    """
    past_ballots = [projection.name for projection in projections if not projection.counts_ballots]
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(_MOVE_ON, {"names": past_ballots})
        behind = {name for (name,) in cursor.execute(_LAGGING, [[each.name for each in projections]])}
    return [projection for projection in projections if projection.name in behind]


def follow(connection: Connection[Any], projection: Projection, most_events: int) -> int:
    """Take the next step, at most `most_events` positions; how many it was, 0 at the log's end or if another worker is at it."""
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        claimed = cursor.execute(_CLAIM, [projection.name]).fetchone()
        if claimed is None:
            return 0
        generation, position = claimed
        return advance(cursor, projection, generation, position, most_events)


def advance(
    cursor: Cursor[tuple[Any, ...]],
    projection: Projection,
    generation: int,
    position: int,
    most_events: int | None,
) -> int:
    """One step of one generation, whose row in `generations` the transaction holds; None: all there is."""
    newest = _number(cursor.execute(_NEWEST))
    until = newest if most_events is None else min(newest, position + most_events)
    if until <= position:
        return 0
    projection.apply(Step(cursor, table_of(projection, generation), position, until))
    cursor.execute(_ADVANCE, [until, projection.name, generation])
    return until - position


def reached(connection: Connection[Any], projections: Iterable[Projection]) -> int:
    """The position that all these projections have reached: whatever is read now holds every event up to it."""
    names = [projection.name for projection in projections]
    with connection.cursor(row_factory=tuple_row) as cursor:
        return _number(cursor.execute(_REACHED, [names]))


def create_generation(cursor: Cursor[tuple[Any, ...]], projection: Projection) -> int:
    """A new, empty table at position 0 that does not serve yet; its number."""
    generation = _number(
        cursor.execute(
            "INSERT INTO dauys_read.generations (projection, generation, columns)"
            " SELECT %(name)s, coalesce(max(generation), 0) + 1, %(columns)s"
            " FROM dauys_read.generations WHERE projection = %(name)s RETURNING generation",
            {"name": projection.name, "columns": _definition(projection)},
        )
    )
    table = table_of(projection, generation)
    cursor.execute(SQL("CREATE TABLE {} ({})").format(table, SQL(projection.columns)))
    return generation


def serve(cursor: Cursor[tuple[Any, ...]], projection: Projection, generation: int) -> None:
    """Let the view show this generation, and drop all others; readers see either the old rows or the new ones."""
    view = Identifier(SCHEMA, projection.name)
    cursor.execute(SQL("DROP VIEW IF EXISTS {}").format(view))
    cursor.execute(SQL("CREATE VIEW {} AS TABLE {}").format(view, table_of(projection, generation)))
    drop_generations(cursor, projection, but=generation)
    cursor.execute(
        "UPDATE dauys_read.generations SET serving = true WHERE projection = %s AND generation = %s",
        [projection.name, generation],
    )


def drop_generations(cursor: Cursor[tuple[Any, ...]], projection: Projection, *, but: int) -> None:
    dropped = cursor.execute(
        "DELETE FROM dauys_read.generations WHERE projection = %s AND generation <> %s RETURNING generation",
        [projection.name, but],
    )
    for (generation,) in dropped.fetchall():
        cursor.execute(_drop(projection, generation))


def table_of(projection: Projection, generation: int) -> Identifier:
    return Identifier(SCHEMA, f"{projection.name}_{generation}")


def _drop(projection: Projection, generation: int) -> Composed:
    return SQL("DROP TABLE IF EXISTS {}").format(table_of(projection, generation))


def _definition(projection: Projection) -> str:
    return sha256(projection.columns.encode()).hexdigest()


def _number(cursor: Cursor[tuple[Any, ...]]) -> int:
    row = cursor.fetchone()
    assert row is not None  # an aggregate, or RETURNING of one row
    return int(row[0])
