"""Serving: who stands before the desk, and that a slip is due to them, once.

- An IIN comes in as digits and leaves as a keyed hash: nothing here stores, logs, tells or returns it.
- Person and slip never meet: serving marks a person and counts. Which slip is taken from the pile nobody records.
- A desk looks up so many people a minute and no more: a stolen session must not read out who is on the roll.
- The mark comes before the slip. A crash in between leaves a person served without one, whom two people help
  (`application.desk.replacing`); never two slips.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final, LiteralString
from uuid import UUID

from application.desk.tickets import Tickets
from application.keys import Keys
from application.registrar import VOTING_AGE, RollNotSealed, voting_day
from application.storage.database import Datastore
from application.store import Clock, NotFound, Store
from application.token_buckets import TokenBuckets
from domain.errors import Refused
from domain.iin import Iin
from domain.roll import CredentialsNotRegistered, Roll
from domain.round import Phase, Round
from domain.times import KAZAKHSTAN

_VERSIONS: Final[LiteralString] = """
SELECT originator_id, max(originator_version) AS version FROM dauys.events WHERE originator_id = ANY(%s) GROUP BY originator_id
"""
_STANDING: Final[LiteralString] = """
SELECT unit, served FROM dauys.roll_people WHERE round_id = %s AND person = %s
"""
_SERVE: Final[LiteralString] = """
WITH now_served AS (
    UPDATE dauys.roll_people SET served = true
    WHERE round_id = %(round_id)s AND person = %(person)s AND NOT served RETURNING unit
), of_the_unit AS (
    INSERT INTO dauys.slips_handed_out AS kept (round_id, unit, day, slips)
    SELECT %(round_id)s, unit, %(day)s, 1 FROM now_served
    ON CONFLICT (round_id, unit, day) DO UPDATE SET slips = kept.slips + 1
)
INSERT INTO dauys.desk_counts AS kept (round_id, unit, day, desk, served)
SELECT %(round_id)s, unit, %(day)s, %(by)s, 1 FROM now_served
ON CONFLICT (round_id, unit, day, desk) DO UPDATE SET served = kept.served + 1 RETURNING unit
"""


class NotOnRoll(Refused):
    code: ClassVar[str] = "not_on_roll"


class AlreadyServed(Refused):
    """This person has been handed a slip of this round."""

    code: ClassVar[str] = "already_served"


class TooManyLookUps(Refused):
    """This desk may look somebody up again in `wait_seconds`."""

    code: ClassVar[str] = "too_many_look_ups"


class Standing(StrEnum):
    """What a desk is told about the person before it."""

    ELIGIBLE = "eligible"
    SERVED = "served"
    NOT_ON_ROLL = "not_on_roll"
    UNDER_AGE = "under_age"
    """Not on the roll, and by the IIN too young on the day voting opens."""


@dataclass(frozen=True, slots=True)
class Found:
    """`unit` and the `ticket` for what is done next are empty where the person is not on the roll."""

    standing: Standing
    unit: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """A slip of `unit`, taken at random, is due to the person at the desk."""

    unit: str


class Serving:
    """One method per question of a desk; `by` is its login. Safe in any number of threads and processes.

    `look_ups` are counted by login, in each process for itself.
    """

    def __init__(
        self,
        store: Store,
        datastore: Datastore,
        keys: Keys,
        tickets: Tickets,
        look_ups: TokenBuckets,
        clock: Clock,
    ) -> None:
        self._store = store
        self._datastore = datastore
        self._keys = keys
        self._tickets = tickets
        self._look_ups = look_ups
        self._clock = clock
        self._known: tuple[dict[UUID, int], Round] | None = None
        """What the log said of a round and its roll, and the round that may be served by it."""

    def find(self, round_id: UUID, iin_text: str, *, by: str) -> Found:
        """Where the person stands now; IinInvalid where the number can't be one, TooManyLookUps. Nothing is recorded."""
        if wait := self._look_ups.take(by, self._clock().timestamp()):
            raise TooManyLookUps(wait_seconds=math.ceil(wait))
        round_ = self._round_being_served(round_id)
        iin = Iin.parse(iin_text)
        person = self._keys.person(iin)
        with self._datastore.get_connection() as connection:
            row = connection.execute(_STANDING, [round_id, person]).fetchone()
        if row is None:
            young = iin.age_on(voting_day(round_)) < VOTING_AGE
            return Found(Standing.UNDER_AGE if young else Standing.NOT_ON_ROLL)
        standing = Standing.SERVED if row["served"] else Standing.ELIGIBLE
        return Found(standing, row["unit"], self._tickets.seal(round_id, person, by=by))

    def unit_of(self, round_id: UUID, ticket: str, *, by: str) -> str:
        """The unit whose slip is due to the person; TicketExpired."""
        person = self._tickets.open(round_id, ticket, by=by)
        with self._datastore.get_connection() as connection:
            row = connection.execute(_STANDING, [round_id, person]).fetchone()
        if row is None:
            raise NotOnRoll
        unit: str = row["unit"]
        return unit

    def serve_found(self, round_id: UUID, ticket: str, *, by: str) -> Served:
        """`serve`, for the person of whom `find` told."""
        self._round_being_served(round_id)
        return self._mark(round_id, self._tickets.open(round_id, ticket, by=by), by)

    def serve(self, round_id: UUID, iin_text: str, *, by: str) -> Served:
        """Mark the person as handed a slip, once and for good, and count one slip more for the unit, the day and the desk.

        When the answer is lost on its way the person stands as served: the desk has handed out nothing yet and asks a
        second person for a slip; asking again would be two.
        """
        self._round_being_served(round_id)
        return self._mark(round_id, self._keys.person(Iin.parse(iin_text)), by)

    def _mark(self, round_id: UUID, person: bytes, by: str) -> Served:
        day = self._clock().astimezone(KAZAKHSTAN).date()
        facts = {"round_id": round_id, "person": person, "day": day, "by": by}
        with self._datastore.get_connection() as connection:
            served = connection.execute(_SERVE, facts).fetchone()
            if served:
                return Served(served["unit"])
            if connection.execute(_STANDING, [round_id, person]).fetchone() is None:
                raise NotOnRoll
        raise AlreadyServed

    def _round_being_served(self, round_id: UUID) -> Round:
        """Person after person it is the same round and roll: they are read again only where the log says more of one of them."""
        said = self._said_of(round_id)
        if (known := self._known) and known[0] == said:
            return known[1]
        round_ = self._load_served(round_id)
        self._known = said, round_
        return round_

    def _said_of(self, round_id: UUID) -> dict[UUID, int]:
        with self._datastore.get_connection() as connection:
            rows = connection.execute(_VERSIONS, [[round_id, Roll.create_id(round_id)]])
            return {row["originator_id"]: row["version"] for row in rows}

    def _load_served(self, round_id: UUID) -> Round:
        round_ = self._store.load(Round, round_id)
        round_.must_be_in(Phase.REVIEW, Phase.VOTING)
        try:
            roll = self._store.load(Roll, Roll.create_id(round_id))
        except NotFound:
            raise RollNotSealed from None
        if not roll.credentials:
            raise CredentialsNotRegistered
        return round_
