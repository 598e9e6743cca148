"""The tally in SQL is the domain's tally: of every ballot type, of any ballots, of each round its own."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from domain.ballot_form import Choices
from domain.paper import BallotForm, BallotType
from domain.tally import ProjectTally, count
from projections import tally
from tests.elections import APPROVAL, CHOOSE_ONE, CUMULATIVE, RANKED, Election
from tests.engine import Engine
from tests.projections.rows import follow_all

COSTS = {"1": 500, "2": 700, "30": 900}
_some = st.lists(st.sampled_from(sorted(COSTS)), min_size=1, max_size=3, unique=True)
BALLOTS: dict[BallotType, tuple[BallotForm, st.SearchStrategy[Any]]] = {
    BallotType.APPROVAL: (APPROVAL, _some.map(sorted)),
    BallotType.CHOOSE_ONE: (CHOOSE_ONE, st.sampled_from(sorted(COSTS)).map(lambda one: [one])),
    BallotType.CUMULATIVE: (
        CUMULATIVE,
        st.dictionaries(st.sampled_from(sorted(COSTS)), st.integers(1, 3), min_size=1),
    ),
    BallotType.RANKED: (RANKED, _some),
}


@pytest.mark.parametrize("kind", BallotType)
@given(data=st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_what_the_domain_counts(
    engine: Engine, reading: Connection[Any], kind: BallotType, data: st.DataObject
) -> None:
    form, ballots = BALLOTS[kind]
    cast: Sequence[Choices] = data.draw(st.lists(ballots, min_size=1, max_size=20))
    election = Election(engine, form).drafted().reviewed(COSTS).opened()
    other = Election(engine, CUMULATIVE).drafted().reviewed(COSTS).opened()
    for choices in cast:  # another open round's ballots stand between ours, in another shape
        election.cast([choices])
        other.cast([{"1": 7}])
    election.closed()
    follow_all(reading)
    assert tally.of_round(reading, election.id) == count(election.paper, cast)
    assert tally.of_round(reading, other.id) == {}


def test_projects_without_a_vote_are_in_it(engine: Engine, reading: Connection[Any]) -> None:
    election = Election(engine).drafted().reviewed(COSTS).opened().cast([["30"]]).closed()
    follow_all(reading)
    assert tally.of_round(reading, election.id) == {
        "1": ProjectTally(),
        "2": ProjectTally(),
        "30": ProjectTally(1, 1),
    }


def test_a_round_without_a_ballot_has_a_tally_of_nothing(engine: Engine, reading: Connection[Any]) -> None:
    election = Election(engine).drafted().reviewed(COSTS).opened().closed()
    follow_all(reading)
    assert set(tally.of_round(reading, election.id).values()) == {ProjectTally()}
