"""What a published election's votes say by its own rule, with and without the ten-voter rule, beside what the city funded.

An analysis only: nothing is stored, and no round of the engine passes here.
"""

from dataclasses import dataclass
from pathlib import Path

from application.pabulib.conversion import Unsupported, paper_of
from application.pabulib.election import Election
from application.pabulib.reader import read_election
from domain.allocation import Reason, Tie, allocate, decide
from domain.paper import TEN_VOTER_MINIMUM, Paper
from domain.tally import ProjectTally

Number = int | float
"""A score in whole points, or not whole where the file's points are not."""


@dataclass(frozen=True, slots=True)
class TieTold:
    """A tie that mattered: projects of equal score in resolved order."""

    score: Number
    projects: tuple[str, ...]
    resolved_by: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """The answer for one file; field names are the keys of the JSON line.

    `funded` obeys the ten-voter rule, `without_minimum` does as if it did not exist; both in winning order, `official` in listed
    order. `barred`: under ten voters. `ties`: those that mattered for `funded`. `unsupported` says why winners are not
    computed; then they are empty.
    """

    file: str
    vote_type: str
    rule: str
    projects: int
    voters: int
    votes: dict[str, int]
    score: dict[str, Number]
    funded: tuple[str, ...]
    barred: tuple[str, ...]
    without_minimum: tuple[str, ...]
    official: tuple[str, ...] | None
    matches_official: bool | None
    ties: tuple[TieTold, ...]
    unsupported: str | None


def analyse(path: Path) -> Analysis:
    """Read, tally and allocate one file; `PabulibError` or `OSError` if it cannot be read."""
    return analysis_of(read_election(path), path.name)


def analysis_of(election: Election, file: str) -> Analysis:
    tallies = election.tally()
    official = election.official
    funded: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = ()
    unsupported: str | None = None
    try:
        paper = paper_of(election)
    except Unsupported as why:
        unsupported = str(why)
    else:
        outcome = decide(paper, tallies, election.withdrawn)
        funded, ties = outcome.funded, outcome.ties
        without = _without_ten_voter_rule(paper, tallies, election.withdrawn)
    known = official is not None and unsupported is None
    return Analysis(
        file=file,
        vote_type=election.vote_type,
        rule=election.rule,
        projects=len(election.projects),
        voters=len(election.votes),
        votes={id_: got.voters for id_, got in tallies.items()},
        score={id_: _number(got.score, election.points_scale) for id_, got in tallies.items()},
        funded=funded,
        barred=tuple(id_ for id_, got in tallies.items() if got.voters < TEN_VOTER_MINIMUM),
        without_minimum=without,
        official=official,
        matches_official=set(without) == set(official or ()) if known else None,
        ties=tuple(_told(tie, election.points_scale) for tie in ties),
        unsupported=unsupported,
    )


def _without_ten_voter_rule(
    paper: Paper, tallies: dict[str, ProjectTally], withdrawn: frozenset[str]
) -> tuple[str, ...]:
    threshold = paper.rules.score_threshold
    below = {id_: Reason.BELOW_LOCAL_THRESHOLD for id_, got in tallies.items() if got.score < threshold}
    return allocate(paper, tallies, below | dict.fromkeys(withdrawn, Reason.WITHDRAWN)).funded


def _told(tie: Tie, points_scale: int) -> TieTold:
    return TieTold(_number(tie.score, points_scale), tie.projects, tie.resolved_by)


def _number(points: int, scale: int) -> Number:
    whole, rest = divmod(points, scale)
    return points / scale if rest else whole
