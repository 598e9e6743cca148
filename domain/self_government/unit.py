"""A unit: an administrative-territorial unit by its KATO, with its names, parent, population and local rules.

The parent is stored, never cut out of the code, and is registered first. Whatever self-government does in a unit needs
its rules and its people counted.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.kato import check_kato
from domain.self_government.rules import MOST_PEOPLE, LocalRules
from domain.text import NAME_CHARS, TITLE_CHARS, check_actor, check_text

UNITS = UUID("6f2f0a52-6e0b-5a3c-9a53-1f6f3c1f7a10")
"""Namespace of the units' ids."""

_YEARS = range(1990, 2200)


class UnitKind(StrEnum):
    REGION = "region"
    DISTRICT = "district"
    CITY = "city"
    CITY_DISTRICT = "city_district"
    RURAL_DISTRICT = "rural_district"
    TOWNSHIP = "township"
    VILLAGE = "village"
    LOCALITY = "locality"


@dataclass(frozen=True, slots=True)
class Names:
    kk: str
    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Population:
    """How many people lived in the unit in a year, and who counted them."""

    year: int
    people: int
    source: str


class RulesNotSet(Refused):
    """Nothing is decided in a unit (`unit`: its KATO) before its local rules are set."""

    code: ClassVar[str] = "rules_not_set"


class PopulationInvalid(Refused):
    code: ClassVar[str] = "population_invalid"


class PopulationNotRecorded(Refused):
    """Quotas and seats follow the population; none is recorded for this `year` or an earlier one."""

    code: ClassVar[str] = "population_not_recorded"


class TerritorialUnit(Aggregate):
    TOPIC = "unit"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "unit.registered.v1"
        kato: str
        kind: UnitKind
        names: Names
        parent: str
        by: str

    class PopulationRecorded(Aggregate.Event):
        TOPIC = "unit.population_recorded.v1"
        population: Population
        by: str

    class RulesSet(Aggregate.Event):
        TOPIC = "unit.rules_set.v1"
        rules: LocalRules
        legal_basis: str
        by: str

    @staticmethod
    def create_id(kato: str) -> UUID:
        return uuid5(UNITS, kato)  # so the store refuses a second unit with this code

    @classmethod
    def register(
        cls,
        kato: str,
        kind: UnitKind,
        names: Names,
        *,
        parent: "TerritorialUnit | None",
        by: str,
        at: datetime,
    ) -> Self:
        checked = Names(*(check_text("names", name, NAME_CHARS) for name in (names.kk, names.ru, names.en)))
        return cls._create(
            cls.Created,
            kato=check_kato(kato),
            kind=kind,
            names=checked,
            parent=parent.kato if parent else "",
            by=check_actor(by),
            timestamp=at,
        )

    def record_population(self, year: int, people: int, source: str, *, by: str, at: datetime) -> None:
        """Enter a year's count; of one year the newest entry counts, and the older stays in the log."""
        if year not in _YEARS or not 1 <= people <= MOST_PEOPLE:
            raise PopulationInvalid(most=MOST_PEOPLE)
        population = Population(year, people, check_text("source", source, TITLE_CHARS))
        if self.populations.get(year) != population:
            self.trigger_event(
                self.PopulationRecorded, population=population, by=check_actor(by), timestamp=at
            )

    def set_rules(self, rules: LocalRules, legal_basis: str, *, by: str, at: datetime) -> None:
        """Set or replace the local rules; `legal_basis` names the act that gives them. What was decided before stands."""
        rules.check()
        legal_basis = check_text("legal_basis", legal_basis, TITLE_CHARS)
        if (rules, legal_basis) != (self._rules, self.legal_basis):
            self.trigger_event(
                self.RulesSet, rules=rules, legal_basis=legal_basis, by=check_actor(by), timestamp=at
            )

    @property
    def rules(self) -> LocalRules:
        if self._rules is None:
            raise RulesNotSet(unit=self.kato)
        return self._rules

    def population(self, year: int) -> Population:
        """The count of `year`, or the newest one before it."""
        known = [counted for counted in self.populations if counted <= year]
        if not known:
            raise PopulationNotRecorded(unit=self.kato, year=year)
        return self.populations[max(known)]

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, kato: str, kind: UnitKind, names: Names, parent: str) -> None:
        self.kato = kato
        self.kind = kind
        self.names = names
        self.parent = parent
        self.legal_basis = ""
        self._rules: LocalRules | None = None
        self.populations: dict[int, Population] = {}

    @event(PopulationRecorded)
    def _population_recorded(self, population: Population) -> None:
        self.populations[population.year] = population

    @event(RulesSet)
    def _rules_set(self, rules: LocalRules, legal_basis: str) -> None:
        self._rules = rules
        self.legal_basis = legal_basis
