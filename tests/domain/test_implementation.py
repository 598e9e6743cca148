"""Only what was funded is implemented, from contract to acceptance."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.conclusion import Conclusion
from domain.errors import Refused
from domain.implementation import (
    MOST_PICTURES,
    MOST_PICTURES_IN_ALL,
    ContractOverCost,
    DueNotLater,
    Implementation,
    ImplementationState,
    NotFunded,
    Picture,
    ProgressInvalid,
    WrongImplementationState,
)
from domain.money import AmountInvalid
from domain.proposal import TooManyItems
from domain.round import NotThisRound, Phase, WrongPhase
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from domain.times import TimeInvalid
from tests.examples import (
    AFTER,
    CLERK,
    COMPUTATION,
    DOCUMENT,
    HEAD,
    MINUTES,
    ROUND_ID,
    digest,
    published_conclusion,
    round_in,
)
from tests.given import Past, given, past, recorded, refused

Command = Callable[[Implementation], object]
State = ImplementationState

COST_TIYN = 1_400_000_000
DUE = AFTER + timedelta(days=90)
LATER = DUE + timedelta(days=14)

STARTED = past(
    Implementation.Created,
    round_id=ROUND_ID,
    project="12",
    cost_tiyn=COST_TIYN,
    conclusion_digest=DOCUMENT,
    by=CLERK,
)
CONTRACTED = past(
    Implementation.Contracted, contractor="ЖШС «Жарық»", amount_tiyn=1_300_000_000, due=DUE, by=CLERK
)
PROGRESSED = past(Implementation.Progressed, per_cent=40, note="poles stand", by=CLERK)
DELAYED = past(Implementation.Delayed, reason="frost", due=LATER, by=CLERK)
COMPLETED = past(Implementation.Completed, by=CLERK)
REFUSED = past(Implementation.AcceptanceRefused, reason="two lamps dark", minutes_digest=MINUTES, by=CLERK)
ACCEPTED = past(Implementation.Accepted, minutes_digest=MINUTES, by=CLERK)

HISTORY: dict[State, tuple[Past, ...]] = {
    State.STARTED: (STARTED,),
    State.CONTRACTED: (STARTED, CONTRACTED, PROGRESSED),
    State.COMPLETED: (STARTED, CONTRACTED, PROGRESSED, COMPLETED),
    State.REFUSED: (STARTED, CONTRACTED, PROGRESSED, COMPLETED, REFUSED),
    State.ACCEPTED: (STARTED, CONTRACTED, PROGRESSED, COMPLETED, REFUSED, COMPLETED, ACCEPTED),
}

UNDER_WAY = {State.CONTRACTED, State.REFUSED}
COMMANDS: dict[str, tuple[Command, set[State], tuple[str, dict[str, object]]]] = {
    "contract": (
        lambda i: i.contract(" ЖШС «Жарық» ", 1_300_000_000, DUE, by=CLERK, at=AFTER),
        {State.STARTED},
        ("implementation.contracted.v1", CONTRACTED.facts),
    ),
    "report_progress": (
        lambda i: i.report_progress(55, "lamps hang", by=CLERK, at=AFTER),
        UNDER_WAY,
        ("implementation.progressed.v1", {"per_cent": 55, "note": "lamps hang", "by": CLERK}),
    ),
    "delay": (
        lambda i: i.delay("frost", LATER, by=CLERK, at=AFTER),
        UNDER_WAY,
        ("implementation.delayed.v1", DELAYED.facts),
    ),
    "complete": (
        lambda i: i.complete(by=CLERK, at=AFTER),
        UNDER_WAY,
        ("implementation.completed.v1", {"by": CLERK}),
    ),
    "refuse_acceptance": (
        lambda i: i.refuse_acceptance("two lamps dark", minutes_digest=MINUTES, by=CLERK, at=AFTER),
        {State.COMPLETED},
        ("implementation.acceptance_refused.v1", REFUSED.facts),
    ),
    "accept": (
        lambda i: i.accept(minutes_digest=MINUTES, by=CLERK, at=AFTER),
        {State.COMPLETED},
        ("implementation.accepted.v1", ACCEPTED.facts),
    ),
}


def implementation(state: State) -> Implementation:
    found: Implementation = given(Implementation.create_id(ROUND_ID, "12"), *HISTORY[state])
    return found


def begin(project: str = "12", phase: Phase = Phase.PUBLISHED, **changed: Any) -> Implementation:
    facts = {"funded": {"12", "7"}, "cost_tiyn": COST_TIYN, "by": CLERK, **changed}
    conclusion = facts.pop("conclusion", published_conclusion())
    return Implementation.begin(round_in(phase), conclusion, project, at=AFTER, **facts)


def test_a_funded_project_is_begun_with_the_conclusion_as_evidence() -> None:
    begun = begin()
    assert recorded(begun) == [("implementation.started.v1", STARTED.facts)]
    assert begun.id == Implementation.create_id(ROUND_ID, "12")
    assert begun.id != begin("7").id


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.PUBLISHED, Phase.IMPLEMENTING}))
def test_nothing_is_begun_before_publication_or_after_completion(phase: Phase) -> None:
    with refused(WrongPhase, phase=phase.value):
        begin(phase=phase)


@pytest.mark.parametrize("funded", [set(), {"7"}, ("1", "2")])
def test_a_project_that_was_not_funded_is_not_begun(funded: set[str]) -> None:
    with refused(NotFunded):
        begin(funded=funded)


def test_a_conclusion_that_was_never_published_funds_nothing() -> None:
    draft = given(
        Conclusion.create_id(ROUND_ID),
        past(Conclusion.Created, round_id=ROUND_ID, finding=COMPUTATION, by=CLERK),
        past(Conclusion.Approved, document_digest=DOCUMENT, by=HEAD),
    )
    with refused(NotFunded):
        begin(conclusion=draft)


def test_another_rounds_conclusion_funds_nothing() -> None:
    with refused(NotThisRound):
        begin(conclusion=published_conclusion(UUID(int=2)))


def test_a_project_funded_by_a_correction_names_the_correction() -> None:
    corrected = digest("recounted")
    conclusion = given(
        Conclusion.create_id(ROUND_ID),
        past(Conclusion.Created, round_id=ROUND_ID, finding=COMPUTATION, by=CLERK),
        past(Conclusion.Published, document_digest=DOCUMENT, channels=(), by=HEAD),
        past(Conclusion.Published, document_digest=corrected, channels=(), by=HEAD),
    )
    assert begin(conclusion=conclusion).conclusion_digest == corrected


def test_a_begin_is_checked() -> None:
    with refused(AmountInvalid, field="cost_tiyn", least=1):
        begin(cost_tiyn=0)
    with refused(IdentifierInvalid, field="by"):
        begin(by="")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_in_its_states_only(name: str, state: State) -> None:
    command, allowed, event = COMMANDS[name]
    subject = implementation(state)
    if state in allowed:
        command(subject)
        assert recorded(subject) == [event]
    elif (name, state) == ("complete", State.COMPLETED):
        command(subject)
        assert recorded(subject) == []
    else:
        with refused(WrongImplementationState, subject, state=state.value):
            command(subject)


def test_a_contract_may_cost_the_whole_of_the_paper_and_no_more() -> None:
    subject = implementation(State.STARTED)
    with refused(ContractOverCost, subject, amount_tiyn=COST_TIYN + 1, cost_tiyn=COST_TIYN):
        subject.contract("ЖШС «Жарық»", COST_TIYN + 1, DUE, by=CLERK, at=AFTER)
    subject.contract("ЖШС «Жарық»", COST_TIYN, DUE, by=CLERK, at=AFTER)
    assert subject.amount_tiyn == COST_TIYN


@pytest.mark.parametrize(
    ("wrong", "refusal", "facts"),
    [
        ({"amount_tiyn": 0}, AmountInvalid, {"field": "amount_tiyn", "least": 1}),
        ({"contractor": ""}, TextInvalid, {"field": "contractor", "problem": "empty"}),
        ({"contractor": "ЖК 990101100010"}, TextInvalid, {"problem": "personal_number"}),
        ({"due": datetime(2026, 12, 1)}, TimeInvalid, {"field": "due"}),  # noqa: DTZ001 - the attack
        ({"by": ""}, IdentifierInvalid, {"field": "by"}),
    ],
)
def test_a_contract_is_checked(
    wrong: dict[str, Any], refusal: type[Refused], facts: dict[str, object]
) -> None:
    subject = implementation(State.STARTED)
    with refused(refusal, subject, **facts):
        subject.contract(
            at=AFTER, **{"contractor": "ЖШС", "amount_tiyn": 5, "due": DUE, "by": CLERK, **wrong}
        )


@pytest.mark.parametrize("per_cent", [39, -1, 101])
def test_progress_never_falls_and_ends_at_a_hundred(per_cent: int) -> None:
    subject = implementation(State.CONTRACTED)
    with refused(ProgressInvalid, subject, least=40, most=100):
        subject.report_progress(per_cent, "poles stand", by=CLERK, at=AFTER)


@forall(reports=st.lists(st.integers(-10, 110)))
def test_whatever_is_reported_the_record_only_rises(reports: list[int]) -> None:
    subject: Any = given(Implementation.create_id(ROUND_ID, "12"), STARTED, CONTRACTED)
    for per_cent in reports:
        try:
            subject.report_progress(per_cent, f"{per_cent} of 100", by=CLERK, at=AFTER)
        except ProgressInvalid:
            assert not subject.per_cent <= per_cent <= 100
    rising = [facts["per_cent"] for _, facts in recorded(subject)]
    assert rising == sorted(set(rising))
    assert set(rising) <= set(range(101))


def test_the_latest_report_again_records_nothing_but_news_at_the_same_per_cent_does() -> None:
    subject = implementation(State.CONTRACTED)
    subject.report_progress(40, " poles stand ", by=CLERK, at=AFTER)
    assert recorded(subject) == []
    subject.report_progress(40, "poles painted", by=CLERK, at=AFTER)
    assert len(recorded(subject)) == 1


def test_progress_is_told_in_words_too() -> None:
    subject = implementation(State.CONTRACTED)
    with refused(TextInvalid, subject, field="note", problem="empty"):
        subject.report_progress(50, "", by=CLERK, at=AFTER)


@pytest.mark.parametrize("due", [DUE, DUE - timedelta(days=1)])
def test_a_delay_moves_the_due_time_to_a_later_one(due: datetime) -> None:
    subject = implementation(State.CONTRACTED)
    with refused(DueNotLater, subject, due=DUE):
        subject.delay("frost", due, by=CLERK, at=AFTER)


def test_a_delay_has_a_reason_and_a_moment() -> None:
    subject = implementation(State.CONTRACTED)
    with refused(TextInvalid, subject, field="reason"):
        subject.delay("", LATER, by=CLERK, at=AFTER)
    with refused(TimeInvalid, subject, field="due"):
        subject.delay("frost", LATER.replace(tzinfo=None), by=CLERK, at=AFTER)


def test_work_that_was_refused_goes_on_and_is_accepted_in_the_end() -> None:
    subject = implementation(State.REFUSED)
    subject.report_progress(100, "lamps replaced", by=CLERK, at=AFTER)
    subject.complete(by=CLERK, at=AFTER)
    subject.accept(minutes_digest=MINUTES, by=CLERK, at=AFTER)
    assert subject.state is State.ACCEPTED


def test_the_commission_speaks_by_minutes_and_refuses_with_a_reason() -> None:
    subject = implementation(State.COMPLETED)
    with refused(DigestInvalid, subject, field="minutes_digest"):
        subject.accept(minutes_digest="", by=CLERK, at=AFTER)
    with refused(DigestInvalid, subject, field="minutes_digest"):
        subject.refuse_acceptance("two lamps dark", minutes_digest="", by=CLERK, at=AFTER)
    with refused(TextInvalid, subject, field="reason"):
        subject.refuse_acceptance("", minutes_digest=MINUTES, by=CLERK, at=AFTER)


def pictures(*numbers: int) -> tuple[Picture, ...]:
    return tuple(Picture(digest(f"photo {number}"), f"lamp {number}") for number in numbers)


@pytest.mark.parametrize("state", State)
def test_photos_are_shown_at_any_time_and_each_once(state: State) -> None:
    subject = implementation(state)
    subject.picture(pictures(1, 2), by=CLERK, at=AFTER)
    subject.picture(pictures(2, 1), by=CLERK, at=AFTER)
    subject.picture(pictures(2, 3), by=CLERK, at=AFTER)
    assert recorded(subject) == [
        ("implementation.pictured.v1", {"pictures": pictures(*shown), "by": CLERK})
        for shown in ((1, 2), (3,))
    ]
    assert subject.state is state


@pytest.mark.parametrize(
    ("wrong", "refusal", "facts"),
    [
        (pictures(*range(MOST_PICTURES + 1)), TooManyItems, {"field": "pictures", "most": MOST_PICTURES}),
        (pictures(1, 1), TooManyItems, {"field": "pictures"}),
        ((Picture("photo.jpg", "a lamp"),), DigestInvalid, {"field": "pictures"}),
        ((Picture(MINUTES, " "),), TextInvalid, {"field": "shows", "problem": "empty"}),
        ((Picture(MINUTES, "990101100010"),), TextInvalid, {"problem": "personal_number"}),
    ],
    ids=["too many", "one twice", "no digest", "no words", "a person's number"],
)
def test_a_photo_has_a_digest_and_words(
    wrong: tuple[Picture, ...], refusal: type[Refused], facts: dict[str, object]
) -> None:
    subject = implementation(State.CONTRACTED)
    with refused(refusal, subject, **facts):
        subject.picture(wrong, by=CLERK, at=AFTER)


def test_photos_of_one_project_are_bounded() -> None:
    subject = implementation(State.CONTRACTED)
    for first in range(0, MOST_PICTURES_IN_ALL, MOST_PICTURES):
        subject.picture(pictures(*range(first, first + MOST_PICTURES)), by=CLERK, at=AFTER)
    with refused(TooManyItems, subject, field="pictures", most=MOST_PICTURES_IN_ALL):
        subject.picture(pictures(MOST_PICTURES_IN_ALL), by=CLERK, at=AFTER)


def test_old_events_replay_under_any_later_rule() -> None:
    subject = given(
        Implementation.create_id(ROUND_ID, "12"),
        STARTED,
        past(Implementation.Contracted, contractor="", amount_tiyn=COST_TIYN * 9, due=DUE, by=""),
        past(Implementation.Progressed, per_cent=300, note="", by=""),
        past(Implementation.Progressed, per_cent=7, note="", by=""),
        past(Implementation.Delayed, reason="", due=AFTER, by=""),
        ACCEPTED,
    )
    assert (subject.state, subject.per_cent, subject.due) == (State.ACCEPTED, 7, AFTER)
