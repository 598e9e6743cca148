"""The register of units: enter one under its parent, count its people, set its local rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from application.store import Clock, Decision, NotFound, Store
from domain.errors import Refused
from domain.self_government.rules import LocalRules
from domain.self_government.unit import Names, TerritorialUnit, UnitKind

_CHILDREN = """
SELECT originator_id FROM dauys.events
WHERE topic = %s AND convert_from(state, 'UTF8')::jsonb ->> 'parent' = %s ORDER BY notification_id
"""


class UnitAlreadyRegistered(Refused):
    code: ClassVar[str] = "unit_already_registered"


def unit_of(decision: Decision, kato: str) -> TerritorialUnit:
    """The unit with this code, or the refusal `not_found`; what was given instead of a code is not echoed."""
    unit = decision.find(TerritorialUnit, TerritorialUnit.create_id(kato))
    if unit is None:
        raise NotFound(kind="unit")
    return unit


def localities_of(decision: Decision, unit: TerritorialUnit) -> tuple[TerritorialUnit, ...]:
    """The units registered directly under `unit`, in the order of their registration."""
    rows = decision.transaction.execute(_CHILDREN, [TerritorialUnit.Created.TOPIC, unit.kato]).fetchall()
    return tuple(decision.get(TerritorialUnit, row["originator_id"]) for row in rows)


class Units:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def register(self, kato: str, kind: UnitKind, names: Names, *, by: str, parent: str = "") -> UUID:
        """Enter a unit; its id. `parent` is the KATO of one registered before, empty for the topmost."""
        with self._store.deciding() as decision:
            above = unit_of(decision, parent) if parent else None
            if decision.find(TerritorialUnit, TerritorialUnit.create_id(kato)) is not None:
                raise UnitAlreadyRegistered
            unit = TerritorialUnit.register(kato, kind, names, parent=above, by=by, at=self._clock())
            decision.save(unit)
        return unit.id

    def record_population(self, kato: str, year: int, people: int, source: str, *, by: str) -> None:
        with self._changing(kato) as (unit, at):
            unit.record_population(year, people, source, by=by, at=at)

    def set_rules(self, kato: str, rules: LocalRules, legal_basis: str, *, by: str) -> None:
        with self._changing(kato) as (unit, at):
            unit.set_rules(rules, legal_basis, by=by, at=at)

    @contextmanager
    def _changing(self, kato: str) -> Iterator[tuple[TerritorialUnit, datetime]]:
        with self._store.deciding() as decision:
            unit = unit_of(decision, kato)
            yield unit, self._clock()
            decision.save(unit)
