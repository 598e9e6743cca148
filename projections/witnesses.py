"""Which witnesses have seen a checkpoint: cosigned it, or a later one, which a witness does only if that one extends it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.rows import tuple_row

# One index probe per witness, however many cosignatures there are.
_SEEN: Final[LiteralString] = """
WITH RECURSIVE known AS (
    (SELECT witness, key_id FROM dauys.cosignatures ORDER BY witness, key_id LIMIT 1)
    UNION ALL
    SELECT another.* FROM known CROSS JOIN LATERAL (
        SELECT witness, key_id FROM dauys.cosignatures AS given
        WHERE (given.witness, given.key_id) > (known.witness, known.key_id) ORDER BY witness, key_id LIMIT 1
    ) AS another
)
SELECT witness, size, timestamp FROM known CROSS JOIN LATERAL (
    SELECT size, timestamp FROM dauys.cosignatures AS given
    WHERE given.witness = known.witness AND given.key_id = known.key_id AND size >= %s ORDER BY size LIMIT 1
) AS first ORDER BY witness, size
"""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """`witness` has cosigned the log at `size`, its first one from the checkpoint in question on, at `at` by its own clock."""

    witness: str
    size: int
    at: datetime


def seen_by(connection: Connection[Any], size: int) -> tuple[Witnessed, ...]:
    """Who has seen the checkpoint of this size, by name."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(_SEEN, [size]).fetchall()
    return tuple(
        Witnessed(witness, at_size, datetime.fromtimestamp(at, UTC)) for witness, at_size, at in rows
    )
