"""Every kind of anomaly is told of a made-up round that has it, by its numbers, and none of a calm one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median_low
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roll import SlipCount
from projections.anomalies import _medians_of_others, find
from projections.anomaly import Anomaly, Kind, Measure, Thresholds, Untold
from projections.voting_counts import Hour, KioskCount, RefusedDeliveries, SlipsOfDay, VotingCounts
from tests.examples import CITY, DISTRICT, OPENS

NINE = OPENS
"""09:00 in Kazakhstan."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS, HOURS_A_DAY, USUAL = 5, 9, 20
"""A calm round: five days, nine hours each, twenty ballots an hour in each of two units."""
CAST = DAYS * HOURS_A_DAY * USUAL
MOST = Thresholds()


def hours_of(unit: str, first: int) -> list[Hour]:
    """Positions in the order of time, the two units' ballots of an hour behind each other."""
    return [
        Hour(unit, NINE + day * DAY + hour * HOUR, USUAL, start, start + USUAL - 1)
        for day in range(DAYS)
        for hour in range(HOURS_A_DAY)
        for start in (first + 2 * USUAL * (day * HOURS_A_DAY + hour),)
    ]


def kiosk(number: int, delivered: int = 460, recorded: int = 450) -> KioskCount:
    return KioskCount(UUID(int=number), f"Kiosk {number}", "School 5", 50, delivered, recorded)


def slips(unit: str, **counts: Any) -> SlipCount:
    usual = SlipCount(unit, printed=1_000, handed_out=910, unused=85, spoiled=5, cast=CAST)
    return replace(usual, **counts)


def desk(unit: str) -> list[SlipsOfDay]:
    return [
        SlipsOfDay(unit, date(2026, 9, 1) + day * DAY, HOURS_A_DAY * USUAL + 10 * (day == 0))
        for day in range(DAYS)
    ]


CALM = VotingCounts(
    opened=OPENS,
    announced_end=NINE + (DAYS - 1) * DAY + HOURS_A_DAY * HOUR,
    closed=NINE + (DAYS - 1) * DAY + (HOURS_A_DAY + 2) * HOUR,
    units=(CITY, DISTRICT),
    hours=(*hours_of(CITY, 100), *hours_of(DISTRICT, 100 + USUAL)),
    kiosks=tuple(kiosk(number) for number in range(1, 5)),
    kiosk_hours=DAYS * HOURS_A_DAY,
    kiosks_served_other_rounds=False,
    refused=(),
    slips=(slips(CITY), slips(DISTRICT)),
    handed_out=(*desk(CITY), *desk(DISTRICT)),
)


def told(counts: VotingCounts, *kinds: Kind) -> list[Anomaly]:
    """What is found, which must be of these kinds and no others."""
    found = find(counts, MOST).anomalies
    assert {anomaly.kind for anomaly in found} == set(kinds)
    return list(found)


def only(counts: VotingCounts, kind: Kind, **facts: Any) -> None:
    [anomaly] = told(counts, kind)
    assert {name: getattr(anomaly, name) for name in facts} == facts


def with_hours(*more: Hour, counts: VotingCounts = CALM) -> VotingCounts:
    """More hours; slips by day are left out, which these ballots would be ahead of."""
    return replace(counts, hours=(*counts.hours, *more), handed_out=())


def end_of_log(ballots: int, when: datetime, unit: str = CITY) -> Hour:
    return Hour(unit, when, ballots, 10_000, 10_000 + ballots - 1)


def changed(hours: Iterable[Hour], at: datetime, **facts: Any) -> tuple[Hour, ...]:
    return tuple(replace(hour, **facts) if (hour.hour, hour.unit) == (at, CITY) else hour for hour in hours)


def test_a_calm_round_has_none_and_says_what_it_cannot_tell() -> None:
    told(CALM)
    assert find(CALM, MOST).untold == (Untold.KIOSK_HOURS,)


def test_a_burst_in_one_unit_is_told_for_the_unit_and_hour() -> None:
    noon = NINE + DAY + 3 * HOUR
    counts = replace(with_hours(), hours=changed(CALM.hours, noon, ballots=81))
    only(
        counts,
        Kind.BURST,
        unit=CITY,
        measured=81,
        expected=20,
        threshold=80,
        since=noon,
        until=noon + HOUR,
        measure=Measure.BALLOTS,
    )
    told(replace(counts, hours=changed(CALM.hours, noon, ballots=80)))


def test_a_burst_everywhere_is_told_in_all_too() -> None:
    noon = NINE + DAY + 3 * HOUR
    counts = with_hours()
    hours = tuple(replace(hour, ballots=90) if hour.hour == noon else hour for hour in counts.hours)
    found = told(replace(counts, hours=hours), Kind.BURST)
    assert [(anomaly.unit, anomaly.measured) for anomaly in found] == [
        (None, 180),
        (CITY, 90),
        (DISTRICT, 90),
    ]


def test_few_hours_are_not_compared() -> None:
    first_day = tuple(hour for hour in CALM.hours if hour.hour < NINE + 8 * HOUR)
    counts = replace(with_hours(), hours=changed(first_day, NINE, ballots=5_000), slips=())
    assert find(counts, MOST).untold[0] is Untold.FEW_HOURS
    assert not find(counts, MOST).anomalies


def test_a_kiosk_that_recorded_more_than_its_hours_can_hold_is_told() -> None:
    crowd = tuple(kiosk(number, 2_760, 2_701) for number in range(1, 5))
    found = told(replace(CALM, kiosks=crowd), Kind.KIOSK_RATE)
    assert [(each.kiosk, each.measured, each.threshold) for each in found] == [
        (UUID(int=number), 61, 60) for number in range(1, 5)
    ]
    told(replace(CALM, kiosks=tuple(kiosk(number, 2_700, 2_700) for number in range(1, 5))))


def test_one_kiosk_with_the_lions_share_is_told() -> None:
    kiosks = (*CALM.kiosks, kiosk(9, 1_360, 1_351))
    facts = {"kiosk": UUID(int=9), "measured": 1_351, "expected": 450, "threshold": 1_350, "unit": None}
    only(replace(CALM, kiosks=kiosks), Kind.KIOSK_SHARE, **facts)
    told(replace(CALM, kiosks=(*CALM.kiosks, kiosk(9, 1_360, 1_350))))
    assert Untold.FEW_KIOSKS in find(replace(CALM, kiosks=CALM.kiosks[:1]), MOST).untold


@pytest.mark.parametrize("local_hours_after_nine", [13, 14, 16, 20])
def test_ballots_at_night_are_told_for_the_night_they_belong_to(local_hours_after_nine: int) -> None:
    night = NINE + DAY + local_hours_after_nine * HOUR  # 22:00, 23:00, 01:00 and 05:00
    only(
        with_hours(end_of_log(11, night), counts=sorted_calm(night)),
        Kind.NIGHT,
        unit=CITY,
        measured=11,
        threshold=10,
    )
    told(with_hours(end_of_log(10, night), counts=sorted_calm(night)))


def sorted_calm(until: datetime) -> VotingCounts:
    """The calm round up to a moment, which is then the last in the log."""
    return replace(CALM, hours=tuple(hour for hour in CALM.hours if hour.hour < until))


def test_one_night_is_one_anomaly_across_midnight() -> None:
    late, early = NINE + 14 * HOUR, NINE + 18 * HOUR
    counts = with_hours(
        end_of_log(8, late),
        replace(end_of_log(8, early), first=11_000, last=11_007),
        counts=sorted_calm(late),
    )
    only(counts, Kind.NIGHT, measured=16, since=late, until=early + HOUR)


@pytest.mark.parametrize(("hour", "is_night"), [(21, False), (22, True), (5, True), (6, False)])
def test_the_night_is_from_ten_to_six(hour: int, is_night: bool) -> None:  # noqa: FBT001 - a case
    when = NINE - 9 * HOUR + DAY + hour * HOUR
    counts = with_hours(end_of_log(30, when), counts=sorted_calm(when))
    told(counts, *([Kind.NIGHT] if is_night else []))


def test_an_unusual_rate_of_refused_ballots_is_told_for_the_kiosk() -> None:
    kiosks = (*CALM.kiosks, kiosk(9, 480, 450))
    facts = {"kiosk": UUID(int=9), "measured": 62, "expected": 21, "threshold": 50}
    only(replace(CALM, kiosks=kiosks), Kind.REFUSALS, measure=Measure.PER_MILLE, **facts)
    told(replace(CALM, kiosks=(*CALM.kiosks, kiosk(9, 20, 12))))  # few, however high their rate


def test_refusals_everywhere_are_told_in_all_too() -> None:
    found = told(
        replace(CALM, kiosks=tuple(kiosk(number, 500, 450) for number in range(1, 5))), Kind.REFUSALS
    )
    assert [each.kiosk for each in found] == [*(UUID(int=number) for number in range(1, 5)), None]


def test_ballots_behind_the_announced_end_are_told_when_they_are_many() -> None:
    late = CALM.announced_end
    only(with_hours(end_of_log(11, late)), Kind.LATE, unit=CITY, measured=11, threshold=10, since=late)
    told(with_hours(end_of_log(10, late)))


def test_the_hour_in_which_the_end_was_announced_is_not_late() -> None:
    half_past = CALM.announced_end - timedelta(minutes=30)
    told(replace(CALM, announced_end=half_past))


@pytest.mark.parametrize("when", [OPENS - HOUR, CALM.closed + HOUR])
def test_hours_outside_of_voting_are_told_from_the_first_ballot(when: datetime) -> None:
    counts = replace(with_hours(), announced_end=CALM.closed + DAY)
    place = 50 if when < OPENS else 10_000
    counts = replace(counts, hours=(*counts.hours, Hour(CITY, when, 1, place, place)))
    only(counts, Kind.OUTSIDE, unit=CITY, measured=1, threshold=0, since=when)


def test_a_clock_that_was_set_back_is_told_by_the_log_order() -> None:
    noon = NINE + DAY + 3 * HOUR
    behind = {hour.hour: hour.last for hour in CALM.hours}
    hours = changed(CALM.hours, noon, last=behind[noon + 2 * HOUR])
    [anomaly] = told(replace(CALM, hours=hours), Kind.ORDER)
    assert (anomaly.since, anomaly.threshold, anomaly.measure) == (noon + 2 * HOUR, 0, Measure.POSITIONS)


def test_batches_on_their_way_when_the_hour_turns_are_not_told() -> None:
    noon = NINE + DAY + 3 * HOUR
    after = {hour.hour: hour.first for hour in CALM.hours if hour.unit == CITY}[noon + HOUR]
    told(replace(CALM, hours=changed(CALM.hours, noon, last=after + 15)))
    hours = tuple(
        replace(hour, first=hour.first + 5_000, last=hour.last + 5_000) if hour.hour > noon + HOUR else hour
        for hour in CALM.hours
    )
    told(replace(CALM, hours=changed(hours, noon, last=after + MOST.order_positions - 1)))
    [anomaly] = told(replace(CALM, hours=changed(hours, noon, last=after + MOST.order_positions)), Kind.ORDER)
    assert anomaly.measured == MOST.order_positions + 1


@pytest.mark.parametrize(
    ("code", "kind"), [("sequence_broken", Kind.SEQUENCE), ("kiosk_revoked", Kind.REVOKED)]
)
def test_deliveries_out_of_sequence_or_on_revoked_are_told_from_the_first(code: str, kind: Kind) -> None:
    refused = RefusedDeliveries(UUID(int=1), code, 1, NINE, NINE + 2 * HOUR)
    facts = {"kiosk": UUID(int=1), "measured": 1, "since": NINE, "until": NINE + 3 * HOUR}
    only(replace(CALM, refused=(refused,)), kind, **facts)


def test_more_ballots_than_slips_are_told_for_the_unit() -> None:
    counts = replace(CALM, slips=(slips(CITY, handed_out=899, unused=96), slips(DISTRICT)))
    only(counts, Kind.SLIPS_OVER, unit=CITY, measured=900, expected=899, threshold=899)


def test_slips_without_ballots_are_told_when_they_are_many() -> None:
    kept = replace(CALM, slips=(slips(CITY, handed_out=948, unused=47), slips(DISTRICT)))
    only(kept, Kind.SLIPS_UNUSED, unit=CITY, measured=48, threshold=47, measure=Measure.SLIPS)
    told(replace(CALM, slips=(slips(CITY, handed_out=947, unused=48), slips(DISTRICT))))


@pytest.mark.parametrize("unused", [84, 86])
def test_slips_in_no_pile_or_in_two_are_told(unused: int) -> None:
    counts = replace(CALM, slips=(slips(CITY, unused=unused), slips(DISTRICT)))
    only(counts, Kind.SLIPS_MISSING, unit=CITY, measured=1, threshold=0)


def test_ballots_ahead_of_slips_are_told_for_the_day() -> None:
    [first, second, *rest] = desk(CITY)
    moved = (replace(first, slips=first.slips - 21), replace(second, slips=second.slips + 21), *rest)
    counts = replace(CALM, handed_out=(*moved, *desk(DISTRICT)))
    [anomaly] = told(counts, Kind.SLIPS_AHEAD)
    assert (anomaly.unit, anomaly.measured, anomaly.since) == (
        CITY,
        11,
        datetime.fromisoformat("2026-09-01T00:00+05:00"),
    )


def test_slips_far_from_the_ballots_of_their_day_are_told() -> None:
    [first, second, *rest] = desk(CITY)
    moved = (replace(first, slips=first.slips + 60), replace(second, slips=second.slips - 60), *rest)
    [anomaly] = told(replace(CALM, handed_out=(*moved, *desk(DISTRICT))), Kind.SLIPS_DAY)
    assert (anomaly.measured, anomaly.threshold, anomaly.measure) == (70, 50, Measure.SLIPS)


def test_days_say_nothing_where_slips_went_by_letter() -> None:
    counts = replace(CALM, handed_out=(*desk(CITY)[1:], *desk(DISTRICT)))
    told(counts)
    assert Untold.SLIPS_BY_DAY in find(counts, MOST).untold


def test_before_the_slips_are_reconciled_days_are_told_and_piles_are_not() -> None:
    [first, *rest] = desk(CITY)
    counts = replace(CALM, slips=(), handed_out=(replace(first, slips=100), *rest, *desk(DISTRICT)))
    told(counts, Kind.SLIPS_AHEAD)
    assert Untold.SLIPS_NOT_RECONCILED in find(counts, MOST).untold


def test_a_round_without_a_ballot_a_kiosk_or_a_slip_has_none() -> None:
    empty = replace(CALM, hours=(), kiosks=(), slips=(), handed_out=(), kiosk_hours=0)
    told(empty)


def test_every_kind_is_tripped_above() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert not [kind.name for kind in Kind if f"Kind.{kind.name}" not in source]


@given(st.lists(st.integers(0, 5), min_size=2))
def test_the_median_of_the_others_is_what_it_says(values: list[int]) -> None:
    expected = [median_low(values[:place] + values[place + 1 :]) for place in range(len(values))]
    assert list(_medians_of_others(values)) == expected
