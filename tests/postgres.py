"""PostgreSQL for the tests: one server a session, a fresh database a test.

`DAUYS_TEST_DATABASE_URL` (a superuser's postgresql:// URL) takes the place of the embedded server.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage, rmtree

import psycopg

from application.storage.embedded import EmbeddedPostgres
from tests.copies import Copies, at, create, drop

OWN_SERVER = "DAUYS_TEST_DATABASE_URL"
DISK, MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - what is made there has a name of its own and closed doors
PLENTY_BYTES = 8 << 30
"""A machine whose half is so much has room for the servers of all its processors."""


@contextmanager
def reachable_folder(parent: Path = DISK) -> Iterator[Path]:
    """A short-lived folder that root's server account may pass through; pytest's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="dauys-test-", dir=parent))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        rmtree(folder)


@contextmanager
def server() -> Iterator[str]:
    """Superuser's URL of a server's maintenance database."""
    if own := os.environ.get(OWN_SERVER):
        yield own
        return
    with reachable_folder(cheapest_place()) as folder, EmbeddedPostgres(folder / "home") as postgres:
        with psycopg.connect(postgres.url(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET max_wal_size = '256MB'")  # it may lie in memory
            connection.execute("SELECT pg_reload_conf()")
        yield postgres.url()


def cheapest_place() -> Path:
    """Memory, if there is plenty and programs may run from it: nothing of such a server need outlive the session."""
    fit = MEMORY.is_dir() and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return MEMORY if fit and disk_usage(MEMORY).free >= PLENTY_BYTES else DISK


_LENT: dict[tuple[str, str], Copies] = {}
"""Copies that are used again, by server and template."""


@contextmanager
def fresh_database(server_url: str, template: str = "template1") -> Iterator[str]:
    """Superuser's URL of a copy of `template` for the caller alone; whoever is still connected afterwards is thrown out."""
    if (server_url, template) in _LENT:
        with _LENT[server_url, template].borrowed() as name:
            yield at(server_url, name)
        return
    with psycopg.connect(server_url, autocommit=True) as connection:
        name = create(connection, template)
    try:
        yield at(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            drop(connection, name)


@contextmanager
def lending(server_url: str, template: str) -> Iterator[str]:
    """The template; while this lasts nobody changes it, and `fresh_database` uses its copies again."""
    copies = _LENT[server_url, template] = Copies(server_url, template)
    try:
        yield template
    finally:
        del _LENT[server_url, template]
        copies.close(server_goes_too=OWN_SERVER not in os.environ)
