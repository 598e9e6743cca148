"""A Council is seated by the table, acts only in office and quorate, and is ended by its term or by the gathering."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.errors import Refused
from domain.self_government.call import LocalityNotOfUnit
from domain.self_government.chairing import ChairHeld, ChairNotElected, ChairVacant
from domain.self_government.council import (
    MOST_INTERESTS,
    Council,
    CouncilDissolved,
    CouncilNotInOffice,
    InterestTwice,
    NoSuchInterest,
    NotAMember,
    NotThisCouncil,
)
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import Official
from domain.self_government.resolution import AnotherResolution
from domain.self_government.rollcall import CouncilWithoutQuorum, MemberVote, NotPresent, Vote, VotedTwice
from domain.self_government.rules import ORDER_88_SEATS, LocalRules
from domain.self_government.seating import (
    ElectedTwice,
    LocalitySeats,
    LocalityWithoutSeat,
    Member,
    NoVacancy,
    ResolutionTooOld,
    SeatsOffTable,
)
from domain.self_government.unit import Population, PopulationNotRecorded, RulesNotSet, TerritorialUnit
from domain.text import IdentifierInvalid, TextInvalid
from tests.councils import (
    CANDIDATES,
    CHAIR,
    DAY,
    FOUR,
    LATER,
    SAT,
    SEATS,
    SEVEN,
    THREE,
    chaired,
    council,
    form,
    resolution,
    roll_call,
    session,
)
from tests.given import recorded, refused
from tests.self_government import CLERK, ELSEWHERE, FAR, HELD, NEAR, UNIT, far, near, the_unit, unit_of

THREE_YEARS_LATER = HELD.replace(year=2029)
NEWCOMER = Candidate(Official("n.1", "Жаңа мүше"), FAR)
WITHOUT_ONE_FAR = CANDIDATES[:-1]


def people(number: int) -> TerritorialUnit:
    return unit_of(people=number, rules=LocalRules())


# Forming.


def test_a_council_is_formed_with_the_numbers_its_seats_were_held_against() -> None:
    members = tuple(Member(each.official, each.locality) for each in CANDIDATES)
    formed = form()
    assert recorded(formed) == [
        (
            "council.formed.v1",
            {
                "unit": UNIT,
                "number": 1,
                "gathering_id": resolution().gathering_id,
                "resolution": "council",
                "elected_on": HELD,
                "population": Population(2025, 4201, "Statistics bureau"),
                "band": ORDER_88_SEATS[0],
                "seats": SEATS,
                "members": members,
                "term_from": HELD,
                "term_until": THREE_YEARS_LATER,
                "by": CLERK,
            },
        )
    ]
    assert formed.id == Council.create_id(UNIT, 1)


@pytest.mark.parametrize(
    ("number", "least", "most"),
    [(1, 5, 10), (10_000, 5, 10), (10_001, 11, 15), (15_001, 16, 20), (20_001, 21, 25), (10**6, 21, 25)],
)
def test_seats_follow_the_table_of_order_88(number: int, least: int, most: int) -> None:
    for seats in (least - 1, most + 1):
        with refused(SeatsOffTable, seats=seats, least=least, most=most):
            form((), unit=people(number), seats=(LocalitySeats(NEAR, seats - 1), LocalitySeats(FAR, 1)))
    for seats in (least, most):
        formed = form((), unit=people(number), seats=(LocalitySeats(NEAR, seats - 1), LocalitySeats(FAR, 1)))
        assert formed.seat_count == seats


def test_a_unit_with_more_localities_than_the_band_has_seats_has_as_many_seats_as_localities() -> None:
    localities = [unit_of(f"1010331{number:02}", parent=UNIT) for number in range(12)]
    seats = tuple(LocalitySeats(each.kato, 1) for each in localities)
    formed = Council.form(
        the_unit(), localities, resolution(candidates=()), seats, previous=None, by=CLERK, at=LATER
    )
    assert formed.seat_count == 12
    with refused(SeatsOffTable, seats=13, least=12, most=12):
        Council.form(
            the_unit(),
            localities,
            resolution(candidates=()),
            (LocalitySeats(localities[0].kato, 2), *seats[1:]),
            previous=None,
            by=CLERK,
            at=LATER,
        )


@pytest.mark.parametrize(
    "seats",
    [
        (LocalitySeats(NEAR, 7),),
        (LocalitySeats(NEAR, 7), LocalitySeats(FAR, 0)),
        (LocalitySeats(NEAR, 8), LocalitySeats(FAR, -1)),
        (LocalitySeats(NEAR, 6), LocalitySeats(FAR, 1), LocalitySeats(ELSEWHERE, 1)),
        (LocalitySeats(NEAR, 4), LocalitySeats(NEAR, 1), LocalitySeats(FAR, 2)),
    ],
)
def test_every_locality_and_no_other_has_seats(seats: tuple[LocalitySeats, ...]) -> None:
    with refused(LocalityWithoutSeat):
        form((), seats=seats)


def test_a_locality_of_another_unit_has_no_say() -> None:
    stranger = unit_of(NEAR, parent=ELSEWHERE)
    with refused(LocalityNotOfUnit, locality=NEAR):
        Council.form(the_unit(), (stranger,), resolution(), SEATS, previous=None, by=CLERK, at=LATER)


def test_a_unit_that_is_its_only_locality_gives_all_seats_itself() -> None:
    formed = Council.form(
        the_unit(),
        (),
        resolution(candidates=(Candidate(Official("v.1", "Ауыл мүшесі"), UNIT),)),
        (LocalitySeats(UNIT, 5),),
        previous=None,
        by=CLERK,
        at=LATER,
    )
    assert set(formed.members_on(HELD)) == {"v.1"}


def test_no_locality_elects_more_members_than_it_has_seats() -> None:
    with refused(NoVacancy, locality=FAR):
        form((*CANDIDATES, NEWCOMER))


def test_nobody_is_elected_twice() -> None:
    with refused(ElectedTwice):
        form((*CANDIDATES[:2], CANDIDATES[0]))


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": ItemKind.MEMBERS_ELECTED}, AnotherResolution),
        ({"kind": ItemKind.OTHER}, AnotherResolution),
        ({"unit": ELSEWHERE}, AnotherResolution),
        ({"adopted_on": datetime(2024, 1, 1, tzinfo=HELD.tzinfo)}, PopulationNotRecorded),
    ],
)
def test_only_the_gathering_of_the_same_unit_elects_its_council(
    wrong: dict[str, Any], refusal: type[Refused]
) -> None:
    election = resolution(**{"candidates": CANDIDATES, **wrong})
    with refused(refusal):
        Council.form(the_unit(), (near(), far()), election, SEATS, previous=None, by=CLERK, at=LATER)


def test_no_council_where_no_rules_are_set() -> None:
    with refused(RulesNotSet):
        form(unit=unit_of())


def test_the_next_council_begins_when_the_one_before_it_ends() -> None:
    first = council()
    second = form(previous=first, adopted_on=THREE_YEARS_LATER - 10 * DAY)
    assert (second.number, second.term_from) == (2, THREE_YEARS_LATER)
    assert not second.members_on(THREE_YEARS_LATER - DAY)
    first.dissolve(
        the_unit(), resolution(ItemKind.COUNCIL_DISSOLVED, adopted_on=SAT + 10 * DAY), by=CLERK, at=LATER
    )
    assert form(previous=first, adopted_on=SAT + 10 * DAY).term_from == SAT + 10 * DAY


def test_one_resolution_elects_one_council() -> None:
    with refused(ResolutionTooOld, after=HELD):
        form(previous=council())


def test_a_council_of_another_unit_is_not_the_one_before() -> None:
    with refused(NotThisCouncil):
        Council.form(
            unit_of(ELSEWHERE, rules=LocalRules()),
            (),
            resolution(unit=ELSEWHERE, adopted_on=LATER),
            (LocalitySeats(ELSEWHERE, 5),),
            previous=council(),
            by=CLERK,
            at=LATER,
        )


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


@forall(
    population=st.integers(1, 100_000),
    near_seats=st.integers(-1, 30),
    far_seats=st.integers(-1, 30),
    elected=st.integers(0, 7),
)
def test_whatever_is_asked_for_no_council_is_off_the_table(
    population: int, near_seats: int, far_seats: int, elected: int
) -> None:
    unit = people(population)
    seats = (LocalitySeats(NEAR, near_seats), LocalitySeats(FAR, far_seats))
    try:
        formed = form(CANDIDATES[:elected], unit=unit, seats=seats)
    except Refused:
        return
    band = unit.rules.seats(population)
    assert band.least <= formed.seat_count <= band.most
    assert {each.locality for each in formed.seats if each.seats >= 1} == {NEAR, FAR}
    assert len(formed.members_on(HELD)) == elected
