"""One ballot of one credential in one round: cast once, never changed.

The id is a function of round and credential, so that the store's primary key refuses a second one. No kiosk, no person and
no time finer than the hour is in the event.
"""

from datetime import datetime
from typing import Self
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
    ) -> Self:
        """A ballot that keeps the paper's rules, or their refusal. The signature is checked by the ballot box before."""
        paper.check(unit, choices)
        return cls._create(
            cls.Created,
            round_id=round_id,
            unit=unit,
            choices=choices,
            salt=salt,
            credential=credential,
            signature=signature,
            timestamp=to_the_hour(at),
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
