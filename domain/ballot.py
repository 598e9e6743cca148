"""One ballot of one credential in one round: cast once, never changed.

The id is a function of round and credential, so that the store's primary key refuses a second one. No kiosk, no person and
no time finer than the hour is in the event.
"""

from datetime import datetime
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.ballot_form import BallotChecker, Choices


class Ballot(Aggregate):
    TOPIC = "ballot"

    # Stored format: never rename the topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`salt`, `credential` and `signature` are unpadded base64url of 16, 32 and 64 bytes."""

        TOPIC = "ballot.cast.v1"
        round_id: UUID
        unit: str
        choices: Choices
        salt: str
        credential: str
        signature: str

    @staticmethod
    def create_id(round_id: UUID, credential: str) -> UUID:
        return uuid5(round_id, credential)

    @classmethod
    def cast(
        cls,
        round_id: UUID,
        unit: str,
        choices: Choices,
        *,
        salt: str,
        credential: str,
        signature: str,
        paper: BallotChecker,
        at: datetime,
    ) -> Created:
        """The event of a ballot that keeps the paper's rules, or their refusal; who signed it was checked before.

        The event alone, not an aggregate: nothing more ever happens to a ballot, and thousands a second are cast.
        """
        paper.check(unit, choices)
        return cls.Created(  # type: ignore[call-arg] # a dataclass, by the library's metaclass
            originator_id=cls.create_id(round_id, credential),
            originator_version=cls.INITIAL_VERSION,
            originator_topic=cls.TOPIC,
            timestamp=to_the_hour(at),
            round_id=round_id,
            unit=unit,
            choices=choices,
            salt=salt,
            credential=credential,
            signature=signature,
        )

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self, round_id: UUID, unit: str, choices: Choices, salt: str, credential: str, signature: str
    ) -> None:
        self.round_id = round_id
        self.unit = unit
        self.choices = choices
        self.salt = salt
        self.credential = credential
        self.signature = signature


def to_the_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
