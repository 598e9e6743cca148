"""The register of gatherings: how each was called, who came, and every item with its votes and whether it was adopted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from domain.conclusion import Channel
from domain.self_government.call import Call, Level, Notice, Quota
from domain.self_government.gathering import Gathering, GatheringState
from domain.self_government.motion import ItemKind, Motion, OpenVote
from domain.self_government.rules import Threshold
from projections.projection import Projection
from projections.self_government.whole import STEPS, WHOLE, folding, rows

_STATES: Final = {
    "convened": GatheringState.CONVENED,
    "opened": GatheringState.OPENED,
    "closed": GatheringState.CLOSED,
    "published": GatheringState.PUBLISHED,
    "called_off": GatheringState.CALLED_OFF,
}
_FOLD = (
    WHOLE
    + ", folded AS ("
    + STEPS
    + """,
    coalesce(jsonb_agg(act ORDER BY position) FILTER (WHERE step = 'representatives_chosen'), '[]') AS representatives,
    (array_agg(act) FILTER (WHERE step = 'opened'))[1] AS opening,
    coalesce(jsonb_agg(act ORDER BY position) FILTER (WHERE step = 'item_voted'), '[]') AS items,
    max(act ->> 'minutes_digest') AS minutes_digest,
    (array_agg(act) FILTER (WHERE step = 'published'))[1] AS publication,
    max(act ->> 'reason') AS reason
FROM told GROUP BY id)
INSERT INTO {table} (id, opened, changed, unit, level, state, held_at, call, notice, quotas, quorum, majority,
    representatives, opening, items, minutes_digest, publication, reason)
SELECT id, opened, changed, founding ->> 'unit', founding ->> 'level', state, (founding -> 'call' ->> 'held_at')::timestamptz,
    founding -> 'call', founding -> 'notice', founding -> 'quotas', founding -> 'quorum', founding -> 'majority',
    representatives, opening, items, minutes_digest, publication, reason
FROM folded
"""
)

GATHERINGS: Final = Projection(
    "gatherings",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    unit text NOT NULL,
    level text NOT NULL,
    state text NOT NULL,
    held_at timestamptz NOT NULL,
    call jsonb NOT NULL,
    notice jsonb NOT NULL,
    quotas jsonb NOT NULL,
    quorum jsonb NOT NULL,
    majority jsonb NOT NULL,
    representatives jsonb NOT NULL,
    opening jsonb,
    items jsonb NOT NULL,
    minutes_digest text,
    publication jsonb,
    reason text
    """,
    folding(_FOLD, Gathering, states=Jsonb(_STATES)),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """So many representatives that a separate gathering chose for a locality by its item `key`."""

    locality: str
    separate_gathering: UUID
    key: str
    representatives: int
    position: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """`present` of those `entitled`; `needed` was the quorum."""

    entitled: int
    present: int
    needed: int
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class VotedItem:
    """An item put to the open vote: `needed` votes for were the majority of those present."""

    key: str
    kind: ItemKind
    motion: Motion
    vote: OpenVote
    needed: int
    adopted: bool
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Publication:
    """Where it was published; recorded `at`."""

    channels: tuple[Channel, ...]
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredGathering:
    """`reason`: why it was called off, if it was."""

    id: UUID
    opened: int
    changed: int
    unit: str
    level: Level
    state: GatheringState
    held_at: datetime
    call: Call
    notice: Notice
    quotas: tuple[Quota, ...]
    quorum: Threshold
    majority: Threshold
    representatives: tuple[Chosen, ...]
    opening: Attendance | None
    items: tuple[VotedItem, ...]
    minutes_digest: str | None
    publication: Publication | None
    reason: str | None


def find(connection: Connection[Any], gathering_id: UUID) -> RegisteredGathering | None:
    query = "SELECT * FROM dauys_read.gatherings WHERE id = %(id)s"
    return next(iter(rows(connection, RegisteredGathering, query, id=gathering_id)), None)


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    level: Level | None = None,
    state: GatheringState | None = None,
    at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredGathering]:
    """At most `most` gatherings, the newest first; `at`: only those whose day had come by that moment."""
    return rows(
        connection,
        RegisteredGathering,
        "SELECT * FROM dauys_read.gatherings WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit) AND level = coalesce(%(level)s, level)"
        " AND state = coalesce(%(state)s, state) AND held_at <= coalesce(%(at)s::timestamptz, 'infinity')"
        " ORDER BY opened DESC LIMIT %(most)s",
        unit=unit,
        level=level,
        state=state,
        at=at,
        before=before,
        most=most,
    )
