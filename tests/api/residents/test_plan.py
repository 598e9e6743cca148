"""The plan around a place: nothing outside its square, distances as they are on the ground, north up."""

from math import hypot
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.residents.plan import FARTHEST_METRES, MOST_NEAR, NEAREST_METRES, SIZE, plan_around
from domain.marks import Point

OWN = UUID(int=0)
HERE = Point(43_238_949, 76_889_709)
AROUND = st.integers(-150_000, 150_000)


def plan_of(*offsets: tuple[int, int]):  # type: ignore[no-untyped-def] # noqa: ANN201 - a Plan or None
    points = {
        UUID(int=n): Point(HERE.latitude + dy, HERE.longitude + dx) for n, (dy, dx) in enumerate(offsets, 1)
    }
    titles = [(key, f"p{key.int}") for key in points]
    return plan_around(OWN, points | {OWN: HERE}, [*titles, (OWN, "own")])


@pytest.mark.parametrize(
    ("north", "east", "metres"),
    [
        (1_000, 0, 111),  # a thousandth of a degree of latitude
        (0, 1_000, 81),  # of longitude, at Almaty's latitude
        (-10_000, 0, 1_113),
        (30_000, 40_000, 4_648),
    ],
)
def test_a_distance_is_what_it_is_on_the_ground(north: int, east: int, metres: int) -> None:
    (near,) = plan_of((north, east)).near
    assert abs(near.metres - metres) <= metres // 100 + 1
    assert (near.y < SIZE / 2) is (north > 0)
    assert (near.x > SIZE / 2) is (east > 0)


@given(st.lists(st.tuples(AROUND, AROUND), min_size=1, max_size=20))
def test_the_nearest_are_drawn_within_the_square_to_one_scale(offsets: list[tuple[int, int]]) -> None:
    plan = plan_of(*offsets)
    if plan is None:
        return
    distances = [each.metres for each in plan.near]
    assert distances == sorted(distances)
    assert len(distances) <= MOST_NEAR
    scale = abs(plan.lines[1] - plan.lines[0]) / plan.step_metres if len(plan.lines) > 1 else None
    for each in plan.near:
        assert 0 <= each.x <= SIZE
        assert 0 <= each.y <= SIZE
        if scale:
            assert abs(hypot(each.x - SIZE / 2, each.y - SIZE / 2) - each.metres * scale) < 2
    assert all(0 <= line <= SIZE for line in plan.lines)
    assert SIZE / 2 in plan.lines


def test_what_is_far_away_or_nowhere_is_not_drawn() -> None:
    assert plan_of() is None
    assert plan_of((FARTHEST_METRES * 10, 0)) is None
    assert plan_around(OWN, {OWN: HERE}, [(UUID(int=5), "nowhere")]) is None


def test_neighbours_of_one_yard_are_not_blown_up() -> None:
    (near,) = plan_of((10, 0)).near
    assert abs(near.y - SIZE / 2) < SIZE / 2 / NEAREST_METRES * 3
