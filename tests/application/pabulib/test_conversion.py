"""A published election as a round of ours: the same counts, or a plain word why not."""

import pytest

from application.pabulib.conversion import UNIT, Unsupported, ballots_of, paper_of, replayable_paper
from application.pabulib.election import Election
from domain.ballot_form import BallotChecker
from domain.paper import BallotForm, BallotType
from domain.tally import count
from tests.application.pabulib.files import parsed, pb

ORDINAL = {"vote_type": "ordinal", "max_length": "3"}
CUMULATIVE = {"vote_type": "cumulative", "max_sum_points": "5"}


@pytest.mark.parametrize(
    ("election", "form"),
    [
        (parsed(pb()), BallotForm(BallotType.APPROVAL, 2)),
        (parsed(pb({"max_length": "3"})), BallotForm(BallotType.APPROVAL, 3)),
        (
            parsed(pb({"vote_type": "choose-1"}, votes=("voter_id;vote", "1;c"))),
            BallotForm(BallotType.CHOOSE_ONE, 1),
        ),
        (parsed(pb(ORDINAL, votes=("voter_id;vote", "1;c,a,b"))), BallotForm(BallotType.RANKED, 3)),
        (
            parsed(pb(ORDINAL, votes=("voter_id;vote;points", "1;c,a,b;3,2,1", "2;b;3"))),
            BallotForm(BallotType.RANKED, 3),
        ),
        (
            parsed(pb(ORDINAL, votes=("voter_id;vote", "1;c,a,b", "2;b"))),
            BallotForm(BallotType.CUMULATIVE, 3, max_points=6),
        ),
        (
            parsed(pb(CUMULATIVE, votes=("voter_id;vote;points", "1;c,a;4,3"))),
            BallotForm(BallotType.CUMULATIVE, 2, max_points=7),
        ),
        (
            parsed(pb({"vote_type": "scoring"}, votes=("voter_id;vote;points", "1;c,a;4,3"))),
            BallotForm(BallotType.CUMULATIVE, 2, max_points=7),
        ),
    ],
)
def test_every_vote_passes_the_form_and_is_counted_alike(election: Election, form: BallotForm) -> None:
    paper = replayable_paper(election, round_id="r")
    assert paper.form == form
    checker = BallotChecker(paper)
    ballots = list(ballots_of(election, form))
    for ballot in ballots:
        checker.check(UNIT, ballot)
    assert count(paper, ballots) == election.tally()


@pytest.mark.parametrize(
    ("meta", "why"),
    [
        ({"rule": "equalshares"}, "equalshares"),
        ({"rule": "unknown"}, "unknown"),
        ({"rule": "greedy-threshold"}, "without min_project_score_threshold"),
        ({"rule": "greedy-exclusive"}, "names no projects"),
    ],
)
def test_a_rule_that_is_not_computed_says_so(meta: dict[str, str], why: str) -> None:
    with pytest.raises(Unsupported, match=why):
        paper_of(parsed(pb(meta)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (pb({"budget": "0.001"}), "hundredths"),
        (pb(projects=("project_id;cost", "ą;1"), votes=("voter_id;vote", "1;ą")), "project_id"),
        (pb(votes=("voter_id;vote", "1;")), "without any project"),
        (pb(CUMULATIVE, votes=("voter_id;vote;points", "1;a;0")), "whole numbers from 1"),
        (pb(CUMULATIVE, votes=("voter_id;vote;points", "1;a;1.5")), "whole numbers from 1"),
    ],
)
def test_what_the_engine_cannot_hold_exactly_is_not_replayed(data: bytes, why: str) -> None:
    with pytest.raises(Unsupported, match=why):
        replayable_paper(parsed(data), round_id="r")


def test_conflicts_become_exclusions() -> None:
    paper = paper_of(
        parsed(pb({"rule": "greedy-exclusive", "comment": "#1: Projects a and c are mutually exclusive."}))
    )
    assert [project.excludes for project in paper.projects] == [("c",), (), ("a",)]
