"""The implementation of funded projects: begun on the published conclusion, contracted, reported on, accepted by residents.

What the conclusion in force does not fund, the ten-voter rule's barred proposals among it, is refused here for good.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from application.photos.photos import name_photos
from application.storage.documents import Documents
from application.store import Clock, Store
from domain.allocation import Reason
from domain.conclusion import Conclusion
from domain.errors import Refused
from domain.implementation import Implementation, NotFunded, Picture
from domain.round import Phase, Round


class ImplementationBegun(Refused):
    """The implementation of this project has begun."""

    code: ClassVar[str] = "implementation_begun"


class Implementations:
    def __init__(self, store: Store, documents: Documents, clock: Clock) -> None:
        self._store = store
        self._documents = documents
        self._clock = clock

    def begin(self, round_id: UUID, project: str, *, by: str) -> UUID:
        """Take a funded project (its number on the paper) up; the implementation's id. The round's first moves it on, too."""
        with self._store.deciding() as decision:
            if decision.find(Implementation, Implementation.create_id(round_id, project)) is not None:
                raise ImplementationBegun
            round_, at = decision.get(Round, round_id), self._clock()
            conclusion = decision.get(Conclusion, Conclusion.create_id(round_id))
            funded = self._funded_by(conclusion)
            cost_tiyn = funded.get(project, 0)
            implementation = Implementation.begin(
                round_, conclusion, project, funded, cost_tiyn, by=by, at=at
            )
            if round_.phase is Phase.PUBLISHED:
                round_.start_implementation(by=by, at=at)
            decision.save(implementation, round_)
        return implementation.id

    def contract(
        self, implementation_id: UUID, contractor: str, amount_tiyn: int, due: datetime, *, by: str
    ) -> None:
        with self._changing(implementation_id) as (implementation, at):
            implementation.contract(contractor, amount_tiyn, due, by=by, at=at)

    def report_progress(self, implementation_id: UUID, per_cent: int, note: str, *, by: str) -> None:
        with self._changing(implementation_id) as (implementation, at):
            implementation.report_progress(per_cent, note, by=by, at=at)

    def delay(self, implementation_id: UUID, reason: str, due: datetime, *, by: str) -> None:
        with self._changing(implementation_id) as (implementation, at):
            implementation.delay(reason, due, by=by, at=at)

    def picture(
        self, implementation_id: UUID, account_id: UUID, pictures: tuple[Picture, ...], *, by: str
    ) -> None:
        """Show photos that this account has sent: public with the event that names them, or not at all. PhotoMissing."""
        with self._store.deciding() as decision:
            with self._changing(implementation_id) as (implementation, at):
                implementation.picture(pictures, by=by, at=at)
            name_photos(decision.transaction, account_id, [each.digest for each in pictures])

    def complete(self, implementation_id: UUID, *, by: str) -> None:
        with self._changing(implementation_id) as (implementation, at):
            implementation.complete(by=by, at=at)

    def refuse_acceptance(
        self, implementation_id: UUID, reason: str, *, minutes_digest: str, by: str
    ) -> None:
        with self._changing(implementation_id) as (implementation, at):
            implementation.refuse_acceptance(reason, minutes_digest=minutes_digest, by=by, at=at)

    def accept(self, implementation_id: UUID, *, minutes_digest: str, by: str) -> None:
        with self._changing(implementation_id) as (implementation, at):
            implementation.accept(minutes_digest=minutes_digest, by=by, at=at)

    def funded(self, round_id: UUID) -> dict[str, int]:
        """Project → cost in tiyn on the frozen paper, of everything that the conclusion in force funds."""
        return self._funded_by(self._store.load(Conclusion, Conclusion.create_id(round_id)))

    def _funded_by(self, conclusion: Conclusion) -> dict[str, int]:
        if conclusion.published_digest is None:
            raise NotFunded
        document = msgspec.json.decode(self._documents.get(conclusion.published_digest))
        return {
            line["project"]: line["cost_tiyn"]
            for line in document["lines"]
            if line["reason"] == Reason.FUNDED.value
        }

    @contextmanager
    def _changing(self, implementation_id: UUID) -> Iterator[tuple[Implementation, datetime]]:
        with self._store.deciding() as decision:
            implementation = decision.get(Implementation, implementation_id)
            yield implementation, self._clock()
            decision.save(implementation)
