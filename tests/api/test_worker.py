"""The worker: follows everything, compares every tally with a recount, and outlives whatever goes wrong."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import projections
from api import worker
from api.worker import Worker, catch_up, compare_tallies
from application.settings import Settings
from projections import checks, tally
from projections.following import reached
from projections.rebuilding import rebuild
from projections.tally import TALLY
from projections.turnout import TURNOUT
from tests.elections import RANKED, Election
from tests.engine import Engine

WORKER = "worker"
SETTINGS = Settings(projection_pause_seconds=0.01, connect_seconds=1.0)


@pytest.fixture
def prepared(engine: Engine) -> Engine:
    with engine.datastore.get_connection() as connection:
        projections.prepare(connection)
    return engine


@contextmanager
def working(engine: Engine) -> Iterator[None]:
    """Its connections are to be told from the test's own by their name."""
    stop, url = Event(), make_conninfo(engine.url, application_name=WORKER)
    thread = Thread(target=Worker(SETTINGS, url).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def until(true: Callable[[], object], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def position(engine: Engine) -> int:
    with engine.datastore.get_connection() as connection:
        return reached(connection, projections.ALL)


def voted(engine: Engine) -> Election:
    return Election(engine, RANKED).drafted().reviewed({"1": 500, "2": 700}).opened().cast([["2", "1"]] * 12)


def test_it_follows_what_is_recorded_and_compares_what_is_closed(prepared: Engine) -> None:
    with working(prepared):
        election = voted(prepared)
        until(lambda: position(prepared) == prepared.reader.size())
        election.closed()
        with prepared.datastore.get_connection() as connection:
            until(lambda: checks.of_round(connection, election.id) is not None)
            assert checks.of_round(connection, election.id) == 0
            assert checks.differing(connection) == 0


def test_a_tally_that_is_not_the_replay_is_seen(prepared: Engine) -> None:
    election = voted(prepared).closed()
    catch_up(prepared.datastore, SETTINGS)
    with prepared.datastore.get_connection() as connection:
        connection.execute("UPDATE dauys_read.tally_1 SET score = score + 1 WHERE project = '2'")
        assert compare_tallies(prepared.datastore, Event()) == 1
        assert checks.of_round(connection, election.id) == 1
        assert checks.differing(connection) == 1
        rebuild(connection, TALLY, 50)
        assert compare_tallies(prepared.datastore, Event()) == 1  # what was rebuilt is compared anew
        assert checks.differing(connection) == 0
        assert compare_tallies(prepared.datastore, Event()) == 0


def test_a_projection_that_fails_does_not_stop_the_others(
    prepared: Engine,
) -> None:
    with prepared.datastore.get_connection() as connection:
        connection.execute("ALTER TABLE dauys_read.turnout_1 RENAME TO hidden")
        others = [each for each in projections.ALL if each is not TURNOUT]
        with working(prepared):
            voted(prepared)
            until(lambda: reached(connection, others) == prepared.reader.size())
            assert reached(connection, [TURNOUT]) < prepared.reader.size()
            connection.execute("ALTER TABLE dauys_read.hidden RENAME TO turnout_1")
            until(lambda: position(prepared) == prepared.reader.size())


def test_it_goes_on_when_its_connections_are_cut(prepared: Engine) -> None:
    with psycopg.connect(prepared.url, autocommit=True) as owner, working(prepared):
        voted(prepared)
        until(lambda: position(prepared) == prepared.reader.size())
        cut = owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [WORKER],
        )
        assert cut.rowcount > 0
        voted(prepared)
        until(lambda: position(prepared) == prepared.reader.size())


def test_two_workers_count_nothing_twice(prepared: Engine) -> None:
    with working(prepared), working(prepared):
        election = voted(prepared)
        for _ in range(20):
            election.cast([["1"]])
        election.closed()
        until(lambda: position(prepared) == prepared.reader.size())
    with prepared.datastore.get_connection() as connection:
        counted = tally.of_round(connection, election.id)
        assert (counted["1"].voters, counted["2"].voters) == (32, 12)
        total: Any = connection.execute("SELECT sum(ballots) AS all_ FROM dauys_read.turnout").fetchone()
        assert total["all_"] == 32


def test_a_recount_stops_when_the_worker_does(prepared: Engine) -> None:
    voted(prepared).closed()
    catch_up(prepared.datastore, SETTINGS)
    stop = Event()
    stop.set()
    with pytest.raises(worker._Stopped):
        compare_tallies(prepared.datastore, stop)


def test_what_it_logs_of_a_fault_quotes_no_row(prepared: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with prepared.datastore.get_connection() as connection:
        connection.execute("ALTER TABLE dauys_read.tally_1 ADD CHECK (project <> '2')")
    voted(prepared).closed()
    with working(prepared), prepared.datastore.get_connection() as connection:
        until(lambda: reached(connection, [TURNOUT]) == prepared.reader.size())
        time.sleep(0.2)
    said = capsys.readouterr().out
    assert said.count("worker_step_failed") == 1  # once, not every time
    assert "23514" in said
    assert "Failing row" not in said
