"""The register of Councils: each convocation with its seats, its term and its end. Who sits in it: the register of offices."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from domain.self_government.council import Council
from domain.self_government.rules import SeatBand
from domain.self_government.seating import LocalitySeats
from domain.self_government.unit import Population
from projections.projection import Projection
from projections.self_government.whole import WHOLE, folding, rows

_FOLD = (
    WHOLE
    + """
INSERT INTO {table} (id, opened, changed, unit, number, gathering_id, resolution, elected_on, population, band, seats, term_from,
    term_until, ends, interests, dissolution)
SELECT told.id, founded.position, max(told.position), founded.act ->> 'unit', (founded.act -> 'number')::integer,
    (founded.act ->> 'gathering_id')::uuid, founded.act ->> 'resolution', (founded.act ->> 'elected_on')::timestamptz,
    founded.act -> 'population', founded.act -> 'band', founded.act -> 'seats', (founded.act ->> 'term_from')::timestamptz,
    (founded.act ->> 'term_until')::timestamptz,
    coalesce(min((told.act ->> 'on')::timestamptz) FILTER (WHERE step = 'dissolved'), (founded.act ->> 'term_until')::timestamptz),
    coalesce(jsonb_agg(told.act ORDER BY told.position) FILTER (WHERE step = 'interest_declared'), '[]'),
    (array_agg(told.act) FILTER (WHERE step = 'dissolved'))[1]
FROM told JOIN founded USING (id) GROUP BY told.id, founded.position, founded.act
"""
)

COUNCILS: Final = Projection(
    "councils",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    unit text NOT NULL,
    number integer NOT NULL,
    gathering_id uuid NOT NULL,
    resolution text NOT NULL,
    elected_on timestamptz NOT NULL,
    population jsonb NOT NULL,
    band jsonb NOT NULL,
    seats jsonb NOT NULL,
    term_from timestamptz NOT NULL,
    term_until timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    interests jsonb NOT NULL,
    dissolution jsonb
    """,
    folding(_FOLD, Council),
)


@dataclass(frozen=True, slots=True)
class Interest:
    """A member's own declaration of a conflict of interest."""

    key: str
    member: str
    matter: str
    on: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Dissolution:
    """The gathering's `resolution` that ended the Council."""

    gathering_id: UUID
    resolution: str
    on: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredCouncil:
    """`population` and `band` are what the number of seats was held against; in office for `term_from` ≤ moment < `ends`."""

    id: UUID
    opened: int
    changed: int
    unit: str
    number: int
    gathering_id: UUID
    resolution: str
    elected_on: datetime
    population: Population
    band: SeatBand
    seats: tuple[LocalitySeats, ...]
    term_from: datetime
    term_until: datetime
    ends: datetime
    interests: tuple[Interest, ...]
    dissolution: Dissolution | None


def find(connection: Connection[Any], council_id: UUID) -> RegisteredCouncil | None:
    query = "SELECT * FROM dauys_read.councils WHERE id = %(id)s"
    return next(iter(rows(connection, RegisteredCouncil, query, id=council_id)), None)


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredCouncil]:
    """At most `most` Councils, the newest first; `at`: only those in office at that moment."""
    return rows(
        connection,
        RegisteredCouncil,
        "SELECT * FROM dauys_read.councils WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit)"
        " AND (%(at)s::timestamptz IS NULL OR term_from <= %(at)s AND %(at)s < ends) ORDER BY opened DESC LIMIT %(most)s",
        unit=unit,
        at=at,
        before=before,
        most=most,
    )
