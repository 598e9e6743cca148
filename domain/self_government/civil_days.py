"""Days, months and years as the law counts them: by the calendar of Kazakhstan, between moments stored in UTC.

A notice of ten days is ten dates apart, whatever the hours; a term of three years ends on the same date three years later.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from domain.times import KAZAKHSTAN

_MONTHS = 12


def civil_date(when: datetime) -> date:
    return when.astimezone(KAZAKHSTAN).date()


def days_between(first: datetime, last: datetime) -> int:
    """Calendar days from `first` to `last`: 0 on the same date, negative when `last` is earlier."""
    return (civil_date(last) - civil_date(first)).days


def days_after(when: datetime, days: int) -> datetime:
    return when + timedelta(days=days)


def months_after(when: datetime, months: int) -> datetime:
    """The same day and hour so many months later; where that month is shorter, its last day."""
    local = when.astimezone(KAZAKHSTAN)
    year, month = divmod(local.year * _MONTHS + local.month - 1 + months, _MONTHS)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(when.tzinfo)


def years_after(when: datetime, years: int) -> datetime:
    return months_after(when, years * _MONTHS)
