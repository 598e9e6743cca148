"""The register of executions: the tasks of the Council's decisions, their deadlines, progress and end, and what is overdue."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from domain.self_government.execution import Execution
from domain.self_government.steps import is_over
from projections.projection import Projection
from projections.self_government.whole import WHOLE, folding, rows

_FOLD = (
    WHOLE
    + """
, tasks AS (
    SELECT founded.id, place, task || jsonb_build_object(
        'reports', coalesce(jsonb_agg(told.act ORDER BY told.position) FILTER (WHERE step = 'progressed'), '[]'),
        'extensions', coalesce(jsonb_agg(told.act ORDER BY told.position) FILTER (WHERE step = 'extended'), '[]'),
        'done', (array_agg(told.act) FILTER (WHERE step = 'done'))[1]
    ) AS task
    FROM founded CROSS JOIN jsonb_array_elements(founded.act -> 'tasks') WITH ORDINALITY AS one (task, place)
    LEFT JOIN told ON told.id = founded.id AND told.act ->> 'key' = task ->> 'key'
    GROUP BY founded.id, place, task
)
INSERT INTO {table} (id, opened, changed, unit, decision_id, adopted_on, tasks)
SELECT id, founded.position, (SELECT max(position) FROM told WHERE told.id = founded.id), act ->> 'unit',
    (act ->> 'decision_id')::uuid, (act ->> 'adopted_on')::timestamptz,
    (SELECT jsonb_agg(task ORDER BY place) FROM tasks WHERE tasks.id = founded.id)
FROM founded
"""
)

EXECUTIONS: Final = Projection(
    "executions",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    unit text NOT NULL,
    decision_id uuid NOT NULL UNIQUE,
    adopted_on timestamptz NOT NULL,
    tasks jsonb NOT NULL
    """,
    folding(_FOLD, Execution),
)


@dataclass(frozen=True, slots=True)
class Progress:
    per_cent: int
    note: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Extension:
    """The deadline was moved to `due`; recorded `at`."""

    due: datetime
    reason: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Done:
    """`on`: when it was done; `overdue`: whether that was late."""

    on: datetime
    note: str
    evidence_digest: str
    overdue: bool
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredTask:
    """`due`: the deadline it was given; `extensions` have moved it since."""

    key: str
    title: str
    responsible: str
    due: datetime
    reports: tuple[Progress, ...]
    extensions: tuple[Extension, ...]
    done: Done | None

    @property
    def last_due(self) -> datetime:
        return self.extensions[-1].due if self.extensions else self.due

    def overdue(self, when: datetime) -> bool:
        """Whether its last day is over at that moment and it is not done."""
        return self.done is None and is_over(self.last_due, when)


@dataclass(frozen=True, slots=True)
class RegisteredExecution:
    """`adopted_on`: the decision's day."""

    id: UUID
    opened: int
    changed: int
    unit: str
    decision_id: UUID
    adopted_on: datetime
    tasks: tuple[RegisteredTask, ...]

    def by(self, when: datetime) -> "RegisteredExecution":
        """The same with what had been reported, put off and done by that moment."""
        return replace(
            self,
            tasks=tuple(
                replace(
                    each,
                    reports=tuple(report for report in each.reports if report.at <= when),
                    extensions=tuple(extension for extension in each.extensions if extension.at <= when),
                    done=each.done if each.done and each.done.on <= when else None,
                )
                for each in self.tasks
            ),
        )


def find(connection: Connection[Any], execution_id: UUID) -> RegisteredExecution | None:
    query = "SELECT * FROM dauys_read.executions WHERE id = %(id)s"
    return next(iter(rows(connection, RegisteredExecution, query, id=execution_id)), None)


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    decision: UUID | None = None,
    at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredExecution]:
    """At most `most` executions, the newest first; `at`: only of decisions adopted by that moment, as they stood then."""
    found = rows(
        connection,
        RegisteredExecution,
        "SELECT * FROM dauys_read.executions WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit) AND decision_id = coalesce(%(decision)s, decision_id)"
        " AND adopted_on <= coalesce(%(at)s::timestamptz, 'infinity') ORDER BY opened DESC LIMIT %(most)s",
        unit=unit,
        decision=decision,
        at=at,
        before=before,
        most=most,
    )
    return found if at is None else [each.by(at) for each in found]
