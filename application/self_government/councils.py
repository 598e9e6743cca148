"""The way of a Council: formed from the gathering's election, its vacancies filled, its chair elected, in the end dissolved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from application.self_government.units import localities_of, unit_of
from application.store import Clock, Decision, Store
from domain.self_government.council import Council
from domain.self_government.gathering import Gathering
from domain.self_government.resolution import Resolution
from domain.self_government.rollcall import MemberVote, Session
from domain.self_government.seating import LocalitySeats
from domain.self_government.sitting import Sitting


class Councils:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def form(
        self, unit: str, gathering_id: UUID, key: str, seats: tuple[LocalitySeats, ...], *, by: str
    ) -> UUID:
        """Seat whom the gathering elected by its resolution `key` as the unit's (a KATO) next Council; its id."""
        with self._store.deciding() as decision:
            of_unit = unit_of(decision, unit)
            council = Council.form(
                of_unit,
                localities_of(decision, of_unit),
                _resolution(decision, gathering_id, key),
                seats,
                previous=_newest(decision, unit),
                by=by,
                at=self._clock(),
            )
            decision.save(council)
        return council.id

    def fill_vacancies(self, council_id: UUID, gathering_id: UUID, key: str, *, by: str) -> None:
        """Seat whom a later gathering elected by its resolution `key`."""
        with self._store.deciding() as decision:
            council = decision.get(Council, council_id)
            election = _resolution(decision, gathering_id, key)
            council.fill_vacancies(unit_of(decision, council.unit), election, by=by, at=self._clock())
            decision.save(council)

    def leave(self, council_id: UUID, member: str, on: datetime, reason: str, *, by: str) -> None:
        with self._changing(council_id) as (council, at):
            council.leave(member, on, reason, by=by, at=at)

    def elect_chair(self, sitting_id: UUID, chair: str, votes: tuple[MemberVote, ...], *, by: str) -> None:
        """Record the roll-call of an open sitting that elects the chair of its Council."""
        with self._store.deciding() as decision:
            council, session = session_of(decision, sitting_id)
            council.elect_chair(session, chair, votes, by=by, at=self._clock())
            decision.save(council)

    def leave_chair(self, council_id: UUID, on: datetime, reason: str, *, by: str) -> None:
        with self._changing(council_id) as (council, at):
            council.leave_chair(on, reason, by=by, at=at)

    def declare_interest(
        self, council_id: UUID, key: str, member: str, matter: str, on: datetime, *, by: str
    ) -> None:
        with self._changing(council_id) as (council, at):
            council.declare_interest(key, member, matter, on, by=by, at=at)

    def dissolve(self, council_id: UUID, gathering_id: UUID, key: str, *, by: str) -> None:
        """Follow the gathering's resolution `key`: from here on the Council decides nothing."""
        with self._store.deciding() as decision:
            council = decision.get(Council, council_id)
            resolution = _resolution(decision, gathering_id, key)
            council.dissolve(unit_of(decision, council.unit), resolution, by=by, at=self._clock())
            decision.save(council)

    @contextmanager
    def _changing(self, council_id: UUID) -> Iterator[tuple[Council, datetime]]:
        with self._store.deciding() as decision:
            council = decision.get(Council, council_id)
            yield council, self._clock()
            decision.save(council)


def session_of(decision: Decision, sitting_id: UUID) -> tuple[Council, Session]:
    """Who sits now at an open sitting, with its Council, as read behind the lock."""
    sitting = decision.get(Sitting, sitting_id)
    council = decision.get(Council, sitting.council_id)
    return council, sitting.session(unit_of(decision, sitting.unit), council)


def _resolution(decision: Decision, gathering_id: UUID, key: str) -> Resolution:
    return decision.get(Gathering, gathering_id).resolution(key)


def _newest(decision: Decision, unit: str) -> Council | None:
    """Councils are numbered from 1 without gaps, so the search ends at the first number that is free."""
    newest, number = None, 1
    while (council := decision.find(Council, Council.create_id(unit, number))) is not None:
        newest, number = council, number + 1
    return newest
