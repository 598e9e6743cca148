"""The analysis of one file, case by case."""

from dataclasses import asdict

import pytest

from application.pabulib.analysis import Analysis, analysis_of
from tests.application.pabulib.files import parsed, pb

KEYS = "file vote_type rule projects voters votes score funded barred without_minimum official matches_official ties unsupported"


def analysed(meta: dict[str, str] | None = None, **votes_for: int) -> Analysis:
    """Projects a (60, won), b (50) and c (40, won) under a budget of 100, with so many single votes each."""
    voters = [id_ for id_, many in votes_for.items() for _ in range(many)]
    rows = ("voter_id;vote", *(f"{number};{id_}" for number, id_ in enumerate(voters)))
    return analysis_of(parsed(pb(meta, votes=rows)), "town.pb")


def test_the_keys_are_the_published_ones() -> None:
    assert list(asdict(analysed(a=1))) == KEYS.split()


def test_the_ten_voter_rule_bars_what_the_city_funded() -> None:
    got = analysed(a=12, b=10, c=9)
    assert (got.funded, got.barred, got.without_minimum) == (("a",), ("c",), ("a", "c"))
    assert (got.official, got.matches_official) == (("a", "c"), True)


def test_a_threshold_holds_with_and_without_the_ten_voter_rule() -> None:
    got = analysed({"rule": "greedy-threshold", "min_project_score_threshold": "9"}, a=12, b=8, c=9)
    assert (got.funded, got.without_minimum) == (("a",), ("a", "c"))


def test_a_threshold_counts_under_any_greedy_rule() -> None:
    got = analysed({"rule": "greedy-no-skip", "min_project_score_threshold": "10"}, c=12, b=9, a=11)
    assert got.without_minimum == ("c", "a")


@pytest.mark.parametrize(("rule", "funded"), [("greedy", ("a", "c")), ("greedy-no-skip", ("a",))])
def test_skip_and_no_skip(rule: str, funded: tuple[str, ...]) -> None:
    assert analysed({"rule": rule}, a=30, b=20, c=10).funded == funded


def test_listed_order_resolves_ties_and_they_are_told() -> None:
    got = analysed(a=12, b=12, c=3)
    (tie,) = got.ties
    assert (tie.score, tie.projects, tie.resolved_by) == (12, ("a", "b"), "listed_order")
    assert got.funded == ("a",)


def test_an_unsupported_rule_still_counts() -> None:
    got = analysed({"rule": "equalshares"}, a=12, c=3)
    assert got.unsupported is not None
    assert (got.funded, got.without_minimum, got.matches_official) == ((), (), None)
    assert (got.votes, got.barred, got.official) == ({"a": 12, "b": 0, "c": 3}, ("b", "c"), ("a", "c"))


def test_scores_that_are_not_whole_are_told_as_they_are() -> None:
    votes = ("voter_id;vote;points", "1;a,b;2.5,1", "2;a;2")
    got = analysis_of(parsed(pb({"vote_type": "scoring"}, votes=votes)), "town.pb")
    assert got.score == {"a": 4.5, "b": 1, "c": 0}


def test_the_withdrawn_are_not_funded_however_many_want_them() -> None:
    projects = ("project_id;cost;selected", "a;999999999;0", "b;50;1")
    rows = ("voter_id;vote", *(f"{number};a,b" for number in range(20)))
    data = pb({"budget": "2000000000", "rule": "greedy-no-skip"}, projects, rows)
    assert analysis_of(parsed(data), "town.pb").funded == ("b",)
