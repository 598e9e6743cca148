"""The register of kiosks, as far as voters need it: where one stands that can take a vote. No key, no code, no health."""

from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.rows import tuple_row

from domain.kiosk import Kiosk
from projections.projection import HAPPENED, Projection, Step

_MERGE: Final[LiteralString] = (
    HAPPENED
    + """
MERGE INTO {table} AS kept USING (
    SELECT originator_id AS kiosk_id, min(position) AS invited, max(state ->> 'label') AS label, max(state ->> 'place') AS place,
        bool_or(topic = 'kiosk.enrolled.v1') AS enrolled, bool_or(topic = 'kiosk.revoked.v1') AS revoked
    FROM happened GROUP BY originator_id
) AS new ON kept.kiosk_id = new.kiosk_id
WHEN MATCHED THEN UPDATE SET enrolled = kept.enrolled OR new.enrolled, revoked = kept.revoked OR new.revoked
WHEN NOT MATCHED THEN INSERT (kiosk_id, invited, label, place, enrolled, revoked)
    VALUES (kiosk_id, invited, label, place, enrolled, revoked)
"""
)


def _apply(step: Step) -> None:
    step.execute(_MERGE, topics=[Kiosk.Created.TOPIC, Kiosk.Enrolled.TOPIC, Kiosk.Revoked.TOPIC])


KIOSKS: Final = Projection(
    "kiosks",
    """
    kiosk_id uuid PRIMARY KEY,
    invited bigint NOT NULL UNIQUE,
    label text NOT NULL,
    place text NOT NULL,
    enrolled boolean NOT NULL,
    revoked boolean NOT NULL
    """,
    _apply,
)


def voting_places(connection: Connection[Any], most: int) -> list[str]:
    """At most `most` places with a kiosk in service, each once, by name."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            'SELECT DISTINCT place COLLATE "C" AS place FROM dauys_read.kiosks WHERE enrolled AND NOT revoked ORDER BY 1 LIMIT %s',
            [most],
        ).fetchall()
    return [place for (place,) in rows]
