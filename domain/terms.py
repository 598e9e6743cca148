"""A round's terms: what the akim's office sets before voting, checked as a whole, frozen with the paper.

Where the law is silent a rule is a field here with a named default, never a constant hidden in code.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.errors import Refused
from domain.kato import check_kato
from domain.money import check_tiyn
from domain.paper import TEN_VOTER_MINIMUM, BallotForm, BallotType, RoundKind, Rules, Unit
from domain.text import NAME_CHARS, TITLE_CHARS, check_identifier, check_text
from domain.times import check_time

MOST_UNITS = 300
MOST_CATEGORIES = 50
MOST_CHOICES = 100
MOST_POINTS = 1_000
MOST_MINIMUM_VOTERS = 1_000_000


class TermsInvalid(Refused):
    """`problem` says which rule of a round's terms is broken."""

    code: ClassVar[str] = "terms_invalid"


class BelowTenVoterMinimum(Refused):
    """Local rules may ask for more voters than ten, never for fewer (concept, lines 881-882)."""

    code: ClassVar[str] = "below_ten_voter_minimum"


@dataclass(frozen=True, slots=True)
class CostCap:
    """The highest cost of one project, in all categories (`category` empty) or in one of them."""

    most_tiyn: int
    category: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything a round is configured with. `voting_closes` is the planned end; the log records the real one."""

    kind: RoundKind
    title: str
    units: tuple[Unit, ...]
    form: BallotForm
    rules: Rules
    voting_opens: datetime
    voting_closes: datetime
    categories: tuple[str, ...] = ()
    cost_caps: tuple[CostCap, ...] = ()
    proposals_per_author: int = 10

    def check(self) -> None:
        """Refuse terms under which no lawful round can be held."""
        check_text("title", self.title, TITLE_CHARS)
        self._check_units()
        self._check_categories()
        _check_form(self.form)
        _check_rules(self.rules)
        opens = check_time("voting_opens", self.voting_opens)
        if check_time("voting_closes", self.voting_closes) <= opens:
            raise TermsInvalid(problem="voting_closes_before_it_opens")
        if self.proposals_per_author < 1:
            raise TermsInvalid(problem="proposals_per_author")

    def unit(self, kato: str) -> Unit | None:
        return next((unit for unit in self.units if unit.kato == kato), None)

    @property
    def roots(self) -> frozenset[str]:
        """The units that are part of no other here: whose round it is."""
        return frozenset(unit.kato for unit in self.units if unit.parent is None)

    def cost_cap_tiyn(self, category: str) -> int | None:
        caps = [cap.most_tiyn for cap in self.cost_caps if cap.category in ("", category)]
        return min(caps, default=None)

    def _check_units(self) -> None:
        if not 1 <= len(self.units) <= MOST_UNITS:
            raise TermsInvalid(problem="units", most=MOST_UNITS)
        if self.kind is RoundKind.RURAL and len(self.units) != 1:
            raise TermsInvalid(problem="rural_contest_has_one_unit")
        seen: set[str] = set()
        for unit in self.units:
            check_kato(unit.kato)
            check_text("unit_name", unit.name, NAME_CHARS)
            check_tiyn("envelope_tiyn", unit.envelope_tiyn)
            if unit.kato in seen:
                raise TermsInvalid(problem="unit_twice", unit=unit.kato)
            if unit.parent is not None and unit.parent not in seen:
                raise TermsInvalid(problem="parent_not_listed_before", unit=unit.kato)
            seen.add(unit.kato)

    def _check_categories(self) -> None:
        if len(self.categories) > MOST_CATEGORIES or len(set(self.categories)) != len(self.categories):
            raise TermsInvalid(problem="categories", most=MOST_CATEGORIES)
        for category in self.categories:
            check_text("category", category, NAME_CHARS)
        for cap in self.cost_caps:
            check_tiyn("cost_cap_tiyn", cap.most_tiyn, least=1)
            if cap.category and cap.category not in self.categories:
                raise TermsInvalid(problem="cost_cap_of_unknown_category")
        if len({cap.category for cap in self.cost_caps}) != len(self.cost_caps):
            raise TermsInvalid(problem="cost_cap_twice")


def _check_form(form: BallotForm) -> None:
    if not 1 <= form.min_choices <= form.max_choices <= MOST_CHOICES:
        raise TermsInvalid(problem="choices", most=MOST_CHOICES)
    if form.type is BallotType.CHOOSE_ONE and form.max_choices != 1:
        raise TermsInvalid(problem="choose_one_takes_one_choice")
    if form.type is BallotType.CUMULATIVE:
        if form.max_points is not None and not form.min_choices <= form.max_points <= MOST_POINTS:
            raise TermsInvalid(problem="points", most=MOST_POINTS)
    elif form.max_points is not None:
        raise TermsInvalid(problem="points_only_on_cumulative_ballots")


def _check_rules(rules: Rules) -> None:
    if rules.minimum_voters < TEN_VOTER_MINIMUM:
        raise BelowTenVoterMinimum(minimum_voters=rules.minimum_voters, least=TEN_VOTER_MINIMUM)
    check_identifier("rules_version", rules.version)
    if rules.minimum_voters > MOST_MINIMUM_VOTERS or rules.score_threshold < 0:
        raise TermsInvalid(problem="rules")
