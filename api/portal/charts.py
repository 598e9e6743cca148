"""Charts as numbers that a template draws: SVG without scripts or styles, whose table stands beside it.

Lengths are user units of a view box `WIDTH` × `HEIGHT`; a share is of `WHOLE`, so that a bar of shares fits any width.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api.views import LineView
from api.wording import number
from domain.allocation import Reason, UnitMoney
from domain.paper import Paper
from domain.times import KAZAKHSTAN
from projections.turnout import HourOfTurnout

WIDTH: Final = 640
HEIGHT: Final = 300
LEFT, RIGHT = 56, 628
TOP, BOTTOM = 14, 262
WHOLE: Final = 1_000

_MOST_DAYS: Final = 60
"""Of a longer vote the last ones are drawn."""
_MOST_LABELS: Final = 8
_BAR_OF_SLOT: Final = 0.78
_TIYN_OF_A_MILLION: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Money:
    """What a category or a unit got, and what was left or asked in vain; the shares are of the greatest of their table."""

    name: str
    funded_tiyn: int
    other_tiyn: int
    projects: int
    funded: int
    funded_share: int
    other_share: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis and what stands beside it."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    """A bar: `ballots` on `day` (local), drawn from `y` down to `BOTTOM`."""

    day: date
    ballots: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Days:
    bars: tuple[Day, ...]
    labels: tuple[Mark, ...]
    levels: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A project at its cost and votes."""

    x: float
    y: float
    funded: bool
    line: LineView


@dataclass(frozen=True, slots=True)
class Scatter:
    dots: tuple[Dot, ...]
    costs: tuple[Mark, ...]
    levels: tuple[Mark, ...]


def by_category(lines: Iterable[LineView]) -> list[Money]:
    """Money of projects, the best funded first; `other_tiyn`: what the unfunded ones asked for. Empty without categories."""
    of: dict[str, list[LineView]] = {}
    for line in lines:
        of.setdefault(line.category, []).append(line)
    if set(of) <= {""}:
        return []
    sums = [
        (
            category,
            sum(line.cost_tiyn for line in group if line.reason is Reason.FUNDED),
            sum(line.cost_tiyn for line in group if line.reason is not Reason.FUNDED),
            group,
        )
        for category, group in of.items()
    ]
    return _shared(sorted(sums, key=lambda each: (-each[1], each[0])))


def by_unit(paper: Paper, units: Iterable[UnitMoney], lines: Iterable[LineView]) -> list[Money]:
    """Envelopes in the paper's order; `other_tiyn`: what is left unspent. Empty where one unit has it all."""
    names = {unit.kato: unit.name for unit in paper.units}
    of: dict[str, list[LineView]] = {}
    for line in lines:
        of.setdefault(line.unit, []).append(line)
    shown = [money for money in units if money.envelope_tiyn or money.unit in of]
    if len(shown) < 2:  # noqa: PLR2004 - a comparison needs two
        return []
    return _shared(
        [(names[money.unit], money.spent_tiyn, money.left_tiyn, of.get(money.unit, [])) for money in shown]
    )


def by_day(hours: Iterable[HourOfTurnout]) -> Days | None:
    """Ballots by local day, from the first day with one to the last; None where there is none."""
    cast: dict[date, int] = {}
    for hour in hours:
        day = hour.hour.astimezone(KAZAKHSTAN).date()
        cast[day] = cast.get(day, 0) + hour.ballots
    if not cast:
        return None
    last = max(cast)
    first = max(min(cast), last - timedelta(days=_MOST_DAYS - 1))
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    slot = (RIGHT - LEFT) / max(len(days), 4)
    top = _round_up(max(cast.values()))
    bars = []
    for place, day in enumerate(days):
        ballots = cast.get(day, 0)
        height = round((BOTTOM - TOP) * ballots / top, 1)
        x = LEFT + place * slot + slot * (1 - _BAR_OF_SLOT) / 2
        bars.append(
            Day(day, ballots, round(x, 1), round(BOTTOM - height, 1), round(slot * _BAR_OF_SLOT, 1), height)
        )
    every = -(-len(bars) // _MOST_LABELS)
    labels = [Mark(round(bar.x + bar.width / 2, 1), f"{bar.day:%d.%m}") for bar in bars[::every]]
    return Days(tuple(bars), tuple(labels), _levels(top))


def votes_against_cost(lines: Sequence[LineView]) -> Scatter | None:
    """A dot a project, costs from left to right, scores upwards; None where there is nothing to compare."""
    if len(lines) < 2:  # noqa: PLR2004 - as above
        return None
    dearest = _round_up(max(line.cost_tiyn for line in lines))
    top = _round_up(max(line.score for line in lines) or 1)
    dots = tuple(
        Dot(
            round(LEFT + (RIGHT - LEFT) * line.cost_tiyn / dearest, 1),
            round(BOTTOM - (BOTTOM - TOP) * line.score / top, 1),
            line.reason is Reason.FUNDED,
            line,
        )
        for line in lines
    )
    costs = tuple(
        Mark(round(LEFT + (RIGHT - LEFT) * part / 4, 1), _millions(dearest * part // 4)) for part in range(5)
    )
    return Scatter(dots, costs, _levels(top))


def _shared(sums: Sequence[tuple[str, int, int, Sequence[LineView]]]) -> list[Money]:
    most = max((funded + other for _, funded, other, _ in sums), default=0) or 1
    return [
        Money(
            name,
            funded,
            other,
            projects=len(group),
            funded=sum(line.reason is Reason.FUNDED for line in group),
            funded_share=WHOLE * funded // most,
            other_share=WHOLE * other // most,
        )
        for name, funded, other, group in sums
    ]


def _levels(top: int) -> tuple[Mark, ...]:
    return tuple(Mark(BOTTOM - (BOTTOM - TOP) * part / 2, number(top * part // 2)) for part in range(3))


def _round_up(most: int) -> int:
    """The next number of two digits and zeros that is even in its second digit, so that the middle of the scale is whole."""
    step: int = 2 * 10 ** max(len(str(most)) - 2, 0)
    return -(-most // step) * step


def _millions(tiyn: int) -> str:
    """Millions of tenge, with as many decimals as are needed."""
    text = f"{tiyn / _TIYN_OF_A_MILLION:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",")
