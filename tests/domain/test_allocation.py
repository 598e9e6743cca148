"""The law's arithmetic: who is barred, who is funded, which ties mattered."""

import ast
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.allocation import Line, Outcome, Reason, TieBreak, allocate, bar, decide, lot
from domain.paper import Allocation, Paper, TieRule
from domain.tally import ProjectTally
from tests.domain.papers import CITY, DISTRICT, a_paper, votes, with_districts

REPOSITORY = Path(__file__).parents[2]


def reasons(outcome: Outcome) -> dict[str, Reason]:
    return {line.project: line.reason for line in outcome.lines}


def line(outcome: Outcome, project: str) -> Line:
    return next(line for line in outcome.lines if line.project == project)


def test_nine_people_block_and_ten_pass() -> None:
    outcome = decide(a_paper({"nine": 1, "ten": 1}), votes(nine=9, ten=10))
    assert reasons(outcome) == {"ten": Reason.FUNDED, "nine": Reason.FEWER_THAN_TEN_VOTERS}


def test_points_do_not_replace_people() -> None:
    outcome = decide(a_paper({"loved": 1}), {"loved": ProjectTally(voters=9, score=90)})
    assert outcome.funded == ()


@pytest.mark.parametrize("minimum", [0, 1, 9, -5])
def test_no_configured_minimum_goes_under_ten(minimum: int) -> None:
    paper = a_paper({"few": 1}, minimum_voters=minimum)
    assert reasons(decide(paper, votes(few=9))) == {"few": Reason.FEWER_THAN_TEN_VOTERS}


def test_a_local_minimum_raises_the_bar() -> None:
    paper = a_paper({"a": 1, "b": 1, "c": 1}, minimum_voters=50)
    assert bar(paper, votes(a=50, b=49, c=9)) == {
        "b": Reason.BELOW_LOCAL_THRESHOLD,
        "c": Reason.FEWER_THAN_TEN_VOTERS,
    }


def test_the_score_threshold_is_enough_when_it_is_met() -> None:
    paper = a_paper({"a": 1, "b": 1}, score_threshold=30)
    assert bar(paper, votes(a=30, b=29)) == {"b": Reason.BELOW_LOCAL_THRESHOLD}


def test_the_withdrawn_take_no_money() -> None:
    outcome = decide(a_paper({"a": 100, "b": 100}), votes(a=20, b=10), frozenset({"a"}))
    assert reasons(outcome) == {"a": Reason.WITHDRAWN, "b": Reason.FUNDED}


def test_greedy_skips_what_does_not_fit() -> None:
    outcome = decide(a_paper({"a": 60, "b": 50, "c": 40}), votes(a=30, b=20, c=10))
    assert outcome.funded == ("a", "c")
    assert (line(outcome, "b").reason, line(outcome, "b").left_tiyn) == (Reason.DID_NOT_FIT, 40)
    assert (outcome.units[0].spent_tiyn, outcome.units[0].left_tiyn) == (100, 0)


def test_greedy_no_skip_stops_and_says_at_which() -> None:
    paper = a_paper({"a": 60, "b": 50, "c": 40}, allocation=Allocation.GREEDY_NO_SKIP)
    outcome = decide(paper, votes(a=30, b=20, c=10))
    assert outcome.funded == ("a",)
    assert line(outcome, "b").stopped_by is None
    assert (line(outcome, "c").reason, line(outcome, "c").stopped_by) == (Reason.DID_NOT_FIT, "b")


def test_the_barred_do_not_stop_greedy_no_skip() -> None:
    paper = a_paper({"a": 60, "gone": 500, "c": 40}, allocation=Allocation.GREEDY_NO_SKIP)
    assert decide(paper, votes(a=30, gone=20, c=10), frozenset({"gone"})).funded == ("a", "c")


def test_one_sides_word_is_enough_to_exclude() -> None:
    paper = a_paper({"a": 1, "b": 1}, excludes={"b": ("a",)})
    outcome = decide(paper, votes(a=20, b=15))
    assert (line(outcome, "b").reason, line(outcome, "b").excluded_by) == (Reason.EXCLUDED_BY_ANOTHER, "a")


def test_each_unit_spends_its_own_envelope() -> None:
    paper = with_districts(a_paper({"a": 90, "b": 90, "c": 90}), ["b"], envelope=95)
    outcome = decide(paper, votes(a=30, b=20, c=10))
    assert [(line.unit, line.project, line.rank) for line in outcome.lines] == [
        (CITY, "a", 1),
        (CITY, "c", 2),
        (DISTRICT, "b", 1),
    ]
    assert outcome.funded == ("a", "b")


def test_exclusion_reaches_across_units() -> None:
    paper = with_districts(a_paper({"a": 1, "b": 1}, excludes={"a": ("b",)}), ["b"], envelope=95)
    assert line(decide(paper, votes(a=10, b=90)), "b").excluded_by == "a"


def test_the_lower_cost_wins_a_tie() -> None:
    paper = a_paper({"dear": 70, "cheap": 60}, tie_rule=TieRule.COST_THEN_LOT)
    outcome = decide(paper, votes(dear=20, cheap=20))
    assert reasons(outcome) == {"cheap": Reason.FUNDED, "dear": Reason.LOST_TIE}
    assert outcome.ties[0].projects == ("cheap", "dear")
    assert outcome.ties[0].resolved_by is TieBreak.LOWER_COST
    assert (line(outcome, "dear").tie, line(outcome, "dear").left_tiyn) == (0, 40)


def test_equal_costs_are_drawn_by_lot_and_anyone_can_draw_again() -> None:
    costs = {f"p{number}": 60 for number in range(5)}
    paper = a_paper(costs, tie_rule=TieRule.COST_THEN_LOT, lot_seed="a public seed")
    outcome = decide(paper, votes(**dict.fromkeys(costs, 20)))
    assert outcome.funded == (min(costs, key=lambda id_: lot("a public seed", id_)),)
    assert outcome.ties[0].resolved_by is TieBreak.LOT


def test_the_lot_is_what_sha256sum_says() -> None:
    assert lot("seed", "p1").hex() == "10a1f6329963614936f55cc6f08a2535173096bdfd4851157e168e734747f816"


def test_a_tie_among_those_who_all_fit_is_not_listed() -> None:
    outcome = decide(a_paper({"a": 10, "b": 10}), votes(a=20, b=20))
    assert outcome.ties == ()
    assert outcome.funded == ("a", "b")


def test_only_the_engines_door_leads_to_the_money() -> None:
    """`allocate` without `bar` is for the analysis of published elections; nothing else may import it."""
    users = {
        str(path.relative_to(REPOSITORY))
        for folder in ("domain", "application", "projections", "api")
        for path in (REPOSITORY / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "domain.allocation"
        and "allocate" in {alias.name for alias in node.names}
    }
    assert users == {"application/pabulib/analysis.py"}


@st.composite
def elections(draw: st.DrawFn) -> tuple[Paper, dict[str, ProjectTally]]:
    """Few projects with few distinct scores and costs, so that ties, conflicts and tight money are common."""
    ids = [f"p{number}" for number in range(draw(st.integers(1, 6)))]
    costs = {id_: draw(st.integers(1, 6)) * 10 for id_ in ids}
    paper = a_paper(
        costs,
        draw(st.integers(0, 12)) * 10,
        allocation=draw(st.sampled_from(Allocation)),
        tie_rule=draw(st.sampled_from(TieRule)),
        excludes={
            id_: (draw(st.sampled_from(ids)),) for id_ in draw(st.sets(st.sampled_from(ids), max_size=3))
        },
        score_threshold=draw(st.sampled_from([0, 12])),
    )
    paper = _without_self_exclusion(paper)
    if draw(st.booleans()):
        paper = with_districts(paper, draw(st.sets(st.sampled_from(ids))), draw(st.integers(0, 6)) * 10)
    return paper, votes(**{id_: draw(st.integers(9, 12)) for id_ in ids})


def _without_self_exclusion(paper: Paper) -> Paper:
    projects = tuple(
        replace(project, excludes=tuple(other for other in project.excludes if other != project.id))
        for project in paper.projects
    )
    return replace(paper, projects=projects)


@given(elections())
def test_the_rules_hold_in_every_election(election: tuple[Paper, dict[str, ProjectTally]]) -> None:
    paper, tallies = election
    outcome = decide(paper, tallies)
    won = set(outcome.funded)
    barred = bar(paper, tallies)
    assert {line.project for line in outcome.lines} == {project.id for project in paper.projects}
    assert won.isdisjoint(barred)
    assert all(tallies[id_].voters >= 10 for id_ in won)
    for unit, money in zip(paper.units, outcome.units, strict=True):
        spent = sum(
            line.cost_tiyn for line in outcome.lines if line.project in won and line.unit == unit.kato
        )
        assert money.spent_tiyn == spent <= unit.envelope_tiyn
        assert money.left_tiyn == unit.envelope_tiyn - spent
    for project in paper.projects:
        assert project.id not in won or won.isdisjoint(project.excludes)


@given(elections())
def test_under_greedy_every_unfunded_contender_was_shut_out(
    election: tuple[Paper, dict[str, ProjectTally]],
) -> None:
    """Nobody is left out while money for them is left and no rival is funded."""
    paper, tallies = election
    outcome = decide(paper, tallies)
    left = {unit.unit: unit.left_tiyn for unit in outcome.units}
    won = set(outcome.funded)
    if paper.rules.allocation is Allocation.GREEDY:
        for project in paper.projects:
            if project.id not in won and project.id not in bar(paper, tallies):
                rivals = set(project.excludes) | {p.id for p in paper.projects if project.id in p.excludes}
                assert project.cost_tiyn > left[project.unit] or rivals & won


@settings(max_examples=300)
@given(elections())
def test_ties_that_mattered_are_listed_exactly(election: tuple[Paper, dict[str, ProjectTally]]) -> None:
    """Brute force: every order of every group of equal score, one group at a time, against what the outcome says."""
    paper, tallies = election
    outcome = decide(paper, tallies)
    barred = bar(paper, tallies)
    order = {line.project: line.rank for line in outcome.lines}
    listed = replace(
        paper,
        projects=tuple(sorted(paper.projects, key=lambda project: order[project.id])),
        rules=replace(paper.rules, tie_rule=TieRule.LISTED_ORDER),
    )
    assert allocate(listed, tallies, barred).funded == outcome.funded
    for unit in paper.units:
        groups: dict[int, list[str]] = {}
        for project in listed.projects:
            if project.unit == unit.kato and project.id not in barred:
                groups.setdefault(tallies[project.id].score, []).append(project.id)
        for score, group in groups.items():
            winners = [
                set(allocate(_reordered(listed, group, other), tallies, barred).funded)
                for other in permutations(group)
            ]
            mattered = any(other != winners[0] for other in winners)
            told = [tie for tie in outcome.ties if (tie.unit, tie.score) == (unit.kato, score)]
            assert [tie.projects for tie in told] == ([tuple(group)] if mattered else [])
            for id_ in group:
                lost = id_ not in winners[0] and any(id_ in other for other in winners)
                assert (reasons(outcome)[id_] is Reason.LOST_TIE) == lost
                assert (line(outcome, id_).tie is not None) == mattered


def _reordered(paper: Paper, group: list[str], order: tuple[str, ...]) -> Paper:
    """The paper with the group's members standing in another order on the group's places."""
    by_id = {project.id: project for project in paper.projects}
    turn = iter(order)
    return replace(
        paper,
        projects=tuple(by_id[next(turn)] if p.id in set(group) else p for p in paper.projects),
    )
