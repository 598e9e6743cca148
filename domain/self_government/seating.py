"""Seats of a Council: how many, of which localities, and who sits on them when.

Their number lies in the band that the unit's table gives for its population; every locality has one, so where there are more
localities than the band allows, there are as many seats as localities (concept, lines 605-606). Nobody sits on two.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.errors import Refused
from domain.self_government.call import LocalityNotOfUnit
from domain.self_government.motion import Candidate
from domain.self_government.office import Official
from domain.self_government.resolution import Resolution
from domain.self_government.rules import SeatBand
from domain.self_government.unit import TerritorialUnit


class SeatsOffTable(Refused):
    """The unit's table gives `least` to `most` seats for its population, and never fewer than it has localities."""

    code: ClassVar[str] = "seats_off_table"


class LocalityWithoutSeat(Refused):
    """Each locality of the unit has a seat, and no other has."""

    code: ClassVar[str] = "locality_without_seat"


class NoVacancy(Refused):
    """All seats of the `locality` are taken."""

    code: ClassVar[str] = "no_vacancy"


class ElectedTwice(Refused):
    """Nobody sits on two seats of a Council."""

    code: ClassVar[str] = "elected_twice"


class ResolutionTooOld(Refused):
    """The gathering must have been held `after` the one that elected the Council it concerns, or the Council before."""

    code: ClassVar[str] = "resolution_too_old"


@dataclass(frozen=True, slots=True)
class LocalitySeats:
    """How many of the Council's seats are a locality's; `locality` is its KATO."""

    locality: str
    seats: int


@dataclass(frozen=True, slots=True)
class Member:
    official: Official
    locality: str


@dataclass(frozen=True, slots=True)
class Seated:
    """A member's time on a seat: from `since` until `left`, or to the end of the Council."""

    member: Member
    since: datetime
    left: datetime | None = None

    def covers(self, when: datetime) -> bool:
        return self.since <= when and self.not_left_by(when)

    def not_left_by(self, when: datetime) -> bool:
        return self.left is None or when < self.left


def localities_of(unit: TerritorialUnit, localities: Sequence[TerritorialUnit]) -> list[str]:
    """KATOs of the unit's localities; the unit's own where it is its only one."""
    for each in localities:
        if each.parent != unit.kato:
            raise LocalityNotOfUnit(locality=each.kato)
    return [each.kato for each in localities or (unit,)]


def must_follow(resolution: Resolution, elected_on: datetime) -> None:
    """One resolution elects one Council; what dissolves or fills a Council was resolved after its election."""
    if resolution.adopted_on <= elected_on:
        raise ResolutionTooOld(after=elected_on)


def check_seats(seats: Sequence[LocalitySeats], localities: Iterable[str], band: SeatBand) -> None:
    if sorted(each.locality for each in seats) != sorted(localities) or any(each.seats < 1 for each in seats):
        raise LocalityWithoutSeat
    number = sum(each.seats for each in seats)
    least, most = max(band.least, len(seats)), max(band.most, len(seats))
    if not least <= number <= most:
        raise SeatsOffTable(seats=number, least=least, most=most)


def seat(
    elected: Sequence[Candidate], seats: Sequence[LocalitySeats], sitting: Sequence[Member]
) -> tuple[Member, ...]:
    """The `elected` as members, on seats that those already `sitting` leave free in their localities."""
    people = [each.official.id for each in elected] + [each.official.id for each in sitting]
    if len(set(people)) != len(people):
        raise ElectedTwice
    free = Counter({each.locality: each.seats for each in seats})
    free.subtract(each.locality for each in elected)
    free.subtract(each.locality for each in sitting)
    for locality, left in free.items():
        if left < 0:
            raise NoVacancy(locality=locality)
    return tuple(Member(each.official, each.locality) for each in elected)
