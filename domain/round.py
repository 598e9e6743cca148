"""A round: one participatory-budget vote of a city, or one contest of a rural district, from draft to completion.

    drafted → intake → review → voting → closed → concluded → published → implementing → completed
Any phase before `concluded` may end in `cancelled`, with a reason. Terms change only before voting; opening freezes the paper.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.terms import Terms
from domain.text import REASON_CHARS, check_actor, check_sha256, check_text


class Phase(StrEnum):
    DRAFTED = "drafted"
    INTAKE = "intake"
    REVIEW = "review"
    VOTING = "voting"
    CLOSED = "closed"
    CONCLUDED = "concluded"
    PUBLISHED = "published"
    IMPLEMENTING = "implementing"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class WrongPhase(Refused):
    """The round is in `phase`; the command is for `needed`."""

    code: ClassVar[str] = "wrong_phase"


class NotThisRound(Refused):
    """What the command is about belongs to another round."""

    code: ClassVar[str] = "not_this_round"


class VotingNotDue(Refused):
    """Voting opens and closes inside its announced window; closing early takes a reason."""

    code: ClassVar[str] = "voting_not_due"


class LotAlreadyDrawn(Refused):
    code: ClassVar[str] = "lot_already_drawn"


class LotNotDrawn(Refused):
    code: ClassVar[str] = "lot_not_drawn"


class NothingToVoteOn(Refused):
    """Voting opens on a paper with at least one project."""

    code: ClassVar[str] = "nothing_to_vote_on"


class AnotherConclusion(Refused):
    """A round publishes the conclusion it was concluded with."""

    code: ClassVar[str] = "another_conclusion"


_BEFORE_VOTING = (Phase.DRAFTED, Phase.INTAKE, Phase.REVIEW)
_CANCELLABLE = (*_BEFORE_VOTING, Phase.VOTING, Phase.CLOSED)


class Round(Aggregate):
    TOPIC = "round"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "round.drafted.v1"
        terms: Terms
        by: str

    class TermsChanged(Aggregate.Event):
        TOPIC = "round.terms_changed.v1"
        terms: Terms
        by: str

    class IntakeOpened(Aggregate.Event):
        TOPIC = "round.intake_opened.v1"
        by: str

    class ReviewStarted(Aggregate.Event):
        TOPIC = "round.review_started.v1"
        by: str

    class LotDrawn(Aggregate.Event):
        TOPIC = "round.lot_drawn.v1"
        seed: str
        by: str

    class VotingOpened(Aggregate.Event):
        TOPIC = "round.voting_opened.v1"
        paper_digest: str
        projects: int
        by: str

    class VotingClosed(Aggregate.Event):
        TOPIC = "round.voting_closed.v1"
        early_reason: str
        by: str

    class Concluded(Aggregate.Event):
        TOPIC = "round.concluded.v1"
        conclusion_digest: str

    class Published(Aggregate.Event):
        TOPIC = "round.published.v1"
        conclusion_digest: str

    class ImplementationStarted(Aggregate.Event):
        TOPIC = "round.implementation_started.v1"
        by: str

    class Completed(Aggregate.Event):
        TOPIC = "round.completed.v1"
        by: str

    class Cancelled(Aggregate.Event):
        TOPIC = "round.cancelled.v1"
        reason: str
        by: str

    @classmethod
    def draft(cls, round_id: UUID, terms: Terms, *, by: str, at: datetime) -> Self:
        terms.check()
        return cls._create(cls.Created, id=round_id, terms=terms, by=check_actor(by), timestamp=at)

    def change_terms(self, terms: Terms, *, by: str, at: datetime) -> None:
        self.must_be_in(Phase.DRAFTED, Phase.INTAKE)
        terms.check()
        if terms != self.terms:
            self.trigger_event(self.TermsChanged, terms=terms, by=check_actor(by), timestamp=at)

    def open_intake(self, *, by: str, at: datetime) -> None:
        if self.phase is not Phase.INTAKE:
            self.must_be_in(Phase.DRAFTED)
            self.trigger_event(self.IntakeOpened, by=check_actor(by), timestamp=at)

    def start_review(self, *, by: str, at: datetime) -> None:
        if self.phase is not Phase.REVIEW:
            self.must_be_in(Phase.INTAKE)
            self.trigger_event(self.ReviewStarted, by=check_actor(by), timestamp=at)

    def draw_lot(self, seed: str, *, by: str, at: datetime) -> None:
        """Record the seed of the lot that breaks ties; once, in public, before anyone can know where ties will be.

        The paper takes no more proposals behind it, so that no number can be chosen to suit the seed.
        """
        self.must_be_in(Phase.REVIEW)
        if self.lot_seed is not None:
            raise LotAlreadyDrawn
        seed = check_sha256("seed", seed)
        self.trigger_event(self.LotDrawn, seed=seed, by=check_actor(by), timestamp=at)

    def open_voting(self, paper_digest: str, projects: int, *, by: str, at: datetime) -> None:
        """Freeze the paper with this SHA-256 and let ballots in."""
        self.must_be_in(Phase.REVIEW)
        if self.lot_seed is None:
            raise LotNotDrawn
        if not self.terms.voting_opens <= at < self.terms.voting_closes:
            raise VotingNotDue(opens=self.terms.voting_opens, closes=self.terms.voting_closes)
        if projects < 1:
            raise NothingToVoteOn
        digest = check_sha256("paper_digest", paper_digest)
        self.trigger_event(
            self.VotingOpened, paper_digest=digest, projects=projects, by=check_actor(by), timestamp=at
        )

    def close_voting(self, *, by: str, at: datetime, early_reason: str = "") -> None:
        """End voting: no ballot of this round is stored behind this event. Before the announced end only with a reason."""
        if self.phase is Phase.CLOSED:
            return
        self.must_be_in(Phase.VOTING)
        if at < self.terms.voting_closes:
            if not early_reason:
                raise VotingNotDue(closes=self.terms.voting_closes)
            early_reason = check_text("early_reason", early_reason, REASON_CHARS)
        else:
            early_reason = ""
        self.trigger_event(self.VotingClosed, early_reason=early_reason, by=check_actor(by), timestamp=at)

    def conclude(self, conclusion_digest: str, *, at: datetime) -> None:
        """Enter the approved conclusion, by its SHA-256."""
        self.must_be_in(Phase.CLOSED)
        digest = check_sha256("conclusion_digest", conclusion_digest)
        self.trigger_event(self.Concluded, conclusion_digest=digest, timestamp=at)

    def publish(self, conclusion_digest: str, *, at: datetime) -> None:
        self.must_be_in(Phase.CONCLUDED)
        if conclusion_digest != self.conclusion_digest:
            raise AnotherConclusion
        self.trigger_event(self.Published, conclusion_digest=conclusion_digest, timestamp=at)

    def start_implementation(self, *, by: str, at: datetime) -> None:
        if self.phase is not Phase.IMPLEMENTING:
            self.must_be_in(Phase.PUBLISHED)
            self.trigger_event(self.ImplementationStarted, by=check_actor(by), timestamp=at)

    def complete(self, *, by: str, at: datetime) -> None:
        if self.phase is not Phase.COMPLETED:
            self.must_be_in(Phase.IMPLEMENTING)
            self.trigger_event(self.Completed, by=check_actor(by), timestamp=at)

    def cancel(self, reason: str, *, by: str, at: datetime) -> None:
        self.must_be_in(*_CANCELLABLE)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Cancelled, reason=reason, by=check_actor(by), timestamp=at)

    def must_be_in(self, *phases: Phase) -> None:
        if self.phase not in phases:
            raise WrongPhase(phase=self.phase.value, needed="|".join(phases))

    def must_be(self, round_id: UUID) -> None:
        if self.id != round_id:
            raise NotThisRound

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, terms: Terms, by: str) -> None:
        self.terms = terms
        self.phase = Phase.DRAFTED
        self.drafted_by = by
        self.lot_seed: str | None = None
        self.paper_digest: str | None = None
        self.conclusion_digest: str | None = None

    @event(TermsChanged)
    def _terms_changed(self, terms: Terms) -> None:
        self.terms = terms

    @event(IntakeOpened)
    def _intake_opened(self) -> None:
        self.phase = Phase.INTAKE

    @event(ReviewStarted)
    def _review_started(self) -> None:
        self.phase = Phase.REVIEW

    @event(LotDrawn)
    def _lot_drawn(self, seed: str) -> None:
        self.lot_seed = seed

    @event(VotingOpened)
    def _voting_opened(self, paper_digest: str) -> None:
        self.phase = Phase.VOTING
        self.paper_digest = paper_digest

    @event(VotingClosed)
    def _voting_closed(self) -> None:
        self.phase = Phase.CLOSED

    @event(Concluded)
    def _concluded(self, conclusion_digest: str) -> None:
        self.phase = Phase.CONCLUDED
        self.conclusion_digest = conclusion_digest

    @event(Published)
    def _published(self, conclusion_digest: str) -> None:
        self.phase = Phase.PUBLISHED
        self.conclusion_digest = conclusion_digest

    @event(ImplementationStarted)
    def _implementation_started(self) -> None:
        self.phase = Phase.IMPLEMENTING

    @event(Completed)
    def _completed(self) -> None:
        self.phase = Phase.COMPLETED

    @event(Cancelled)
    def _cancelled(self) -> None:
        self.phase = Phase.CANCELLED
