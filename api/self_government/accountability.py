"""The public registers of accountability: initiatives against akims, report meetings and their questions, executed decisions.

What is overdue is told as of the moment asked for, else as of now.
"""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from psycopg import Connection
from pydantic import Field

from api.caching import answer, json_answer
from api.csv_table import MEDIA_TYPE, csv_table
from api.engine import EngineOf
from api.self_government.register import At, OfUnit, Page, Register
from api.self_government.views import ExecutionView, MeetingSummary, MeetingView, QuestionView
from application.clock import now
from application.store import NotFound
from domain.self_government.initiative_course import InitiativeState
from projections.self_government import dismissals, executions, report_meetings
from projections.self_government.dismissals import RegisteredInitiative

router = APIRouter(prefix="/v1", tags=["self-government"])


class DismissalsAsked(OfUnit):
    """`at`: those raised by then, as they stood then; `state`: the one they are in now."""

    akim: str | None = Field(default=None, pattern="^[!-~]{1,64}$", description="Only against this official.")
    state: InitiativeState | None = None


class MeetingsAsked(OfUnit):
    """`at`: those held by then, as they stood then."""

    year: int | None = Field(default=None, ge=1990, le=2200)


class ExecutionsAsked(OfUnit):
    """`at`: of decisions adopted by then, as they stood then."""

    decision: UUID | None = None


def _dismissals(connection: Connection[Any], asked: DismissalsAsked, most: int) -> list[RegisteredInitiative]:
    return dismissals.page(
        connection,
        unit=asked.unit,
        akim=asked.akim,
        state=asked.state,
        at=asked.at,
        before=asked.before,
        most=most,
    )


def _meetings(connection: Connection[Any], asked: MeetingsAsked, most: int) -> list[MeetingSummary]:
    found = report_meetings.page(
        connection, unit=asked.unit, year=asked.year, at=asked.at, before=asked.before, most=most
    )
    return [MeetingSummary.of(each, asked.at or now()) for each in found]


def _executions(connection: Connection[Any], asked: ExecutionsAsked, most: int) -> list[ExecutionView]:
    found = executions.page(
        connection, unit=asked.unit, decision=asked.decision, at=asked.at, before=asked.before, most=most
    )
    return [ExecutionView.of(each, asked.at or now()) for each in found]


DISMISSALS: Final = Register(
    "dismissals",
    DismissalsAsked,
    _dismissals,
    (
        ("initiative", lambda row: str(row.id)),
        ("unit", lambda row: row.unit),
        ("akim", lambda row: row.akim.id),
        ("name", lambda row: row.akim.name),
        ("number", lambda row: row.number),
        ("state", lambda row: row.state.value),
        ("raised_by", lambda row: row.act.body.value),
        ("act", lambda row: f"{row.act.id}/{row.act.key}".rstrip("/")),
        ("grounds", lambda row: " ".join(row.grounds)),
        ("raised_on", lambda row: row.raised_on),
        ("decision_due", lambda row: row.decision_due),
        ("deputies", lambda row: row.count.deputies if row.count else ""),
        ("present", lambda row: row.count.vote.present if row.count else ""),
        ("votes_needed", lambda row: row.count.votes_needed if row.count else ""),
        ("votes_for", lambda row: row.count.vote.votes_for if row.count else ""),
        ("votes_against", lambda row: row.count.vote.votes_against if row.count else ""),
        ("abstained", lambda row: row.count.vote.abstained if row.count else ""),
        ("ended", lambda row: row.count.ended if row.count else ""),
    ),
)
REPORT_MEETINGS: Final = Register(
    "report-meetings",
    MeetingsAsked,
    _meetings,
    (
        ("meeting", lambda row: str(row.id)),
        ("unit", lambda row: row.unit),
        ("akim", lambda row: row.akim.id),
        ("name", lambda row: row.akim.name),
        ("year", lambda row: row.year),
        ("held_at", lambda row: row.held_at),
        ("present", lambda row: row.present),
        ("questions", lambda row: row.questions),
        ("settled", lambda row: row.settled),
        ("overdue", lambda row: row.overdue),
    ),
)
EXECUTIONS: Final = Register(
    "executions",
    ExecutionsAsked,
    _executions,
    (
        ("execution", lambda row: str(row.id)),
        ("unit", lambda row: row.unit),
        ("decision", lambda row: str(row.decision_id)),
        ("adopted_on", lambda row: row.adopted_on),
        ("tasks", lambda row: len(row.tasks)),
        ("done", lambda row: sum(each.task.done is not None for each in row.tasks)),
        ("overdue", lambda row: sum(each.overdue for each in row.tasks)),
    ),
)
_QUESTION_COLUMNS: Final = (
    *("key", "topic", "text", "raised_at", "last_month", "status", "told", "settled", "overdue_months"),
)


@router.get("/dismissals", response_model=Page[RegisteredInitiative], summary="Initiatives, the newest first")
def list_dismissals(
    request: Request, engine: EngineOf, asked: Annotated[DismissalsAsked, Query()]
) -> Response:
    return DISMISSALS.as_json(request, engine, asked)


@router.get("/dismissals.csv", response_class=Response, summary="The same as a table")
def dismissals_as_csv(
    request: Request, engine: EngineOf, asked: Annotated[DismissalsAsked, Query()]
) -> Response:
    return DISMISSALS.as_csv(request, engine, asked)


@router.get(
    "/dismissals/{initiative_id}",
    response_model=RegisteredInitiative,
    summary="An initiative to end an akim's powers, with its whole way",
)
def one_dismissal(
    initiative_id: UUID, request: Request, engine: EngineOf, at: Annotated[At, Query()] = None
) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, registered_initiative(connection, initiative_id, at))


@router.get("/report-meetings", response_model=Page[MeetingSummary], summary="Akims' report meetings")
def list_report_meetings(
    request: Request, engine: EngineOf, asked: Annotated[MeetingsAsked, Query()]
) -> Response:
    return REPORT_MEETINGS.as_json(request, engine, asked)


@router.get("/report-meetings.csv", response_class=Response, summary="The same as a table")
def report_meetings_as_csv(
    request: Request, engine: EngineOf, asked: Annotated[MeetingsAsked, Query()]
) -> Response:
    return REPORT_MEETINGS.as_csv(request, engine, asked)


@router.get(
    "/report-meetings/{meeting_id}",
    response_model=MeetingView,
    summary="A report meeting: every question, its monthly statuses, what is overdue",
)
def one_report_meeting(
    meeting_id: UUID, request: Request, engine: EngineOf, at: Annotated[At, Query()] = None
) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, meeting_view(connection, meeting_id, at))


@router.get(
    "/report-meetings/{meeting_id}/questions.csv", response_class=Response, summary="Its questions as a table"
)
def questions_as_csv(
    meeting_id: UUID, request: Request, engine: EngineOf, at: Annotated[At, Query()] = None
) -> Response:
    with engine.datastore.get_connection() as connection:
        view = meeting_view(connection, meeting_id, at)
    body = csv_table(_QUESTION_COLUMNS, (_question_row(each) for each in view.questions))
    return answer(request, body, MEDIA_TYPE, content_disposition='attachment; filename="questions.csv"')


@router.get("/executions", response_model=Page[ExecutionView], summary="How decisions are carried out")
def list_executions(
    request: Request, engine: EngineOf, asked: Annotated[ExecutionsAsked, Query()]
) -> Response:
    return EXECUTIONS.as_json(request, engine, asked)


@router.get("/executions.csv", response_class=Response, summary="The same as a table")
def executions_as_csv(
    request: Request, engine: EngineOf, asked: Annotated[ExecutionsAsked, Query()]
) -> Response:
    return EXECUTIONS.as_csv(request, engine, asked)


@router.get(
    "/executions/{execution_id}",
    response_model=ExecutionView,
    summary="The tasks of a decision: deadlines, progress, what is overdue",
)
def one_execution(
    execution_id: UUID, request: Request, engine: EngineOf, at: Annotated[At, Query()] = None
) -> Response:
    with engine.datastore.get_connection() as connection:
        return json_answer(request, execution_view(connection, execution_id, at))


def registered_initiative(
    connection: Connection[Any], initiative_id: UUID, at: datetime | None
) -> RegisteredInitiative:
    """The initiative as far as its register has followed the log, like all below; not found before it was raised."""
    found = dismissals.find(connection, initiative_id)
    if found is None or (at and at < found.raised_on):
        raise NotFound(kind="dismissal", id=initiative_id)
    return found.by(at) if at else found


def meeting_view(connection: Connection[Any], meeting_id: UUID, at: datetime | None) -> MeetingView:
    found = report_meetings.find(connection, meeting_id)
    if found is None:
        raise NotFound(kind="report_meeting", id=meeting_id)
    return MeetingView.of(found.by(at) if at else found, at or now())


def execution_view(connection: Connection[Any], execution_id: UUID, at: datetime | None) -> ExecutionView:
    found = executions.find(connection, execution_id)
    if found is None:
        raise NotFound(kind="execution", id=execution_id)
    return ExecutionView.of(found.by(at) if at else found, at or now())


def _question_row(view: QuestionView) -> tuple[object, ...]:
    question = view.question
    last = question.statuses[-1] if question.statuses else None
    return (
        question.key,
        question.topic,
        question.text,
        question.at,
        *((last.month, last.status.value, last.text) if last else ("", "", "")),
        question.settled.outcome.value if question.settled else "",
        " ".join(view.overdue),
    )
