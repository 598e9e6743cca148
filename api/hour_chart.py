"""A chart of ballots by hour as numbers that a template draws: an SVG without scripts or styles of its own.

Lengths are user units of a view box `WIDTH` × `HEIGHT`; times stand from left to right, one slot an hour, local days marked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.ballot import to_the_hour
from domain.times import KAZAKHSTAN

WIDTH: Final = 1_000
HEIGHT: Final = 240
LEFT: Final = 56
"""Where the slots begin; the numbers stand before it."""
TOP, BOTTOM = 12, 208
_MOST_HOURS: Final = 2_400
"""A hundred days; of a longer vote the last ones are drawn."""
_MOST_LABELS: Final = 12
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    width: float
    y: float = TOP
    height: float = BOTTOM - TOP
    odd: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across at `at`, with what stands beside it; no text on lines between labels."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`bars` of hours with ballots, `nights` behind them, `days` along the bottom, `levels` up the side."""

    bars: tuple[Box, ...]
    nights: tuple[Box, ...]
    days: tuple[Mark, ...]
    levels: tuple[Mark, ...]


def hour_chart(
    ballots: Mapping[datetime, int],
    odd: Collection[datetime],
    opened: datetime,
    closed: datetime,
    night: range,
) -> Chart | None:
    """Ballots per hour from the opening to the end of voting, `odd` hours marked; None if no hour of these had any.

    `night`: local hours from its beginning on, past 24 where it goes beyond midnight.
    """
    end = to_the_hour(closed) + _HOUR
    start = max(to_the_hour(opened), end - _MOST_HOURS * _HOUR)
    hours = [start + place * _HOUR for place in range((end - start) // _HOUR)]
    most = max((ballots.get(hour, 0) for hour in hours), default=0)
    if not most:
        return None
    slot = (WIDTH - LEFT) / len(hours)
    top = _round_up(most)
    bars, nights, days = [], [], []
    for place, hour in enumerate(hours):
        x = round(LEFT + place * slot, 2)
        local = hour.astimezone(KAZAKHSTAN)
        if local.hour in night or local.hour + 24 in night:
            nights.append(Box(x, round(slot, 2)))
        if local.hour == 0 or place == 0:
            days.append(Mark(x, local.strftime("%d.%m")))
        if number := ballots.get(hour, 0):
            height = round((BOTTOM - TOP) * number / top, 2)
            bars.append(Box(x, round(slot * 0.9, 2), round(BOTTOM - height, 2), height, hour in odd))
    levels = [Mark(BOTTOM - (BOTTOM - TOP) * part / 2, str(top * part // 2)) for part in range(3)]
    return Chart(tuple(bars), tuple(nights), _thinned(days), tuple(levels))


def _round_up(most: int) -> int:
    """The next number of two digits and zeros that is even in its second digit, so that the middle of the scale is whole."""
    step: int = 2 * 10 ** max(len(str(most)) - 2, 0)
    return -(-most // step) * step


def _thinned(days: list[Mark]) -> tuple[Mark, ...]:
    every = -(-len(days) // _MOST_LABELS)
    return tuple(Mark(day.at, day.text if place % every == 0 else "") for place, day in enumerate(days))
