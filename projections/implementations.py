"""The register of projects being carried out: each with every act from its start to its acceptance, by position and time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from domain.implementation import Implementation, ImplementationState, Picture
from projections.projection import HAPPENED, Projection, Step

_STATES: Final = {
    Implementation.Created.TOPIC: ImplementationState.STARTED,
    Implementation.Contracted.TOPIC: ImplementationState.CONTRACTED,
    Implementation.Progressed.TOPIC: None,
    Implementation.Delayed.TOPIC: None,
    Implementation.Pictured.TOPIC: None,
    Implementation.Completed.TOPIC: ImplementationState.COMPLETED,
    Implementation.AcceptanceRefused.TOPIC: ImplementationState.REFUSED,
    Implementation.Accepted.TOPIC: ImplementationState.ACCEPTED,
}

_MERGE: Final[LiteralString] = (
    HAPPENED
    + """
, told AS (
    SELECT originator_id, position, %(states)s ->> topic AS enters, state,
        state - 'timestamp' - 'by' || jsonb_build_object(
            'step', split_part(topic, '.', 2), 'position', position, 'at', state -> 'timestamp') AS act
    FROM happened
)
MERGE INTO {table} AS kept USING (
    SELECT originator_id AS implementation_id, min(position) AS started, max(position) AS changed,
        (array_agg(enters ORDER BY position DESC) FILTER (WHERE enters IS NOT NULL))[1] AS state,
        max(state ->> 'round_id')::uuid AS round_id, max(state ->> 'project') AS project,
        max((state -> 'cost_tiyn')::bigint) AS cost_tiyn,
        jsonb_agg(act ORDER BY position) AS acts
    FROM told GROUP BY originator_id
) AS new ON kept.implementation_id = new.implementation_id
WHEN MATCHED THEN UPDATE SET changed = new.changed, state = coalesce(new.state, kept.state), acts = kept.acts || new.acts
WHEN NOT MATCHED THEN INSERT (implementation_id, started, changed, round_id, project, cost_tiyn, state, acts)
    VALUES (implementation_id, started, changed, round_id, project, cost_tiyn, state, acts)
"""
)


def _apply(step: Step) -> None:
    step.execute(_MERGE, topics=[*_STATES], states=Jsonb(_STATES))


IMPLEMENTATIONS: Final = Projection(
    "implementations",
    """
    implementation_id uuid PRIMARY KEY,
    started bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    round_id uuid NOT NULL,
    project text NOT NULL,
    cost_tiyn bigint NOT NULL,
    state text NOT NULL,
    acts jsonb NOT NULL,
    UNIQUE (round_id, project)
    """,
    _apply,
)


@dataclass(frozen=True, slots=True)
class Act:
    """What was recorded, by the event's name, where in the log and when; with those facts that this kind of act has."""

    step: str
    position: int
    at: datetime
    contractor: str = ""
    amount_tiyn: int | None = None
    due: datetime | None = None
    per_cent: int | None = None
    note: str = ""
    reason: str = ""
    minutes_digest: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisteredImplementation:
    """A funded project on its way; `acts` in the order of the log. `started`, `changed`: positions of the first and the newest."""

    implementation_id: UUID
    started: int
    changed: int
    round_id: UUID
    project: str
    cost_tiyn: int
    state: ImplementationState
    acts: tuple[Act, ...]

    @property
    def due(self) -> datetime | None:
        """When it is to be done, by the contract or the newest delay."""
        return next((act.due for act in reversed(self.acts) if act.due), None)

    @property
    def per_cent(self) -> int:
        """As last reported; 0 before any report."""
        return next((act.per_cent for act in reversed(self.acts) if act.per_cent is not None), 0)


def of_round(connection: Connection[Any], round_id: UUID) -> list[RegisteredImplementation]:
    """In the order in which they were begun."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT * FROM dauys_read.implementations WHERE round_id = %s ORDER BY started", [round_id]
        ).fetchall()
    return msgspec.convert(rows, list[RegisteredImplementation])
