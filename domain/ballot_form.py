"""What a voter may put on a ballot: the check that every ballot passes before it is stored.

One choice has exactly one encoding: approval and choose-one ballots list project ids in ascending code-point order,
ranked ballots list them best first, cumulative ballots map project ids to whole points.
Refusals never carry the choices themselves, only the limits that were broken.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import ClassVar, NoReturn

from domain.errors import Refused
from domain.paper import BallotType, Paper

Choices = Sequence[str] | Mapping[str, int]
"""A list of project ids (approval, choose-one, ranked) or project id → points (cumulative), as stored in an event."""

MAX_POINTS = 1_000_000
"""Points one project may get on one cumulative ballot; keeps every stored number small whatever the paper says."""


class ChoicesMalformed(Refused):
    """Not a list of texts (cumulative: an object of whole points)."""

    code: ClassVar[str] = "choices_malformed"


class TooFewChoices(Refused):
    code: ClassVar[str] = "too_few_choices"


class TooManyChoices(Refused):
    code: ClassVar[str] = "too_many_choices"


class DuplicateChoice(Refused):
    code: ClassVar[str] = "duplicate_choice"


class UnknownChoice(Refused):
    """A project that is not on the paper."""

    code: ClassVar[str] = "unknown_choice"


class ChoiceNotForUnit(Refused):
    """A project of a unit that the voter's unit does not belong to."""

    code: ClassVar[str] = "choice_not_for_unit"


class ChoicesNotCanonical(Refused):
    """Approval choices out of ascending order: the same choice must not have two encodings."""

    code: ClassVar[str] = "choices_not_canonical"


class PointsInvalid(Refused):
    """Points that are not whole or not within 1 … `MAX_POINTS`."""

    code: ClassVar[str] = "points_invalid"


class PointsOverLimit(Refused):
    code: ClassVar[str] = "points_over_limit"


class BallotChecker:
    """The paper's form, compiled once for the hot path: a check is a few set operations."""

    def __init__(self, paper: Paper) -> None:
        self._form = paper.form
        self._container: type[list[str] | dict[str, int]] = list
        if paper.form.type is BallotType.CUMULATIVE:
            self._container = dict
        self._ordered = paper.form.type in (BallotType.APPROVAL, BallotType.CHOOSE_ONE)
        self._most = 1 if paper.form.type is BallotType.CHOOSE_ONE else paper.form.max_choices
        self._projects = frozenset(project.id for project in paper.projects)
        self._open_to = _projects_open_to_units(paper)

    def check(self, voter_unit: str, choices: object) -> None:
        """Refuse choices that the paper does not allow to a voter of `voter_unit` (a KATO code).

        `choices` is whatever the decoded ballot held; nothing about its shape is taken for granted.
        """
        if not isinstance(choices, self._container):
            raise ChoicesMalformed(expected=self._container.__name__)
        if len(choices) < self._form.min_choices:
            raise TooFewChoices(given=len(choices), at_least=self._form.min_choices)
        if len(choices) > self._most:
            raise TooManyChoices(given=len(choices), at_most=self._most)
        try:
            distinct = set(choices)
        except TypeError:  # a nested list or object is not hashable
            raise ChoicesMalformed(expected="texts") from None
        if not distinct <= self._open_to.get(voter_unit, frozenset()):
            self._refuse_outsiders(distinct)
        if isinstance(choices, dict):
            self._check_points(choices)
        elif len(distinct) != len(choices):
            raise DuplicateChoice
        elif self._ordered and any(left > right for left, right in pairwise(choices)):
            raise ChoicesNotCanonical

    def _check_points(self, points: dict[str, int]) -> None:
        # bool is a subclass of int: `type(...) is int` keeps true and false out of the stored points.
        if not all(type(given) is int and 1 <= given <= MAX_POINTS for given in points.values()):
            raise PointsInvalid(at_least=1, at_most=MAX_POINTS)
        limit = self._form.max_points
        if limit is not None and sum(points.values()) > limit:
            raise PointsOverLimit(given=sum(points.values()), at_most=limit)

    def _refuse_outsiders(self, distinct: AbstractSet[object]) -> NoReturn:
        if not all(isinstance(choice, str) for choice in distinct):
            raise ChoicesMalformed(expected="texts")
        if not distinct <= self._projects:
            raise UnknownChoice
        raise ChoiceNotForUnit


def check_choices(paper: Paper, voter_unit: str, choices: object) -> None:
    """`BallotChecker(paper).check(…)` for a single ballot; whoever checks many keeps the checker."""
    BallotChecker(paper).check(voter_unit, choices)


def _projects_open_to_units(paper: Paper) -> dict[str, frozenset[str]]:
    """Unit → projects its voters may choose: those of the unit itself and of every unit above it."""
    open_to: dict[str, frozenset[str]] = {}
    for unit in paper.units:  # parents stand before children, so a parent's set is ready when it is needed
        own = frozenset(project.id for project in paper.projects if project.unit == unit.kato)
        above = open_to[unit.parent] if unit.parent is not None else frozenset()
        open_to[unit.kato] = own | above
    return open_to
