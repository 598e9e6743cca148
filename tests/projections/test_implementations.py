"""The registers of projects being carried out and of voting places say what their aggregates say."""

from typing import Any

import pytest
from psycopg import Connection

from domain.implementation import Implementation, ImplementationState
from projections import implementations, rounds
from projections.kiosks import voting_places
from tests.deliveries import enrol, revoke
from tests.engine import Engine
from tests.implementations import LATER
from tests.projections.rows import follow_all

ACTS = [
    "started",
    "contracted",
    "progressed",
    "pictured",
    "delayed",
    "completed",
    "acceptance_refused",
    "completed",
    "accepted",
]


@pytest.fixture
def follower(rereading: Connection[Any]) -> Connection[Any]:
    follow_all(rereading, most_events=3)
    return rereading


def test_a_project_on_its_way_is_as_its_aggregate(retold: Engine, follower: Connection[Any]) -> None:
    (shown,) = [
        each
        for round_ in rounds.page(follower, None, 100)
        for each in implementations.of_round(follower, round_.round_id)
    ]
    told = retold.store.load(Implementation, shown.implementation_id)
    assert (shown.round_id, shown.project, shown.cost_tiyn) == (told.round_id, told.project, told.cost_tiyn)
    assert (shown.state, shown.due, shown.per_cent) == (told.state, told.due, told.per_cent)
    assert (shown.state, shown.due) == (ImplementationState.ACCEPTED, LATER)
    assert [act.step for act in shown.acts] == ACTS
    assert tuple(picture for act in shown.acts for picture in act.pictures) == told.pictures
    assert [act.position for act in shown.acts] == sorted(act.position for act in shown.acts)
    assert (shown.started, shown.changed) == (shown.acts[0].position, shown.acts[-1].position)


def test_who_recorded_an_act_is_not_in_it(follower: Connection[Any]) -> None:
    rows = follower.execute("SELECT acts::text FROM dauys_read.implementations").fetchall()
    assert rows
    assert '"by"' not in str(rows)


def test_voting_places_are_those_of_kiosks_in_service(engine: Engine, reading: Connection[Any]) -> None:
    assert voting_places(reading, 10) == []
    first, second = enrol(engine, "one"), enrol(engine, "two")
    follow_all(reading)
    assert voting_places(reading, 10) == ["Hall"]
    revoke(engine, first)
    follow_all(reading)
    assert voting_places(reading, 10) == ["Hall"]
    revoke(engine, second)
    follow_all(reading)
    assert voting_places(reading, 10) == []
