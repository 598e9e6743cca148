"""An office of a unit and who holds it: akim, maslikhat secretary, expert, auditor; one holder at a time, each for a term.

Holders are public persons: their names are stored. A dismissal is recorded only through `end_powers`, which the dismissal
initiative calls in the transaction of the maslikhat's decision. The Council keeps its members and its chair itself.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.self_government.unit import TerritorialUnit
from domain.text import NAME_CHARS, TITLE_CHARS, check_actor, check_identifier, check_text
from domain.times import check_time

MOST_SEATS = 100


class OfficeKind(StrEnum):
    AKIM = "akim"
    MASLIKHAT_SECRETARY = "maslikhat_secretary"
    EXPERT = "expert"
    AUDITOR = "auditor"


class LeaveReason(StrEnum):
    RESIGNED = "resigned"
    TRANSFERRED = "transferred"
    RECALLED = "recalled"
    DIED = "died"
    DISMISSED = "dismissed"


SHARED = (OfficeKind.EXPERT, OfficeKind.AUDITOR)
"""Offices of several seats, numbered from 1; the others have the one seat 0."""


class SeatInvalid(Refused):
    """An akim or secretary has seat 0; experts and auditors are numbered from 1 to `most`."""

    code: ClassVar[str] = "seat_invalid"


class OfficeHeld(Refused):
    """Somebody holds the office at the beginning of the new term."""

    code: ClassVar[str] = "office_held"


class OfficeVacant(Refused):
    """Nobody holds the office at that time."""

    code: ClassVar[str] = "office_vacant"


class TermInvalid(Refused):
    """A term ends after it begins."""

    code: ClassVar[str] = "term_invalid"


class DismissalNeeded(Refused):
    """Only the maslikhat's decision on a dismissal initiative ends an office by dismissal (concept, lines 653-654)."""

    code: ClassVar[str] = "dismissal_needed"


@dataclass(frozen=True, slots=True)
class Official:
    """A person in public office; `id` stands for them in commands and other events."""

    id: str
    name: str = field(repr=False)

    def checked(self) -> "Official":
        return Official(check_identifier("official", self.id), check_text("name", self.name, NAME_CHARS))


@dataclass(frozen=True, slots=True)
class Tenure:
    """One holder's time in office: from `term_from` until `left` or, at the latest, before `term_until`."""

    holder: Official
    term_from: datetime
    term_until: datetime
    left: datetime | None = None

    @property
    def ends(self) -> datetime:
        return self.term_until if self.left is None else self.left

    def covers(self, when: datetime) -> bool:
        return self.term_from <= when < self.ends


class Office(Aggregate):
    TOPIC = "office"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        TOPIC = "office.established.v1"
        unit: str
        kind: OfficeKind
        seat: int
        by: str

    class Taken(Aggregate.Event):
        TOPIC = "office.taken.v1"
        holder: Official
        term_from: datetime
        term_until: datetime
        basis: str
        by: str

    class Left(Aggregate.Event):
        TOPIC = "office.left.v1"
        holder: Official
        on: datetime
        reason: LeaveReason
        basis: str
        by: str

    @staticmethod
    def create_id(unit: str, kind: OfficeKind, seat: int) -> UUID:
        """`unit` is a KATO. One id for one seat, so the store refuses the same office twice."""
        return uuid5(TerritorialUnit.create_id(unit), f"office:{kind}:{seat}")

    @classmethod
    def establish(
        cls, unit: TerritorialUnit, kind: OfficeKind, *, by: str, at: datetime, seat: int = 0
    ) -> Self:
        if not (1 <= seat <= MOST_SEATS if kind in SHARED else seat == 0):
            raise SeatInvalid(most=MOST_SEATS)
        return cls._create(
            cls.Created, unit=unit.kato, kind=kind, seat=seat, by=check_actor(by), timestamp=at
        )

    def take(
        self,
        holder: Official,
        term_from: datetime,
        term_until: datetime,
        basis: str,
        *,
        by: str,
        at: datetime,
    ) -> None:
        """Enter who holds the office for `term_from` ≤ time < `term_until`; `basis` names the election or appointment."""
        term_from, term_until = check_time("term_from", term_from), check_time("term_until", term_until)
        if term_until <= term_from:
            raise TermInvalid
        if self.tenures and term_from < self.tenures[-1].ends:
            raise OfficeHeld
        self.trigger_event(
            self.Taken,
            holder=holder.checked(),
            term_from=term_from,
            term_until=term_until,
            basis=check_text("basis", basis, TITLE_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    def leave(self, on: datetime, reason: LeaveReason, basis: str, *, by: str, at: datetime) -> None:
        """Enter that the holder leaves before the term's end, for any reason but dismissal."""
        if reason is LeaveReason.DISMISSED:
            raise DismissalNeeded
        self._leave(on, reason, basis, by=by, at=at)

    def end_powers(self, on: datetime, basis: str, *, by: str, at: datetime) -> None:
        """Follow the maslikhat's decision that ends the akim's powers; `basis` names it."""
        self._leave(on, LeaveReason.DISMISSED, basis, by=by, at=at)

    def tenure_on(self, when: datetime) -> Tenure:
        """Who holds the office at that moment and since when, or the refusal `office_vacant`."""
        for tenure in self.tenures:
            if tenure.covers(when):
                return tenure
        raise OfficeVacant(unit=self.unit, kind=self.kind.value)

    def holder_on(self, when: datetime) -> Official:
        return self.tenure_on(when).holder

    def _leave(self, on: datetime, reason: LeaveReason, basis: str, *, by: str, at: datetime) -> None:
        on = check_time("on", on)
        tenure = self.tenure_on(on)
        if tenure is not self.tenures[-1] or tenure.left is not None:  # that leaving is in the log already
            raise OfficeVacant(unit=self.unit, kind=self.kind.value)
        self.trigger_event(
            self.Left,
            holder=tenure.holder,
            on=on,
            reason=reason,
            basis=check_text("basis", basis, TITLE_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(self, unit: str, kind: OfficeKind, seat: int) -> None:
        self.unit = unit
        self.kind = kind
        self.seat = seat
        self.tenures: list[Tenure] = []

    @event(Taken)
    def _taken(self, holder: Official, term_from: datetime, term_until: datetime) -> None:
        self.tenures.append(Tenure(holder, term_from, term_until))

    @event(Left)
    def _left(self, on: datetime) -> None:
        self.tenures[-1] = replace(self.tenures[-1], left=on)
