"""Files that acts name by SHA-256: texts put to the vote, minutes, evidence. Public once an act names them."""

from collections.abc import Iterable
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.rows import tuple_row

_STORED: Final[LiteralString] = "SELECT digest FROM dauys.documents WHERE digest = ANY(%s)"
# The document is looked up first: nobody makes the registers be searched for digests that are stored nowhere.
_MEDIA_TYPE: Final[LiteralString] = """
SELECT media_type FROM dauys.documents WHERE digest = %(digest)s AND (
    EXISTS (SELECT FROM dauys_read.proposals WHERE minutes_digest = %(digest)s)
    OR EXISTS (SELECT FROM dauys_read.implementations WHERE
        jsonb_path_exists(acts, '$[*].minutes_digest ? (@ == $digest)', jsonb_build_object('digest', %(digest)s::text)))
    OR EXISTS (SELECT FROM dauys_read.decisions WHERE text_digest = %(digest)s)
    OR EXISTS (SELECT FROM dauys_read.gatherings WHERE minutes_digest = %(digest)s
        OR jsonb_path_exists(items, '$[*].motion.text_digest ? (@ == $digest)', jsonb_build_object('digest', %(digest)s::text))
        OR jsonb_path_exists(call, '$.agenda[*].text_digest ? (@ == $digest)', jsonb_build_object('digest', %(digest)s::text)))
    OR EXISTS (SELECT FROM dauys_read.sittings WHERE minutes_digest = %(digest)s)
    OR EXISTS (SELECT FROM dauys_read.report_meetings WHERE minutes_digest = %(digest)s)
    OR EXISTS (SELECT FROM dauys_read.executions WHERE
        jsonb_path_exists(tasks, '$[*].done.evidence_digest ? (@ == $digest)', jsonb_build_object('digest', %(digest)s::text)))
    OR EXISTS (SELECT FROM dauys_read.dismissals WHERE
        jsonb_path_exists(evidence, '$[*].digest ? (@ == $digest)', jsonb_build_object('digest', %(digest)s::text))
        OR jsonb_path_exists(steps, '$[*].facts.* ? (@ == $digest)', jsonb_build_object('digest', %(digest)s::text)))
)
"""


def media_type(connection: Connection[Any], digest: str) -> str | None:
    """What kind of file it is, if it is stored and an act names it."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(_MEDIA_TYPE, {"digest": digest}).fetchone()
    return None if row is None else str(row[0])


def stored(connection: Connection[Any], digests: Iterable[str]) -> set[str]:
    """Which of these can be had."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return {digest for (digest,) in cursor.execute(_STORED, [list(digests)])}
