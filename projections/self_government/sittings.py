"""The register of sittings: how each was summoned, who was present, who came and went, and its minutes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from domain.self_government.call import Notice
from domain.self_government.rules import Threshold
from domain.self_government.sitting import Sitting, SittingState, Summons
from projections.projection import Projection
from projections.self_government.whole import STEPS, WHOLE, folding, rows

_STATES: Final = {
    "convened": SittingState.CONVENED,
    "opened": SittingState.OPENED,
    "closed": SittingState.CLOSED,
    "called_off": SittingState.CALLED_OFF,
}
_FOLD = (
    WHOLE
    + ", folded AS ("
    + STEPS
    + """,
    (array_agg(act) FILTER (WHERE step = 'opened'))[1] AS opening,
    coalesce(jsonb_agg(act || jsonb_build_object('step', step) ORDER BY position)
        FILTER (WHERE step IN ('member_arrived', 'member_left')), '[]') AS movements,
    max(act ->> 'minutes_digest') AS minutes_digest, max(act ->> 'reason') AS reason,
    max((act ->> 'at')::timestamptz) AS changed_at
FROM told GROUP BY id)
INSERT INTO {table} (id, opened, changed, changed_at, unit, council_id, number, state, held_at, summons, notice, opening, movements,
    minutes_digest, reason)
SELECT id, opened, changed, changed_at, founding ->> 'unit', (founding ->> 'council_id')::uuid, founding ->> 'number', state,
    (founding -> 'summons' ->> 'held_at')::timestamptz, founding -> 'summons', founding -> 'notice', opening, movements,
    minutes_digest, reason
FROM folded
"""
)

SITTINGS: Final = Projection(
    "sittings",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    unit text NOT NULL,
    council_id uuid NOT NULL,
    number text NOT NULL,
    state text NOT NULL,
    held_at timestamptz NOT NULL,
    summons jsonb NOT NULL,
    notice jsonb NOT NULL,
    opening jsonb,
    movements jsonb NOT NULL,
    minutes_digest text,
    reason text
    """,
    folding(_FOLD, Sitting, states=Jsonb(_STATES)),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """`present` (ids of members) of `seats`; `needed` were the quorum. `chair` is empty when the chair was away."""

    present: tuple[str, ...]
    seats: int
    quorum: Threshold
    needed: int
    chair: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Movement:
    step: Literal["member_arrived", "member_left"]
    member: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredSitting:
    """`changed_at`: when its newest event was recorded. `reason`: why it was called off, if it was."""

    id: UUID
    opened: int
    changed: int
    changed_at: datetime
    unit: str
    council_id: UUID
    number: str
    state: SittingState
    held_at: datetime
    summons: Summons
    notice: Notice
    opening: Opening | None
    movements: tuple[Movement, ...]
    minutes_digest: str | None
    reason: str | None


def find(connection: Connection[Any], sitting_id: UUID) -> RegisteredSitting | None:
    query = "SELECT * FROM dauys_read.sittings WHERE id = %(id)s"
    return next(iter(rows(connection, RegisteredSitting, query, id=sitting_id)), None)


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    council: UUID | None = None,
    state: SittingState | None = None,
    at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredSitting]:
    """At most `most` sittings, the newest first; `at`: only those whose day had come by that moment."""
    return rows(
        connection,
        RegisteredSitting,
        "SELECT * FROM dauys_read.sittings WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit) AND council_id = coalesce(%(council)s, council_id)"
        " AND state = coalesce(%(state)s, state) AND held_at <= coalesce(%(at)s::timestamptz, 'infinity')"
        " ORDER BY opened DESC LIMIT %(most)s",
        unit=unit,
        council=council,
        state=state,
        at=at,
        before=before,
        most=most,
    )
