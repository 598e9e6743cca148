"""Counting: people once, points as given, in any order."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ballot_form import Choices
from domain.paper import BallotForm, BallotType, Paper
from domain.tally import ProjectTally, count
from tests.domain.papers import a_paper

IDS = ["a", "b", "c", "d"]
APPROVAL = a_paper(dict.fromkeys(IDS, 1))
RANKED = replace(APPROVAL, form=BallotForm(BallotType.RANKED, max_choices=3))
CUMULATIVE = replace(APPROVAL, form=BallotForm(BallotType.CUMULATIVE, max_choices=4))


def test_a_choice_is_a_vote_and_projects_without_one_are_told_too() -> None:
    assert count(APPROVAL, [["a", "b"], ["a"]]) == {
        "a": ProjectTally(2, 2),
        "b": ProjectTally(1, 1),
        "c": ProjectTally(0, 0),
        "d": ProjectTally(0, 0),
    }


def test_points_are_added_and_people_counted_once() -> None:
    tallies = count(CUMULATIVE, [{"a": 9, "b": 1}, {"a": 1}])
    assert (tallies["a"], tallies["b"]) == (ProjectTally(2, 10), ProjectTally(1, 1))


def test_a_place_earns_what_the_form_says_however_short_the_ballot() -> None:
    tallies = count(RANKED, [["c", "a", "b"], ["a"]])
    assert tallies == {
        "a": ProjectTally(2, 2 + 3),
        "b": ProjectTally(1, 1),
        "c": ProjectTally(1, 3),
        "d": ProjectTally(0, 0),
    }


def test_a_project_off_the_paper_is_a_broken_log_not_a_lost_vote() -> None:
    with pytest.raises(ValueError, match="not on the paper") as caught:
        count(APPROVAL, [["forged"]])
    assert "forged" not in str(caught.value)


_LISTS = st.lists(st.lists(st.sampled_from(IDS), unique=True, max_size=3))
_POINTS = st.lists(st.dictionaries(st.sampled_from(IDS), st.integers(1, 9)))


@given(
    st.one_of(
        st.tuples(st.sampled_from([APPROVAL, RANKED]), _LISTS),
        st.tuples(st.just(CUMULATIVE), _POINTS),
    ),
    st.randoms(use_true_random=False),
    st.integers(0, 5),
)
def test_order_and_batches_do_not_matter(
    election: tuple[Paper, list[Choices]], random: Random, cut: int
) -> None:
    paper, ballots = election
    shuffled = list(ballots)
    random.shuffle(shuffled)
    whole = count(paper, ballots)
    assert count(paper, shuffled) == whole
    first, second = count(paper, ballots[:cut]), count(paper, ballots[cut:])
    assert whole == {
        id_: ProjectTally(first[id_].voters + second[id_].voters, first[id_].score + second[id_].score)
        for id_ in IDS
    }
    assert all(tally.voters <= len(ballots) for tally in whole.values())
