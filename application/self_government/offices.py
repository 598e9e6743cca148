"""The register of offices: who takes one and who leaves it. An akim's dismissal is recorded by the dismissal initiative alone."""

from datetime import datetime
from uuid import UUID

from application.self_government.units import unit_of
from application.store import Clock, Store
from domain.self_government.office import LeaveReason, Office, OfficeKind, Official


class Offices:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def take(
        self,
        unit: str,
        kind: OfficeKind,
        holder: Official,
        *,
        term_from: datetime,
        term_until: datetime,
        basis: str,
        by: str,
        seat: int = 0,
    ) -> UUID:
        """Enter a holder and their term; the office's id. `unit` is a KATO; the office is established by its first holder."""
        at = self._clock()
        with self._store.deciding() as decision:
            office = decision.find(Office, Office.create_id(unit, kind, seat)) or Office.establish(
                unit_of(decision, unit), kind, seat=seat, by=by, at=at
            )
            office.take(holder, term_from, term_until, basis, by=by, at=at)
            decision.save(office)
        return office.id

    def leave(
        self,
        unit: str,
        kind: OfficeKind,
        *,
        on: datetime,
        reason: LeaveReason,
        basis: str,
        by: str,
        seat: int = 0,
    ) -> None:
        """Enter that the holder leaves before the end of the term, for any reason but dismissal."""
        with self._store.deciding() as decision:
            office = decision.get(Office, Office.create_id(unit, kind, seat))
            office.leave(on, reason, basis, by=by, at=self._clock())
            decision.save(office)
