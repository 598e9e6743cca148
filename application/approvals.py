"""Acts that take two people: one asks, another grants, and the act is done in the transaction of the grant.

What is asked for lies in the documents by the digest that the request names, so that what is granted is what was asked for; it
holds nothing secret. What is done must still be what was prepared, or nothing is done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import msgspec

from application.kiosks import Random
from application.log import canonical
from application.storage.documents import Documents
from application.store import Clock, Past, Store
from domain.approval import Approval, ApprovalState, TwoPeopleAct
from domain.errors import Refused

Parameters = Mapping[str, Any]
"""A canonical JSON object: what an act is told beside its subject."""

_WAITING: Final[LiteralString] = """
SELECT originator_id FROM dauys.events AS asked
WHERE topic = %s AND (convert_from(state, 'UTF8')::json ->> 'expires')::timestamptz > %s AND NOT EXISTS (
    SELECT FROM dauys.events AS answered
    WHERE answered.originator_id = asked.originator_id AND answered.originator_version > 1
) ORDER BY notification_id
"""
_OF_ACT: Final[LiteralString] = """
SELECT originator_id FROM dauys.events
WHERE topic = %s AND convert_from(state, 'UTF8')::json ->> 'act' = %s ORDER BY notification_id
"""
_NEWEST: Final[LiteralString] = """
SELECT originator_id FROM dauys.events WHERE topic = %s ORDER BY notification_id DESC OFFSET %s LIMIT %s
"""


class AlreadyRequested(Refused):
    """The same act waits for its second person already: `approval`."""

    code: ClassVar[str] = "already_requested"


class ApprovalOutdated(Refused):
    """What was asked for is no longer what would be done; decline it and ask anew."""

    code: ClassVar[str] = "approval_outdated"


def _nothing_takes_long(_: UUID) -> None:
    """Most acts have nothing to check before the log is locked."""


@dataclass(frozen=True, slots=True)
class Act:
    """How one kind of act is prepared and done.

    `prepare(subject, given)`: all that the approver judges and nothing secret; refuses what could not be done now.
    `perform(subject, prepared, by)`: does it, its event first, inside the grant's transaction; what it gives is shown once, to
    who granted. `check(subject)`: what takes long, before the log is locked. `units(subject, prepared)`: the units that it
    concerns, by KATO. `one_at_a_time`: what waits already is not asked for again.
    """

    prepare: Callable[[UUID, Parameters], Parameters]
    perform: Callable[[UUID, Parameters, str], object]
    units: Callable[[UUID, Parameters], frozenset[str]]
    check: Callable[[UUID], None] = _nothing_takes_long
    one_at_a_time: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as people judge it. `units`: those it concerns. `expired`: it waited, and waits no more."""

    approval: Approval
    parameters: Parameters
    units: frozenset[str]
    expired: bool

    @property
    def waits(self) -> bool:
        return self.approval.state is ApprovalState.REQUESTED and not self.expired


class Approvals:
    def __init__(
        self,
        store: Store,
        documents: Documents,
        clock: Clock,
        random: Random,
        acts: Mapping[TwoPeopleAct, Act],
    ) -> None:
        self._store = store
        self._documents = documents
        self._clock = clock
        self._random = random
        self._acts = acts

    def request(
        self,
        act: TwoPeopleAct,
        subject: UUID | None,
        parameters: Parameters,
        *,
        by: str,
        reason: str,
    ) -> UUID:
        """Ask another person for the act; the request's id. Without a subject the act will make a new thing."""
        making = subject is None
        subject = self._new_id() if subject is None else subject
        prepared = canonical.encode(self._acts[act].prepare(subject, parameters))
        approval = Approval.request(
            self._new_id(),
            act,
            subject,
            self._documents.put(prepared),
            reason=reason,
            by=by,
            at=self._clock(),
        )
        with self._store.deciding() as decision:
            for other in self._waiting(decision):
                same = (
                    other.parameters_digest == approval.parameters_digest
                    if making
                    else other.subject == subject
                )
                if other.act is act and same and self._acts[act].one_at_a_time:
                    raise AlreadyRequested(approval=other.id)
            decision.save(approval)
        return approval.id

    def approve(self, approval_id: UUID, *, by: str) -> object:
        """Grant the request and do what it asks for, both or neither; what the act gives, to be shown to this person alone."""
        asked = self._store.load(Approval, approval_id)
        asked.must_be_grantable(by=by, at=self._clock())
        doing, parameters = self._acts[asked.act], self._parameters(asked)
        doing.check(asked.subject)
        with self._store.deciding() as decision:
            approval = decision.get(Approval, approval_id)
            approval.grant(by=by, at=self._clock())
            decision.save(approval)
            return doing.perform(asked.subject, parameters, by)

    def decline(self, approval_id: UUID, reason: str, *, by: str) -> None:
        with self._store.deciding() as decision:
            approval = decision.get(Approval, approval_id)
            approval.decline(reason, by=by, at=self._clock())
            decision.save(approval)

    def withdraw(self, approval_id: UUID, *, by: str) -> None:
        with self._store.deciding() as decision:
            approval = decision.get(Approval, approval_id)
            approval.withdraw(by=by, at=self._clock())
            decision.save(approval)

    def asked(self, approval_id: UUID) -> Asked:
        return self._asked(self._store.load(Approval, approval_id))

    def waiting(self) -> list[Asked]:
        """All that can still be granted, the oldest first."""
        with self._store.reading() as past:
            waiting = self._waiting(past)
        return [self._asked(approval) for approval in waiting]

    def all_of(self, act: TwoPeopleAct) -> list[Asked]:
        """Every request for one kind of act, in whatever state, the oldest first."""
        with self._store.log_recorder.datastore.get_connection() as connection:
            rows = connection.execute(_OF_ACT, [Approval.Created.TOPIC, act.value]).fetchall()
        return [self.asked(row["originator_id"]) for row in rows]

    def newest(self, skip: int, most: int) -> list[Asked]:
        """At most `most` requests in whatever state, the newest first, behind the `skip` newest."""
        with self._store.log_recorder.datastore.get_connection() as connection:
            rows = connection.execute(_NEWEST, [Approval.Created.TOPIC, skip, most]).fetchall()
        return [self.asked(row["originator_id"]) for row in rows]

    def _asked(self, approval: Approval) -> Asked:
        parameters = self._parameters(approval)
        units = self._acts[approval.act].units(approval.subject, parameters)
        expired = approval.state is ApprovalState.REQUESTED and self._clock() >= approval.expires
        return Asked(approval, parameters, units, expired)

    def _parameters(self, approval: Approval) -> Parameters:
        parameters: Parameters = msgspec.json.decode(self._documents.get(approval.parameters_digest))
        return parameters

    def _waiting(self, past: Past) -> list[Approval]:
        rows = past.transaction.execute(_WAITING, [Approval.Created.TOPIC, self._clock()])
        return [past.get(Approval, row["originator_id"]) for row in rows.fetchall()]

    def _new_id(self) -> UUID:
        return UUID(bytes=self._random(16), version=4)
