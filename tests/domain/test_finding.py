"""A finding is opened, answered, closed and presented, in this order, and nobody speaks for both sides."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.errors import Refused
from domain.finding import (
    MOST_ANSWERS,
    BothSides,
    Finding,
    FindingOutcome,
    FindingState,
    Severity,
    SittingNotHeldYet,
    Statement,
    Subject,
    SubjectInvalid,
    SubjectKind,
    TooManyAnswers,
    WrongFindingState,
)
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from domain.times import TimeInvalid
from tests.examples import AFTER, CLERK, ROUND_ID, digest
from tests.given import LONG_AGO, Past, given, past, recorded, refused

Command = Callable[[Finding], object]
State = FindingState

FINDING_ID = UUID(int=7)
AUDITOR, SECOND_AUDITOR = "auditor-1", "auditor-2"
SIZE, ROOT = 50, digest("root")
SUBJECT = Subject(SubjectKind.ROUND, ROUND_ID)
STATEMENT = Statement(
    "Slips do not add up",
    "Three slips of unit 3 are missing.",
    Severity.SERIOUS,
    digest("text"),
    "Budget Code",
)
ANSWER = digest("answer")
HELD = AFTER - timedelta(days=1)

OPENED = past(
    Finding.Created,
    subject=SUBJECT,
    statement=STATEMENT,
    checkpoint_size=SIZE,
    checkpoint_root=ROOT,
    by=AUDITOR,
)
ANSWERED = past(Finding.Answered, number=1, summary="found in the safe", document_digest=ANSWER, by=CLERK)
CLOSED = past(Finding.Closed, outcome=FindingOutcome.MENDED, reason="counted again", by=AUDITOR)
PRESENTED = past(Finding.Presented, sitting="council-2026-11", held=HELD, by=AUDITOR)

HISTORY: dict[State, tuple[Past, ...]] = {
    State.OPENED: (OPENED,),
    State.ANSWERED: (OPENED, ANSWERED),
    State.CLOSED: (OPENED, ANSWERED, CLOSED),
    State.PRESENTED: (OPENED, ANSWERED, CLOSED, PRESENTED),
}
COMMANDS: dict[str, tuple[Command, set[State], tuple[str, dict[str, object]]]] = {
    "answer": (
        lambda f: f.answer(" counted ", digest("letter"), by=CLERK, at=AFTER),
        {State.OPENED, State.ANSWERED},
        ("finding.answered.v1", {"summary": "counted", "document_digest": digest("letter"), "by": CLERK}),
    ),
    "close": (
        lambda f: f.close(FindingOutcome.UPHELD, " nothing changed ", by=SECOND_AUDITOR, at=AFTER),
        {State.OPENED, State.ANSWERED},
        (
            "finding.closed.v1",
            {"outcome": FindingOutcome.UPHELD, "reason": "nothing changed", "by": SECOND_AUDITOR},
        ),
    ),
    "present": (
        lambda f: f.present("council-2026-11", HELD, by=AUDITOR, at=AFTER),
        {State.CLOSED},
        ("finding.presented.v1", PRESENTED.facts),
    ),
}


def finding(state: State) -> Finding:
    found: Finding = given(FINDING_ID, *HISTORY[state])
    return found


def opened(**changed: Any) -> Finding:
    facts = {"subject": SUBJECT, "statement": STATEMENT, "checkpoint_size": SIZE, "checkpoint_root": ROOT}
    return Finding.open(FINDING_ID, at=AFTER, **{**facts, "by": AUDITOR, **changed})


def stating(**changed: Any) -> Statement:
    return Statement(
        **{
            "title": STATEMENT.title,
            "summary": STATEMENT.summary,
            "severity": Severity.MINOR,
            "text_digest": STATEMENT.text_digest,
            **changed,
        }
    )


def test_a_finding_names_its_subject_and_the_log_it_was_found_in() -> None:
    assert recorded(opened()) == [("finding.opened.v1", OPENED.facts)]


def test_a_finding_need_not_name_a_law() -> None:
    assert opened(statement=stating(title=" Late ")).statement == stating(title="Late")


@pytest.mark.parametrize("first", [1, SIZE])
def test_a_finding_may_be_about_entries_up_to_its_checkpoint(first: int) -> None:
    entries = Subject(SubjectKind.ENTRIES, first=first, last=SIZE)
    assert opened(subject=entries).subject == entries


@pytest.mark.parametrize(
    "subject",
    [
        Subject(SubjectKind.ROUND),
        Subject(SubjectKind.ROUND, ROUND_ID, first=1, last=2),
        Subject(SubjectKind.ROUND, ROUND_ID, last=2),
        Subject(SubjectKind.ENTRIES),
        Subject(SubjectKind.ENTRIES, first=3),
        Subject(SubjectKind.ENTRIES, ROUND_ID, first=3, last=4),
        Subject(SubjectKind.ENTRIES, first=0, last=4),
        Subject(SubjectKind.ENTRIES, first=5, last=4),
        Subject(SubjectKind.ENTRIES, first=5, last=SIZE + 1),
    ],
)
def test_a_subject_is_one_thing_or_positions_that_were_in_the_log(subject: Subject) -> None:
    with refused(SubjectInvalid, kind=subject.kind.value, size=SIZE):
        opened(subject=subject)


@pytest.mark.parametrize(
    ("wrong", "refusal", "facts"),
    [
        ({"statement": stating(title="")}, TextInvalid, {"field": "title", "problem": "empty"}),
        ({"statement": stating(summary="x" * 2_001)}, TextInvalid, {"field": "summary"}),
        ({"statement": stating(summary="of 990101100010")}, TextInvalid, {"problem": "personal_number"}),
        ({"statement": stating(text_digest="act.pdf")}, DigestInvalid, {"field": "text_digest"}),
        ({"statement": stating(legal_basis="\x00")}, TextInvalid, {"field": "legal_basis"}),
        ({"checkpoint_root": "abc"}, DigestInvalid, {"field": "checkpoint_root"}),
        ({"by": "The commission"}, IdentifierInvalid, {"field": "by"}),
    ],
)
def test_an_opening_is_checked(
    wrong: dict[str, Any], refusal: type[Refused], facts: dict[str, object]
) -> None:
    with refused(refusal, **facts):
        opened(**wrong)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_in_its_states_only(name: str, state: State) -> None:
    command, allowed, (topic, facts) = COMMANDS[name]
    subject = finding(state)
    if state in allowed:
        command(subject)
        ((recorded_topic, recorded_facts),) = recorded(subject)
        assert recorded_topic == topic
        assert facts.items() <= recorded_facts.items()
    else:
        with refused(WrongFindingState, subject, state=state.value):
            command(subject)


def test_answers_are_numbered_and_none_replaces_another() -> None:
    subject = finding(State.OPENED)
    for summary in ("we look", "we found one", "we found all"):
        subject.answer(summary, ANSWER, by=CLERK, at=AFTER)
    told = [(facts["number"], facts["summary"]) for _, facts in recorded(subject)]
    assert told == [(1, "we look"), (2, "we found one"), (3, "we found all")]


def test_the_newest_answer_again_records_nothing() -> None:
    subject = finding(State.ANSWERED)
    subject.answer(" found in the safe ", ANSWER, by=CLERK, at=AFTER)
    assert recorded(subject) == []


def test_answers_have_an_end() -> None:
    newest = past(Finding.Answered, number=MOST_ANSWERS, summary="again", document_digest=ANSWER, by=CLERK)
    subject = given(FINDING_ID, OPENED, newest)
    with refused(TooManyAnswers, subject, most=MOST_ANSWERS):
        subject.answer("and again", ANSWER, by=CLERK, at=AFTER)


def test_an_answer_is_words_and_a_document() -> None:
    subject = finding(State.OPENED)
    with refused(TextInvalid, subject, field="summary"):
        subject.answer("", ANSWER, by=CLERK, at=AFTER)
    with refused(DigestInvalid, subject, field="document_digest"):
        subject.answer("found", "", by=CLERK, at=AFTER)


def test_who_opened_does_not_answer() -> None:
    subject = finding(State.OPENED)
    with refused(BothSides, subject):
        subject.answer("all is well", ANSWER, by=AUDITOR, at=AFTER)


def test_who_answered_even_once_neither_closes_nor_presents() -> None:
    later = past(Finding.Answered, number=2, summary="moved", document_digest=ANSWER, by="clerk-2")
    subject = given(FINDING_ID, OPENED, ANSWERED, later)
    for by in (CLERK, "clerk-2"):
        with refused(BothSides, subject):
            subject.close(FindingOutcome.WITHDRAWN, "nothing to see", by=by, at=AFTER)
    subject = given(FINDING_ID, OPENED, ANSWERED, later, CLOSED)
    with refused(BothSides, subject):
        subject.present("council-2026-11", HELD, by=CLERK, at=AFTER)


def test_an_office_that_stays_silent_does_not_keep_a_finding_from_the_council() -> None:
    subject = finding(State.OPENED)
    subject.close(FindingOutcome.UPHELD, "no answer in 30 days", by=AUDITOR, at=AFTER)
    subject.present("council-2026-11", AFTER, by=AUDITOR, at=AFTER)
    assert subject.state is State.PRESENTED


def test_a_finding_is_closed_for_a_reason() -> None:
    subject = finding(State.ANSWERED)
    with refused(TextInvalid, subject, field="reason"):
        subject.close(FindingOutcome.UPHELD, " ", by=AUDITOR, at=AFTER)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"sitting": "the sitting in May"}, IdentifierInvalid),
        ({"sitting": "990101100010"}, IdentifierInvalid),
        ({"held": datetime(2026, 9, 1)}, TimeInvalid),  # noqa: DTZ001 - the attack
        ({"held": AFTER + timedelta(seconds=1)}, SittingNotHeldYet),
        ({"by": ""}, IdentifierInvalid),
    ],
)
def test_a_presentation_is_checked(wrong: dict[str, Any], refusal: type[Refused]) -> None:
    subject = finding(State.CLOSED)
    with refused(refusal, subject):
        subject.present(at=AFTER, **{"sitting": "council-1", "held": HELD, "by": AUDITOR, **wrong})


@forall(
    st.lists(
        st.tuples(st.sampled_from(sorted(COMMANDS)), st.sampled_from([AUDITOR, CLERK, "head-1"])), max_size=8
    )
)
def test_whatever_is_commanded_the_order_and_the_sides_are_kept(commands: list[tuple[str, str]]) -> None:
    subject = finding(State.OPENED)
    for number, (name, by) in enumerate(commands):
        with suppress(WrongFindingState, BothSides):
            if name == "answer":
                subject.answer(f"answer {number}", ANSWER, by=by, at=AFTER)
            elif name == "close":
                subject.close(FindingOutcome.UPHELD, "so it is", by=by, at=AFTER)
            else:
                subject.present("council-1", HELD, by=by, at=AFTER)
    told = recorded(subject)
    topics = [topic.split(".")[1] for topic, _ in told]
    answers = topics.count("answered")
    assert topics == (["answered"] * answers + ["closed", "presented"])[: len(topics)]
    assert [facts["number"] for topic, facts in told if "number" in facts] == list(range(1, answers + 1))
    answered_by = {facts["by"] for topic, facts in told if topic == "finding.answered.v1"}
    others = {facts["by"] for topic, facts in told if topic != "finding.answered.v1"}
    assert not answered_by & (others | {AUDITOR})


def test_old_events_replay_under_any_later_rule() -> None:
    subject = given(
        FINDING_ID,
        past(
            Finding.Created,
            subject=Subject(SubjectKind.ENTRIES),
            statement=stating(title=""),
            checkpoint_size=0,
            checkpoint_root="",
            by="",
        ),
        CLOSED,
        past(Finding.Answered, number=9, summary="", document_digest="", by=AUDITOR),
        past(Finding.Presented, sitting="", held=LONG_AGO, by=AUDITOR),
    )
    assert (subject.state, subject.answers) == (State.PRESENTED, 9)
