"""PostgreSQL for the tests: one server a session, a fresh database a test.

`DAUYS_TEST_DATABASE_URL` (a superuser's postgresql:// URL) takes the place of the embedded server.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from application.storage.embedded import EmbeddedPostgres

OWN_SERVER = "DAUYS_TEST_DATABASE_URL"


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A short-lived folder that root's server account may pass through; pytest's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="dauys-test-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def server() -> Iterator[str]:
    """Superuser's URL of a server's maintenance database."""
    if own := os.environ.get(OWN_SERVER):
        yield own
        return
    with reachable_folder() as folder, EmbeddedPostgres(folder / "home") as postgres:
        yield postgres.url()


@contextmanager
def fresh_database(server_url: str, template: str = "template1") -> Iterator[str]:
    """Superuser's URL of a copy of `template`, dropped afterwards whoever is still connected."""
    name = f"test_{uuid4().hex}"
    _execute(
        server_url,
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)),
    )
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        _execute(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
