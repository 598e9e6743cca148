"""A published election as a paper and ballots of ours: for the analysis, and for a replay through the whole engine.

The city is one made-up unit. Ties follow the file's order, because published files list them in resolved order.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from application.pabulib.conflicts import named_conflicts
from application.pabulib.election import Election, VoteType
from domain.ballot_form import Choices
from domain.errors import Refused
from domain.paper import (
    Allocation,
    BallotForm,
    BallotType,
    Paper,
    Project,
    RoundKind,
    Rules,
    TieRule,
    Unit,
)
from domain.text import TITLE_CHARS, check_identifier

UNIT = "000000000"
"""KATO of the unit that stands for the city: well formed, but no real one."""

_TIYN = 100
_ALLOCATIONS = {
    "greedy": Allocation.GREEDY,
    "greedy-threshold": Allocation.GREEDY,
    "greedy-exclusive": Allocation.GREEDY,
    "greedy-no-skip": Allocation.GREEDY_NO_SKIP,
}


class Unsupported(Exception):  # noqa: N818 - an honest answer about a sound file, not an error in it
    """We cannot compute or replay this election; the text says why, in plain words."""


def paper_of(election: Election, *, round_id: str = "") -> Paper:
    """The paper by which `domain.allocation` finds the winners; `Unsupported` for rules that we do not compute.

    Money is in the file's own smallest unit (tiyn if `money_scale` is 100). Roots and lot seed are empty.
    """
    if election.rule not in _ALLOCATIONS:
        raise Unsupported(f"the rule {election.rule} is not computed here")
    if election.rule == "greedy-threshold" and election.threshold is None:
        raise Unsupported("greedy-threshold without min_project_score_threshold")
    excludes = _excludes(election)
    return Paper(
        round_id=round_id,
        kind=RoundKind.CITY,
        title=_title(election.meta.get("description", ""), "Pabulib"),
        units=(Unit(UNIT, _title(election.meta.get("unit", ""), "Pabulib"), election.budget),),
        projects=tuple(
            Project(
                entry.id, UNIT, entry.cost, _title(entry.name, entry.id), excludes=excludes.get(entry.id, ())
            )
            for entry in election.projects
        ),
        form=form_of(election),
        rules=Rules(
            allocation=_ALLOCATIONS[election.rule],
            tie_rule=TieRule.LISTED_ORDER,
            score_threshold=max(0, election.threshold or 0),
        ),
        lot_seed="",
        roll_root="",
        credentials_root="",
    )


def replayable_paper(election: Election, *, round_id: str) -> Paper:
    """`paper_of`, or `Unsupported` if the engine could not hold the round exactly: odd ids, money finer than tiyn, odd points."""
    if election.money_scale != _TIYN:
        raise Unsupported("money finer than hundredths")
    try:
        for entry in election.projects:
            check_identifier("project_id", entry.id)
    except Refused:
        raise Unsupported("a project_id is not 1 to 64 printable ASCII characters without spaces") from None
    if not all(election.votes):
        raise Unsupported("a vote without any project")
    if (
        election.points_scale != 1
        or election.default_score
        or any(points < 1 for points in _points(election))
    ):
        raise Unsupported("points that are not whole numbers from 1")
    return paper_of(election, round_id=round_id)


def form_of(election: Election) -> BallotForm:
    """The form that takes every vote of the file; ranks whose points are not their places become points."""
    longest = election.max_length or max(1, max(map(len, election.votes), default=1))
    match election.vote_type:
        case VoteType.APPROVAL:
            return BallotForm(BallotType.APPROVAL, longest)
        case VoteType.CHOOSE_ONE:
            return BallotForm(BallotType.CHOOSE_ONE, 1)
        case VoteType.ORDINAL if all(_by_place(worth, longest) for worth in election.worths()):
            return BallotForm(BallotType.RANKED, longest)
        case _:
            heaviest = max((sum(worth.values()) for worth in election.worths()), default=0)
            # Some voters of published elections gave more than the limit and were counted.
            most = max(heaviest, (election.max_sum_points or 0) * election.points_scale)
            return BallotForm(BallotType.CUMULATIVE, longest, max_points=max(1, most))


def ballots_of(election: Election, form: BallotForm) -> Iterator[Choices]:
    """Every vote in the file's order, encoded as `BallotChecker` wants it."""
    if form.type is BallotType.CUMULATIVE:
        yield from election.worths()
    elif form.type is BallotType.RANKED:
        yield from map(list, election.votes)
    else:
        yield from map(sorted, election.votes)


def _by_place(worth: Mapping[str, int], longest: int) -> bool:
    return all(points == longest - place for place, points in enumerate(worth.values()))


def _points(election: Election) -> Iterator[int]:
    return chain.from_iterable(election.points)


def _excludes(election: Election) -> dict[str, tuple[str, ...]]:
    if election.rule != "greedy-exclusive":
        return {}
    ids = {entry.id for entry in election.projects}
    conflicts = named_conflicts(election.meta.get("comment", ""), ids)
    if not conflicts:
        raise Unsupported("greedy-exclusive, but the comment names no projects that exclude each other")
    excludes: dict[str, tuple[str, ...]] = {}
    for group in conflicts:
        for id_ in group:
            excludes[id_] = excludes.get(id_, ()) + tuple(other for other in group if other != id_)
    return excludes


def _title(text: str, otherwise: str) -> str:
    return (" ".join(text.split()) or otherwise)[:TITLE_CHARS]
