"""The register of proposals: what each says, where it stands, and the expert council's reason. Authors are not in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from domain.proposal import Proposal, ProposalState, Sketch
from projections.projection import HAPPENED, Projection, Step

_STATES: Final = {
    Proposal.Created.TOPIC: ProposalState.SUBMITTED,
    Proposal.Revised.TOPIC: ProposalState.SUBMITTED,
    Proposal.Returned.TOPIC: ProposalState.RETURNED,
    Proposal.Admitted.TOPIC: ProposalState.ADMITTED,
    Proposal.Rejected.TOPIC: ProposalState.REJECTED,
    Proposal.Withdrawn.TOPIC: ProposalState.WITHDRAWN,
    Proposal.Absorbed.TOPIC: ProposalState.SUBMITTED,
    Proposal.Merged.TOPIC: ProposalState.MERGED,
}

_MERGE: Final[LiteralString] = (
    HAPPENED
    + """
MERGE INTO {table} AS kept USING (
    SELECT originator_id AS proposal_id, min(position) AS submitted, max(position) AS changed,
        max(state ->> 'round_id')::uuid AS round_id,
        (array_agg(state -> 'sketch' ORDER BY position DESC) FILTER (WHERE state ? 'sketch'))[1] AS sketch,
        max(state ->> 'project') AS project, max((state -> 'cost_tiyn')::bigint) AS cost_tiyn,
        max(state ->> 'minutes_digest') AS minutes_digest, max(state ->> 'into')::uuid AS merged_into,
        (array_agg(%(states)s ->> topic ORDER BY position DESC))[1] AS state,
        (array_agg(coalesce(state ->> 'reason', '') ORDER BY position DESC))[1] AS reason
    FROM happened GROUP BY originator_id
) AS new ON kept.proposal_id = new.proposal_id
WHEN MATCHED THEN UPDATE SET changed = new.changed, state = new.state, reason = new.reason,
    sketch = coalesce(new.sketch, kept.sketch), project = coalesce(new.project, kept.project),
    cost_tiyn = coalesce(new.cost_tiyn, kept.cost_tiyn), minutes_digest = coalesce(new.minutes_digest, kept.minutes_digest),
    merged_into = coalesce(new.merged_into, kept.merged_into)
WHEN NOT MATCHED THEN
    INSERT (proposal_id, round_id, submitted, changed, state, reason, sketch, project, cost_tiyn, minutes_digest, merged_into)
    VALUES (proposal_id, round_id, submitted, changed, state, reason, sketch, project, cost_tiyn, minutes_digest, merged_into)
"""
)


def _apply(step: Step) -> None:
    step.execute(_MERGE, topics=[*_STATES], states=Jsonb(_STATES))


PROPOSALS: Final = Projection(
    "proposals",
    """
    proposal_id uuid PRIMARY KEY,
    round_id uuid NOT NULL,
    submitted bigint NOT NULL,
    changed bigint NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    sketch jsonb NOT NULL,
    project text,
    cost_tiyn bigint,
    minutes_digest text,
    merged_into uuid,
    UNIQUE (round_id, submitted)
    """,
    _apply,
)


@dataclass(frozen=True, slots=True)
class RegisteredProposal:
    """`reason` explains the present state, where one was given; `project`, `cost_tiyn` since it was admitted.

    `merged_into`: the proposal that it ended in, where its state is merged.
    """

    proposal_id: UUID
    round_id: UUID
    submitted: int
    changed: int
    state: ProposalState
    reason: str
    sketch: Sketch
    project: str | None
    cost_tiyn: int | None
    minutes_digest: str | None
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class Titled:
    """As much of a proposal as tells what it is about."""

    proposal_id: UUID
    title: str
    place: str


_OVER: Final = (ProposalState.REJECTED, ProposalState.WITHDRAWN, ProposalState.MERGED)
_TITLES: Final[LiteralString] = """
SELECT proposal_id, sketch ->> 'title' AS title, sketch ->> 'place' AS place FROM dauys_read.proposals
WHERE round_id = %s AND state <> ALL(%s) ORDER BY submitted DESC LIMIT %s
"""


def page(connection: Connection[Any], round_id: UUID, after: int, most: int) -> list[RegisteredProposal]:
    """At most `most` proposals of a round submitted behind a position, in the order of the log."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT * FROM dauys_read.proposals WHERE round_id = %s AND submitted > %s ORDER BY submitted LIMIT %s",
            [round_id, after, most],
        ).fetchall()
    return msgspec.convert(rows, list[RegisteredProposal])


def find(connection: Connection[Any], ids: Sequence[UUID]) -> list[RegisteredProposal]:
    """Those of them that the register has, in the order of the log."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT * FROM dauys_read.proposals WHERE proposal_id = ANY(%s) ORDER BY submitted", [[*ids]]
        ).fetchall()
    return msgspec.convert(rows, list[RegisteredProposal])


def titles(connection: Connection[Any], round_id: UUID, most: int) -> list[Titled]:
    """The `most` newest proposals of a round that still stand, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_TITLES, [round_id, [*_OVER], most])
        return [Titled(**row) for row in rows.fetchall()]


def queue(
    connection: Connection[Any], round_id: UUID, state: str, unit: str, after: int, most: int
) -> list[RegisteredProposal]:
    """As `page`, of one state and one unit (KATO) only where these are not empty."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT * FROM dauys_read.proposals WHERE round_id = %(round)s AND submitted > %(after)s"
            " AND %(state)s IN ('', state) AND %(unit)s IN ('', sketch ->> 'unit') ORDER BY submitted LIMIT %(most)s",
            {"round": round_id, "after": after, "state": state, "unit": unit, "most": most},
        ).fetchall()
    return msgspec.convert(rows, list[RegisteredProposal])


def counts(connection: Connection[Any], round_id: UUID) -> dict[str, int]:
    """How many proposals of a round are in each state that any is in."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT state, count(*) FROM dauys_read.proposals WHERE round_id = %s GROUP BY state", [round_id]
        ).fetchall()
    return dict(rows)


def minutes_of(connection: Connection[Any], round_id: UUID, most: int) -> list[str]:
    """SHA-256 of the minutes that decisions on a round's proposals rest on, the newest first, each once."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT minutes_digest FROM dauys_read.proposals WHERE round_id = %s AND minutes_digest IS NOT NULL"
            " GROUP BY minutes_digest ORDER BY max(changed) DESC LIMIT %s",
            [round_id, most],
        ).fetchall()
    return [digest for (digest,) in rows]


def numbered(connection: Connection[Any], round_id: UUID) -> dict[str, UUID]:
    """The proposal behind every project of the round's paper, by the project's number."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT project, proposal_id FROM dauys_read.proposals WHERE round_id = %s AND project IS NOT NULL",
            [round_id],
        ).fetchall()
    return dict(rows)


def withdrawn(connection: Connection[Any], round_id: UUID) -> dict[str, int]:
    """Projects of the round's paper that were withdrawn, each with the position of its withdrawal."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT project, changed FROM dauys_read.proposals"
            " WHERE round_id = %s AND state = %s AND project IS NOT NULL",
            [round_id, ProposalState.WITHDRAWN],
        ).fetchall()
    return dict(rows)
