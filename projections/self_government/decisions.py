"""The register of the Council's decisions: what each rests on, its roll-call by name, its publication, and from when until when
it is in force.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from domain.conclusion import Channel
from domain.self_government.decision import CouncilDecision, DecisionState
from domain.self_government.rollcall import Count, MemberVote, Vote
from domain.self_government.substance import DecisionKind, Substance
from projections.projection import Projection
from projections.self_government.whole import STEPS, WHOLE, folding, rows

_STATES: Final = {
    "proposed": DecisionState.PROPOSED,
    "vote_closed": DecisionState.ADOPTED,
    "signed": DecisionState.SIGNED,
    "published": DecisionState.PUBLISHED,
}
_FOLD = (
    WHOLE
    + ", folded AS ("
    + STEPS
    + """,
    coalesce(jsonb_agg(act ORDER BY position) FILTER (WHERE step = 'vote_cast'), '[]') AS ballots,
    coalesce(jsonb_agg(act ORDER BY position) FILTER (WHERE step = 'recused'), '[]') AS recusals,
    (array_agg(act) FILTER (WHERE step = 'vote_closed'))[1] AS roll_call,
    (array_agg(act) FILTER (WHERE step = 'signed'))[1] AS signature,
    (array_agg(act) FILTER (WHERE step = 'published'))[1] AS publication,
    (array_agg(act) FILTER (WHERE step = 'repealed'))[1] AS repeal,
    coalesce(jsonb_agg(act ORDER BY position) FILTER (WHERE step = 'amended'), '[]') AS amendments
FROM told GROUP BY id)
INSERT INTO {table} (id, opened, changed, unit, council_id, sitting_id, point, number, kind, state, title, text_digest, legal_basis,
    substance, repeals, amends, effective_from, ballots, recusals, roll_call, signature, publication, repeal, amendments,
    decided_on, in_force_from, in_force_until)
SELECT id, opened, changed, founding ->> 'unit', (founding ->> 'council_id')::uuid, (founding ->> 'sitting_id')::uuid,
    founding ->> 'point', founding ->> 'number', founding ->> 'kind',
    CASE WHEN NOT (roll_call -> 'count' -> 'adopted')::boolean THEN 'rejected' ELSE state END,
    founding ->> 'title', founding ->> 'text_digest', founding ->> 'legal_basis', founding -> 'substance',
    founding -> 'repeals', founding -> 'amends', (founding ->> 'effective_from')::timestamptz,
    ballots, recusals, roll_call, signature, publication, repeal, amendments,
    (roll_call ->> 'on')::timestamptz, (publication ->> 'in_force_from')::timestamptz, (repeal ->> 'repealed_from')::timestamptz
FROM folded
"""
)

DECISIONS: Final = Projection(
    "decisions",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    unit text NOT NULL,
    council_id uuid NOT NULL,
    sitting_id uuid NOT NULL,
    point text NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    title text NOT NULL,
    text_digest text NOT NULL,
    legal_basis text NOT NULL,
    substance jsonb NOT NULL,
    repeals jsonb NOT NULL,
    amends jsonb NOT NULL,
    effective_from timestamptz NOT NULL,
    ballots jsonb NOT NULL,
    recusals jsonb NOT NULL,
    roll_call jsonb,
    signature jsonb,
    publication jsonb,
    repeal jsonb,
    amendments jsonb NOT NULL,
    decided_on timestamptz,
    in_force_from timestamptz,
    in_force_until timestamptz
    """,
    folding(_FOLD, CouncilDecision, states=Jsonb(_STATES)),
)


@dataclass(frozen=True, slots=True)
class CastVote:
    """A vote as it was given; a later one of the same member took its place."""

    member: str
    vote: Vote
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Recusal:
    """`interest`: the number of the member's declaration in the Council."""

    member: str
    interest: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RollCall:
    """The votes that counted, by name, and what they came to; `on`: the day of the sitting."""

    votes: tuple[MemberVote, ...]
    count: Count
    on: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Signature:
    signer: str
    on: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Publication:
    """Where it was published, and from when it is in force; recorded `at`."""

    channels: tuple[Channel, ...]
    in_force_from: datetime
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Repeal:
    repealing: UUID
    repealed_from: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Amendment:
    amending: UUID
    amended_from: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredDecision:
    """In force for `in_force_from` ≤ moment < `in_force_until`; null: not published yet, or not repealed. `decided_on`: when the
    vote was closed, adopted or not.
    """

    id: UUID
    opened: int
    changed: int
    unit: str
    council_id: UUID
    sitting_id: UUID
    point: str
    number: str
    kind: DecisionKind
    state: DecisionState
    title: str
    text_digest: str
    legal_basis: str
    substance: Substance
    repeals: tuple[UUID, ...]
    amends: tuple[UUID, ...]
    effective_from: datetime
    ballots: tuple[CastVote, ...]
    recusals: tuple[Recusal, ...]
    roll_call: RollCall | None
    signature: Signature | None
    publication: Publication | None
    repeal: Repeal | None
    amendments: tuple[Amendment, ...]
    decided_on: datetime | None
    in_force_from: datetime | None
    in_force_until: datetime | None

    @property
    def related(self) -> tuple[UUID, ...]:
        """Decisions that it repeals or amends, and those that repeal or amend it."""
        repealing = (self.repeal.repealing,) if self.repeal else ()
        return (*self.repeals, *self.amends, *repealing, *(each.amending for each in self.amendments))


def find(connection: Connection[Any], decision_id: UUID) -> RegisteredDecision | None:
    query = "SELECT * FROM dauys_read.decisions WHERE id = %(id)s"
    return next(iter(rows(connection, RegisteredDecision, query, id=decision_id)), None)


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    council: UUID | None = None,
    sitting: UUID | None = None,
    kind: DecisionKind | None = None,
    state: DecisionState | None = None,
    decided_by: datetime | None = None,
    in_force_at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredDecision]:
    """At most `most` decisions, the newest first; only those decided by one moment, or in force at another."""
    return rows(
        connection,
        RegisteredDecision,
        "SELECT * FROM dauys_read.decisions WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit) AND council_id = coalesce(%(council)s, council_id)"
        " AND sitting_id = coalesce(%(sitting)s, sitting_id) AND kind = coalesce(%(kind)s, kind)"
        " AND state = coalesce(%(state)s, state)"
        " AND (%(decided_by)s::timestamptz IS NULL OR decided_on <= %(decided_by)s)"
        " AND (%(in_force_at)s::timestamptz IS NULL"
        " OR in_force_from <= %(in_force_at)s AND %(in_force_at)s < coalesce(in_force_until, 'infinity'))"
        " ORDER BY opened DESC LIMIT %(most)s",
        unit=unit,
        council=council,
        sitting=sitting,
        kind=kind,
        state=state,
        decided_by=decided_by,
        in_force_at=in_force_at,
        before=before,
        most=most,
    )
