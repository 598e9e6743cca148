"""What the registers of accountability show: the read models, with what is overdue at a moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from domain.self_government.office import Official
from projections.self_government.executions import RegisteredExecution, RegisteredTask
from projections.self_government.report_meetings import RegisteredMeeting, RegisteredQuestion


@dataclass(frozen=True, slots=True)
class MeetingSummary:
    """How many questions were raised at a meeting, how many of them are settled, and how many lack a status report."""

    id: UUID
    opened: int
    unit: str
    akim: Official
    year: int
    held_at: datetime
    present: int
    questions: int
    settled: int
    overdue: int

    @classmethod
    def of(cls, meeting: RegisteredMeeting, when: datetime) -> Self:
        return cls(
            meeting.id,
            meeting.opened,
            meeting.unit,
            meeting.akim,
            meeting.year,
            meeting.held_at,
            meeting.present,
            len(meeting.questions),
            sum(each.settled is not None for each in meeting.questions),
            sum(bool(meeting.overdue(each, when)) for each in meeting.questions),
        )


@dataclass(frozen=True, slots=True)
class QuestionView:
    """`overdue`: the months («2026-03») whose status report is missing."""

    question: RegisteredQuestion
    overdue: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeetingView:
    meeting: MeetingSummary
    minutes_digest: str
    status_months: int
    questions: tuple[QuestionView, ...]

    @classmethod
    def of(cls, meeting: RegisteredMeeting, when: datetime) -> Self:
        return cls(
            MeetingSummary.of(meeting, when),
            meeting.minutes_digest,
            meeting.status_months,
            tuple(QuestionView(each, meeting.overdue(each, when)) for each in meeting.questions),
        )


@dataclass(frozen=True, slots=True)
class TaskView:
    """`due`: the deadline that stands, after every extension."""

    task: RegisteredTask
    due: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class ExecutionView:
    id: UUID
    opened: int
    unit: str
    decision_id: UUID
    adopted_on: datetime
    tasks: tuple[TaskView, ...]

    @classmethod
    def of(cls, execution: RegisteredExecution, when: datetime) -> Self:
        return cls(
            execution.id,
            execution.opened,
            execution.unit,
            execution.decision_id,
            execution.adopted_on,
            tuple(TaskView(each, each.last_due, each.overdue(when)) for each in execution.tasks),
        )
