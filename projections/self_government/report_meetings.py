"""The register of akims' report meetings: every question raised, its status month by month, how it was settled, what is overdue."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from domain.self_government.office import Official
from domain.self_government.report_meeting import (
    ReportMeeting,
    Settlement,
    StatusKind,
    month_number,
    month_text,
)
from projections.projection import Projection
from projections.self_government.whole import WHOLE, folding, rows

_FOLD = (
    WHOLE
    + """
, questions AS (
    SELECT id, min(position) AS position,
        (array_agg(act ORDER BY position))[1] || jsonb_build_object(
            'statuses', coalesce(jsonb_agg(act ORDER BY position) FILTER (WHERE step = 'status_reported'), '[]'),
            'settled', (array_agg(act) FILTER (WHERE step = 'question_settled'))[1]
        ) AS question
    FROM told WHERE act ? 'key' GROUP BY id, act ->> 'key'
)
INSERT INTO {table} (id, opened, changed, unit, akim, year, held_at, present, minutes_digest, status_months, questions)
SELECT id, founded.position, (SELECT max(position) FROM told WHERE told.id = founded.id), act ->> 'unit', act -> 'akim',
    (act -> 'year')::integer, (act ->> 'held_at')::timestamptz, (act -> 'present')::integer, act ->> 'minutes_digest',
    (act -> 'status_months')::integer,
    coalesce((SELECT jsonb_agg(question ORDER BY position) FROM questions WHERE questions.id = founded.id), '[]')
FROM founded
"""
)

REPORT_MEETINGS: Final = Projection(
    "report_meetings",
    """
    id uuid PRIMARY KEY,
    opened bigint NOT NULL UNIQUE,
    changed bigint NOT NULL,
    unit text NOT NULL,
    akim jsonb NOT NULL,
    year integer NOT NULL,
    held_at timestamptz NOT NULL,
    present integer NOT NULL,
    minutes_digest text NOT NULL,
    status_months integer NOT NULL,
    questions jsonb NOT NULL
    """,
    folding(_FOLD, ReportMeeting),
)


@dataclass(frozen=True, slots=True)
class MonthlyStatus:
    """How a question stood in a `month` («2026-03»); reported `at`."""

    month: str
    status: StatusKind
    text: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Settled:
    outcome: Settlement
    text: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class RegisteredQuestion:
    """`position`: of the event that entered it."""

    key: str
    text: str
    topic: str
    at: datetime
    position: int
    statuses: tuple[MonthlyStatus, ...]
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class RegisteredMeeting:
    """A status report on each open question is due every `status_months`. `questions`: in the order they were entered."""

    id: UUID
    opened: int
    changed: int
    unit: str
    akim: Official
    year: int
    held_at: datetime
    present: int
    minutes_digest: str
    status_months: int
    questions: tuple[RegisteredQuestion, ...]

    def by(self, when: datetime) -> "RegisteredMeeting":
        """The same with what had been reported and settled by that moment."""
        return replace(
            self,
            questions=tuple(
                replace(
                    each,
                    statuses=tuple(status for status in each.statuses if status.at <= when),
                    settled=each.settled if each.settled and each.settled.at <= when else None,
                )
                for each in self.questions
            ),
        )

    def overdue(self, question: RegisteredQuestion, when: datetime) -> tuple[str, ...]:
        """The months by whose end a status report on this question should have been there, and was not."""
        if question.settled is not None:
            return ()
        reported = {each.month for each in question.statuses}
        due = range(month_number(self.held_at) + self.status_months, month_number(when), self.status_months)
        return tuple(
            month_text(last)
            for last in due
            if reported.isdisjoint(
                month_text(month) for month in range(last - self.status_months + 1, last + 1)
            )
        )


def find(connection: Connection[Any], meeting_id: UUID) -> RegisteredMeeting | None:
    query = "SELECT * FROM dauys_read.report_meetings WHERE id = %(id)s"
    return next(iter(rows(connection, RegisteredMeeting, query, id=meeting_id)), None)


def page(
    connection: Connection[Any],
    *,
    unit: str | None = None,
    year: int | None = None,
    at: datetime | None = None,
    before: int | None = None,
    most: int,
) -> list[RegisteredMeeting]:
    """At most `most` meetings, the newest first; `at`: only those held by that moment, as they stood then."""
    found = rows(
        connection,
        RegisteredMeeting,
        "SELECT * FROM dauys_read.report_meetings WHERE opened < coalesce(%(before)s, 9223372036854775807)"
        " AND unit = coalesce(%(unit)s, unit) AND year = coalesce(%(year)s, year)"
        " AND held_at <= coalesce(%(at)s::timestamptz, 'infinity') ORDER BY opened DESC LIMIT %(most)s",
        unit=unit,
        year=year,
        at=at,
        before=before,
        most=most,
    )
    return found if at is None else [each.by(at) for each in found]
