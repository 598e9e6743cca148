"""A published election (a Pabulib file) as a plan for the engine, and the engine's result in the file's own words.

- On the paper a project's number is its place in the file: ties follow the file's order, and a `project_id` may be anything.
- Voters who chose nothing, or no project by a point, cannot cast a ballot; they stand on the roll and are counted as `skipped`.
- What a plan cannot hold exactly is `Unsupported`, never rounded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.election.plan import Plan, Planned, Voter
from application.pabulib.analysis import Analysis, TieTold, analysis_of
from application.pabulib.conversion import UNIT, Unsupported, ballots_of, paper_of
from application.pabulib.election import WITHDRAWN_COST, Election
from domain.allocation import Reason
from domain.ballot_form import MAX_POINTS, Choices
from domain.errors import Refused
from domain.money import MOST_TIYN
from domain.paper import TEN_VOTER_MINIMUM, BallotForm, BallotType, Paper
from domain.proposal import MOST_EXCLUSIONS, Sketch
from domain.terms import MOST_CHOICES, MOST_POINTS
from domain.text import TITLE_CHARS, check_text

MOST_PROJECTS = 5_000
"""A proposal is submitted, reviewed and admitted one by one; more would take minutes before anyone votes."""
MOST_VOTERS = 1_000_000

_TIYN = 100
_REASON = "a replay of an election that is over"


@dataclass(frozen=True, slots=True)
class Published:
    """A file's election with its plan. `skipped`: voters without a ballot."""

    election: Election
    plan: Plan
    skipped: int

    def id_of(self, number: str) -> str:
        return self.election.projects[int(number) - 1].id


def plan_of(election: Election) -> Published:
    """The plan of a replay, or `Unsupported` in plain words."""
    _check(election)
    paper = paper_of(election)
    _check_form(paper.form)
    numbers = {project.id: str(place) for place, project in enumerate(paper.projects, start=1)}
    ballots = [choices for choices in ballots_of(election, paper.form) if choices]
    skipped = len(election.votes) - len(ballots)
    plan = Plan(
        kind=paper.kind,
        title=_title(paper.title, "Pabulib"),
        units=paper.units,
        form=_form(paper.form),
        rules=paper.rules,
        proposals=tuple(_proposals(election, paper, numbers)),
        voters=tuple(Voter(UNIT, _renumbered(choices, paper.form, numbers)) for choices in ballots),
        early_reason=_REASON,
        at_home={UNIT: skipped},
    )
    return Published(election, plan, skipped)


def told(published: Published, conclusion: Mapping[str, Any], file: str) -> Analysis:
    """The engine's published conclusion under the keys of `dauys allocate`; the file's own columns beside it."""
    election = published.election
    scale = election.points_scale
    lines = {published.id_of(line["project"]): line for line in conclusion["lines"]}
    by_rank = sorted(lines, key=lambda id_: lines[id_]["rank"])
    return replace(
        analysis_of(election, file),
        votes={entry.id: lines[entry.id]["voters"] for entry in election.projects},
        score={entry.id: _number(lines[entry.id]["score"], scale) for entry in election.projects},
        funded=tuple(id_ for id_ in by_rank if lines[id_]["reason"] == Reason.FUNDED),
        barred=tuple(
            entry.id for entry in election.projects if lines[entry.id]["voters"] < TEN_VOTER_MINIMUM
        ),
        ties=tuple(
            TieTold(
                _number(tie["score"], scale), tuple(map(published.id_of, tie["projects"])), tie["resolved_by"]
            )
            for tie in conclusion["ties"]
        ),
    )


def _check(election: Election) -> None:
    if election.money_scale != _TIYN:
        raise Unsupported("money finer than hundredths")
    most_cost = max(entry.cost for entry in election.projects)
    if min(entry.cost for entry in election.projects) < 1 or max(most_cost, election.budget) > MOST_TIYN:
        raise Unsupported(f"a cost or budget outside 0.01 to {MOST_TIYN // _TIYN}")
    if election.default_score:
        raise Unsupported("points for projects that a voter did not list (default_score)")
    points = [given for ballot in election.points for given in ballot]
    if points and not 1 <= min(points) <= max(points) <= MAX_POINTS:
        raise Unsupported(f"points outside 1 to {MAX_POINTS // election.points_scale}")
    if len(election.projects) > MOST_PROJECTS or len(election.votes) > MOST_VOTERS:
        raise Unsupported(f"more than {MOST_PROJECTS} projects or {MOST_VOTERS} voters")
    if not any(election.votes):
        raise Unsupported("no voter chose anything")


def _check_form(form: BallotForm) -> None:
    if form.max_choices > MOST_CHOICES:
        raise Unsupported(f"ballots with more than {MOST_CHOICES} choices")


def _form(form: BallotForm) -> BallotForm:
    """Scoring ballots, and sums above what a round's terms allow, have no limit on the sum."""
    if form.max_points is not None and form.max_points > MOST_POINTS:
        return BallotForm(form.type, form.max_choices)
    return form


def _proposals(election: Election, paper: Paper, numbers: Mapping[str, str]) -> Iterator[Planned]:
    withdrawn = election.withdrawn
    for project in paper.projects:
        if len(project.excludes) > MOST_EXCLUSIONS:
            raise Unsupported(f"a project that excludes more than {MOST_EXCLUSIONS} others")
        title = _title(f"{project.id} · {project.title}", f"Project {numbers[project.id]}")
        yield Planned(
            Sketch(title, title, project.unit, project.cost_tiyn),
            number=numbers[project.id],
            cost_tiyn=project.cost_tiyn,
            excludes=tuple(numbers[other] for other in project.excludes),
            withdrawn=f"the file marks it withdrawn (cost {WITHDRAWN_COST})"
            if project.id in withdrawn
            else "",
        )


def _renumbered(choices: Choices, form: BallotForm, numbers: Mapping[str, str]) -> Choices:
    if isinstance(choices, Mapping):
        return {numbers[id_]: points for id_, points in choices.items()}
    renumbered = [numbers[id_] for id_ in choices]
    return renumbered if form.type is BallotType.RANKED else sorted(renumbered)


def _title(text: str, otherwise: str) -> str:
    """The file's words where a round may hold them: some have control characters, or what looks like an IIN."""
    try:
        return check_text("title", " ".join(text.split())[:TITLE_CHARS], TITLE_CHARS)
    except Refused:
        return otherwise


def _number(points: int, scale: int) -> int | float:
    whole, rest = divmod(points, scale)
    return points / scale if rest else whole
