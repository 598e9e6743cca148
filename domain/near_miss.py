"""What would have made a project win: the smallest single change by which `decide` funds it, everything else being equal.

Computed from the paper and the outcome alone, so that a published conclusion answers too. A change only ever moves a project
forward, past others who then find the money they find now; so all that matters is how the money stood at the place it reaches.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.allocation import Line, Outcome, Reason, lot
from domain.paper import TEN_VOTER_MINIMUM, Allocation, BallotType, Paper, TieRule

_BARRED = (Reason.FEWER_THAN_TEN_VOTERS, Reason.BELOW_LOCAL_THRESHOLD, Reason.WITHDRAWN)
_WITH_POINTS = (BallotType.CUMULATIVE, BallotType.RANKED)

_Key = tuple[int, int, bytes]
_Order = Callable[[str, int, int], _Key]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The least of each that is enough by itself; None where no amount of it is.

    `voters`: more people choosing it, who give one point each. `points`: more points from the same people, where a ballot has
    points. `cheaper_tiyn`: a lower cost on the paper, which stays above 0.
    """

    voters: int | None
    points: int | None
    cheaper_tiyn: int | None


def near_misses(paper: Paper, outcome: Outcome) -> dict[str, NearMiss]:
    """One for every project that was neither funded nor withdrawn. `outcome` is what `decide` gives for `paper`."""
    order, rivals = _order(paper), _rivals(paper)
    found: dict[str, NearMiss] = {}
    funded_before: set[str] = set()  # in the units before, which were served first
    for unit in paper.units:
        lines = [line for line in outcome.lines if line.unit == unit.kato]
        queue = _Queue(unit.envelope_tiyn, paper.rules.allocation, order, lines)
        for line in lines:
            if line.reason not in (Reason.FUNDED, Reason.WITHDRAWN):
                of_line = rivals.get(line.project, set())
                closed = queue.closed_from(of_line) if of_line.isdisjoint(funded_before) else 0
                found[line.project] = _miss(paper, queue, closed, line)
        funded_before |= {line.project for line in lines if line.reason is Reason.FUNDED}
    return found


class _Queue:
    """Who came for one unit's money, in order. `left_tiyn` by place: what the n-th found; behind the last, what is left over."""

    def __init__(
        self, envelope_tiyn: int, allocation: Allocation, order: _Order, lines: Sequence[Line]
    ) -> None:
        self._order = order
        served = [line for line in lines if line.reason not in _BARRED]
        self._keys = [order(line.project, line.score, line.cost_tiyn) for line in served]
        self.left_tiyn = [envelope_tiyn]
        self._funded_at: dict[str, int] = {}
        self._stopped_from = len(served) + 1
        for place, line in enumerate(served):
            left_tiyn = self.left_tiyn[-1]
            if line.reason is Reason.FUNDED:
                self._funded_at[line.project] = place
                left_tiyn -= line.cost_tiyn
            elif (
                allocation is Allocation.GREEDY_NO_SKIP
                and line.excluded_by is None
                and line.cost_tiyn > left_tiyn
            ):
                self._stopped_from = min(self._stopped_from, place + 1)
            self.left_tiyn.append(left_tiyn)

    def closed_from(self, rivals: set[str]) -> int:
        """The first place at which nothing is given any more to a project with these rivals."""
        behind_rivals = [self._funded_at[rival] + 1 for rival in rivals if rival in self._funded_at]
        return min([self._stopped_from, *behind_rivals])

    def place(self, project: str, score: int, cost_tiyn: int) -> int:
        return bisect_left(self._keys, self._order(project, score, cost_tiyn))

    @property
    def highest_score(self) -> int:
        return -self._keys[0][0] if self._keys else 0


def _miss(paper: Paper, queue: _Queue, closed: int, line: Line) -> NearMiss:
    rules = paper.rules
    minimum_voters = max(TEN_VOTER_MINIMUM, rules.minimum_voters)

    def wins(voters: int, points: int, cheaper_tiyn: int) -> bool:
        score, cost_tiyn = line.score + points, line.cost_tiyn - cheaper_tiyn
        if line.voters + voters < minimum_voters or score < rules.score_threshold:
            return False
        place = queue.place(line.project, score, cost_tiyn)
        return place < closed and cost_tiyn <= queue.left_tiyn[place]

    # Past all others and over every bar; what is not enough then never is.
    most = max(queue.highest_score + 1, minimum_voters, rules.score_threshold)
    has_points = paper.form.type in _WITH_POINTS
    return NearMiss(
        voters=_least(most, lambda more: wins(more, more, 0)),
        points=_least(most, lambda more: wins(0, more, 0)) if has_points else None,
        cheaper_tiyn=_least(line.cost_tiyn - 1, lambda less: wins(0, 0, less)),
    )


def _least(most: int, enough: Callable[[int], bool]) -> int | None:
    """The smallest of 1 … `most` that is enough, given that more of it always is too."""
    found = bisect_left(range(1, most + 1), x=True, key=enough) + 1
    return found if found <= most else None


def _order(paper: Paper) -> _Order:
    """(project, score, cost) → its key in the order of `domain.allocation.ranking`, the lowest first."""
    if paper.rules.tie_rule is TieRule.COST_THEN_LOT:
        lots = {project.id: lot(paper.lot_seed, project.id) for project in paper.projects}
        return lambda project, score, cost_tiyn: (-score, cost_tiyn, lots[project])
    listed = {project.id: place for place, project in enumerate(paper.projects)}
    return lambda project, score, _: (-score, listed[project], b"")


def _rivals(paper: Paper) -> dict[str, set[str]]:
    """Who excludes whom, read both ways."""
    rivals: dict[str, set[str]] = {}
    for project in paper.projects:
        for other in project.excludes:
            rivals.setdefault(project.id, set()).add(other)
            rivals.setdefault(other, set()).add(project.id)
    return rivals
