"""What a ballot may hold, attacked in every way a kiosk could send it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ballot_form import MAX_POINTS, BallotChecker, check_choices
from domain.errors import Refused
from domain.paper import BallotForm, BallotType, Paper
from tests.domain.papers import CITY, DISTRICT, OTHER, a_paper, with_districts

APPROVAL = with_districts(a_paper(dict.fromkeys(("city1", "city2", "d1", "d2"), 1)), ["d1", "d2"], envelope=5)
CHOOSE_ONE = replace(APPROVAL, form=BallotForm(BallotType.CHOOSE_ONE, max_choices=1))
RANKED = replace(APPROVAL, form=BallotForm(BallotType.RANKED, max_choices=3, min_choices=2))
CUMULATIVE = replace(APPROVAL, form=BallotForm(BallotType.CUMULATIVE, max_choices=2, max_points=10))


def refusal(paper: Paper, unit: str, choices: object) -> Refused:
    with pytest.raises(Refused) as caught:
        check_choices(paper, unit, choices)
    return caught.value


@pytest.mark.parametrize(
    ("paper", "unit", "choices"),
    [
        (APPROVAL, CITY, ["city1"]),
        (APPROVAL, DISTRICT, ["city1", "city2", "d1"]),
        (CHOOSE_ONE, OTHER, ["city2"]),
        (RANKED, DISTRICT, ["d2", "city1", "d1"]),
        (CUMULATIVE, CITY, {"city1": 1}),
        (CUMULATIVE, DISTRICT, {"d1": 4, "city1": 6}),
    ],
)
def test_a_right_ballot_passes(paper: Paper, unit: str, choices: object) -> None:
    check_choices(paper, unit, choices)


@pytest.mark.parametrize(
    ("paper", "unit", "choices", "code"),
    [
        (APPROVAL, CITY, None, "choices_malformed"),
        (APPROVAL, CITY, "city1", "choices_malformed"),
        (APPROVAL, CITY, {"city1": 1}, "choices_malformed"),
        (APPROVAL, CITY, [["city1"]], "choices_malformed"),
        (APPROVAL, CITY, [1], "choices_malformed"),
        (APPROVAL, CITY, [None], "choices_malformed"),
        (CUMULATIVE, CITY, ["city1"], "choices_malformed"),
        (APPROVAL, CITY, [], "too_few_choices"),
        (RANKED, CITY, ["city1"], "too_few_choices"),
        (CUMULATIVE, CITY, {}, "too_few_choices"),
        (APPROVAL, DISTRICT, ["city1", "city2", "d1", "d2"], "too_many_choices"),
        (CHOOSE_ONE, CITY, ["city1", "city2"], "too_many_choices"),
        (CUMULATIVE, DISTRICT, {"city1": 1, "city2": 1, "d1": 1}, "too_many_choices"),
        (APPROVAL, CITY, ["city1", "city1"], "duplicate_choice"),
        (RANKED, CITY, ["city1", "city2", "city1"], "duplicate_choice"),
        (APPROVAL, CITY, ["nothing"], "unknown_choice"),
        (APPROVAL, CITY, ["city1 "], "unknown_choice"),
        (APPROVAL, CITY, ["CITY1"], "unknown_choice"),
        (CUMULATIVE, CITY, {"nothing": 1}, "unknown_choice"),
        (APPROVAL, CITY, ["d1"], "choice_not_for_unit"),
        (APPROVAL, OTHER, ["d1"], "choice_not_for_unit"),
        (APPROVAL, "000000000", ["city1"], "choice_not_for_unit"),
        (CUMULATIVE, CITY, {"d1": 1}, "choice_not_for_unit"),
        (APPROVAL, CITY, ["city2", "city1"], "choices_not_canonical"),
        (CUMULATIVE, CITY, {"city1": 0}, "points_invalid"),
        (CUMULATIVE, CITY, {"city1": -1}, "points_invalid"),
        (CUMULATIVE, CITY, {"city1": True}, "points_invalid"),
        (CUMULATIVE, CITY, {"city1": 1.0}, "points_invalid"),
        (CUMULATIVE, CITY, {"city1": "1"}, "points_invalid"),
        (CUMULATIVE, CITY, {"city1": MAX_POINTS + 1}, "points_invalid"),
        (CUMULATIVE, CITY, {"city1": 5, "city2": 6}, "points_over_limit"),
    ],
)
def test_a_wrong_ballot_is_refused_by_code(paper: Paper, unit: str, choices: object, code: str) -> None:
    assert refusal(paper, unit, choices).code == code


def test_without_a_limit_on_the_sum_points_only_have_to_be_whole() -> None:
    paper = replace(CUMULATIVE, form=replace(CUMULATIVE.form, max_points=None))
    check_choices(paper, CITY, {"city1": 900, "city2": MAX_POINTS})


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["city1", "d1", "secret"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("city1"), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.sampled_from([APPROVAL, CHOOSE_ONE, RANKED, CUMULATIVE]), _JSON)
def test_any_json_is_accepted_or_refused_and_a_refusal_never_tells_the_choices(
    paper: Paper, choices: object
) -> None:
    try:
        BallotChecker(paper).check(CITY, choices)
    except Refused as refused:
        told = f"{refused} {refused.facts} {refused!r}"
        assert not any(choice in told for choice in ("city1", "d1", "secret"))
