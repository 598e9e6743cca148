"""A decision of the Council: proposed in a sitting, put to an open roll-call, adopted or not, signed, published, in force.

    proposed → adopted → signed → published (in force from a day on, until it is repealed);  proposed → rejected
No act without the quorum present when its vote closes; none in force before it is published electronically; none changed or
ended but by another decision (concept, lines 615-642). Its kind's preconditions are in `domain.self_government.matters`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.conclusion import Channel
from domain.errors import Refused
from domain.self_government.council import Council
from domain.self_government.matters import Draft, Matter
from domain.self_government.publication import check_channels, published_electronically
from domain.self_government.rollcall import Count, MemberVote, Session, Vote, count
from domain.self_government.sitting import Sitting
from domain.self_government.substance import Adoption, DecisionKind, Substance
from domain.self_government.unit import TerritorialUnit
from domain.text import TITLE_CHARS, check_actor, check_identifier, check_sha256, check_text
from domain.times import check_time

MOST_AFFECTED = 20
"""Earlier decisions that one decision repeals or amends."""


class DecisionState(StrEnum):
    PROPOSED = "proposed"
    REJECTED = "rejected"
    ADOPTED = "adopted"
    SIGNED = "signed"
    PUBLISHED = "published"


class WrongDecisionState(Refused):
    code: ClassVar[str] = "wrong_decision_state"


class DecisionNotAdopted(Refused):
    """Only what the Council adopted can be referred to."""

    code: ClassVar[str] = "decision_not_adopted"


class DecisionRepealed(Refused):
    """A decision that another one repeals is no ground for anything new."""

    code: ClassVar[str] = "decision_repealed"


class NotThisSitting(Refused):
    """A decision is voted on in the sitting in which it was proposed."""

    code: ClassVar[str] = "not_this_sitting"


class MemberRecused(Refused):
    """Who stood back for a conflict of interest does not vote."""

    code: ClassVar[str] = "member_recused"


class NotTheChair(Refused):
    """A decision is signed by who holds the chair on that day."""

    code: ClassVar[str] = "not_the_chair"


class SigningTimeInvalid(Refused):
    """A decision is signed after it was `adopted` and not later than `now`."""

    code: ClassVar[str] = "signing_time_invalid"


class NothingRepealed(Refused):
    """A decision of kind `repeal` names a decision that it repeals."""

    code: ClassVar[str] = "nothing_repealed"


class CannotAffect(Refused):
    """Only published decisions of the same unit that are not repealed, each once and `most` in all, can be repealed or amended."""

    code: ClassVar[str] = "cannot_affect"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The paper before the Council. `effective_from`: the date it sets itself; None: its publication."""

    number: str
    title: str
    text_digest: str
    legal_basis: str
    effective_from: datetime | None = None


class CouncilDecision(Aggregate):
    TOPIC = "decision"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`substance`: the facts its preconditions were held against; `point`: its number on the sitting's agenda."""

        TOPIC = "decision.proposed.v1"
        unit: str
        council_id: UUID
        sitting_id: UUID
        point: str
        number: str
        kind: DecisionKind
        title: str
        text_digest: str
        legal_basis: str
        substance: Substance
        repeals: tuple[UUID, ...]
        amends: tuple[UUID, ...]
        effective_from: datetime
        by: str

    class VoteCast(Aggregate.Event):
        """A member's vote, or another one in its place."""

        TOPIC = "decision.vote_cast.v1"
        member: str
        vote: Vote
        by: str

    class Recused(Aggregate.Event):
        """`interest`: the number of the member's declaration in the Council."""

        TOPIC = "decision.recused.v1"
        member: str
        interest: str
        by: str

    class VoteClosed(Aggregate.Event):
        """`votes`: the roll-call of those present at the end, by member; `count`: what it comes to, and why."""

        TOPIC = "decision.vote_closed.v1"
        votes: tuple[MemberVote, ...]
        count: Count
        on: datetime
        by: str

    class Signed(Aggregate.Event):
        TOPIC = "decision.signed.v1"
        signer: str
        on: datetime
        by: str

    class Published(Aggregate.Event):
        TOPIC = "decision.published.v1"
        channels: tuple[Channel, ...]
        in_force_from: datetime
        by: str

    class Repealed(Aggregate.Event):
        TOPIC = "decision.repealed.v1"
        repealing: UUID
        repealed_from: datetime
        by: str

    class Amended(Aggregate.Event):
        TOPIC = "decision.amended.v1"
        amending: UUID
        amended_from: datetime
        by: str

    @staticmethod
    def create_id(council_id: UUID, number: str) -> UUID:
        return uuid5(
            council_id, f"decision:{number}"
        )  # so the store refuses a second decision of this number

    @classmethod
    def propose(
        cls,
        unit: TerritorialUnit,
        council: Council,
        sitting: Sitting,
        point: str,
        proposal: Proposal,
        matter: Matter,
        *,
        by: str,
        at: datetime,
        repeals: Sequence["CouncilDecision"] = (),
        amends: Sequence["CouncilDecision"] = (),
    ) -> Self:
        """Put a text before the open sitting, under a point of its agenda, if the preconditions of its kind hold."""
        session = sitting.session(unit, council)
        sitting.must_have_point(point)
        _check_affected(unit, (*repeals, *amends))
        if matter.kind is DecisionKind.REPEAL and not repeals:
            raise NothingRepealed
        text_digest = check_sha256("text_digest", proposal.text_digest)
        effective_from = proposal.effective_from and check_time("effective_from", proposal.effective_from)
        draft = Draft(unit, text_digest, session.on, effective_from)
        return cls._create(
            cls.Created,
            id=cls.create_id(council.id, proposal.number),
            unit=unit.kato,
            council_id=council.id,
            sitting_id=sitting.id,
            point=point,
            number=check_identifier("number", proposal.number),
            kind=matter.kind,
            title=check_text("title", proposal.title, TITLE_CHARS),
            text_digest=text_digest,
            legal_basis=check_text("legal_basis", proposal.legal_basis, TITLE_CHARS),
            substance=matter.substance(draft),
            repeals=tuple(each.id for each in repeals),
            amends=tuple(each.id for each in amends),
            effective_from=effective_from or session.on,
            by=check_actor(by),
            timestamp=at,
        )

    def cast_vote(self, session: Session, member: str, vote: Vote, *, by: str, at: datetime) -> None:
        """Record a present member's open vote; until the vote is closed another may take its place."""
        self._must_be_voted_in(session)
        session.must_have(member)
        if member in self.recused:
            raise MemberRecused
        if self.votes.get(member) is not vote:
            self.trigger_event(self.VoteCast, member=member, vote=vote, by=check_actor(by), timestamp=at)

    def recuse(
        self, session: Session, council: Council, member: str, interest: str, *, by: str, at: datetime
    ) -> None:
        """A present member stands back for an interest declared in the Council; a vote already given falls away."""
        self._must_be_voted_in(session)
        session.must_have(member)
        council.must_be(self.council_id)
        council.must_have_interest(interest, member)
        if member not in self.recused:
            self.trigger_event(
                self.Recused, member=member, interest=interest, by=check_actor(by), timestamp=at
            )

    def close_vote(self, session: Session, *, by: str, at: datetime) -> bool:
        """End the roll-call and count it; whether the decision was adopted. Refused while the quorum is wanting.

        Only the votes of members who are present now are counted.
        """
        self._must_be_voted_in(session)
        counted = count(session, self.votes, self.recused)
        voted = sorted(session.present.intersection(self.votes))
        self.trigger_event(
            self.VoteClosed,
            votes=tuple(MemberVote(member, self.votes[member]) for member in voted),
            count=counted,
            on=session.on,
            by=check_actor(by),
            timestamp=at,
        )
        return counted.adopted

    def sign(self, council: Council, signer: str, on: datetime, *, by: str, at: datetime) -> None:
        """Enter the chair's signature, given between the adoption and now, by a Council still in office."""
        self._must_be(DecisionState.ADOPTED)
        council.must_be(self.council_id)
        on = check_time("on", on)
        council.must_be_in_office(on)
        if not self.adoption().adopted_on <= on <= at:
            raise SigningTimeInvalid(adopted=self.adoption().adopted_on, now=at)
        if council.chair_on(on) != signer:
            raise NotTheChair
        self.trigger_event(self.Signed, signer=signer, on=on, by=check_actor(by), timestamp=at)

    def publish(self, channels: tuple[Channel, ...], *, by: str, at: datetime) -> None:
        """Enter where it was published, electronically at least; in force from then or from its own later date on."""
        self._must_be(DecisionState.SIGNED)
        channels = check_channels(channels, adopted=self.signed_on or at, at=at)
        self.trigger_event(
            self.Published,
            channels=channels,
            in_force_from=max(self.effective_from, published_electronically(channels)),
            by=check_actor(by),
            timestamp=at,
        )

    def follow(self, later: "CouncilDecision", *, by: str, at: datetime) -> None:
        """Enter what a later decision, now published, does to this one. The first that repeals it ends it; asked again, nothing."""
        begins = later.in_force_from
        if begins is None or self.id not in (*later.repeals, *later.amends):
            raise CannotAffect(most=MOST_AFFECTED)
        by = check_actor(by)
        if self.repealed_from is None and self.id in later.repeals:
            self.trigger_event(self.Repealed, repealing=later.id, repealed_from=begins, by=by, timestamp=at)
        elif self.id in later.amends and later.id not in self.amended_by:
            self.trigger_event(self.Amended, amending=later.id, amended_from=begins, by=by, timestamp=at)

    def adoption(self) -> Adoption:
        """The adopted decision, for others to refer to."""
        if self.adopted_on is None:
            raise DecisionNotAdopted
        if self.repealed_from is not None:
            raise DecisionRepealed
        return Adoption(self.id, self.unit, self.kind, self.text_digest, self.adopted_on, self.substance.akim)

    def in_force_on(self, when: datetime) -> bool:
        begun = self.in_force_from is not None and self.in_force_from <= when
        return begun and (self.repealed_from is None or when < self.repealed_from)

    def _must_be_voted_in(self, session: Session) -> None:
        self._must_be(DecisionState.PROPOSED)
        if session.sitting_id != self.sitting_id:
            raise NotThisSitting

    def _must_be(self, state: DecisionState) -> None:
        if self.state is not state:
            raise WrongDecisionState(state=self.state.value, needed=state.value)

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self,
        unit: str,
        council_id: UUID,
        sitting_id: UUID,
        number: str,
        kind: DecisionKind,
        title: str,
        text_digest: str,
        substance: Substance,
        repeals: tuple[UUID, ...],
        amends: tuple[UUID, ...],
        effective_from: datetime,
    ) -> None:
        self.unit = unit
        self.council_id = council_id
        self.sitting_id = sitting_id
        self.number = number
        self.kind = kind
        self.title = title
        self.text_digest = text_digest
        self.substance = substance
        self.repeals = repeals
        self.amends = amends
        self.effective_from = effective_from
        self.state = DecisionState.PROPOSED
        self.votes: dict[str, Vote] = {}
        self.recused: set[str] = set()
        self.adopted_on: datetime | None = None
        self.signed_on: datetime | None = None
        self.in_force_from: datetime | None = None
        self.repealed_from: datetime | None = None
        self.amended_by: list[UUID] = []

    @event(VoteCast)
    def _vote_cast(self, member: str, vote: Vote) -> None:
        self.votes[member] = vote

    @event(Recused)
    def _recused(self, member: str) -> None:
        self.recused.add(member)
        self.votes.pop(member, None)

    @event(VoteClosed)
    def _vote_closed(self, count: Count, on: datetime) -> None:
        self.state = DecisionState.ADOPTED if count.adopted else DecisionState.REJECTED
        self.adopted_on = on if count.adopted else None

    @event(Signed)
    def _signed(self, on: datetime) -> None:
        self.state = DecisionState.SIGNED
        self.signed_on = on

    @event(Published)
    def _published(self, in_force_from: datetime) -> None:
        self.state = DecisionState.PUBLISHED
        self.in_force_from = in_force_from

    @event(Repealed)
    def _repealed(self, repealed_from: datetime) -> None:
        self.repealed_from = repealed_from

    @event(Amended)
    def _amended(self, amending: UUID) -> None:
        self.amended_by.append(amending)


def _check_affected(unit: TerritorialUnit, decisions: Sequence[CouncilDecision]) -> None:
    standing = [
        each.unit == unit.kato and each.state is DecisionState.PUBLISHED and each.repealed_from is None
        for each in decisions
    ]
    distinct = len({each.id for each in decisions}) == len(decisions)
    if not all(standing) or not distinct or len(decisions) > MOST_AFFECTED:
        raise CannotAffect(most=MOST_AFFECTED)
