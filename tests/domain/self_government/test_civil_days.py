"""Days, months and years are counted by dates in Kazakhstan."""

from datetime import UTC, datetime, timedelta

from hypothesis import given as forall
from hypothesis import strategies as st

from domain.self_government.civil_days import civil_date, days_after, days_between, months_after, years_after

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def test_a_day_begins_at_midnight_in_kazakhstan() -> None:
    late, early = datetime(2026, 3, 1, 18, 59, tzinfo=UTC), datetime(2026, 3, 1, 19, tzinfo=UTC)
    assert (civil_date(late).day, civil_date(early).day) == (1, 2)
    assert days_between(late, early) == 1


def test_ten_days_are_ten_dates_whatever_the_hours() -> None:
    told = datetime(2026, 3, 1, 18, tzinfo=UTC)
    assert days_between(told, told + timedelta(days=9, hours=1)) == 10


def test_a_month_more_ends_where_the_month_ends() -> None:
    assert months_after(datetime(2026, 1, 31, 5, tzinfo=UTC), 1) == datetime(2026, 2, 28, 5, tzinfo=UTC)
    assert years_after(datetime(2024, 2, 29, 5, tzinfo=UTC), 3) == datetime(2027, 2, 28, 5, tzinfo=UTC)


@forall(MOMENTS, st.integers(0, 366))
def test_days_after_are_days_between(when: datetime, days: int) -> None:
    assert days_between(when, days_after(when, days)) == days


@forall(MOMENTS, st.integers(0, 120))
def test_months_keep_the_hour_and_the_zone(when: datetime, months: int) -> None:
    later = months_after(when, months)
    assert (later.time(), later.tzinfo) == (when.time(), UTC)
    assert (civil_date(later).month - civil_date(when).month - months) % 12 == 0
