"""What an election is made of before it begins: the round, its proposals, its people and what they will choose."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from domain.ballot_form import Choices
from domain.paper import BallotForm, RoundKind, Rules, Unit
from domain.proposal import Sketch
from domain.terms import CostCap


@dataclass(frozen=True, slots=True)
class Planned:
    """A proposal and what becomes of it.

    `number` on the paper, empty for one that does not get there: then `rejected` or `withdrawn` says why. With a number
    `withdrawn` happens after the vote. `returned`: the expert council's reason to ask for the `revised` text.
    """

    sketch: Sketch
    number: str = ""
    cost_tiyn: int = 0
    excludes: tuple[str, ...] = ()
    returned: str = ""
    revised: Sketch | None = None
    rejected: str = ""
    withdrawn: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Voter:
    """Somebody who comes to vote."""

    unit: str
    choices: Choices


@dataclass(frozen=True, slots=True)
class Plan:
    """`at_home`: people per unit who stand on the roll and do not vote; `spoiled`: slips per unit that were.

    `at_desk`: slips are handed out to one person after another; otherwise they went out by letter, to everybody who votes.
    `second_votes`, `false_codes`: ballots that must be refused, cast with a used code and with a code nobody printed.
    """

    kind: RoundKind
    title: str
    units: tuple[Unit, ...]
    form: BallotForm
    rules: Rules
    proposals: tuple[Planned, ...]
    voters: tuple[Voter, ...] = field(repr=False)
    early_reason: str
    at_home: dict[str, int] = field(default_factory=dict)
    spoiled: dict[str, int] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    cost_caps: tuple[CostCap, ...] = ()
    at_desk: bool = False
    second_votes: int = 0
    false_codes: int = 0

    def people(self, unit: str) -> int:
        """On the roll of `unit`."""
        return self._voters_of(unit) + self.at_home.get(unit, 0)

    def spares(self, unit: str) -> int:
        """Slips beyond the roll: one for each that will be spoiled."""
        return self.spoiled.get(unit, 0)

    def slips(self, unit: str) -> int:
        return self.people(unit) + self.spares(unit)

    @property
    def units_with_people(self) -> list[Unit]:
        return [unit for unit in self.units if self.people(unit.kato)]

    def _voters_of(self, unit: str) -> int:
        return sum(voter.unit == unit for voter in self.voters)


class Teller(Protocol):
    """Whoever is told what goes on while an election runs."""

    def step(self, what: str, total: int | None = None) -> AbstractContextManager[Callable[[int], object]]:
        """Something begins that takes a while; the context ends with it and gives `advance(n)` towards `total`."""

    def fact(self, text: str) -> None:
        """Something has happened, in one plain sentence."""


def deal(votes: Mapping[str, int], people: int) -> list[list[str]]:
    """Votes (project → how many) dealt round the table: every count is exact, and nobody holds a project twice."""
    hands: list[list[str]] = [[] for _ in range(people)]
    turn = 0
    for project, number in votes.items():
        for _ in range(number):
            hands[turn % people].append(project)
            turn += 1
    return hands
