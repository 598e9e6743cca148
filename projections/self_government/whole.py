"""Rows made of whole histories: whatever a stretch of the log touched is folded anew from all its events up to the stretch's end.

So a row is a function of the log alone, however the log was split into steps. It costs reading a thing's earlier events again,
which are few: these are acts of people, not ballots.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, LiteralString, TypeVar

import msgspec
from eventsourcing.domain import Aggregate, AggregateEvent
from psycopg import Connection
from psycopg.rows import dict_row

from projections.projection import Step

Row = TypeVar("Row")

_TOUCHED: Final[LiteralString] = """
SELECT DISTINCT originator_id FROM dauys.events
WHERE topic <> 'ballot.cast.v1' AND topic = ANY(%(topics)s) AND notification_id > %(after)s AND notification_id <= %(until)s
"""
_FORGET: Final[LiteralString] = "DELETE FROM {table} WHERE id = ANY(%(touched)s)"

# The things are named, not joined, so that their events are read by the key however many ballots there are.
WHOLE: Final[LiteralString] = """
WITH told AS (
    SELECT originator_id AS id, originator_version AS version, notification_id AS position, split_part(topic, '.', 2) AS step,
        fact - 'timestamp' || jsonb_build_object('position', notification_id, 'at', fact -> 'timestamp') AS act
    FROM dauys.events, CAST(convert_from(state, 'UTF8') AS jsonb) AS fact
    WHERE originator_id = ANY(%(touched)s) AND notification_id <= %(until)s
), founded AS (SELECT id, position, act FROM told WHERE version = 1)
"""
"""`told`: every event of the things touched. `act`: its own members, with its log position and the time it was recorded `at`.

`founded`: the first event of each.
"""
STEPS: Final[LiteralString] = """
SELECT id, min(position) AS opened, max(position) AS changed, (array_agg(act ORDER BY position))[1] AS founding,
    (array_agg(%(states)s ->> step ORDER BY position DESC) FILTER (WHERE %(states)s ? step))[1] AS state
"""
"""The beginning of a query over `told`, grouped by `id`, that folds one thing into one row."""


def folding(insert: LiteralString, *aggregates: type[Aggregate], **parameters: Any) -> Callable[[Step], None]:
    """What applies a step: the statement `insert`, which begins with WHOLE, for all events of these aggregates."""
    topics = [topic for aggregate in aggregates for topic in _topics_of(aggregate)]

    def apply(step: Step) -> None:
        touched = [thing for (thing,) in step.execute(_TOUCHED, topics=topics).fetchall()]
        if touched:
            step.execute(_FORGET, touched=touched)
            step.execute(insert, touched=touched, **parameters)

    return apply


def rows(connection: Connection[Any], kind: type[Row], query: LiteralString, /, **facts: Any) -> list[Row]:
    """What `query` finds, read as the data class `kind`."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [msgspec.convert(row, kind) for row in cursor.execute(query, facts)]


def _topics_of(aggregate: type[Aggregate]) -> Iterable[str]:
    """Of every event the class declares, so that none is forgotten when one is added."""
    for declared in vars(aggregate).values():
        topic = getattr(declared, "TOPIC", None)
        if isinstance(declared, type) and issubclass(declared, AggregateEvent) and topic:
            yield topic
