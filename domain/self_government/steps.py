"""When a step of a longer way happened, which may be before it was recorded: in order, and within its days.

The recording's own time is the event's timestamp, so a late entry can be seen as one. A day given is over at midnight.
"""

from datetime import datetime
from typing import ClassVar

from domain.errors import Refused
from domain.self_government.civil_days import days_between
from domain.times import check_time


class StepOutOfTime(Refused):
    """A step happens no earlier than the one it comes `after`, and is recorded once it has happened."""

    code: ClassVar[str] = "step_out_of_time"


def check_step(on: datetime, *, after: datetime, at: datetime) -> datetime:
    """`on` in UTC, when it lies between the step before it and now."""
    on = check_time("on", on)
    if not after <= on <= at:
        raise StepOutOfTime(after=after, now=at)
    return on


def is_over(due: datetime, on: datetime) -> bool:
    """Whether the day of `due`, by the calendar of Kazakhstan, is past."""
    return days_between(due, on) > 0
