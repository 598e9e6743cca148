"""What every projection keeps, whatever it shows: position and rows together, each event once, any split of the log the same."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.rows import tuple_row

import projections
from projections.following import advance, create_generation, follow, lagging, reached, table_of
from projections.projection import Projection
from projections.rounds import ROUNDS
from projections.tally import TALLY
from projections.turnout import TURNOUT
from tests.elections import RANKED, Election
from tests.engine import Engine, plain_events
from tests.faults import Fault, wire_to
from tests.projections.rows import MANY, Rows, follow_all, rows, rows_in

each_projection = pytest.mark.parametrize("projection", projections.ALL, ids=lambda each: each.name)
EXAMPLES = 12


def applied_in(connection: Connection[Any], projection: Projection, steps: list[int]) -> Rows:
    """The rows of a fresh generation that took the log in these steps and then the rest; nothing of it stays."""
    with (
        connection.transaction(force_rollback=True),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        generation = create_generation(cursor, projection)
        position = 0
        for size in steps:
            position += advance(cursor, projection, generation, position, size)
        advance(cursor, projection, generation, position, None)
        return rows_in(connection, table_of(projection, generation))


@each_projection
@given(steps=st.lists(st.integers(1, 40), max_size=12))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_split_of_the_log_into_steps_gives_the_same_rows(
    told: Engine, projection: Projection, steps: list[int]
) -> None:
    with told.datastore.get_connection() as connection:
        at_once = applied_in(connection, projection, [])
        assert at_once
        assert applied_in(connection, projection, steps) == at_once


@each_projection
def test_one_event_at_a_time_gives_the_same_rows(told: Engine, projection: Projection) -> None:
    with told.datastore.get_connection() as connection:
        singly = applied_in(connection, projection, [1] * told.reader.size())
        assert singly == applied_in(connection, projection, [])


@each_projection
def test_a_position_seen_twice_changes_nothing(
    retold: Engine, rereading: Connection[Any], projection: Projection
) -> None:
    assert follow(rereading, projection, MANY) == retold.reader.size()
    before = rows(rereading, projection)
    assert follow(rereading, projection, MANY) == 0
    assert rows(rereading, projection) == before
    assert retold.check()


@each_projection
def test_events_of_no_interest_move_the_position_on(
    engine: Engine, reading: Connection[Any], projection: Projection
) -> None:
    engine.recorder.insert_events(plain_events(3))
    assert follow(reading, projection, 2) == 2
    assert reached(reading, [projection]) == 2
    assert follow(reading, projection, 2) == 1


@each_projection
def test_a_connection_torn_before_the_commit_leaves_nothing(
    retold: Engine, rereading: Connection[Any], projection: Projection
) -> None:
    with wire_to(retold.url) as wire, psycopg.connect(wire.url, autocommit=True) as torn:
        wire.tear(Fault.COMMIT_LOST)
        with pytest.raises(psycopg.OperationalError):
            follow(torn, projection, MANY)
    assert reached(rereading, [projection]) == 0
    assert rows(rereading, projection) == []
    while not follow(rereading, projection, MANY):
        pass  # the server has not noticed yet, and still holds the position for whoever is gone
    assert reached(rereading, [projection]) == retold.reader.size()


@each_projection
def test_a_connection_torn_after_the_commit_leaves_all_and_counts_nothing_twice(
    retold: Engine, rereading: Connection[Any], projection: Projection
) -> None:
    whole = applied_in(rereading, projection, [])
    with wire_to(retold.url) as wire, psycopg.connect(wire.url, autocommit=True) as torn:
        wire.tear(Fault.ANSWER_LOST)
        with pytest.raises(psycopg.OperationalError):
            follow(torn, projection, MANY)
    assert reached(rereading, [projection]) == retold.reader.size()
    assert follow(rereading, projection, MANY) == 0
    assert rows(rereading, projection) == whole


@each_projection
def test_a_step_another_worker_is_at_is_left_to_it(
    retold: Engine, rereading: Connection[Any], projection: Projection
) -> None:
    with retold.datastore.get_connection() as other:
        with other.transaction():
            assert follow(other, projection, MANY)
            assert follow(rereading, projection, MANY) == 0  # at once, without waiting
        assert reached(rereading, [projection]) == retold.reader.size()


def open_round_followed(engine: Engine, connection: Connection[Any]) -> Election:
    """A round that takes ballots, which every projection has followed."""
    election = Election(engine, RANKED).drafted().reviewed({"1": 500, "2": 700}).opened()
    follow_all(connection)
    return election


def test_where_only_ballots_came_in_those_that_count_none_are_moved_past_them(
    engine: Engine, reading: Connection[Any]
) -> None:
    election = open_round_followed(engine, reading)
    election.cast([["1"], ["2", "1"]])
    before = {each.name: rows(reading, each) for each in projections.ALL}
    assert lagging(reading, projections.ALL) == [TURNOUT]
    others = [each for each in projections.ALL if each is not TURNOUT]
    assert reached(reading, others) == engine.reader.size()
    for each in others:  # and rightly so: reading the ballots would have changed nothing
        assert applied_in(reading, each, []) == before[each.name]


def test_nobody_is_moved_past_an_act(engine: Engine, reading: Connection[Any]) -> None:
    election = open_round_followed(engine, reading)
    at_opening = engine.reader.size()
    election.cast([["1"]]).closed()
    assert lagging(reading, projections.ALL) == list(projections.ALL)
    assert {reached(reading, [each]) for each in projections.ALL} == {at_opening}


def test_who_has_not_seen_an_act_is_not_moved_past_it_with_those_who_have(
    engine: Engine, reading: Connection[Any]
) -> None:
    election = open_round_followed(engine, reading)
    election.cast([["1"]]).closed()
    for each in projections.ALL:
        if each is not ROUNDS:
            follow(reading, each, MANY)
    assert lagging(reading, projections.ALL) == [ROUNDS]


def test_one_that_has_fallen_behind_holds_nobody_back(engine: Engine, reading: Connection[Any]) -> None:
    election = Election(engine, RANKED).drafted().reviewed({"1": 500, "2": 700}).opened()
    for each in projections.ALL:
        if each is not ROUNDS:
            follow(reading, each, MANY)
    election.cast([["1"]])
    assert lagging(reading, projections.ALL) == [ROUNDS, TURNOUT]
    assert reached(reading, [ROUNDS]) == 0


def test_a_position_that_another_worker_is_at_is_not_waited_for(
    engine: Engine, reading: Connection[Any]
) -> None:
    open_round_followed(engine, reading).cast([["1"]])
    with engine.datastore.get_connection() as other, other.transaction():
        assert follow(other, ROUNDS, MANY)
        assert lagging(reading, projections.ALL) == [ROUNDS, TURNOUT]


def test_preparing_again_keeps_what_is_there(retold: Engine, rereading: Connection[Any]) -> None:
    follow_all(rereading)
    before = [rows(rereading, projection) for projection in projections.ALL]
    projections.prepare(rereading)
    assert [rows(rereading, projection) for projection in projections.ALL] == before
    with psycopg.connect(retold.url) as owner:
        projections.prepare(owner)
    follow_all(rereading)
    assert [rows(rereading, projection) for projection in projections.ALL] == before


def test_a_table_of_another_definition_is_filled_anew(engine: Engine, reading: Connection[Any]) -> None:
    engine.recorder.insert_events(plain_events(3))
    follow_all(reading)
    reading.execute(
        "UPDATE dauys_read.generations SET columns = %s WHERE projection = 'rounds'", [uuid4().hex]
    )
    projections.prepare(reading)
    assert reached(reading, [ROUNDS]) == 0
    assert reached(reading, [TALLY]) == 3


def test_steps_are_of_the_size_asked_for(engine: Engine, reading: Connection[Any]) -> None:
    engine.recorder.insert_events(plain_events(10))
    taken = []
    while step := follow(reading, ROUNDS, 4):
        taken.append(step)
    assert taken == [4, 4, 2]
