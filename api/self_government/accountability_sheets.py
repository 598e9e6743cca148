"""The pages of initiatives against akims, of report meetings and of executed decisions: each step, each month, each deadline."""

from api.self_government.sheet import Cell, Link, Sheet, Table, time_of
from api.self_government.views import ExecutionView, MeetingView, QuestionView, TaskView
from api.trail_words import words_of
from api.wording import Say, local_time, number
from projections.self_government.dismissals import RegisteredInitiative, Step


def dismissal_sheet(say: Say, found: RegisteredInitiative, language: str) -> Sheet:
    act = found.act
    acts_page = f"/gatherings/{act.id}" if act.key else f"/decisions/{act.id}"
    facts: list[tuple[str, Cell]] = [
        (say("state"), say(f"initiative_state_{found.state}")),
        (say("akim"), found.akim.name),
        (say("raised"), local_time(found.raised_on)),
        (say("raised_by"), Link(f"{say(f'body_{act.body}')}, {local_time(act.adopted_on)}", acts_page)),
        (say("grounds"), "; ".join(say(f"ground_{each}") for each in found.grounds)),
        (say("statement"), found.statement),
        (say("decision_due"), local_time(found.decision_due)),
    ]
    if found.count:
        facts.append((say("maslikhat_vote"), _maslikhat(say, found)))
        facts.append((say("outcome"), say(f"ended_{str(found.count.ended).lower()}")))
    return Sheet(
        title=say("dismissal_title", number=found.number, akim=found.akim.name),
        unit=found.unit,
        facts=facts,
        tables=[
            Table(
                say("way"),
                (say("entry"), say("day"), say("step")),
                [_step(each, language) for each in found.steps],
            ),
            Table(
                say("evidence"),
                (say("title"), "SHA-256"),
                [(each.description, each.digest) for each in found.evidence],
            ),
        ],
        data=[Link("JSON", f"/v1/dismissals/{found.id}")],
        id=found.id,
    )


def _step(step: Step, language: str) -> tuple[Cell, ...]:
    told: str = getattr(words_of(f"dismissal.{step.step}.v1", step.facts), language)
    return Link(number(step.position), f"/log/proof/{step.position - 1}"), local_time(step.on), told


def _maslikhat(say: Say, found: RegisteredInitiative) -> str:
    assert found.count is not None
    vote = found.count.vote
    return say(
        "maslikhat_counted",
        deputies=found.count.deputies,
        present=vote.present,
        votes_for=vote.votes_for,
        votes_against=vote.votes_against,
        abstained=vote.abstained,
        needed=found.count.votes_needed,
    )


def meeting_sheet(say: Say, view: MeetingView) -> Sheet:
    meeting = view.meeting
    return Sheet(
        title=say("meeting_title", year=meeting.year),
        unit=meeting.unit,
        facts=[
            (say("akim"), meeting.akim.name),
            (say("held"), local_time(meeting.held_at)),
            (say("attendance"), number(meeting.present)),
            (say("minutes"), view.minutes_digest),
        ],
        tables=[
            Table(
                say("questions"),
                (say("question"), say("statuses"), say("settled"), say("overdue")),
                [_question(say, each) for each in view.questions],
            )
        ],
        data=[
            Link("JSON", f"/v1/report-meetings/{meeting.id}"),
            Link("CSV", f"/v1/report-meetings/{meeting.id}/questions.csv"),
        ],
        id=meeting.id,
    )


def _question(say: Say, view: QuestionView) -> tuple[Cell, ...]:
    question = view.question
    statuses = "; ".join(
        f"{each.month}: {say(f'status_{each.status}')}, {each.text}" for each in question.statuses
    )
    settled = question.settled
    return (
        f"{question.key}. {question.text} ({question.topic})",
        statuses or "—",
        f"{say(f'settled_{settled.outcome}')}: {settled.text}" if settled else "—",
        ", ".join(view.overdue) or "—",
    )


def execution_sheet(say: Say, view: ExecutionView) -> Sheet:
    return Sheet(
        title=say("execution_title"),
        unit=view.unit,
        facts=[(say("decision"), Link(time_of(view.adopted_on), f"/decisions/{view.decision_id}"))],
        tables=[
            Table(
                say("tasks"),
                (say("task"), say("responsible"), say("due"), say("progress"), say("done")),
                [_task(say, each) for each in view.tasks],
            )
        ],
        data=[Link("JSON", f"/v1/executions/{view.id}")],
        id=view.id,
    )


def _task(say: Say, view: TaskView) -> tuple[Cell, ...]:
    task = view.task
    put_off = "".join(f" ({say('extended', reason=each.reason)})" for each in task.extensions)
    reports = "; ".join(f"{each.per_cent}\u00a0%: {each.note}" for each in task.reports)
    done = f"{local_time(task.done.on)}: {task.done.note}" if task.done else "—"
    if view.overdue:
        done = say("overdue")
    elif task.done:
        done = f"{done} ({say(f'overdue_{str(task.done.overdue).lower()}')})"
    return f"{task.key}. {task.title}", task.responsible, local_time(view.due) + put_off, reports or "—", done
