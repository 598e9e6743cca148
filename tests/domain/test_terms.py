"""Terms under which no lawful round can be held are refused by name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.errors import Refused
from domain.kato import KatoInvalid
from domain.money import AmountInvalid
from domain.paper import BallotForm, BallotType, RoundKind, Rules, Unit
from domain.terms import (
    MOST_CATEGORIES,
    MOST_CHOICES,
    MOST_MINIMUM_VOTERS,
    MOST_POINTS,
    MOST_UNITS,
    BelowTenVoterMinimum,
    CostCap,
    Terms,
    TermsInvalid,
)
from domain.text import IdentifierInvalid, TextInvalid
from domain.times import TimeInvalid
from tests.examples import CITY, CLOSES, DISTRICT, OPENS, TERMS
from tests.given import refused

VILLAGE = Unit("101033102", "Ақжар ауылы", 10**9)
MANY_UNITS = tuple(Unit(f"{100_000_000 + n}", f"{n}-аудан", 1) for n in range(MOST_UNITS + 1))


def form(kind: BallotType, most: int = 3, **more: Any) -> dict[str, BallotForm]:
    return {"form": BallotForm(kind, most, **more)}


LAWFUL: dict[str, dict[str, Any]] = {
    "a city's approval round": {},
    "a rural contest": {"kind": RoundKind.RURAL, "units": (VILLAGE,)},
    "most units": {"units": MANY_UNITS[:-1]},
    "no categories": {"categories": (), "cost_caps": ()},
    "one choice": form(BallotType.CHOOSE_ONE, 1),
    "points": form(BallotType.CUMULATIVE, 5, max_points=MOST_POINTS),
    "points without a sum": form(BallotType.CUMULATIVE, 5),
    "ranks": form(BallotType.RANKED),
    "exactly three": form(BallotType.APPROVAL, min_choices=3),
    "most choices": form(BallotType.APPROVAL, MOST_CHOICES),
    "fifty voters, as in Aktobe": {"rules": Rules(minimum_voters=50)},
    "the largest minimum": {"rules": Rules(minimum_voters=MOST_MINIMUM_VOTERS)},
    "an empty envelope": {"units": (Unit(CITY, "Алматы", 0),)},
    "a moment of voting": {"voting_closes": OPENS + timedelta(microseconds=1)},
}

PROBLEMS: list[tuple[str, dict[str, Any]]] = [
    ("units", {"units": ()}),
    ("units", {"units": MANY_UNITS}),
    ("rural_contest_has_one_unit", {"kind": RoundKind.RURAL}),
    ("unit_twice", {"units": (TERMS.units[0], TERMS.units[0])}),
    ("parent_not_listed_before", {"units": (TERMS.units[1], TERMS.units[0])}),
    ("parent_not_listed_before", {"units": (Unit(CITY, "Алматы", 1, parent=CITY),)}),
    ("categories", {"categories": ("greening", "greening")}),
    ("categories", {"categories": tuple(f"c{n}" for n in range(MOST_CATEGORIES + 1))}),
    ("cost_cap_of_unknown_category", {"cost_caps": (CostCap(5, "fountains"),)}),
    ("cost_cap_twice", {"cost_caps": (CostCap(5), CostCap(6))}),
    ("cost_cap_twice", {"cost_caps": (CostCap(5, "greening"), CostCap(6, "greening"))}),
    ("choices", form(BallotType.APPROVAL, 0)),
    ("choices", form(BallotType.APPROVAL, 3, min_choices=0)),
    ("choices", form(BallotType.RANKED, 3, min_choices=4)),
    ("choices", form(BallotType.APPROVAL, MOST_CHOICES + 1)),
    ("choose_one_takes_one_choice", form(BallotType.CHOOSE_ONE, 2)),
    ("points", form(BallotType.CUMULATIVE, 3, max_points=0)),
    ("points", form(BallotType.CUMULATIVE, 3, min_choices=3, max_points=2)),
    ("points", form(BallotType.CUMULATIVE, 3, max_points=MOST_POINTS + 1)),
    ("points_only_on_cumulative_ballots", form(BallotType.APPROVAL, max_points=5)),
    ("points_only_on_cumulative_ballots", form(BallotType.RANKED, max_points=5)),
    ("rules", {"rules": Rules(minimum_voters=MOST_MINIMUM_VOTERS + 1)}),
    ("rules", {"rules": Rules(score_threshold=-1)}),
    ("voting_closes_before_it_opens", {"voting_closes": OPENS}),
    ("voting_closes_before_it_opens", {"voting_opens": CLOSES + timedelta(days=1)}),
    ("proposals_per_author", {"proposals_per_author": 0}),
]

OTHER_REFUSALS: list[tuple[type[Refused], dict[str, object], dict[str, Any]]] = [
    (TextInvalid, {"field": "title"}, {"title": ""}),
    (TextInvalid, {"field": "title", "problem": "too_long"}, {"title": "x" * 301}),
    (TextInvalid, {"field": "unit_name"}, {"units": (Unit(CITY, "", 1),)}),
    (TextInvalid, {"field": "category"}, {"categories": ("greening", "")}),
    (KatoInvalid, {}, {"units": (Unit("Almaty", "Алматы", 1),)}),
    (AmountInvalid, {"field": "envelope_tiyn"}, {"units": (Unit(CITY, "Алматы", -1),)}),
    (AmountInvalid, {"field": "cost_cap_tiyn", "least": 1}, {"cost_caps": (CostCap(0),)}),
    (IdentifierInvalid, {"field": "rules_version"}, {"rules": Rules(version="")}),
    (TimeInvalid, {"field": "voting_opens"}, {"voting_opens": OPENS.replace(tzinfo=None)}),
    (TimeInvalid, {"field": "voting_closes"}, {"voting_closes": CLOSES.replace(tzinfo=None)}),
]


def changed(**facts: Any) -> Terms:
    return replace(TERMS, **facts)


@pytest.mark.parametrize("facts", LAWFUL.values(), ids=LAWFUL.keys())
def test_lawful_terms_pass(facts: dict[str, Any]) -> None:
    changed(**facts).check()


@pytest.mark.parametrize(("problem", "facts"), PROBLEMS)
def test_unlawful_terms_are_refused_with_the_problem(problem: str, facts: dict[str, Any]) -> None:
    with refused(TermsInvalid, problem=problem):
        changed(**facts).check()


@pytest.mark.parametrize(("refusal", "told", "facts"), OTHER_REFUSALS)
def test_every_part_of_the_terms_is_checked(
    refusal: type[Refused], told: dict[str, object], facts: dict[str, Any]
) -> None:
    with refused(refusal, **told):
        changed(**facts).check()


@pytest.mark.parametrize("minimum", [9, 1, 0, -1])
def test_no_local_rule_goes_below_ten_voters(minimum: int) -> None:
    with refused(BelowTenVoterMinimum, minimum_voters=minimum, least=10):
        changed(rules=Rules(minimum_voters=minimum)).check()


def test_a_unit_is_found_by_its_code() -> None:
    assert TERMS.unit(DISTRICT) is TERMS.units[1]
    assert TERMS.unit("101033102") is None


def test_the_lower_of_two_caps_holds() -> None:
    caps = (CostCap(500), CostCap(200, "greening"), CostCap(900, "lighting"))
    terms = changed(cost_caps=caps)
    assert [terms.cost_cap_tiyn(category) for category in ("greening", "lighting", "")] == [200, 500, 500]
    assert changed(cost_caps=caps[1:]).cost_cap_tiyn("") is None
