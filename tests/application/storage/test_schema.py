"""The write side's tables: made once whoever makes them, and append-only for everyone."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from application.settings import Settings
from application.storage.database import Datastore, prepare
from application.storage.schema import APP_ROLE, MIGRATIONS, SchemaTooNew, applied
from tests.engine import Engine, open_engine, plain_events
from tests.postgres import fresh_database

APPEND_ONLY = ("events", "tiles", "checkpoints", "cosignatures", "documents")
CHANGES: dict[str, LiteralString] = {
    "update": "UPDATE {} SET {} = {}",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {}",
}
A_COLUMN = {
    "events": "state",
    "tiles": "hashes",
    "checkpoints": "note",
    "cosignatures": "line",
    "documents": "body",
}


def version_of(url: str) -> int:
    with psycopg.connect(url) as connection:
        return applied(connection)


def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert version_of(database_url) == 0
    assert prepare(database_url) == len(MIGRATIONS)
    assert prepare(database_url) == 0
    assert version_of(database_url) == len(MIGRATIONS)


def test_processes_that_migrate_at_once_run_each_migration_once(
    cluster: str, processes: ProcessPoolExecutor
) -> None:
    for _ in range(4):
        with fresh_database(cluster) as url:
            assert sorted(processes.map(prepare, [url] * 4)) == [0, 0, 0, len(MIGRATIONS)]


def test_databases_of_one_server_that_are_migrated_at_once_share_the_role(
    cluster: str, processes: ProcessPoolExecutor
) -> None:
    with fresh_database(cluster) as one, fresh_database(cluster) as other:
        assert list(processes.map(prepare, [one, other])) == [len(MIGRATIONS)] * 2


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(migrated_url: str) -> None:
    newer = len(MIGRATIONS) + 1
    with psycopg.connect(migrated_url) as owner:
        owner.execute("INSERT INTO dauys.migrations VALUES (%s)", [newer])
    with pytest.raises(SchemaTooNew, match=f"version {newer}, this Dauys knows {len(MIGRATIONS)}"):
        prepare(migrated_url)
    assert version_of(migrated_url) == newer


def test_a_migration_that_fails_leaves_nothing_and_can_be_run_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = (*MIGRATIONS, "CREATE TABLE dauys.half (); SELECT 1 / 0")
    with monkeypatch.context() as broken:
        broken.setattr("application.storage.schema.MIGRATIONS", failing)
        with pytest.raises(psycopg.errors.DivisionByZero):
            prepare(database_url)
    assert version_of(database_url) == len(MIGRATIONS)
    with psycopg.connect(database_url) as owner:
        assert owner.execute("SELECT to_regclass('dauys.half')").fetchone() == (None,)
    assert prepare(database_url) == 0


# Append-only.


@pytest.fixture(scope="module")
def filled_url(cluster: str, template: str) -> Iterator[str]:
    """A database with rows in every append-only table, which no test here manages to change."""
    with fresh_database(cluster, template) as url, open_engine(url) as engine:
        engine.recorder.insert_events(plain_events(256))
        engine.documents.put(b"paper")
        yield url
        assert engine.check() == 256


@pytest.fixture
def application(filled_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A session as the application has it."""
    with Datastore(filled_url, Settings()) as datastore, datastore.get_connection() as connection:
        yield connection


def change_of(kind: str, table: str) -> sql.Composed:
    column = sql.Identifier(A_COLUMN[table])
    statement = sql.SQL(CHANGES[kind])
    return statement.format(sql.Identifier("dauys", table), column, column)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("kind", CHANGES)
def test_the_application_may_not_change_what_is_stored(
    application: psycopg.Connection[Any], table: str, kind: str
) -> None:
    with pytest.raises(InsufficientPrivilege, match=f"permission denied for table {table}"):
        application.execute(change_of(kind, table))


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("kind", CHANGES)
def test_a_trigger_refuses_even_the_owner(filled_url: str, table: str, kind: str) -> None:
    refusal = f"append_only: {kind.upper()} on dauys.{table} is refused"
    with psycopg.connect(filled_url) as owner, pytest.raises(InsufficientPrivilege, match=refusal):
        owner.execute(change_of(kind, table))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE dauys.events DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON dauys.events",
        "DROP TABLE dauys.events",
        "ALTER TABLE dauys.events ADD COLUMN more text",
        "CREATE TABLE dauys.more ()",
        "SET session_replication_role = replica",
        "INSERT INTO dauys.migrations VALUES (99)",
        "UPDATE dauys.roll_people SET unit = unit",
        "UPDATE dauys.credentials SET unit = unit",
        "TRUNCATE dauys.credentials",
        "DELETE FROM dauys.kiosk_progress",
        "DROP DATABASE postgres",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_the_application_may_not_give_itself_more(
    application: psycopg.Connection[Any], statement: LiteralString
) -> None:
    with pytest.raises(InsufficientPrivilege):
        application.execute(statement)


# Sessions.


def test_sessions_work_as_the_least_privileged_role_durably_and_in_utc(engine: Engine) -> None:
    with psycopg.connect(engine.url) as owner:  # whatever the database's own defaults are
        database = sql.Identifier(owner.info.dbname)
        for setting in ("synchronous_commit = off", "timezone = 'Asia/Almaty'", "search_path = public"):
            owner.execute(sql.SQL("ALTER DATABASE {} SET {}").format(database, sql.SQL(setting)))
    settings = Settings(lock_seconds=3, statement_seconds=4)
    with Datastore(engine.url, settings) as datastore, datastore.pool.connection() as connection:
        told = {
            name: connection.execute("SELECT current_setting(%s) AS is", [name]).fetchall()[0]["is"]
            for name in (
                "role",
                "synchronous_commit",
                "TimeZone",
                "search_path",
                "lock_timeout",
                "statement_timeout",
            )
        }
        assert connection.autocommit
    assert told == {
        "role": APP_ROLE,
        "synchronous_commit": "on",
        "TimeZone": "UTC",
        "search_path": "dauys",
        "lock_timeout": "3s",
        "statement_timeout": "4s",
    }


def test_a_statement_that_takes_too_long_is_ended(engine: Engine) -> None:
    with (
        Datastore(engine.url, Settings(statement_seconds=1)) as datastore,
        datastore.pool.connection() as connection,
        pytest.raises(psycopg.errors.QueryCanceled),
    ):
        connection.execute("SELECT pg_sleep(20)")
