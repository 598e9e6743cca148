"""Reasons and near misses in words: every kind of each, in every language, with its own numbers."""

import pytest

from api.portal.explaining import Explainer
from api.views import lines_of
from api.web.languages import LANGUAGES
from domain.allocation import Reason, decide
from domain.near_miss import near_misses
from domain.paper import Allocation, Paper, TieRule
from domain.tally import ProjectTally
from tests.domain.papers import a_paper, votes

SPACE = "\u00a0"
TENGE = 100


def told(
    paper: Paper,
    tallies: dict[str, ProjectTally],
    withdrawn: frozenset[str] = frozenset(),
    language: str = "en",
) -> dict[str, str]:
    """Every project's reason, and what would have made it win behind a bar."""
    outcome = decide(paper, tallies, withdrawn)
    explainer, missed = Explainer(language, paper, outcome), near_misses(paper, outcome)
    return {
        line.project: f"{explainer.why(line)} | {explainer.instead(line, missed.get(line.project))}"
        for line in lines_of(paper, outcome.lines)
    }


def test_too_few_voters_are_counted() -> None:
    assert (
        told(a_paper({"a": 1}), votes(a=4))["a"]
        == "4 voters — at least 10 needed | Would have won with: 6 more votes."
    )
    assert told(a_paper({"a": 1}), votes(a=1))["a"].startswith("1 voter —")


def test_russian_counts_as_russian_does() -> None:
    for voters, form in ((1, "1 проголосовавший"), (3, "3 проголосовавших"), (5, "5 проголосовавших")):
        assert told(a_paper({"a": 1}), votes(a=voters), language="ru")["a"].startswith(form)
    assert "ещё 2 голосов" in told(a_paper({"a": 1}), votes(a=8), language="ru")["a"]


def test_what_did_not_fit_says_by_how_much() -> None:
    paper = a_paper({"a": 70 * TENGE, "b": 50 * TENGE}, 100 * TENGE)
    assert told(paper, votes(a=20, b=12))["b"] == (
        f"20{SPACE}₸ more than was left | Would have won with: 9 more votes or a cost lower by 20{SPACE}₸."
    )


def test_a_lost_lot_names_the_winner_and_the_seed() -> None:
    paper = a_paper({"a": 60, "b": 60}, 100, tie_rule=TieRule.COST_THEN_LOT, lot_seed="0123456789abcdef")
    said = " ".join(told(paper, votes(a=20, b=20)).values())
    assert "by lot: seed 0123456789ab…" in said


def test_a_tie_lost_by_cost_or_by_the_paper_s_order_says_so() -> None:
    paper = a_paper({"dear": 60, "cheap": 50}, 100, tie_rule=TieRule.COST_THEN_LOT)
    assert told(paper, votes(dear=20, cheap=20))["dear"].startswith(
        "Lost the tie with № cheap: the lower cost goes first"
    )
    paper = a_paper({"first": 60, "second": 60}, 100)
    assert told(paper, votes(first=20, second=20))["second"].startswith(
        "Lost the tie with № first: first on the paper goes first"
    )


def test_where_no_single_change_helps_it_says_so() -> None:
    assert told(a_paper({"a": 130}, 100), votes(a=4))["a"].endswith(
        "| No single change would have made it win."
    )


def test_nothing_is_said_about_what_won_or_was_withdrawn() -> None:
    said = told(a_paper({"a": 50, "b": 50}), votes(a=20, b=20), frozenset({"b"}))
    assert said == {"a": "Funded | ", "b": "Withdrawn by its author | "}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_said_in_every_language(language: str) -> None:
    papers = (
        (
            a_paper({"a": 60, "b": 60, "c": 1, "d": 1}, 100, excludes={"a": ("c",)}, score_threshold=15),
            votes(a=30, b=20, c=20, d=12),
        ),
        (a_paper({"a": 60, "b": 60}, 100), votes(a=20, b=20)),
        (
            a_paper({"a": 160, "b": 6, "c": 1}, 100, allocation=Allocation.GREEDY_NO_SKIP),
            votes(a=20, b=15, c=9),
        ),
    )
    seen: set[Reason] = set()
    for paper, tallies in papers:
        seen |= {line.reason for line in decide(paper, tallies).lines}
        said = told(paper, tallies, language=language)
        assert all(each and "%(" not in each for each in said.values())
    assert seen == set(Reason) - {Reason.WITHDRAWN}
