"""Once its event stands in the log, the database itself refuses every change of a round's roll or of its credentials."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import PersistenceError
from psycopg.errors import InsufficientPrivilege

from application.desk.serving import Served, Serving
from application.registrar import CredentialsChanged, Registrar
from application.settings import Settings
from application.store import Decision
from domain.roll import CredentialsAlreadyRegistered, Roll
from domain.round import Round
from tests.dauys import eventually
from tests.engine import Engine, open_engine
from tests.examples import CITY, CLERK, DISTRICT, DURING
from tests.people import credential, credential_list, iin, roll_list
from tests.registrar import (
    DESK,
    OTHER_ROUND,
    PEOPLE,
    ROUND,
    SLIPS,
    registered,
    registrar,
    rows,
    serving,
)

__all__ = ["registered", "registrar", "serving"]

ADD_PERSON = f"INSERT INTO dauys.roll_people VALUES ('{ROUND}', sha256('x'), '{CITY}')"
ADD_CREDENTIAL = f"INSERT INTO dauys.credentials VALUES ('{ROUND}', sha256('x'), '{CITY}')"
CHANGES = {
    "roll_people": [
        ADD_PERSON,
        f"INSERT INTO dauys.roll_people SELECT '{ROUND}', sha256(n::text::bytea), '{CITY}' FROM generate_series(1, 3) n",
        "DELETE FROM dauys.roll_people WHERE ctid = (SELECT min(ctid) FROM dauys.roll_people)",
        "DELETE FROM dauys.roll_people",
        f"UPDATE dauys.roll_people SET unit = '{DISTRICT}'",
        f"UPDATE dauys.roll_people SET round_id = '{OTHER_ROUND}'",
        "UPDATE dauys.roll_people SET served = false",
        "TRUNCATE dauys.roll_people",
    ],
    "credentials": [
        ADD_CREDENTIAL,
        f"INSERT INTO dauys.credentials VALUES ('{OTHER_ROUND}', sha256('x'), '{CITY}'), ('{ROUND}', sha256('x'), '{CITY}')",
        f"MERGE INTO dauys.credentials USING (SELECT) ON false WHEN NOT MATCHED THEN INSERT VALUES ('{ROUND}', sha256('x'), '1')",
        "DELETE FROM dauys.credentials WHERE ctid = (SELECT min(ctid) FROM dauys.credentials)",
        "DELETE FROM dauys.credentials",
        f"UPDATE dauys.credentials SET unit = '{DISTRICT}'",
        "TRUNCATE dauys.credentials",
    ],
}
EVERY_CHANGE = [(table, change) for table, changes in CHANGES.items() for change in changes]


@pytest.fixture
def application(engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    """A session as the application has it, outside of any command."""
    with engine.datastore.get_connection() as connection:
        yield connection


def tried(engine: Engine, intruder: psycopg.Connection[Any]) -> dict[str, str]:
    """Of every change, after each of which the lists are looked at: what became of it, where it was not refused."""
    before = {table: rows(engine, table) for table in CHANGES}
    wrong: dict[str, str] = {}
    for table, change in EVERY_CHANGE:
        try:
            intruder.execute(change.encode())
            wrong[change] = "done"
        except InsufficientPrivilege:
            if rows(engine, table) != before[table]:
                wrong[change] = "refused, and done all the same"
        except psycopg.Error as fault:
            wrong[change] = type(fault).__name__
    return wrong


def test_the_application_changes_no_list_behind_its_event(
    serving: Serving, registered: Registrar, engine: Engine, application: psycopg.Connection[Any]
) -> None:
    serving.serve(ROUND, iin(1), by=DESK)
    assert tried(engine, application) == {}
    registered.check_roots(ROUND)


@pytest.mark.usefixtures("registered")
def test_nor_does_the_owner(serving: Serving, engine: Engine) -> None:
    serving.serve(ROUND, iin(1), by=DESK)
    with psycopg.connect(engine.url, autocommit=True) as owner:
        assert tried(engine, owner) == {}


def test_nothing_is_copied_into_a_frozen_list(
    registered: Registrar, application: psycopg.Connection[Any]
) -> None:
    with (
        pytest.raises(InsufficientPrivilege, match=r"after roll\.credentials_registered\.v1"),
        application.cursor() as cursor,
        cursor.copy("COPY dauys.credentials (round_id, credential, unit) FROM STDIN") as copy,
    ):
        copy.write_row((ROUND, b"x" * 32, CITY))
    registered.check_roots(ROUND)


def test_people_are_still_served_and_other_rounds_still_prepared(
    serving: Serving, registered: Registrar
) -> None:
    assert serving.serve(ROUND, iin(1), by=DESK) == Served(CITY)
    for people in (PEOPLE[:20], PEOPLE):
        registered.import_roll(OTHER_ROUND, roll_list(people))
    registered.seal_roll(OTHER_ROUND, by=CLERK)
    registered.register_credentials(OTHER_ROUND, credential_list(SLIPS), by=CLERK)
    registered.check_roots(OTHER_ROUND)
    registered.check_roots(ROUND)


def test_credentials_are_still_replaced_while_only_the_roll_is_sealed(
    registrar: Registrar, application: psycopg.Connection[Any]
) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    application.execute(ADD_CREDENTIAL)  # as an attempt that broke off before its event leaves them
    registrar.register_credentials(ROUND, credential_list(SLIPS), by=CLERK)
    registrar.check_roots(ROUND)


# Races


def test_of_two_lists_registered_at_once_one_is_and_stays(registrar: Registrar, engine: Engine) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    lists = [SLIPS, [*SLIPS[1:], (CITY, credential(999))]]

    def try_registering(slips: list[tuple[str, str]]) -> bool:
        try:
            registrar.register_credentials(ROUND, credential_list(slips), by=CLERK)
        except CredentialsAlreadyRegistered:
            return False
        return True

    with ThreadPoolExecutor(2) as clerks:
        assert sorted(clerks.map(try_registering, lists)) == [False, True]
    assert len(rows(engine, "credentials")) == len(SLIPS)
    registrar.check_roots(ROUND)


def test_a_row_put_in_before_the_event_is_not_committed_after_it(
    registrar: Registrar, engine: Engine
) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    with open_engine(engine.url, Settings(lock_seconds=1)) as hasty:
        with hasty.datastore.get_connection() as intruder, intruder.transaction():
            intruder.execute(ADD_CREDENTIAL.encode())
            with pytest.raises(PersistenceError, match="lock timeout"), hasty.store.deciding() as decision:
                record_registration(decision)
        with hasty.store.deciding() as decision:
            record_registration(decision)
    with pytest.raises(CredentialsChanged):  # it was there before the event, which commits to another list
        registrar.check_roots(ROUND)


def test_a_row_that_comes_while_the_event_is_recorded_waits_for_it_and_is_refused(
    registrar: Registrar, engine: Engine, application: psycopg.Connection[Any]
) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    with ThreadPoolExecutor(1) as beside, psycopg.connect(engine.url, autocommit=True) as watching:
        with engine.store.deciding() as decision:
            record_registration(decision)
            decision.get(Round, ROUND)  # its answer says that the pipeline got as far
            late = beside.submit(application.execute, ADD_CREDENTIAL.encode())
            eventually("it waits", lambda: waits(watching, application.info.backend_pid))
        with pytest.raises(InsufficientPrivilege, match=r"refused after roll\.credentials_registered\.v1"):
            late.result()
    assert rows(engine, "credentials") == []


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_snapshot_from_before_the_event_does_not_help(
    registrar: Registrar, application: psycopg.Connection[Any], isolation: str
) -> None:
    registrar.import_roll(ROUND, roll_list(PEOPLE))
    registrar.seal_roll(ROUND, by=CLERK)
    application.execute(f"BEGIN ISOLATION LEVEL {isolation}".encode())
    application.execute("SELECT FROM dauys.events")
    registrar.register_credentials(ROUND, credential_list(SLIPS), by=CLERK)
    with pytest.raises(InsufficientPrivilege, match="might not see the event"):
        application.execute(ADD_CREDENTIAL.encode())
    application.execute("ROLLBACK")


def test_functions_and_tables_of_the_intruders_own_are_not_asked(
    registered: Registrar, application: psycopg.Connection[Any]
) -> None:
    application.execute(
        "CREATE FUNCTION dauys_read.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT 'read committed' $$;"
        "CREATE FUNCTION dauys_read.unnest(uuid[]) RETURNS SETOF uuid LANGUAGE sql AS 'SELECT NULL::uuid WHERE false';"
        "CREATE FUNCTION dauys_read.never(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT false';"
        "CREATE OPERATOR dauys_read.= (FUNCTION = dauys_read.never, LEFTARG = uuid, RIGHTARG = uuid);"
        "CREATE TEMPORARY TABLE changed (round_id uuid);"
        "SET search_path = dauys_read, pg_catalog"
    )
    with pytest.raises(InsufficientPrivilege, match="frozen_list"):
        application.execute(ADD_CREDENTIAL.encode())
    application.execute("DISCARD ALL")
    registered.check_roots(ROUND)


def record_registration(decision: Decision) -> None:
    """Record it whatever is stored, as a server in wrong hands would."""
    roll, round_ = decision.get(Roll, Roll.create_id(ROUND)), decision.get(Round, ROUND)
    roll.register_credentials(round_, {CITY: 22, DISTRICT: 11}, "0" * 64, by=CLERK, at=DURING)
    decision.save(roll)


def waits(watching: psycopg.Connection[Any], backend: int) -> bool:
    """Whether the backend stands before a lock that another holds."""
    waiting = watching.execute("SELECT FROM pg_locks WHERE NOT granted AND pid = %s", [backend])
    return waiting.fetchone() is not None
