"""A Council is seated by the table of its unit, every locality with a seat, and follows the one before it."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.errors import Refused
from domain.self_government.call import LocalityNotOfUnit
from domain.self_government.council import (
    Council,
    NotThisCouncil,
)
from domain.self_government.motion import Candidate, ItemKind
from domain.self_government.office import Official
from domain.self_government.resolution import AnotherResolution
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
from tests.councils import (
    CANDIDATES,
    DAY,
    LATER,
    SAT,
    SEATS,
    council,
    form,
    resolution,
)
from tests.given import recorded, refused
from tests.self_government import CLERK, ELSEWHERE, FAR, HELD, NEAR, UNIT, far, near, the_unit, unit_of

THREE_YEARS_LATER = HELD.replace(year=2029)
NEWCOMER = Candidate(Official("n.1", "Жаңа мүше"), FAR)


def people(number: int) -> TerritorialUnit:
    return unit_of(people=number, rules=LocalRules())


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
