"""The execution of a decision: tasks with deadlines, progress that never falls, and lateness that cannot be hidden."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.errors import Refused
from domain.implementation import DueNotLater, ProgressInvalid
from domain.self_government.execution import (
    MOST_TASKS,
    Execution,
    NoSuchTask,
    Task,
    TaskDone,
    TasksInvalid,
)
from domain.self_government.steps import StepOutOfTime
from domain.self_government.substance import DecisionKind
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from domain.times import TimeInvalid
from tests.dismissals import DAY, adoption
from tests.examples import digest
from tests.given import Past, given, past, recorded, refused
from tests.self_government import CLERK, HELD, UNIT

DECISION = adoption(DecisionKind.BUDGET)
DUE = HELD + 60 * DAY
LATER = HELD + 200 * DAY
LAMPS = Task("lamps", "Put up forty lamps", "Akim's office", DUE)
REPORT = Task("report", "Report to the Council", "Akim's office", DUE + 30 * DAY)
EVIDENCE = digest("acceptance act")

ORDERED = past(
    Execution.Created,
    decision_id=DECISION.decision_id,
    unit=UNIT,
    adopted_on=HELD,
    tasks=(LAMPS, REPORT),
    by=CLERK,
)
HALF = past(Execution.Progressed, key="lamps", per_cent=50, note="Twenty stand", by=CLERK)
EXTENDED = past(Execution.Extended, key="lamps", due=DUE + 10 * DAY, reason="Frost", by=CLERK)
DONE = past(
    Execution.Done,
    key="lamps",
    on=DUE,
    note="All stand",
    evidence_digest=EVIDENCE,
    overdue=False,
    by=CLERK,
)


def execution(*more: Past) -> Execution:
    found: Execution = given(Execution.create_id(DECISION.decision_id), ORDERED, *more)
    return found


def finish(subject: Execution, key: str = "lamps", on: datetime = DUE) -> None:
    subject.finish(key, "All stand", EVIDENCE, on=on, by=CLERK, at=LATER)


def test_an_adopted_decisions_tasks_are_ordered() -> None:
    ordered = Execution.order(DECISION, [LAMPS, REPORT], by=CLERK, at=LATER)
    assert recorded(ordered) == [("execution.ordered.v1", ORDERED.facts)]
    assert Execution.order(DECISION, [REPORT], by=CLERK, at=LATER).id == ordered.id


@pytest.mark.parametrize(
    ("tasks", "refusal"),
    [
        ([], TasksInvalid),
        ([LAMPS, LAMPS], TasksInvalid),
        ([replace(LAMPS, key=str(n)) for n in range(MOST_TASKS + 1)], TasksInvalid),
        ([replace(LAMPS, due=HELD)], TasksInvalid),
        ([replace(LAMPS, due=DUE.replace(tzinfo=None))], TimeInvalid),
        ([replace(LAMPS, key="the lamps")], IdentifierInvalid),
        ([replace(LAMPS, title="")], TextInvalid),
        ([replace(LAMPS, responsible=" ")], TextInvalid),
    ],
)
def test_tasks_are_named_due_and_somebodys(tasks: list[Task], refusal: type[Refused]) -> None:
    with refused(refusal):
        Execution.order(DECISION, tasks, by=CLERK, at=LATER)


def test_a_task_goes_its_way() -> None:
    subject = execution()
    subject.report_progress("lamps", 50, " Twenty stand ", by=CLERK, at=LATER)
    subject.extend("lamps", DUE + 10 * DAY, "Frost", by=CLERK, at=LATER)
    finish(subject)
    assert recorded(subject) == [
        ("execution.progressed.v1", HALF.facts),
        ("execution.extended.v1", EXTENDED.facts),
        ("execution.done.v1", DONE.facts),
    ]
    assert not subject.is_done
    finish(subject, "report")
    assert subject.is_done


COMMANDS: dict[str, Any] = {
    "report_progress": lambda e, key: e.report_progress(key, 60, "More", by=CLERK, at=LATER),
    "extend": lambda e, key: e.extend(key, DUE + 90 * DAY, "Frost", by=CLERK, at=LATER),
    "finish": finish,
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("history", "key", "refusal"), [((), "road", NoSuchTask), ((DONE,), "lamps", TaskDone)]
)
def test_what_is_done_or_was_never_ordered_stays_as_it_is(
    name: str, history: tuple[Past, ...], key: str, refusal: type[Refused]
) -> None:
    subject = execution(*history)
    with refused(refusal, subject):
        COMMANDS[name](subject, key)


@forall(reports=st.lists(st.integers(-5, 105)))
def test_progress_never_falls(reports: list[int]) -> None:
    subject = execution()
    for per_cent in reports:
        try:
            subject.report_progress("lamps", per_cent, f"{per_cent} of 100", by=CLERK, at=LATER)
        except ProgressInvalid:
            assert not subject.tasks["lamps"].per_cent <= per_cent <= 100
    rising = [facts["per_cent"] for _, facts in recorded(subject)]
    assert rising == sorted(set(rising))


def test_the_latest_report_again_records_nothing() -> None:
    subject = execution(HALF)
    subject.report_progress("lamps", 50, "Twenty stand", by=CLERK, at=LATER)
    assert recorded(subject) == []


@pytest.mark.parametrize("due", [DUE, DUE - DAY])
def test_a_deadline_only_ever_moves_to_a_later_one(due: datetime) -> None:
    subject = execution()
    with refused(DueNotLater, subject, due=DUE):
        subject.extend("lamps", due, "Frost", by=CLERK, at=LATER)


def test_it_is_put_off_with_a_reason_and_done_with_evidence() -> None:
    subject = execution()
    with refused(TextInvalid, subject, field="reason"):
        subject.extend("lamps", DUE + DAY, "", by=CLERK, at=LATER)
    with refused(DigestInvalid, subject, field="evidence_digest"):
        subject.finish("lamps", "All stand", "photo.jpg", on=DUE, by=CLERK, at=LATER)


@pytest.mark.parametrize("on", [HELD - timedelta(seconds=1), LATER + DAY])
def test_it_was_done_after_the_decision_and_before_now(on: datetime) -> None:
    subject = execution()
    with refused(StepOutOfTime, subject):
        finish(subject, on=on)


def test_what_is_late_is_seen_until_it_is_done_and_stays_written() -> None:
    subject = execution()
    assert subject.overdue(DUE) == ()
    assert subject.overdue(DUE + DAY) == (LAMPS,)
    assert execution(EXTENDED).overdue(DUE + DAY) == ()
    finish(subject, on=DUE + DAY)
    assert subject.overdue(LATER) == (REPORT,)
    [(_, facts)] = recorded(subject)
    assert facts["overdue"] is True


def test_old_events_replay_under_any_later_rule() -> None:
    subject = execution(DONE, past(Execution.Progressed, **{**HALF.facts, "per_cent": 300}), EXTENDED)
    assert (subject.tasks["lamps"].per_cent, subject.tasks["lamps"].task.due) == (300, DUE + 10 * DAY)
