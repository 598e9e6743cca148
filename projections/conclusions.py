"""The register of conclusions: every version of every round's, its document, what it replaces and where it was published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from domain.conclusion import Channel, Conclusion, ConclusionState
from projections.projection import HAPPENED, Projection, Step

_STATES: Final = {
    Conclusion.Created.TOPIC: ConclusionState.DRAFTED,
    Conclusion.Redrafted.TOPIC: ConclusionState.DRAFTED,
    Conclusion.CorrectionDrafted.TOPIC: ConclusionState.DRAFTED,
    Conclusion.DraftRejected.TOPIC: ConclusionState.REJECTED,
    Conclusion.Approved.TOPIC: ConclusionState.APPROVED,
    Conclusion.Published.TOPIC: ConclusionState.PUBLISHED,
}

# Only the first event names the round, only corrections their number: the others belong to the number before them, which
# may have been reached in an earlier step. A draft's rejection has a reason too, which is not the correction's.
_MERGE: Final[LiteralString] = (
    HAPPENED
    + """
, known AS (
    SELECT conclusion_id, max(number) AS number, min(round_id::text) AS round_id FROM {table} GROUP BY conclusion_id
), numbered AS (
    SELECT originator_id AS conclusion_id, position, topic, state,
        coalesce(max(state ->> 'round_id') OVER (PARTITION BY originator_id), known.round_id)::uuid AS round_id,
        coalesce(max((state -> 'number')::integer) OVER (PARTITION BY originator_id ORDER BY position), known.number, 1)
            AS number
    FROM happened LEFT JOIN known ON conclusion_id = originator_id
)
MERGE INTO {table} AS kept USING (
    SELECT conclusion_id, number, round_id, max(position) AS changed,
        (array_agg(%(states)s ->> topic ORDER BY position DESC))[1] AS state,
        (array_agg(state -> 'finding' ORDER BY position DESC) FILTER (WHERE state ? 'finding'))[1] AS finding,
        max(state ->> 'replaces') AS replaces, max(state ->> 'reason') FILTER (WHERE state ? 'replaces') AS reason,
        (array_agg(state -> 'channels') FILTER (WHERE state ? 'channels'))[1] AS channels,
        max(state ->> 'timestamp') FILTER (WHERE state ? 'channels') AS published_at
    FROM numbered GROUP BY conclusion_id, number, round_id
) AS new ON kept.conclusion_id = new.conclusion_id AND kept.number = new.number
WHEN MATCHED THEN UPDATE SET changed = new.changed, state = new.state,
    document_digest = coalesce(new.finding ->> 'document_digest', kept.document_digest),
    checkpoint_size = coalesce((new.finding -> 'checkpoint_size')::bigint, kept.checkpoint_size),
    channels = coalesce(new.channels, kept.channels),
    published_at = coalesce(new.published_at::timestamptz, kept.published_at)
WHEN NOT MATCHED THEN INSERT (conclusion_id, number, round_id, changed, state, document_digest, checkpoint_size, replaces,
        reason, channels, published_at)
    VALUES (conclusion_id, number, round_id, changed, state, finding ->> 'document_digest',
        (finding -> 'checkpoint_size')::bigint, coalesce(replaces, ''), coalesce(reason, ''),
        coalesce(channels, '[]'), published_at::timestamptz)
"""
)


def _apply(step: Step) -> None:
    step.execute(_MERGE, topics=[*_STATES], states=Jsonb(_STATES))


CONCLUSIONS: Final = Projection(
    "conclusions",
    """
    conclusion_id uuid,
    number integer,
    round_id uuid NOT NULL,
    changed bigint NOT NULL,
    state text NOT NULL,
    document_digest text NOT NULL,
    checkpoint_size bigint NOT NULL,
    replaces text NOT NULL,
    reason text NOT NULL,
    channels jsonb NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (conclusion_id, number),
    UNIQUE (round_id, number)
    """,
    _apply,
)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a conclusion. `replaces`: SHA-256 of the document it corrects, for `reason`; `changed`: its newest event."""

    number: int
    state: ConclusionState
    document_digest: str
    checkpoint_size: int
    replaces: str
    reason: str
    channels: tuple[Channel, ...]
    published_at: datetime | None
    changed: int


def approved_versions(connection: Connection[Any], round_id: UUID) -> list[Version]:
    """Versions that a second person has approved, published or not, the oldest first; drafts are nobody's word yet."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT * FROM dauys_read.conclusions WHERE round_id = %s AND state IN ('approved', 'published') ORDER BY number",
            [round_id],
        ).fetchall()
    return msgspec.convert(rows, list[Version])
