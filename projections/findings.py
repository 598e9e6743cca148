"""The register of findings: each with what it is about, every answer, how it was closed and when the Council heard of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from domain.finding import Finding, FindingOutcome, FindingState, Statement, Subject
from projections.projection import HAPPENED, Projection, Step

_STATES: Final = {
    Finding.Created.TOPIC: FindingState.OPENED,
    Finding.Answered.TOPIC: FindingState.ANSWERED,
    Finding.Closed.TOPIC: FindingState.CLOSED,
    Finding.Presented.TOPIC: FindingState.PRESENTED,
}

# An event's own members, with where, when and by whom: a row's columns of the same names hold them whole.
_MERGE: Final[LiteralString] = (
    HAPPENED
    + """
, told AS (
    SELECT originator_id, position, %(states)s ->> topic AS state, state AS facts,
        state - 'timestamp' || jsonb_build_object('position', position, 'at', state -> 'timestamp') AS act
    FROM happened
)
MERGE INTO {table} AS kept USING (
    SELECT originator_id AS finding_id, min(position) AS opened, max(position) AS changed,
        (array_agg(state ORDER BY position DESC))[1] AS state,
        (array_agg(facts) FILTER (WHERE state = 'opened'))[1] AS opening,
        coalesce(jsonb_agg(act ORDER BY position) FILTER (WHERE state = 'answered'), '[]') AS answers,
        (array_agg(act) FILTER (WHERE state = 'closed'))[1] AS closing,
        (array_agg(act) FILTER (WHERE state = 'presented'))[1] AS presentation
    FROM told GROUP BY originator_id
) AS new ON kept.finding_id = new.finding_id
WHEN MATCHED THEN UPDATE SET changed = new.changed, state = new.state, answers = kept.answers || new.answers,
    closing = coalesce(new.closing, kept.closing), presentation = coalesce(new.presentation, kept.presentation)
WHEN NOT MATCHED THEN INSERT (finding_id, opened, changed, state, subject, statement, checkpoint_size, checkpoint_root,
        opened_by, opened_at, answers, closing, presentation)
    VALUES (finding_id, opened, changed, state, opening -> 'subject', opening -> 'statement',
        (opening -> 'checkpoint_size')::bigint, opening ->> 'checkpoint_root', opening ->> 'by',
        (opening ->> 'timestamp')::timestamptz, answers, closing, presentation)
"""
)


def _apply(step: Step) -> None:
    step.execute(_MERGE, topics=[*_STATES], states=Jsonb(_STATES))


FINDINGS: Final = Projection(
    "findings",
    """
    finding_id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    state text NOT NULL,
    subject jsonb NOT NULL,
    statement jsonb NOT NULL,
    checkpoint_size bigint NOT NULL,
    checkpoint_root text NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    answers jsonb NOT NULL,
    closing jsonb,
    presentation jsonb
    """,
    _apply,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The akim's office's word, numbered from 1, by the SHA-256 of its document."""

    number: int
    summary: str
    document_digest: str
    by: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Closing:
    outcome: FindingOutcome
    reason: str
    by: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Presentation:
    """`sitting`: the Council's, by reference; `held`: when that was; `at`: when it was recorded."""

    sitting: str
    held: datetime
    by: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredFinding:
    """A finding as the log tells it. `opened`, `changed`: positions of its first and newest event."""

    finding_id: UUID
    opened: int
    changed: int
    state: FindingState
    subject: Subject
    statement: Statement
    checkpoint_size: int
    checkpoint_root: str
    opened_by: str
    opened_at: datetime
    answers: tuple[Answer, ...]
    closing: Closing | None
    presentation: Presentation | None


def find(connection: Connection[Any], finding_id: UUID) -> RegisteredFinding | None:
    found = _rows(connection, "SELECT * FROM dauys_read.findings WHERE finding_id = %s", finding_id)
    return found[0] if found else None


def page(
    connection: Connection[Any], state: FindingState | None, before: int | None, most: int
) -> list[RegisteredFinding]:
    """At most `most` findings, of one state or all, opened before a position, the newest first."""
    return _rows(
        connection,
        "SELECT * FROM dauys_read.findings WHERE opened < coalesce(%s, 9223372036854775807)"
        " AND state = coalesce(%s, state) ORDER BY opened DESC LIMIT %s",
        before,
        state,
        most,
    )


def _rows(connection: Connection[Any], query: LiteralString, *parameters: Any) -> list[RegisteredFinding]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return msgspec.convert(cursor.execute(query, parameters).fetchall(), list[RegisteredFinding])
