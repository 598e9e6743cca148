"""A plan of what else is proposed around a place: dots against each other on a grid whose width is told. No map of anybody's.

Distances are those of a plane that touches the earth at the place, which within twenty kilometres is right to a few metres.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Final
from uuid import UUID

from domain.marks import Point

SIZE: Final = 400
"""Of the square view box, in user units; the place is its middle."""
MOST_NEAR: Final = 8
FARTHEST_METRES: Final = 20_000
NEAREST_METRES: Final = 300
"""The half of the square is at least this, so that neighbours of one yard are not blown up."""
_METRES_PER_MICRODEGREE: Final = 0.111_320
_MARGIN: Final = 1.15
_STEPS: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)
_LINES: Final = 3
"""Grid lines to each side of the middle, at most."""


@dataclass(frozen=True, slots=True)
class Near:
    """Another proposal, `metres` away, at a place of the view box."""

    proposal_id: UUID
    title: str
    metres: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`lines`: where the grid crosses, from either side; `step_metres` between two of them. The nearest first."""

    near: list[Near]
    lines: list[float]
    step_metres: int


def plan_around(own: UUID, points: Mapping[UUID, Point], titles: Iterable[tuple[UUID, str]]) -> Plan | None:
    """What lies around the proposal `own`; None where nothing does."""
    here = points[own]
    found = []
    for proposal_id, title in titles:
        there = points.get(proposal_id)
        if there is not None and proposal_id != own:
            east, north = _offset_metres(here, there)
            found.append((hypot(east, north), proposal_id, title, east, north))
    nearest = sorted(each for each in found if each[0] <= FARTHEST_METRES)[:MOST_NEAR]
    if not nearest:
        return None
    half_metres = max(nearest[-1][0] * _MARGIN, NEAREST_METRES)
    unit = SIZE / 2 / half_metres
    step = next((each for each in _STEPS if each * _LINES >= half_metres), _STEPS[-1])
    count = int(half_metres // step)
    lines = [round(SIZE / 2 + place * step * unit, 1) for place in range(-count, count + 1)]
    near = [
        Near(
            proposal_id,
            title,
            round(metres),
            round(SIZE / 2 + east * unit, 1),
            round(SIZE / 2 - north * unit, 1),
        )
        for metres, proposal_id, title, east, north in nearest
    ]
    return Plan(near, lines, step)


def _offset_metres(here: Point, there: Point) -> tuple[float, float]:
    """How far `there` is to the east and to the north."""
    north = (there.latitude - here.latitude) * _METRES_PER_MICRODEGREE
    east = (there.longitude - here.longitude) * _METRES_PER_MICRODEGREE
    return east * cos(radians(here.latitude / 1_000_000)), north
