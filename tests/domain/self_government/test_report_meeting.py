"""A report meeting's questions: each with a status report every month until it is settled, and what is missing stays visible."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import Refused
from domain.self_government.office import OfficeKind, OfficeVacant
from domain.self_government.report_meeting import (
    MOST_QUESTIONS,
    AlreadySettled,
    AttendanceInvalid,
    MonthReported,
    NoSuchQuestion,
    NotTheAkimsOffice,
    Overdue,
    QuestionTwice,
    ReportMeeting,
    ReportYearInvalid,
    Settlement,
    StatusKind,
    StatusMonthInvalid,
)
from domain.self_government.steps import StepOutOfTime
from domain.self_government.unit import RulesNotSet
from domain.text import DigestInvalid, IdentifierInvalid, TextInvalid
from tests.dismissals import TERM_FROM, akims_office
from tests.examples import MINUTES
from tests.given import Past, given, past, recorded, refused
from tests.self_government import AKIM, CLERK, ELSEWHERE, UNIT, the_unit, unit_of

MET = datetime(2026, 2, 20, 6, tzinfo=UTC)
MAY = datetime(2026, 5, 15, 6, tzinfo=UTC)

HELD = past(
    ReportMeeting.Created,
    unit=UNIT,
    akim=AKIM,
    year=2025,
    held_at=MET,
    present=180,
    minutes_digest=MINUTES,
    status_months=1,
    by=CLERK,
)
ROAD = past(
    ReportMeeting.QuestionRaised, key="road", text="When is the road mended?", topic="Roads", by=CLERK
)
LIGHT = past(ReportMeeting.QuestionRaised, key="light", text="Where are the lamps?", topic="Light", by=CLERK)
MARCH = past(
    ReportMeeting.StatusReported,
    key="road",
    month="2026-03",
    status=StatusKind.UNDER_WAY,
    text="Half is done",
    by=CLERK,
)
SETTLED = past(
    ReportMeeting.QuestionSettled, key="road", outcome=Settlement.CARRIED_OUT, text="It is mended", by=CLERK
)


def meeting(*more: Past, held: Past = HELD) -> ReportMeeting:
    found: ReportMeeting = given(ReportMeeting.create_id(UNIT, 2025), held, *more)
    return found


def hold(**changed: Any) -> ReportMeeting:
    facts: dict[str, Any] = {
        "unit": the_unit(),
        "office": akims_office(),
        "year": 2025,
        "held_at": MET,
        "present": 180,
        "minutes_digest": MINUTES,
        "by": CLERK,
        "at": MAY,
    }
    return ReportMeeting.hold(**{**facts, **changed})


def report(subject: ReportMeeting, month: str, key: str = "road", at: datetime = MAY) -> None:
    subject.report_status(key, month, StatusKind.UNDER_WAY, "Half is done", by=CLERK, at=at)


def settle(subject: ReportMeeting, key: str = "road") -> None:
    subject.settle(key, Settlement.CARRIED_OUT, "It is mended", by=CLERK, at=MAY)


def test_the_akim_of_that_day_reports() -> None:
    assert recorded(hold()) == [("report_meeting.held.v1", HELD.facts)]


def test_one_report_a_year() -> None:
    assert hold().id == hold(held_at=MET + timedelta(days=1)).id
    assert hold().id != hold(year=2026).id


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"office": akims_office(unit=ELSEWHERE)}, NotTheAkimsOffice),
        ({"office": akims_office(kind=OfficeKind.MASLIKHAT_SECRETARY)}, NotTheAkimsOffice),
        ({"held_at": TERM_FROM - timedelta(days=1), "year": 2024}, OfficeVacant),
        ({"held_at": MAY + timedelta(minutes=1)}, StepOutOfTime),
        ({"year": 2024}, ReportYearInvalid),
        ({"year": 2027}, ReportYearInvalid),
        ({"present": -1}, AttendanceInvalid),
        ({"minutes_digest": "minutes.pdf"}, DigestInvalid),
        ({"unit": unit_of()}, RulesNotSet),
    ],
)
def test_a_report_that_cannot_have_been_so_is_refused(
    changed: dict[str, Any], refusal: type[Refused]
) -> None:
    with refused(refusal):
        hold(**changed)


def test_a_question_is_raised_reported_on_and_settled() -> None:
    subject = meeting()
    subject.raise_question("road", " When is the road mended? ", "Roads", by=CLERK, at=MAY)
    report(subject, "2026-03")
    settle(subject)
    assert recorded(subject) == [
        ("report_meeting.question_raised.v1", ROAD.facts),
        ("report_meeting.status_reported.v1", MARCH.facts),
        ("report_meeting.question_settled.v1", SETTLED.facts),
    ]


def test_a_question_has_a_key_of_its_own() -> None:
    subject = meeting(ROAD)
    with refused(QuestionTwice, subject, most=MOST_QUESTIONS):
        subject.raise_question("road", "Another", "Roads", by=CLERK, at=MAY)
    with refused(IdentifierInvalid, subject):
        subject.raise_question("a road", "Another", "Roads", by=CLERK, at=MAY)


def test_questions_have_a_limit() -> None:
    subject = meeting(
        *(
            past(ReportMeeting.QuestionRaised, key=str(n), text="?", topic="?", by=CLERK)
            for n in range(MOST_QUESTIONS)
        )
    )
    with refused(QuestionTwice, subject, most=MOST_QUESTIONS):
        subject.raise_question("more", "?", "?", by=CLERK, at=MAY)


def test_who_asked_is_not_written_down() -> None:
    subject = meeting()
    with refused(TextInvalid, subject, problem="personal_number"):
        subject.raise_question("road", "990101100010 asks for a road", "Roads", by=CLERK, at=MAY)


@pytest.mark.parametrize(
    ("history", "key", "refusal"),
    [((), "road", NoSuchQuestion), ((ROAD, SETTLED), "road", AlreadySettled)],
    ids=["of no question", "of a settled question"],
)
def test_only_open_questions_are_reported_on_and_settled(
    history: tuple[Past, ...], key: str, refusal: type[Refused]
) -> None:
    subject = meeting(*history)
    with refused(refusal, subject):
        report(subject, "2026-03", key)
    with refused(refusal, subject):
        settle(subject, key)


@pytest.mark.parametrize("month", ["2026-02", "2026-06", "2026-13", "2026-3", "March", "", "2026-03-01"])
def test_a_month_is_one_after_the_meeting_and_not_ahead(month: str) -> None:
    subject = meeting(ROAD)
    with refused(StatusMonthInvalid, subject, first="2026-03", last="2026-05"):
        report(subject, month)


def test_a_month_begins_at_midnight_in_kazakhstan() -> None:
    subject = meeting(ROAD)
    june = datetime(2026, 5, 31, 19, tzinfo=UTC)
    with refused(StatusMonthInvalid, subject, last="2026-05"):
        report(subject, "2026-06", at=june - timedelta(seconds=1))
    report(subject, "2026-06", at=june)


def test_a_month_that_was_reported_is_not_reported_otherwise() -> None:
    subject = meeting(ROAD, MARCH)
    with refused(MonthReported, subject, month="2026-03"):
        report(subject, "2026-03")


def test_missing_reports_are_seen_question_by_question_once_their_month_is_over() -> None:
    subject = meeting(ROAD, LIGHT, MARCH)
    assert subject.overdue(datetime(2026, 3, 31, 18, tzinfo=UTC)) == ()
    assert subject.overdue(datetime(2026, 3, 31, 19, tzinfo=UTC)) == (Overdue("light", "2026-03"),)
    assert subject.overdue(MAY) == (
        Overdue("road", "2026-04"),
        Overdue("light", "2026-03"),
        Overdue("light", "2026-04"),
    )


def test_a_settled_question_owes_nothing() -> None:
    assert meeting(ROAD, MARCH, SETTLED).overdue(MAY) == ()


def test_a_unit_may_ask_for_reports_each_quarter() -> None:
    quarterly = past(ReportMeeting.Created, **{**HELD.facts, "status_months": 3})
    assert meeting(ROAD, held=quarterly).overdue(datetime(2026, 5, 31, 18, tzinfo=UTC)) == ()
    assert meeting(ROAD, held=quarterly).overdue(datetime(2026, 9, 1, tzinfo=UTC)) == (
        Overdue("road", "2026-05"),
        Overdue("road", "2026-08"),
    )
    assert meeting(ROAD, MARCH, held=quarterly).overdue(datetime(2026, 6, 1, tzinfo=UTC)) == ()


def test_old_events_replay_under_any_later_rule() -> None:
    subject = meeting(ROAD, SETTLED, past(ReportMeeting.StatusReported, **{**MARCH.facts, "month": "soon"}))
    assert subject.questions["road"].settled is Settlement.CARRIED_OUT


class AnyReports(RuleBasedStateMachine):
    """Whatever is reported when: what is overdue is exactly what no event has reported by then."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting = hold()
        self.now = MET

    keys = st.sampled_from(["road", "light", "water"])

    def attempt(self, command: Any, *arguments: Any) -> None:
        version = self.meeting.version
        try:
            command(*arguments, by=CLERK, at=self.now)
        except Refused:
            assert self.meeting.version == version

    @rule(passed=st.integers(0, 40))
    def time_passes(self, passed: int) -> None:
        self.now += timedelta(days=passed)

    @rule(key=keys)
    def a_question(self, key: str) -> None:
        self.attempt(self.meeting.raise_question, key, "?", "Roads")

    @rule(key=keys, month=st.integers(1, 12))
    def a_report(self, key: str, month: int) -> None:
        self.attempt(self.meeting.report_status, key, f"2026-{month:02d}", StatusKind.DELAYED, "Frost")

    @rule(key=keys)
    def a_settlement(self, key: str) -> None:
        self.attempt(self.meeting.settle, key, Settlement.ANSWERED, "It is so")

    @invariant()
    def what_is_overdue_was_not_reported(self) -> None:
        facts = recorded(self.meeting)
        asked = {told["key"] for topic, told in facts if topic == "report_meeting.question_raised.v1"}
        settled = {told["key"] for topic, told in facts if topic == "report_meeting.question_settled.v1"}
        reported = [
            (told["key"], told["month"])
            for topic, told in facts
            if topic == "report_meeting.status_reported.v1"
        ]
        assert len(reported) == len(set(reported))
        local = self.now + timedelta(hours=5)
        months = [f"2026-{month:02d}" for month in range(3, local.month if local.year == MET.year else 13)]
        owed = {(key, month) for key in asked - settled for month in months} - set(reported)
        overdue = {(each.key, each.month) for each in self.meeting.overdue(self.now)}
        assert {each for each in overdue if each[1] < "2027"} == owed


TestAnyReports = AnyReports.TestCase
TestAnyReports.settings = settings(max_examples=40)
