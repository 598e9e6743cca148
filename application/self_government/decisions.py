"""The way of a Council's decision: propose it in a sitting, take the roll-call, sign, publish; what it repeals ends with it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from application.self_government.councils import session_of
from application.self_government.matters import MatterRequest, matter_of
from application.self_government.units import unit_of
from application.storage.documents import Documents
from application.store import Clock, Decision, Store
from domain.conclusion import Channel
from domain.errors import Refused
from domain.self_government.council import Council
from domain.self_government.decision import CouncilDecision, Proposal
from domain.self_government.rollcall import Session, Vote
from domain.self_government.sitting import Sitting


class DecisionExists(Refused):
    """The Council has a decision of this number, adopted or not."""

    code: ClassVar[str] = "decision_exists"


class Decisions:
    def __init__(self, store: Store, documents: Documents, clock: Clock) -> None:
        self._store = store
        self._documents = documents
        self._clock = clock

    def propose(
        self,
        sitting_id: UUID,
        point: str,
        proposal: Proposal,
        matter: MatterRequest,
        *,
        by: str,
        repeals: Sequence[UUID] = (),
        amends: Sequence[UUID] = (),
    ) -> UUID:
        """Put a text, stored as a document before, to the open sitting under a point of its agenda; the decision's id."""
        self._documents.get(proposal.text_digest)
        with self._store.deciding() as decision:
            sitting = decision.get(Sitting, sitting_id)
            made_id = CouncilDecision.create_id(sitting.council_id, proposal.number)
            if decision.find(CouncilDecision, made_id) is not None:
                raise DecisionExists
            made = CouncilDecision.propose(
                unit_of(decision, sitting.unit),
                decision.get(Council, sitting.council_id),
                sitting,
                point,
                proposal,
                matter_of(decision, sitting.unit, matter),
                by=by,
                at=self._clock(),
                repeals=_all(decision, repeals),
                amends=_all(decision, amends),
            )
            decision.save(made)
        return made.id

    def vote(self, decision_id: UUID, member: str, vote: Vote, *, by: str) -> None:
        """Record a present member's open vote, or another in its place."""
        with self._voting(decision_id) as (made, _, session, at):
            made.cast_vote(session, member, vote, by=by, at=at)

    def recuse(self, decision_id: UUID, member: str, interest: str, *, by: str) -> None:
        """A member stands back for an interest declared in the Council under this number."""
        with self._voting(decision_id) as (made, council, session, at):
            made.recuse(session, council, member, interest, by=by, at=at)

    def close_vote(self, decision_id: UUID, *, by: str) -> bool:
        """End the roll-call; whether the decision was adopted."""
        with self._voting(decision_id) as (made, _, session, at):
            return made.close_vote(session, by=by, at=at)

    def sign(self, decision_id: UUID, signer: str, on: datetime, *, by: str) -> None:
        """Enter the chair's signature."""
        with self._store.deciding() as decision:
            made = decision.get(CouncilDecision, decision_id)
            made.sign(decision.get(Council, made.council_id), signer, on, by=by, at=self._clock())
            decision.save(made)

    def publish(self, decision_id: UUID, channels: tuple[Channel, ...], *, by: str) -> None:
        """Enter where it was published; the decisions that it repeals or amends follow in the same transaction."""
        with self._store.deciding() as decision:
            made = decision.get(CouncilDecision, decision_id)
            at = self._clock()
            made.publish(channels, by=by, at=at)
            affected = _all(decision, (*made.repeals, *made.amends))
            for earlier in affected:
                earlier.follow(made, by=by, at=at)
            decision.save(made, *affected)

    @contextmanager
    def _voting(self, decision_id: UUID) -> Iterator[tuple[CouncilDecision, Council, Session, datetime]]:
        with self._store.deciding() as decision:
            made = decision.get(CouncilDecision, decision_id)
            council, session = session_of(decision, made.sitting_id)
            yield made, council, session, self._clock()
            decision.save(made)


def _all(decision: Decision, ids: Sequence[UUID]) -> list[CouncilDecision]:
    return [decision.get(CouncilDecision, each) for each in ids]
