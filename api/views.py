"""The public JSON of rounds: what the reading side knows, under names that never change. Money in tiyn, times in UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from domain.allocation import Line, Reason, Tie, UnitMoney
from domain.conclusion import Channel, ConclusionState
from domain.paper import Paper, RoundKind
from domain.round import Phase
from domain.terms import Terms
from projections.conclusions import Version
from projections.documents import UnitTurnout
from projections.proposals import RegisteredProposal
from projections.results import Change, Results, Status
from projections.rounds import Happened, RegisteredRound
from projections.turnout import HourOfTurnout
from projections.witnesses import Witnessed


@dataclass(frozen=True, slots=True)
class RoundSummary:
    id: UUID
    kind: RoundKind
    title: str
    phase: Phase
    voting_opens: datetime
    voting_closes: datetime

    @classmethod
    def of(cls, round_: RegisteredRound) -> Self:
        terms = round_.terms
        return cls(
            round_.round_id,
            terms.kind,
            terms.title,
            round_.phase,
            terms.voting_opens,
            terms.voting_closes,
        )


@dataclass(frozen=True, slots=True)
class RoundPage:
    """The newest first. `next`: the `before` of the following page; null on the last one."""

    items: list[RoundSummary]
    next: int | None


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """In the order of the log. `next`: the `after` of the following page; null on the last one."""

    items: list[RegisteredProposal]
    next: int | None


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with its terms and turnout. `position`: its newest event; `tally_differs`: projects whose tally is not what a
    recount of the log gave, null until it was compared; it must be 0.
    """

    id: UUID
    kind: RoundKind
    title: str
    phase: Phase
    position: int
    terms: Terms
    lot_seed: str | None
    paper_digest: str | None
    steps: tuple[Happened, ...]
    turnout: tuple[UnitTurnout, ...]
    credentials: dict[str, int]
    tally_differs: int | None

    @classmethod
    def of(cls, round_: RegisteredRound, turnout: tuple[UnitTurnout, ...], tally_differs: int | None) -> Self:
        return cls(
            id=round_.round_id,
            kind=round_.terms.kind,
            title=round_.terms.title,
            phase=round_.phase,
            position=round_.changed,
            terms=round_.terms,
            lot_seed=round_.lot_seed,
            paper_digest=round_.paper_digest,
            steps=round_.steps,
            turnout=turnout,
            credentials=round_.credentials,
            tally_differs=tally_differs,
        )


@dataclass(frozen=True, slots=True)
class TurnoutView:
    round_id: UUID
    units: tuple[UnitTurnout, ...]
    hours: list[HourOfTurnout]


@dataclass(frozen=True, slots=True)
class LineView:
    """A project's line of the conclusion, with its title and category from the paper, and `balance_tiyn`: what was left of
    its unit's envelope behind it.
    """

    project: str
    title: str
    category: str
    unit: str
    cost_tiyn: int
    voters: int
    score: int
    rank: int
    reason: Reason
    balance_tiyn: int
    tie: int | None
    left_tiyn: int | None
    excluded_by: str | None
    stopped_by: str | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of the conclusion; `document`: SHA-256, to be had at /v1/documents/."""

    number: int
    state: ConclusionState
    document: str
    checkpoint_size: int
    replaces: str
    reason: str
    channels: tuple[Channel, ...]
    published_at: datetime | None

    @classmethod
    def of(cls, version: Version) -> Self:
        return cls(
            version.number,
            version.state,
            version.document_digest,
            version.checkpoint_size,
            version.replaces,
            version.reason,
            version.channels,
            version.published_at,
        )


@dataclass(frozen=True, slots=True)
class ResultsView:
    """Results as of log position `as_of`. `conclusion`: the version they are taken from, null while provisional; `replaces`:
    the document this one corrects, with what that `changes`. `witnesses`: who has cosigned the conclusion's checkpoint or a later
    one, which contains it.
    """

    round_id: UUID
    title: str
    status: Status
    as_of: int
    paper_digest: str | None
    conclusion: VersionView | None
    replaces: str | None
    changes: tuple[Change, ...]
    witnesses: tuple[Witnessed, ...]
    versions: list[VersionView]
    turnout: tuple[UnitTurnout, ...]
    lines: list[LineView]
    units: tuple[UnitMoney, ...]
    ties: tuple[Tie, ...]

    @classmethod
    def of(cls, results: Results) -> Self:
        version = results.version
        return cls(
            round_id=results.round.round_id,
            title=results.paper.title,
            status=results.status,
            as_of=results.as_of,
            paper_digest=results.round.paper_digest,
            conclusion=VersionView.of(version) if version else None,
            replaces=(version.replaces or None) if version else None,
            changes=results.changes,
            witnesses=results.witnesses,
            versions=[VersionView.of(each) for each in results.versions],
            turnout=results.turnout,
            lines=lines_of(results.paper, results.outcome.lines),
            units=results.outcome.units,
            ties=results.outcome.ties,
        )


def lines_of(paper: Paper, lines: tuple[Line, ...]) -> list[LineView]:
    """Every line with what is left of its unit's envelope once its turn is over: money is given out in this order."""
    projects = {project.id: project for project in paper.projects}
    left_tiyn = {unit.kato: unit.envelope_tiyn for unit in paper.units}
    views = []
    for line in lines:
        if line.reason is Reason.FUNDED:
            left_tiyn[line.unit] -= line.cost_tiyn
        project = projects[line.project]
        views.append(
            LineView(
                project=line.project,
                title=project.title,
                category=project.category,
                unit=line.unit,
                cost_tiyn=line.cost_tiyn,
                voters=line.voters,
                score=line.score,
                rank=line.rank,
                reason=line.reason,
                balance_tiyn=left_tiyn[line.unit],
                tie=line.tie,
                left_tiyn=line.left_tiyn,
                excluded_by=line.excluded_by,
                stopped_by=line.stopped_by,
            )
        )
    return views
