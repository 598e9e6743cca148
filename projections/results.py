"""What the world may know of a round's results: nothing before voting has closed, then provisional, then by its conclusion.

Provisional results are computed from the tally by the same `decide` as the conclusion. As soon as a second person has approved
a conclusion, its document is the only source; a published one stays in force until its correction is published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from psycopg import Connection

from domain.allocation import Line, Outcome, decide
from domain.conclusion import ConclusionState
from domain.errors import Refused
from domain.paper import Paper
from domain.round import Phase, Round
from projections import documents, proposals, tally, turnout
from projections.conclusions import CONCLUSIONS, Version, approved_versions
from projections.documents import ConclusionDocument, UnitTurnout
from projections.following import reached
from projections.proposals import PROPOSALS
from projections.rounds import RegisteredRound
from projections.tally import TALLY
from projections.turnout import TURNOUT
from projections.witnesses import Witnessed, seen_by


class ResultsNotPublicYet(Refused):
    """Until voting has closed the world sees turnout only."""

    code: ClassVar[str] = "results_not_public_yet"


class ResultsBeingCounted(Refused):
    """Voting has just closed, and the tally is not there yet; ask again in a moment."""

    code: ClassVar[str] = "results_being_counted"


class RoundCancelled(Refused):
    """The round was cancelled, so it has no results."""

    code: ClassVar[str] = "round_cancelled"


class PaperNotFrozen(Refused):
    """The paper is frozen, and public, when voting opens."""

    code: ClassVar[str] = "paper_not_frozen"


class Status(StrEnum):
    PROVISIONAL = "provisional"
    """Counted; no conclusion has been approved."""
    CONCLUDED = "concluded"
    """By the approved conclusion, which is not published yet."""
    PUBLISHED = "published"
    CORRECTED = "corrected"
    """By a published correction."""


@dataclass(frozen=True, slots=True)
class Change:
    """One project's line in the version that was replaced and in the one that replaces it."""

    project: str
    before: Line
    after: Line


@dataclass(frozen=True, slots=True)
class Results:
    """`as_of`: position of the log up to which they hold. `version`: the conclusion they are taken from, the newest of `versions`
    that is in force. `changes`: what a correction changed, line by line. `witnesses`: who has seen the conclusion's checkpoint.
    """

    round: RegisteredRound
    paper: Paper
    status: Status
    as_of: int
    outcome: Outcome
    turnout: tuple[UnitTurnout, ...]
    version: Version | None
    versions: tuple[Version, ...]
    changes: tuple[Change, ...]
    witnesses: tuple[Witnessed, ...]


_BEFORE_CLOSING = (Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW, Phase.VOTING)
_RESULTS_NEED = (PROPOSALS, TURNOUT, TALLY, CONCLUSIONS)


def paper_of(connection: Connection[Any], round_: RegisteredRound) -> Paper:
    if round_.paper_digest is None:
        raise PaperNotFrozen
    return documents.paper(connection, round_.paper_digest)


def results_of(connection: Connection[Any], round_: RegisteredRound) -> Results:
    """The results as they stand. Each projection follows at its own pace: what closing needs must all have passed it."""
    if round_.phase in _BEFORE_CLOSING:
        raise ResultsNotPublicYet(phase=round_.phase.value)
    if round_.phase is Phase.CANCELLED:
        raise RoundCancelled
    closed = round_.step(Round.VotingClosed.TOPIC)
    if closed is None or reached(connection, _RESULTS_NEED) < closed.position:
        raise ResultsBeingCounted
    paper = paper_of(connection, round_)
    versions = tuple(approved_versions(connection, round_.round_id))
    version = _in_force(versions)
    if version is None:
        return _provisional(connection, round_, paper, versions)
    return _by_conclusion(connection, round_, paper, version, versions)


def turnout_of(connection: Connection[Any], round_: RegisteredRound) -> tuple[UnitTurnout, ...]:
    """People and ballots of every unit, in the order of the round's terms."""
    cast = dict.fromkeys((unit.kato for unit in round_.terms.units), 0)
    for hour in turnout.by_hour(connection, round_.round_id):
        cast[hour.unit] += hour.ballots
    return tuple(UnitTurnout(unit, round_.people.get(unit, 0), ballots) for unit, ballots in cast.items())


def _in_force(versions: tuple[Version, ...]) -> Version | None:
    published = [version for version in versions if version.state is ConclusionState.PUBLISHED]
    return published[-1] if published else next(iter(versions), None)


def _provisional(
    connection: Connection[Any], round_: RegisteredRound, paper: Paper, versions: tuple[Version, ...]
) -> Results:
    withdrawn = proposals.withdrawn(connection, round_.round_id)
    return Results(
        round=round_,
        paper=paper,
        status=Status.PROVISIONAL,
        as_of=max(round_.changed, *withdrawn.values()) if withdrawn else round_.changed,
        outcome=decide(paper, tally.of_round(connection, round_.round_id), frozenset(withdrawn)),
        turnout=turnout_of(connection, round_),
        version=None,
        versions=versions,
        changes=(),
        witnesses=(),
    )


def _by_conclusion(
    connection: Connection[Any],
    round_: RegisteredRound,
    paper: Paper,
    version: Version,
    versions: tuple[Version, ...],
) -> Results:
    status = Status.CONCLUDED
    if version.state is ConclusionState.PUBLISHED:
        status = Status.PUBLISHED if version.number == 1 else Status.CORRECTED
    document = documents.conclusion(connection, version.document_digest)
    replaced = documents.conclusion(connection, version.replaces) if version.replaces else None
    return Results(
        round=round_,
        paper=paper,
        status=status,
        as_of=document.checkpoint.size,
        outcome=document.outcome,
        turnout=document.turnout,
        version=version,
        versions=versions,
        changes=tuple(_changes(replaced, document)) if replaced else (),
        witnesses=seen_by(connection, document.checkpoint.size),
    )


def _changes(before: ConclusionDocument, after: ConclusionDocument) -> Iterator[Change]:
    """Both are of one frozen paper, so they have the same projects."""
    lines = {line.project: line for line in before.lines}
    for line in after.lines:
        if lines[line.project] != line:
            yield Change(line.project, lines[line.project], line)
