"""Writes a concluded round as a Pabulib `.pb` file that the official checker accepts without an error.

Voters are numbered in the order the ballots come in; nothing else is told about them, and memory holds one at a time. Projects of
equal score stand in resolved order, because the checker, like every reader of the format, takes the file's order for the ties.

The format knows no ten-voter rule. Where a choice is one point it is exactly a score threshold and is written so; whenever the
file's plain rule would not give our winners, the rule is `greedy-custom` and the comment says what ours is.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import NamedTuple, TextIO

from application.pabulib.election import WITHDRAWN_COST
from domain.allocation import Line, Outcome, Reason
from domain.ballot_form import Choices
from domain.paper import TEN_VOTER_MINIMUM, Allocation, BallotType, Paper, Project
from domain.tally import worth

_TIYN = 100
_WITHDRAWN_TIYN = WITHDRAWN_COST * _TIYN
_VOTE_TYPES = {
    BallotType.APPROVAL: "approval",
    BallotType.CHOOSE_ONE: "choose-1",
    BallotType.CUMULATIVE: "cumulative",
    BallotType.RANKED: "ordinal",
}
_POINTS = (BallotType.CUMULATIVE, BallotType.RANKED)


class _Pabulib(csv.excel):
    delimiter = ";"
    lineterminator = "\n"


class NotExportable(Exception):  # noqa: N818 - the round is sound, the format cannot hold it
    """The text says what the format cannot express."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What META tells about the round beyond the paper. `instance`: the edition, usually a year."""

    description: str
    unit: str
    instance: str
    begins: date
    ends: date
    country: str = "Kazakhstan"
    language: str = "kk"
    currency: str = "KZT"


def write_pb(
    out: TextIO,
    heading: Heading,
    paper: Paper,
    outcome: Outcome,
    ballots: Iterable[Choices],
) -> None:
    """Write META, PROJECTS and VOTES to `out` (opened with `newline=""`, UTF-8); OSError as the disk has it.

    `ballots` stand in the order in which they shall be written, which must not be the order of casting. Raises `NotExportable`.
    """
    if any("," in project.id for project in paper.projects):
        raise NotExportable("a project id with a comma")
    # META, which comes first, tells how many votes there are: they wait in a file of no name until all have been seen.
    with TemporaryFile("w+", encoding="utf-8", newline="") as votes:
        cast = _write_votes(votes, paper, ballots)
        if not cast.votes or not paper.projects:
            raise NotExportable("a round without a ballot or without a project")
        table = _Table(paper, outcome)
        rows = csv.writer(out, _Pabulib)
        rows.writerow(["META"])
        rows.writerow(["key", "value"])
        rows.writerows(_meta(heading, paper, table, cast))
        rows.writerow(["PROJECTS"])
        rows.writerows(table.rows())
        votes.seek(0)
        copyfileobj(votes, out)


class _Cast(NamedTuple):
    """How many ballots were not blank, and the most points that one of them gave."""

    votes: int
    most_points: int


def _write_votes(out: TextIO, paper: Paper, ballots: Iterable[Choices]) -> _Cast:
    """The VOTES section: what each ballot gives, best first; blank ballots are left out."""
    rows = csv.writer(out, _Pabulib)
    rows.writerow(["VOTES"])
    with_points = paper.form.type in _POINTS
    rows.writerow(["voter_id", "vote", "points"] if with_points else ["voter_id", "vote"])
    votes = most_points = 0
    for choices in ballots:
        given = sorted(worth(paper.form, choices).items(), key=lambda one: (-one[1], one[0]))
        if not given:
            continue
        votes += 1
        most_points = max(most_points, sum(points for _, points in given))
        row = [str(votes), ",".join(project for project, _ in given)]
        rows.writerow([*row, ",".join(str(points) for _, points in given)] if with_points else row)
    return _Cast(votes, most_points)


class _Table:
    """PROJECTS: every project with its exported cost, in the order that resolves the ties."""

    def __init__(self, paper: Paper, outcome: Outcome) -> None:
        self.budget_tiyn = sum(unit.envelope_tiyn for unit in paper.units)
        self.lines = sorted(
            outcome.lines, key=lambda line: -line.score
        )  # stable: equal scores keep their rank
        self._projects = {project.id: project for project in paper.projects}
        self._units = {unit.kato: unit.name or unit.kato for unit in paper.units}
        self._scored = paper.form.type in _POINTS

    def cost_tiyn(self, line: Line) -> int:
        """Costs above the whole budget are an error to the checker; the format's mark for «cannot be funded» is not."""
        unaffordable = line.cost_tiyn > self.budget_tiyn or line.reason is Reason.WITHDRAWN
        return _WITHDRAWN_TIYN if unaffordable else line.cost_tiyn

    def rows(self) -> Iterator[list[str]]:
        categories = any(project.category for project in self._projects.values())
        districts = len(self._units) > 1
        yield [
            *("project_id", "cost", "votes"),
            *(["score"] if self._scored else []),
            "name",
            *(["category"] if categories else []),
            "selected",
            *(["district"] if districts else []),
        ]
        for line in self.lines:
            project = self._projects[line.project]
            yield [
                *(project.id, _money(self.cost_tiyn(line)), str(line.voters)),
                *([str(line.score)] if self._scored else []),
                " ".join(project.title.split()) or project.id,
                *([_labels(project)] if categories else []),
                "1" if line.reason is Reason.FUNDED else "0",
                *([self._units[project.unit]] if districts else []),
            ]

    def gives_by(self, allocation: Allocation, threshold: int) -> bool:
        """Whether the checker's reading of the plain rule funds exactly our winners."""
        left = self.budget_tiyn
        stops = allocation is Allocation.GREEDY_NO_SKIP
        for line in self.lines:
            cost = self.cost_tiyn(line)
            takes_part = line.score >= threshold and not (stops and cost == _WITHDRAWN_TIYN)
            fits = takes_part and cost <= left
            if fits != (line.reason is Reason.FUNDED):
                return False
            if fits:
                left -= cost
            elif takes_part and stops:
                left = -1
        return True


def _meta(heading: Heading, paper: Paper, table: _Table, cast: _Cast) -> Iterator[tuple[str, str]]:
    form = paper.form
    threshold = _threshold(paper)
    rule = _rule(paper, table, threshold)
    yield "description", heading.description
    yield "country", heading.country
    yield "unit", heading.unit
    yield "instance", heading.instance
    yield "num_projects", str(len(table.lines))
    yield "num_votes", str(cast.votes)
    yield "budget", _money(table.budget_tiyn)
    yield "vote_type", _VOTE_TYPES[form.type]
    yield "rule", rule
    yield "date_begin", heading.begins.strftime("%d.%m.%Y")
    yield "date_end", heading.ends.strftime("%d.%m.%Y")
    yield "min_length", "1"
    if form.type is not BallotType.CUMULATIVE:
        yield "max_length", str(min(form.max_choices, len(table.lines)))
    else:
        most = form.max_points if form.max_points is not None else cast.most_points
        yield "max_sum_points", str(most)
    if threshold:
        yield "min_project_score_threshold", str(threshold)
    yield "language", heading.language
    yield "currency", heading.currency
    if table.budget_tiyn // _TIYN >= sum(table.cost_tiyn(line) // _TIYN for line in table.lines):
        yield "fully_funded", "1"
    if remarks := list(_remarks(paper, table, rule)):
        yield "comment", " ".join(f"#{number}: {remark}" for number, remark in enumerate(remarks, start=1))


def _threshold(paper: Paper) -> int:
    """The lowest score that may be funded, as far as a score can say it."""
    if paper.form.type in _POINTS:
        return paper.rules.score_threshold
    return max(TEN_VOTER_MINIMUM, paper.rules.minimum_voters, paper.rules.score_threshold)


def _rule(paper: Paper, table: _Table, threshold: int) -> str:
    exclusive = any(project.excludes for project in paper.projects)
    if exclusive and paper.rules.allocation is Allocation.GREEDY and len(paper.units) == 1:
        return "greedy-exclusive" if paper.form.type not in _POINTS else "greedy-custom"
    if len(paper.units) > 1 or not table.gives_by(paper.rules.allocation, threshold):
        return "greedy-custom"
    if paper.rules.allocation is Allocation.GREEDY_NO_SKIP:
        return "greedy-no-skip"
    return "greedy-threshold" if threshold else "greedy"


def _remarks(paper: Paper, table: _Table, rule: str) -> Iterator[str]:
    if rule == "greedy-custom":
        yield (
            f"Projects with fewer than {max(TEN_VOTER_MINIMUM, paper.rules.minimum_voters)} voters may not be implemented; "
            "the others are funded by score, each unit from its own envelope."
        )
    for line in table.lines:
        if line.cost_tiyn > table.budget_tiyn:
            yield f"The cost of project {line.project}, above the whole budget, was {_money(line.cost_tiyn)}."
        elif line.reason is Reason.WITHDRAWN:
            yield f"The project {line.project} at a cost of {_money(line.cost_tiyn)} was withdrawn."
    listed = {project.id for project in paper.projects}
    pairs = {frozenset((project.id, other)) for project in paper.projects for other in project.excludes}
    for pair in sorted(sorted(pair & listed) for pair in pairs):
        yield f"Projects {' and '.join(pair)} are mutually exclusive."


def _labels(project: Project) -> str:
    """A category as the format's list: no white space around its commas."""
    return ",".join(label.strip() for label in project.category.split(",") if label.strip())


def _money(tiyn: int) -> str:
    whole, rest = divmod(tiyn, _TIYN)
    return f"{whole}.{rest:02}" if rest else str(whole)
