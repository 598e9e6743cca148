"""The course of an initiative: its states, and what may be done with it when.

A day given is over at midnight by the calendar of Kazakhstan.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from domain.errors import Refused
from domain.self_government.steps import is_over


class InitiativeState(StrEnum):
    RAISED = "raised"
    NOTIFIED = "notified"
    ANSWERED = "answered"
    SUBMITTED = "submitted"
    REGISTERED = "registered"
    HEARING_SET = "hearing_set"
    HEARD = "heard"
    DECIDED = "decided"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


BEFORE_HEARING = tuple(InitiativeState)[:6]
OPEN = (*BEFORE_HEARING, InitiativeState.HEARD)


class LapseReason(StrEnum):
    DEADLINE = "deadline"
    LEFT_OFFICE = "left_office"


class WrongInitiativeState(Refused):
    code: ClassVar[str] = "wrong_initiative_state"


class InitiativeOverdue(Refused):
    """The day of `due` is over: the initiative can only lapse."""

    code: ClassVar[str] = "initiative_overdue"


class AnswerTooLate(Refused):
    """The day of `due` is over; the akim can still speak at the hearing."""

    code: ClassVar[str] = "answer_too_late"


class AnswerAwaited(Refused):
    """Until the akim has answered or the day of `due` is over, nothing is submitted."""

    code: ClassVar[str] = "answer_awaited"


class HearingTimeInvalid(Refused):
    """A hearing lies ahead when it is set, no later than the day of `due`; it is not held before its time, `hearing`."""

    code: ClassVar[str] = "hearing_time_invalid"


class HearingBegun(Refused):
    """It could be withdrawn until the `hearing`."""

    code: ClassVar[str] = "hearing_begun"


class NotLapsed(Refused):
    """It lapses after the day of `due`, or when the akim has left office."""

    code: ClassVar[str] = "not_lapsed"


def check_in_time(on: datetime, decision_due: datetime) -> None:
    if is_over(decision_due, on):
        raise InitiativeOverdue(due=decision_due)


def check_answer(on: datetime, answer_due: datetime) -> None:
    if is_over(answer_due, on):
        raise AnswerTooLate(due=answer_due)


def check_silence(on: datetime, answer_due: datetime) -> None:
    """Without an answer it goes on once the days to answer are over."""
    if not is_over(answer_due, on):
        raise AnswerAwaited(due=answer_due)


def check_hearing(hearing: datetime, decision_due: datetime, *, set_on: datetime) -> None:
    if hearing < set_on or is_over(decision_due, hearing):
        raise HearingTimeInvalid(due=decision_due)


def check_held(on: datetime, hearing: datetime | None) -> None:
    if hearing is not None and on < hearing:
        raise HearingTimeInvalid(hearing=hearing)


def check_not_begun(on: datetime, hearing: datetime | None) -> None:
    if hearing is not None and on >= hearing:
        raise HearingBegun(hearing=hearing)


def lapse_reason(on: datetime, decision_due: datetime, *, left_office: bool) -> LapseReason:
    if left_office:
        return LapseReason.LEFT_OFFICE
    if is_over(decision_due, on):
        return LapseReason.DEADLINE
    raise NotLapsed(due=decision_due)
