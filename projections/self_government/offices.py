"""The register of offices: who has held one, for which term: akims, secretaries, experts, auditors, Council members and chairs.

A row is one person's time in one office. Whatever ended it early, a leaving or the Council's dissolution, is `left_on`, the
earliest of them; it covers a moment when `term_from` ≤ moment < `left_on`, or `term_until` where nobody left.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from domain.self_government.council import Council
from domain.self_government.office import Office, Official
from projections.projection import Projection
from projections.self_government.whole import WHOLE, folding, rows

_FOLD = (
    WHOLE
    + """
, numbered AS (
    SELECT *, count(*) FILTER (WHERE step IN ('taken', 'chair_elected')) OVER (PARTITION BY id ORDER BY position) AS number
    FROM told
), seated AS (
    SELECT id, position, place, member, act
    FROM told, jsonb_array_elements(act -> 'members') WITH ORDINALITY AS one (member, place)
    WHERE step IN ('formed', 'members_elected')
), terms AS (
    SELECT begun.id, begun.position * 100 AS entry, founded.act ->> 'kind' AS kind, (founded.act -> 'seat')::integer AS seat,
        '' AS locality, begun.act -> 'holder' AS holder, begun.act ->> 'term_from' AS term_from,
        begun.act ->> 'term_until' AS term_until, begun.act ->> 'basis' AS basis, (
            SELECT ended.act FROM numbered AS ended
            WHERE ended.id = begun.id AND ended.number = begun.number AND ended.step = 'left'
        ) AS gone
    FROM numbered AS begun JOIN founded USING (id) WHERE begun.step = 'taken'
    UNION ALL
    SELECT seated.id, seated.position * 100 + place, 'council_member', 0, member ->> 'locality', member -> 'official',
        coalesce(seated.act ->> 'since', seated.act ->> 'term_from'), founded.act ->> 'term_until',
        'gathering:' || (seated.act ->> 'gathering_id') || '/' || (seated.act ->> 'resolution'), (
            SELECT away.act FROM told AS away
            WHERE away.id = seated.id AND away.step = 'member_left' AND away.position > seated.position
                AND away.act ->> 'member' = member -> 'official' ->> 'id'
            ORDER BY away.position LIMIT 1
        )
    FROM seated JOIN founded USING (id)
    UNION ALL
    SELECT chair.id, chair.position * 100, 'council_chair', 0, '', (
            SELECT member -> 'official' FROM seated
            WHERE seated.id = chair.id AND seated.position < chair.position
                AND member -> 'official' ->> 'id' = chair.act ->> 'chair'
            ORDER BY seated.position DESC LIMIT 1
        ), chair.act ->> 'term_from', chair.act ->> 'term_until', 'sitting:' || (chair.act ->> 'sitting_id'), (
            SELECT away.act FROM numbered AS away
            WHERE away.id = chair.id AND away.number = chair.number AND away.position > chair.position
                AND (away.step = 'chair_left' OR away.step = 'member_left' AND away.act ->> 'member' = chair.act ->> 'chair')
                AND (away.act ->> 'on')::timestamptz >= (chair.act ->> 'term_from')::timestamptz
                AND (away.act ->> 'on')::timestamptz < (chair.act ->> 'term_until')::timestamptz
            ORDER BY (away.act ->> 'on')::timestamptz, away.position LIMIT 1
        )
    FROM numbered AS chair WHERE chair.step = 'chair_elected'
), endings AS (
    SELECT *, (gone ->> 'on')::timestamptz AS gone_on, (
        SELECT (act ->> 'on')::timestamptz FROM told
        WHERE told.id = terms.id AND step = 'dissolved' AND (act ->> 'on')::timestamptz < terms.term_until::timestamptz
    ) AS dissolved_on
    FROM terms
)
INSERT INTO {table} (id, entry, unit, kind, seat, locality, holder, term_from, term_until, left_on, reason, basis)
SELECT id, entry, founded.act ->> 'unit', kind, seat, locality, holder, term_from::timestamptz, term_until::timestamptz,
    least(gone_on, dissolved_on),
    CASE WHEN least(gone_on, dissolved_on) = dissolved_on THEN 'dissolved' ELSE coalesce(gone ->> 'reason', '') END, basis
FROM endings JOIN founded USING (id)
"""
)

OFFICES: Final = Projection(
    "offices",
    """
    id uuid NOT NULL,
    entry bigint PRIMARY KEY,
    unit text NOT NULL,
    kind text NOT NULL,
    seat integer NOT NULL,
    locality text NOT NULL,
    holder jsonb NOT NULL,
    term_from timestamptz NOT NULL,
    term_until timestamptz NOT NULL,
    left_on timestamptz,
    reason text NOT NULL,
    basis text NOT NULL,
    UNIQUE (id, entry)
    """,
    folding(_FOLD, Office, Council),
)
_COVERS: Final = """
    AND (%(at)s::timestamptz IS NULL OR term_from <= %(at)s AND %(at)s < coalesce(left_on, term_until))
"""


class PublicOffice(StrEnum):
    """What a person can be in the register: the offices of a unit, and those of its Council."""

    AKIM = "akim"
    MASLIKHAT_SECRETARY = "maslikhat_secretary"
    EXPERT = "expert"
    AUDITOR = "auditor"
    COUNCIL_MEMBER = "council_member"
    COUNCIL_CHAIR = "council_chair"


@dataclass(frozen=True, slots=True)
class TermOfOffice:
    """`id`: the office's, or the Council's. `entry` numbers the terms: 100 × the log position of the event that began it, and its
    place in that event. `locality`: of a Council's member. `reason`: why it ended early; `basis`: what began it.
    """

    id: UUID
    entry: int
    unit: str
    kind: PublicOffice
    seat: int
    locality: str
    holder: Official
    term_from: datetime
    term_until: datetime
    left_on: datetime | None
    reason: str
    basis: str


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    kind: PublicOffice | None = None,
    at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[TermOfOffice]:
    """At most `most` terms, the newest first; `at`: only those that cover that moment."""
    return rows(
        connection,
        TermOfOffice,
        "SELECT * FROM dauys_read.offices WHERE entry < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit) AND kind = coalesce(%(kind)s, kind)"
        + _COVERS
        + " ORDER BY entry DESC LIMIT %(most)s",
        unit=unit,
        kind=kind,
        at=at,
        before=before,
        most=most,
    )


def of_council(connection: Connection[Any], council_id: UUID, at: datetime | None) -> list[TermOfOffice]:
    """A Council's members and chairs in the order of their election: all there were, or those of that moment."""
    return rows(
        connection,
        TermOfOffice,
        "SELECT * FROM dauys_read.offices WHERE id = %(id)s" + _COVERS + " ORDER BY entry",
        id=council_id,
        at=at,
    )
