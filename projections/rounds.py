"""The register of rounds: each with its terms, its phase, and every step it took, by position and time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from domain.roll import Roll
from domain.round import Phase, Round
from domain.terms import Terms
from projections.projection import HAPPENED, Projection, Step

_PHASES: Final = {
    Round.Created.TOPIC: Phase.DRAFTED,
    Round.IntakeOpened.TOPIC: Phase.INTAKE,
    Round.ReviewStarted.TOPIC: Phase.REVIEW,
    Round.VotingOpened.TOPIC: Phase.VOTING,
    Round.VotingClosed.TOPIC: Phase.CLOSED,
    Round.Concluded.TOPIC: Phase.CONCLUDED,
    Round.Published.TOPIC: Phase.PUBLISHED,
    Round.ImplementationStarted.TOPIC: Phase.IMPLEMENTING,
    Round.Completed.TOPIC: Phase.COMPLETED,
    Round.Cancelled.TOPIC: Phase.CANCELLED,
}
_TOPICS: Final = [*_PHASES, Round.TermsChanged.TOPIC, Round.LotDrawn.TOPIC]

_MERGE: Final[LiteralString] = (
    HAPPENED
    + """
MERGE INTO {table} AS kept USING (
    SELECT originator_id AS round_id, min(position) AS drafted, max(position) AS changed,
        (array_agg(%(phases)s ->> topic ORDER BY position DESC) FILTER (WHERE %(phases)s ? topic))[1] AS phase,
        (array_agg(state -> 'terms' ORDER BY position DESC) FILTER (WHERE state ? 'terms'))[1] AS terms,
        max(state ->> 'seed') AS lot_seed, max(state ->> 'paper_digest') AS paper_digest,
        jsonb_agg(jsonb_build_object(
            'step', split_part(topic, '.', 2), 'position', position, 'at', state -> 'timestamp',
            'reason', coalesce(state ->> 'reason', state ->> 'early_reason', '')
        ) ORDER BY position) AS steps
    FROM happened GROUP BY originator_id
) AS new ON kept.round_id = new.round_id
WHEN MATCHED THEN UPDATE SET changed = new.changed, phase = coalesce(new.phase, kept.phase),
    terms = coalesce(new.terms, kept.terms), lot_seed = coalesce(new.lot_seed, kept.lot_seed),
    paper_digest = coalesce(new.paper_digest, kept.paper_digest), steps = kept.steps || new.steps
WHEN NOT MATCHED THEN INSERT (round_id, drafted, changed, phase, terms, lot_seed, paper_digest, steps)
    VALUES (round_id, drafted, changed, phase, terms, lot_seed, paper_digest, steps)
"""
)
_SEAL: Final[LiteralString] = (
    HAPPENED
    + """
UPDATE {table} SET roll_id = originator_id, people = state -> 'people', changed = greatest(changed, position)
FROM happened WHERE round_id = (state ->> 'round_id')::uuid
"""
)
_REGISTER: Final[LiteralString] = (
    HAPPENED
    + """
UPDATE {table} SET credentials = state -> 'credentials', changed = greatest(changed, position)
FROM happened WHERE roll_id = originator_id
"""
)


def _apply(step: Step) -> None:
    step.execute(_MERGE, topics=_TOPICS, phases=Jsonb(_PHASES))
    step.execute(_SEAL, topics=[Roll.Created.TOPIC])
    step.execute(_REGISTER, topics=[Roll.CredentialsRegistered.TOPIC])


ROUNDS: Final = Projection(
    "rounds",
    """
    round_id uuid PRIMARY KEY,
    drafted bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    phase text NOT NULL,
    terms jsonb NOT NULL,
    lot_seed text,
    paper_digest text,
    steps jsonb NOT NULL,
    roll_id uuid,
    people jsonb NOT NULL DEFAULT '{}',
    credentials jsonb NOT NULL DEFAULT '{}'
    """,
    _apply,
)


@dataclass(frozen=True, slots=True)
class Happened:
    """A step of a round: the event's name, its position in the log, when, and the reason where one was given."""

    step: str
    position: int
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RegisteredRound:
    """A round as the log tells it. `drafted`, `changed`: its first and newest event; `people`, `credentials`: how many by unit."""

    round_id: UUID
    drafted: int
    changed: int
    phase: Phase
    terms: Terms
    lot_seed: str | None
    paper_digest: str | None
    steps: tuple[Happened, ...]
    people: dict[str, int]
    credentials: dict[str, int]

    def step(self, topic: str) -> Happened | None:
        """The newest step with this topic."""
        name = topic.split(".")[1]
        return next((step for step in reversed(self.steps) if step.step == name), None)


def find(connection: Connection[Any], round_id: UUID) -> RegisteredRound | None:
    rows = _rows(connection, "SELECT * FROM dauys_read.rounds WHERE round_id = %s", round_id)
    return rows[0] if rows else None


def page(
    connection: Connection[Any], before: int | None, most: int, unit: str | None = None
) -> list[RegisteredRound]:
    """At most `most` rounds drafted before a position, the newest first; of all, or those with money of one unit (KATO)."""
    return _rows(
        connection,
        "SELECT * FROM dauys_read.rounds WHERE drafted < coalesce(%s, 9223372036854775807)"
        " AND (%s::text IS NULL OR terms -> 'units' @> jsonb_build_array(jsonb_build_object('kato', %s::text)))"
        " ORDER BY drafted DESC LIMIT %s",
        before,
        unit,
        unit,
        most,
    )


def _rows(connection: Connection[Any], query: LiteralString, *parameters: Any) -> list[RegisteredRound]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return msgspec.convert(cursor.execute(query, parameters).fetchall(), list[RegisteredRound])
