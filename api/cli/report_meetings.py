"""`dauys report-meeting …`: the akim's yearly report, the questions raised there, and their monthly statuses."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.acts import Kato, keep, time_option
from api.cli.options import AsJson, By
from api.cli.output import emit
from api.cli.registers import AtDay, Before, OfUnit, list_register
from api.cli.show import Lang, Language
from api.composition import open_engine
from api.self_government.tables import Kind
from domain.self_government.report_meeting import ReportMeeting, Settlement, StatusKind

app = typer.Typer(no_args_is_help=True)

MeetingId = Annotated[UUID, typer.Argument(help="The meeting's id.")]
Key = Annotated[str, typer.Argument(help="The question's key.")]


@app.command()
def hold(
    unit: Kato,
    year: Annotated[int, typer.Argument(help="The year reported on.")],
    held_at: Annotated[datetime, time_option("When it was held", "--held-at")],
    present: Annotated[int, typer.Option(help="How many people came.")],
    minutes: Annotated[Path, typer.Option(help="The minutes (a file; it is kept and public).")],
    by: By = "office",
    *,
    as_json: AsJson = False,
) -> None:
    """Record a report meeting of the akim."""
    with open_engine() as engine:
        digest = keep(engine.documents, minutes)
        meeting_id = engine.report_meetings.hold(
            unit, year, held_at=held_at, present=present, minutes_digest=digest, by=by
        )
        emit({"meeting_id": meeting_id}, as_json=as_json)


@app.command()
def question(
    meeting_id: MeetingId,
    key: Key,
    text: Annotated[str, typer.Option(help="The question, without who asked it.")],
    topic: Annotated[str, typer.Option(help="What it is about, in a word or two.")],
    by: By = "office",
) -> None:
    """Record a question that was raised."""
    with open_engine() as engine:
        engine.report_meetings.raise_question(meeting_id, key, text, topic, by=by)


@app.command()
def status(
    meeting_id: MeetingId,
    key: Key,
    month: Annotated[str, typer.Argument(help="As 2026-03.")],
    kind: Annotated[StatusKind, typer.Argument(help="How it stands.")],
    text: Annotated[str, typer.Option(help="What has been done, in words.")],
    by: By = "office",
) -> None:
    """Report how an open question stands in a month."""
    with open_engine() as engine:
        engine.report_meetings.report_status(meeting_id, key, month, kind, text, by=by)


@app.command()
def settle(
    meeting_id: MeetingId,
    key: Key,
    outcome: Annotated[Settlement, typer.Argument(help="How it ends.")],
    text: Annotated[str, typer.Option(help="What has come of it, in words.")],
    by: By = "office",
) -> None:
    """Settle a question."""
    with open_engine() as engine:
        engine.report_meetings.settle(meeting_id, key, outcome, text, by=by)


@app.command(name="list")
def list_(
    unit: OfUnit = None,
    at: AtDay = None,
    before: Before = None,
    lang: Lang = Language.EN,
    *,
    as_json: AsJson = False,
) -> None:
    """The newest report meetings, with how many questions are open and overdue."""
    list_register(Kind.REPORT_MEETINGS, lang, as_json=as_json, unit=unit, at=at, before=before)


@app.command()
def show(meeting_id: MeetingId, *, as_json: AsJson = False) -> None:
    """A meeting, its questions, and the status reports that are overdue now."""
    with open_engine() as engine:
        meeting = engine.store.load(ReportMeeting, meeting_id)
        emit(
            {
                "meeting_id": meeting.id,
                "unit": meeting.unit,
                "akim": meeting.akim.name,
                "year": meeting.year,
                "held_at": meeting.held_at,
                "present": meeting.present,
                "questions": [
                    {
                        "key": each.key,
                        "topic": each.topic,
                        "text": each.text,
                        "reported": each.months,
                        "settled": each.settled,
                    }
                    for each in meeting.questions.values()
                ],
                "overdue": meeting.overdue(engine.clock()),
            },
            as_json=as_json,
        )
