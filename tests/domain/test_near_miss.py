"""What would have made a project win: the stated change does, one less of it does not, and where none is stated none does."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.allocation import Outcome, Reason, decide
from domain.near_miss import NearMiss, near_misses
from domain.paper import Allocation, BallotForm, BallotType, Paper, TieRule
from domain.tally import ProjectTally
from tests.domain.papers import a_paper, votes, with_districts

Tallies = dict[str, ProjectTally]
FORMS = (BallotForm(BallotType.APPROVAL, 3), BallotForm(BallotType.CUMULATIVE, 3, max_points=10))


def missed(paper: Paper, tallies: Tallies) -> dict[str, NearMiss]:
    return near_misses(paper, decide(paper, tallies))


@st.composite
def elections(draw: st.DrawFn) -> tuple[Paper, Tallies, frozenset[str]]:
    """Small enough that ties, bars, exclusions and a second unit's money all matter often."""
    ids = [f"p{number}" for number in range(draw(st.integers(1, 7)))]
    costs = {id_: draw(st.integers(1, 60)) for id_ in ids}
    excludes = {id_: tuple(draw(st.sets(st.sampled_from(ids), max_size=1)) - {id_}) for id_ in ids}
    form = draw(st.sampled_from(FORMS))
    paper = a_paper(
        costs,
        draw(st.integers(0, 120)),
        allocation=draw(st.sampled_from(Allocation)),
        tie_rule=draw(st.sampled_from(TieRule)),
        excludes=excludes,
        minimum_voters=draw(st.sampled_from([10, 12])),
        score_threshold=draw(st.sampled_from([0, 13])),
    )
    paper = with_districts(replace(paper, form=form), draw(st.sets(st.sampled_from(ids))), 50)
    tallies = {}
    for id_ in ids:
        voters = draw(st.integers(7, 15))
        extra = draw(st.integers(0, 4)) if form.type is BallotType.CUMULATIVE else 0
        tallies[id_] = ProjectTally(voters, voters + extra)
    return paper, tallies, frozenset(draw(st.sets(st.sampled_from(ids), max_size=1)))


def wins(
    election: tuple[Paper, Tallies, frozenset[str]],
    project: str,
    *,
    voters: int = 0,
    points: int = 0,
    cheaper: int = 0,
) -> bool:
    paper, tallies, withdrawn = election
    got = tallies[project]
    changed = {**tallies, project: ProjectTally(got.voters + voters, got.score + points)}
    projects = [
        replace(each, cost_tiyn=each.cost_tiyn - cheaper) if each.id == project else each
        for each in paper.projects
    ]
    return project in decide(replace(paper, projects=tuple(projects)), changed, withdrawn).funded


@settings(max_examples=50)
@given(elections())
def test_the_stated_change_wins_and_one_less_does_not(
    election: tuple[Paper, Tallies, frozenset[str]],
) -> None:
    paper, tallies, withdrawn = election
    for project, miss in near_misses(paper, decide(paper, tallies, withdrawn)).items():
        if miss.voters is not None:
            assert wins(election, project, voters=miss.voters, points=miss.voters)
            assert not wins(election, project, voters=miss.voters - 1, points=miss.voters - 1)
        if miss.points is not None:
            assert wins(election, project, points=miss.points)
            assert not wins(election, project, points=miss.points - 1)
        if miss.cheaper_tiyn is not None:
            assert wins(election, project, cheaper=miss.cheaper_tiyn)
            assert not wins(election, project, cheaper=miss.cheaper_tiyn - 1)


@settings(max_examples=50)
@given(elections())
def test_where_no_change_is_stated_no_amount_of_it_wins(
    election: tuple[Paper, Tallies, frozenset[str]],
) -> None:
    paper, tallies, withdrawn = election
    has_points = paper.form.type is BallotType.CUMULATIVE
    for project, miss in near_misses(paper, decide(paper, tallies, withdrawn)).items():
        cost = next(each.cost_tiyn for each in paper.projects if each.id == project)
        for much in (1, 2, 5, 20, 1_000):
            if miss.voters is None:
                assert not wins(election, project, voters=much, points=much)
            if miss.points is None and has_points:
                assert not wins(election, project, points=much)
        if miss.cheaper_tiyn is None:
            assert not any(wins(election, project, cheaper=less) for less in range(cost))


@settings(max_examples=50)
@given(elections())
def test_every_project_that_lost_has_an_answer_and_no_other(
    election: tuple[Paper, Tallies, frozenset[str]],
) -> None:
    paper, tallies, withdrawn = election
    outcome: Outcome = decide(paper, tallies, withdrawn)
    assume(outcome.lines)
    lost = {line.project for line in outcome.lines if line.reason not in (Reason.FUNDED, Reason.WITHDRAWN)}
    assert set(near_misses(paper, outcome)) == lost


def test_four_voters_need_six_more() -> None:
    assert missed(a_paper({"a": 1}), votes(a=4)) == {"a": NearMiss(6, None, None)}


def test_what_is_dearer_than_the_whole_envelope_no_vote_can_save() -> None:
    assert missed(a_paper({"a": 130}, 100), votes(a=50)) == {"a": NearMiss(None, None, 30)}


def test_what_lacks_voters_and_money_at_once_no_single_change_saves() -> None:
    assert missed(a_paper({"a": 130}, 100), votes(a=4)) == {"a": NearMiss(None, None, None)}


def test_a_lost_lot_is_lost_by_one_vote_or_one_tiyn() -> None:
    paper = a_paper({"a": 60, "b": 60}, 100, tie_rule=TieRule.COST_THEN_LOT)
    (miss,) = missed(paper, votes(a=20, b=20)).values()
    assert miss == NearMiss(1, None, 1)


@pytest.mark.parametrize(("lead", "needed"), [(1, 1), (5, 5)])
def test_the_listed_order_counts_at_the_same_score(lead: int, needed: int) -> None:
    paper = a_paper({"first": 60, "second": 60}, 100)
    assert missed(paper, votes(first=20, second=20 + lead))["first"].voters == needed
