"""A resident's proposal, from submission through the expert council to a place on the paper.

    submitted → (returned → revised)* → admitted | rejected | merged;  withdrawn from anywhere before implementation begins.
Admitted in review only, when the terms change no more, so that all of the paper keeps them; frozen, it can only be withdrawn,
and what is withdrawn after publication takes a correction of the conclusion to have an effect. How two become one: `Merging`.
The author is an opaque reference; no name and no IIN enters an event.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.marks import Marks
from domain.money import check_tiyn
from domain.round import LotAlreadyDrawn, Phase, Round
from domain.terms import Terms
from domain.text import (
    NAME_CHARS,
    REASON_CHARS,
    TEXT_CHARS,
    TITLE_CHARS,
    check_actor,
    check_identifier,
    check_optional_text,
    check_sha256,
    check_text,
)

MOST_ATTACHMENTS = 20
MOST_EXCLUSIONS = 20


class ProposalState(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ADMITTED = "admitted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class WrongProposalState(Refused):
    code: ClassVar[str] = "wrong_proposal_state"


class UnknownUnit(Refused):
    """Not a unit of the round's terms; what was given instead is not echoed."""

    code: ClassVar[str] = "unknown_unit"


class UnknownCategory(Refused):
    code: ClassVar[str] = "unknown_category"


class CostOverCap(Refused):
    code: ClassVar[str] = "cost_over_cap"


class NotTheAuthor(Refused):
    """Only its author may change a proposal or take it back."""

    code: ClassVar[str] = "not_the_author"


class TooManyItems(Refused):
    """`field` holds more than `most` items, or one twice."""

    code: ClassVar[str] = "too_many_items"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a proposal says. `attachments` are SHA-256 digests of stored files; `estimate_tiyn` is the author's own guess."""

    title: str
    description: str
    unit: str
    estimate_tiyn: int
    category: str = ""
    place: str = ""
    attachments: tuple[str, ...] = ()

    def checked(self, terms: Terms) -> "Sketch":
        """The same sketch, trimmed, or a refusal naming the field that is wrong under these terms."""
        check_place(terms, self.unit, self.category)
        if len(set(self.attachments)) != len(self.attachments) or len(self.attachments) > MOST_ATTACHMENTS:
            raise TooManyItems(field="attachments", most=MOST_ATTACHMENTS)
        check_within_cap(terms, self.category, check_tiyn("estimate_tiyn", self.estimate_tiyn, least=1))
        return Sketch(
            title=check_text("title", self.title, TITLE_CHARS),
            description=check_text("description", self.description, TEXT_CHARS),
            unit=self.unit,
            estimate_tiyn=self.estimate_tiyn,
            category=self.category,
            place=check_optional_text("place", self.place, NAME_CHARS),
            attachments=tuple(check_sha256("attachments", digest) for digest in self.attachments),
        )


def check_place(terms: Terms, unit: str, category: str) -> None:
    if terms.unit(unit) is None:
        raise UnknownUnit
    if category not in terms.categories and (category or terms.categories):
        raise UnknownCategory


def check_within_cap(terms: Terms, category: str, cost_tiyn: int) -> None:
    cap_tiyn = terms.cost_cap_tiyn(category)
    if cap_tiyn is not None and cost_tiyn > cap_tiyn:
        raise CostOverCap(cap_tiyn=cap_tiyn)


class Proposal(Aggregate):
    TOPIC = "proposal"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "proposal.submitted.v1"
        round_id: UUID
        author: str
        sketch: Sketch

    class Revised(Aggregate.Event):
        TOPIC = "proposal.revised.v1"
        sketch: Sketch

    class Returned(Aggregate.Event):
        TOPIC = "proposal.returned.v1"
        reason: str
        by: str

    class Admitted(Aggregate.Event):
        TOPIC = "proposal.admitted.v1"
        project: str
        cost_tiyn: int
        excludes: tuple[str, ...]
        minutes_digest: str
        by: str

    class Rejected(Aggregate.Event):
        TOPIC = "proposal.rejected.v1"
        reason: str
        minutes_digest: str
        by: str

    class Withdrawn(Aggregate.Event):
        TOPIC = "proposal.withdrawn.v1"
        reason: str

    class Marked(Aggregate.Event):
        TOPIC = "proposal.marked.v1"
        marks: Marks

    class Absorbed(Aggregate.Event):
        """The wording that both authors consented to is its next version. `twin`: the proposal that ended in it."""

        TOPIC = "proposal.absorbed.v1"
        twin: UUID
        merging: UUID
        sketch: Sketch

    class Merged(Aggregate.Event):
        """It ended, and goes on in `into`."""

        TOPIC = "proposal.merged.v1"
        into: UUID
        merging: UUID

    @classmethod
    def submit(
        cls,
        proposal_id: UUID,
        round_: Round,
        author: str,
        sketch: Sketch,
        *,
        at: datetime,
        marks: Marks = Marks(),  # noqa: B008 - frozen, so one for all
    ) -> Self:
        """Take in a proposal while intake is open. Several per author are counted by the use case, up to the terms' limit."""
        round_.must_be_in(Phase.INTAKE)
        marks = marks.checked()
        proposal = cls._create(
            cls.Created,
            id=proposal_id,
            round_id=round_.id,
            author=check_identifier("author", author),
            sketch=sketch.checked(round_.terms),
            timestamp=at,
        )
        proposal._mark(marks, at)  # noqa: SLF001 - of its own class
        return proposal

    def revise(self, round_: Round, sketch: Sketch, *, at: datetime, marks: Marks | None = None) -> None:
        """The author's new text: while intake is open, or after the expert council returned it. No `marks`: they stay."""
        round_.must_be(self.round_id)
        if self.state is ProposalState.SUBMITTED:
            round_.must_be_in(Phase.INTAKE)
        else:
            self._must_be(ProposalState.RETURNED)
            round_.must_be_in(Phase.INTAKE, Phase.REVIEW)
        checked, marks = sketch.checked(round_.terms), (marks or self.marks).checked()
        if checked != self.sketch or self.state is ProposalState.RETURNED:
            self.trigger_event(self.Revised, sketch=checked, timestamp=at)
        self._mark(marks, at)

    def must_be_by(self, author: str) -> None:
        if author != self.author:
            raise NotTheAuthor

    def return_for_revision(self, round_: Round, reason: str, *, by: str, at: datetime) -> None:
        self._must_be_under_review(round_, Phase.INTAKE, Phase.REVIEW)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Returned, reason=reason, by=check_actor(by), timestamp=at)

    def admit(
        self,
        round_: Round,
        project: str,
        cost_tiyn: int,
        *,
        minutes_digest: str,
        by: str,
        at: datetime,
        excludes: tuple[str, ...] = (),
    ) -> None:
        """Give the proposal its place on the paper: number, the expert council's cost, and projects it cannot stand beside."""
        self._must_be_under_review(round_, Phase.REVIEW)
        if round_.lot_seed is not None:
            raise LotAlreadyDrawn
        check_place(round_.terms, self.sketch.unit, self.sketch.category)
        check_within_cap(round_.terms, self.sketch.category, check_tiyn("cost_tiyn", cost_tiyn, least=1))
        project = check_identifier("project", project)
        if len({project, *excludes}) != len(excludes) + 1 or len(excludes) > MOST_EXCLUSIONS:
            raise TooManyItems(field="excludes", most=MOST_EXCLUSIONS)
        self.trigger_event(
            self.Admitted,
            project=project,
            cost_tiyn=cost_tiyn,
            excludes=tuple(check_identifier("excludes", other) for other in excludes),
            minutes_digest=check_sha256("minutes_digest", minutes_digest),
            by=check_actor(by),
            timestamp=at,
        )

    def reject(self, round_: Round, reason: str, *, minutes_digest: str, by: str, at: datetime) -> None:
        self._must_be_under_review(round_, Phase.INTAKE, Phase.REVIEW)
        self.trigger_event(
            self.Rejected,
            reason=check_text("reason", reason, REASON_CHARS),
            minutes_digest=check_sha256("minutes_digest", minutes_digest),
            by=check_actor(by),
            timestamp=at,
        )

    def withdraw(self, round_: Round, reason: str, *, at: datetime) -> None:
        """Take the proposal back; on a frozen paper it stays listed and the conclusion gives the reason «withdrawn»."""
        round_.must_be(self.round_id)
        if self.state is ProposalState.WITHDRAWN:
            return
        self._must_be(ProposalState.SUBMITTED, ProposalState.RETURNED, ProposalState.ADMITTED)
        round_.must_be_in(Phase.INTAKE, Phase.REVIEW, Phase.VOTING, Phase.CLOSED, Phase.PUBLISHED)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Withdrawn, reason=reason, timestamp=at)

    def must_be_mergeable(self, round_: Round) -> None:
        """Under review, and before the lot: behind it the merged proposal would find no place on the paper."""
        self._must_be_under_review(round_, Phase.INTAKE, Phase.REVIEW)
        if round_.lot_seed is not None:
            raise LotAlreadyDrawn

    def absorb(self, round_: Round, twin: UUID, sketch: Sketch, *, merging: UUID, at: datetime) -> None:
        """Go on with the merged wording; only a `Merging` does this, behind the last consent. Marks stay its own author's."""
        self.must_be_mergeable(round_)
        self.trigger_event(
            self.Absorbed, twin=twin, merging=merging, sketch=sketch.checked(round_.terms), timestamp=at
        )

    def merge_into(self, round_: Round, into: UUID, *, merging: UUID, at: datetime) -> None:
        """End as a part of another proposal; only a `Merging` does this."""
        self.must_be_mergeable(round_)
        self.trigger_event(self.Merged, into=into, merging=merging, timestamp=at)

    def _mark(self, marks: Marks, at: datetime) -> None:
        if marks != self.marks:
            self.trigger_event(self.Marked, marks=marks, timestamp=at)

    def _must_be_under_review(self, round_: Round, *phases: Phase) -> None:
        round_.must_be(self.round_id)
        self._must_be(ProposalState.SUBMITTED)
        round_.must_be_in(*phases)

    def _must_be(self, *states: ProposalState) -> None:
        if self.state not in states:
            raise WrongProposalState(state=self.state.value, needed="|".join(states))

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, round_id: UUID, author: str, sketch: Sketch) -> None:
        self.round_id = round_id
        self.author = author
        self.sketch = sketch
        self.state = ProposalState.SUBMITTED
        self.project: str | None = None
        self.cost_tiyn: int | None = None
        self.excludes: tuple[str, ...] = ()
        self.reason = ""
        self.marks = Marks()
        self.merged_into: UUID | None = None

    @event(Revised)
    def _revised(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.state = ProposalState.SUBMITTED

    @event(Returned)
    def _returned(self, reason: str) -> None:
        self.state = ProposalState.RETURNED
        self.reason = reason

    @event(Admitted)
    def _admitted(self, project: str, cost_tiyn: int, excludes: tuple[str, ...]) -> None:
        self.state = ProposalState.ADMITTED
        self.project = project
        self.cost_tiyn = cost_tiyn
        self.excludes = excludes

    @event(Rejected)
    def _rejected(self, reason: str) -> None:
        self.state = ProposalState.REJECTED
        self.reason = reason

    @event(Withdrawn)
    def _withdrawn(self, reason: str) -> None:
        self.state = ProposalState.WITHDRAWN
        self.reason = reason

    @event(Marked)
    def _marked(self, marks: Marks) -> None:
        self.marks = marks

    @event(Absorbed)
    def _absorbed(self, sketch: Sketch) -> None:
        self.sketch = sketch

    @event(Merged)
    def _merged(self, into: UUID) -> None:
        self.state = ProposalState.MERGED
        self.merged_into = into
