"""The akim's yearly report meeting and what becomes of the questions raised there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from application.self_government.units import unit_of
from application.store import Clock, Store
from domain.errors import Refused
from domain.self_government.office import Office, OfficeKind
from domain.self_government.report_meeting import ReportMeeting, Settlement, StatusKind


class ReportMeetingHeld(Refused):
    """The report on this year is in the register already."""

    code: ClassVar[str] = "report_meeting_held"


class ReportMeetings:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def hold(
        self, unit: str, year: int, *, held_at: datetime, present: int, minutes_digest: str, by: str
    ) -> UUID:
        """Enter a meeting of the unit (a KATO) that has been held on the `year`; its id."""
        with self._store.deciding() as decision:
            if decision.find(ReportMeeting, ReportMeeting.create_id(unit, year)) is not None:
                raise ReportMeetingHeld
            meeting = ReportMeeting.hold(
                unit_of(decision, unit),
                decision.get(Office, Office.create_id(unit, OfficeKind.AKIM, 0)),
                year,
                held_at,
                present,
                minutes_digest,
                by=by,
                at=self._clock(),
            )
            decision.save(meeting)
        return meeting.id

    def raise_question(self, meeting_id: UUID, key: str, text: str, topic: str, *, by: str) -> None:
        with self._changing(meeting_id) as (meeting, at):
            meeting.raise_question(key, text, topic, by=by, at=at)

    def report_status(
        self, meeting_id: UUID, key: str, month: str, status: StatusKind, text: str, *, by: str
    ) -> None:
        """`month`: «2026-03»."""
        with self._changing(meeting_id) as (meeting, at):
            meeting.report_status(key, month, status, text, by=by, at=at)

    def settle(self, meeting_id: UUID, key: str, outcome: Settlement, text: str, *, by: str) -> None:
        with self._changing(meeting_id) as (meeting, at):
            meeting.settle(key, outcome, text, by=by, at=at)

    @contextmanager
    def _changing(self, meeting_id: UUID) -> Iterator[tuple[ReportMeeting, datetime]]:
        with self._store.deciding() as decision:
            meeting = decision.get(ReportMeeting, meeting_id)
            yield meeting, self._clock()
            decision.save(meeting)
