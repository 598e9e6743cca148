"""An initiative goes its way step by step, each in its place, in its days and in order; every wrong step is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.initiating import (
    NotTheMaslikhat,
)
from domain.self_government.initiative_course import (
    BEFORE_HEARING,
    OPEN,
    AnswerAwaited,
    AnswerTooLate,
    HearingTimeInvalid,
    InitiativeOverdue,
    InitiativeState,
    WrongInitiativeState,
)
from domain.self_government.motion import OpenVote
from domain.self_government.office import Official
from domain.self_government.rules import LocalRules
from domain.self_government.steps import StepOutOfTime
from domain.self_government.unit import UnitKind
from tests.dismissals import (
    ANSWER_DUE,
    ANSWERED,
    DAY,
    DECIDED,
    DEPUTIES,
    DISTRICT,
    DUE,
    FOR_ENDING,
    HEARD,
    HEARING,
    HEARING_SET,
    LATER,
    NOTIFIED,
    REGISTERED,
    SITE,
    SUBMITTED,
    akims_office,
    decided_event,
    district,
    history,
    initiative,
    initiative_of,
    raised_event,
    withdrawal,
)
from tests.examples import digest
from tests.given import recorded, refused
from tests.self_government import CLERK, ELSEWHERE, the_unit, unit_of

S = InitiativeState


@dataclass(frozen=True)
class Step:
    """A command, the states in which it works, the state it leads to and the event it records."""

    act: Callable[[DismissalInitiative], object]
    states: tuple[InitiativeState, ...]
    reached: InitiativeState
    facts: dict[str, Any]


def facts_of(state: InitiativeState) -> dict[str, Any]:
    return history(state)[-1].facts


STEPS: dict[str, Step] = {
    "akim_notified": Step(
        lambda i: i.notify_akim(digest("notice"), on=NOTIFIED, by=CLERK, at=LATER),
        (S.RAISED,),
        S.NOTIFIED,
        facts_of(S.NOTIFIED),
    ),
    "akim_answered": Step(
        lambda i: i.answer(" Lamps are on order. ", digest("answer"), on=ANSWERED, by=CLERK, at=LATER),
        (S.NOTIFIED,),
        S.ANSWERED,
        facts_of(S.ANSWERED),
    ),
    "submitted": Step(
        lambda i: i.submit(the_unit(), district(), digest("submission"), on=SUBMITTED, by=CLERK, at=LATER),
        (S.NOTIFIED, S.ANSWERED),
        S.SUBMITTED,
        facts_of(S.SUBMITTED),
    ),
    "registered": Step(
        lambda i: i.register("41/2026", on=REGISTERED, by=CLERK, at=LATER),
        (S.SUBMITTED,),
        S.REGISTERED,
        facts_of(S.REGISTERED),
    ),
    "hearing_set": Step(
        lambda i: i.set_hearing(HEARING, "Maslikhat, great hall", on=HEARING_SET, by=CLERK, at=LATER),
        (S.REGISTERED, S.HEARING_SET),
        S.HEARING_SET,
        facts_of(S.HEARING_SET),
    ),
    "heard": Step(
        lambda i: i.hear(digest("hearing"), akim_spoke=True, on=HEARD, by=CLERK, at=LATER),
        (S.HEARING_SET,),
        S.HEARD,
        facts_of(S.HEARD),
    ),
    "decided": Step(
        lambda i: i.decide(
            akims_office(), DEPUTIES, OpenVote(12, 7, 4, 1), digest("act 41"), on=DECIDED, by=CLERK, at=LATER
        ),
        (S.HEARD,),
        S.DECIDED,
        facts_of(S.DECIDED),
    ),
    "published": Step(
        lambda i: i.publish((SITE,), by=CLERK, at=LATER), (S.DECIDED,), S.PUBLISHED, facts_of(S.PUBLISHED)
    ),
    "withdrawn": Step(
        lambda i: i.withdraw(withdrawal(), "It has been lit since", on=HEARING - DAY, by=CLERK, at=LATER),
        BEFORE_HEARING,
        S.WITHDRAWN,
        {**facts_of(S.WITHDRAWN), "on": HEARING - DAY},
    ),
    "lapsed": Step(
        lambda i: i.lapse(akims_office(), on=DUE + DAY, by=CLERK, at=LATER),
        OPEN,
        S.LAPSED,
        facts_of(S.LAPSED),
    ),
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_taken_in_its_place_only(name: str, state: InitiativeState) -> None:
    step, subject = STEPS[name], initiative(state)
    if state in step.states:
        step.act(subject)
        assert recorded(subject) == [(f"dismissal.{name}.v1", step.facts)]
        assert subject.state is step.reached
    else:
        with refused(WrongInitiativeState, subject, state=state.value, needed="|".join(step.states)):
            step.act(subject)


LATE_STEPS: dict[str, tuple[InitiativeState, Callable[[DismissalInitiative, datetime], object]]] = {
    "notify": (S.RAISED, lambda i, on: i.notify_akim(digest("notice"), on=on, by=CLERK, at=LATER)),
    "answer": (S.NOTIFIED, lambda i, on: i.answer("No", digest("answer"), on=on, by=CLERK, at=LATER)),
    "submit": (
        S.ANSWERED,
        lambda i, on: i.submit(the_unit(), district(), digest("x"), on=on, by=CLERK, at=LATER),
    ),
    "register": (S.SUBMITTED, lambda i, on: i.register("41", on=on, by=CLERK, at=LATER)),
    "set_hearing": (S.REGISTERED, lambda i, on: i.set_hearing(on, "Hall", on=on, by=CLERK, at=LATER)),
    "hear": (
        S.HEARING_SET,
        lambda i, on: i.hear(digest("minutes"), akim_spoke=False, on=on, by=CLERK, at=LATER),
    ),
    "decide": (
        S.HEARD,
        lambda i, on: i.decide(
            akims_office(), DEPUTIES, FOR_ENDING, digest("act"), on=on, by=CLERK, at=LATER
        ),
    ),
    "withdraw": (S.SUBMITTED, lambda i, on: i.withdraw(withdrawal(), "No", on=on, by=CLERK, at=LATER)),
}


@pytest.mark.parametrize("name", LATE_STEPS)
def test_behind_the_deadline_it_can_only_lapse(name: str) -> None:
    state, act = LATE_STEPS[name]
    subject = initiative(state)
    with refused(InitiativeOverdue, subject, due=DUE):
        act(subject, DUE + DAY)
    subject.lapse(akims_office(), on=DUE + DAY, by=CLERK, at=LATER)


@pytest.mark.parametrize("name", [*LATE_STEPS, "lapse"])
def test_a_step_happens_after_the_one_before_it_and_before_it_is_recorded(name: str) -> None:
    state, act = LATE_STEPS.get(
        name, (S.HEARD, lambda i, on: i.lapse(akims_office(), on=on, by=CLERK, at=LATER))
    )
    subject = initiative(state)
    for on in (subject.last_on - timedelta(microseconds=1), LATER + DAY):
        with refused(StepOutOfTime, subject, after=subject.last_on, now=LATER):
            act(subject, on)


def test_the_akims_days_to_answer_are_whole_days() -> None:
    subject = initiative(S.NOTIFIED)
    with refused(AnswerTooLate, subject, due=ANSWER_DUE):
        subject.answer("No", digest("answer"), on=ANSWER_DUE + DAY, by=CLERK, at=LATER)
    subject.answer("No", digest("answer"), on=ANSWER_DUE + timedelta(hours=1), by=CLERK, at=LATER)


def test_nothing_is_submitted_while_the_akim_may_still_answer() -> None:
    subject = initiative(S.NOTIFIED)
    with refused(AnswerAwaited, subject, due=ANSWER_DUE):
        subject.submit(the_unit(), district(), digest("x"), on=ANSWER_DUE, by=CLERK, at=LATER)
    subject.submit(the_unit(), district(), digest("x"), on=ANSWER_DUE + DAY, by=CLERK, at=LATER)


def test_an_answer_sets_it_free_at_once() -> None:
    subject = initiative(S.ANSWERED)
    subject.submit(the_unit(), district(UnitKind.CITY), digest("x"), on=ANSWERED, by=CLERK, at=LATER)
    assert subject.state is S.SUBMITTED


@pytest.mark.parametrize(
    "maslikhat",
    [
        district(kato=ELSEWHERE),
        district(UnitKind.REGION),
        district(UnitKind.RURAL_DISTRICT),
        the_unit(),
    ],
)
def test_it_goes_to_the_maslikhat_of_the_district_or_city_above(maslikhat: Any) -> None:
    subject = initiative(S.ANSWERED)
    with refused(NotTheMaslikhat, subject):
        subject.submit(the_unit(), maslikhat, digest("x"), on=SUBMITTED, by=CLERK, at=LATER)


def test_only_its_own_unit_submits_it() -> None:
    subject = initiative(S.ANSWERED)
    neighbour = unit_of(ELSEWHERE, parent=DISTRICT, rules=LocalRules())
    with refused(NotTheMaslikhat, subject):
        subject.submit(neighbour, district(), digest("x"), on=SUBMITTED, by=CLERK, at=LATER)


@pytest.mark.parametrize("hearing", [REGISTERED, DUE + DAY])
def test_a_hearing_lies_ahead_and_within_the_deadline(hearing: datetime) -> None:
    subject = initiative(S.REGISTERED)
    with refused(HearingTimeInvalid, subject, due=DUE):
        subject.set_hearing(hearing, "Hall", on=HEARING_SET, by=CLERK, at=LATER)


def test_a_hearing_is_not_held_before_its_time() -> None:
    subject = initiative(S.HEARING_SET)
    with refused(HearingTimeInvalid, subject, hearing=HEARING):
        subject.hear(digest("x"), akim_spoke=True, on=HEARING - timedelta(minutes=1), by=CLERK, at=LATER)


def test_a_hearing_that_was_put_off_is_held_at_its_new_time() -> None:
    subject = initiative(S.HEARING_SET)
    subject.set_hearing(HEARING + 2 * DAY, "Small hall", on=HEARING, by=CLERK, at=LATER)
    with refused(HearingTimeInvalid, subject):
        subject.hear(digest("x"), akim_spoke=True, on=HEARD, by=CLERK, at=LATER)
    subject.hear(digest("x"), akim_spoke=True, on=HEARING + 2 * DAY, by=CLERK, at=LATER)


def test_old_events_replay_under_any_later_rule() -> None:
    subject = initiative_of(
        raised_event(grounds=(), evidence=(), statement="", akim=Official("", "")),
        decided_event(),
        *history(S.NOTIFIED)[1:],
    )
    assert subject.state is S.NOTIFIED
