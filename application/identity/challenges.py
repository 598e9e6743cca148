"""What a resident is asked so as to prove who they are: asked once, answered once, within minutes and a few tries.

Kept are a secret's hash or a nonce, and the keyed hash of the person if it is known; never an address, an IIN or a code.
A try is counted before the answer is looked at, so a crash in between costs the resident a try and gives nobody one.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, LiteralString, Protocol
from uuid import UUID

from application.kiosks import Random
from application.storage.database import Datastore
from application.store import Clock
from domain.errors import Refused

OPEN_PER_PERSON: Final = 3
"""Challenges to one person that have not run out yet; so nobody's mailbox is filled by a stranger."""

_PURGE: Final[LiteralString] = "DELETE FROM dauys.identity_challenges WHERE expires <= %s"
_OPEN: Final[LiteralString] = (
    "SELECT count(*) AS open, min(expires) AS first FROM dauys.identity_challenges WHERE person = %s"
)
_ASK: Final[LiteralString] = """
INSERT INTO dauys.identity_challenges (challenge_id, method, secret, person, tries, expires)
VALUES (%s, %s, %b, %b, %s, %s)
"""
_TRY: Final[LiteralString] = """
UPDATE dauys.identity_challenges SET tries = tries - 1
WHERE challenge_id = %s AND method = %s AND tries > 0 AND expires > %s RETURNING secret, person, tries
"""
_OPEN_ONE: Final[LiteralString] = """
SELECT secret FROM dauys.identity_challenges WHERE challenge_id = %s AND method = %s AND tries > 0 AND expires > %s
"""
_USE: Final[LiteralString] = (
    "DELETE FROM dauys.identity_challenges WHERE challenge_id = %s RETURNING true AS used"
)


class Method(StrEnum):
    CODE = "code"
    EDS = "eds"


class ChallengeOver(Refused):
    """Never asked, answered already, too old, or tried too often: which of these it is, is not told."""

    code: ClassVar[str] = "challenge_over"


class ProofInvalid(Refused):
    """Not the right answer. `tries_left` before the challenge is over."""

    code: ClassVar[str] = "proof_invalid"


class TooManyChallenges(Refused):
    """`open` challenges to this person have not run out yet; the first does so in `seconds`."""

    code: ClassVar[str] = "too_many_challenges"


@dataclass(frozen=True, slots=True)
class Challenge:
    """`text`: what is to be signed; empty where a code was sent."""

    challenge_id: UUID
    text: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof that held. `person`: 32 bytes, the same for the same person by the same method; `adult`: where the proof tells."""

    method: Method
    person: bytes = field(repr=False)
    adult: bool | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge under trial; `person` is None until the answer itself tells it."""

    challenge_id: UUID
    secret: bytes = field(repr=False)
    person: bytes | None = field(repr=False)
    tries_left: int


class Identifier(Protocol):
    """The port. Both methods refuse with the codes above and with those of a service that is away."""

    def begin(self, claim: str, language: str) -> Challenge:
        """Ask whoever makes this claim (an address; nothing, where the proof itself tells) to prove it."""

    def prove(self, challenge_id: UUID, answer: str) -> Proven:
        """Who has answered. The challenge is used up by a right answer, and by the last wrong one."""


class Challenges:
    def __init__(self, datastore: Datastore, clock: Clock, random: Random) -> None:
        self._datastore = datastore
        self._clock = clock
        self._random = random

    def new_id(self) -> UUID:
        return UUID(bytes=self._random(16), version=4)

    def ask(
        self,
        challenge_id: UUID,
        method: Method,
        secret: bytes,
        person: bytes | None,
        seconds: int,
        tries: int,
    ) -> datetime:
        """Remember a challenge; when it runs out."""
        now = self._clock()
        expires = now + timedelta(seconds=seconds)
        with self._datastore.get_connection() as connection, connection.transaction():
            connection.execute(_PURGE, [now])
            if person is not None:
                row = connection.execute(_OPEN, [person]).fetchone()
                if row is not None and row["open"] >= OPEN_PER_PERSON:
                    wait = max(1, int((row["first"] - now).total_seconds()))
                    raise TooManyChallenges(open=row["open"], seconds=wait)
            connection.execute(_ASK, [challenge_id, method, secret, person, tries, expires])
        return expires

    def attempt(self, challenge_id: UUID, method: Method) -> Asked:
        """Spend one try; ChallengeOver when there is none left to spend."""
        with self._datastore.get_connection() as connection:
            row = connection.execute(_TRY, [challenge_id, method, self._clock()]).fetchone()
        if row is None:
            raise ChallengeOver
        person = bytes(row["person"]) if row["person"] is not None else None
        return Asked(challenge_id, bytes(row["secret"]), person, row["tries"])

    def secret(self, challenge_id: UUID, method: Method) -> bytes:
        """Of a challenge that is still open, without spending a try; ChallengeOver."""
        with self._datastore.get_connection() as connection:
            row = connection.execute(_OPEN_ONE, [challenge_id, method, self._clock()]).fetchone()
        if row is None:
            raise ChallengeOver
        return bytes(row["secret"])

    def use(self, asked: Asked) -> None:
        """The answer was right; ChallengeOver when another right answer came first."""
        with self._datastore.get_connection() as connection:
            row = connection.execute(_USE, [asked.challenge_id]).fetchone()
        if row is None:
            raise ChallengeOver
