"""Local rules: exact thresholds, a seats table without gaps, and no rule under which nothing or everything is decided."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from domain.self_government.rules import (
    AT_LEAST_A_TENTH,
    MORE_THAN_HALF,
    MOST_PEOPLE,
    ORDER_88_SEATS,
    LocalRules,
    LocalRulesInvalid,
    RateRange,
    SeatBand,
    Threshold,
)
from domain.text import IdentifierInvalid
from tests.given import refused

TWO_THIRDS = Threshold(2, 3, more_than=False)


@pytest.mark.parametrize(
    ("threshold", "whole", "least"),
    [
        (MORE_THAN_HALF, 1, 1),
        (MORE_THAN_HALF, 4, 3),
        (MORE_THAN_HALF, 5, 3),
        (TWO_THIRDS, 9, 6),
        (TWO_THIRDS, 10, 7),
        (AT_LEAST_A_TENTH, 101, 11),
        (Threshold(1, 1, more_than=False), 7, 7),
    ],
)
def test_a_threshold_is_reached_exactly_from_its_least_part(
    threshold: Threshold, whole: int, least: int
) -> None:
    assert threshold.least(whole) == least
    assert threshold.reached(least, whole)
    assert not threshold.reached(least - 1, whole)


THRESHOLDS = st.builds(Threshold, st.integers(1, 100), st.integers(1, 100), more_than=st.booleans())


@forall(THRESHOLDS, st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_threshold_agrees_with_exact_fractions(threshold: Threshold, part: int, whole: int) -> None:
    got, needed = Fraction(part, whole), Fraction(threshold.numerator, threshold.denominator)
    assert threshold.reached(part, whole) is (got > needed if threshold.more_than else got >= needed)


def test_nobody_is_no_quorum_of_nobody() -> None:
    assert not MORE_THAN_HALF.reached(0, 0)
    assert not AT_LEAST_A_TENTH.reached(0, 0)


def test_the_defaults_stand() -> None:
    LocalRules().check()


@pytest.mark.parametrize(
    ("people", "least", "most"),
    [
        (1, 5, 10),
        (10_000, 5, 10),
        (10_001, 11, 15),
        (15_000, 11, 15),
        (15_001, 16, 20),
        (20_000, 16, 20),
        (20_001, 21, 25),
        (MOST_PEOPLE, 21, 25),
    ],
)
def test_seats_follow_order_88_and_a_bound_belongs_to_the_smaller_band(
    people: int, least: int, most: int
) -> None:
    band = LocalRules().seats(people)
    assert (band.least, band.most) == (least, most)


@forall(st.integers(1, MOST_PEOPLE))
def test_every_population_has_one_band(people: int) -> None:
    assert sum(band.over_people < people <= band.up_to_people for band in ORDER_88_SEATS) == 1


@pytest.mark.parametrize(("people", "representatives"), [(1, 1), (50, 1), (51, 2), (100, 2), (1201, 25)])
def test_a_locality_sends_one_for_each_part_of_the_quota(people: int, representatives: int) -> None:
    assert LocalRules(people_per_representative=50).representatives(people) == representatives


@pytest.mark.parametrize(
    "wrong",
    [
        {"gathering_majority": Threshold(1, 2, more_than=False)},
        {"council_majority": Threshold(49, 100, more_than=True)},
        {"maslikhat_majority": Threshold(1, 3, more_than=False)},
        {"council_quorum": Threshold(0, 1, more_than=False)},
        {"council_quorum": Threshold(1, 1, more_than=True)},
        {"gathering_quorum": Threshold(3, 2, more_than=False)},
        {"people_per_representative": 0},
        {"gathering_notice_days": -1},
        {"council_years": 0},
        {"dismissal_decision_days": 9},
        {"dismissal_after_office_months": 0},
        {"report_status_months": 0},
    ],
)
def test_rules_that_decide_nothing_or_everything_are_refused(wrong: dict[str, Any]) -> None:
    [name] = wrong
    with refused(LocalRulesInvalid, problem=name):
        replace(LocalRules(), **wrong).check()


@pytest.mark.parametrize(
    "seats",
    [
        (),
        (SeatBand(0, 10_000, 5, 10),),
        (SeatBand(1, MOST_PEOPLE, 5, 10),),
        (SeatBand(0, 10_000, 5, 10), SeatBand(10_001, MOST_PEOPLE, 11, 15)),
        (SeatBand(0, 10_000, 5, 10), SeatBand(9_000, MOST_PEOPLE, 11, 15)),
        (SeatBand(0, 0, 5, 10), SeatBand(0, MOST_PEOPLE, 5, 10)),
        (SeatBand(0, MOST_PEOPLE, 6, 5),),
        (SeatBand(0, MOST_PEOPLE, 0, 5),),
    ],
)
def test_a_seats_table_covers_every_population_once(seats: tuple[SeatBand, ...]) -> None:
    with refused(LocalRulesInvalid):
        LocalRules(council_seats=seats).check()


def test_a_rate_has_one_range_that_is_not_empty() -> None:
    land = RateRange("land_tax", -5000, 5000)
    LocalRules(rate_ranges=(land,)).check()
    assert LocalRules(rate_ranges=(land,)).rate_range("land_tax") == land
    assert LocalRules().rate_range("land_tax") is None
    for wrong in ((land, land), (RateRange("land_tax", 1, 0),)):
        with refused(LocalRulesInvalid, problem="rate_ranges"):
            LocalRules(rate_ranges=wrong).check()
    with refused(IdentifierInvalid):
        LocalRules(rate_ranges=(RateRange("land tax", 0, 1),)).check()
