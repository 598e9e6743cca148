"""An approval: an act that takes two people, from one's request to another's grant.

    requested → granted | declined | withdrawn
What is asked for is fixed when it is asked: the act, what it is done to, and the SHA-256 of its parameters. Who asked grants
and declines nothing; a request that nobody answers in `REQUEST_LASTS` can no longer be granted. The act itself stands in the
log right behind its grant, from the same transaction (concept, lines 880-885: drafted by one, approved by another).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.text import REASON_CHARS, check_actor, check_sha256, check_text

REQUEST_LASTS: Final = timedelta(days=3)
"""Long enough for a colleague to be back, too short for anybody to forget what was so when it was asked."""


class TwoPeopleAct(StrEnum):
    OPEN_VOTING = "open_voting"
    CLOSE_EARLY = "close_early"
    APPROVE_CONCLUSION = "approve_conclusion"
    PUBLISH_CORRECTION = "publish_correction"
    INVITE_KIOSK = "invite_kiosk"
    REPLACE_SLIP = "replace_slip"


class ApprovalState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ApprovalSettled(Refused):
    """The request was granted, declined or withdrawn before: its `state`."""

    code: ClassVar[str] = "approval_settled"


class ApprovalExpired(Refused):
    """Nobody answered the request in time."""

    code: ClassVar[str] = "approval_expired"


class OwnRequest(Refused):
    """Who asked for an act does not approve it."""

    code: ClassVar[str] = "own_request"


class NotOwnRequest(Refused):
    """A request is taken back by who made it; others decline it."""

    code: ClassVar[str] = "not_own_request"


class Approval(Aggregate):
    TOPIC = "approval"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`subject`: the id of the thing whose event the act will be."""

        TOPIC = "approval.requested.v1"
        act: TwoPeopleAct
        subject: UUID
        parameters_digest: str
        reason: str
        expires: datetime
        by: str

    class Granted(Aggregate.Event):
        TOPIC = "approval.granted.v1"
        by: str

    class Declined(Aggregate.Event):
        TOPIC = "approval.declined.v1"
        reason: str
        by: str

    class Withdrawn(Aggregate.Event):
        TOPIC = "approval.withdrawn.v1"
        by: str

    @classmethod
    def request(
        cls,
        approval_id: UUID,
        act: TwoPeopleAct,
        subject: UUID,
        parameters_digest: str,
        *,
        reason: str,
        by: str,
        at: datetime,
    ) -> Self:
        return cls._create(
            cls.Created,
            id=approval_id,
            act=act,
            subject=subject,
            parameters_digest=check_sha256("parameters_digest", parameters_digest),
            reason=check_text("reason", reason, REASON_CHARS),
            expires=at + REQUEST_LASTS,
            by=check_actor(by),
            timestamp=at,
        )

    def grant(self, *, by: str, at: datetime) -> None:
        """Another person's yes; the act must be recorded behind it, in the same transaction."""
        self.must_be_grantable(by=by, at=at)
        self.trigger_event(self.Granted, by=by, timestamp=at)

    def must_be_grantable(self, *, by: str, at: datetime) -> None:
        self._must_wait()
        self._must_not_be_own(by)
        if at >= self.expires:
            raise ApprovalExpired(expires=self.expires)

    def decline(self, reason: str, *, by: str, at: datetime) -> None:
        self._must_wait()
        self._must_not_be_own(by)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.Declined, reason=reason, by=by, timestamp=at)

    def withdraw(self, *, by: str, at: datetime) -> None:
        self._must_wait()
        if check_actor(by) != self.requested_by:
            raise NotOwnRequest
        self.trigger_event(self.Withdrawn, by=by, timestamp=at)

    def _must_wait(self) -> None:
        if self.state is not ApprovalState.REQUESTED:
            raise ApprovalSettled(state=self.state.value)

    def _must_not_be_own(self, by: str) -> None:
        if check_actor(by) == self.requested_by:
            raise OwnRequest

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self,
        act: TwoPeopleAct,
        subject: UUID,
        parameters_digest: str,
        reason: str,
        expires: datetime,
        by: str,
    ) -> None:
        self.act = act
        self.subject = subject
        self.parameters_digest = parameters_digest
        self.reason = reason
        self.expires = expires
        self.requested_by = by
        self.answered_by = ""
        self.answer = ""
        self.state = ApprovalState.REQUESTED

    @event(Granted)
    def _granted(self, by: str) -> None:
        self.state = ApprovalState.GRANTED
        self.answered_by = by

    @event(Declined)
    def _declined(self, reason: str, by: str) -> None:
        self.state = ApprovalState.DECLINED
        self.answered_by = by
        self.answer = reason

    @event(Withdrawn)
    def _withdrawn(self) -> None:
        self.state = ApprovalState.WITHDRAWN
