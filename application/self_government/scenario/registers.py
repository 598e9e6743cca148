"""Entries of the registers: units with their people and local rules, offices with who takes and leaves them.

`unit` is a KATO wherever it stands; unset, it is the scenario's own.
"""

from uuid import UUID

from application.self_government.scenario.book import Book, Moment
from application.self_government.scenario.entry import Entry
from domain.self_government.office import LeaveReason, OfficeKind, Official
from domain.self_government.rules import LocalRules
from domain.self_government.unit import Names, UnitKind


class OfUnit(Entry, frozen=True, kw_only=True):
    unit: str = ""


class UnitRegistered(Entry, frozen=True, tag="unit.registered"):
    kato: str
    kind: UnitKind
    names: Names
    parent: str = ""

    def record(self, book: Book) -> UUID:
        return book.desk.units.register(self.kato, self.kind, self.names, parent=self.parent, by=book.by)


class PopulationRecorded(OfUnit, frozen=True, tag="unit.population_recorded"):
    year: int
    people: int
    source: str

    def record(self, book: Book) -> None:
        unit = self.unit or book.unit
        book.desk.units.record_population(unit, self.year, self.people, self.source, by=book.by)


class RulesSet(OfUnit, frozen=True, tag="unit.rules_set"):
    """`rules`: the numbers that differ from the defaults."""

    legal_basis: str
    rules: LocalRules = LocalRules()

    def record(self, book: Book) -> None:
        book.desk.units.set_rules(self.unit or book.unit, self.rules, self.legal_basis, by=book.by)


class OfficeTaken(OfUnit, frozen=True, tag="office.taken"):
    office: OfficeKind
    holder: Official
    term_from: Moment
    term_until: Moment
    basis: str
    seat: int = 0

    def record(self, book: Book) -> UUID:
        return book.desk.offices.take(
            self.unit or book.unit,
            self.office,
            self.holder,
            term_from=self.term_from.when,
            term_until=self.term_until.when,
            basis=self.basis,
            by=book.by,
            seat=self.seat,
        )


class OfficeLeft(OfUnit, frozen=True, tag="office.left"):
    office: OfficeKind
    reason: LeaveReason
    basis: str
    seat: int = 0

    def record(self, book: Book) -> None:
        book.desk.offices.leave(
            self.unit or book.unit,
            self.office,
            on=book.at,
            reason=self.reason,
            basis=self.basis,
            by=book.by,
            seat=self.seat,
        )


KINDS: tuple[type[Entry], ...] = (UnitRegistered, PopulationRecorded, RulesSet, OfficeTaken, OfficeLeft)
