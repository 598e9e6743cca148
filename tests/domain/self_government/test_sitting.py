"""A sitting is announced in time, opens with a quorum of members by name, and lets nobody decide when it is not open."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.errors import Refused
from domain.self_government.call import AgendaInvalid, Notice, NoticeTooShort
from domain.self_government.council import CouncilDissolved, CouncilNotInOffice, NotAMember, NotThisCouncil
from domain.self_government.gathering import NotOnAgenda
from domain.self_government.motion import ItemKind
from domain.self_government.rollcall import CouncilWithoutQuorum, NotPresent
from domain.self_government.rules import MORE_THAN_HALF, LocalRules
from domain.self_government.sitting import (
    MOST_POINTS,
    AlreadyPresent,
    Point,
    Sitting,
    SittingNotDue,
    SittingState,
    Summons,
    WrongSittingState,
)
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from domain.times import TimeInvalid
from tests.councils import (
    CANDIDATES,
    CHAIR,
    DAY,
    FOUR,
    LATER,
    SAT,
    SEVEN,
    SUMMONED,
    THREE,
    chaired,
    close_sitting,
    convened,
    council,
    opened,
    resolution,
    summons,
)
from tests.given import recorded, refused
from tests.self_government import CLERK, ELSEWHERE, HELD, MINUTES, UNIT, the_unit, unit_of

OF = chaired()


def convene(call: Summons, number: str = "1") -> Sitting:
    return Sitting.convene(the_unit(), OF, number, call, by=CLERK, at=SUMMONED)


def test_a_sitting_is_convened_with_the_notice_that_the_rules_ask_for() -> None:
    sitting = convene(summons("1", "2"))
    assert recorded(sitting) == [
        (
            "sitting.convened.v1",
            {
                "council_id": OF.id,
                "unit": UNIT,
                "number": "1",
                "summons": summons("1", "2"),
                "notice": Notice(given_days=10, needed_days=3),
                "by": CLERK,
            },
        )
    ]
    assert sitting.id == Sitting.create_id(OF.id, "1")


@pytest.mark.parametrize(
    ("call", "refusal", "facts"),
    [
        (summons(told=SAT - 2 * DAY), NoticeTooShort, {"given": 2, "needed": 3}),
        (summons(told=SAT + DAY), SittingNotDue, {}),
        (summons(held=SUMMONED - timedelta(hours=1)), NoticeTooShort, {}),
        (summons(held=SAT.replace(year=2030)), CouncilNotInOffice, {}),
        (summons(held=HELD - DAY), CouncilNotInOffice, {}),
        (summons("1", "1"), AgendaInvalid, {"problem": "items"}),
        (Summons("Hall", SUMMONED, SAT, ()), AgendaInvalid, {}),
        (summons(*map(str, range(MOST_POINTS + 1))), AgendaInvalid, {"most": MOST_POINTS}),
        (Summons("", SUMMONED, SAT, (Point("1", "Budget"),)), TextInvalid, {"field": "place"}),
        (Summons("Hall", SUMMONED, SAT, (Point("1", ""),)), TextInvalid, {"field": "title"}),
        (Summons("Hall", SUMMONED, SAT, (Point("no spaces", "Budget"),)), IdentifierInvalid, {}),
        (summons(held=SAT.replace(tzinfo=None)), TimeInvalid, {"field": "held_at"}),
    ],
)
def test_a_summons_is_checked(call: Summons, refusal: type[Refused], facts: dict[str, Any]) -> None:
    at = max(SUMMONED, SAT - 2 * DAY) if refusal is NoticeTooShort else SUMMONED
    with refused(refusal, **facts):
        Sitting.convene(the_unit(), OF, "1", call, by=CLERK, at=at)


def test_the_numbers_are_those_of_the_councils_own_unit() -> None:
    stranger = unit_of(ELSEWHERE, rules=LocalRules(sitting_notice_days=0))
    with refused(NotThisCouncil):
        Sitting.convene(stranger, OF, "1", summons(), by=CLERK, at=SUMMONED)


def test_a_council_without_quorum_is_not_convened() -> None:
    with refused(CouncilWithoutQuorum):
        Sitting.convene(the_unit(), council(CANDIDATES[:3]), "1", summons(), by=CLERK, at=SUMMONED)


def test_it_opens_with_the_members_present_by_name() -> None:
    sitting = convened(OF)
    sitting.open(the_unit(), OF, ["m.4", *FOUR], by=CLERK, at=SAT)
    assert recorded(sitting) == [
        (
            "sitting.opened.v1",
            {
                "present": FOUR,
                "seats": 7,
                "quorum": MORE_THAN_HALF,
                "needed": 4,
                "chair": CHAIR,
                "by": CLERK,
            },
        )
    ]


def test_without_its_quorum_it_does_not_open() -> None:
    sitting = convened(OF)
    with refused(CouncilWithoutQuorum, sitting, present=3, needed=4, seats=7):
        sitting.open(the_unit(), OF, THREE, by=CLERK, at=SAT)


def test_who_is_no_member_does_not_make_the_quorum() -> None:
    sitting = convened(OF)
    with refused(NotPresent, sitting):
        sitting.open(the_unit(), OF, [*THREE, "a.seitkali"], by=CLERK, at=SAT)


def test_it_opens_no_earlier_than_announced() -> None:
    sitting = convened(OF)
    with refused(SittingNotDue, sitting, opens=SAT):
        sitting.open(the_unit(), OF, SEVEN, by=CLERK, at=SAT - timedelta(seconds=1))


def test_it_is_opened_for_its_own_council() -> None:
    sitting, other = convened(OF), council()
    other._id = Sitting.create_id(OF.id, "x")
    with refused(NotThisCouncil, sitting):
        sitting.open(the_unit(), other, SEVEN, by=CLERK, at=SAT)


def test_members_come_and_go() -> None:
    sitting = opened(OF, FOUR)
    sitting.arrive(OF, "m.5", by=CLERK, at=SAT)
    sitting.leave(CHAIR, by=CLERK, at=SAT)
    assert recorded(sitting) == [
        ("sitting.member_arrived.v1", {"member": "m.5", "by": CLERK}),
        ("sitting.member_left.v1", {"member": CHAIR, "by": CLERK}),
    ]
    now = sitting.session(the_unit(), OF)
    assert (now.present, now.chair) == (frozenset({"m.2", "m.3", "m.4", "m.5"}), "")


def test_nobody_comes_twice_or_goes_unseen() -> None:
    sitting = opened(OF, FOUR)
    with refused(AlreadyPresent, sitting):
        sitting.arrive(OF, CHAIR, by=CLERK, at=SAT)
    with refused(NotAMember, sitting):
        sitting.arrive(OF, "a.seitkali", by=CLERK, at=SAT)
    with refused(NotPresent, sitting):
        sitting.leave("m.7", by=CLERK, at=SAT)


def test_a_member_whose_seat_ended_before_the_sitting_does_not_sit() -> None:
    of = chaired()
    sitting = opened(of)
    of.leave(CHAIR, SAT - DAY, "moved away", by=CLERK, at=LATER)
    now = sitting.session(the_unit(), of)
    assert (now.present, now.chair) == (frozenset(SEVEN[1:]), "")


def test_a_council_dissolved_in_the_meantime_sits_no_more() -> None:
    of = chaired()
    sitting = opened(of)
    of.dissolve(the_unit(), resolution(ItemKind.COUNCIL_DISSOLVED, adopted_on=SAT + DAY), by=CLERK, at=LATER)
    with refused(CouncilDissolved, sitting):
        sitting.session(the_unit(), of)


def test_only_what_was_announced_is_dealt_with() -> None:
    sitting = opened(OF)
    sitting.must_have_point("1")
    with refused(NotOnAgenda, sitting):
        sitting.must_have_point("2")


def test_it_ends_with_its_minutes() -> None:
    sitting = opened(OF)
    sitting.close(MINUTES, by=CLERK, at=SAT)
    assert recorded(sitting) == [("sitting.closed.v1", {"minutes_digest": MINUTES, "by": CLERK})]
    with refused(DigestInvalid):
        opened(OF).close("minutes.pdf", by=CLERK, at=SAT)


def test_it_may_be_called_off_before_it_opens() -> None:
    sitting = convened(OF)
    sitting.call_off(" too few came ", by=CLERK, at=SAT)
    assert recorded(sitting) == [("sitting.called_off.v1", {"reason": "too few came", "by": CLERK})]


def called_off() -> Sitting:
    sitting = convened(OF)
    sitting.call_off("too few came", by=CLERK, at=SAT)
    return sitting


STATES: dict[SittingState, Callable[[], Sitting]] = {
    SittingState.CONVENED: lambda: convened(OF),
    SittingState.OPENED: lambda: opened(OF),
    SittingState.CLOSED: lambda: close_sitting(opened(OF)),
    SittingState.CALLED_OFF: called_off,
}

COMMANDS: dict[str, tuple[Callable[[Sitting], object], SittingState]] = {
    "open": (lambda s: s.open(the_unit(), OF, SEVEN, by=CLERK, at=SAT), SittingState.CONVENED),
    "call_off": (lambda s: s.call_off("too few came", by=CLERK, at=SAT), SittingState.CONVENED),
    "arrive": (lambda s: s.arrive(OF, "m.1", by=CLERK, at=SAT), SittingState.OPENED),
    "leave": (lambda s: s.leave("m.1", by=CLERK, at=SAT), SittingState.OPENED),
    "close": (lambda s: s.close(MINUTES, by=CLERK, at=SAT), SittingState.OPENED),
    "session": (lambda s: s.session(the_unit(), OF), SittingState.OPENED),
}


@pytest.mark.parametrize("state", SittingState)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_in_its_state_only(name: str, state: SittingState) -> None:
    command, needed = COMMANDS[name]
    sitting = STATES[state]()
    assert sitting.state is state
    if state is not needed:
        with refused(WrongSittingState, sitting, state=state.value, needed=needed.value):
            command(sitting)


def test_times_are_kept_in_utc() -> None:
    almaty = datetime.fromisoformat("2026-04-01T10:00:00+05:00")
    sitting = convene(summons(told=SUMMONED, held=almaty))
    assert sitting.held_at.utcoffset() == timedelta()
