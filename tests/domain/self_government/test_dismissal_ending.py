"""How an initiative ends: by the maslikhat's vote, by the act of the body that raised it, or by running out of time."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.errors import Refused
from domain.self_government.dismissal import DismissalInitiative
from domain.self_government.gathering import MorePresentThanEntitled, NoQuorum
from domain.self_government.initiating import (
    ActOutOfTime,
    AnotherAct,
    NotTheSittingAkim,
)
from domain.self_government.initiative_course import (
    HearingBegun,
    InitiativeState,
    LapseReason,
    NotLapsed,
)
from domain.self_government.maslikhat import MOST_DEPUTIES
from domain.self_government.motion import MoreVotesThanPresent, OpenVote, VoteCountInvalid
from domain.self_government.office import LeaveReason, Office
from domain.self_government.publication import NotPublishedElectronically
from domain.self_government.resolution import Resolution
from domain.self_government.rules import Threshold
from domain.self_government.substance import Adoption, DecisionKind
from domain.text import DigestInvalid
from tests.dismissals import (
    DAY,
    DECIDED,
    DEPUTIES,
    DUE,
    FOR_ENDING,
    HEARING,
    LATER,
    NOTIFIED,
    RAISED,
    REGISTERED,
    RULES,
    TERM_UNTIL,
    adoption,
    akims_office,
    decided_event,
    history,
    initiative,
    initiative_of,
    raised_event,
    resolution,
    vote_count,
    withdrawal,
)
from tests.examples import digest
from tests.given import past, recorded, refused
from tests.self_government import AKIM, CLERK, ELSEWHERE, NEXT_AKIM

S = InitiativeState
RESIGNED = past(
    Office.Left, holder=AKIM, on=NOTIFIED, reason=LeaveReason.RESIGNED, basis="Own wish", by=CLERK
)
TAKEN_BY_NEXT = past(
    Office.Taken, holder=NEXT_AKIM, term_from=NOTIFIED, term_until=TERM_UNTIL, basis="Election", by=CLERK
)
ELECTED_AGAIN = past(Office.Taken, **{**TAKEN_BY_NEXT.facts, "holder": AKIM})


def decide(subject: DismissalInitiative, office: Office, vote: OpenVote, deputies: int = DEPUTIES) -> bool:
    return subject.decide(office, deputies, vote, digest("act 41"), on=DECIDED, by=CLERK, at=LATER)


def test_the_maslikhats_majority_ends_the_akims_powers_and_the_office_follows() -> None:
    subject, office = initiative(S.HEARD), akims_office()
    assert decide(subject, office, FOR_ENDING)
    assert recorded(subject) == [("dismissal.decided.v1", decided_event(FOR_ENDING).facts)]
    assert recorded(office) == [
        (
            "office.left.v1",
            {
                "holder": AKIM,
                "on": DECIDED,
                "reason": LeaveReason.DISMISSED,
                "basis": f"dismissal:{subject.id}",
                "by": CLERK,
            },
        )
    ]
    assert not subject.declined


def test_half_of_the_deputies_are_no_majority_however_few_are_present() -> None:
    subject, office = initiative(S.HEARD), akims_office()
    assert not decide(subject, office, OpenVote(9, 8, 1, 0), deputies=16)
    assert recorded(office) == []
    assert subject.declined


def test_a_decision_names_every_number_it_rests_on() -> None:
    count = vote_count(FOR_ENDING)
    assert (count.quorum_needed, count.votes_needed, count.ended) == (8, 8, True)


@pytest.mark.parametrize(
    ("vote", "deputies", "refusal"),
    [
        (OpenVote(7, 7, 0, 0), DEPUTIES, NoQuorum),
        (OpenVote(12, 8, 4, 1), DEPUTIES, MoreVotesThanPresent),
        (OpenVote(16, 8, 4, 1), DEPUTIES, MorePresentThanEntitled),
        (OpenVote(0, 0, 0, 0), 0, NoQuorum),
        (OpenVote(12, -1, 4, 1), DEPUTIES, VoteCountInvalid),
        (OpenVote(600, 600, 0, 0), MOST_DEPUTIES + 101, MorePresentThanEntitled),
    ],
)
def test_a_vote_that_cannot_have_been_so_decides_nothing(
    vote: OpenVote, deputies: int, refusal: type[Refused]
) -> None:
    subject, office = initiative(S.HEARD), akims_office()
    with refused(refusal, subject, office):
        decide(subject, office, vote, deputies)


@pytest.mark.parametrize(
    "office",
    [
        akims_office(RESIGNED),
        akims_office(RESIGNED, TAKEN_BY_NEXT),
        akims_office(RESIGNED, ELECTED_AGAIN),
        akims_office(unit=ELSEWHERE),
    ],
    ids=["vacant", "a successor", "elected again", "another unit"],
)
def test_the_successor_is_not_dismissed_in_the_akims_place(office: Office) -> None:
    subject = initiative(S.HEARD)
    with refused(NotTheSittingAkim, subject, office):
        decide(subject, office, FOR_ENDING)


def test_a_decision_without_its_text_leaves_the_akim_in_office() -> None:
    subject, office = initiative(S.HEARD), akims_office()
    with refused(DigestInvalid, subject, office):
        subject.decide(office, DEPUTIES, FOR_ENDING, "act 41", on=DECIDED, by=CLERK, at=LATER)


def test_it_is_decided_by_the_rules_of_the_day_it_was_raised() -> None:
    two_thirds = replace(RULES, maslikhat_majority=Threshold(2, 3, more_than=False))
    subject = initiative_of(raised_event(rules=two_thirds), *history(S.HEARD)[1:])
    assert not decide(subject, akims_office(), OpenVote(12, 9, 3, 0))


def test_the_decision_is_published_electronically() -> None:
    subject = initiative(S.DECIDED)
    with refused(NotPublishedElectronically, subject):
        subject.publish((), by=CLERK, at=LATER)


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (resolution(adopted_on=RAISED + DAY), AnotherAct),
        (withdrawal(unit=ELSEWHERE), AnotherAct),
        (withdrawal(akim=NEXT_AKIM.id), AnotherAct),
        (adoption(DecisionKind.DISMISSAL_WITHDRAWN, adopted_on=RAISED + DAY), AnotherAct),
        (withdrawal(adopted_on=RAISED - DAY), ActOutOfTime),
        (withdrawal(adopted_on=HEARING), ActOutOfTime),
    ],
)
def test_only_a_later_act_of_the_body_that_raised_it_withdraws_it(
    act: Resolution | Adoption, refusal: type[Refused]
) -> None:
    subject = initiative(S.SUBMITTED)
    with refused(refusal, subject):
        subject.withdraw(act, "No longer", on=REGISTERED, by=CLERK, at=LATER)


def test_at_its_hearing_it_is_too_late_to_withdraw() -> None:
    subject = initiative(S.HEARING_SET)
    with refused(HearingBegun, subject, hearing=HEARING):
        subject.withdraw(withdrawal(), "No longer", on=HEARING, by=CLERK, at=LATER)


@pytest.mark.parametrize("on", [RAISED, DUE])
def test_it_does_not_lapse_before_its_deadline_is_over(on: datetime) -> None:
    subject = initiative(S.RAISED)
    with refused(NotLapsed, subject, due=DUE):
        subject.lapse(akims_office(), on=on, by=CLERK, at=LATER)


@pytest.mark.parametrize(
    "office",
    [
        akims_office(RESIGNED),
        akims_office(RESIGNED, TAKEN_BY_NEXT),
        akims_office(RESIGNED, ELECTED_AGAIN),
    ],
)
def test_it_lapses_when_the_akim_has_left(office: Office) -> None:
    subject = initiative(S.RAISED)
    subject.lapse(office, on=NOTIFIED, by=CLERK, at=LATER)
    [(_, facts)] = recorded(subject)
    assert facts["reason"] is LapseReason.LEFT_OFFICE


def test_another_units_office_makes_nothing_lapse() -> None:
    subject = initiative(S.RAISED)
    with refused(NotTheSittingAkim, subject):
        subject.lapse(akims_office(unit=ELSEWHERE), on=NOTIFIED, by=CLERK, at=LATER)
