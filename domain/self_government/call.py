"""The call to a gathering: where and when it is held, when people were told, its agenda, and whom the localities may send.

Told at least the notice ahead; an agenda holds only what a gathering of its level decides; quotas follow the population.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from domain.errors import Refused
from domain.self_government.civil_days import civil_date, days_between
from domain.self_government.motion import AgendaItem, ItemKind
from domain.self_government.unit import TerritorialUnit
from domain.text import NAME_CHARS, check_text
from domain.times import check_time

MOST_ITEMS = 50


class Level(StrEnum):
    UNIT = "unit"
    LOCALITY = "locality"
    STREET = "street"
    HOUSE = "house"


AT_SEPARATE_GATHERINGS = frozenset({ItemKind.REPRESENTATIVES_CHOSEN, ItemKind.OTHER})
"""All they may vote on; the rest is for the gathering of the unit, which chooses no representatives."""


class NoticeTooShort(Refused):
    """People are told at least `needed` calendar days ahead, here `given`."""

    code: ClassVar[str] = "notice_too_short"


class GatheringNotDue(Refused):
    """It is announced before it is recorded, and opens no earlier than announced."""

    code: ClassVar[str] = "gathering_not_due"


class AgendaInvalid(Refused):
    """`problem`: no items or too many, a key twice, or an item that a gathering of this level cannot decide."""

    code: ClassVar[str] = "agenda_invalid"


class LocalityNotOfUnit(Refused):
    """`locality` (a KATO) does not belong to the unit."""

    code: ClassVar[str] = "locality_not_of_unit"


@dataclass(frozen=True, slots=True)
class Call:
    """The announcement: where and when, when people were told, and what will be voted on."""

    place: str
    convened_at: datetime
    held_at: datetime
    agenda: tuple[AgendaItem, ...]

    def checked(self, level: Level) -> "Call":
        keys = {item.key for item in self.agenda}
        if not 1 <= len(self.agenda) <= MOST_ITEMS or len(keys) != len(self.agenda):
            raise AgendaInvalid(problem="items", most=MOST_ITEMS)
        for item in self.agenda:
            separate = item.kind in AT_SEPARATE_GATHERINGS
            if item.kind is not ItemKind.OTHER and separate is (level is Level.UNIT):
                raise AgendaInvalid(problem="not_for_this_level", kind=item.kind.value, level=level.value)
        return Call(
            check_text("place", self.place, NAME_CHARS),
            check_time("convened_at", self.convened_at),
            check_time("held_at", self.held_at),
            tuple(item.checked() for item in self.agenda),
        )

    def notice(self, needed_days: int, *, at: datetime) -> "Notice":
        """The notice people had, when it was long enough; recorded no earlier than they were told."""
        if self.convened_at > at:
            raise GatheringNotDue(announced=self.convened_at, now=at)
        given_days = days_between(self.convened_at, self.held_at)
        if given_days < needed_days or self.held_at <= self.convened_at:
            raise NoticeTooShort(given=given_days, needed=needed_days)
        return Notice(given_days, needed_days)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many representatives a locality may send, for how many people."""

    locality: str
    people: int
    representatives: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Calendar days between announcement and gathering, and how many the rules asked for."""

    given_days: int
    needed_days: int


def quota(unit: TerritorialUnit, locality: TerritorialUnit, held_at: datetime) -> Quota:
    """The quota of a unit's locality, or of the unit itself where it is its only one, by its population at that time."""
    if unit.kato not in (locality.kato, locality.parent):
        raise LocalityNotOfUnit(locality=locality.kato)
    people = locality.population(civil_date(held_at).year).people
    return Quota(locality.kato, people, unit.rules.representatives(people))
