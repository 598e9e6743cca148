"""Photos that events in the log name: those are everybody's to see, and no others are read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

_SHOWN: Final[LiteralString] = (
    "SELECT DISTINCT digest, width, height FROM dauys.photos WHERE named AND digest = ANY(%s)"
)
# The first that is there: one that had to be taken out of the database leaves its place to the next.
_OF_PAPER: Final[LiteralString] = """
SELECT DISTINCT ON (project) project, photos.digest, octet_length(small) AS bytes
FROM dauys_read.proposals, jsonb_array_elements_text(sketch -> 'attachments') WITH ORDINALITY AS attached (digest, place)
JOIN dauys.photos AS photos ON photos.digest = attached.digest AND named
WHERE round_id = %s AND project IS NOT NULL ORDER BY project, place
"""


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """`digest`: SHA-256 of the large image in hex; `width` and `height` are its pixels."""

    digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ProjectPhoto:
    """The first photo of a project on the paper; `bytes` of its small image."""

    project: str
    digest: str
    bytes: int


def shown(connection: Connection[Any], digests: Sequence[str]) -> list[ShownPhoto]:
    """Those of them that the public may see, in the order asked."""
    with connection.cursor(row_factory=class_row(ShownPhoto)) as cursor:
        found = {each.digest: each for each in cursor.execute(_SHOWN, [[*digests]])}
    return [found[digest] for digest in digests if digest in found]


def of_paper(connection: Connection[Any], round_id: UUID) -> list[ProjectPhoto]:
    """At most one for each project of a round's paper, by the project's number."""
    with connection.cursor(row_factory=class_row(ProjectPhoto)) as cursor:
        return cursor.execute(_OF_PAPER, [round_id]).fetchall()
