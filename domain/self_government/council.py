"""The Council of one convocation: seats by population, members elected at the gathering, a chair from among them.

Every locality has a seat, and the number of seats lies in the band of the unit's table. Nothing is done by a Council that
is expired, dissolved or not quorate: in log order no act of a Council stands after its dissolution (concept, lines 597-617).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.self_government.chairing import Chairing, ChairVacant, elect
from domain.self_government.civil_days import civil_date, years_after
from domain.self_government.motion import ItemKind
from domain.self_government.resolution import Resolution
from domain.self_government.rollcall import Count, MemberVote, Session, must_be_quorate
from domain.self_government.rules import LocalRules, SeatBand
from domain.self_government.seating import (
    LocalitySeats,
    Member,
    Seated,
    check_seats,
    localities_of,
    must_follow,
    seat,
)
from domain.self_government.unit import Population, TerritorialUnit
from domain.text import REASON_CHARS, check_actor, check_identifier, check_text
from domain.times import check_time

MOST_INTERESTS = 1_000


class NotThisCouncil(Refused):
    """The sitting, or the unit whose rules are used, is another Council's."""

    code: ClassVar[str] = "not_this_council"


class NotAMember(Refused):
    """The official is no member of the Council on that day."""

    code: ClassVar[str] = "not_a_member"


class CouncilDissolved(Refused):
    code: ClassVar[str] = "council_dissolved"


class CouncilNotInOffice(Refused):
    """The term runs for `term_from` ≤ time < `term_until`."""

    code: ClassVar[str] = "council_not_in_office"


class InterestTwice(Refused):
    """An interest has a number of its own in the Council; there are `most` at most."""

    code: ClassVar[str] = "interest_twice"


class NoSuchInterest(Refused):
    """The member has declared no interest of that number."""

    code: ClassVar[str] = "no_such_interest"


class Council(Aggregate):
    TOPIC = "council"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`population` and `band` are what the number of seats was held against."""

        TOPIC = "council.formed.v1"
        unit: str
        number: int
        gathering_id: UUID
        resolution: str
        elected_on: datetime
        population: Population
        band: SeatBand
        seats: tuple[LocalitySeats, ...]
        members: tuple[Member, ...]
        term_from: datetime
        term_until: datetime
        by: str

    class MembersElected(Aggregate.Event):
        TOPIC = "council.members_elected.v1"
        gathering_id: UUID
        resolution: str
        members: tuple[Member, ...]
        since: datetime
        by: str

    class MemberLeft(Aggregate.Event):
        TOPIC = "council.member_left.v1"
        member: str
        on: datetime
        reason: str
        by: str

    class ChairElected(Aggregate.Event):
        TOPIC = "council.chair_elected.v1"
        chair: str
        sitting_id: UUID
        votes: tuple[MemberVote, ...]
        count: Count
        term_from: datetime
        term_until: datetime
        by: str

    class ChairLeft(Aggregate.Event):
        TOPIC = "council.chair_left.v1"
        chair: str
        on: datetime
        reason: str
        by: str

    class InterestDeclared(Aggregate.Event):
        TOPIC = "council.interest_declared.v1"
        key: str
        member: str
        matter: str
        on: datetime
        by: str

    class Dissolved(Aggregate.Event):
        TOPIC = "council.dissolved.v1"
        gathering_id: UUID
        resolution: str
        on: datetime
        by: str

    @staticmethod
    def create_id(unit: str, number: int) -> UUID:
        """`unit` is a KATO. So the store refuses a second Council of the same number."""
        return uuid5(TerritorialUnit.create_id(unit), f"council:{number}")

    @classmethod
    def form(
        cls,
        unit: TerritorialUnit,
        localities: Sequence[TerritorialUnit],
        election: Resolution,
        seats: tuple[LocalitySeats, ...],
        *,
        previous: "Council | None",
        by: str,
        at: datetime,
    ) -> Self:
        """The Council that the gathering elected, for the years of the unit's rules, to follow the `previous` one.

        `localities`: all of the unit's; none where the unit is its only locality. Seats that nobody was elected to are
        vacant until a by-election.
        """
        election.must_be(ItemKind.COUNCIL_ELECTED, unit)
        if previous:
            previous.must_be_of(unit)
            must_follow(election, previous.elected_on)
        population = unit.population(civil_date(election.adopted_on).year)
        band = unit.rules.seats(population.people)
        check_seats(seats, localities_of(unit, localities), band)
        number = previous.number + 1 if previous else 1
        term_from = max(election.adopted_on, previous.ends) if previous else election.adopted_on
        return cls._create(
            cls.Created,
            id=cls.create_id(unit.kato, number),
            unit=unit.kato,
            number=number,
            gathering_id=election.gathering_id,
            resolution=election.key,
            elected_on=election.adopted_on,
            population=population,
            band=band,
            seats=seats,
            members=seat(election.candidates, seats, ()),
            term_from=term_from,
            term_until=years_after(term_from, unit.rules.council_years),
            by=check_actor(by),
            timestamp=at,
        )

    def fill_vacancies(self, unit: TerritorialUnit, election: Resolution, *, by: str, at: datetime) -> None:
        """Seat whom a later gathering elected to vacant seats of their localities."""
        self.must_be_of(unit)
        election.must_be(ItemKind.MEMBERS_ELECTED, unit)
        must_follow(election, self.elected_on)
        since = max(election.adopted_on, self.term_from)
        self.must_be_in_office(since)
        sitting = [each.member for each in self.seated if each.not_left_by(since)]
        self.trigger_event(
            self.MembersElected,
            gathering_id=election.gathering_id,
            resolution=election.key,
            members=seat(election.candidates, self.seats, sitting),
            since=since,
            by=check_actor(by),
            timestamp=at,
        )

    def leave(self, member: str, on: datetime, reason: str, *, by: str, at: datetime) -> None:
        """Enter that a member gives up the seat before the end; a chair leaves the chair with it."""
        on = check_time("on", on)
        self.must_be_in_office(on)
        if not any(each.covers(on) and each.left is None for each in self._seats_of(member)):
            raise NotAMember
        self.trigger_event(
            self.MemberLeft,
            member=member,
            on=on,
            reason=check_text("reason", reason, REASON_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    def elect_chair(
        self, session: Session, chair: str, votes: tuple[MemberVote, ...], *, by: str, at: datetime
    ) -> None:
        """Record the open roll-call of a sitting that elects a member to the chair, until the Council's end at the latest.

        A roll-call that does not carry is refused with its numbers.
        """
        self.must_be(session.council_id)
        self.must_have(chair, session.on)
        term, counted = elect(session, chair, votes, self.chairings, until=self.term_until)
        self.trigger_event(
            self.ChairElected,
            chair=chair,
            sitting_id=session.sitting_id,
            votes=votes,
            count=counted,
            term_from=term.term_from,
            term_until=term.term_until,
            by=check_actor(by),
            timestamp=at,
        )

    def leave_chair(self, on: datetime, reason: str, *, by: str, at: datetime) -> None:
        """Enter that the chair gives up the chair and stays a member."""
        on = check_time("on", on)
        self.must_be_in_office(on)
        if not self.chairings or not self.chairings[-1].covers(on):
            raise ChairVacant
        self.trigger_event(
            self.ChairLeft,
            chair=self.chairings[-1].chair,
            on=on,
            reason=check_text("reason", reason, REASON_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    def declare_interest(
        self, key: str, member: str, matter: str, on: datetime, *, by: str, at: datetime
    ) -> None:
        """Enter a member's own declaration of a conflict of interest: in what, in the member's words."""
        on = check_time("on", on)
        self.must_be_in_office(on)
        self.must_have(member, on)
        if key in self.interests or len(self.interests) >= MOST_INTERESTS:
            raise InterestTwice(most=MOST_INTERESTS)
        self.trigger_event(
            self.InterestDeclared,
            key=check_identifier("key", key),
            member=member,
            matter=check_text("matter", matter, REASON_CHARS),
            on=on,
            by=check_actor(by),
            timestamp=at,
        )

    def dissolve(self, unit: TerritorialUnit, resolution: Resolution, *, by: str, at: datetime) -> None:
        """Follow the gathering's resolution; from here on the log holds no act of this Council (concept, line 612)."""
        self.must_be_of(unit)
        resolution.must_be(ItemKind.COUNCIL_DISSOLVED, unit)
        must_follow(resolution, self.elected_on)
        self.must_be_in_office(resolution.adopted_on)
        self.trigger_event(
            self.Dissolved,
            gathering_id=resolution.gathering_id,
            resolution=resolution.key,
            on=resolution.adopted_on,
            by=check_actor(by),
            timestamp=at,
        )

    @property
    def seat_count(self) -> int:
        return sum(each.seats for each in self.seats)

    @property
    def ends(self) -> datetime:
        return self.dissolved_on or self.term_until

    def members_on(self, when: datetime) -> dict[str, Member]:
        """Who is a member at that moment, by the official's id."""
        if not self.term_from <= when < self.ends:
            return {}
        return {each.member.official.id: each.member for each in self.seated if each.covers(when)}

    def chair_on(self, when: datetime) -> str | None:
        """The id of who holds the chair at that moment."""
        chairs = [each.chair for each in self.chairings if each.covers(when) and when < self.ends]
        return chairs[0] if chairs else None

    def must_be(self, council_id: UUID) -> None:
        if council_id != self.id:
            raise NotThisCouncil

    def must_be_of(self, unit: TerritorialUnit) -> None:
        if self.unit != unit.kato:
            raise NotThisCouncil

    def must_be_in_office(self, when: datetime) -> None:
        if self.dissolved_on is not None:
            raise CouncilDissolved(on=self.dissolved_on)
        if not self.term_from <= when < self.term_until:
            raise CouncilNotInOffice(term_from=self.term_from, term_until=self.term_until)

    def must_act_on(self, when: datetime, rules: LocalRules) -> None:
        """The Council may decide at that moment: in office, not dissolved, and members enough for the quorum."""
        self.must_be_in_office(when)
        must_be_quorate(rules, self.seat_count, len(self.members_on(when)))

    def must_have(self, member: str, when: datetime) -> None:
        if member not in self.members_on(when):
            raise NotAMember

    def must_have_interest(self, key: str, member: str) -> None:
        if self.interests.get(key) != member:
            raise NoSuchInterest

    def _seats_of(self, member: str) -> list[Seated]:
        return [each for each in self.seated if each.member.official.id == member]

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self,
        unit: str,
        number: int,
        elected_on: datetime,
        seats: tuple[LocalitySeats, ...],
        members: tuple[Member, ...],
        term_from: datetime,
        term_until: datetime,
    ) -> None:
        self.unit = unit
        self.number = number
        self.elected_on = elected_on
        self.seats = seats
        self.term_from = term_from
        self.term_until = term_until
        self.seated = [Seated(member, term_from) for member in members]
        self.chairings: list[Chairing] = []
        self.interests: dict[str, str] = {}
        self.dissolved_on: datetime | None = None

    @event(MembersElected)
    def _members_elected(self, members: tuple[Member, ...], since: datetime) -> None:
        self.seated += [Seated(member, since) for member in members]

    @event(MemberLeft)
    def _member_left(self, member: str, on: datetime) -> None:
        self.seated = [
            replace(each, left=on) if each.member.official.id == member and each.left is None else each
            for each in self.seated
        ]
        if self.chairings and self.chairings[-1].chair == member and self.chairings[-1].covers(on):
            self._end_chairing(on)

    @event(ChairElected)
    def _chair_elected(self, chair: str, term_from: datetime, term_until: datetime) -> None:
        self.chairings.append(Chairing(chair, term_from, term_until))

    @event(ChairLeft)
    def _chair_left(self, on: datetime) -> None:
        self._end_chairing(on)

    @event(InterestDeclared)
    def _interest_declared(self, key: str, member: str) -> None:
        self.interests[key] = member

    @event(Dissolved)
    def _dissolved(self, on: datetime) -> None:
        self.dissolved_on = on

    def _end_chairing(self, on: datetime) -> None:
        self.chairings[-1] = replace(self.chairings[-1], term_until=on)
