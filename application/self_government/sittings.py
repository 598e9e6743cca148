"""The way of a sitting: summon the Council, open with who came, follow who comes and goes, close with the minutes."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from application.self_government.units import unit_of
from application.store import Clock, Store
from domain.errors import Refused
from domain.self_government.council import Council
from domain.self_government.sitting import Sitting, Summons


class SittingExists(Refused):
    """The Council has a sitting of this number."""

    code: ClassVar[str] = "sitting_exists"


class Sittings:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def convene(self, council_id: UUID, number: str, summons: Summons, *, by: str) -> UUID:
        """Summon the members to the Council's sitting of this number; its id."""
        with self._store.deciding() as decision:
            council = decision.get(Council, council_id)
            if decision.find(Sitting, Sitting.create_id(council_id, number)) is not None:
                raise SittingExists
            unit = unit_of(decision, council.unit)
            sitting = Sitting.convene(unit, council, number, summons, by=by, at=self._clock())
            decision.save(sitting)
        return sitting.id

    def open(self, sitting_id: UUID, present: Collection[str], *, by: str) -> None:
        """Open with the members present, by their ids."""
        with self._store.deciding() as decision:
            sitting = decision.get(Sitting, sitting_id)
            unit, council = unit_of(decision, sitting.unit), decision.get(Council, sitting.council_id)
            sitting.open(unit, council, present, by=by, at=self._clock())
            decision.save(sitting)

    def arrive(self, sitting_id: UUID, member: str, *, by: str) -> None:
        with self._store.deciding() as decision:
            sitting = decision.get(Sitting, sitting_id)
            council = decision.get(Council, sitting.council_id)
            sitting.arrive(council, member, by=by, at=self._clock())
            decision.save(sitting)

    def leave(self, sitting_id: UUID, member: str, *, by: str) -> None:
        with self._changing(sitting_id) as (sitting, at):
            sitting.leave(member, by=by, at=at)

    def close(self, sitting_id: UUID, minutes_digest: str, *, by: str) -> None:
        with self._changing(sitting_id) as (sitting, at):
            sitting.close(minutes_digest, by=by, at=at)

    def call_off(self, sitting_id: UUID, reason: str, *, by: str) -> None:
        with self._changing(sitting_id) as (sitting, at):
            sitting.call_off(reason, by=by, at=at)

    @contextmanager
    def _changing(self, sitting_id: UUID) -> Iterator[tuple[Sitting, datetime]]:
        with self._store.deciding() as decision:
            sitting = decision.get(Sitting, sitting_id)
            yield sitting, self._clock()
            decision.save(sitting)
