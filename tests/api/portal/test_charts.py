"""Charts are the numbers they stand for: bars add up to what the table says, and nothing is drawn outside."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.portal import charts
from api.views import LineView
from domain.allocation import Reason, UnitMoney
from projections.turnout import HourOfTurnout
from tests.domain.papers import CITY, DISTRICT, a_paper, with_districts

START = datetime(2026, 9, 1, 4, tzinfo=UTC)


def line(project: str, cost: int, score: int, reason: Reason, category: str = "roads") -> LineView:
    return LineView(
        project, project, category, CITY, cost, score, score, 1, reason, 0, None, None, None, None
    )


lines = st.lists(
    st.builds(
        line,
        st.text("abc", min_size=1, max_size=3),
        st.integers(1, 10**12),
        st.integers(0, 10**5),
        st.sampled_from([Reason.FUNDED, Reason.DID_NOT_FIT]),
        st.sampled_from(["roads", "parks", ""]),
    ),
    max_size=12,
)


@given(lines)
def test_categories_hold_all_the_money_and_no_bar_is_longer_than_the_whole(of: list[LineView]) -> None:
    rows = charts.by_category(of)
    if rows:
        assert sum(row.funded_tiyn + row.other_tiyn for row in rows) == sum(each.cost_tiyn for each in of)
        assert sum(row.projects for row in rows) == len(of)
    assert all(row.funded_share + row.other_share <= charts.WHOLE for row in rows)


def test_what_has_no_categories_has_no_chart_of_them() -> None:
    assert charts.by_category([line("a", 1, 1, Reason.FUNDED, "")]) == []


def test_units_are_compared_only_where_there_are_two() -> None:
    paper = with_districts(a_paper({"a": 60, "b": 30}), {"b"}, 50)
    one, two = UnitMoney(CITY, 100, 60, 40), UnitMoney(DISTRICT, 50, 30, 20)
    assert charts.by_unit(paper, [one], []) == []
    rows = charts.by_unit(paper, [one, two], [])
    assert [(row.name, row.funded_tiyn, row.other_tiyn) for row in rows] == [
        ("City", 60, 40),
        ("District", 30, 20),
    ]
    assert rows[0].funded_share + rows[0].other_share == charts.WHOLE


@given(st.dictionaries(st.integers(0, 24 * 90), st.integers(1, 10**5), max_size=40))
def test_days_hold_every_ballot_of_the_days_drawn_and_stay_inside(hours: dict[int, int]) -> None:
    told = [HourOfTurnout(CITY, START + timedelta(hours=hour), ballots) for hour, ballots in hours.items()]
    chart = charts.by_day(told)
    if not hours:
        assert chart is None
        return
    assert chart is not None
    if max(hours) - min(hours) < 24 * 59:
        assert sum(bar.ballots for bar in chart.bars) == sum(hours.values())
    for bar in chart.bars:
        assert bar.x >= charts.LEFT
        assert bar.x + bar.width <= charts.RIGHT + 0.1
        assert charts.TOP <= round(bar.y, 1) <= charts.BOTTOM
    assert len(chart.labels) <= 8


@given(lines)
def test_dots_stay_inside(of: list[LineView]) -> None:
    chart = charts.votes_against_cost(of)
    assert (chart is None) == (len(of) < 2)
    for dot in chart.dots if chart else ():
        assert charts.LEFT <= dot.x <= charts.RIGHT
        assert charts.TOP <= dot.y <= charts.BOTTOM


def test_a_scale_is_written_in_millions_of_tenge() -> None:
    chart = charts.votes_against_cost(
        [line("a", 250_000_000, 5, Reason.FUNDED), line("b", 1, 9, Reason.DID_NOT_FIT)]
    )
    assert chart is not None
    assert [re.sub("0+$", "", mark.text) for mark in chart.costs][-1].startswith("2,6")
