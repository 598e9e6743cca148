"""Voting cannot open while the database would lose what it acknowledged."""

import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from application.storage.account import account_for
from application.storage.durability import (
    DurabilityFault,
    NotDurable,
    check_durability,
    refuse_unless_durable,
)
from application.storage.embedded import EmbeddedPostgres
from application.storage.pgprograms import programs_for
from tests.postgres import cheapest_place, reachable_folder

SERVER_SETTINGS = [
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("synchronous_commit", "local"),
    ("synchronous_commit", "remote_write"),
]


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server of our own: the settings under test are the whole server's."""
    with reachable_folder(cheapest_place()) as folder, EmbeddedPostgres(folder / "home") as server:
        yield server


def faults(url: str) -> list[DurabilityFault]:
    with psycopg.connect(url) as connection:
        return check_durability(connection)


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_the_embedded_server_is_durable_as_it_comes(postgres: EmbeddedPostgres) -> None:
    assert faults(postgres.url()) == []
    with psycopg.connect(postgres.url()) as connection:
        refuse_unless_durable(connection)


@pytest.mark.parametrize(("setting", "value"), SERVER_SETTINGS)
def test_the_gate_names_a_setting_that_is_off_and_its_mend_mends_it(
    postgres: EmbeddedPostgres, setting: str, value: str
) -> None:
    execute(postgres.url(), f"ALTER SYSTEM SET {setting} = '{value}'")
    postgres.stop()
    postgres.start()
    found = faults(postgres.url())
    assert [(fault.setting, fault.value) for fault in found] == [(setting, value)]
    execute(postgres.url(), *found[0].mend.split(";")[:2])
    postgres.stop()
    postgres.start()
    assert faults(postgres.url()) == []


@pytest.mark.parametrize(
    ("break_it", "mend"),
    [
        ("ALTER ROLE postgres SET", "ALTER ROLE postgres RESET synchronous_commit;"),
        ("ALTER DATABASE postgres SET", "ALTER DATABASE postgres RESET synchronous_commit;"),
        ("ALTER ROLE ALL SET", "ALTER ROLE ALL RESET synchronous_commit;"),
        (
            "ALTER ROLE postgres IN DATABASE postgres SET",
            "ALTER ROLE postgres IN DATABASE postgres RESET synchronous_commit;",
        ),
    ],
)
def test_an_override_below_the_server_is_found_and_mended_where_it_is(
    postgres: EmbeddedPostgres, break_it: str, mend: str
) -> None:
    execute(postgres.url(), f"{break_it} synchronous_commit = off")
    assert faults(postgres.url()) == [DurabilityFault("synchronous_commit", "off", mend)]
    execute(postgres.url(), mend)
    assert faults(postgres.url()) == []


def test_a_connection_that_gives_up_durability_for_itself_is_found(postgres: EmbeddedPostgres) -> None:
    (found,) = faults(postgres.url() + "&options=-csynchronous_commit%3Doff")
    assert (found.setting, found.mend) == (
        "synchronous_commit",
        "remove synchronous_commit from the options of the connection",
    )


def test_waiting_for_a_standby_to_apply_is_durable_too(postgres: EmbeddedPostgres) -> None:
    assert faults(postgres.url() + "&options=-csynchronous_commit%3Dremote_apply") == []


def test_several_faults_are_refused_together_with_a_mend_each(postgres: EmbeddedPostgres) -> None:
    execute(postgres.url(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    try:
        with (
            psycopg.connect(postgres.url() + "&options=-csynchronous_commit%3Doff") as connection,
            pytest.raises(NotDurable) as refused,
        ):
            refuse_unless_durable(connection)
    finally:
        execute(postgres.url(), "ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()")
    assert refused.value.code == "storage_not_durable"
    assert refused.value.facts["off"] == ["fsync=off", "synchronous_commit=off"]
    assert refused.value.facts["mend"] == [
        "ALTER SYSTEM SET fsync = 'on'; SELECT pg_reload_conf();",
        "remove synchronous_commit from the options of the connection",
    ]


def test_a_cluster_without_checksums_is_refused_until_they_are_enabled() -> None:
    with reachable_folder(cheapest_place()) as folder:
        home = folder / "home"
        postgres = EmbeddedPostgres(home)
        postgres.start()
        postgres.stop()
        programs = programs_for(account_for(home))
        programs.run("pg_checksums", "--disable", "-D", str(home / "pg"), seconds=60)
        with postgres:
            (found,) = faults(postgres.url())
        assert (found.setting, found.value) == ("data_checksums", "off")
        assert "pg_checksums --enable" in found.mend
        programs.run("pg_checksums", "--enable", "-D", str(home / "pg"), seconds=60)
        with postgres:
            assert faults(postgres.url()) == []


def test_a_setting_from_the_command_line_is_not_mended_by_alter_system() -> None:
    with reachable_folder(cheapest_place()) as folder:
        home = folder / "home"
        postgres = EmbeddedPostgres(home)
        postgres.start()
        url = postgres.url()
        postgres.stop()
        programs = programs_for(account_for(home))
        arguments = ["-D", str(home / "pg"), "-F", "-k", str(home / "run"), "--listen_addresses="]
        running = programs.spawn("postgres", *arguments, output=subprocess.DEVNULL, errors=subprocess.DEVNULL)
        with running, postgres:
            assert postgres.url() == url
            assert [(fault.setting, fault.mend) for fault in faults(url)] == [
                ("fsync", "start the server without fsync among its arguments")
            ]
