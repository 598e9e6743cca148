"""Rebuilding beside what serves: nothing missing meanwhile, one swap, and a crash that leaves the old one in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection

import projections
from projections.following import follow, reached
from projections.rebuilding import RebuildRunning, rebuild
from projections.tally import TALLY
from projections.turnout import TURNOUT
from tests.engine import Engine, plain_events
from tests.faults import Fault, wire_to
from tests.given import refused
from tests.projections.rows import MANY, Rows, follow_all, rows

STEP = 20
ENOUGH = 100
"""Arrivals: a rebuild that takes steps of STEP while 7 events a step arrive is done long before."""


class KilledError(Exception):
    pass


@pytest.fixture
def serving(rereading: Connection[Any]) -> Connection[Any]:
    follow_all(rereading)
    return rereading


@contextmanager
def another(engine: Engine) -> Iterator[Connection[Any]]:
    with psycopg.connect(engine.url, autocommit=True) as connection:
        connection.execute("SET ROLE dauys_app")
        yield connection


def tables(connection: Connection[Any]) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'dauys_read' ORDER BY 1")
    return [row["tablename"] for row in found.fetchall()]


def test_a_rebuilt_projection_has_the_rows_it_had(retold: Engine, serving: Connection[Any]) -> None:
    """Each in turn: no table is of two projections."""
    for projection in projections.ALL:
        before = rows(serving, projection)
        told: list[int] = []
        rebuild(serving, projection, STEP, told.append)
        assert rows(serving, projection) == before, projection.name
        assert reached(serving, [projection]) == retold.reader.size() == sum(told), projection.name
        assert f"{projection.name}_1" not in tables(serving)


def test_the_old_one_serves_until_the_swap(retold: Engine, serving: Connection[Any]) -> None:
    before = rows(serving, TALLY)
    with another(retold) as reader:
        seen: list[Rows] = []
        rebuild(serving, TALLY, STEP, lambda _: seen.append(rows(reader, TALLY)))
        assert len(seen) > 1
        assert all(each == before for each in seen)
        assert rows(reader, TALLY) == before


def test_events_that_come_meanwhile_are_in_the_rebuilt_one(retold: Engine, serving: Connection[Any]) -> None:
    with another(retold) as worker:
        served: list[int] = []

        def arriving(_: int) -> None:
            """After each step, the last one before the swap too, so that the one that serves is always ahead."""
            if len(served) < ENOUGH:
                retold.recorder.insert_events(plain_events(7))
                follow(worker, TURNOUT, MANY)
                served.append(reached(worker, [TURNOUT]))

        rebuild(serving, TURNOUT, STEP, arriving)
        assert len(served) < ENOUGH
        assert reached(worker, [TURNOUT]) >= served[-1]  # the world never goes back


def test_killed_midway_it_leaves_the_old_one_serving_and_the_next_cleans_up(
    retold: Engine, serving: Connection[Any]
) -> None:
    before, kept = rows(serving, TALLY), tables(serving)

    def kill(_: int) -> None:
        raise KilledError

    with another(retold) as dying, pytest.raises(KilledError):
        rebuild(dying, TALLY, STEP, kill)
    assert rows(serving, TALLY) == before
    assert len(tables(serving)) == len(kept) + 1
    rebuild(serving, TALLY, STEP)
    assert rows(serving, TALLY) == before
    assert len(tables(serving)) == len(kept)


@pytest.mark.parametrize("fault", Fault)
def test_a_swap_that_is_torn_is_whole_or_nothing(
    retold: Engine, serving: Connection[Any], fault: Fault
) -> None:
    before, done = rows(serving, TALLY), 0

    with wire_to(retold.url) as wire, psycopg.connect(wire.url, autocommit=True) as torn:
        torn.execute("SET ROLE dauys_app")

        def last_step(taken: int) -> None:
            nonlocal done
            done += taken
            if done == retold.reader.size():
                wire.tear(fault)

        with pytest.raises(psycopg.OperationalError):
            rebuild(torn, TALLY, STEP, last_step)
    assert rows(serving, TALLY) == before
    rebuild_when_let(serving)
    assert rows(serving, TALLY) == before
    assert len([table for table in tables(serving) if table.startswith("tally_")]) == 2  # and tally_checks


def rebuild_when_let(connection: Connection[Any]) -> None:
    """The server may take a moment to notice that the other end of the torn connection is gone."""
    while True:
        try:
            rebuild(connection, TALLY, STEP)
        except RebuildRunning:
            continue
        return


def test_two_rebuilds_of_one_projection_at_once_are_refused(retold: Engine, serving: Connection[Any]) -> None:
    def meanwhile(_: int) -> None:
        with another(retold) as other:
            with refused(RebuildRunning, projection="tally"):
                rebuild(other, TALLY, STEP)
            rebuild(other, TURNOUT, STEP)

    rebuild(serving, TALLY, MANY, meanwhile)
