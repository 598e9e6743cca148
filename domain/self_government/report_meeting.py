"""An akim's yearly report meeting: the questions raised there, and for each a status report every month until it is settled.

A question stays open, and its silence stays visible, until the akim's office settles it; nothing that was reported is replaced.
Who asked is not stored (concept, lines 55 and 478).
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain.errors import Refused
from domain.self_government.civil_days import civil_date
from domain.self_government.office import Office, OfficeKind, Official
from domain.self_government.rules import MOST_PEOPLE
from domain.self_government.steps import check_step
from domain.self_government.unit import TerritorialUnit
from domain.text import NAME_CHARS, REASON_CHARS, check_actor, check_identifier, check_sha256, check_text

MOST_QUESTIONS = 500

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_MONTHS = 12


class StatusKind(StrEnum):
    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    DELAYED = "delayed"


class Settlement(StrEnum):
    CARRIED_OUT = "carried_out"
    ANSWERED = "answered"
    NOT_POSSIBLE = "not_possible"


class NotTheAkimsOffice(Refused):
    """The report is the akim's, of this very unit."""

    code: ClassVar[str] = "not_the_akims_office"


class ReportYearInvalid(Refused):
    """A report is about the year of its meeting or the one before."""

    code: ClassVar[str] = "report_year_invalid"


class AttendanceInvalid(Refused):
    """Between 0 and `most` people came."""

    code: ClassVar[str] = "attendance_invalid"


class QuestionTwice(Refused):
    """A question has a key of its own in the meeting; there are `most` at most."""

    code: ClassVar[str] = "question_twice"


class NoSuchQuestion(Refused):
    code: ClassVar[str] = "no_such_question"


class AlreadySettled(Refused):
    code: ClassVar[str] = "question_settled"


class StatusMonthInvalid(Refused):
    """A report is about a month («2026-03») from the `first` after the meeting to the `last`, the present one."""

    code: ClassVar[str] = "status_month_invalid"


class MonthReported(Refused):
    """That month has been reported; what is new since belongs to the next."""

    code: ClassVar[str] = "month_reported"


@dataclass(slots=True)
class Question:
    """`reported`: months with a status report, counted from year 0; `settled`: how, once it is."""

    key: str
    text: str
    topic: str
    reported: set[int] = field(default_factory=set)
    settled: Settlement | None = None

    @property
    def months(self) -> list[str]:
        return [month_text(number) for number in sorted(self.reported)]


@dataclass(frozen=True, slots=True)
class Overdue:
    """A status report that should have been there by the end of `month` («2026-03»)."""

    key: str
    month: str


class ReportMeeting(Aggregate):
    TOPIC = "report_meeting"

    # Stored formats: never rename a topic or a field, add a v2 beside it.
    class Created(Aggregate.Created):
        """`status_months`: a report on every open question each so many months, as the unit's rules had it that day."""

        TOPIC = "report_meeting.held.v1"
        unit: str
        akim: Official
        year: int
        held_at: datetime
        present: int
        minutes_digest: str
        status_months: int
        by: str

    class QuestionRaised(Aggregate.Event):
        TOPIC = "report_meeting.question_raised.v1"
        key: str
        text: str
        topic: str
        by: str

    class StatusReported(Aggregate.Event):
        TOPIC = "report_meeting.status_reported.v1"
        key: str
        month: str
        status: StatusKind
        text: str
        by: str

    class QuestionSettled(Aggregate.Event):
        TOPIC = "report_meeting.question_settled.v1"
        key: str
        outcome: Settlement
        text: str
        by: str

    @staticmethod
    def create_id(unit: str, year: int) -> UUID:
        """`unit` is a KATO. So the store refuses a second report on the same year."""
        return uuid5(TerritorialUnit.create_id(unit), f"report_meeting:{year}")

    @classmethod
    def hold(
        cls,
        unit: TerritorialUnit,
        office: Office,
        year: int,
        held_at: datetime,
        present: int,
        minutes_digest: str,
        *,
        by: str,
        at: datetime,
    ) -> Self:
        """Enter that whoever was akim then has reported to so many people `present` on the `year`."""
        held_at = check_step(held_at, after=held_at, at=at)
        if office.id != Office.create_id(unit.kato, OfficeKind.AKIM, 0):
            raise NotTheAkimsOffice
        if not 0 <= civil_date(held_at).year - year <= 1:
            raise ReportYearInvalid
        if not 0 <= present <= MOST_PEOPLE:
            raise AttendanceInvalid(most=MOST_PEOPLE)
        return cls._create(
            cls.Created,
            id=cls.create_id(unit.kato, year),
            unit=unit.kato,
            akim=office.holder_on(held_at),
            year=year,
            held_at=held_at,
            present=present,
            minutes_digest=check_sha256("minutes_digest", minutes_digest),
            status_months=unit.rules.report_status_months,
            by=check_actor(by),
            timestamp=at,
        )

    def raise_question(self, key: str, text: str, topic: str, *, by: str, at: datetime) -> None:
        """Enter a question from the minutes, without who asked it."""
        if check_identifier("key", key) in self.questions or len(self.questions) == MOST_QUESTIONS:
            raise QuestionTwice(most=MOST_QUESTIONS)
        self.trigger_event(
            self.QuestionRaised,
            key=key,
            text=check_text("text", text, REASON_CHARS),
            topic=check_text("topic", topic, NAME_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    def report_status(
        self, key: str, month: str, status: StatusKind, text: str, *, by: str, at: datetime
    ) -> None:
        """Tell how an open question stands in a month, once for each; late is better than not at all, and shows."""
        question = self._open_question(key)
        first, last = self._meeting_month() + 1, month_number(at)
        number = _parse_month(month)
        if number is None or not first <= number <= last:
            raise StatusMonthInvalid(first=month_text(first), last=month_text(last))
        if number in question.reported:
            raise MonthReported(month=month)
        self.trigger_event(
            self.StatusReported,
            key=key,
            month=month,
            status=status,
            text=check_text("text", text, REASON_CHARS),
            by=check_actor(by),
            timestamp=at,
        )

    def settle(self, key: str, outcome: Settlement, text: str, *, by: str, at: datetime) -> None:
        """End the reports on a question, for good."""
        self._open_question(key)
        text = check_text("text", text, REASON_CHARS)
        self.trigger_event(
            self.QuestionSettled, key=key, outcome=outcome, text=text, by=check_actor(by), timestamp=at
        )

    def overdue(self, when: datetime) -> tuple[Overdue, ...]:
        """The status reports that are missing at that moment on questions still open, in the order of questions and months."""
        months = range(self._meeting_month() + self.status_months, month_number(when), self.status_months)
        return tuple(
            Overdue(question.key, month_text(last))
            for question in self.questions.values()
            if question.settled is None
            for last in months
            if question.reported.isdisjoint(range(last - self.status_months + 1, last + 1))
        )

    def _open_question(self, key: str) -> Question:
        question = self.questions.get(key)
        if question is None:
            raise NoSuchQuestion
        if question.settled is not None:
            raise AlreadySettled
        return question

    def _meeting_month(self) -> int:
        return month_number(self.held_at)

    # Evolve: assign, never check, so old events replay under any later rule.
    @event(Created)
    def __init__(
        self, unit: str, akim: Official, year: int, held_at: datetime, present: int, status_months: int
    ) -> None:
        self.unit = unit
        self.akim = akim
        self.year = year
        self.held_at = held_at
        self.present = present
        self.status_months = status_months
        self.questions: dict[str, Question] = {}

    @event(QuestionRaised)
    def _question_raised(self, key: str, text: str, topic: str) -> None:
        self.questions[key] = Question(key, text, topic)

    @event(StatusReported)
    def _status_reported(self, key: str, month: str) -> None:
        self.questions[key].reported.add(_parse_month(month) or 0)

    @event(QuestionSettled)
    def _question_settled(self, key: str, outcome: Settlement) -> None:
        self.questions[key].settled = outcome


def month_number(when: datetime) -> int:
    """The calendar month in Kazakhstan, counted from year 0."""
    day = civil_date(when)
    return day.year * _MONTHS + day.month - 1


def month_text(number: int) -> str:
    return f"{number // _MONTHS:04d}-{number % _MONTHS + 1:02d}"


def _parse_month(text: str) -> int | None:
    match = _MONTH.fullmatch(text)
    return int(match[1]) * _MONTHS + int(match[2]) - 1 if match else None
