"""A Council has members and a chair, acts only in office and quorate, and is ended by its term or by the gathering."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.errors import Refused
from domain.self_government.chairing import ChairHeld, ChairNotElected, ChairVacant
from domain.self_government.council import (
    MOST_INTERESTS,
    Council,
    CouncilDissolved,
    CouncilNotInOffice,
    InterestTwice,
    NoSuchInterest,
    NotAMember,
)
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import Official
from domain.self_government.resolution import AnotherResolution
from domain.self_government.rollcall import CouncilWithoutQuorum, MemberVote, NotPresent, Vote, VotedTwice
from domain.self_government.rules import LocalRules
from domain.self_government.seating import (
    ElectedTwice,
    Member,
    NoVacancy,
    ResolutionTooOld,
)
from domain.text import IdentifierInvalid, TextInvalid
from tests.councils import (
    CANDIDATES,
    CHAIR,
    DAY,
    FOUR,
    LATER,
    SAT,
    SEVEN,
    THREE,
    chaired,
    council,
    resolution,
    roll_call,
    session,
)
from tests.given import recorded, refused
from tests.self_government import CLERK, ELSEWHERE, FAR, HELD, NEAR, the_unit

THREE_YEARS_LATER = HELD.replace(year=2029)
NEWCOMER = Candidate(Official("n.1", "Жаңа мүше"), FAR)
WITHOUT_ONE_FAR = CANDIDATES[:-1]


# Members.


def test_a_member_who_left_is_a_member_until_then_and_not_after() -> None:
    of = council()
    of.leave("m.7", SAT, " moved away ", by=CLERK, at=LATER)
    assert recorded(of) == [
        ("council.member_left.v1", {"member": "m.7", "on": SAT, "reason": "moved away", "by": CLERK})
    ]
    assert "m.7" in of.members_on(SAT - timedelta(seconds=1))
    assert "m.7" not in of.members_on(SAT)


@pytest.mark.parametrize("when", [SAT - DAY, SAT, SAT + DAY])
def test_nobody_leaves_twice(when: datetime) -> None:
    of = council()
    of.leave("m.7", SAT, "moved away", by=CLERK, at=LATER)
    with refused(NotAMember, of):
        of.leave("m.7", when, "moved away", by=CLERK, at=LATER)


def test_a_by_election_fills_a_vacant_seat_of_the_same_locality() -> None:
    of = council(WITHOUT_ONE_FAR)
    of.fill_vacancies(
        the_unit(),
        resolution(ItemKind.MEMBERS_ELECTED, number=3, adopted_on=SAT, candidates=(NEWCOMER,)),
        by=CLERK,
        at=LATER,
    )
    assert recorded(of) == [
        (
            "council.members_elected.v1",
            {
                "gathering_id": resolution(number=3).gathering_id,
                "resolution": "council",
                "members": (Member(NEWCOMER.official, FAR),),
                "since": SAT,
                "by": CLERK,
            },
        )
    ]
    assert "n.1" not in of.members_on(SAT - DAY)
    assert set(of.members_on(SAT)) == {*SEVEN[:6], "n.1"}


@pytest.mark.parametrize(
    ("election", "refusal"),
    [
        ({"candidates": (Candidate(NEWCOMER.official, NEAR),)}, NoVacancy),
        ({"candidates": (Candidate(NEWCOMER.official, ELSEWHERE),)}, NoVacancy),
        ({"candidates": (Candidate(CANDIDATES[0].official, FAR),)}, ElectedTwice),
        ({"candidates": (NEWCOMER, NEWCOMER)}, ElectedTwice),
        ({"candidates": (NEWCOMER,), "kind": ItemKind.COUNCIL_ELECTED}, AnotherResolution),
        ({"candidates": (NEWCOMER,), "unit": ELSEWHERE}, AnotherResolution),
        ({"candidates": (NEWCOMER,), "adopted_on": HELD}, ResolutionTooOld),
        ({"candidates": (NEWCOMER,), "adopted_on": THREE_YEARS_LATER}, CouncilNotInOffice),
    ],
)
def test_a_by_election_seats_nobody_else(election: dict[str, Any], refusal: type[Refused]) -> None:
    of = council(WITHOUT_ONE_FAR)
    election = {"kind": ItemKind.MEMBERS_ELECTED, "adopted_on": SAT, **election}
    with refused(refusal, of):
        of.fill_vacancies(the_unit(), resolution(**election), by=CLERK, at=LATER)


def test_one_by_election_seats_its_winner_once() -> None:
    of = council(WITHOUT_ONE_FAR)
    election = resolution(ItemKind.MEMBERS_ELECTED, adopted_on=SAT, candidates=(NEWCOMER,))
    of.fill_vacancies(the_unit(), election, by=CLERK, at=LATER)
    of.leave("n.1", SAT + DAY, "moved away", by=CLERK, at=LATER)
    with refused(ElectedTwice, of):
        of.fill_vacancies(the_unit(), election, by=CLERK, at=LATER)


# The chair.


def test_the_chair_is_elected_by_and_from_the_members_for_the_rules_years() -> None:
    of = council()
    of.elect_chair(session(of, FOUR), CHAIR, roll_call(THREE, ["m.4"]), by=CLERK, at=LATER)
    [(topic, facts)] = recorded(of)
    assert topic == "council.chair_elected.v1"
    assert (facts["chair"], facts["term_from"], facts["term_until"]) == (CHAIR, SAT, THREE_YEARS_LATER)
    assert facts["votes"] == roll_call(THREE, ["m.4"])
    told = facts["count"]
    assert (told.seats, told.quorum_needed, told.present, told.votes_needed) == (7, 4, 4, 3)
    assert (told.votes_for, told.votes_against, told.adopted) == (3, 1, True)
    assert of.chair_on(SAT) == CHAIR
    assert of.chair_on(SAT - DAY) is None


def test_a_chairs_term_is_the_rules_years_when_the_council_lasts_longer() -> None:
    of = council()
    unit = the_unit(chair_years=1)
    of.elect_chair(session(of, unit=unit), CHAIR, roll_call(SEVEN), by=CLERK, at=LATER)
    assert of.chairings[-1].term_until == SAT.replace(year=SAT.year + 1)


@pytest.mark.parametrize(
    ("present", "chair", "votes", "refusal"),
    [
        (FOUR, CHAIR, roll_call(SEVEN[:2], SEVEN[2:4]), ChairNotElected),
        (FOUR, CHAIR, (), ChairNotElected),
        (FOUR, "n.1", roll_call(FOUR), NotAMember),
        (FOUR, CHAIR, roll_call(SEVEN), NotPresent),
        (FOUR, CHAIR, (*roll_call(FOUR), MemberVote(CHAIR, Vote.FOR)), VotedTwice),
    ],
)
def test_a_roll_call_that_does_not_carry_elects_nobody(
    present: tuple[str, ...], chair: str, votes: tuple[MemberVote, ...], refusal: type[Refused]
) -> None:
    of = council()
    with refused(refusal, of):
        of.elect_chair(session(of, present), chair, votes, by=CLERK, at=LATER)


def test_there_is_one_chair_at_a_time() -> None:
    of = chaired()
    with refused(ChairHeld, of):
        of.elect_chair(session(of), "m.2", roll_call(SEVEN), by=CLERK, at=LATER)


@pytest.mark.parametrize(
    "gives_up",
    [
        lambda of: of.leave_chair(SAT - timedelta(hours=1), "health", by=CLERK, at=LATER),
        lambda of: of.leave_chair(SAT.replace(year=2028), "health", by=CLERK, at=LATER),
    ],
)
def test_who_is_not_in_the_chair_does_not_leave_it(gives_up: Callable[[Council], object]) -> None:
    of = council()
    unit = the_unit(chair_years=1)
    of.elect_chair(session(of, unit=unit), CHAIR, roll_call(SEVEN), by=CLERK, at=LATER)
    with refused(ChairVacant, of):
        gives_up(of)


def test_a_chair_may_leave_the_chair_or_the_council_and_another_is_elected() -> None:
    of = chaired()
    of.leave_chair(SAT + timedelta(seconds=1), "health", by=CLERK, at=LATER)
    assert of.chair_on(SAT + DAY) is None
    assert CHAIR in of.members_on(SAT + DAY)
    gone = chaired()
    gone.leave(CHAIR, SAT + DAY, "moved away", by=CLERK, at=LATER)
    assert (gone.chair_on(SAT), gone.chair_on(SAT + DAY)) == (CHAIR, None)
    with refused(ChairVacant, gone):
        gone.leave_chair(SAT + DAY, "health", by=CLERK, at=LATER)


# Interests.


def test_an_interest_is_declared_under_a_number_of_its_own() -> None:
    of = council()
    of.declare_interest("i-1", "m.2", " My brother's firm ", SAT, by=CLERK, at=LATER)
    assert recorded(of) == [
        (
            "council.interest_declared.v1",
            {"key": "i-1", "member": "m.2", "matter": "My brother's firm", "on": SAT, "by": CLERK},
        )
    ]
    of.must_have_interest("i-1", "m.2")
    for key, member in (("i-1", "m.3"), ("i-2", "m.2")):
        with refused(NoSuchInterest, of):
            of.must_have_interest(key, member)


@pytest.mark.parametrize(
    ("declared", "refusal"),
    [
        ({"key": "i-1"}, InterestTwice),
        ({"member": "n.1"}, NotAMember),
        ({"key": "no spaces"}, IdentifierInvalid),
        ({"matter": ""}, TextInvalid),
        ({"on": HELD - DAY}, CouncilNotInOffice),
    ],
)
def test_an_interest_is_checked(declared: dict[str, Any], refusal: type[Refused]) -> None:
    of = council()
    of.declare_interest("i-1", "m.2", "A firm", SAT, by=CLERK, at=LATER)
    with refused(refusal, of):
        of.declare_interest(
            **{"key": "i-2", "member": "m.3", "matter": "Land", "on": SAT, **declared}, by=CLERK, at=LATER
        )


def test_a_council_keeps_so_many_interests_and_no_more() -> None:
    of = council()
    for number in range(MOST_INTERESTS):
        of.declare_interest(f"i-{number}", "m.2", "A firm", SAT, by=CLERK, at=LATER)
    with refused(InterestTwice, of, most=MOST_INTERESTS):
        of.declare_interest("last", "m.2", "A firm", SAT, by=CLERK, at=LATER)


# The end.

DISSOLVED = resolution(ItemKind.COUNCIL_DISSOLVED, number=4, adopted_on=SAT)


def test_the_gathering_dissolves_its_council() -> None:
    of = council()
    of.dissolve(the_unit(), DISSOLVED, by=CLERK, at=LATER)
    assert recorded(of) == [
        (
            "council.dissolved.v1",
            {"gathering_id": DISSOLVED.gathering_id, "resolution": "council", "on": SAT, "by": CLERK},
        )
    ]
    assert not of.members_on(SAT)
    assert of.members_on(SAT - DAY)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": ItemKind.OTHER}, AnotherResolution),
        ({"unit": ELSEWHERE}, AnotherResolution),
        ({"adopted_on": HELD}, ResolutionTooOld),
        ({"adopted_on": THREE_YEARS_LATER}, CouncilNotInOffice),
    ],
)
def test_nothing_else_dissolves_a_council(wrong: dict[str, Any], refusal: type[Refused]) -> None:
    of = council()
    act = resolution(**{"kind": ItemKind.COUNCIL_DISSOLVED, "adopted_on": SAT, **wrong})
    with refused(refusal, of):
        of.dissolve(the_unit(), act, by=CLERK, at=LATER)


COMMANDS: list[Callable[[Council], object]] = [
    lambda of: of.leave("m.2", HELD + DAY, "moved away", by=CLERK, at=LATER),
    lambda of: of.leave_chair(SAT, "health", by=CLERK, at=LATER),
    lambda of: of.declare_interest("i-1", "m.2", "Land", HELD + DAY, by=CLERK, at=LATER),
    lambda of: of.dissolve(the_unit(), DISSOLVED, by=CLERK, at=LATER),
    lambda of: of.fill_vacancies(
        the_unit(),
        resolution(ItemKind.MEMBERS_ELECTED, adopted_on=HELD + DAY, candidates=(NEWCOMER,)),
        by=CLERK,
        at=LATER,
    ),
    lambda of: of.must_act_on(HELD + DAY, LocalRules()),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_dissolved_council_does_nothing_not_even_for_an_earlier_day(
    command: Callable[[Council], object],
) -> None:
    of = chaired()
    of.dissolve(the_unit(), DISSOLVED, by=CLERK, at=LATER)
    of.collect_events()
    with refused(CouncilDissolved, of):
        command(of)


@pytest.mark.parametrize("when", [HELD - timedelta(seconds=1), THREE_YEARS_LATER])
def test_a_council_acts_within_its_term_only(when: datetime) -> None:
    of = council()
    with refused(CouncilNotInOffice, of, term_from=HELD, term_until=THREE_YEARS_LATER):
        of.must_act_on(when, LocalRules())


def test_a_council_that_is_not_complete_acts_once_it_is_quorate() -> None:
    of = council(CANDIDATES[:3])
    with refused(CouncilWithoutQuorum, of, present=3, needed=4, seats=7):
        of.must_act_on(SAT, LocalRules())
    council(CANDIDATES[:4]).must_act_on(SAT, LocalRules())
