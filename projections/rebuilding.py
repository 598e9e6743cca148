"""Filling a projection anew from position 0 while the old one serves, then swapping the two in one transaction.

Killed midway, it leaves the old one serving and a table nobody reads, which the next rebuild drops.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, LiteralString

from psycopg import Connection, Cursor
from psycopg.rows import tuple_row

from domain.errors import Refused
from projections.following import advance, create_generation, drop_generations, serve
from projections.projection import Projection

_LOCK_CLASS: Final = 0x64617579  # "dauy"
_LOCK: Final[LiteralString] = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
_UNLOCK: Final[LiteralString] = "SELECT pg_advisory_unlock(%s, hashtext(%s))"
_POSITION: Final[LiteralString] = """
SELECT position FROM dauys_read.generations WHERE projection = %s AND generation = %s FOR UPDATE
"""
_SERVING: Final[LiteralString] = """
SELECT generation FROM dauys_read.generations WHERE projection = %s AND serving FOR UPDATE
"""

Progress = Callable[[int], object]
"""Gets the number of events applied since the last call."""


class RebuildRunning(Refused):
    """Another process is rebuilding this `projection`."""

    code: ClassVar[str] = "rebuild_running"


def rebuild(
    connection: Connection[Any],
    projection: Projection,
    most_events: int,
    progress: Progress = lambda _: None,
) -> None:
    """Rebuild in steps of at most `most_events`. The connection is in autocommit; RebuildRunning if another process is at it."""
    with _alone(connection, projection):
        with _transaction(connection) as cursor:
            drop_generations(cursor, projection, but=_serving(cursor, projection))
            generation = create_generation(cursor, projection)
        taken = most_events
        while taken == most_events:
            with _transaction(connection) as cursor:
                position = _position(cursor, projection, generation)
                taken = advance(cursor, projection, generation, position, most_events)
            progress(taken)
        with _transaction(connection) as cursor:
            _serving(cursor, projection)  # from here on no worker takes a step, so none can be ahead of us
            position = _position(cursor, projection, generation)
            progress(advance(cursor, projection, generation, position, None))
            serve(cursor, projection, generation)


@contextmanager
def _alone(connection: Connection[Any], projection: Projection) -> Iterator[None]:
    key = (_LOCK_CLASS, projection.name)
    with connection.cursor(row_factory=tuple_row) as cursor:
        if cursor.execute(_LOCK, key).fetchone() != (True,):
            raise RebuildRunning(projection=projection.name)
        try:
            yield
        finally:
            if not connection.broken:
                cursor.execute(_UNLOCK, key)


@contextmanager
def _transaction(connection: Connection[Any]) -> Iterator[Cursor[tuple[Any, ...]]]:
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        yield cursor


def _position(cursor: Cursor[tuple[Any, ...]], projection: Projection, generation: int) -> int:
    row = cursor.execute(_POSITION, (projection.name, generation)).fetchone()
    assert row is not None  # made by this rebuild, which is alone
    return int(row[0])


def _serving(cursor: Cursor[tuple[Any, ...]], projection: Projection) -> int:
    row = cursor.execute(_SERVING, (projection.name,)).fetchone()
    assert row is not None  # there since `prepare`
    return int(row[0])
