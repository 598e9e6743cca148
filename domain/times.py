"""Times that people set name a moment: they have a zone, and a year within reason."""

from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar, Final

from domain.errors import Refused

KAZAKHSTAN: Final = timezone(timedelta(hours=5))
"""One zone since 1 March 2024, which older time zone data lacks; without summer time, so a day more is 24 hours more."""
_YEARS = range(2000, 2200)


class TimeInvalid(Refused):
    """`field` has no zone, so that it names no moment, or lies outside the years 2000..2199."""

    code: ClassVar[str] = "time_invalid"


def check_time(field: str, when: datetime) -> datetime:
    """The same moment in UTC."""
    if when.utcoffset() is None or when.year not in _YEARS:
        raise TimeInvalid(field=field)
    return when.astimezone(UTC)
