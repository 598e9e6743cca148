"""A kiosk: a device whose Ed25519 key may sign deliveries, from invitation to revocation.

Enrolled once, with a one-time code of which only the SHA-256 is known here; revoked for good.
"""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.text import NAME_CHARS, REASON_CHARS, check_actor, check_sha256, check_text
from domain.times import check_time


class EnrolmentCodeInvalid(Refused):
    """Wrong, used or expired; which of them is not told."""

    code: ClassVar[str] = "enrolment_code_invalid"


class KioskKeyInvalid(Refused):
    code: ClassVar[str] = "kiosk_key_invalid"


class KioskRevoked(Refused):
    code: ClassVar[str] = "kiosk_revoked"


class Kiosk(Aggregate):
    TOPIC = "kiosk"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "kiosk.invited.v1"
        label: str
        place: str
        code_digest: str
        expires: datetime
        by: str

    class Enrolled(Aggregate.Event):
        TOPIC = "kiosk.enrolled.v1"
        public_key: str

    class Revoked(Aggregate.Event):
        TOPIC = "kiosk.revoked.v1"
        reason: str
        by: str

    @classmethod
    def invite(
        cls,
        kiosk_id: UUID,
        *,
        label: str,
        place: str,
        code_digest: str,
        expires: datetime,
        by: str,
        at: datetime,
    ) -> Self:
        return cls._create(
            cls.Created,
            id=kiosk_id,
            label=check_text("label", label, NAME_CHARS),
            place=check_text("place", place, NAME_CHARS),
            code_digest=check_sha256("code_digest", code_digest),
            expires=check_time("expires", expires),
            by=check_actor(by),
            timestamp=at,
        )

    def enrol(self, code_digest: str, public_key: str, *, at: datetime) -> None:
        """Bind the device's public key (32 bytes as 64 hex digits). The same code with the same key again records nothing."""
        if self.revoked:
            raise KioskRevoked
        if code_digest != self.code_digest:
            raise EnrolmentCodeInvalid
        if self.public_key == public_key:
            return
        if self.public_key is not None or at >= self.expires:
            raise EnrolmentCodeInvalid
        if len(public_key) != 64 or not set(public_key) <= set("0123456789abcdef"):  # noqa: PLR2004 - 32 bytes in hex
            raise KioskKeyInvalid
        self.trigger_event(self.Enrolled, public_key=public_key, timestamp=at)

    def revoke(self, reason: str, *, by: str, at: datetime) -> None:
        """No delivery of this kiosk is taken from now on; what it delivered before stands."""
        if not self.revoked:
            reason = check_text("reason", reason, REASON_CHARS)
            self.trigger_event(self.Revoked, reason=reason, by=check_actor(by), timestamp=at)

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, label: str, place: str, code_digest: str, expires: datetime) -> None:
        self.label = label
        self.place = place
        self.code_digest = code_digest
        self.expires = expires
        self.public_key: str | None = None
        self.revoked = False

    @event(Enrolled)
    def _enrolled(self, public_key: str) -> None:
        self.public_key = public_key

    @event(Revoked)
    def _revoked(self) -> None:
        self.revoked = True
