"""What raises an initiative against an akim: an adopted act of this unit about this akim, grounds, evidence, and nothing open."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.errors import Refused
from domain.self_government.dismissal import ActUsed, DismissalInitiative, InitiativeOpen
from domain.self_government.initiating import (
    MOST_EVIDENCE,
    ActOutOfTime,
    AnotherAct,
    Body,
    Evidence,
    EvidenceInvalid,
    Ground,
    GroundsMissing,
    InitiativeTooEarly,
    NotTheSittingAkim,
)
from domain.self_government.initiative_course import (
    OPEN,
    InitiativeState,
)
from domain.self_government.motion import ItemKind
from domain.self_government.office import LeaveReason, Office, OfficeKind
from domain.self_government.resolution import Resolution
from domain.self_government.steps import StepOutOfTime
from domain.self_government.substance import Adoption, DecisionKind
from domain.self_government.unit import RulesNotSet
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.dismissals import (
    DAY,
    DECIDED,
    DUE,
    EVIDENCE,
    GROUNDS,
    LATER,
    NOTIFIED,
    RAISED,
    STATEMENT,
    TERM_FROM,
    TERM_UNTIL,
    adoption,
    akims_office,
    decided_event,
    history,
    initiative,
    initiative_of,
    raised_event,
    resolution,
)
from tests.examples import digest
from tests.given import past, recorded, refused
from tests.self_government import AKIM, CLERK, ELSEWHERE, HELD, NEXT_AKIM, UNIT, the_unit, unit_of

S = InitiativeState
RESIGNED = past(
    Office.Left, holder=AKIM, on=NOTIFIED, reason=LeaveReason.RESIGNED, basis="Own wish", by=CLERK
)
TAKEN_BY_NEXT = past(
    Office.Taken, holder=NEXT_AKIM, term_from=NOTIFIED, term_until=TERM_UNTIL, basis="Election", by=CLERK
)


def raise_one(**changed: Any) -> DismissalInitiative:
    facts: dict[str, Any] = {
        "unit": the_unit(),
        "office": akims_office(),
        "akim": AKIM.id,
        "act": resolution(),
        "grounds": GROUNDS,
        "statement": STATEMENT,
        "evidence": EVIDENCE,
        "earlier": (),
        "on": RAISED,
        "by": CLERK,
        "at": LATER,
    }
    return DismissalInitiative.raise_against(**{**facts, **changed})


def test_a_resolution_of_the_gathering_raises_an_initiative_with_the_rules_of_that_day() -> None:
    raised = raise_one()
    assert recorded(raised) == [("dismissal.raised.v1", raised_event().facts)]
    assert (raised.state, raised.id) == (S.RAISED, DismissalInitiative.create_id(UNIT, AKIM.id, 1))


def test_a_decision_of_the_council_raises_one_too() -> None:
    [(_, facts)] = recorded(raise_one(act=adoption()))
    assert (facts["act"].body, facts["act"].id, facts["act"].key) == (
        Body.COUNCIL,
        adoption().decision_id,
        "",
    )


@pytest.mark.parametrize(
    "act",
    [resolution(kind) for kind in ItemKind if kind is not ItemKind.DISMISSAL_INITIATED]
    + [adoption(kind) for kind in DecisionKind if kind is not DecisionKind.DISMISSAL_INITIATED]
    + [
        resolution(unit=ELSEWHERE),
        adoption(unit=ELSEWHERE),
        resolution(akim=NEXT_AKIM.id),
        adoption(akim=NEXT_AKIM.id),
    ],
)
def test_an_act_on_another_matter_of_another_unit_or_about_another_akim_raises_nothing(
    act: Resolution | Adoption,
) -> None:
    with refused(AnotherAct, needed="dismissal_initiated", unit=UNIT):
        raise_one(act=act)


def test_an_act_raises_one_within_its_days_and_not_a_day_later() -> None:
    for days, late in ((30, False), (31, True)):
        if late:
            with refused(ActOutOfTime, adopted=HELD, most_days=30):
                raise_one(on=HELD + days * DAY)
        else:
            raise_one(on=HELD + days * DAY)


def test_a_day_is_a_date_in_kazakhstan_not_24_hours() -> None:
    last_minute = datetime.combine((HELD + 30 * DAY).date(), datetime.min.time(), HELD.tzinfo) + timedelta(
        hours=18, minutes=59
    )
    raise_one(on=last_minute)
    with refused(ActOutOfTime):
        raise_one(on=last_minute + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("on", "at"), [(HELD - DAY, LATER), (RAISED, RAISED - DAY)], ids=["before the act", "in the future"]
)
def test_it_is_raised_between_its_act_and_now(on: datetime, at: datetime) -> None:
    with refused(StepOutOfTime):
        raise_one(on=on, at=at)


@pytest.mark.parametrize(
    "office",
    [akims_office(RESIGNED), akims_office(RESIGNED, TAKEN_BY_NEXT)],
    ids=["who has left", "whom another has followed"],
)
def test_an_akim_who_is_out_of_office_cannot_be_dismissed(office: Office) -> None:
    with refused(NotTheSittingAkim, office):
        raise_one(office=office, on=NOTIFIED + DAY)


@pytest.mark.parametrize(
    ("office", "akim"),
    [
        (akims_office(), NEXT_AKIM.id),
        (akims_office(unit=ELSEWHERE), AKIM.id),
        (akims_office(kind=OfficeKind.MASLIKHAT_SECRETARY), AKIM.id),
    ],
    ids=["not the akim", "akim of another unit", "another office"],
)
def test_only_the_akim_of_the_unit_can_be_dismissed(office: Office, akim: str) -> None:
    with refused(NotTheSittingAkim, office):
        raise_one(office=office, akim=akim, act=adoption(akim=akim))


def test_nothing_is_raised_in_a_unit_without_rules() -> None:
    with refused(RulesNotSet):
        raise_one(unit=unit_of())


def test_by_default_an_akim_may_face_one_on_the_first_day_in_office() -> None:
    first_day = akims_office(RESIGNED, TAKEN_BY_NEXT)
    raise_one(office=first_day, akim=NEXT_AKIM.id, act=adoption(akim=NEXT_AKIM.id), on=NOTIFIED)


def test_a_unit_may_give_a_new_akim_months_of_grace() -> None:
    unit = the_unit(dismissal_after_office_months=23)
    assert raise_one(unit=unit).rules.after_office_months == 23
    with refused(InitiativeTooEarly, earliest=TERM_FROM.replace(year=2029)):
        raise_one(unit=the_unit(dismissal_after_office_months=60))


def test_a_unit_may_ask_for_months_after_an_initiative_that_was_declined() -> None:
    declined = initiative_of(*history(S.HEARD), decided_event())
    act = resolution(number=5, adopted_on=DECIDED + DAY)
    assert raise_one(earlier=[declined], act=act, on=DECIDED + 2 * DAY).number == 2
    with refused(InitiativeTooEarly, earliest=DECIDED.replace(month=DECIDED.month + 6)):
        raise_one(
            unit=the_unit(dismissal_after_failure_months=6),
            earlier=[declined],
            act=act,
            on=DECIDED + 2 * DAY,
        )


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.LAPSED])
def test_what_nobody_declined_asks_for_no_months(state: InitiativeState) -> None:
    unit = the_unit(dismissal_after_failure_months=6)
    act = resolution(number=5, adopted_on=DUE)
    assert raise_one(unit=unit, earlier=[initiative(state)], act=act, on=DUE + 2 * DAY).number == 2


@pytest.mark.parametrize("state", OPEN)
def test_while_one_is_open_no_other_is_raised(state: InitiativeState) -> None:
    with refused(InitiativeOpen, number=1):
        raise_one(earlier=[initiative(state)], act=adoption())


@pytest.mark.parametrize("state", sorted(set(S) - set(OPEN)))
def test_one_act_raises_one_initiative(state: InitiativeState) -> None:
    with refused(ActUsed, number=1):
        raise_one(earlier=[initiative(state)])


def test_the_store_itself_would_refuse_two_at_once() -> None:
    assert raise_one(act=adoption()).id == raise_one().id


@pytest.mark.parametrize("grounds", [(), (Ground.MISCONDUCT, Ground.MISCONDUCT)])
def test_grounds_are_given_once_each(grounds: tuple[Ground, ...]) -> None:
    with refused(GroundsMissing):
        raise_one(grounds=grounds)


def test_grounds_are_a_closed_list() -> None:
    assert {ground.value for ground in Ground} == {
        "programme_not_carried_out",
        "no_cooperation",
        "unsatisfactory_results",
        "misconduct",
    }


@pytest.mark.parametrize(
    "evidence",
    [
        (),
        (EVIDENCE[0], EVIDENCE[0]),
        tuple(Evidence(digest(str(n)), "x") for n in range(MOST_EVIDENCE + 1)),
    ],
    ids=["none", "one twice", "too many"],
)
def test_evidence_is_given_within_limits(evidence: tuple[Evidence, ...]) -> None:
    with refused(EvidenceInvalid, most=MOST_EVIDENCE):
        raise_one(evidence=evidence)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"evidence": (Evidence("photo.jpg", "x"),)}, DigestInvalid),
        ({"evidence": (Evidence(digest("x"), " "),)}, TextInvalid),
        ({"statement": ""}, TextInvalid),
        ({"statement": "IIN 990101100010"}, TextInvalid),
        ({"by": "A resident"}, IdentifierInvalid),
    ],
)
def test_what_is_stored_is_said_in_words_and_digests(changed: dict[str, Any], refusal: type[Refused]) -> None:
    with refused(refusal):
        raise_one(**changed)
