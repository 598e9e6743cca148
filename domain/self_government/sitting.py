"""A sitting of the Council: convened with an agenda and notice, opened with the members present by name, closed with its minutes.

    convened → opened → closed;  called off before it opens, as for want of a quorum
It opens only when the members present reach the quorum of all seats; who comes and goes afterwards is recorded, and every
vote asks for the quorum again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.self_government.call import AgendaInvalid, Notice, NoticeTooShort
from domain.self_government.civil_days import days_between
from domain.self_government.council import Council
from domain.self_government.gathering import NotOnAgenda
from domain.self_government.rollcall import NotPresent, Session, must_be_quorate
from domain.self_government.rules import Threshold
from domain.self_government.unit import TerritorialUnit
from domain.text import (
    NAME_CHARS,
    REASON_CHARS,
    TITLE_CHARS,
    check_actor,
    check_identifier,
    check_sha256,
    check_text,
)
from domain.times import check_time

MOST_POINTS = 40
"""So that the longest titles fit into one entry of the log."""


class SittingState(StrEnum):
    CONVENED = "convened"
    OPENED = "opened"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


class WrongSittingState(Refused):
    code: ClassVar[str] = "wrong_sitting_state"


class SittingNotDue(Refused):
    """A sitting is announced before it is recorded, and opens no earlier than announced."""

    code: ClassVar[str] = "sitting_not_due"


class AlreadyPresent(Refused):
    code: ClassVar[str] = "already_present"


@dataclass(frozen=True, slots=True)
class Point:
    """One matter on the agenda of a sitting; `key` is its number there."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Summons:
    """Where and when the Council sits, when its members were told, and what it will deal with."""

    place: str
    convened_at: datetime
    held_at: datetime
    agenda: tuple[Point, ...]

    def checked(self) -> "Summons":
        if not 1 <= len(self.agenda) <= MOST_POINTS or len({each.key for each in self.agenda}) != len(
            self.agenda
        ):
            raise AgendaInvalid(problem="items", most=MOST_POINTS)
        return Summons(
            check_text("place", self.place, NAME_CHARS),
            check_time("convened_at", self.convened_at),
            check_time("held_at", self.held_at),
            tuple(
                Point(check_identifier("key", each.key), check_text("title", each.title, TITLE_CHARS))
                for each in self.agenda
            ),
        )


class Sitting(Aggregate):
    TOPIC = "sitting"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "sitting.convened.v1"
        council_id: UUID
        unit: str
        number: str
        summons: Summons
        notice: Notice
        by: str

    class Opened(Aggregate.Event):
        """`present` (ids of members) of `seats`, and the `needed` number; `chair` is empty when the chair is away."""

        TOPIC = "sitting.opened.v1"
        present: tuple[str, ...]
        seats: int
        quorum: Threshold
        needed: int
        chair: str
        by: str

    class MemberArrived(Aggregate.Event):
        TOPIC = "sitting.member_arrived.v1"
        member: str
        by: str

    class MemberLeft(Aggregate.Event):
        TOPIC = "sitting.member_left.v1"
        member: str
        by: str

    class Closed(Aggregate.Event):
        TOPIC = "sitting.closed.v1"
        minutes_digest: str
        by: str

    class CalledOff(Aggregate.Event):
        TOPIC = "sitting.called_off.v1"
        reason: str
        by: str

    @staticmethod
    def create_id(council_id: UUID, number: str) -> UUID:
        return uuid5(council_id, f"sitting:{number}")  # so the store refuses a second sitting of this number

    @classmethod
    def convene(
        cls, unit: TerritorialUnit, council: Council, number: str, summons: Summons, *, by: str, at: datetime
    ) -> Self:
        """Call the members together, with the notice that the unit's rules ask for."""
        council.must_be_of(unit)
        summons = summons.checked()
        council.must_act_on(summons.held_at, unit.rules)
        if summons.convened_at > at:
            raise SittingNotDue(announced=summons.convened_at, now=at)
        notice = Notice(days_between(summons.convened_at, summons.held_at), unit.rules.sitting_notice_days)
        if notice.given_days < notice.needed_days or summons.held_at < summons.convened_at:
            raise NoticeTooShort(given=notice.given_days, needed=notice.needed_days)
        return cls._create(
            cls.Created,
            id=cls.create_id(council.id, number),
            council_id=council.id,
            unit=unit.kato,
            number=check_identifier("number", number),
            summons=summons,
            notice=notice,
            by=check_actor(by),
            timestamp=at,
        )

    def open(
        self, unit: TerritorialUnit, council: Council, present: Collection[str], *, by: str, at: datetime
    ) -> None:
        """Count who came, by name; refused while they are too few."""
        self._must_be(SittingState.CONVENED)
        if at < self.held_at:
            raise SittingNotDue(opens=self.held_at, now=at)
        session = self._session(unit, council, frozenset(present))
        session.must_have(*present)
        must_be_quorate(session.rules, session.seats, len(session.present))
        self.trigger_event(
            self.Opened,
            present=tuple(sorted(session.present)),
            seats=session.seats,
            quorum=session.rules.council_quorum,
            needed=session.rules.council_quorum.least(session.seats),
            chair=session.chair,
            by=check_actor(by),
            timestamp=at,
        )

    def arrive(self, council: Council, member: str, *, by: str, at: datetime) -> None:
        self._must_be(SittingState.OPENED)
        if member in self.present:
            raise AlreadyPresent
        council.must_be(self.council_id)
        council.must_be_in_office(self.held_at)
        council.must_have(member, self.held_at)
        self.trigger_event(self.MemberArrived, member=member, by=check_actor(by), timestamp=at)

    def leave(self, member: str, *, by: str, at: datetime) -> None:
        """A member goes before the end; the next vote may want the quorum."""
        self._must_be(SittingState.OPENED)
        if member not in self.present:
            raise NotPresent
        self.trigger_event(self.MemberLeft, member=member, by=check_actor(by), timestamp=at)

    def close(self, minutes_digest: str, *, by: str, at: datetime) -> None:
        """End the sitting with its minutes; what was not voted to the end is not adopted."""
        self._must_be(SittingState.OPENED)
        digest = check_sha256("minutes_digest", minutes_digest)
        self.trigger_event(self.Closed, minutes_digest=digest, by=check_actor(by), timestamp=at)

    def call_off(self, reason: str, *, by: str, at: datetime) -> None:
        """It was convened and does not take place."""
        self._must_be(SittingState.CONVENED)
        reason = check_text("reason", reason, REASON_CHARS)
        self.trigger_event(self.CalledOff, reason=reason, by=check_actor(by), timestamp=at)

    def session(self, unit: TerritorialUnit, council: Council) -> Session:
        """Who sits now; refused unless the sitting is open and the Council may act."""
        self._must_be(SittingState.OPENED)
        return self._session(unit, council, frozenset(self.present))

    def must_have_point(self, key: str) -> None:
        if all(each.key != key for each in self.summons.agenda):
            raise NotOnAgenda

    @property
    def held_at(self) -> datetime:
        return self.summons.held_at

    def _session(self, unit: TerritorialUnit, council: Council, present: frozenset[str]) -> Session:
        council.must_be_of(unit)
        council.must_be(self.council_id)
        council.must_act_on(self.held_at, unit.rules)
        in_office = present.intersection(council.members_on(self.held_at))
        chair = council.chair_on(self.held_at)
        return Session(
            sitting_id=self.id,
            council_id=council.id,
            unit=unit.kato,
            on=self.held_at,
            rules=unit.rules,
            seats=council.seat_count,
            present=in_office,
            chair=chair if chair in in_office else "",
        )

    def _must_be(self, state: SittingState) -> None:
        if self.state is not state:
            raise WrongSittingState(state=self.state.value, needed=state.value)

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, council_id: UUID, unit: str, number: str, summons: Summons) -> None:
        self.council_id = council_id
        self.unit = unit
        self.number = number
        self.summons = summons
        self.present: set[str] = set()
        self.state = SittingState.CONVENED

    @event(Opened)
    def _opened(self, present: tuple[str, ...]) -> None:
        self.present = set(present)
        self.state = SittingState.OPENED

    @event(MemberArrived)
    def _member_arrived(self, member: str) -> None:
        self.present.add(member)

    @event(MemberLeft)
    def _member_left(self, member: str) -> None:
        self.present.discard(member)

    @event(Closed)
    def _closed(self) -> None:
        self.state = SittingState.CLOSED

    @event(CalledOff)
    def _called_off(self) -> None:
        self.state = SittingState.CALLED_OFF
