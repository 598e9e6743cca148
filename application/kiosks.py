"""The kiosk register: invite with a one-time code, enrol a device's key, revoke.

The code is shown once to the operator and known here only by its SHA-256; losing it means inviting again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar
from uuid import UUID

from application import base64url
from application.delivery import CREDENTIAL_BYTES
from application.settings import Settings
from application.store import Clock, NotFound, Store
from domain.errors import Refused
from domain.kiosk import EnrolmentCodeInvalid, Kiosk

Random = Callable[[int], bytes]
"""So many unpredictable bytes (`secrets.token_bytes`)."""

_CODE_BYTES = 15


class PublicKeyInvalid(Refused):
    """Not the unpadded base64url of a 32-byte Ed25519 key."""

    code: ClassVar[str] = "public_key_invalid"


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """Hand `code` to whoever sets the device up; it holds the kiosk's id and a secret, and works once."""

    kiosk_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class KioskRow:
    """A kiosk as the register shows it: what it is, and how many ballots it delivered and had recorded."""

    kiosk_id: UUID
    label: str
    place: str
    state: str
    delivered: int
    recorded: int


class Kiosks:
    def __init__(self, store: Store, settings: Settings, clock: Clock, random: Random) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._random = random

    def invite(self, label: str, place: str, *, by: str, kiosk_id: UUID | None = None) -> Invitation:
        kiosk_id = kiosk_id or UUID(bytes=self._random(16), version=4)
        code = f"{kiosk_id.hex}.{base64url.to_text(self._random(_CODE_BYTES))}"
        at = self._clock()
        kiosk = Kiosk.invite(
            kiosk_id,
            label=label,
            place=place,
            code_digest=_digest(code),
            expires=at + timedelta(seconds=self._settings.enrolment_seconds),
            by=by,
            at=at,
        )
        with self._store.deciding() as decision:
            decision.save(kiosk)
        return Invitation(kiosk_id, code)

    def enrol(self, code: str, public_key: str) -> UUID:
        """Bind `public_key` (base64url) to the kiosk the code was made for; its id. The same call again changes nothing."""
        key = base64url.to_bytes(public_key, CREDENTIAL_BYTES)
        if key is None:
            raise PublicKeyInvalid
        try:
            kiosk_id = UUID(hex=code.partition(".")[0])
        except ValueError:
            raise EnrolmentCodeInvalid from None
        try:
            # Asked first behind no lock: a stranger's guesses must not make every ballot wait.
            self._store.load(Kiosk, kiosk_id).enrol(_digest(code), key.hex(), at=self._clock())
        except NotFound:
            raise EnrolmentCodeInvalid from None
        with self._store.deciding() as decision:
            kiosk = decision.get(Kiosk, kiosk_id)
            kiosk.enrol(_digest(code), key.hex(), at=self._clock())
            decision.save(kiosk)
        return kiosk_id

    def revoke(self, kiosk_id: UUID, reason: str, *, by: str) -> None:
        with self._store.deciding() as decision:
            kiosk = decision.get(Kiosk, kiosk_id)
            kiosk.revoke(reason, by=by, at=self._clock())
            decision.save(kiosk)

    def register(self) -> list[KioskRow]:
        """All kiosks, in the order of their invitations."""
        with self._store.log_recorder.datastore.get_connection() as connection:
            rows = connection.execute(
                "SELECT e.originator_id AS id, coalesce(p.delivered, 0) AS delivered, coalesce(p.recorded, 0) AS recorded"
                " FROM dauys.events e LEFT JOIN dauys.kiosk_progress p ON p.kiosk_id = e.originator_id"
                " WHERE e.topic = %s ORDER BY e.notification_id",
                [Kiosk.Created.TOPIC],
            ).fetchall()
        return [self._row(row["id"], row["delivered"], row["recorded"]) for row in rows]

    def _row(self, kiosk_id: UUID, delivered: int, recorded: int) -> KioskRow:
        kiosk = self._store.load(Kiosk, kiosk_id)
        state = "revoked" if kiosk.revoked else "invited" if kiosk.public_key is None else "enrolled"
        return KioskRow(kiosk_id, kiosk.label, kiosk.place, state, delivered, recorded)


def _digest(code: str) -> str:
    return sha256(code.strip().encode()).hexdigest()
