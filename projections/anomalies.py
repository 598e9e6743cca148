"""What looks unusual in how a closed round was voted: a pure function of its counts and of named thresholds.

Local time is Kazakhstan's, UTC+5; an hour is the one that begins there, and only hours with ballots are there.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from domain.ballot import to_the_hour
from domain.kiosk import KioskRevoked
from domain.times import KAZAKHSTAN
from projections.anomaly import Anomaly, Kind, Measure, Thresholds, Untold
from projections.voting_counts import Hour, KioskCount, VotingCounts

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_PER_MILLE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    anomalies: tuple[Anomaly, ...]
    untold: tuple[Untold, ...]


def find(counts: VotingCounts, most: Thresholds) -> Found:
    """Every anomaly, by kind and then by place and time, and what could not be looked at."""
    rules: tuple[Callable[[VotingCounts, Thresholds], Iterator[Anomaly]], ...] = (
        _bursts,
        _kiosk_rates,
        _kiosk_shares,
        _nights,
        _refusals,
        _late,
        _outside,
        _disorder,
        _refused_deliveries,
        _slips,
        _slips_by_day,
    )
    anomalies = tuple(anomaly for rule in rules for anomaly in rule(counts, most))
    return Found(anomalies, tuple(_untold(counts, most)))


def _bursts(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    in_units = _by_unit(counts)
    everywhere: dict[str | None, list[Hour]] = {None: list(counts.hours)}
    for unit, hours in (everywhere | (in_units if len(in_units) > 1 else {})).items():
        ballots = _ballots(hours)
        if len(ballots) <= most.burst_hours:
            continue
        for (hour, measured), usual in zip(
            ballots.items(), _medians_of_others(ballots.values()), strict=True
        ):
            threshold = max(most.burst_times * usual, most.burst_ballots)
            if measured > threshold:
                yield Anomaly(
                    *(Kind.BURST, Measure.BALLOTS, measured, threshold, usual, unit),
                    since=hour,
                    until=hour + _HOUR,
                )


def _kiosk_rates(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    """Of a kiosk's hours only their number is known: the busiest had at least the mean, rounded up."""
    for kiosk in counts.kiosks:
        measured = -(-kiosk.recorded // max(counts.kiosk_hours, 1))
        if measured > most.kiosk_hour_ballots:
            mean = sum(each.recorded for each in counts.kiosks) // (len(counts.kiosks) * counts.kiosk_hours)
            yield Anomaly(
                *(Kind.KIOSK_RATE, Measure.BALLOTS, measured, most.kiosk_hour_ballots, mean),
                kiosk=kiosk.kiosk_id,
            )


def _kiosk_shares(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    used = [kiosk for kiosk in counts.kiosks if kiosk.deliveries]
    if len(used) < 2:  # noqa: PLR2004 - one and another
        return
    for kiosk, usual in zip(used, _medians_of_others([each.recorded for each in used]), strict=True):
        threshold = max(most.share_times * usual, most.share_ballots)
        if kiosk.recorded > threshold:
            yield Anomaly(
                *(Kind.KIOSK_SHARE, Measure.BALLOTS, kiosk.recorded, threshold, usual), kiosk=kiosk.kiosk_id
            )


def _nights(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    nights: dict[tuple[str, date], list[Hour]] = defaultdict(list)
    for hour in counts.hours:
        local = hour.hour.astimezone(KAZAKHSTAN)
        if local.hour >= most.night_begins or local.hour < most.night_ends:
            begins = local.date() if local.hour >= most.night_begins else local.date() - _DAY
            nights[hour.unit, begins].append(hour)
    for (unit, _), hours in sorted(nights.items()):
        if _cast(hours) > most.night_ballots:
            yield _in_hours(Kind.NIGHT, unit, hours, most.night_ballots)


def _refusals(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    used = [kiosk for kiosk in counts.kiosks if kiosk.delivered]
    for kiosk in used:
        others = [other for other in used if other is not kiosk]
        if _refused_too_often([kiosk], most):
            yield Anomaly(
                *(Kind.REFUSALS, Measure.PER_MILLE, _refused_per_mille([kiosk]), most.refusals_per_mille),
                expected=_refused_per_mille(others) if others else None,
                kiosk=kiosk.kiosk_id,
            )
    if len(used) > 1 and _refused_too_often(used, most):
        measured = _refused_per_mille(used)
        yield Anomaly(Kind.REFUSALS, Measure.PER_MILLE, measured, most.refusals_per_mille)


def _refused_too_often(kiosks: list[KioskCount], most: Thresholds) -> bool:
    refused = sum(kiosk.refused for kiosk in kiosks)
    return refused > most.refusals_ballots and _refused_per_mille(kiosks) > most.refusals_per_mille


def _refused_per_mille(kiosks: list[KioskCount]) -> int:
    return (
        _PER_MILLE
        * sum(kiosk.refused for kiosk in kiosks)
        // max(sum(kiosk.delivered for kiosk in kiosks), 1)
    )


def _late(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    """The hour in which the announced end lies is not late: its ballots may stand before it."""
    for unit, hours in _by_unit(counts).items():
        late = [hour for hour in hours if hour.hour >= counts.announced_end]
        threshold = max(most.late_ballots, most.late_per_mille * _cast(hours) // _PER_MILLE)
        if _cast(late) > threshold:
            yield _in_hours(Kind.LATE, unit, late, threshold)


def _outside(counts: VotingCounts, _: Thresholds) -> Iterator[Anomaly]:
    """No ballot stands in the log outside of voting; an hour that says so was told by a clock that was wrong."""
    first, last = to_the_hour(counts.opened), to_the_hour(counts.closed)
    for unit, hours in _by_unit(counts).items():
        outside = [hour for hour in hours if not first <= hour.hour <= last]
        if outside:
            yield _in_hours(Kind.OUTSIDE, unit, outside, 0)


def _disorder(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    spans: dict[datetime, tuple[int, int]] = {}
    for each in counts.hours:
        first, last = spans.get(each.hour, (each.first, each.last))
        spans[each.hour] = min(first, each.first), max(last, each.last)
    for hour, (first, _) in spans.items():
        for neighbours, threshold in ((False, 0), (True, most.order_positions)):
            before = [
                last
                for other, (_, last) in spans.items()
                if other < hour and (hour - other == _HOUR) is neighbours
            ]
            measured = max(before, default=0) - first + 1
            if measured > threshold:
                yield Anomaly(
                    *(Kind.ORDER, Measure.POSITIONS, measured, threshold, 0), since=hour, until=hour + _HOUR
                )
                break


def _refused_deliveries(counts: VotingCounts, _: Thresholds) -> Iterator[Anomaly]:
    """One is one too many: a kiosk sends in order and the same bytes again, or its folder is not what it was."""
    for refused in counts.refused:
        kind = Kind.REVOKED if refused.code == KioskRevoked.code else Kind.SEQUENCE
        yield Anomaly(
            *(kind, Measure.DELIVERIES, refused.deliveries, 0, 0),
            kiosk=refused.kiosk_id,
            since=refused.first,
            until=refused.last + _HOUR,
        )


def _slips(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    for count in counts.slips:
        over, handed_out = count.cast - count.handed_out, count.handed_out
        if over > 0:
            yield Anomaly(
                *(Kind.SLIPS_OVER, Measure.BALLOTS, count.cast, handed_out, handed_out), unit=count.unit
            )
        threshold = max(most.slips_ballots, most.slips_per_mille * handed_out // _PER_MILLE)
        if -over > threshold:
            yield Anomaly(*(Kind.SLIPS_UNUSED, Measure.SLIPS, -over, threshold, 0), unit=count.unit)
        if count.missing:
            yield Anomaly(*(Kind.SLIPS_MISSING, Measure.SLIPS, abs(count.missing), 0, 0), unit=count.unit)


def _slips_by_day(counts: VotingCounts, most: Thresholds) -> Iterator[Anomaly]:
    in_units = _by_unit(counts)
    for unit in _units_served_at_desks(counts):
        handed_out = {each.day: each.slips for each in counts.handed_out if each.unit == unit}
        cast: dict[date, int] = defaultdict(int)
        for hour in in_units.get(unit, ()):
            cast[hour.hour.astimezone(KAZAKHSTAN).date()] += hour.ballots
        slips_so_far = ballots_so_far = 0
        for day in sorted(handed_out.keys() | cast.keys()):
            slips, ballots = handed_out.get(day, 0), cast[day]
            slips_so_far, ballots_so_far = slips_so_far + slips, ballots_so_far + ballots
            if ballots_so_far - slips_so_far > most.slips_ahead_ballots:
                yield _on_day(
                    Kind.SLIPS_AHEAD, unit, day, ballots_so_far - slips_so_far, most.slips_ahead_ballots
                )
            threshold = max(most.slips_ballots, most.slips_day_per_mille * slips // _PER_MILLE)
            if slips - ballots > threshold:
                yield _on_day(Kind.SLIPS_DAY, unit, day, slips - ballots, threshold)


def _untold(counts: VotingCounts, most: Thresholds) -> Iterator[Untold]:
    if len(_ballots(counts.hours)) <= most.burst_hours:
        yield Untold.FEW_HOURS
    if sum(kiosk.deliveries > 0 for kiosk in counts.kiosks) < 2:  # noqa: PLR2004 - one and another
        yield Untold.FEW_KIOSKS
    if counts.kiosks_served_other_rounds:
        yield Untold.KIOSKS_OF_OTHER_ROUNDS
    yield Untold.KIOSK_HOURS
    if not counts.slips:
        yield Untold.SLIPS_NOT_RECONCILED
    if len(_units_served_at_desks(counts)) < len(_by_unit(counts)):
        yield Untold.SLIPS_BY_DAY


def _units_served_at_desks(counts: VotingCounts) -> list[str]:
    """Units whose slips were all marked at a desk; where some went by letter, days of slips say nothing."""
    marked: dict[str, int] = defaultdict(int)
    for each in counts.handed_out:
        marked[each.unit] += each.slips
    stated = {count.unit: count.handed_out for count in counts.slips}
    return [unit for unit in counts.units if marked[unit] and stated.get(unit, marked[unit]) == marked[unit]]


def _by_unit(counts: VotingCounts) -> dict[str | None, list[Hour]]:
    """The hours of every unit that has ballots, in the order of the round's terms."""
    hours: dict[str | None, list[Hour]] = {unit: [] for unit in counts.units}
    for hour in counts.hours:
        hours[hour.unit].append(hour)
    return {unit: of_unit for unit, of_unit in hours.items() if of_unit}


def _ballots(hours: Collection[Hour]) -> dict[datetime, int]:
    ballots: dict[datetime, int] = defaultdict(int)
    for hour in hours:
        ballots[hour.hour] += hour.ballots
    return dict(ballots)


def _medians_of_others(values: Collection[int]) -> Iterator[int]:
    """Per value the lower median of all but itself; there are at least two."""
    ordered = sorted(values)
    middle = (len(ordered) - 2) // 2
    for value in values:
        yield ordered[middle if value > ordered[middle] else middle + 1]


def _cast(hours: Collection[Hour]) -> int:
    return sum(hour.ballots for hour in hours)


def _in_hours(kind: Kind, unit: str | None, hours: list[Hour], threshold: int) -> Anomaly:
    """Ballots where none was expected."""
    since, until = min(hour.hour for hour in hours), max(hour.hour for hour in hours) + _HOUR
    return Anomaly(kind, Measure.BALLOTS, _cast(hours), threshold, 0, unit, since=since, until=until)


def _on_day(kind: Kind, unit: str, day: date, measured: int, threshold: int) -> Anomaly:
    since = datetime.combine(day, time(), KAZAKHSTAN)
    measure = Measure.BALLOTS if kind is Kind.SLIPS_AHEAD else Measure.SLIPS
    return Anomaly(kind, measure, measured, threshold, 0, unit, since=since, until=since + _DAY)
