"""Entries of the akim's report meetings, one a year. `year`: the year reported on; `question`: a key in the meeting."""

from uuid import UUID

from application.self_government.scenario.book import Book, Text
from application.self_government.scenario.entry import Entry
from domain.self_government.report_meeting import Settlement, StatusKind


class MeetingHeld(Entry, frozen=True, tag="report_meeting.held"):
    year: int
    present: int
    minutes: Text

    def record(self, book: Book) -> UUID:
        return book.desk.report_meetings.hold(
            book.unit,
            self.year,
            held_at=book.at,
            present=self.present,
            minutes_digest=book.keep(self.minutes),
            by=book.by,
        )


class QuestionRaised(Entry, frozen=True, tag="report_meeting.question_raised"):
    """Who asked is not written down."""

    year: int
    question: str
    topic: str
    text: str

    def record(self, book: Book) -> None:
        meeting = book.report(self.year)
        book.desk.report_meetings.raise_question(meeting, self.question, self.text, self.topic, by=book.by)


class StatusReported(Entry, frozen=True, tag="report_meeting.status_reported"):
    """`month`: «2026-03»."""

    year: int
    question: str
    month: str
    status: StatusKind
    text: str

    def record(self, book: Book) -> None:
        meeting = book.report(self.year)
        book.desk.report_meetings.report_status(
            meeting, self.question, self.month, self.status, self.text, by=book.by
        )


class QuestionSettled(Entry, frozen=True, tag="report_meeting.question_settled"):
    year: int
    question: str
    outcome: Settlement
    text: str

    def record(self, book: Book) -> None:
        meeting = book.report(self.year)
        book.desk.report_meetings.settle(meeting, self.question, self.outcome, self.text, by=book.by)


KINDS: tuple[type[Entry], ...] = (MeetingHeld, QuestionRaised, StatusReported, QuestionSettled)
