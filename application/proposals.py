"""The way of residents' proposals: submit, revise, return, admit, reject, withdraw, each behind the log's lock."""

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from application.kiosks import Random
from application.store import Clock, Past, Store
from domain.errors import Refused
from domain.marks import Marks
from domain.proposal import Proposal, Sketch
from domain.round import Round

_SUBMITTED_IN_ROUND = """
SELECT originator_id FROM dauys.events
WHERE topic = %s AND convert_from(state, 'UTF8')::jsonb ->> 'round_id' = %s ORDER BY notification_id
"""


_ALIVE_OF_AUTHOR = """
SELECT count(*) AS alive FROM dauys.events AS submitted
WHERE topic = %s AND convert_from(state, 'UTF8')::jsonb @> jsonb_build_object('round_id', %s::text, 'author', %s::text)
AND NOT EXISTS (
    SELECT FROM dauys.events AS ended
    WHERE ended.originator_id = submitted.originator_id AND ended.topic = ANY(%s)
)
"""
_OF_AUTHOR = """
SELECT originator_id FROM dauys.events
WHERE topic = %s AND convert_from(state, 'UTF8')::jsonb ->> 'author' = %s ORDER BY notification_id
"""
_ENDED = (Proposal.Withdrawn.TOPIC, Proposal.Rejected.TOPIC, Proposal.Merged.TOPIC)


class TooManyProposals(Refused):
    """The terms let one author have `most` proposals in a round."""

    code: ClassVar[str] = "too_many_proposals"


def proposals_of(past: Past, round_id: UUID) -> list[Proposal]:
    """All proposals of a round, in the order they were submitted."""
    rows = past.transaction.execute(_SUBMITTED_IN_ROUND, [Proposal.Created.TOPIC, str(round_id)])
    return [past.get(Proposal, row["originator_id"]) for row in rows.fetchall()]


class Proposals:
    def __init__(self, store: Store, clock: Clock, random: Random) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    def submit(
        self,
        round_id: UUID,
        author: str,
        sketch: Sketch,
        *,
        proposal_id: UUID | None = None,
        marks: Marks = Marks(),  # noqa: B008 - frozen, so one for all
    ) -> UUID:
        """A resident's new proposal; its id. `author` is an opaque reference, never a name."""
        with self._store.deciding() as decision:
            round_ = decision.get(Round, round_id)
            proposal = Proposal.submit(
                proposal_id or UUID(bytes=self._random(16), version=4),
                round_,
                author,
                sketch,
                at=self._clock(),
                marks=marks,
            )
            asked = (Proposal.Created.TOPIC, str(round_id), author, [*_ENDED])
            alive = decision.transaction.execute(_ALIVE_OF_AUTHOR, asked).fetchall()[0]
            if alive["alive"] >= round_.terms.proposals_per_author:
                raise TooManyProposals(most=round_.terms.proposals_per_author)
            decision.save(proposal)
        return proposal.id

    def ids_of(self, author: str) -> list[UUID]:
        """All that an author has ever submitted, the oldest first."""
        with self._store.log_recorder.datastore.get_connection() as connection:
            rows = connection.execute(_OF_AUTHOR, [Proposal.Created.TOPIC, author]).fetchall()
        return [row["originator_id"] for row in rows]

    def revise(
        self, proposal_id: UUID, sketch: Sketch, *, author: str | None = None, marks: Marks | None = None
    ) -> None:
        """`author`: whoever must have written it, when a resident and not the office acts."""

        def command(proposal: Proposal, round_: Round) -> None:
            proposal.must_be_by(author or proposal.author)
            proposal.revise(round_, sketch, at=self._clock(), marks=marks)

        self._change(proposal_id, command)

    def return_for_revision(self, proposal_id: UUID, reason: str, *, by: str) -> None:
        self._change(
            proposal_id,
            lambda proposal, round_: proposal.return_for_revision(round_, reason, by=by, at=self._clock()),
        )

    def admit(
        self,
        proposal_id: UUID,
        project: str,
        cost_tiyn: int,
        *,
        minutes_digest: str,
        by: str,
        excludes: tuple[str, ...] = (),
    ) -> None:
        self._change(
            proposal_id,
            lambda proposal, round_: proposal.admit(
                round_,
                project,
                cost_tiyn,
                minutes_digest=minutes_digest,
                by=by,
                at=self._clock(),
                excludes=excludes,
            ),
        )

    def reject(self, proposal_id: UUID, reason: str, *, minutes_digest: str, by: str) -> None:
        self._change(
            proposal_id,
            lambda proposal, round_: proposal.reject(
                round_, reason, minutes_digest=minutes_digest, by=by, at=self._clock()
            ),
        )

    def withdraw(self, proposal_id: UUID, reason: str, *, author: str | None = None) -> None:
        """`author`: as in `revise`."""

        def command(proposal: Proposal, round_: Round) -> None:
            proposal.must_be_by(author or proposal.author)
            proposal.withdraw(round_, reason, at=self._clock())

        self._change(proposal_id, command)

    def _change(self, proposal_id: UUID, command: Callable[[Proposal, Round], None]) -> None:
        with self._store.deciding() as decision:
            proposal = decision.get(Proposal, proposal_id)
            command(proposal, decision.get(Round, proposal.round_id))
            decision.save(proposal)
