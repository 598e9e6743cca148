"""A published election as its Pabulib file states it: numbers exact, ids as they stand, voters without their ids.

Money is whole `1 / money_scale` of the currency, points whole `1 / points_scale` of a point: scales are the smallest that make
every number of the file an integer (money at least hundredths), so nothing is ever rounded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.tally import ProjectTally, add_up

WITHDRAWN_COST = 999_999_999
"""Cost, in whole currency, by which Pabulib marks a project withdrawn after the vote."""


class VoteType(StrEnum):
    APPROVAL = "approval"
    CHOOSE_ONE = "choose-1"
    CUMULATIVE = "cumulative"
    ORDINAL = "ordinal"
    SCORING = "scoring"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of PROJECTS. `selected`: 1 if the city's rule funded it, 0 if not, other numbers as the comment says."""

    id: str
    cost: int
    name: str
    selected: int | None


@dataclass(frozen=True, slots=True)
class Election:
    """One `.pb` file. `votes` and `points` run in parallel; `points` is empty if the file has none.

    `threshold`, `default_score` and `points` are in `points_scale`, `budget` and `Entry.cost` in `money_scale`;
    `max_sum_points` is in whole points. None: the file does not say.
    """

    meta: Mapping[str, str]
    vote_type: VoteType
    rule: str
    projects: tuple[Entry, ...]
    votes: list[tuple[str, ...]]
    points: list[tuple[int, ...]]
    budget: int
    money_scale: int
    points_scale: int
    threshold: int | None
    default_score: int
    max_length: int | None
    max_sum_points: int | None

    @property
    def withdrawn(self) -> frozenset[str]:
        mark = WITHDRAWN_COST * self.money_scale
        return frozenset(project.id for project in self.projects if project.cost == mark)

    @property
    def official(self) -> tuple[str, ...] | None:
        """What the city funded by its rule, in listed order; None if the file does not tell."""
        if all(project.selected is None for project in self.projects):
            return None
        return tuple(project.id for project in self.projects if project.selected == 1)

    def worths(self) -> Iterator[Mapping[str, int]]:
        """Per voter, what each chosen project got.

        Ranked without points: as many for the first as the vote has places, one less for each next (Pabulib's Borda).
        """
        if self.points:
            for vote, points in zip(self.votes, self.points, strict=True):
                yield dict(zip(vote, points, strict=True))
        elif self.vote_type is VoteType.ORDINAL:
            for vote in self.votes:
                yield dict(zip(vote, range(len(vote), 0, -1), strict=True))
        else:
            for vote in self.votes:
                yield dict.fromkeys(vote, 1)

    def tally(self) -> dict[str, ProjectTally]:
        """Voters (whoever listed the project, whatever the points) and score; the unlisted get `default_score` each."""
        counted = add_up((project.id for project in self.projects), self.worths())
        if not self.default_score:
            return counted
        everyone = len(self.votes)
        return {
            id_: ProjectTally(got.voters, got.score + (everyone - got.voters) * self.default_score)
            for id_, got in counted.items()
        }
