"""What a unit has published: gatherings' minutes, the Council's decisions, the maslikhat's decisions on initiatives."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.conclusion import Channel
from projections.self_government.whole import rows

_PUBLISHED = """
SELECT * FROM (
    SELECT 'gathering' AS kind, id, held_at AS of_day, '' AS number, call ->> 'place' AS title, publication
    FROM dauys_read.gatherings WHERE unit = %(unit)s AND publication IS NOT NULL
    UNION ALL
    SELECT 'decision', id, decided_on, number, title, publication
    FROM dauys_read.decisions WHERE unit = %(unit)s AND publication IS NOT NULL
    UNION ALL
    SELECT 'dismissal', id, raised_on, number::text, akim ->> 'name',
        jsonb_path_query_first(steps, '$[*] ? (@.step == "published")') || jsonb_build_object(
            'channels', jsonb_path_query_first(steps, '$[*] ? (@.step == "published").facts.channels'))
    FROM dauys_read.dismissals WHERE unit = %(unit)s AND state = 'published'
) AS published ORDER BY (publication -> 'position')::bigint DESC LIMIT %(most)s
"""


class PublishedKind(StrEnum):
    GATHERING = "gathering"
    DECISION = "decision"
    DISMISSAL = "dismissal"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where and when it was published, and when that was recorded."""

    channels: tuple[Channel, ...]
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Published:
    """`of_day`: of the gathering, of the decision, of the initiative. `title`: a gathering's place, an initiative's akim."""

    kind: PublishedKind
    id: UUID
    of_day: datetime
    number: str
    title: str
    publication: Recorded


def newest(connection: Connection[Any], unit: str, most: int) -> list[Published]:
    """At most `most`, the last recorded first."""
    return rows(connection, Published, _PUBLISHED, unit=unit, most=most)
