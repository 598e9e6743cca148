"""Merging twin proposals: the expert council proposes it, the authors answer, and the last consent does it, all in one transaction.

With the two proposals go what hangs on them: the twin's photos become the author's whose proposal goes on, new versions that
were being written of either text are dropped, and who followed the twin follows on. A crash leaves all of it or nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, LiteralString
from uuid import UUID

from application.kiosks import Random
from application.photos.photos import share_photos
from application.residents.drafts import drop_new_versions
from application.residents.following import follow_on
from application.store import Clock, Past, Store
from domain.errors import Refused
from domain.merging import Merging, MergingState
from domain.proposal import Proposal, Sketch
from domain.round import Round

MOST_TOLD: Final = 50
"""Mergings of one proposal, or of one author, that are looked at; the newest."""

_OF_PROPOSALS: Final[LiteralString] = """
SELECT originator_id FROM (
    SELECT originator_id, notification_id, convert_from(state, 'UTF8')::jsonb AS asked FROM dauys.events WHERE topic = %s
) AS proposed WHERE asked ->> 'into' = ANY(%s) OR asked ->> 'twin' = ANY(%s) ORDER BY notification_id DESC LIMIT %s
"""
_OF_AUTHOR: Final[LiteralString] = """
SELECT originator_id FROM dauys.events
WHERE topic = %s AND convert_from(state, 'UTF8')::jsonb -> 'authors' ? %s ORDER BY notification_id DESC LIMIT %s
"""


class MergingWaits(Refused):
    """Another `merging` of one of the two proposals waits for its authors: one at a time."""

    code: ClassVar[str] = "merging_waits"


@dataclass(frozen=True, slots=True)
class Twins:
    """A merging beside its round and its proposals, all as of one moment."""

    merging: Merging
    round: Round
    into: Proposal
    twin: Proposal

    @property
    def standing(self) -> MergingState:
        return self.merging.standing(self.round, self.into, self.twin)

    @property
    def waits(self) -> bool:
        return self.standing is MergingState.PROPOSED


class Mergings:
    def __init__(self, store: Store, clock: Clock, random: Random) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    def propose(self, into_id: UUID, twin_id: UUID, wording: Sketch, reason: str, *, by: str) -> UUID:
        """Ask the authors whether `twin_id` may end in `into_id`, worded so; the merging's id. See `Merging.propose`."""
        with self._store.deciding() as decision:
            into, twin = decision.get(Proposal, into_id), decision.get(Proposal, twin_id)
            merging = Merging.propose(
                UUID(bytes=self._random(16), version=4),
                decision.get(Round, into.round_id),
                into,
                twin,
                wording,
                reason,
                by=by,
                at=self._clock(),
            )
            for other in _of_proposals(decision, into_id, twin_id):
                if other.waits:
                    raise MergingWaits(merging=other.merging.id)
            decision.save(merging)
        return merging.id

    def consent(self, merging_id: UUID, *, author: str) -> None:
        """One author's yes; the last one merges the two."""

        def command(twins: Twins) -> None:
            twins.merging.consent(twins.round, twins.into, twins.twin, author=author, at=self._clock())

        self._answer(merging_id, command)

    def decline(self, merging_id: UUID, reason: str = "", *, author: str) -> None:
        def command(twins: Twins) -> None:
            facts = (twins.round, twins.into, twins.twin)
            twins.merging.decline(*facts, author=author, at=self._clock(), reason=reason)

        self._answer(merging_id, command)

    def withdraw(self, merging_id: UUID, *, by: str) -> None:
        def command(twins: Twins) -> None:
            twins.merging.withdraw(twins.round, twins.into, twins.twin, by=by, at=self._clock())

        self._answer(merging_id, command)

    def get(self, merging_id: UUID) -> Twins:
        """NotFound for what is no merging."""
        with self._store.reading() as past:
            return _twins(past, merging_id)

    def of_proposal(self, proposal_id: UUID) -> list[Twins]:
        """In whichever of the two places it stands; the newest first, at most `MOST_TOLD`."""
        with self._store.reading() as past:
            return _of_proposals(past, proposal_id)

    def waiting_for(self, author: str) -> list[Twins]:
        """Those that this author has not answered yet, the newest first."""
        with self._store.reading() as past:
            asked = (Merging.Created.TOPIC, author, MOST_TOLD)
            rows = past.transaction.execute(_OF_AUTHOR, asked).fetchall()
            found = [_twins(past, row["originator_id"]) for row in rows]
        return [each for each in found if each.waits and author not in each.merging.consented]

    def _answer(self, merging_id: UUID, command: Callable[[Twins], None]) -> None:
        with self._store.deciding() as decision:
            twins = _twins(decision, merging_id)
            merging, into, twin = twins.merging, twins.into, twins.twin
            command(twins)
            # In this order: auditors look for the two right behind the last consent.
            positions = decision.save(merging, into, twin)
            if positions and merging.state is MergingState.MERGED:
                share_photos(decision.transaction, into.author, into.sketch.attachments)
                drop_new_versions(decision.transaction, into.id, twin.id)
                follow_on(decision.transaction, twin.id, into.id, into.round_id, positions[-1])


def _twins(past: Past, merging_id: UUID) -> Twins:
    merging = past.get(Merging, merging_id)
    return Twins(
        merging,
        past.get(Round, merging.round_id),
        past.get(Proposal, merging.into),
        past.get(Proposal, merging.twin),
    )


def _of_proposals(past: Past, *proposal_ids: UUID) -> list[Twins]:
    ids = [str(each) for each in proposal_ids]
    rows = past.transaction.execute(_OF_PROPOSALS, (Merging.Created.TOPIC, ids, ids, MOST_TOLD)).fetchall()
    return [_twins(past, row["originator_id"]) for row in rows]
