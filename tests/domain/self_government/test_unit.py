"""A unit is registered once, knows its people by year, and decides nothing before its rules are set."""

from typing import Any

import pytest

from domain.errors import Refused
from domain.kato import KatoInvalid
from domain.self_government.rules import MOST_PEOPLE, LocalRules, LocalRulesInvalid
from domain.self_government.unit import (
    Names,
    Population,
    PopulationInvalid,
    PopulationNotRecorded,
    RulesNotSet,
    TerritorialUnit,
    UnitKind,
)
from domain.text import IdentifierInvalid, TextInvalid
from tests.given import LONG_AGO, given, past, recorded, refused
from tests.self_government import CLERK, NEAR, TOLD, UNIT, the_unit, unit_of

NAMES = Names("Жаңа ауыл", "Новый аул", "Zhana Auyl")


def test_a_unit_is_registered_under_its_parent() -> None:
    parent = the_unit()
    village = TerritorialUnit.register(NEAR, UnitKind.VILLAGE, NAMES, parent=parent, by=CLERK, at=TOLD)
    assert village.id == TerritorialUnit.create_id(NEAR)
    assert recorded(village) == [
        (
            "unit.registered.v1",
            {"kato": NEAR, "kind": UnitKind.VILLAGE, "names": NAMES, "parent": UNIT, "by": CLERK},
        )
    ]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kato": "12"}, KatoInvalid),
        ({"names": Names("", "Новый", "New")}, TextInvalid),
        ({"by": "Clerk"}, IdentifierInvalid),
    ],
)
def test_a_registration_is_checked(wrong: dict[str, Any], refusal: type[Refused]) -> None:
    facts: dict[str, Any] = {"kato": UNIT, "kind": UnitKind.CITY, "names": NAMES, "by": CLERK}
    with refused(refusal):
        TerritorialUnit.register(**(facts | wrong), parent=None, at=TOLD)


def test_a_year_without_a_count_takes_the_newest_before_it() -> None:
    unit = the_unit()
    unit.record_population(2027, 5000, "Census", by=CLERK, at=TOLD)
    assert recorded(unit) == [
        ("unit.population_recorded.v1", {"population": Population(2027, 5000, "Census"), "by": CLERK})
    ]
    assert [unit.population(year).people for year in (2025, 2026, 2027, 2030)] == [4201, 4201, 5000, 5000]
    with refused(PopulationNotRecorded, unit, unit=UNIT, year=2024):
        unit.population(2024)


def test_a_corrected_count_replaces_and_the_same_one_records_nothing() -> None:
    unit = the_unit()
    unit.record_population(2025, 4201, "Statistics bureau", by=CLERK, at=TOLD)
    assert recorded(unit) == []
    unit.record_population(2025, 4300, "Statistics bureau, corrected", by=CLERK, at=TOLD)
    assert unit.population(2025).people == 4300


@pytest.mark.parametrize(("year", "people"), [(1989, 10), (2200, 10), (2025, 0), (2025, MOST_PEOPLE + 1)])
def test_a_count_is_checked(year: int, people: int) -> None:
    unit = the_unit()
    with refused(PopulationInvalid, unit):
        unit.record_population(year, people, "Census", by=CLERK, at=TOLD)


def test_without_rules_there_are_no_numbers_to_decide_by() -> None:
    village = unit_of(NEAR)
    with refused(RulesNotSet, village, unit=NEAR):
        village.rules.check()


def test_rules_are_set_with_their_legal_basis_and_the_same_again_records_nothing() -> None:
    unit = unit_of()
    rules = LocalRules(people_per_representative=20)
    for _ in range(2):
        unit.set_rules(rules, " Maslikhat decision 7 ", by=CLERK, at=TOLD)
    assert recorded(unit) == [
        ("unit.rules_set.v1", {"rules": rules, "legal_basis": "Maslikhat decision 7", "by": CLERK})
    ]
    assert unit.rules == rules


def test_rules_that_cannot_stand_are_refused() -> None:
    unit = the_unit()
    with refused(LocalRulesInvalid, unit):
        unit.set_rules(LocalRules(council_years=0), "Decision 7", by=CLERK, at=TOLD)
    with refused(TextInvalid, unit, field="legal_basis"):
        unit.set_rules(LocalRules(), "", by=CLERK, at=TOLD)


def test_old_events_replay_under_any_later_rule() -> None:
    wild = LocalRules(council_years=-1)
    unit: TerritorialUnit = given(
        TerritorialUnit.create_id("x"),
        past(TerritorialUnit.Created, kato="x", kind=UnitKind.CITY, names=NAMES, parent="y", by=CLERK),
        past(TerritorialUnit.PopulationRecorded, population=Population(1, -1, ""), by=CLERK),
        past(TerritorialUnit.RulesSet, rules=wild, legal_basis="", by=CLERK),
    )
    assert (unit.rules, unit.population(5).people, unit.modified_on) == (wild, -1, LONG_AGO)
