"""The tally: a pure function from ballots to what each project got.

One ballot is one person. A project counts a person once, whatever points the person gave; so the ten-voter rule sees
distinct people and the allocation sees the score. The order of ballots never matters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.ballot_form import Choices
from domain.paper import BallotForm, BallotType, Paper


@dataclass(frozen=True, slots=True)
class ProjectTally:
    """What one project got: `voters` distinct people, `score` points (equal to voters where a choice is a vote)."""

    voters: int = 0
    score: int = 0


def count(paper: Paper, ballots: Iterable[Choices]) -> dict[str, ProjectTally]:
    """Tally of every project on the paper, in listed order, those with no vote too.

    The ballots have passed `BallotChecker`; one that names a project off the paper raises `ValueError`.
    """
    return add_up(
        (project.id for project in paper.projects), (worth(paper.form, ballot) for ballot in ballots)
    )


def worth(form: BallotForm, choices: Choices) -> Mapping[str, int]:
    """Points one ballot gives: 1 for a choice, `max_choices - place` by rank (places from 0), or the points given."""
    if isinstance(choices, Mapping):
        return choices
    if form.type is BallotType.RANKED:
        return {project: form.max_choices - place for place, project in enumerate(choices)}
    return dict.fromkeys(choices, 1)


def add_up(projects: Iterable[str], worths: Iterable[Mapping[str, int]]) -> dict[str, ProjectTally]:
    """Sum `worths` (one mapping project → points per person) over the given projects."""
    voters = dict.fromkeys(projects, 0)
    score = voters.copy()
    try:
        for points_of in worths:
            for project, points in points_of.items():
                voters[project] += 1
                score[project] += points
    except KeyError:
        raise ValueError("a ballot names a project that is not on the paper") from None
    return {project: ProjectTally(voters[project], score[project]) for project in voters}
