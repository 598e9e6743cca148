"""The register of initiatives to end an akim's powers: each with its grounds, its evidence and its whole way, step by step."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.initiating import Act, Evidence, Ground, InitiativeRules
from domain.self_government.initiative_course import InitiativeState
from domain.self_government.maslikhat import MaslikhatCount
from domain.self_government.office import Official
from projections.projection import Projection
from projections.self_government.whole import STEPS, WHOLE, folding, rows

_STATES: Final = {
    "raised": InitiativeState.RAISED,
    "akim_notified": InitiativeState.NOTIFIED,
    "akim_answered": InitiativeState.ANSWERED,
    "submitted": InitiativeState.SUBMITTED,
    "registered": InitiativeState.REGISTERED,
    "hearing_set": InitiativeState.HEARING_SET,
    "heard": InitiativeState.HEARD,
    "decided": InitiativeState.DECIDED,
    "published": InitiativeState.PUBLISHED,
    "withdrawn": InitiativeState.WITHDRAWN,
    "lapsed": InitiativeState.LAPSED,
}
# A publication has no date of its own: it is when the first channel carried it.
_FOLD = (
    WHOLE
    + ", folded AS ("
    + STEPS
    + """,
    (array_agg(act -> 'count') FILTER (WHERE step = 'decided'))[1] AS count,
    jsonb_agg(jsonb_build_object(
        'step', step, 'position', position, 'at', act -> 'at', 'facts', act - '{{position,at,by,originator_topic}}'::text[],
        'on', coalesce(act -> 'on', jsonb_path_query_first(act, '$.channels[*].when'), act -> 'at')
    ) ORDER BY position) AS steps
FROM told GROUP BY id)
INSERT INTO {table} (id, opened, changed, unit, number, akim, akim_id, term_from, state, act, grounds, statement, evidence, rules,
    raised_on, decision_due, count, steps)
SELECT id, opened, changed, founding ->> 'unit', (founding -> 'number')::integer, founding -> 'akim', founding -> 'akim' ->> 'id',
    (founding ->> 'term_from')::timestamptz, state, founding -> 'act', founding -> 'grounds', founding ->> 'statement',
    founding -> 'evidence', founding -> 'rules', (founding ->> 'on')::timestamptz, (founding ->> 'decision_due')::timestamptz,
    count, steps
FROM folded
"""
)

DISMISSALS: Final = Projection(
    "dismissals",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    unit text NOT NULL,
    number integer NOT NULL,
    akim jsonb NOT NULL,
    akim_id text NOT NULL,
    term_from timestamptz NOT NULL,
    state text NOT NULL,
    act jsonb NOT NULL,
    grounds jsonb NOT NULL,
    statement text NOT NULL,
    evidence jsonb NOT NULL,
    rules jsonb NOT NULL,
    raised_on timestamptz NOT NULL,
    decision_due timestamptz NOT NULL,
    count jsonb,
    steps jsonb NOT NULL
    """,
    folding(_FOLD, DismissalInitiative, states=Jsonb(_STATES)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """What happened `on` that day and was recorded `at` that position and time, with the event's own members as `facts`."""

    step: str
    on: datetime
    at: datetime
    position: int
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RegisteredInitiative:
    """`act`: what raised it; `rules`: the numbers it is held against; `count`: the maslikhat's vote, once there was one."""

    id: UUID
    opened: int
    changed: int
    unit: str
    number: int
    akim: Official
    term_from: datetime
    state: InitiativeState
    act: Act
    grounds: tuple[Ground, ...]
    statement: str
    evidence: tuple[Evidence, ...]
    rules: InitiativeRules
    raised_on: datetime
    decision_due: datetime
    count: MaslikhatCount | None
    steps: tuple[Step, ...]

    def by(self, when: datetime) -> "RegisteredInitiative":
        """The same as it stood at that moment, which is not before it was raised: without what happened later."""
        steps = tuple(each for each in self.steps if each.on <= when)
        decided = any(each.step == "decided" for each in steps)
        return replace(
            self,
            steps=steps,
            state=_STATES[steps[-1].step],
            changed=steps[-1].position,
            count=self.count if decided else None,
        )


def find(connection: Connection[Any], initiative_id: UUID) -> RegisteredInitiative | None:
    query = "SELECT * FROM dauys_read.dismissals WHERE id = %(id)s"
    return next(iter(rows(connection, RegisteredInitiative, query, id=initiative_id)), None)


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    akim: str | None = None,
    state: InitiativeState | None = None,
    at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredInitiative]:
    """At most `most` initiatives now in `state`, the newest first; `at`: those raised by that moment, as they stood then."""
    found = rows(
        connection,
        RegisteredInitiative,
        "SELECT * FROM dauys_read.dismissals WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit) AND akim_id = coalesce(%(akim)s, akim_id)"
        " AND state = coalesce(%(state)s, state) AND raised_on <= coalesce(%(at)s::timestamptz, 'infinity')"
        " ORDER BY opened DESC LIMIT %(most)s",
        unit=unit,
        akim=akim,
        state=state,
        at=at,
        before=before,
        most=most,
    )
    return found if at is None else [each.by(at) for each in found]
