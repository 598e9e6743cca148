"""From tallies to funded projects: the ten-voter rule first, then the money of each unit, in whole tiyn.

`decide` is the engine's only entry: whatever the rules say, nobody under ten voters comes near the money. `allocate` is the
second half alone; besides `decide`, only the analysis of published elections calls it (a test holds that).
The order is score descending, then the paper's tie rule. The same input always gives the same outcome.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import count as counted
from itertools import groupby

from domain.paper import TEN_VOTER_MINIMUM, Allocation, Paper, Project, TieRule, Unit
from domain.tally import ProjectTally


class Reason(StrEnum):
    """Why a project is or is not funded; the conclusion names one for every project."""

    FUNDED = "funded"
    FEWER_THAN_TEN_VOTERS = "fewer_than_ten_voters"
    BELOW_LOCAL_THRESHOLD = "below_local_threshold"
    DID_NOT_FIT = "did_not_fit"
    """It cost more than was left, or the money had stopped before it (`greedy_no_skip`)."""
    LOST_TIE = "lost_tie"
    """Not funded, but it would be under another order of the projects with its score."""
    EXCLUDED_BY_ANOTHER = "excluded_by_another"
    WITHDRAWN = "withdrawn"


class TieBreak(StrEnum):
    """What put a tie in order."""

    LOWER_COST = "lower_cost"
    LOT = "lot"
    LISTED_ORDER = "listed_order"


@dataclass(frozen=True, slots=True)
class Line:
    """One project's result with the facts behind its reason.

    `rank`: place in its unit by score and tie rule, from 1, barred projects included.
    `tie`: index in `Outcome.ties` if its tie mattered. `left_tiyn`: what its turn found in the envelope if it did not
    fit or lost a tie. `excluded_by`: the funded project that shut it out. `stopped_by`: the project at which
    `greedy_no_skip` stopped, for those that came after it.
    """

    project: str
    unit: str
    cost_tiyn: int
    voters: int
    score: int
    rank: int
    reason: Reason
    tie: int | None = None
    left_tiyn: int | None = None
    excluded_by: str | None = None
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects of one unit with equal score whose order changed who was funded, in resolved order."""

    unit: str
    score: int
    projects: tuple[str, ...]
    resolved_by: TieBreak


@dataclass(frozen=True, slots=True)
class UnitMoney:
    """What became of a unit's envelope; `envelope_tiyn = spent_tiyn + left_tiyn`."""

    unit: str
    envelope_tiyn: int
    spent_tiyn: int
    left_tiyn: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole result: a line per project (units in the paper's order, then by rank), money per unit, ties that mattered."""

    lines: tuple[Line, ...]
    units: tuple[UnitMoney, ...]
    ties: tuple[Tie, ...]

    @property
    def funded(self) -> tuple[str, ...]:
        return tuple(line.project for line in self.lines if line.reason is Reason.FUNDED)


def decide(
    paper: Paper, tallies: Mapping[str, ProjectTally], withdrawn: frozenset[str] = frozenset()
) -> Outcome:
    """The outcome of a round: bar first, allocate what is left. `tallies` has every project of the paper."""
    return allocate(paper, tallies, bar(paper, tallies, withdrawn))


def bar(
    paper: Paper, tallies: Mapping[str, ProjectTally], withdrawn: frozenset[str] = frozenset()
) -> dict[str, Reason]:
    """Projects that may not be implemented whatever the money, and why (concept, lines 881-882: ten distinct people).

    A local minimum can only raise the bar; one below ten changes nothing.
    """
    barred: dict[str, Reason] = {}
    for project in paper.projects:
        got = tallies[project.id]
        if project.id in withdrawn:
            barred[project.id] = Reason.WITHDRAWN
        elif got.voters < TEN_VOTER_MINIMUM:
            barred[project.id] = Reason.FEWER_THAN_TEN_VOTERS
        elif got.voters < paper.rules.minimum_voters or got.score < paper.rules.score_threshold:
            barred[project.id] = Reason.BELOW_LOCAL_THRESHOLD
    return barred


def ranking(paper: Paper, tallies: Mapping[str, ProjectTally]) -> list[Project]:
    """All projects by score descending; equal scores by the paper's tie rule."""
    projects = list(paper.projects)
    if paper.rules.tie_rule is TieRule.COST_THEN_LOT:
        projects.sort(key=lambda project: (project.cost_tiyn, lot(paper.lot_seed, project.id)))
    projects.sort(key=lambda project: -tallies[project.id].score)
    return projects


def lot(seed: str, project: str) -> bytes:
    """The lot a project draws: SHA-256(seed ‖ 0x00 ‖ project id), the lowest first. Anyone can draw it again."""
    return hashlib.sha256(seed.encode() + b"\x00" + project.encode()).digest()


def allocate(paper: Paper, tallies: Mapping[str, ProjectTally], barred: Mapping[str, Reason]) -> Outcome:
    """Give each unit's envelope to its projects that are not `barred`, in the order of `ranking`.

    A tie mattered if some other order of the projects with that score would have funded another set of projects.
    A project can be funded under some order of its tie exactly if it can be funded as the first of it; so a tie mattered
    exactly if one that could be funded first was not funded, or - where the money stops at the first that does not
    fit - if one that does not fit could have come before one that was funded.
    """
    ranked = ranking(paper, tallies)
    rivals = _rivals(paper)
    funded: dict[str, None] = {}  # in order; exclusions reach across units, so all units share it
    lines: list[Line] = []
    units: list[UnitMoney] = []
    ties: list[Tie] = []
    for unit in paper.units:
        of_unit = [project for project in ranked if project.unit == unit.kato]
        purse = _Purse(unit, paper.rules.allocation, rivals, funded)
        verdicts = {project.id: _Verdict(barred[project.id]) for project in of_unit if project.id in barred}
        contenders = (project for project in of_unit if project.id not in barred)
        for score, tied in groupby(contenders, key=lambda project: tallies[project.id].score):
            group = list(tied)
            verdicts |= (judged := purse.serve(group, tie=len(ties)))
            if any(verdict.tie is not None for verdict in judged.values()):
                resolved_by = _resolved_by(paper.rules.tie_rule, group, judged)
                ties.append(Tie(unit.kato, score, tuple(project.id for project in group), resolved_by))
        lines += [
            _line(project, tallies[project.id], rank, verdicts[project.id])
            for rank, project in zip(counted(1), of_unit, strict=False)
        ]
        units.append(
            UnitMoney(unit.kato, unit.envelope_tiyn, unit.envelope_tiyn - purse.left_tiyn, purse.left_tiyn)
        )
    return Outcome(tuple(lines), tuple(units), tuple(ties))


@dataclass(frozen=True, slots=True)
class _Verdict:
    reason: Reason
    tie: int | None = None
    left_tiyn: int | None = None
    excluded_by: str | None = None
    stopped_by: str | None = None


_FUNDED = _Verdict(Reason.FUNDED)


class _Purse:
    """One unit's money while it is given out."""

    def __init__(
        self, unit: Unit, allocation: Allocation, rivals: Mapping[str, set[str]], funded: dict[str, None]
    ) -> None:
        self.left_tiyn = unit.envelope_tiyn
        self._stops = allocation is Allocation.GREEDY_NO_SKIP
        self._stopped_by: str | None = None
        self._rivals = rivals
        self._funded = funded

    def serve(self, group: list[Project], tie: int) -> dict[str, _Verdict]:
        """Verdicts on projects of equal score in resolved order; all carry `tie` if another order had mattered."""
        as_first = {project.id: self._verdict(project) for project in group}
        could_stop = self._stops and any(
            verdict.reason is Reason.DID_NOT_FIT and verdict.stopped_by is None
            for verdict in as_first.values()
        )
        judged = {project.id: self._take(project) for project in group}
        lost = {id_ for id_, verdict in judged.items() if verdict is not _FUNDED and as_first[id_] is _FUNDED}
        won = any(verdict is _FUNDED for verdict in judged.values())
        if not lost and not (could_stop and won):
            return judged
        return {
            id_: _Verdict(
                Reason.LOST_TIE if id_ in lost else verdict.reason,
                tie,
                verdict.left_tiyn,
                verdict.excluded_by,
                verdict.stopped_by,
            )
            for id_, verdict in judged.items()
        }

    def _verdict(self, project: Project) -> _Verdict:
        """What the project would get if its turn were now; asking changes nothing."""
        rivals = self._rivals.get(project.id, ())
        rival = next((one for one in self._funded if one in rivals), None) if rivals else None
        if rival is not None:
            return _Verdict(Reason.EXCLUDED_BY_ANOTHER, excluded_by=rival)
        if self._stopped_by is not None or project.cost_tiyn > self.left_tiyn:
            return _Verdict(Reason.DID_NOT_FIT, left_tiyn=self.left_tiyn, stopped_by=self._stopped_by)
        return _FUNDED

    def _take(self, project: Project) -> _Verdict:
        verdict = self._verdict(project)
        if verdict is _FUNDED:
            self.left_tiyn -= project.cost_tiyn
            self._funded[project.id] = None
        elif self._stops and verdict.reason is Reason.DID_NOT_FIT and self._stopped_by is None:
            self._stopped_by = project.id
        return verdict


def _rivals(paper: Paper) -> dict[str, set[str]]:
    """Who excludes whom, read both ways, so that one side's word is enough."""
    rivals: dict[str, set[str]] = {}
    for project in paper.projects:
        for other in project.excludes:
            rivals.setdefault(project.id, set()).add(other)
            rivals.setdefault(other, set()).add(project.id)
    return rivals


def _resolved_by(rule: TieRule, group: list[Project], judged: Mapping[str, _Verdict]) -> TieBreak:
    """The lot decided only if it parted a winner from a loser of the same cost; else the cost did."""
    if rule is TieRule.LISTED_ORDER:
        return TieBreak.LISTED_ORDER
    won = {project.cost_tiyn for project in group if judged[project.id].reason is Reason.FUNDED}
    lost = {project.cost_tiyn for project in group if judged[project.id].reason is Reason.LOST_TIE}
    return TieBreak.LOT if won & lost else TieBreak.LOWER_COST


def _line(project: Project, got: ProjectTally, rank: int, verdict: _Verdict) -> Line:
    return Line(
        project=project.id,
        unit=project.unit,
        cost_tiyn=project.cost_tiyn,
        voters=got.voters,
        score=got.score,
        rank=rank,
        reason=verdict.reason,
        tie=verdict.tie,
        left_tiyn=verdict.left_tiyn,
        excluded_by=verdict.excluded_by,
        stopped_by=verdict.stopped_by,
    )
